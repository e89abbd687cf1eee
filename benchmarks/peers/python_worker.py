"""A worker in Python: the protocol of worker_main.cpp over descriptor 3."""

import mmap
import os
import threading
import time

PAGE_SIZE = 4096
held = []


def hold_memory(size):
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, size, PAGE_SIZE):
        block[at] = 1
    held.append(block)


def repeat(operation, budget, took):
    before = time.monotonic_ns()
    end = before + budget
    while True:
        operation()
        after = time.monotonic_ns()
        took.append(after - before)
        before = after
        if before >= end:
            return


def repeat_in_threads(operation, budget, threads):
    took = [[] for _ in range(threads)]
    others = [
        threading.Thread(target=repeat, args=(operation, budget, mine)) for mine in took[1:]
    ]
    for thread in others:
        thread.start()
    repeat(operation, budget, took[0])
    for thread in others:
        thread.join()
    return [each for mine in took for each in mine]


def answer(words, tasks):
    if words[0] == "hold":
        hold_memory(int(words[1]))
        return "ok"
    task, threads, budget, arguments = words[2], int(words[3]), int(words[4]), words[5:]
    operation = tasks[task](*arguments)
    return " ".join(map(str, repeat_in_threads(operation, budget, threads)))


def serve(tasks):
    """`tasks` has for each task a function that makes its operation from the arguments."""
    os.set_inheritable(3, False)
    with os.fdopen(3, "rb") as from_driver, os.fdopen(os.dup(3), "w", 1) as to_driver:
        print(*(f"python:{task}" for task in tasks), file=to_driver)
        for line in from_driver:
            try:
                reply = answer(line.decode().split(), tasks)
            except Exception as error:
                reply = f"failed: {error}"
            print(reply, file=to_driver)

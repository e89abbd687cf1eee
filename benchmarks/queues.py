"""How fast do messages go through a Queue? The Python side of queues.cpp."""

import functools
import multiprocessing
import os

from peers import python_worker


def bind(pinned):
    os.sched_setaffinity(0, {0} if pinned else range(os.cpu_count()))


def answer(there, back, batch, pinned):
    bind(pinned)
    while True:
        for _ in range(batch):
            there.get()
        back.put(b"xxxxxxxx")


@functools.cache
def partner(batch, pinned):
    there = multiprocessing.Queue()
    back = multiprocessing.Queue()
    multiprocessing.Process(target=answer, args=(there, back, batch, pinned), daemon=True).start()
    return there, back


def put(start, there, batch):
    while True:
        start.get()
        for _ in range(batch):
            there.put(b"x" * 64)


def take(go, there, back, batch):
    while True:
        go.get()
        for _ in range(batch):
            there.get()
        back.put(b"xxxxxxxx")


@functools.cache
def crowd(batch):
    there, start, go, back = (multiprocessing.Queue() for _ in range(4))
    multiprocessing.Process(target=put, args=(start, there, batch), daemon=True).start()
    for _ in range(2):
        multiprocessing.Process(target=take, args=(go, there, back, batch), daemon=True).start()

    def once():
        go.put(b"x")
        go.put(b"x")
        start.put(b"x")
        for _ in range(batch):
            there.put(b"x" * 64)
        back.get()
        back.get()

    return once


def post(batch, size, pinned):
    there, back = partner(batch, pinned)
    bind(pinned)
    message = b"x" * size

    def once():
        for _ in range(batch):
            there.put(message)
        back.get()

    return once


if __name__ == "__main__":
    python_worker.serve(
        {
            "post": lambda batch, size, many, pinned: post(
                int(batch), int(size), pinned == "1"
            ),
            "crowd": lambda batch, size, many, pinned: crowd(int(batch)),
        }
    )

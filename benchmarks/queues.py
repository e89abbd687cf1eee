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
            )
        }
    )

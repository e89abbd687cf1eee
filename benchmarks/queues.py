"""How fast do messages go through a Queue? The Python side of queues.cpp."""

import functools
import multiprocessing

from peers import python_worker


def answer(there, back, batch):
    while True:
        for _ in range(batch):
            there.get()
        back.put(b"xxxxxxxx")


@functools.cache
def partner(batch):
    there = multiprocessing.Queue()
    back = multiprocessing.Queue()
    multiprocessing.Process(target=answer, args=(there, back, batch), daemon=True).start()
    return there, back


def post(batch, size):
    there, back = partner(batch)
    message = b"x" * size

    def once():
        for _ in range(batch):
            there.put(message)
        back.get()

    return once


if __name__ == "__main__":
    python_worker.serve({"post": lambda batch, size, many: post(int(batch), int(size))})

"""What does a lock between processes cost? The Python side of synchronize.cpp."""

import functools
import multiprocessing
import os

from peers import python_worker


def work(lock, batch):
    for _ in range(batch):
        lock.acquire()
        lock.release()


def bind(pinned):
    os.sched_setaffinity(0, {0} if pinned else range(os.cpu_count()))


def assist(kind, pinned, batch, lock, to, back):
    bind(pinned)
    while True:
        to.acquire()
        if kind == "contended":
            work(lock, batch)
        back.release()


@functools.cache
def pair(kind, pinned, batch):
    lock = multiprocessing.Lock()
    to = multiprocessing.Semaphore(0)
    back = multiprocessing.Semaphore(0)
    if kind != "alone":
        multiprocessing.Process(
            target=assist, args=(kind, pinned, batch, lock, to, back), daemon=True
        ).start()
    return lock, to, back


def sync(kind, pinned, batch):
    bind(pinned)
    lock, to, back = pair(kind, pinned, batch)

    def once():
        if kind != "alone":
            to.release()
        if kind != "wake":
            work(lock, batch)
        if kind != "alone":
            back.acquire()

    return once


if __name__ == "__main__":
    both = lambda kind, pinned, batch: sync(kind, pinned == "1", int(batch))
    python_worker.serve({"sync": both, "wake": both})

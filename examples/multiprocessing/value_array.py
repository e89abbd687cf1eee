# Processes count in shared memory: in a value with a lock, and in an array of which each process
# writes a part.

from ctypes import Structure, c_double, c_int
from multiprocessing import Process, RawArray, Value


class Statistics(Structure):
    _fields_ = [("numbers", c_int), ("sum", c_double)]


def square(first, results, total):
    for i in range(first, first + 5):
        results[i] = i * i  # Only this process writes here: no lock is needed.
        with total:
            total.numbers += 1
            total.sum += results[i]


if __name__ == "__main__":
    results = RawArray("d", 10)
    total = Value(Statistics)
    workers = []
    for first in [0, 5]:
        workers.append(Process(target=square, args=(first, results, total)))
        workers[-1].start()
    for worker in workers:
        worker.join()
    print(f"{total.numbers} squares, up to {results[-1]:g}, with the sum {total.sum:g}")

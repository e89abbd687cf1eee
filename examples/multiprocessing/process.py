# Runs functions in processes of their own, and learns how each ended.

import multiprocessing as mp
import sys


def work(number, what):
    if number == 2:
        sys.exit(number)
    if number == 3:
        raise RuntimeError(f"no {what} left")  # Printed with the stack, on stderr.


if __name__ == "__main__":  # Children of spawn and forkserver import this file.
    mp.set_start_method("forkserver")

    workers = []
    for number in [1, 2, 3]:
        workers.append(mp.Process(target=work, args=(number, "paper")))
        workers[-1].start()
    for worker in workers:
        worker.join()
        print(worker.name, "ended with", worker.exitcode)

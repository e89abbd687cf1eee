"""What does it cost to run a function in another process? The Python side of process.cpp."""

import functools
import multiprocessing

from peers import python_worker


def nothing():
    pass


def process(context):
    child = context.Process(target=nothing)
    child.start()
    child.join()
    if child.exitcode != 0:
        raise RuntimeError("the child failed")


if __name__ == "__main__":
    python_worker.serve(
        {
            "process": lambda method: functools.partial(
                process, multiprocessing.get_context(method)
            )
        }
    )

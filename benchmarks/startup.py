"""What does a program cost before its main begins? The Python side of startup.cpp."""

import multiprocessing

from peers import python_worker
from process import process

if __name__ == "__main__":
    python_worker.serve(
        {"startup": lambda folder: lambda: process(multiprocessing.get_context("spawn"))}
    )

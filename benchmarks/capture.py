"""How fast can a parent take in what a child writes? The Python side of capture.cpp."""

import functools
import subprocess

from peers import python_worker

BLOCK_SIZE = 256 * 1024


def capture(program, size):
    done = subprocess.run([program, size], stdout=subprocess.PIPE, check=True)
    if len(done.stdout) != int(size):
        raise RuntimeError("bytes were lost")


def stream(program, size):
    seen = 0
    with subprocess.Popen([program, size], stdout=subprocess.PIPE) as child:
        while block := child.stdout.read1(BLOCK_SIZE):
            seen += len(block)
    if seen != int(size):
        raise RuntimeError("bytes were lost")


python_worker.serve(
    {
        "capture": lambda program, size: functools.partial(capture, program, size),
        "stream": lambda program, size: functools.partial(stream, program, size),
    }
)

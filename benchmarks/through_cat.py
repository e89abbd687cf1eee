"""How fast do bytes go to a child and back? The Python side of through_cat.cpp."""

import functools
import subprocess

from peers import python_worker


@functools.cache
def make_input(size):
    return b"x" * size


def cat(size):
    data = make_input(size)
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        output, _ = child.communicate(data)
    if len(output) != size:
        raise RuntimeError("bytes were lost")


python_worker.serve({"cat": lambda size: functools.partial(cat, int(size))})

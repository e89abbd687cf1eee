"""What does it cost to start a program and wait for its end? The Python side of launch.cpp."""

import functools
import subprocess

from peers import python_worker


def launch(program):
    if subprocess.Popen([program]).wait() != 0:
        raise RuntimeError("the child failed")


def echo():
    if subprocess.run(["/bin/echo", "hi"], stdout=subprocess.PIPE, check=True).stdout != b"hi\n":
        raise RuntimeError("echo said something else")


python_worker.serve(
    {
        "launch": lambda program: functools.partial(launch, program),
        "echo": lambda: echo,
    }
)

"""How fast are pickles written and read? The Python side of pickles.cpp."""

import functools
import pickle

from peers import python_worker


@functools.cache
def value(kind, count):
    if kind == "ints":
        return [i * 40503 for i in range(count)]
    if kind == "floats":
        return [i * 0.1 for i in range(count)]
    if kind == "strings":
        return [f"the string number {i}" for i in range(count)]
    return b"x" * count


def operation(kind, reads, count):
    sample = value(kind, count)
    if not reads:
        return lambda: pickle.dumps(sample, 4)
    data = pickle.dumps(sample, 4)
    return lambda: pickle.loads(data)


if __name__ == "__main__":
    python_worker.serve(
        {"pickle": lambda kind, reads, count: operation(kind, reads == "1", int(count))}
    )

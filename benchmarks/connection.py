"""How fast do two processes talk through a Pipe? The Python side of connection.cpp."""

import functools
import multiprocessing

from peers import python_worker


def answer(receive, send, batch, reply):
    while True:
        for _ in range(batch):
            receive.recv_bytes()
        send.send_bytes(reply)


@functools.cache
def partner(duplex, batch, size):
    reply = b"x" * (size if batch == 1 else 1)
    if duplex:
        ours, theirs = multiprocessing.Pipe()
        ends = (theirs, theirs)
        mine = (ours, ours)
    else:
        receive, to = multiprocessing.Pipe(False)
        come, send = multiprocessing.Pipe(False)
        ends = (receive, send)
        mine = (to, come)
    child = multiprocessing.Process(target=answer, args=(*ends, batch, reply), daemon=True)
    child.start()
    return mine


def talk(duplex, batch, size):
    to, come = partner(duplex, batch, size)
    message = b"x" * size

    def once():
        for _ in range(batch):
            to.send_bytes(message)
        come.recv_bytes()

    return once


if __name__ == "__main__":
    python_worker.serve(
        {"talk": lambda duplex, batch, size: talk(duplex == "1", int(batch), int(size))}
    )

"""What arrives of a peer that ends right after it has sent something, in Python's own words.

Prints a line for each scenario. last_words_python_test.posix.cpp plays the same and compares.
"""

import multiprocessing
import os
import signal
from multiprocessing import connection

context = multiprocessing.get_context("fork")


def ends_of(kind):
    if kind == "packets":
        return context.Pipe()
    if kind == "simplex":
        return context.Pipe(False)
    family = "AF_UNIX" if kind == "local" else "AF_INET"
    with connection.Listener(family=family) as listener:
        client = connection.Client(listener.address)
        return listener.accept(), client


def send_and_end(peer, size, end):
    peer.send_bytes(b"r" * size)
    peer.send_bytes(b"the end")
    if end == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if end == "closes":
        peer.close()
    os._exit(0)


def received(mine):
    try:
        return str(len(mine.recv_bytes()))
    except (EOFError, ConnectionResetError):
        return "end"


def sent(mine):
    try:
        mine.send_bytes(b"too late")
        return "sent"
    except BrokenPipeError:
        return "broken pipe"


def outcome(kind, end, has_unread, size):
    mine, theirs = ends_of(kind)
    if has_unread:
        mine.send_bytes(b"read by nobody")
    peer = context.Process(target=send_and_end, args=(theirs, size, end))
    peer.start()
    theirs.close()
    words = [received(mine) for _ in range(4)]
    peer.join()
    if kind in ("packets", "local"):
        words.append(sent(mine))
    return " ".join(words)


for kind in ("packets", "simplex", "local", "network"):
    for end in ("exits", "closes", "killed"):
        for has_unread in (False, True):
            if has_unread and kind in ("simplex", "network"):
                continue
            for size in (1, 65528, 65532, 65536, 1048576):
                name = f"{kind} {end} {'unread' if has_unread else 'nothing'} {size}"
                print(f"{name}: {outcome(kind, end, has_unread, size)}", flush=True)

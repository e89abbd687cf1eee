# Gives a child a terminal of its own, and types into it.

import os
import pty
import termios
from subprocess import DEVNULL, PIPE, Popen, run

look = ["sh", "-c", "test -t 0 && stty size || echo no terminal"]
print(run(look, stdin=DEVNULL, stdout=PIPE, text=True).stdout, end="")


def start_in_terminal(args, rows=24, columns=80):
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (rows, columns))
    # A new session gets the terminal that it opens first, so that Ctrl-C reaches the child.
    p = Popen(args, stdin=theirs, stdout=theirs, start_new_session=True,
              preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)))
    os.close(theirs)
    return p, open(ours, "r+b", buffering=0)


def readline(terminal):
    return terminal.readline().decode().replace("\r\n", "\n")


p, terminal = start_in_terminal(look, rows=30, columns=100)
print(readline(terminal), end="")
p.wait()

p, terminal = start_in_terminal(
    ["sh", "-c", "echo Name?; read name; echo Hello, $name; exec sleep 60"])
print(readline(terminal), end="")
terminal.write(b"progeny\n")
print(readline(terminal), end="")  # The terminal shows what is typed.
print(readline(terminal), end="")
terminal.write(b"\x03\n")  # Ctrl-C.
print(p.wait())

# Talks to a child: writes it a line, reads its answer, and so on, until its input is closed.

from subprocess import PIPE, Popen

p = Popen(["sed", "--unbuffered", "s/^/you said: /"], bufsize=1, stdin=PIPE, stdout=PIPE, text=True)
for line in ["hello\n", "goodbye\n"]:
    p.stdin.write(line)  # bufsize 1: a line is sent when it is complete.
    print(p.stdout.readline(), end="")
p.stdin.close()
print(p.wait())

# Feeds a child and reads both of its outputs at once, which can never lock up.

from subprocess import PIPE, Popen

p = Popen(["sort", "-n"], stdin=PIPE, stdout=PIPE, text=True)
out, err = p.communicate("3\n1\n2\n", timeout=5)
print(out + ("stderr was not captured" if err is None else "stderr was captured"))

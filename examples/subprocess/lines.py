# Reads a program's output line by line while it runs.

from subprocess import PIPE, Popen

p = Popen(["seq", "3"], stdout=PIPE, text=True)
for line in p.stdout:
    print("got", line, end="")
print(p.wait())

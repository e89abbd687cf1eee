# Hands a large output to a function as it comes, instead of collecting it in memory.

from subprocess import PIPE, Popen

count = 0


def on_stdout(block):
    global count
    count += len(block)


with Popen(["head", "-c", "100000000", "/dev/zero"], stdout=PIPE) as p:
    while block := p.stdout.read1():
        on_stdout(block)
print(count)

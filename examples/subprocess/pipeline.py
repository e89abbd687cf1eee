# Connects two programs as the shell's `|` does.

from subprocess import PIPE, Popen

numbers = Popen(["seq", "100"], stdout=PIPE)
count = Popen(["grep", "-c", "7"], stdin=numbers.stdout, stdout=PIPE, text=True)
numbers.stdout.close()  # Else the first program does not learn when the second ends.
print(count.communicate()[0], end="")
numbers.wait()

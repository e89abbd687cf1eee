# Runs a program to its end, captures what it prints, and checks how it ended.

import subprocess as sp

done = sp.run(["sort", "-n"], input=b"10\n9\n8\n", stdout=sp.PIPE)
print(done)

try:
    sp.run(["sh", "-c", "echo sorry >&2; exit 3"], capture_output=True, check=True)
except sp.CalledProcessError as error:
    print(error)
    print("It said:", error.stderr.decode(), end="")

# Waits for a child for half a second at most, then ends it.

import subprocess as sp

p = sp.Popen(["sleep", "60"])
try:
    p.wait(0.5)
except sp.TimeoutExpired as error:
    print(error)
    p.kill()
print(p.wait())  # -9: killed by signal 9.

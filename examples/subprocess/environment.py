# Gives a child an environment and a folder of its own.

import os
from subprocess import check_output

env = os.environ.copy()
env["FRUIT"] = "apple"
print(check_output("echo $FRUIT in $PWD", shell=True, cwd="/", env=env, text=True), end="")

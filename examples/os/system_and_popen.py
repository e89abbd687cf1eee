# Runs shell commands the short way.

import os

status = os.system("exit 3")
print(os.waitstatus_to_exitcode(status), flush=True)

upper = os.popen("tr a-z A-Z", "w")
upper.write("written to a command\n")
upper.close()

for line in os.popen("echo one; echo two"):
    print(line, end="")

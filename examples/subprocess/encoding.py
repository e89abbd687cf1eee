# Decodes what an old program prints: the bytes are Latin-1.

import sys
from subprocess import check_output

sys.stdout.reconfigure(encoding="utf-8")
print(check_output(["printf", r"caf\351\r\n"], encoding="latin-1"), end="")

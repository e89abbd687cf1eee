#!/usr/bin/env python3
"""Checks that each example in README.md stands word for word in the file that it names."""

import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
snippets = re.findall(
    r"<!-- from (\S+) -->\n```cpp\n(.*?)```", (root / "README.md").read_text(), re.DOTALL
)
stale = [name for name, code in snippets if code not in (root / name).read_text()]
for name in stale:
    print(f"README.md shows something else than {name}")
if not snippets:
    print("README.md shows no example")
sys.exit(1 if stale or not snippets else 0)

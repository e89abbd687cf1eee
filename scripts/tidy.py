#!/usr/bin/env python3
"""Runs clang-tidy over sources with the commands of a build.

tidy.py BUILD [--target=TRIPLE] FILE...

A source that was found clean is not looked at again until it, a header of it, its command or what
clang-tidy is asked changes: the whole project takes hours, a change minutes.
"""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIDY = "clang-tidy-19"


def configuration(file):
    """The files that say what clang-tidy is asked about this source, the nearest first."""
    folders = [folder for folder in file.parents if folder == ROOT or ROOT in folder.parents]
    found = [folder / ".clang-tidy" for folder in folders if (folder / ".clang-tidy").exists()]
    return b"".join(path.read_bytes() for path in found)


def preprocessed(command, target):
    """All that the compiler sees, with comments (there are exceptions in them) and macros."""
    arguments = [*target, *command[1:]]
    del arguments[arguments.index("-o") : arguments.index("-o") + 2]
    arguments.remove("-c")
    out = subprocess.run(["clang++-19", *arguments, "-E", "-C", "-dD", "-w"], capture_output=True)
    return out.stdout


def is_clean(build, file, command, target, version):
    """Whether clang-tidy has nothing to say; prints it otherwise."""
    facts = [version, configuration(file), preprocessed(command, target), shlex.join(command).encode()]
    facts = [fact.replace(os.fsencode(ROOT), b"") for fact in facts]
    mark = build / "clean" / hashlib.sha256(b"\0".join(facts)).hexdigest()
    if mark.exists():
        return True
    extra = [f"--extra-arg-before={argument}" for argument in target]
    run = subprocess.run(
        [TIDY, "--quiet", "--warnings-as-errors=*", "-p", build, *extra, file],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if run.returncode == 0:
        mark.touch()
        return True
    print(run.stdout.decode() or f"{file}: {TIDY} ended with {run.returncode}", flush=True)
    return False


def main(build, *arguments):
    build = Path(build).resolve()
    target = [argument for argument in arguments if argument.startswith("--target=")]
    files = [Path(argument).resolve() for argument in arguments if argument not in target]
    (build / "clean").mkdir(exist_ok=True)
    commands = {
        Path(entry["file"]): shlex.split(entry["command"])
        for entry in json.loads((build / "compile_commands.json").read_text())}
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        clean = list(pool.map(
            lambda file: is_clean(build, file, commands[file], target, version), files))
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

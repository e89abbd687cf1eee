#!/usr/bin/env python3
"""Runs clang-tidy over sources with the commands of a build.

tidy.py BUILD [--target=TRIPLE] FILE...

Most of clang-tidy's time goes to the headers that a source includes. So neighbours that are compiled
alike are looked at together, as one text; those that it finds fault with are looked at alone, and
only that counts. And a source that was found clean is not looked at again until it, a header of it,
its command or what clang-tidy is asked changes.
"""

import bisect
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIDY = "clang-tidy-19"
TOGETHER = 10  # sources


class Tidy:
    def __init__(self, build, target):
        self.build = build
        entries = json.loads((build / "compile_commands.json").read_text())
        self.arguments = {
            Path(entry["file"]): [*target, *without_files(shlex.split(entry["command"]))]
            for entry in entries}
        self.version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
        (build / "clean").mkdir(exist_ok=True)

    def mark(self, file):
        """A file that is there once this source, with all that it depends on, was found clean."""
        arguments = self.arguments[file]
        # All that the compiler sees, with comments (there are exceptions in them) and macros.
        text = subprocess.run(
            ["clang++-19", *arguments, "-E", "-C", "-dD", "-w", file], capture_output=True).stdout
        facts = [self.version, configuration(file), text, shlex.join(arguments).encode()]
        facts = [fact.replace(os.fsencode(ROOT), b"") for fact in facts]
        return self.build / "clean" / hashlib.sha256(b"\0".join(facts)).hexdigest()

    def find_faults(self, source, arguments):
        run = subprocess.run(
            [TIDY, "--quiet", "--warnings-as-errors=*", source, "--", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if run.returncode == 0:
            return ""
        return run.stdout or f"{source}: {TIDY} ended with {run.returncode}"

    def are_clean(self, marks):
        """Whether clang-tidy has nothing to say of neighbours; prints it otherwise. `marks` has the
        mark of each."""
        files = list(marks)
        if len(files) == 1:
            return self.is_clean(files[0], marks[files[0]])
        together, first_lines = self.join(files)
        faults = self.find_faults(together, [*self.arguments[files[0]], "-iquote", files[0].parent])
        named = re.findall(r"^([^\s:][^:]*):(\d+):\d+: error: .*\[([^\],]+)", faults, re.MULTILINE)
        fits = all(check != "clang-diagnostic-error" for *_, check in named)
        if fits and any(path != str(together) for path, *_ in named):
            # In a header, which all of them include, or only because of what a neighbour defines.
            return all(self.is_clean(file, mark) for file, mark in marks.items())
        suspects = {
            files[bisect.bisect(first_lines, int(line)) - 1]
            for path, line, _ in named if path == str(together)}
        if faults and not suspects:
            suspects = set(files)
        rest = {file: mark for file, mark in marks.items() if file not in suspects}
        # What does not fit together says nothing of the rest.
        if fits or not rest:
            rest_is_clean = True
            for mark in rest.values():
                mark.touch()
        else:
            rest_is_clean = self.are_clean(rest)
        return all([self.is_clean(file, marks[file]) for file in suspects]) and rest_is_clean

    def is_clean(self, file, mark):
        faults = self.find_faults(file, self.arguments[file])
        if faults:
            print(faults, flush=True)
        else:
            mark.touch()
        return not faults

    def join(self, files):
        """One source of several: its path, and the line at which each of them begins. It lies where
        clang-tidy finds the same configuration as beside them."""
        folder = self.build / "together" / files[0].parent.relative_to(ROOT)
        folder.mkdir(parents=True, exist_ok=True)
        for path in configurations(files[0]):
            link = self.build / "together" / path.relative_to(ROOT)
            if path.parent != ROOT and not link.exists():
                link.symlink_to(path)
        texts = [file.read_text() + "\n" for file in files]
        together = folder / f"{files[0].stem}_and_{len(files) - 1}_more.cpp"
        together.write_text("".join(texts))
        return together, [1 + lines for lines in accumulate((text.count("\n") for text in texts), initial=0)]

    def groups(self, marks):
        """The sources of `marks`, those that may be looked at together in one dictionary."""
        alike = {}
        for file, mark in marks.items():
            alike.setdefault((file.parent, *self.arguments[file]), []).append((file, mark))
        for pairs in alike.values():
            for start in range(0, len(pairs), TOGETHER):
                yield dict(pairs[start : start + TOGETHER])


def without_files(command):
    """What a compiler is told besides its input and its output."""
    arguments = command[1:]
    for option in ("-o", "-c"):
        del arguments[arguments.index(option) : arguments.index(option) + 2]
    return arguments


def configurations(file):
    """The files that say what clang-tidy is asked about this source, the nearest first."""
    folders = [folder for folder in file.parents if folder == ROOT or ROOT in folder.parents]
    return [folder / ".clang-tidy" for folder in folders if (folder / ".clang-tidy").exists()]


def configuration(file):
    return b"".join(path.read_bytes() for path in configurations(file))


def main(build, *arguments):
    target = [argument for argument in arguments if argument.startswith("--target=")]
    files = [Path(argument).resolve() for argument in arguments if argument not in target]
    tidy = Tidy(Path(build).resolve(), target)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        marks = dict(zip(files, pool.map(tidy.mark, files)))
        new = {file: mark for file, mark in marks.items() if not mark.exists()}
        print(f"{len(new)} of {len(files)} sources are new or changed", flush=True)
        return 0 if all(list(pool.map(tidy.are_clean, tidy.groups(new)))) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

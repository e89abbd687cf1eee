"""Prints how much of each source file the tests have run, from the counts that gcov reads.

A line counts once, however many objects it was compiled into. A branch is one way out of a
decision of the source: the edges by which a call that throws leaves are left out.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SourceFile:
    """The counts of one file, over all objects."""

    def __init__(self):
        self.lines = defaultdict(int)
        self.branches = {}  # By line: how often each branch was taken.

    def add(self, line):
        number = line["line_number"]
        self.lines[number] += line["count"]
        counts = decisions(line["branches"])
        if counts:
            known = self.branches.setdefault(number, [])
            known.extend([0] * (len(counts) - len(known)))
            for index, count in enumerate(counts):
                known[index] += count

    def totals(self):
        branches = [count for counts in self.branches.values() for count in counts]
        return Totals(
            sum(count > 0 for count in self.lines.values()),
            len(self.lines),
            sum(count > 0 for count in branches),
            len(branches),
        )


class Totals:
    def __init__(self, lines_run=0, lines=0, branches_taken=0, branches=0):
        self.lines_run = lines_run
        self.lines = lines
        self.branches_taken = branches_taken
        self.branches = branches

    def __add__(self, other):
        return Totals(
            self.lines_run + other.lines_run,
            self.lines + other.lines,
            self.branches_taken + other.branches_taken,
            self.branches + other.branches,
        )

    def row(self, name):
        return (
            f"{name:<58} {share(self.lines_run, self.lines)} % of {self.lines:5} lines"
            f"  {share(self.branches_taken, self.branches)} % of {self.branches:5} branches"
        )


def share(part, whole):
    return f"{100 * part / whole if whole else 100:5.1f}"


def decisions(branches):
    """The counts of those branches that are a decision of the source.

    gcov lists the ways out of a block next to each other. A call that may throw has two: back to
    the caller, and the exception. Neither is a decision.
    """
    counts = []
    for branch in branches:
        if not branch["throw"]:
            counts.append(branch)
        elif counts and counts[-1]["fallthrough"]:
            counts.pop()
    return [branch["count"] for branch in counts]


def reports_of(objects):
    """What gcov says about these objects, one report for each."""
    # Without the headers of the system.
    own_only = ["--relative-only", "--source-prefix", str(ROOT)]
    command = ["gcov", "--json-format", "--stdout", "--branch-probabilities", *own_only, *objects]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    for line in done.stdout.splitlines():
        if line.startswith(b"{"):
            yield json.loads(line)


def source_name(name, folder):
    """The path from the root of the project, if it is one of the library's sources."""
    path = os.path.relpath(os.path.join(folder, name), ROOT)
    return path if path.startswith("src/") else None


def read_counts(build):
    objects = [str(path) for path in sorted(build.glob("src/**/*.gcno"))]
    if not objects:
        sys.exit(f"{build} has no counts: build the preset first")
    files = defaultdict(SourceFile)
    for report in reports_of(objects):
        for file in report["files"]:
            name = source_name(file["file"], report["current_working_directory"])
            if name:
                for line in file["lines"]:
                    files[name].add(line)
    return files


def print_missed(name, file):
    for number in sorted(file.lines):
        if file.lines[number] == 0:
            print(f"{name}:{number}: never run")
        elif 0 in file.branches.get(number, []):
            counts = " ".join(map(str, file.branches[number]))
            print(f"{name}:{number}: a branch never taken ({counts})")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="the build folder of the preset")
    parser.add_argument("--missed", action="store_true", help="list what never ran, too")
    options = parser.parse_args()
    files = read_counts(options.build.resolve())
    if options.missed:
        for name in sorted(files):
            print_missed(name, files[name])
    total = Totals()
    for name in sorted(files):
        print(files[name].totals().row(name))
        total += files[name].totals()
    print(total.row("in total"))


main()

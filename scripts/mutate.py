"""Changes the sources a little, one place at a time, and sees whether a test notices.

A change that survives shows a missing test, or code that is not needed, or means the same as what
was there. The work is done in a copy of the project, build/mutate/tree. The tests of a changed
program run in namespaces of their own: a changed kill(2) must not reach the rest of the machine.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from mutations import mutations_of

ROOT = Path(__file__).resolve().parent.parent
TREE = ROOT / "build/mutate/tree"
BUILD = TREE / "build/dev"

# The test programs that look at a folder, nearest first. The first folder that fits counts.
TESTS = [
    ("src/multiprocessing/queues/", "queue_test"),
    ("src/multiprocessing/synchronize/", "synchronize_test"),
    ("src/multiprocessing/memory/", "synchronize_test sharedctypes_test queue_test"),
    ("src/multiprocessing/sharedctypes/", "sharedctypes_test"),
    ("src/multiprocessing/shared_memory/", "shared_memory_test"),
    ("src/multiprocessing/resource_tracker/", "shared_memory_test"),
    ("src/multiprocessing/channel/", "shared_pipe_test connection_test"),
    ("src/multiprocessing/connection/", "connection_test"),
    ("src/multiprocessing/", "multiprocessing_test connection_test"),
    ("src/os/", "os_test"),
    ("src/subprocess/", "subprocess_test os_test"),
    ("src/serial/", "serial_test serial_failures_test serial_allocation_test connection_test"),
    ("src/platform/memory/", "platform_test synchronize_test shared_memory_test"),
    ("src/platform/ipc/", "platform_test connection_test shared_memory_test"),
    ("src/platform/program/", "platform_test serial_failures_test multiprocessing_test"),
    ("src/platform/", "platform_test subprocess_test multiprocessing_test"),
    ("src/base/", "base_test platform_test subprocess_test"),
]

# No program may take longer than so many times what it takes unchanged, and some seconds.
PATIENCE = 4
PATIENCE_SECONDS = 40
# A change may have a program take memory without end.
LEAST_MEMORY = 0.05
# Fewer found than this, and something is wrong with the tests or with this script.
LEAST_SHARE = 0.5


def tests_of(source):
    for folder, programs in TESTS:
        if source.startswith(folder):
            return programs.split()
    return []


def copy_project():
    """Brings the copy up to date, without touching what has not changed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    names = {os.fsdecode(name) for name in listed.split(b"\0") if name}
    names = {name for name in names if (ROOT / name).is_file()}
    for name in names:
        source, copy = ROOT / name, TREE / name
        if not copy.is_file() or copy.read_bytes() != source.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    for folder in ("src", "include", "tests"):
        for copy in (TREE / folder).rglob("*"):
            if copy.is_file() and str(copy.relative_to(TREE)) not in names:
                copy.unlink()


def configure():
    command = ["cmake", "--preset", "dev", "--log-level=WARNING"]
    subprocess.run(command, cwd=TREE, stdout=subprocess.DEVNULL, check=True)


def build(programs):
    command = ["cmake", "--build", str(BUILD), "--target", *programs]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def is_short_of_memory():
    facts = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    size = {name: int(facts[name].split()[0]) for name in ("MemTotal", "MemAvailable")}
    return size["MemAvailable"] < LEAST_MEMORY * size["MemTotal"]


def run_alone(program, seconds, arguments=()):
    """Runs a test program in namespaces of its own. Returns its output, and how it went."""
    # The shell stays, as the first process of the namespace is the parent of all orphans.
    inner = 'mount -t tmpfs tmpfs /dev/shm && "$@"; exit $?'
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *rights, "--pid", "--fork", "--mount", "--mount-proc", "--kill-child",
               "sh", "-c", inner, "sh",
               str(BUILD / "tests" / program), "--gtest_brief=1", *arguments]
    log = BUILD / "mutate.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        end = time.monotonic() + seconds
        went = None
        while went is None:
            try:
                went = "passed" if process.wait(0.2) == 0 else "failed"
            except subprocess.TimeoutExpired:
                if time.monotonic() > end or is_short_of_memory():
                    process.kill()  # And with it all of the namespace.
                    process.wait()
                    went = "hung"
    return log.read_text(errors="replace"), went


class Baseline:
    """The test programs of the sources as they are: how long each takes."""

    def __init__(self):
        self.seconds = {}
        self.filters = {}

    def prepare(self, programs):
        """Returns those of the programs that can judge a change."""
        missing = [program for program in programs if program not in self.seconds]
        if missing and not build(missing):
            sys.exit(f"the sources do not build unchanged: {' '.join(missing)}")
        for program in missing:
            self.measure(program)
        return [program for program in programs if self.seconds[program] is not None]

    # A test that fails in such a namespace without any change says nothing.
    def measure(self, program):
        start = time.monotonic()
        output, went = run_alone(program, 1800)
        failing = sorted(set(re.findall(r"^\[  FAILED  \] ([\w/.]+)", output, re.MULTILINE)))
        self.filters[program] = [f"--gtest_filter=-{':'.join(failing)}"] if failing else []
        self.seconds[program] = time.monotonic() - start
        if went == "failed" and failing:
            print(f"{program}: left out, as they fail unchanged: {' '.join(failing)}")
        elif went != "passed":
            print(f"{program}: left out, as it has {went} unchanged")
            self.seconds[program] = None

    def judge(self, program):
        seconds = PATIENCE * self.seconds[program] + PATIENCE_SECONDS
        arguments = ["--gtest_fail_fast", *self.filters[program]]
        return run_alone(program, seconds, arguments)[1]


def places():
    """Where a change can be made: pairs of a source and a line, in a fixed order."""
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    names = {str(Path(entry["file"]).relative_to(TREE)) for entry in commands}
    found = []
    for name in sorted(name for name in names if tests_of(name)):
        changes = mutations_of((TREE / name).read_text())
        found.extend((name, number, changes[number]) for number in sorted(changes))
    return found


def try_change(baseline, name, number, changed):
    """What became of a change: `refused` by the compiler, `survived`, or how it was found."""
    programs = baseline.prepare(tests_of(name))
    source = TREE / name
    before = source.read_text()
    lines = before.splitlines(keepends=True)
    lines[number - 1] = changed + "\n"
    source.write_text("".join(lines))
    try:
        if not build(programs):
            return "refused"
        for program in programs:
            went = baseline.judge(program)
            if went != "passed":
                return f"{went} {program}"
        return "survived"
    finally:
        source.write_text(before)


def main():
    parser = argparse.ArgumentParser(prog="./dev mutate", description=__doc__)
    parser.add_argument("count", type=int, metavar="N", help="how many changes")
    parser.add_argument("seed", type=int, nargs="?", help="which changes")
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    print(f"{options.count} changes of seed {seed}", flush=True)
    copy_project()
    configure()
    baseline = Baseline()
    chooser = random.Random(seed)
    candidates = places()
    tried, survivors = 0, []
    while tried < options.count:
        name, number, changes = chooser.choice(candidates)
        changed = chooser.choice(changes)
        before = (TREE / name).read_text().splitlines()[number - 1]
        verdict = try_change(baseline, name, number, changed)
        if verdict == "refused":
            continue
        tried += 1
        story = f"{name}:{number}: {before.strip()}   =>   {changed.strip()}"
        print(f"{tried:3}  {verdict:28} {story}", flush=True)
        if verdict == "survived":
            survivors.append(story)
    found = tried - len(survivors)
    print("\nNo test has found:" if survivors else "\nAll were found.")
    print("\n".join(survivors))
    print(f"{found} of {tried} found ({100 * found / max(tried, 1):.0f} %), seed {seed}")
    sys.exit(0 if found >= LEAST_SHARE * tried else 1)


main()

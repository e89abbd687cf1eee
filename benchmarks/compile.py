"""What does it cost to compile a source that includes progeny?

Each umbrella header alone, beside four headers of the standard library that most sources include.
Processor time of the compiler's front end, as on a busy machine the time that passes says little.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile

BASELINE = ("iostream", "string", "vector", "map")
HEADERS = ("multiprocessing", "subprocess", "os", "serial")


def seconds_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def compile_once(compiler, includes, headers, folder):
    source = pathlib.Path(folder) / "source.cpp"
    source.write_text("".join(f"#include <{header}>\n" for header in headers))
    before = seconds_of_children()
    subprocess.run(
        [compiler, "-std=c++20", "-fsyntax-only", *(f"-I{path}" for path in includes), source],
        check=True,
    )
    return seconds_of_children() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path, help="progeny's build folder")
    parser.add_argument("--quick", action="store_true", help="a first look")
    parser.add_argument("--smoke", action="store_true", help="a test that it works")
    options = parser.parse_args()
    rounds = 1 if options.smoke else 3 if options.quick else 9
    includes = (pathlib.Path(__file__).parent.parent / "include", options.build / "include")
    contestants = {"iostream, string, vector, map": BASELINE} | {
        f"progeny/{name}.hpp": (f"progeny/{name}.hpp",) for name in HEADERS
    }
    took = {name: [] for name in contestants}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, headers in contestants.items():
                took[name].append(
                    compile_once(os.environ.get("CXX", "c++"), includes, headers, folder)
                )
    baseline = took["iostream, string, vector, map"]
    print("\ncompile: include and nothing else, -fsyntax-only")
    print(f"  {'':32}{'n':>4}{'median':>10}{'ratio':>8}")
    for name, each in took.items():
        ratio = statistics.median(mine / theirs for mine, theirs in zip(each, baseline))
        print(f"  {name:32}{rounds:4}{statistics.median(each):8.3f} s{ratio:8.2f}")


if __name__ == "__main__":
    main()

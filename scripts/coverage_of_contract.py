"""Compares the rows of docs/contract with the row names in the tests' comments.

A row that is done on a system and that no test which runs there names is a failure, and so is a
name in a test that no table has.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r"\b[A-Z]{2}-\d{3}\b")
SYSTEMS = ("linux", "windows")


def read_rows(contract):
    """Row name -> (area, status), from every table whose first column is ID."""
    rows = {}
    for path in sorted(contract.glob("*.md")):
        for line in path.read_text(encoding="utf-8").splitlines():
            # A bar within a cell is written \| as in any Markdown table.
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if len(cells) == 6 and ROW.fullmatch(cells[0]):
                if cells[0] in rows:
                    sys.exit(f"{path.name}: {cells[0]} is there twice")
                rows[cells[0]] = (cells[1], cells[5])
    return rows


def read_tests(tests):
    """Row name -> files that name it."""
    named = {}
    for path in sorted(tests.rglob("*")):
        if path.is_file() and path.suffix in {".cpp", ".hpp", ".py", ".cmake", ".txt"}:
            for row in ROW.findall(path.read_text(encoding="utf-8")):
                named.setdefault(row, set()).add(str(path.relative_to(ROOT)))
    return named


def runs_on(path, system):
    """Whether a file of the tests, by its name, is compiled for this system."""
    if system == "windows":
        return ".posix." not in path and not path.startswith("tests/oracle/")
    return ".windows." not in path


def check_system(system, rows, named):
    """Prints how far the rows that are done on a system have tests; returns those that have none."""
    due = {row for row, (_, status) in rows.items() if f"{system}: done" in status}
    tested = {row for row in due if any(runs_on(path, system) for path in named.get(row, ()))}
    print(f"{system}:")
    for area in dict.fromkeys(area for area, _ in rows.values()):
        here = {row for row in due if rows[row][0] == area}
        print(f"  {area:6} {len(here & tested):3} of {len(here):3} rows have a test")
    for row in sorted(due - tested):
        print(f"  without a test: {row} ({rows[row][0]})")
    print(f"  {len(tested)} of {len(due)} rows covered")
    return due - tested


def main():
    rows = read_rows(ROOT / "docs" / "contract")
    named = read_tests(ROOT / "tests")
    if not rows:
        sys.exit("docs/contract has no table")
    missing = [row for system in SYSTEMS for row in check_system(system, rows, named)]
    unknown = sorted(set(named) - set(rows))
    for row in unknown:
        print(f"in no table: {row}, named in {', '.join(sorted(named[row]))}")
    return 1 if missing or unknown else 0


if __name__ == "__main__":
    sys.exit(main())

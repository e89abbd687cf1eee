#!/usr/bin/env python3
"""Makes docs/benchmarks.md, its plots and the figures in the README from what the bench printed.

usage: bench_report.py RESULTS [--root FOLDER] [--check]

RESULTS is the text that `./dev bench` keeps. With --check nothing is written: the exit code tells
whether the files are what RESULTS makes of them.
"""

import argparse
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # No __pycache__ among the sources.

import bench_plot
from bench_results import read_results

PAGE = "docs/benchmarks.md"
FOLDER = "docs/benchmarks"
OVERVIEW_PLOT = "docs/benchmarks/overview.svg"
BEGIN = "<!-- figures: written by ./dev bench --record -->"
END = "<!-- end of figures -->"

MOST_BUSY = 5  # Percent of the processors that others may use in a recording.

INTRODUCTION = """\
# Benchmarks

<!-- Written by ./dev bench --record from the figures in benchmarks/results.txt. -->
<!-- Changes by hand are lost. -->

What progeny costs, beside raw system calls, Python and other libraries.
"""

HOW_TO_READ = """\
Every task is repeated in rounds. In each round every contestant has a short turn, so that a
disturbance of the machine hits all of them alike. A bar is the median of the rounds; the line
across its end reaches from the 25th to the 75th percentile of the rounds. Shorter is better.
progeny is orange. An outlined bar is a limit: a bare loop of system calls or memory operations
that does nothing for its user. A scale is logarithmic where the bars differ by more than 30 times,
and its title says so.

In the tables `n` is the number of operations, `p99` the 99th percentile of all of them, and
`× NAME` the median over the rounds of how many times as long as NAME it took.

To measure your own machine: `./dev bench`, or `./dev bench --quick` for a first impression.
[Older measurements](benchmarks/older.md) were made by earlier versions on other machines.
"""

# Rows of the README's table: label, question, setting, start of the title, limit, Boost.
HIGHLIGHTS = [
    ("start a small program, wait for its end", "launch", "small parent, 1 thread",
     "start a minimal", "raw-clone3", "boost-v2"),
    ("the same, from two threads of a program that holds 4 GiB", "launch",
     "large parent, 2 threads", "start a minimal", "raw-clone3", "boost-v2"),
    ("`Process` by `fork`: start and join", "process", "small parent, 1 thread", "fork:", "raw", None),
    ("`Lock`: two processes, 10,000 times each", "synchronize", "1 thread",
     "two processes: ", "futex", "boost_interprocess"),
    ("`Queue`: 10,000 messages of 64 B", "queues", "1 thread",
     "10,000 messages of 64 B one way", "futex_ring", "boost_message_queue"),
]

# The panels of the README's plot, by the same words.
OVERVIEW = [("launch", "small parent, 1 thread", "start a minimal"),
            ("queues", "1 thread", "10,000 messages of 64 B one way")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    results = read_results(arguments.results.read_text())
    if not results.tables():
        sys.exit(f"{arguments.results} holds no table of the bench")
    files = make_files(results, arguments.root)
    if arguments.check:
        sys.exit(check(files, arguments.root))
    write(files, arguments.root)


def make_files(results, root):
    """The files, by their names below the root."""
    files = {PAGE: page(results, root)}
    for section in results.sections:
        if section.tables:
            files[f"{FOLDER}/{section.file_name()}"] = bench_plot.draw(section.tables)
    if not results.missing_questions():  # The README shows whole recordings only.
        overview = [table for words in OVERVIEW if (table := results.find(*words))]
        files[OVERVIEW_PLOT] = bench_plot.draw(overview)
        files["README.md"] = with_highlights((root / "README.md").read_text(), results)
    return files


def check(files, root):
    stale = [name for name, text in files.items()
             if not (root / name).exists() or (root / name).read_text() != text]
    for name in stale:
        print(f"{name} is stale; run scripts/bench_report.py docs/benchmarks/results.txt",
              file=sys.stderr)
    return 1 if stale else 0


def write(files, root):
    for plot in (root / FOLDER).glob("*.svg"):
        if plot != root / OVERVIEW_PLOT:  # Of a task that was not measured, or is gone.
            plot.unlink()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


# --- the page -------------------------------------------------------------------------------------


def page(results, root):
    parts = [INTRODUCTION, circumstances(results), HOW_TO_READ]
    for question in results.questions():
        parts.append(question_text(question, root))
        parts += [section_text(section) for section in results.sections
                  if section.question == question]
    return "\n".join(parts)


def circumstances(results):
    lines = [f"> - {sentence}" for sentence in warnings(results)]
    if lines:
        lines = ["> **A preliminary recording:**", ">", *lines, ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {key} | {value} |" for key, value in results.facts.items()
              if key not in ("busy", "scale", "questions", "note")]
    return "\n".join(lines) + "\n"


def warnings(results):
    """What a reader must know before trusting the figures."""
    sentences = []
    scale = results.facts.get("scale", "full")
    if scale != "full":
        sentences.append(f"`--{scale}` was given: short turns, so the figures are a first impression.")
    busy = float(results.facts.get("busy", "0").split()[0])
    if busy > MOST_BUSY:
        sentences.append(f"Other programs used {busy:.0f} % of the processors at the start.")
    if "note" in results.facts:
        sentences.append(results.facts["note"])
    missing = results.missing_questions()
    if missing:
        sentences.append(f"Not measured in this run: {', '.join(missing)}.")
    return sentences


def question_text(question, root):
    """The heading, from the first comment of the driver: a question, and what there is to say."""
    source = root / "benchmarks" / f"{question}.cpp"
    if not source.exists():
        return f"## {question}\n"
    comment = re.match(r"(?://.*\n)+", source.read_text())
    words = [line[2:].strip() for line in comment.group().splitlines()] if comment else [question]
    paragraphs = "\n".join(words).split("\n\n")
    title = " ".join(paragraphs[0].split())
    return "\n\n".join([f"## {title}", *paragraphs[1:]]) + "\n"


def section_text(section):
    parts = [f"### {section.title()}\n"]
    if section.tables:
        picture = f"benchmarks/{section.file_name()}"
        parts.append(f"![bars of the medians, the same figures as in the tables]({picture})\n")
        parts.append("<details><summary>the figures</summary>\n")
        parts += [table_text(table) for table in section.tables]
        parts.append("</details>\n")
    if section.notes:
        parts.append("```text\n" + "\n".join(section.notes) + "\n```\n")
    return "\n".join(parts)


def table_text(table):
    lines = [f"**{table.title}**\n"]
    headings = [heading.replace("x ", "× ", 1) for heading in table.columns]
    lines.append("| " + " | ".join(headings) + " |")
    lines.append("|---" + "|---:" * (len(headings) - 1) + "|")
    for row in table.rows:
        cells = [row.cells.get(column, "") for column in table.columns]
        if row.is_progeny():
            cells = [f"**{cell}**" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [f"\n{failure}" for failure in table.failures]
    return "\n".join(lines) + "\n"


# --- the README -----------------------------------------------------------------------------------


def with_highlights(readme, results):
    """The README with the figures between its two marks."""
    rows = [row for words in HIGHLIGHTS if (row := highlight(results, *words))]
    begin, end = readme.find(BEGIN), readme.find(END)
    if not rows or begin < 0 or end < begin:
        return readme
    facts = results.facts
    scale = facts.get("scale", "full")
    scale = "" if scale == "full" else f", a {scale} run"
    lines = [
        BEGIN,
        "",
        "| | progeny | limit | Boost | Python |",
        "|---|---:|---:|---:|---:|",
        *rows,
        "",
        f"Medians on {facts.get('machine', 'one machine')}, {facts.get('date', '')}, commit "
        f"{facts.get('commit', 'unknown')}{scale}.",
        "",
    ]
    return readme[:begin] + "\n".join(lines) + readme[end:]


def highlight(results, label, question, setting, title, limit, boost):
    """A row: progeny's time, and the others' as multiples of it."""
    table = results.find(question, setting, title)
    ours = table and table.find("progeny")
    if not ours or not ours.median:
        return None
    cells = [bench_plot.time_text(ours.median)]
    for name in (limit, boost, "python"):
        row = table.find(name) if name else None
        cells.append(multiple(row.median / ours.median) if row and row.median else "")
    return f"| {label} | " + " | ".join(cells) + " |"


def multiple(ratio):
    return f"× {ratio:,.0f}" if ratio >= 10 else f"× {ratio:.1f}"


if __name__ == "__main__":
    main()

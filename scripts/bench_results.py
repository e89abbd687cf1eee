"""Reads what the bench prints: facts about the machine, then sections of tables.

    date: 2026-11-30                         facts, one a line, before the first section
    === launch: small parent, 1 thread       a section: the question and the setting
    start /bin/true and wait                 a table: its title,
    contestant  n  median  p25  p75 ...      its columns,
    progeny    12   988.0  ...               its rows, up to an empty line
    not installed: qt (qtbase5-dev)          any other line of a section is a note
"""

import re
from dataclasses import dataclass, field

NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


@dataclass
class Row:
    """A contestant in a table. Times are in nanoseconds."""
    contestant: str
    cells: dict

    def time(self, column):
        text = self.cells.get(column)
        return float(text) * NANOSECONDS[self.cells["unit"]] if text else None

    @property
    def median(self):
        return self.time("median")

    def is_progeny(self):
        return self.contestant.startswith("progeny")

    def is_limit(self):
        """Whether it does nothing for its user: what is left is the cost of the system."""
        return self.contestant.startswith("raw") or self.contestant in (
            "futex", "pthread", "futex_ring", "spsc_ring", "watching_ring")


@dataclass
class Table:
    title: str
    columns: list
    rows: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    def find(self, contestant):
        return next((row for row in self.rows if row.contestant == contestant), None)

    def is_plottable(self):
        """A median of 0 is one that was printed with too few digits."""
        return bool(self.rows) and all(row.median for row in self.rows)


@dataclass
class Section:
    question: str
    setting: str
    tables: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def title(self):
        return self.setting[:1].upper() + self.setting[1:]

    def file_name(self):
        words = re.findall(r"[a-z0-9]+", f"{self.question} {self.setting}".lower())
        return "-".join(words) + ".svg"


@dataclass
class Results:
    facts: dict = field(default_factory=dict)
    sections: list = field(default_factory=list)

    def tables(self):
        return [table for section in self.sections for table in section.tables]

    def questions(self):
        return list(dict.fromkeys(section.question for section in self.sections))

    def missing_questions(self):
        known = self.facts.get("questions", "").replace(",", " ").split()
        return [question for question in known if question not in self.questions()]

    def find(self, question, setting, title):
        """The table of that section whose title begins so."""
        for section in self.sections:
            if (section.question, section.setting) == (question, setting):
                for table in section.tables:
                    if table.title.startswith(title):
                        return table
        return None


def read_results(text):
    results = Results()
    lines = text.splitlines()
    table = None
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        heading = re.match(r"=== (\S+): (.*)", line)
        if heading:
            results.sections.append(Section(heading[1], heading[2]))
            table = None
        elif not results.sections:
            read_fact(results, line)
        elif following.startswith("contestant "):
            table = Table(line, columns_of(following))
            results.sections[-1].tables.append(table)
        elif not line.strip():
            table = None
        elif table is None:
            results.sections[-1].notes.append(line)
        elif not line.startswith("contestant "):
            read_row(table, line)
    return results


def read_fact(results, line):
    key, colon, value = line.partition(": ")
    if colon:
        results.facts[key.strip()] = value.strip()


def columns_of(line):
    """The names, of which those of ratios are two words: `x raw`."""
    return re.findall(r"x \S+|\S+", line)


def read_row(table, line):
    name, *values = line.split()
    if values and values[0] == "failed:":
        table.failures.append(line)
        return
    cells = dict(zip(table.columns, [name, *values]))
    if cells.get("unit") in NANOSECONDS:
        table.rows.append(Row(name, cells))

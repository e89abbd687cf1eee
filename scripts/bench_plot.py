"""Draws tables of the bench as SVG: a bar for each contestant, with the range of its rounds.

The colours are readable on white and on black, and the background is left out, because a page
shows the picture in a light or a dark theme.
"""

import html
import math
import textwrap

INK = "#737d88"
PALE = "#8c959f"
ORANGE = "#e36209"
FONT = "font-family=\"system-ui,'Segoe UI',Helvetica,Arial,sans-serif\""

WIDTH = 430  # Of a panel.
GAP = 24  # Between two.
VALUES = 62  # The width of the figure behind a bar,
LETTER = 7.3  # and of a letter of a contestant's name.
BAR = 12
STEP = 19  # From one bar to the next.
TITLE_LINE = 17
TITLE_LETTERS = 56
AXIS = 30
LOGARITHMIC_FROM = 30  # How many times the longest bar is the shortest.

UNITS = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")]


def draw(tables):
    """One picture of all tables: panels side by side, two in a row."""
    panels = [Panel(table) for table in tables if table.is_plottable()]
    columns = 1 if len(panels) == 1 else 2
    parts, top = [], 0
    for first in range(0, len(panels), columns):
        row = panels[first:first + columns]
        for column, panel in enumerate(row):
            parts.append(f'<g transform="translate({column * (WIDTH + GAP)},{top})">')
            parts += panel.draw()
            parts.append("</g>")
        top += max(panel.height() for panel in row) + GAP
    width, height = columns * (WIDTH + GAP) - GAP, max(top - GAP, 1)
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" {FONT} font-size="12">')
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def time_text(nanoseconds):
    """With three digits that count: 76.4 µs."""
    size, unit = next((size, unit) for size, unit in UNITS if nanoseconds >= size or size == 1)
    value = nanoseconds / size
    digits = max(0, 2 - int(math.log10(value))) if value >= 1 else 2
    return f"{value:.{digits}f} {unit}"


class Scale:
    """Where a time lies on the axis, and at which times the axis has a mark."""

    def __init__(self, times, longest, labels):
        self.labels = labels
        self.logarithmic = longest > LOGARITHMIC_FROM * min(times)
        if self.logarithmic:
            # The shortest bar must not vanish: the axis begins well below it.
            self.begin = 10 ** math.floor(math.log10(min(times) / 1.5))
            self.end = longest * 1.05
            first, last = round(math.log10(self.begin)), math.floor(math.log10(self.end))
            self.marks = [10.0 ** power for power in range(first, last + 1)]
        else:
            self.begin, self.end = 0, longest * 1.02
            step = round_step(self.end / 5)
            self.marks = [step * i for i in range(int(self.end / step) + 1)]

    def x(self, time):
        room = WIDTH - self.labels - VALUES
        if self.logarithmic:
            share = math.log(max(time, self.begin) / self.begin) / math.log(self.end / self.begin)
        else:
            share = time / self.end
        return self.labels + room * share


def round_step(length):
    """1, 2 or 5 times a power of ten, at least `length`."""
    power = 10 ** math.floor(math.log10(length))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= length)


class Panel:
    """The bars of one table."""

    def __init__(self, table):
        self.rows = table.rows
        lengths = [row.median for row in self.rows]
        ends = [max(row.median, row.time("p75") or 0) for row in self.rows]
        self.labels = max(100, LETTER * max(len(row.contestant) for row in self.rows) + 8)
        self.scale = Scale(lengths, max(ends), self.labels)
        title = table.title + (" (log scale)" if self.scale.logarithmic else "")
        self.title = textwrap.wrap(title, TITLE_LETTERS)
        self.top = len(self.title) * TITLE_LINE + 6
        self.bottom = self.top + len(self.rows) * STEP

    def height(self):
        return self.bottom + AXIS

    def draw(self):
        parts = [text(0, 13 + i * TITLE_LINE, line, weight="bold")
                 for i, line in enumerate(self.title)]
        parts += self.axis()
        for i, row in enumerate(self.rows):
            parts += self.bar(row, self.top + i * STEP)
        return parts

    def axis(self):
        parts = []
        for mark in self.scale.marks:
            x = self.scale.x(mark)
            parts.append(line(x, self.top, x, self.bottom + 4, PALE, 0.6, opacity=0.45))
            label = time_text(mark) if mark else "0"
            parts.append(text(x, self.bottom + 17, shorten(label), anchor="middle", size=11))
        return parts

    def bar(self, row, top):
        begin, end = self.scale.x(self.scale.begin), self.scale.x(row.median)
        middle = top + BAR / 2 + 2
        ours = row.is_progeny()
        fill = f'fill="{ORANGE if ours else PALE}" fill-opacity="{1 if ours else 0.7}"'
        if row.is_limit():
            fill = f'fill="none" stroke="{INK}" stroke-dasharray="3 2"'
        parts = [
            text(self.labels - 6, middle + 4, row.contestant, anchor="end",
                 weight="bold" if ours else "normal"),
            f'<rect x="{begin:.1f}" y="{top + 2}" width="{max(end - begin, 1):.1f}" '
            f'height="{BAR}" {fill}/>',
        ]
        edge = end
        low, high = row.time("p25"), row.time("p75")
        if low and high:
            left, edge = self.scale.x(low), max(end, self.scale.x(high))
            right = self.scale.x(high)
            strokes = [(left, middle, right, middle)]
            strokes += [(x, middle - 4, x, middle + 4) for x in (left, right)]
            # A pale rim keeps it visible on the bar.
            parts += [line(*stroke, "#ffffff", 3.4, opacity=0.55) for stroke in strokes]
            parts += [line(*stroke, INK, 1.4) for stroke in strokes]
        parts.append(text(edge + 5, middle + 4, time_text(row.median), size=11))
        return parts


def shorten(label):
    """Marks are round: 100 µs, not 100.0 µs."""
    value, unit = label.split(" ") if " " in label else (label, "")
    if "." in value:
        value = value.rstrip("0").rstrip(".")
    return f"{value} {unit}".strip()


def text(x, y, words, anchor="start", weight="normal", size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}">{html.escape(words)}</text>')


def line(x1, y1, x2, y2, colour, width, opacity=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}" stroke-opacity="{opacity}"/>')

"""The results as Markdown: a table of medians, the goals and whether they are met, and how it was measured."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from .candidates import CANDIDATES
from .rows import Goal, Row
from .turns import Measured, absent

Results = dict[str, dict[str, Measured]]
"""By the row's key, and for a row with the raised threshold by its key and ``+``."""

HOW = """\
Every candidate has a process of its own at every row (of the plots of sizes one for each line, from small to large),
and the processes take turns on the same core, with one thread each and the same settings of the C library's malloc.
Before anything is timed all candidates run twice and must agree in what they compute. A turn repeats the work for some
hundredths of a second, at least once; graphs of single numbers for 0.3 s, so that Python's garbage collector takes the
share that it takes in a training loop. After the turns of all, those whose ratio is a goal go on for three seconds.
The table of medians is of the turns of all, ± half of the range of their middle half. What was measured for a goal is
the median of the ratios turn by turn, of all turns, below 1 where this project is the faster one. *By hand* is the
chain rule written out in NumPy, or in Python floats for single numbers. *jax.jit* compiles a whole step, the others run
operation by operation; compiling is not timed. JAX without compilation takes half a millisecond an operation under
`jax.grad`, too long for rows of hundreds of them; for Adam and the widest network it would show the same once more.

glibc maps every array of more than 128 KB afresh from the system, and the first touch of each page costs more than
arithmetic on it. Rows of large arrays are therefore shown twice: as it is by default, and with `malloc` told to keep
freed memory, as `autograd_mini.keep_memory()` does it, and as `fit` does by itself.

Memory is the resident size at the peak of two steps beyond what the process had before them.

This project is pure Python; [what compiling the scalar core would gain](compiled.md) is a page of its own.
"""


def markdown(rows: Iterable[Row], results: Results, command: str) -> str:
    """The whole page."""
    rows = [row for row in rows if row.key in results]
    parts = [
        "# Speed\n",
        f"Made by `{command}`; [how it is measured](#how-it-is-measured) is below.\n",
        "![Cost of each row relative to the same by hand](ratios.svg)\n",
        "## Goals\n",
        _goals(rows, results),
        "## Medians\n",
        _medians(rows, results),
        "![Cost against the size of graphs and arrays](scaling.svg)\n",
        "## How it is measured\n",
        HOW,
        _machine(),
        _missing(results),
    ]
    return "\n".join(part for part in parts if part)


def _goals(rows: Iterable[Row], results: Results) -> str:
    lines = ["| work | goal | measured | |", "|---|---|---|---|"]
    for row in rows:
        for mark, malloc in (("", ""), ("+", " (freed memory kept)")):
            for goal in row.goals if row.key + mark in results else ():
                who = "" if goal.who == "autograd_mini" else f", {goal.who}"
                lines.append(f"| {row.title}{malloc}{who} | {_verdict(row, goal, results, mark)} |")
    return "\n".join(lines) + "\n"


def _verdict(row: Row, goal: Goal, results: Results, mark: str) -> str:
    """The cells of a goal: what it is, what was measured, and whether it is met."""
    found = results[row.key + mark]
    ours = found[goal.who]
    if not goal.beside:
        cost = ours.median / row.per if ours.turns else math.nan
        return f"≤ {amount(row, goal.limit)} | {amount(row, cost)} | {'met' if cost <= goal.limit else 'missed'}"
    limit, why = limit_of(goal, results, mark), ", as with SGD" if goal.like else ""
    times = "its ratio" if math.isnan(limit) else f"{limit:.3g}"
    text = f"≤ {times} × {' and '.join(goal.beside)}{why}"
    beside = [found[title] for title in goal.beside if found[title].turns]
    if not ours.turns or not beside or math.isnan(limit):
        return f"{text} | {ours.why or 'nothing to compare with'} | "
    ratio = max(ours.ratio(other) for other in beside)
    return f"{text} | {ratio:.2f} | {'met' if ratio <= limit else 'missed'}"


def limit_of(goal: Goal, results: Results, mark: str = "") -> float:
    """The ratio that a goal allows; not a number if that of another row counts, and was not measured."""
    if not goal.like:
        return goal.limit
    like = results.get(goal.like + mark, {})
    measured = [like[title] for title in (goal.who, *goal.beside) if title in like and like[title].turns]
    return max(goal.limit, measured[0].ratio(measured[1])) if len(measured) > 1 else math.nan


def _medians(rows: list[Row], results: Results) -> str:
    titles = [title for title in CANDIDATES if any(title in found for found in results.values())]
    lines = ["| work | " + " | ".join(titles) + " |", "|---|" + "---:|" * len(titles)]
    for row in rows:
        for mark, malloc in (("", ""), ("+", " (freed memory kept)")):
            if found := results.get(row.key + mark):
                cells = [_cell(row, found[title]) if title in found else "" for title in titles]
                lines.append(f"| {row.title}{malloc} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(row: Row, measured: Measured) -> str:
    if not measured.turns:
        return "–"
    cost = amount(row, measured.median / row.per)
    return cost if row.measure == "memory" else f"{cost} ±{measured.spread:.0%}"


def amount(row: Row, cost: float) -> str:
    """Bytes or seconds, in the unit that suits them."""
    if row.measure == "memory":
        return f"{cost:.0f} B" if cost < 1e4 else f"{cost / 1e6:.1f} MB"
    return seconds(cost)


def seconds(amount: float) -> str:
    """A time in at most three digits and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if amount >= size:
            return f"{amount / size:.3g} {unit}"
    return f"{amount / 1e-9:.3g} ns"


def _machine() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor()
    packages = {c.distribution for c in CANDIDATES.values() if c.distribution and not absent(c)}
    versions = ", ".join(f"{name} {version(name)}" for name in sorted(packages))
    return f"{model}, {platform.system()}, Python {platform.python_version()}; {versions}.\n"


def _missing(results: Results) -> str:
    """Who took no part, where and why."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for key, found in results.items():
        for title, measured in found.items():
            if measured.why:
                reasons.setdefault((title, measured.why), []).append(key)
    lines = [f"- {title}, {', '.join(keys)}: {why}" for (title, why), keys in reasons.items()]
    return "Without figures:\n\n" + "\n".join(lines) + "\n" if lines else ""


def write(path: Path, text: str) -> None:
    """Write the page, and make its folder if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

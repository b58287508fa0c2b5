"""Measure all rows, or some, and write the report to ``docs/benchmarks``."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import closing

from . import plots, report
from .rows import QUICK as QUICK_ROWS, ROWS, Row, scaling
from .turns import QUICK, ROOT, Effort, Measured, measure, measure_line

OUT = ROOT / "docs" / "benchmarks"


def main() -> None:
    """Read the options, measure, and write or show."""
    options = _options()
    effort = QUICK if options.quick else Effort()
    keys = options.row or (QUICK_ROWS if options.quick else [row.key for row in ROWS])
    rows = [row for row in ROWS if row.key in keys]
    whole = not options.quick and not options.row
    todo = [(row, raised) for row in rows for raised in ((False, True) if row.arrays else (False,))]
    lines = scaling() if whole else {}
    progress = _Progress(len(todo) + sum(map(len, lines.values())))
    results: report.Results = {}
    for row, raised in todo:
        progress(row.title + (", freed memory kept" if raised else ""))
        results[row.key + "+" * raised] = found = measure(row, effort, raised=raised)
        progress.show(row, found)
    panels: plots.Panels = {}
    for label, line in lines.items():
        with closing(measure_line([row for _, row in line], QUICK)) as measured:
            for x, row in line:
                progress(f"{label}: {x}")
                panels.setdefault(label, []).append((x, row, next(measured)))
    progress("", last=True)
    page = report.markdown(rows, results, "make bench")
    if whole:
        report.write(OUT / "README.md", page)
        plots.ratios(OUT / "ratios.svg", results)
        plots.scaling(OUT / "scaling.svg", panels)
        print(f"written to {OUT.relative_to(ROOT)}/")
    else:
        print(page)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="few rows, few turns; prints the tables and writes nothing"
    )
    parser.add_argument(
        "--row",
        action="append",
        metavar="ROW",
        choices=[row.key for row in ROWS],
        help="only this row (may be repeated): " + ", ".join(row.key for row in ROWS),
    )
    return parser.parse_args()


class _Progress:
    """A line on standard error: how far it is, how long it took, what is measured now."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._start = total, 0, time.perf_counter()

    def __call__(self, what: str, *, last: bool = False) -> None:
        spent = time.perf_counter() - self._start
        clear = "\r\033[K" if sys.stderr.isatty() else ""
        end = "\n" if last or not clear else ""
        sys.stderr.write(f"{clear}[{self._done}/{self._total}] {spent:4.0f} s  {what}{end}")
        sys.stderr.flush()
        self._done += 1

    def show(self, row: Row, found: dict[str, Measured]) -> None:
        """The row's figures in short."""
        parts = [f"{title} {m.median / row.per:.3g}" for title, m in found.items() if m.turns]
        clear = "\r\033[K" if sys.stderr.isatty() else ""
        sys.stderr.write(f"{clear}{row.title}: {', '.join(parts)}\n")


if __name__ == "__main__":
    main()

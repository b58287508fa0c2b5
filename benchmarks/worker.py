"""One candidate in a process of its own: it prepares, waits for its turns, and reports on standard output.

Started as ``python -m benchmarks.worker MODULE``. Every line that comes in is an order, ``prepare`` with work and
arguments in JSON, ``check``, ``time SECONDS`` or ``memory``, and every line that goes out is the answer in JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

CHECKED_RUNS = 2
LONG = 5.0
"""Seconds of a run that is not made twice to see its peak of memory."""


def main(module: str) -> None:
    """Obey until standard input ends."""
    candidate = importlib.import_module(f"benchmarks.candidates.{module}")
    _stay_on_one_core()
    job: Callable[[], Any] = _nothing
    for line in sys.stdin:
        order, _, rest = line.partition(" ")
        if order == "prepare":
            work, *arguments = json.loads(rest)
            found = getattr(candidate, work, None)
            job = _nothing if found is None else found(*arguments)
            _answer({"missing": "has no such thing"} if found is None else {"ready": True})
        elif order == "time":
            _answer(_seconds(job, float(rest)))
        elif order.strip() == "check":
            _answer([_numbers(job()) for _ in range(CHECKED_RUNS)])
        else:
            _answer(_peak(job))


def _nothing() -> None:
    raise RuntimeError("nothing is prepared")


def _stay_on_one_core() -> None:
    """The same one for all candidates; threads that an import started stay there too, and later ones follow."""
    core = {max(os.sched_getaffinity(0))}
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), core)


def _answer(content: Any) -> None:
    print(json.dumps(content), flush=True)


def _numbers(result: Any) -> list[float]:
    return [float(x) for x in (result if isinstance(result, (list, tuple)) else [result])]


def _seconds(job: Callable[[], Any], budget: float) -> float:
    """Seconds of one call, the mean over as many as fit into the budget, but at least one."""
    gc.collect()
    calls, start = 0, time.perf_counter()
    while True:
        job()
        calls += 1
        spent = time.perf_counter() - start
        if spent + spent / calls / 2 > budget:
            return spent / calls


def _peak(job: Callable[[], Any]) -> int:
    """Bytes at the peak of two runs, or of one that takes long, beyond those that the process had before."""
    gc.collect()
    before = _status("VmRSS")
    with open("/proc/self/clear_refs", "w") as reset:  # the kernel's mark of the highest resident size so far
        reset.write("5")
    start = time.perf_counter()
    job()
    if time.perf_counter() - start < LONG:
        job()
    return _status("VmHWM") - before


def _status(field: str) -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))


if __name__ == "__main__":
    main(sys.argv[1])

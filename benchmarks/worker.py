"""One candidate at one row, in a process of its own: it prepares, waits for its turns, and reports on standard output.

Started as ``python -m benchmarks.worker MODULE WORK ARGUMENTS``, the last one in JSON. Every line that comes in is
an order, ``check``, ``time SECONDS`` or ``memory``, and every line that goes out is the answer in JSON.
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


def main(module: str, work: str, arguments: list[Any]) -> None:
    """Obey until standard input ends."""
    found = getattr(importlib.import_module(f"benchmarks.candidates.{module}"), work, None)
    _stay_on_one_core()
    if found is None:
        _answer({"missing": "has no such thing"})
        return
    job = found(*arguments)
    _answer({"ready": True})
    for line in sys.stdin:
        order, *rest = line.split()
        if order == "check":
            _answer([_numbers(job()) for _ in range(CHECKED_RUNS)])
        elif order == "time":
            _answer(_seconds(job, float(rest[0])))
        else:
            _answer(_peak(job))


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
    """Bytes at the peak of two runs beyond those that the process had before."""
    gc.collect()
    before = _status("VmRSS")
    with open("/proc/self/clear_refs", "w") as reset:  # the kernel's mark of the highest resident size so far
        reset.write("5")
    for _ in range(CHECKED_RUNS):
        job()
    return _status("VmHWM") - before


def _status(field: str) -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))

"""Measuring a row: a process for each candidate, which take turns on one core."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, suppress
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from .candidates import CANDIDATES, Candidate
from .rows import Row

ROOT = Path(__file__).resolve().parents[1]
THREADS = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR", "BLIS")
RAISED = {"MALLOC_MMAP_THRESHOLD_": str(32 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(2**30)}
"""What makes glibc keep freed memory; each array of more than 128 KB is mapped afresh from the system otherwise."""


class Measured(NamedTuple):
    """What a candidate's turns gave: seconds or bytes; or why there are none."""

    turns: list[float]
    why: str = ""
    common: int | None = None
    """How many of the turns, the first ones, are those of rounds of all candidates, if not all."""

    @property
    def median(self) -> float:
        """The middle of the turns in rounds of all, so that medians are of the same time."""
        return median(self.turns[: self.common])

    @property
    def spread(self) -> float:
        """Half of the range that the middle half of the turns covers, as a part of the median."""
        turns = self.turns[: self.common]
        if len(turns) < 3:
            return 0.0
        low, _, high = quantiles(turns, n=4)
        return (high - low) / 2 / self.median

    def ratio(self, other: Measured) -> float:
        """The median of the ratios, turn by turn."""
        return median(a / b for a, b in zip(self.turns, other.turns, strict=False))


class Effort(NamedTuple):
    """How much time a row may take, in seconds: a turn, the turns of all, and further ones of those with a goal."""

    turn: float = 0.04
    row: float = 2.0
    goal: float = 3.0
    fewest: int = 4
    most: int = 15


QUICK = Effort(turn=0.02, row=1.2, goal=0.0, fewest=3, most=5)


def measure(row: Row, effort: Effort, *, raised: bool = False) -> dict[str, Measured]:
    """Let the candidates of a row take turns; by title, what each measured."""
    if row.measure == "import":
        return _imports(row, effort)
    with closing(measure_line([row], effort, raised=raised)) as found:
        return next(found)


def measure_line(
    rows: Sequence[Row], effort: Effort, *, raised: bool = False
) -> Generator[dict[str, Measured], None, None]:
    """The same for several rows of the same candidates, in the same processes: from small ones to large ones."""
    titles = rows[0].candidates
    players = {title: _Player(CANDIDATES[title], raised) for title in titles if not absent(CANDIDATES[title])}
    try:
        for row in rows:
            yield _measured(row, players, effort)
    finally:
        for player in players.values():
            player.end()


def _measured(row: Row, players: dict[str, _Player], effort: Effort) -> dict[str, Measured]:
    found = {title: Measured([], absent(CANDIDATES[title])) for title in row.candidates}
    able = {}
    for title, player in players.items():
        if why := player.prepare(row):
            found[title] = Measured([], why)
        else:
            able[title] = player
    if row.measure == "memory":
        return found | {title: Measured([player.ask("memory")]) for title, player in able.items()}
    found |= _check(row, able)
    return found | _take_turns(able, effort, row)


def absent(candidate: Candidate) -> str:
    """Why the candidate cannot take part here, if so."""
    if not candidate.distribution:
        return ""
    try:
        version(candidate.distribution)
    except PackageNotFoundError:
        return "not installed"
    return ""


class Unable(RuntimeError):
    """A candidate that stopped at its work, and its last words."""


_ERROR = re.compile(r"[\w.]+: ")


class _Player:
    """A candidate's process."""

    def __init__(self, candidate: Candidate, raised: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", candidate.module],
            cwd=ROOT,
            env=environment(raised),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def prepare(self, row: Row) -> str:
        """Let it make its job of a row; why it has none, if so."""
        self._order(f"prepare {json.dumps([row.work, *row.arguments])}")
        answer = self._answer()
        return answer.get("missing") or answer.get("failed") or ""

    def ask(self, order: str) -> Any:
        self._order(order)
        answer = self._answer()
        if isinstance(answer, dict):
            raise Unable(answer["failed"])
        return answer

    def _order(self, order: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(order + "\n")
            self._process.stdin.flush()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        complaint = [line for line in self._process.stderr.read().splitlines() if _ERROR.match(line)]
        return {"failed": complaint[-1][:160] if complaint else "it ended without a word"}

    def end(self) -> None:
        """Stop it: libraries that tidy up take seconds."""
        self._process.kill()
        self._process.communicate()


def environment(raised: bool) -> dict[str, str]:
    """The same for every candidate: one thread, and malloc's thresholds."""
    threads = {f"{library}_NUM_THREADS": "1" for library in THREADS}
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    jax = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "JAX_PLATFORMS": "cpu"}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **threads, **jax, "PYTHONPATH": paths, **(RAISED if raised else {})}


def _check(row: Row, players: dict[str, _Player]) -> dict[str, Measured]:
    """Let everybody run twice and compare what comes out: who fails is out, and a difference is an error."""
    results, out = {}, {}
    for title, player in list(players.items()):
        try:
            results[title] = player.ask("check")
        except Unable as error:
            out[title] = Measured([], f"fails: {error}")
            players.pop(title).end()
    (first, expected), *others = results.items()
    for title, result in others:
        for want, have in zip(chain(*expected), chain(*result), strict=True):
            if not abs(want - have) <= 2e-3 * max(1.0, abs(want)):
                raise AssertionError(f"{row.key}: {title} found {have}, {first} found {want}")
    return out


def _take_turns(players: dict[str, _Player], effort: Effort, row: Row) -> dict[str, Measured]:
    turns: dict[str, list[float]] = {title: [] for title in players}
    seconds = max(effort.turn, row.turn)

    def around(titles: Iterable[str], budget: float, fewest: int, most: int) -> None:
        start = time.perf_counter()
        for k in range(most):
            if k >= fewest and time.perf_counter() - start > budget:
                break
            for title in titles:
                turns[title].append(players[title].ask(f"time {seconds}"))

    around(players, effort.row, effort.fewest, effort.most)
    common = min(map(len, turns.values()), default=0)
    with_goal = {title for goal in row.goals for title in (goal.who, *goal.beside)}
    around([title for title in players if title in with_goal], effort.goal, 0, 4 * effort.most)
    return {title: Measured(found, common=common) for title, found in turns.items()}


_IMPORT = "import time, numpy; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def _imports(row: Row, effort: Effort) -> dict[str, Measured]:
    """Fresh processes in turn; the first round, which may write byte code, does not count."""
    turns: dict[str, list[float]] = {title: [] for title in row.candidates if not absent(CANDIDATES[title])}
    for k in range(min(effort.most, 5) + 1):
        for title, seconds in turns.items():
            code = _IMPORT.format(CANDIDATES[title].imports)
            run = [sys.executable, "-c", code]
            done = subprocess.run(run, cwd=ROOT, env=environment(False), text=True, capture_output=True, check=True)
            if k:
                seconds.append(float(done.stdout))
    return {
        title: Measured(turns[title]) if title in turns else Measured([], "not installed") for title in row.candidates
    }

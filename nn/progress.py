"""The progress of a training, on one line."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any


def summary(values: Mapping[str, float]) -> str:
    """Losses and metrics as one short text."""
    return ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in values.items() if name != "seconds")


class Progress:
    """Shows nothing; the base of what shows something."""

    def batch(self, epoch: int, loss: float) -> None:
        """One more batch is done."""

    def epoch(self, epoch: int, values: Mapping[str, float]) -> None:
        """One more epoch is done, with these losses and metrics."""

    def close(self) -> None:
        """There is no more to come."""


class Bar(Progress):
    """A bar by tqdm, in the terminal or in a notebook; it appears after ``delay`` seconds."""

    def __init__(self, tqdm: Any, epochs: int, batches: int, delay: float) -> None:
        self._epochs = epochs
        self._bar = tqdm(total=epochs * batches, unit="batch", delay=delay, file=sys.stderr, dynamic_ncols=True)

    def batch(self, epoch: int, loss: float) -> None:
        """Move on; in the first epoch the loss of the batch is all that can be told."""
        if epoch == 1:
            self._bar.set_postfix_str(f"loss {loss:.4g}", refresh=False)
        self._bar.update()

    def epoch(self, epoch: int, values: Mapping[str, float]) -> None:
        """Show the numbers of the epoch from now on."""
        self._bar.set_description_str(f"epoch {epoch}/{self._epochs}", refresh=False)
        self._bar.set_postfix_str(summary(values), refresh=False)

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


class Line(Progress):
    """The same in plain text, for where tqdm is not installed: one line that is written over."""

    def __init__(self, epochs: int, batches: int) -> None:
        self._epochs, self._done, self._width = epochs, 0, 0
        self._start = time.perf_counter()
        self._next = 0.0
        self._text = ""

    def batch(self, epoch: int, loss: float) -> None:
        """Move on; in the first epoch the loss of the batch is all that can be told."""
        self._done += 1
        self._show(epoch, self._text or f"loss {loss:.4g}")

    def epoch(self, epoch: int, values: Mapping[str, float]) -> None:
        """Show the numbers of the epoch from now on."""
        self._text = summary(values)
        self._show(epoch, self._text, at_once=epoch == self._epochs)

    def close(self) -> None:
        """Leave the line as it is and go to the next."""
        if self._width:
            print(file=sys.stderr)

    def _show(self, epoch: int, text: str, *, at_once: bool = False) -> None:
        now = time.perf_counter() - self._start
        if now < self._next and not at_once:
            return
        self._next = now + 0.2
        line = f"epoch {epoch}/{self._epochs}, {text}, {self._done / now:.3g} batches/s"
        print("\r" + line.ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = len(line)


def progress_for(wanted: bool | str, epochs: int, batches: int) -> Progress:
    """What shows the progress of so many epochs of so many batches.

    Parameters
    ----------
    wanted : bool or "auto"
        True: a bar, or a line of text without tqdm. False: nothing. "auto": a bar if somebody is looking (at a terminal
        or a notebook), tqdm is installed and the training takes longer than a second.
    epochs, batches : int
        Number of epochs, and of batches in each.

    Raises
    ------
    ValueError
        For any other ``wanted``.
    """
    if wanted not in (True, False, "auto"):
        raise ValueError(f"progress must be True, False or 'auto', got {wanted!r}")
    if wanted is False or (wanted == "auto" and not _somebody_looks()):
        return Progress()
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return Line(epochs, batches) if wanted is True else Progress()
    return Bar(tqdm, epochs, batches, delay=1.0 if wanted == "auto" else 0.0)


def _somebody_looks() -> bool:
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())

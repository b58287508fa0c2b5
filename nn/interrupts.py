"""Ctrl-C held back for the moment in which parameters change."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any


class Interrupts:
    """A context in which ``whole(action)`` runs an action that Ctrl-C cannot cut in two.

    Python delivers Ctrl-C (SIGINT) between any two instructions of the main thread. Inside the context it is
    delivered as ever, except during ``whole``, where it waits for the action's end; a second one does not wait. The
    handler found before is the one that is called, and is put back at the end. Other threads get no signals, so there
    nothing is done.

    Examples
    --------
    >>> from nn.interrupts import Interrupts
    >>> weights = [1.0, 2.0]
    >>> with Interrupts() as interrupts:
    ...     interrupts.whole(weights.reverse)
    >>> weights
    [2.0, 1.0]
    """

    def __init__(self) -> None:
        self._held = self._waiting = False
        self._handler: Callable[[int, FrameType | None], Any] | None = None

    def __enter__(self) -> Interrupts:
        handler = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(handler):
            self._handler = handler
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)
            self._handler = None

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        if self._held and not self._waiting:
            self._waiting = True
        elif self._handler is not None:
            self._handler(signum, frame)

    def whole(self, action: Callable[[], Any]) -> None:
        """Run the action to its end, and only then deliver a Ctrl-C that came meanwhile."""
        self._held = True
        try:
            action()
        finally:
            self._held = False
            if self._waiting:
                self._waiting = False
                if self._handler is not None:
                    self._handler(signal.SIGINT, None)

"""The last step of a pass, in which leaves get their gradients: threads, forks, signals and interrupts."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_mini import Value, engine


def run_script(script: str) -> str:
    """What a Python of its own prints, within 20 seconds."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_process_forked_in_the_middle_of_another_threads_pass() -> None:
    """The child's own passes do not wait for a thread that the child does not have."""
    script = """
import os, signal, threading
import numpy as np
from autograd_mini import Value, engine

inside, done = threading.Event(), threading.Event()

def hold():
    with engine.handing_out[0]:
        inside.set()
        done.wait()

threading.Thread(target=hold).start()
inside.wait()
child = os.fork()
if child == 0:
    signal.alarm(5)
    x = Value(np.ones(3))
    (x * x).sum().backward()
    os._exit(0 if x.grad.tolist() == [2.0, 2.0, 2.0] else 1)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
done.set()
with engine.handing_out[0]:  # the parent's is the old one
    print(status)
"""
    assert run_script(script) == "0\n"


def test_the_lock_is_not_given_back_twice_when_its_owner_forks() -> None:
    engine_lock = engine.handing_out[0]
    try:
        with engine_lock:
            engine._renew_lock()
        assert engine.handing_out[0] is not engine_lock
        x = Value(2.0)
        (x * x).backward()
        assert x.grad == 4.0
    finally:
        engine.handing_out[0] = engine_lock


class Handler:
    """A step of the engine that makes a pass over some leaves while it is taken, as a signal's handler may."""

    def __init__(self, step: Callable[[Any], Any], leaves: list[Value]) -> None:
        self.step, self.leaves, self.passes = step, leaves, 0

    def __call__(self, g: Any) -> Any:
        found = self.step(g)
        if self.passes < 3:
            self.passes += 1
            sum((x * 10.0 for x in self.leaves), Value(0.0)).sum().backward()
        return found


@pytest.mark.parametrize("data", [1.0, np.ones(2)], ids=["float", "array"])
@pytest.mark.parametrize("before", [False, True])
def test_a_pass_within_the_handing_out_of_another_loses_no_share(
    data: Any, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaves = [Value(data), Value(data)]
    if before:
        (leaves[0] + leaves[1]).sum().backward()
    step = "outward" if before else "unshared"
    handler = Handler(getattr(engine, step), leaves)
    monkeypatch.setattr(engine, step, handler)
    (leaves[0] * 2.0 + leaves[1] * 3.0).sum().backward()
    assert handler.passes == 3
    np.testing.assert_array_equal(leaves[0].grad, np.full(np.shape(data), before + 2.0 + 3 * 10.0))
    np.testing.assert_array_equal(leaves[1].grad, np.full(np.shape(data), before + 3.0 + 3 * 10.0))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers on this system")
def test_signals_whose_handlers_make_passes() -> None:
    """Many passes with a timer that goes off in all of their parts: nothing hangs, every share arrives."""
    script = """
import signal
from autograd_mini import Value

leaves, handled, running = [Value(0.5) for _ in range(30)], 0, False

def passing():
    y = leaves[0]
    for x in leaves[1:]:
        y = y + x
    y.backward()

def handler(*_):
    global handled, running
    if not running:
        running = True
        passing()
        handled += 1
        running = False

signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 1e-3, 1e-3)
for _ in range(300):
    passing()
signal.setitimer(signal.ITIMER_REAL, 0)
print(handled > 3, {x.grad - handled for x in leaves})
"""
    assert run_script(script) == "True {300.0}\n"


LINES, START = inspect.getsourcelines(engine.backward)
GIVING_BACK = {START + i for i, line in enumerate(LINES) if "with handing_out" in line}
"""Where the lock is taken and given back; Python calls no handler there, but a trace function would."""


def interrupted_at(n: int, action: Callable[[], Any]) -> bool:
    """Run an action with a Ctrl-C at the n-th line of the engine's last step; whether there were that many."""
    left = n

    def trace(frame: Any, event: str, arg: Any) -> Any:
        nonlocal left
        if event == "line" and frame.f_code is engine.backward.__code__ and frame.f_lineno not in GIVING_BACK:
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
        engine._renew_lock()  # a trace function may raise where no handler could, between the lock and its release
    return False


@pytest.mark.parametrize("data", [1.0, np.ones(2)], ids=["float", "array"])
@pytest.mark.parametrize("before", [False, True])
def test_an_interrupt_while_gradients_are_handed_out(data: Any, before: bool) -> None:
    """All leaves have the new gradient or none, and the next pass goes well."""
    n, seen = 1, set()
    while True:
        leaves = [Value(data) for _ in range(3)]
        y = (leaves[0] * 2.0 + leaves[1] * 3.0 + leaves[2] * 4.0).sum()
        old: list[float | None] = [None, None, None]
        if before:
            y.backward()
            old = [float(np.sum(x.grad)) for x in leaves]
        cut = interrupted_at(n, y.backward)
        found = [None if x.grad is None else float(np.sum(x.grad)) for x in leaves]
        new = [(1 + before) * np.size(data) * slope for slope in (2.0, 3.0, 4.0)]
        assert found in (old, new)
        seen.add(found == new)
        if not cut:
            break
        (leaves[0] * 1.0).sum().backward()
        assert np.sum(leaves[0].grad) == (found[0] or 0.0) + np.size(data)
        n += 1
    assert n > 15
    assert seen == {True, False}

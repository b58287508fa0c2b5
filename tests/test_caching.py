"""Properties that are computed once, without a lock that a forked child could wait for."""

from __future__ import annotations

import threading

from autograd_mini.caching import cached_property


class Slow:
    """Counts how often its property was computed, and waits in between for whoever looks meanwhile."""

    def __init__(self) -> None:
        self.times, self.inside, self.go_on = 0, threading.Event(), threading.Event()

    @cached_property
    def number(self) -> int:
        """A number."""
        self.times += 1
        self.inside.set()
        self.go_on.wait(10)
        return 3


def test_it_is_computed_once_for_each_object() -> None:
    for slow in (Slow(), Slow()):
        slow.go_on.set()
        assert slow.number + slow.number == 6
        assert slow.times == 1
    assert Slow.number.__doc__ == "A number."


def test_nobody_waits_for_another_thread() -> None:
    """One object's property is being computed while another's is asked for."""
    first, second = Slow(), Slow()
    thread = threading.Thread(target=lambda: first.number)
    thread.start()
    assert first.inside.wait(10)
    second.go_on.set()
    found: list[int] = []
    other = threading.Thread(target=lambda: found.append(second.number))
    other.start()
    other.join(5)
    first.go_on.set()
    thread.join()
    assert found == [3]

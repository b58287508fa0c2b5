"""What recording depends on, when blocks are left in another order, thread or task than they were entered in.

Each block is held open by a generator, as in a loader of batches that computes under ``no_grad``; whoever closes it
must neither get an error nor change anything but what the block itself had changed.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import itertools
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, detect_anomaly, no_grad, scope
from autograd_mini.state import STATE, recording

BLOCKS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "no_grad": no_grad,
    "recording": recording,
    "scope": lambda: scope("block"),
    "detect_anomaly": detect_anomaly,
}


def seen() -> tuple[Any, ...]:
    """What an operation here would find."""
    state = STATE.get()
    return state.recording, state.is_on, state.scope and state.scope.path, state.watch is not None


OUTSIDE = (True, True, None, False)


@pytest.fixture(autouse=True)
def _nothing_stays_switched() -> Iterator[None]:
    with np.errstate():
        yield
    assert seen() == OUTSIDE


def held(*names: str) -> Iterator[None]:
    """A generator that holds these blocks open, one within the other, while it waits."""
    with BLOCKS[names[0]]():
        if names[1:]:
            yield from held(*names[1:])
        else:
            yield


def in_thread(action: Callable[[], Any]) -> Any:
    found: list[Any] = []

    def run() -> None:
        before = seen()
        action()
        found.append(before == seen() == OUTSIDE)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found == [True]


def in_task(action: Callable[[], Any]) -> bool:
    async def main() -> bool:
        async def run() -> None:
            action()

        await asyncio.create_task(run())
        return seen() == OUTSIDE

    return asyncio.run(main())


def in_a_copy(action: Callable[[], Any]) -> bool:
    """In a copy of this context: also there the block is left."""

    def run() -> bool:
        action()
        return seen() == OUTSIDE

    return contextvars.copy_context().run(run)


def in_an_empty_context(action: Callable[[], Any]) -> bool:
    contextvars.Context().run(action)
    return True


def here(action: Callable[[], Any]) -> bool:
    action()
    return True


CLOSERS = [here, in_thread, in_task, in_a_copy, in_an_empty_context]


@pytest.mark.parametrize("closer", CLOSERS)
@pytest.mark.parametrize("names", [*itertools.product(BLOCKS), *itertools.product(BLOCKS, BLOCKS)], ids="-".join)
def test_a_generator_closed_elsewhere(names: tuple[str, ...], closer: Callable[[Any], bool]) -> None:
    items: Any = held(*names)
    next(items)
    assert closer(items.close)
    assert seen() == OUTSIDE
    x = Value(3.0)
    y = x * x
    assert y.requires_grad
    assert y.scope is None
    y.backward()
    assert x.grad == 6.0


@pytest.mark.parametrize("name", BLOCKS)
def test_a_generator_closed_by_the_garbage_collector(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)

    class Loop:
        items: Any
        itself: Any

    loop = Loop()
    loop.itself, loop.items = loop, held(name)
    next(loop.items)
    del loop
    assert in_thread(gc.collect)
    assert complaints == []
    assert seen() == OUTSIDE


@pytest.mark.parametrize("first", BLOCKS)
@pytest.mark.parametrize("second", BLOCKS)
def test_two_generators_closed_in_the_order_of_their_beginning(first: str, second: str) -> None:
    one: Any = held(first)
    two: Any = held(second)
    next(one)
    next(two)
    one.close()
    alone = [seen()[i] for i in (0, 1, 3)]
    two.close()
    assert seen() == OUTSIDE
    with BLOCKS[second]():
        assert [seen()[i] for i in (0, 1, 3)] == alone


def test_a_block_around_goes_on_when_a_generator_in_it_is_closed_elsewhere() -> None:
    with no_grad(), scope("around"):
        items: Any = held("recording", "scope")
        next(items)
        assert seen() == (True, True, "around.block", False)
        assert in_thread(items.close)
        assert seen() == (False, False, "around", False)
        with recording():
            assert seen() == (True, True, "around", False)
        assert seen() == (False, False, "around", False)


def test_a_generator_begun_before_a_block_and_closed_in_it() -> None:
    items: Any = held("no_grad")
    next(items)
    with scope("later"):
        assert seen() == (False, False, "later", False)
        items.close()
        assert seen() == (True, True, "later", False)


def test_a_generator_begun_in_a_block_and_closed_in_another() -> None:
    items: Any = held("no_grad")
    with scope("first"):
        next(items)
    items_inside = seen()
    with no_grad():
        items.close()
        assert seen() == (False, False, None, False)
    assert items_inside[0] is False


def test_many_generators_closed_elsewhere_leave_nothing_behind() -> None:
    def depth() -> int:
        state, n = STATE.get(), 0
        while state.outer is not None:
            state, n = state.outer, n + 1
        return n

    for _ in range(50):
        items: Any = held("no_grad", "scope")
        next(items)
        assert in_thread(items.close)
        assert depth() <= 2


def test_an_asynchronous_generator_closed_in_another_task() -> None:
    async def batches() -> AsyncIterator[int]:
        with no_grad():
            yield 1
            yield 2

    async def main() -> tuple[bool, bool]:
        stream = batches()
        await anext(stream)
        inside = STATE.get().is_on
        await asyncio.create_task(stream.aclose())  # type: ignore[attr-defined]
        return inside, STATE.get().is_on

    assert asyncio.run(main()) == (False, True)


def test_a_task_begun_in_a_block_keeps_it() -> None:
    async def look(gate: asyncio.Event) -> bool:
        await gate.wait()
        return STATE.get().is_on

    async def main() -> tuple[bool, bool]:
        gate = asyncio.Event()
        with no_grad():
            task = asyncio.create_task(look(gate))
            await asyncio.sleep(0)
        gate.set()
        return await task, STATE.get().is_on

    assert asyncio.run(main()) == (False, True)


def test_a_coroutine_and_a_decorated_generator_closed_elsewhere() -> None:
    @no_grad()
    async def coroutine() -> None:
        await asyncio.sleep(0)

    waiting = coroutine()
    waiting.send(None)
    assert not STATE.get().is_on
    assert in_thread(waiting.close)
    assert STATE.get().is_on

    @no_grad()
    def generator() -> Iterator[int]:
        yield 1
        yield 2

    items: Any = generator()
    next(items)
    assert in_thread(items.close)


@pytest.mark.parametrize("name", BLOCKS)
def test_one_object_for_blocks_of_two_threads(name: str) -> None:
    block = BLOCKS[name]()
    entered, left = threading.Event(), threading.Event()
    found: list[Any] = []

    def other() -> None:
        with block:
            found.append(seen())
            entered.set()
            left.wait(10)
            found.append(seen())
        found.append(seen())

    thread = threading.Thread(target=other)
    with block:
        inside = seen()
        thread.start()
        entered.wait(10)
    assert seen() == OUTSIDE
    left.set()
    thread.join()
    assert found == [inside, inside, OUTSIDE]


@pytest.mark.parametrize("name", BLOCKS)
def test_one_object_for_nested_blocks(name: str) -> None:
    block = BLOCKS[name]()
    with block:
        first = seen()
        with block:
            assert seen()[0] == first[0]
        assert seen() == first
    assert seen() == OUTSIDE


def test_transformations_around_a_generator_that_stays_open() -> None:
    items: Any = held("no_grad")

    def f(x: Any) -> Any:
        y = x * x
        next(items)
        return y

    assert am.grad(f)(3.0) == 6.0
    items.close()
    assert am.grad(lambda x: x * x)(3.0) == 6.0

"""Hooks on gradients: when they are called, with what, and what they may do."""

import copy
import gc
import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import GraphError, Value, gradients, observers


def registered() -> int:
    gc.collect()
    return len(observers._hooks)


def test_a_hook_sees_the_complete_gradient_once() -> None:
    x = Value(np.array([1.0, 2.0]))
    seen: list[Any] = []
    h = x * 3.0
    h.register_hook(lambda g: seen.append(("h", g.copy())))
    x.register_hook(lambda g: seen.append(("x", g.copy())))
    (h * h + h * x).sum().backward()
    assert [name for name, _ in seen] == ["h", "x"]
    np.testing.assert_array_equal(seen[0][1], 2 * h.raw + x.raw)
    np.testing.assert_array_equal(seen[1][1], x.grad)
    np.testing.assert_array_equal(x.grad, 24.0 * x.raw)


@pytest.mark.parametrize("retain", [True, False])
def test_a_hook_may_replace_the_gradient(retain: bool) -> None:
    x, w = Value(3.0), Value(2.0)
    y = x * w
    y.register_hook(lambda g: g * 10.0)
    y.register_hook(lambda g: g + 1.0)
    w.register_hook(lambda g: -g)
    (2.0 * y).backward(retain_graph=retain)
    assert x.grad == 42.0
    assert w.grad == -63.0
    if retain:
        assert y.grad == 21.0
        (2.0 * y).backward()
        assert x.grad == 84.0


def test_the_same_as_torch() -> None:
    torch = pytest.importorskip("torch")

    def run(make: Callable[[Any], Any]) -> tuple[list[Any], list[Any]]:
        x, w = make([0.5, -1.0]), make([2.0, 3.0])
        log: list[Any] = []

        def note(name: str, factor: float) -> Callable[[Any], Any]:
            def hook(g: Any) -> Any:
                log.append((name, [float(entry) for entry in g]))
                return g * factor

            return hook

        h = x * w
        y = h * h + x
        h.register_hook(note("h", 2.0))
        first = h.register_hook(note("removed", 5.0))
        h.register_hook(note("h again", 3.0))
        y.register_hook(note("y", 0.5))
        x.register_hook(note("x", -1.0))
        first.remove()
        (y * h).sum().backward()
        return log, [list(map(float, x.grad)), list(map(float, w.grad))]

    ours = run(lambda data: Value(np.array(data)))
    theirs = run(lambda data: torch.tensor(data, dtype=torch.float64, requires_grad=True))
    assert [name for name, _ in ours[0]] == [name for name, _ in theirs[0]] == ["y", "h", "h again", "x"]
    np.testing.assert_allclose([g for _, g in ours[0]], [g for _, g in theirs[0]], rtol=1e-14)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-14)


def test_hooks_on_the_root_and_where_no_gradient_comes() -> None:
    x, off = Value(2.0), Value(5.0)
    calls: list[str] = []
    y = x * x
    other = off * x
    y.register_hook(lambda g: calls.append("root"))
    other.register_hook(lambda g: calls.append("other"))
    off.register_hook(lambda g: calls.append("off"))
    y.backward()
    assert calls == ["root"]
    other.register_hook(lambda g: 3.0)
    other.backward()
    assert calls == ["root", "other", "off"]
    assert x.grad == 4.0 + 15.0


def test_passes_for_some_values_call_only_hooks_on_their_way() -> None:
    x, w = Value(2.0), Value(3.0)
    calls: list[str] = []
    a, b = x * x, w * w
    a.register_hook(lambda g: calls.append("a"))
    b.register_hook(lambda g: calls.append("b"))
    assert gradients(a * b, x) == 36.0
    assert calls == ["a"]
    b.register_hook(lambda g: 2.0 * g)
    assert gradients(a * b, [w]) == [48.0]


def test_hooks_under_create_graph_get_values() -> None:
    x = Value(3.0)
    kinds: list[Any] = []

    def square_it(g: Any) -> Any:
        kinds.append(type(g))
        return g * x

    h = x * x
    h.register_hook(square_it)
    (dx,) = gradients(h * 1.0, [x], create_graph=True)
    assert kinds == [Value]
    assert dx.item() == 18.0  # 2x · x
    assert gradients(dx, x) == 12.0  # of 2x · x
    constant = h.register_hook(lambda g: 5.0)
    (dx,) = gradients(h, [x], create_graph=True)
    assert dx.item() == 30.0
    constant.remove()


def test_hooks_inside_grad() -> None:
    def f(x: Any) -> Any:
        h = x * x
        h.register_hook(lambda g: 3.0 * g)
        return h * x

    assert am.grad(f)(2.0) == 3.0 * 8.0 + 4.0
    assert registered() == 0


def test_removal() -> None:
    x = Value(1.0)
    handle = x.register_hook(lambda g: 2.0 * g)
    with x.register_hook(lambda g: 5.0 * g) as inner:
        (x * 1.0).backward()
        assert x.grad == 10.0
    x.grad = None
    (x * 1.0).backward()
    assert x.grad == 2.0
    inner.remove()
    handle.remove()
    handle.remove()
    x.grad = None
    (x * 1.0).backward()
    assert x.grad == 1.0
    assert registered() == 0
    with pytest.raises(KeyError), x.register_hook(lambda g: 5.0 * g):
        raise KeyError
    assert registered() == 0


def test_a_hook_that_removes_itself_or_adds_one() -> None:
    x = Value(1.0)
    calls: list[str] = []

    def once(g: Any) -> None:
        calls.append("once")
        handle.remove()
        x.register_hook(lambda g: calls.append("new"))

    handle = x.register_hook(once)
    x.register_hook(lambda g: calls.append("other"))
    y = x * 2.0
    y.backward()
    assert calls == ["once", "other"]
    y.backward()
    assert calls == ["once", "other", "other", "new"]


def test_a_hook_that_raises_changes_nothing() -> None:
    x, w = Value(2.0), Value(3.0)
    w.grad = 7.0

    def broken(g: Any) -> Any:
        raise ZeroDivisionError("mine")

    handle = x.register_hook(broken)
    y = x * w
    with pytest.raises(ZeroDivisionError, match="mine") as caught:
        y.backward()
    assert any("broken" in note and "a leaf" in note for note in caught.value.__notes__)
    assert (x.grad, w.grad, y.grad) == (None, 7.0, None)
    handle.remove()
    y.backward()
    assert (x.grad, w.grad) == (3.0, 9.0)


@pytest.mark.parametrize(
    ("returned", "error", "words"),
    [
        (np.ones(3), ValueError, r"hook returned for 'x' .*\(2,\), got \(3,\)"),
        (1.0, ValueError, r"must have shape \(2,\), got \(\)"),
        ("text", TypeError, "got str"),
        (np.ones(2) * 1j, TypeError, "real"),
        (Value(np.ones(3)), ValueError, r"got \(3,\)"),
    ],
)
@pytest.mark.parametrize("graph", [False, True])
def test_a_hook_that_returns_no_gradient(returned: Any, error: type[Exception], words: str, graph: bool) -> None:
    x = Value(np.ones(2), name="x")
    x.register_hook(lambda g: returned)
    with pytest.raises(error, match=words):
        gradients((x * 2.0).sum(), x, create_graph=graph)
    assert x.grad is None


def test_dtype_and_kind_of_a_replaced_gradient() -> None:
    x = Value(np.ones(2, np.float32))
    x.register_hook(lambda g: [1.0, 2.0])
    (x * 2.0).sum().backward()
    assert x.grad.dtype == np.float32
    s = Value(1.0)
    s.register_hook(lambda g: np.float64(4.0))
    (s * 2.0).backward()
    assert type(s.grad) is float
    z = Value(1.0 + 2.0j)
    seen: list[complex] = []
    z.register_hook(seen.append)
    am.real(z * z).backward()
    assert seen == [z.grad] == [2.0 - 4.0j]


def test_what_a_hook_gets_cannot_be_written_to() -> None:
    x = Value(np.ones(2))
    kept: list[Any] = []

    def write(g: Any) -> None:
        g *= 2.0

    handle = x.register_hook(write)
    with pytest.raises(ValueError, match="read-only"):
        (x * 2.0).sum().backward()
    handle.remove()
    x.register_hook(kept.append)
    (x * 2.0).sum().backward()
    x.grad *= 5.0
    np.testing.assert_array_equal(kept[0], [2.0, 2.0])


def test_bad_registrations() -> None:
    with pytest.raises(TypeError, match="function of the gradient, got int"):
        Value(1.0).register_hook(3)  # type: ignore[arg-type]
    with pytest.raises(GraphError, match="requires no gradient"):
        Value(1.0, requires_grad=False).register_hook(print)
    assert registered() == 0


def test_copies_and_pickles_have_no_hooks() -> None:
    x = Value(2.0)
    x.register_hook(lambda g: 10.0 * g)
    for y in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        (y * 3.0).backward()
        assert y.grad == 3.0


def test_hooks_go_with_their_value() -> None:
    before = registered()
    y = Value(2.0)
    for _ in range(5):
        y = Value(2.0) * 3.0
        y.register_hook(lambda g: None)
    assert registered() == before + 1
    handle = y.register_hook(lambda g: None)
    del y
    assert registered() == before
    handle.remove()


def test_passes_that_look_call_no_hook() -> None:
    x = Value(2.0)
    y = x * x
    calls: list[Any] = []
    y.register_hook(calls.append)
    am.trace(y)
    assert not calls


def test_hooks_and_threads() -> None:
    x = Value(2.0)
    x.register_hook(lambda g: 2.0 * g)
    threads = [threading.Thread(target=(x * 3.0).backward) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad == 48.0


@pytest.mark.parametrize(
    "use",
    [lambda x: x * 2.0, am.sum, lambda x: am.stack([x, x, x]), lambda x: am.where([True], x, 0.0)],
    ids=["two operands", "static arguments", "many operands", "three operands"],
)
def test_a_hook_on_a_leaf_is_called_whatever_uses_it(use: Any) -> None:
    x = Value(np.ones(1))
    seen: list[Any] = []
    x.register_hook(seen.append)
    y = am.sum(use(x))
    y.backward()
    np.testing.assert_array_equal(seen, [x.grad])
    seen.clear()
    found = am.gradients(y, x)
    np.testing.assert_array_equal(seen, [found])


@pytest.mark.parametrize("retain", [True, False])
def test_a_leaf_with_a_hook_stays_a_leaf(retain: bool) -> None:
    """Its turn in the pass comes because of the hook; it is no computed value that could be released."""
    x = Value(2.0)
    x.register_hook(lambda g: 2.0 * g)
    (x * 3.0).backward(retain_graph=retain)
    x.backward(retain_graph=retain)
    assert x.grad == 6.0 + 2.0
    assert x.is_leaf
    (x * x).backward(retain_graph=retain)
    assert x.grad == 8.0 + 2.0 * 4.0


def test_a_hook_on_a_leaf_while_anomalies_are_detected() -> None:
    x = Value(2.0)
    x.register_hook(lambda g: 2.0 * g)
    with am.detect_anomaly():
        (x * 3.0).backward()
        x.backward()
    assert x.grad == 6.0 + 2.0
    assert not any(event.edges for event in am.trace(x).events)

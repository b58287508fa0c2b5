"""``detect_anomaly``: what it names, what it lets pass, and data that changed behind the graph's back."""

import gc
import inspect
import re
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import AnomalyError, GraphError, Rule, Value, anomaly, detect_anomaly, gradients, no_grad
from autograd_mini.operation import OPERATIONS


def here() -> int:
    """The caller's line."""
    frame: Any = inspect.currentframe()
    return int(frame.f_back.f_lineno)


def test_the_first_infinity_forward() -> None:
    x = Value(np.array([4.0, 0.0, 0.0]), name="x")
    with detect_anomaly():
        line = here() + 2
        with pytest.raises(AnomalyError) as caught:
            y = am.log(x)  # noqa: F841
    error = caught.value
    assert (error.operation, error.operand, error.index, error.value) == ("log", None, (1,), -np.inf)
    assert error.line is not None
    assert (error.line.file, error.line.number, error.line.source) == (__file__, line, "y = am.log(x)  # noqa: F841")
    text = str(error)
    assert "log gave -inf at [1] (2 of 3 entries) in a result of shape (3,)" in text
    assert "x, 'x' (a leaf, shape (3,)), was 0.0 at [1]" in text
    assert f"computed at {__file__}:{line}\n    y = am.log(x)" in text
    assert error.node.op is am.log.operation  # type: ignore[attr-defined]
    assert error.node.parents[0] is x
    assert isinstance(error, (GraphError, FloatingPointError))


def test_the_first_nan_forward_of_operations_that_mix_entries() -> None:
    x = Value(np.array([[np.inf, 1.0], [2.0, 3.0]]))
    with (
        pytest.raises(AnomalyError, match=r"(?s)matmul gave nan at \[0, 0\].*x,.*with inf at \[0, 0\]"),
        detect_anomaly(),
    ):
        x @ np.array([[0.0, 1.0], [1.0, 1.0]])
    with (
        pytest.raises(AnomalyError, match=r"exp gave inf in a result of shape \(\)\n  x, .* was 1000.0"),
        detect_anomaly(),
    ):
        am.exp(Value(1000.0))


def test_the_first_infinity_backward() -> None:
    x = Value(np.array([4.0, 0.0]), name="x")
    with detect_anomaly():
        line = here() + 1
        h = am.sqrt(x)
        y = am.sum(h * 3.0)
        with pytest.raises(AnomalyError) as caught:
            y.backward()
    error = caught.value
    assert (error.operation, error.operand, error.index, error.value) == ("sqrt", 0, (1,), np.inf)
    assert error.node is h
    assert error.line is not None
    assert error.line.number == line
    assert "the rule of sqrt for operand 0, 'x' (a leaf, shape (2,)), gave inf at [1] (1 of 2 entries)" in str(error)
    assert "the gradient of its result was of shape (2,), from 3.0 to 3.0" in str(error)
    assert x.grad is None


def test_nan_traps_are_found() -> None:
    """The value of ``where`` is finite, and its gradient is not: 0 · inf."""
    x = Value(np.array([0.0, 1.0]))
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"log gave -inf at \[0\]"):
        am.sum(am.where(x.raw > 0, am.log(am.maximum(x, 0.0)), 0.0)).backward()


def test_second_order() -> None:
    x = Value(1e-250)
    with detect_anomaly():
        (g,) = gradients(am.sqrt(x), [x], create_graph=True)
        with pytest.raises(AnomalyError, match=r"gave -?inf"):
            gradients(g, [x], create_graph=True)


def test_forward_mode() -> None:
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"the forward mode of sqrt gave inf at \[1\]") as caught:
        am.jvp(lambda x: am.sqrt(x) * 2.0, np.array([1.0, 0.0]), np.ones(2))
    assert caught.value.line is not None
    assert "am.sqrt(x) * 2.0" in caught.value.line.source


def test_forward_mode_blames_the_operation_that_began_it() -> None:
    """sqrt'(0) is infinite; what comes after has an infinite tangent already, and so has who is given one."""
    x = np.array([1.0, 0.0])
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        am.jvp(lambda x: am.exp(am.sqrt(x) * 2.0) + x, x, np.ones(2))
    assert caught.value.operation == "sqrt"
    assert caught.value.operand is None
    assert "tangents" in str(caught.value)
    with detect_anomaly():
        _, tangent = am.jvp(lambda x: am.exp(x) * 2.0 + x, np.ones(2), np.array([np.inf, 1.0]))
        np.testing.assert_array_equal(tangent, [np.inf, 2.0 * np.e + 1.0])
        _, tangent = am.jvp(lambda x, y: x * y, (np.ones(1), np.ones(1)), (np.array([np.nan]), np.ones(1)))
        assert np.isnan(tangent[0])


def test_sums_that_overflow() -> None:
    x = Value(1e-10)
    with detect_anomaly():
        y = x * 1e308 + x * 1e308
        with pytest.raises(AnomalyError, match="became inf when its parts were added up"):
            y.backward()


def test_a_result_that_was_not_finite_before() -> None:
    x, w = Value(np.array([1.0, np.nan]), name="x"), Value(2.0)
    y = am.sum(x * w)
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"result is nan because 'x' .* holds nan at \[1\]"):
        y.backward()
    with np.errstate(divide="ignore"):
        z = am.sum(am.log(Value(np.zeros(2)))) * 2.0
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"(?s)log gave -inf at \[0\].*before anomalies were"):
        z.backward()
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"the pass starts from is nan at \[1\]"):
        (w * np.ones(2)).backward(np.array([1.0, np.nan]))


def test_what_is_no_anomaly() -> None:
    """Infinities that were put in: masks, the edges of clip."""
    x = Value(np.array([1.0, 2.0, 3.0]))
    with detect_anomaly():
        masked = am.where(np.array([True, False, True]), x, -np.inf)
        y = am.logsumexp(masked) + am.sum(am.clip(x, -np.inf, np.inf)) + am.sum(am.softmax(masked)[:2])
        y.backward()
    assert np.isfinite(x.grad).all()
    before = x.grad.copy()
    x.grad = None
    am.sum(x * 2.0).backward()
    assert np.isfinite(before).all()


def test_gradients_are_the_same_as_without() -> None:
    def run() -> Any:
        model = nn.MLP(3, [4, 2], seed=0)
        X, y = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 1, 0, 1, 1])
        nn.cross_entropy(model(X), y).backward()
        return [p.grad for p in model.parameters()]

    plain = run()
    with detect_anomaly():
        watched = run()
    for a, b in zip(plain, watched, strict=True):
        np.testing.assert_array_equal(a, b)
    with detect_anomaly():
        assert am.grad(am.grad(lambda x: x**3))(2.0) == 12.0
        assert am.jvp(lambda x: x**3, 2.0, 1.0) == (8.0, 12.0)
        assert am.hvp(lambda x: x**3, 2.0, 1.0) == 12.0


def test_the_line_is_the_users_own() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    next(model.parameters()).data = np.full((2, 2), 1e308)
    with detect_anomaly():
        line = here() + 2
        with pytest.raises(AnomalyError) as caught:
            model(np.full((1, 2), 1e308))
    assert caught.value.line is not None
    assert (caught.value.line.file, caught.value.line.number) == (__file__, line)


def test_as_a_decorator_and_left_again() -> None:
    @detect_anomaly()
    def run(x: Any) -> Any:
        assert anomaly.detecting()
        return am.log(x)

    with pytest.raises(AnomalyError):
        run(Value(0.0))
    assert not anomaly.detecting()
    assert run(Value(1.0)).item() == 0.0
    with detect_anomaly(), detect_anomaly():
        with no_grad():
            assert anomaly.detecting()
            assert not (Value(1.0) * 2.0).requires_grad
            with pytest.raises(AnomalyError):
                am.log(Value(0.0))
        assert (Value(1.0) * 2.0).requires_grad
        with am.scope("group") as group:
            assert (Value(1.0) * 2.0).scope is group
    assert not anomaly.detecting()
    assert am.log(Value(0.0)).item() == -np.inf

    @detect_anomaly()
    def steps() -> Any:
        yield anomaly.detecting()

    assert list(steps()) == [True]


def test_other_threads_are_not_watched() -> None:
    seen: list[Any] = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: seen.append(am.log(Value(0.0)).item()))
        thread.start()
        thread.join()
    assert seen == [-np.inf]


def test_nothing_is_left() -> None:
    gc.collect()
    before = len(anomaly._origins)
    with detect_anomaly():
        y = am.exp(Value(1.0)) * 2.0
        assert len(anomaly._origins) > before
        y.backward(retain_graph=False)
    del y
    assert len(anomaly._origins) == before


# --- data that changed ------------------------------------------------------------------------------------------------


def _write_to(x: Value) -> None:
    x.raw.setflags(write=True)
    x.raw[0] = 7.0


WRITES: list[Callable[[Value, Value, Any], None]] = [
    lambda x, h, c: _write_to(x),
    lambda x, h, c: _write_to(h),
    lambda x, h, c: memoryview(x.raw).cast("B").__setitem__(7, 64),
    lambda x, h, c: np.add.at(x.raw, [0], 1.0),
    lambda x, h, c: c.raw.__setitem__(0, 9.0),
]


@pytest.mark.parametrize("write", WRITES)
def test_writes_behind_the_graphs_back_are_found(write: Callable[[Value, Value, Any], None]) -> None:
    x = Value(np.array([1.0, 2.0]), name="x")
    with detect_anomaly():
        h = x * x
        y = am.sum(h * h * np.array([1.0, 3.0]))
        constant = y.parents[0].parents[1]
        y.backward()
        write(x, h, constant)
        with pytest.raises(GraphError, match=r"(?s)changed after it was (used|computed).*test_anomaly\.py:\d+"):
            y.backward()
        am.sum(Value(np.ones(2)) * 2.0).backward()


def test_a_users_array_may_change() -> None:
    data, weights = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    with detect_anomaly():
        x = Value(data)
        y = am.sum(x * x * weights)
        data[0] = weights[0] = 100.0
        y.backward()
    np.testing.assert_array_equal(x.grad, [6.0, 16.0])


# --- rules of users ---------------------------------------------------------------------------------------------------


def test_a_rule_that_gives_nan() -> None:
    try:

        @am.primitive("odd {x}", Rule(lambda g, out, x: g * np.nan, "nan"))
        def odd(x: Any) -> Any:
            return x * 2.0

        with detect_anomaly(), pytest.raises(AnomalyError, match=r"the rule of odd for operand 0, .* gave nan"):
            odd(Value(1.0)).backward()
    finally:
        OPERATIONS.pop("odd", None)


def test_messages_are_readable() -> None:
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        am.divide(Value(np.ones((2, 2)), name="top"), Value(np.array([1.0, 0.0]), name="bottom"))
    text = re.sub(r"computed at .*", "computed at …", str(caught.value), flags=re.DOTALL)
    assert text == (
        "divide gave inf at [0, 1] (2 of 4 entries) in a result of shape (2, 2)\n"
        "  x, 'top' (a leaf, shape (2, 2)), was 1.0 at [0, 1]\n"
        "  y, 'bottom' (a leaf, shape (2,)), was 0.0 at [1]\n"
        "computed at …"
    )


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_the_picture_flags_what_is_not_finite() -> None:
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        am.log(Value(np.array([1.0, 0.0]), name="x"))
    assert "not finite: -inf [1]" in am.draw(caught.value.node).source
    with np.errstate(all="ignore"):
        y = am.sum(am.sqrt(Value(np.array([1.0, -2.0]))) * 2.0)
    source = am.draw(y).source
    assert source.count("not finite: nan [1]") == 2
    assert source.count("not finite: nan<") == 1
    assert "no finito" in am.draw(y, lang="es").source
    assert "not finite" not in am.draw(am.sum(Value(X := np.ones(2)) * X)).source


def test_numpys_settings_are_as_before_when_it_is_left() -> None:
    before = np.geterr()
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        own = np.geterr()
        with detect_anomaly():
            assert np.geterr() != own
        assert np.geterr() == own
    assert np.geterr() == before

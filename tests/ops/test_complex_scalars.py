"""One complex number is the same as a Python complex, a NumPy scalar, an array of no axes and one of one entry."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.operation import COMPOSED, OPERATIONS
from tests.ops.test_table import ELEMENTWISE, OTHERS, draw, public, rng_for

TURN = 0.3 - 0.7j
FORMS: dict[str, Callable[[complex], Any]] = {
    "Python's": lambda z: z,
    "NumPy's": lambda z: np.asarray(z)[()],
    "no axes": np.asarray,
    "one entry": lambda z: np.asarray([z]),
}


def scalar_calls() -> list[Any]:
    """Every function of the table whose operands may all be single numbers, with their number, by each operand."""
    calls: list[tuple[str, dict[str, Any], int]] = [
        (name, {}, len(OPERATIONS[name].operands)) for name in ELEMENTWISE if name != "where"
    ]
    for name in set(OTHERS) - {"put_at"}:
        for case in COMPOSED[name][1] if name in COMPOSED else OPERATIONS[name].cases:
            if all(shape == () for shape in case.shapes) and not case.made:
                calls.append((name, dict(case.static), len(case.shapes)))  # noqa: PERF401 (plainer)
    return [
        pytest.param(name, static, count, i, id=f"{name}-{static}-{i}")
        for name, static, count in sorted(calls, key=repr)
        for i in range(count)
    ]


def derived(function: Callable[..., Any], operands: list[Any], i: int) -> dict[str, Any]:
    """Value, gradient, second order and forward mode of a function of complex numbers by one of its operands."""
    leaves = [Value(x) for x in operands]
    y = function(*leaves)
    found = {"value": y.raw}
    real = am.sum(am.real(am.multiply(y, TURN) if np.iscomplexobj(y.raw) else y))
    found["gradient"] = am.gradients(real, leaves[i])
    g = am.gradients(real, leaves[i], create_graph=True)
    again = am.sum(am.real(am.multiply(g, TURN)))
    second = am.gradients(again, leaves[i]) if again.requires_grad else 0j * operands[i]
    found["second order"] = second + 0j * operands[i]  # 0 may come as any kind of nothing
    for tangent in (1.0, 1j):
        t = tangent + 0j * operands[i]
        moved: Callable[[Any], Any] = lambda x: function(*operands[:i], x, *operands[i + 1 :])  # noqa: E731
        found[f"tangent {tangent}"] = am.jvp(moved, (operands[i],), (t,))[1]
    return found


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # outside some functions' domains
@pytest.mark.parametrize("others", ["complex", "real"])
@pytest.mark.parametrize(("name", "static", "count", "i"), scalar_calls())
def test_forms_of_one_number(name: str, static: dict[str, Any], count: int, i: int, others: str) -> None:
    rng = rng_for(name, "complex")
    parts, turns = draw(name, [()] * count, rng), draw(name, [()] * count, rng)
    numbers = [complex(x.item(), 0.1 + 0.2 * abs(y.item())) for x, y in zip(parts, turns, strict=True)]
    if others == "real":
        numbers = [z if j == i else z.real for j, z in enumerate(numbers)]
    function = public(name)
    found: dict[str, Any] = {}
    for form, make in FORMS.items():
        try:
            found[form] = derived(lambda *xs: function(*xs, **static), [make(z) for z in numbers], i)
        except TypeError as error:
            found[form] = error
    want = found.pop("one entry")
    for form, got in found.items():
        if isinstance(want, TypeError):  # real numbers only, which the message says
            assert isinstance(got, TypeError), form
            continue
        assert not isinstance(got, TypeError), form
        for what, item in want.items():
            assert np.asarray(got[what]).dtype == item.dtype, (form, what)
            got_row, row = np.ravel(got[what]), np.ravel(item)
            np.testing.assert_allclose(got_row, row, rtol=1e-13, atol=1e-14, err_msg=f"{form}, {what}")
        if form == "Python's":
            assert type(got["gradient"]) is complex


def test_parts_of_a_single_number() -> None:
    """Im z grows by 1 along i; Im z(1 − 2i) = y − 2x; angle's gradient is i z / |z|²."""
    z = 1 + 0.5j
    assert am.grad(np.imag)(z) == 1j
    assert am.jvp(np.imag, (z,), (1j,)) == (0.5, 1.0)
    assert am.grad(lambda x: np.imag(x * (1 - 2j)))(z) == -2 + 1j
    assert am.grad(am.angle)(z) == pytest.approx(1j * z / 1.25)
    assert am.grad(lambda x: am.real(am.sign(x)))(z) == pytest.approx((0.25 - 0.5j) / 1.25**1.5)


def test_python_complex_numbers_are_ordered_as_numpy_orders_them() -> None:
    """First by their real parts, then by their imaginary ones."""
    assert Value(1j) > 0
    assert Value(1 + 2j) > Value(1 + 1j)
    assert not Value(2.0) < 1j
    assert Value(1j) <= 2j
    assert np.array_equal(Value(np.array([0.5, 2.0])) > 1 + 0j, [False, True])
    with pytest.raises(TypeError, match="not supported"):
        assert Value(1.0) > "text"


@pytest.mark.parametrize("scalar", [np.float32(1.5), np.float16(1.5), np.longdouble(1.5), np.complex64(1.5 + 0.5j)])
@pytest.mark.parametrize("name", ["exp", "multiply", "divide", "power", "hypot", "sum", "abs", "logaddexp", "maximum"])
def test_numpy_scalars_keep_their_dtype(name: str, scalar: Any) -> None:
    """As an array of one entry of the dtype, beside Python's whole numbers and booleans as well."""
    if name in ("hypot", "logaddexp") and np.iscomplexobj(scalar):
        return
    function = getattr(am, name)
    two = name in ("multiply", "divide", "power", "hypot", "logaddexp", "maximum")
    for other in [(3,), (True,), (2.0,), (scalar,)] if two else [()]:
        x, row = Value(scalar), Value(np.array([scalar]))
        y, z = function(x, *other), function(row, *other)
        assert y.dtype == z.dtype == getattr(np, name)(scalar, *other).dtype
        np.testing.assert_array_equal(y.raw, z.raw.reshape(()))
        am.real(y).backward()
        am.sum(am.real(z)).backward()
        assert x.grad.dtype == row.grad.dtype == scalar.dtype
        # NumPy computes one number and a row of them by other routines, whose last digits may differ.
        np.testing.assert_allclose(x.grad, row.grad.reshape(()), rtol=np.finfo(x.grad.dtype).eps)

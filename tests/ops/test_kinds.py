"""Every entry of the tables on other kinds of operands: complex numbers, axes of length 0, and views of any layout."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import scipy.special

import autograd_mini as am
from autograd_mini.operation import Case
from tests.ops.test_table import (
    ALL,
    CASES,
    LAYOUTS,
    Array,
    called,
    differentiable,
    draw,
    expected,
    leaves_of,
    public,
    rng_for,
    viewed,
)
from tests.reference import NUMPY, complex_gradient, gradient

# --- views ------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # repeated entries have no correlation
@pytest.mark.parametrize(("name", "case"), CASES)
def test_layouts_of_memory_make_no_difference(name: str, case: Case) -> None:
    """A view gives the value and the gradients of its contiguous copy."""
    rng = rng_for(name, case)
    function, _ = called(name, case)
    for layout in LAYOUTS[1:]:
        views = [viewed(x, layout) for x in draw(name, case.shapes, rng)]
        copies = [np.ascontiguousarray(x).reshape(x.shape) for x in views]
        got, want = leaves_of(views), leaves_of(copies)
        for leaves in (got, want):
            for leaf, x in zip(leaves, views if leaves is got else copies, strict=True):
                leaf.data = x
        try:
            y = function(*want)
        except (ValueError, np.linalg.LinAlgError):  # repeated entries make a singular matrix
            continue
        z = function(*got)
        np.testing.assert_allclose(z.raw, y.raw, rtol=1e-12, atol=1e-14)
        am.sum(z).backward()
        am.sum(y).backward()
        for a, b in zip(got, want, strict=True):
            np.testing.assert_allclose(a.grad, b.grad, rtol=1e-10, atol=1e-12)


# --- axes of length 0 -------------------------------------------------------------------------------------------------


def emptied(case: Case) -> list[tuple[tuple[int, ...], ...]]:
    """The shapes of a case with one length, wherever it stands, made 0."""
    lengths = sorted({n for shape in case.shapes for n in shape})
    return [tuple(tuple(0 if n == gone else n for n in shape) for shape in case.shapes) for gone in lengths]


REFUSALS = (ValueError, IndexError, TypeError, ZeroDivisionError)
"""What NumPy raises where it makes no sense to have no entry, and so do we."""


KINDER = {"average", "median", "percentile", "quantile"}
"""They may give nan where NumPy refuses."""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # means of nothing
@pytest.mark.parametrize(
    ("name", "case"), [each for each in CASES if not each.values[1].made and emptied(each.values[1])]
)
def test_axes_of_length_zero(name: str, case: Case) -> None:
    """What NumPy computes from no entries, we do, with gradients in the operands' shapes."""
    if name.startswith("nan") and isinstance(case.static.get("q"), list):
        return  # NumPy's nanquantile forgets the shape of q where there is no entry
    if name == "put_along_axis" and NUMPY < "2.2.0":
        return  # NumPy's takes numbers of entries that are not there
    function, truth = called(name, case)
    for shapes in emptied(case):
        operands = draw(name, shapes, rng_for(name))
        try:
            want = np.asarray(truth(*operands))
        except Exception:  # noqa: BLE001 (whatever the reference raises)
            if name in KINDER:
                with suppress(*REFUSALS):
                    assert np.isnan(function(*leaves_of(operands)).raw).all()
            elif hasattr(np, name):
                with pytest.raises(REFUSALS):
                    function(*leaves_of(operands))
            continue
        leaves = leaves_of(operands)
        try:
            y = function(*leaves)
        except ValueError:  # a clear refusal is as good where NumPy has no such function
            if hasattr(np, name):
                raise
            continue
        assert y.shape == want.shape, shapes
        np.testing.assert_allclose(y.raw, want, rtol=1e-13, atol=1e-15)
        y.backward(np.ones(want.shape))
        for i, leaf in enumerate(leaves):
            grad = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad  # it had no part in the result
            assert grad.shape == operands[i].shape

            def total(x: Any, i: int = i, operands: list[Array] = operands) -> Any:
                return np.sum(truth(*operands[:i], x, *operands[i + 1 :]))

            np.testing.assert_allclose(grad, gradient(total, operands[i]), rtol=1e-8, atol=1e-8)


# --- complex numbers --------------------------------------------------------------------------------------------------

BY_ARGUMENT = {"fit", "astype"}
"""What the engine calls with data of one kind, and what turns complex numbers into others by its argument."""
REAL = {
    "arctan2", "beta", "betaln", "cbrt", "ceil", "copysign", "deg2rad", "entr", "erfcinv", "erfinv",
    "exponential_integral", "floor", "floor_divide", "fmod", "gammaln", "gammasgn", "heaviside", "hypot", "i0", "i0e",
    "i1", "i1e", "ihfft", "incomplete_beta", "interp", "j0", "j1", "k0", "k1", "kl_div", "ldexp", "log_expit",
    "logaddexp", "logaddexp2", "logcumsumexp", "logit", "lower_gamma", "multigammaln", "nanpercentile", "nanquantile",
    "ndtri", "nextafter", "percentile", "poch", "quantile", "rad2deg", "rel_entr", "remainder", "rfft", "rfft_of",
    "rfftn", "softplus", "spacing", "step", "trunc", "unwrap", "upper_gamma", "y0", "y1",
}  # fmt: skip
"""Functions of real numbers, in NumPy and SciPy as well; softplus and step are no functions of theirs."""
MORE = {"erf": scipy.special.erf, "hurwitz": None, "polygamma_of": None}
"""Functions that take complex numbers where NumPy, or SciPy, does not; the last two have a test of their own."""
PLAIN_CASES = ALL + [each for each in CASES if not each.values[1].made]


def of_complex(wanted: Callable[[str, Case], bool]) -> list[Any]:
    return [each for each in PLAIN_CASES if wanted(*each.values)]


def complex_operands(name: str, case: Case) -> list[Any]:
    rng = rng_for(name, case, "complex")
    real, imaginary = draw(name, case.shapes, rng), draw(name, case.shapes, rng)
    return [x if x.dtype == bool else x + 1j * (0.1 + 0.2 * np.abs(y)) for x, y in zip(real, imaginary, strict=True)]


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize(
    ("name", "case"), of_complex(lambda name, case: name not in REAL | BY_ARGUMENT and "dtype" not in case.static)
)
def test_complex_numbers(name: str, case: Case) -> None:
    """NumPy's value, and the direction of steepest ascent by differences."""
    operands = complex_operands(name, case)
    function: Callable[..., Any] = lambda *xs: public(name)(*xs, **case.static)  # noqa: E731
    truth: Callable[..., Any] = lambda *xs: (MORE.get(name) or expected(name))(*xs, **case.static)  # noqa: E731
    if name in MORE and MORE[name] is None:
        truth = function
    want = np.asarray(truth(*operands))
    leaves = leaves_of(operands)
    y = function(*leaves)
    assert y.shape == want.shape
    assert y.dtype == want.dtype
    np.testing.assert_allclose(y.raw, want, rtol=1e-12, atol=1e-14)
    rng = rng_for(name, case, "weight")
    weight = rng.uniform(0.5, 1.5, want.shape)
    turn = weight * (1.0 - 0.5j) if want.dtype.kind == "c" else weight
    am.sum(am.real(am.multiply(y, turn))).backward()
    for i in differentiable(name, len(leaves)):

        def total(z: Any, i: int = i) -> Any:
            return np.sum(np.real(turn * truth(*operands[:i], z, *operands[i + 1 :])))

        grad = leaves[i].grad
        assert grad.dtype == np.complex128
        np.testing.assert_allclose(grad, complex_gradient(total, operands[i]), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("period", [None, 1.5])
def test_interp_of_complex_values(period: float | None) -> None:
    """The places are real; what stands there need not be."""
    x, xp = np.array([-0.5, 0.3, 1.7, 2.9]), np.array([0.0, 0.4, 1.2])
    fp = np.array([1.0 + 2.0j, -1.0j, 3.0])
    leaf = am.Value(fp)
    y = am.interp(x, xp, leaf, period=period)
    np.testing.assert_allclose(y.raw, np.interp(x, xp, fp, period=period), rtol=1e-14)
    am.sum(am.real(y * (1.0 - 0.5j))).backward()
    want = complex_gradient(lambda z: np.sum(np.real((1.0 - 0.5j) * np.interp(x, xp, z, period=period))), fp)
    np.testing.assert_allclose(leaf.grad, want, rtol=1e-8, atol=1e-9)
    with pytest.raises(TypeError, match="real places"):
        am.interp(x + 0j, xp, fp, period=period)


def test_zeta_of_complex_numbers() -> None:
    """Against SciPy's trigamma on the real line, the recurrence, and the reflection off it."""
    z: Array = np.array([0.3 + 0.2j, 2.0 - 3.0j, -4.5 + 0.5j, 30.0 + 1.0j, 1e-3 + 40.0j])
    trigamma: Callable[[Any], Any] = lambda z: am.special.polygamma(1, z)  # noqa: E731
    np.testing.assert_allclose(trigamma(np.array([0.5, 3.0]) + 0j), trigamma(np.array([0.5, 3.0])), rtol=1e-14)
    np.testing.assert_allclose(trigamma(z) - trigamma(z + 1.0), 1.0 / z**2, rtol=1e-10)
    both = trigamma(z[:3]) + trigamma(1.0 - z[:3])
    np.testing.assert_allclose(both, (np.pi / np.sin(np.pi * z[:3])) ** 2, rtol=1e-12, atol=1e-15)
    assert trigamma(np.array([1.0 + 1.0j], np.complex64)).dtype == np.complex64
    assert trigamma(np.zeros((0,), complex)).shape == (0,)


CALLED = {
    "exponential_integral": "expn", "lower_gamma": "gammainc", "upper_gamma": "gammaincc", "incomplete_beta": "betainc",
    "ihfft": "rfft", "rfft_of": "rfft", "rfftn": "rfft",
}  # fmt: skip
"""What the message calls a function whose work another one does."""


@pytest.mark.parametrize(("name", "case"), of_complex(lambda name, case: name in REAL))
def test_functions_of_real_numbers_say_so(name: str, case: Case) -> None:
    """In words that name the function and the cure; NumPy, where it has the function, refuses too."""
    operands = complex_operands(name, case)
    words = rf"{CALLED.get(name, name)} (takes real numbers, got complex|is for real numbers|needs real places)"
    for operands_of in (leaves_of, list):
        with pytest.raises(TypeError, match=words):
            public(name)(*operands_of(operands), **case.static)
    if hasattr(np, name):
        with pytest.raises((TypeError, ValueError)):
            expected(name)(*operands, **case.static)


def test_single_numbers_and_other_libraries_are_told_alike() -> None:
    words = "takes real numbers, got complex ones: take real"
    with pytest.raises(TypeError, match=f"floor {words}"):
        am.floor(am.Value(1j))
    with pytest.raises(TypeError, match=f"step {words}"):
        am.step(1j)
    with pytest.raises(TypeError, match=f"remainder {words}"):
        am.Value(1j) % 2.0
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=f"max {words}"):
        am.max(am.Value(torch.tensor([1j])))
    with pytest.raises(TypeError, match=f"sort {words}"):
        am.sort(am.Value(torch.tensor([1j])))


def test_another_error_of_complex_numbers_stays_what_it_is() -> None:
    with pytest.raises(TypeError) as told:
        am.reshape(am.Value(np.array([1j])), "rows")  # type: ignore[arg-type]
    assert "real numbers" not in str(told.value)


def test_places_in_the_table_of_complex_numbers_are_known() -> None:
    names = {each.values[0] for each in PLAIN_CASES}
    assert names >= REAL | MORE.keys()

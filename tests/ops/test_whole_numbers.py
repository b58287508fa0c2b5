"""Every function of the tables on booleans and whole numbers: NumPy's values and dtypes, of Values and plain arrays."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.operation import OPERATIONS, Case, case
from tests.ops.calls import arranged
from tests.ops.operands import made
from tests.ops.test_table import CASES, ELEMENTWISE, Array, expected, label, public, rng_for
from tests.reference import NUMPY

DTYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")

CALLED_OTHERWISE = {"astype", "bincount", "fft", "identity", "ldexp"}
"""Functions that NumPy has under this name with other arguments; bincount and ldexp have tests of their own below."""
WRITERS = {"fill_diagonal", "place", "put", "put_along_axis", "putmask"}
"""Functions that write into their argument in NumPy: on a Value its name is refused, ours gives a new one."""
JOINERS = {"append", "column_stack", "dstack", "hstack", "vstack"}
"""Functions whose NumPy form takes a sequence of arrays."""
SMALL = {"float_power", "ldexp", "power", "vander", "cumprod", "cumulative_prod", "prod", "nancumprod", "nanprod"}
"""Functions whose results grow fast."""

DIFFERENT = {
    "cond": "the norm of a singular matrix's inverse is an error here",
    "interp": "NumPy's choice between places that are the same is its own",
    "nanquantile": "NumPy takes the differences of int8 in int8, where they wrap",
    "nanpercentile": "as nanquantile",
    "percentile": "as quantile",
    "quantile": "NumPy takes the differences of int8 in int8, where they wrap",
}
"""Where another answer is wanted, and why; their values are compared with those of the same numbers in float64."""


def numpys(name: str) -> Callable[..., Any] | None:
    """NumPy's function of this name, which gives a copy where it would write."""
    if name in CALLED_OTHERWISE:
        return None
    if name in WRITERS or name in JOINERS or name == "unstack":
        return expected(name)
    found = next((getattr(home, name) for home in (np, np.linalg, np.fft) if callable(getattr(home, name, None))), None)
    return found if found is None else arranged(name, found)


LATER = {"reshape", "pad"}
"""Functions that got options after NumPy 2.0."""


def cases() -> list[Any]:
    found = [(name, case(*[(3,)] * len(OPERATIONS[name].operands))) for name in ELEMENTWISE]
    found += [each.values for each in CASES if not each.values[1].made.startswith("complex")]
    return [pytest.param(name, each, id=label(name, each)) for name, each in found if numpys(name) is not None]


def numbers(name: str, each: Case, dtype: str) -> list[Array]:
    """Numbers of both signs that no sum of them in one dtype can hide behind a wrapped one."""
    rng = rng_for(name, each, dtype)
    most = 1 if dtype == "bool" else 3 if name in SMALL else 100
    least = -most if dtype[0] == "i" and name not in SMALL else 0
    arrays = [np.asarray(rng.integers(least, most + 1, shape)).astype(dtype) for shape in each.shapes]
    return made(each.made, arrays) if each.made else arrays


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or its error."""
    try:
        found = call()
    except (TypeError, ValueError, OverflowError, np.linalg.LinAlgError) as error:
        return error
    return np.asarray(found.raw if isinstance(found, Value) else found)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # division by 0, roots of negative numbers
@pytest.mark.parametrize(("name", "each"), cases())
def test_values_and_dtypes_are_numpys(name: str, each: Case) -> None:
    if name in LATER and NUMPY < "2.2.0":
        pytest.skip(f"NumPy {NUMPY.vstring} has fewer options here")
    theirs = numpys(name)
    assert theirs is not None
    variadic = name in OPERATIONS and OPERATIONS[name].variadic
    function = public(name)
    for dtype in DTYPES:
        xs = numbers(name, each, dtype)
        want = outcome(functools.partial(theirs, *([xs] if variadic else xs), **each.static))
        values = [Value(x) for x in xs]
        calls = [functools.partial(function, *operands, **each.static) for operands in (values, xs)]
        if name not in WRITERS | JOINERS | {"unstack"}:
            calls.append(functools.partial(theirs, *([values] if variadic else values), **each.static))
        for call in calls:
            got = outcome(call)
            if name in DIFFERENT and (isinstance(got, Exception) or dtype in ("bool", "int8")):
                continue
            if isinstance(want, Exception):
                assert isinstance(got, Exception), (dtype, want)
                continue
            assert not isinstance(got, Exception), (dtype, got)
            assert (got.shape, got.dtype) == (want.shape, want.dtype), dtype
            exact = 1e-13 if got.dtype.kind not in "fc" else 8 * float(np.finfo(got.dtype).eps)
            np.testing.assert_allclose(got, want, rtol=max(exact, 1e-13), atol=1e-13, err_msg=dtype)


# --- what the tables' cases do not reach ------------------------------------------------------------------------------

MASK: Array = np.array([[True, False, True], [False, False, False]])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["max", "min", "sum", "prod", "nanmax", "nanmin", "nansum", "nanprod"])
def test_initial_values_and_masks_of_reductions(name: str, dtype: str) -> None:
    """A plain initial value is cast to the dtype of the result, as NumPy casts it."""
    x = np.array([[1, 0, 1], [1, 1, 0]], dtype) * (1 if dtype == "bool" else 3)
    for initial in (0, 1, True, 2.0):
        for options in ({}, {"where": MASK}, {"where": MASK, "axis": 0, "keepdims": True}):
            want = getattr(np, name)(x, initial=initial, **options)
            for got in (
                getattr(am, name)(Value(x), initial=initial, **options).raw,
                getattr(am, name)(x, initial=initial, **options),
            ):
                assert got.dtype == want.dtype
                np.testing.assert_array_equal(got, want)


def test_an_initial_value_with_a_gradient_is_not_cut() -> None:
    start = Value(0.75)
    total = am.sum(Value(np.array([1, 2])), initial=start)
    assert total.raw == 3.75
    total.backward()
    assert start.grad == 1.0


def test_ends_that_would_be_cut_are_refused() -> None:
    """NumPy refuses them too; an end with a gradient would have lost it."""
    with pytest.raises(TypeError, match=r"ediff1d of int64 cannot join ends of float64.*write ary\.astype\(float\)"):
        am.ediff1d(np.array([1, 4, 9]), to_end=Value(0.5))
    end = Value(0.5)
    y = am.ediff1d(np.array([1, 4, 9]).astype(float), to_end=end)
    np.testing.assert_array_equal(y.raw, [3.0, 5.0, 0.5])
    assert am.gradients(y.sum(), end) == 1.0
    np.testing.assert_array_equal(am.ediff1d(np.array([1, 4], np.int8), to_end=7), [3, 7])


@pytest.mark.parametrize("dtype", DTYPES)
def test_medians_and_quantiles_in_the_middle(dtype: str) -> None:
    """Of an odd and an even number of entries, by hand in float64."""
    for x in (np.array([1, 0, 1], dtype), np.array([1, 1, 0, 1], dtype), np.array([True, True]).astype(dtype)):
        assert am.median(x).dtype == np.float64
        assert am.median(Value(x)).raw == np.median(x.astype(float))
        assert am.nanmedian(x) == np.median(x.astype(float))
    top = np.array([100, 100], "uint8" if dtype == "bool" else dtype)
    assert am.median(top) == 100.0
    if dtype == "int8":
        assert am.quantile(np.array([-100, 100], dtype), 0.25) == -50.0


@pytest.mark.parametrize("dtype", DTYPES[1:])
def test_gradients_on_a_grid_do_not_wrap(dtype: str) -> None:
    np.testing.assert_array_equal(am.gradient(np.array([9, 4, 1], dtype)), [-5.0, -4.0, -3.0])


@pytest.mark.parametrize("dtype", DTYPES)
def test_functions_that_numpy_calls_otherwise(dtype: str) -> None:
    weights = np.array([1, 0, 1], dtype)
    got = am.bincount([0, 1, 1], weights)
    np.testing.assert_array_equal(got, np.bincount([0, 1, 1], weights))
    assert got.dtype == np.float64
    np.testing.assert_allclose(am.fft.fft(weights), np.fft.fft(weights), rtol=1e-14, atol=1e-15)
    assert am.ldexp(weights, 3).dtype == np.ldexp(weights, 3).dtype
    assert am.ldexp(weights, 3)[0] == 8


@pytest.mark.parametrize("number", [True, 3, np.True_, np.int8(3), np.uint64(3)])
def test_single_whole_numbers_keep_their_kind_when_they_are_arranged(number: Any) -> None:
    for function in (am.reshape, np.reshape):
        assert function(number, (1,)).dtype == np.asarray(number).dtype
    assert am.ravel(Value(np.asarray(number)[()])).dtype == np.asarray(number).dtype
    assert am.repeat(number, 2).dtype == np.asarray(number).dtype


def test_masked_extremes_of_floats_start_from_infinity() -> None:
    x = Value([[1.0, 5.0, -2.0], [7.0, 7.0, 7.0]])
    np.testing.assert_array_equal(am.max(x, axis=1, where=MASK, initial=-math.inf).raw, [1.0, -math.inf])
    np.testing.assert_array_equal(am.min(x, axis=1, where=MASK, initial=math.inf).raw, [-2.0, math.inf])


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"])
def test_ramps_down_to_the_edge_and_pools_with_a_border(dtype: str) -> None:
    x, least = np.array([3, 1, 2], dtype), np.iinfo(dtype).min
    want = np.pad(x, 4, mode="linear_ramp", end_values=7)
    np.testing.assert_array_equal(am.pad(Value(x), 4, mode="linear_ramp", end_values=7).data, want)
    pooled = am.max_pool(Value(np.array([[[least, 5, least, least]]], dtype)), 2, stride=2, padding=1)
    np.testing.assert_array_equal(pooled.data, np.array([[[least, 5, least]]], dtype))
    assert pooled.dtype == dtype


def test_pools_of_booleans_with_a_border() -> None:
    pooled = am.max_pool(Value(np.array([[[True, False]]])), 2, stride=2, padding=1)
    np.testing.assert_array_equal(pooled.data, [[[True, False]]])


@pytest.mark.parametrize("dtype", "?bBhHiIlLefd")
def test_dtypes_of_parts_and_of_counts(dtype: str) -> None:
    x = np.array([1, 0, 1], dtype)
    for own, theirs in zip(am.modf(x), np.modf(x), strict=True):
        assert own.dtype == theirs.dtype
        np.testing.assert_array_equal(own, theirs)
    assert am.norm(x, ord=0).dtype == np.linalg.norm(x, ord=0).dtype
    if dtype in "efd":
        assert am.norm(am.Value(x), ord=0).dtype == x.dtype

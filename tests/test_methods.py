"""The methods of a Value: ndarray's, with its arguments and results, or a refusal that says what to write."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value

A = np.array([[0.25, -0.5, 0.75], [1.5, -1.25, 0.1]])
Z = A + 1j * A[::-1]
S = A[:, :2]

CALLS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: x.sum(0, None, None, True),
    "mean": lambda x: x.mean(axis=1, keepdims=True),
    "max": lambda x: x.max(1, None, True),
    "min": lambda x: x.min(axis=0, initial=0.2),
    "prod": lambda x: x.prod(axis=1),
    "var": lambda x: x.var(0, None, None, 1, True),
    "std": lambda x: x.std(axis=1, ddof=1),
    "cumsum": lambda x: x.cumsum(1),
    "cumprod": lambda x: x.cumprod(axis=0),
    "ravel": lambda x: x.ravel(),
    "flatten": lambda x: x.flatten(),
    "reshape": lambda x: x.reshape(3, -1),
    "reshape by a tuple": lambda x: x.reshape((3, 2)),
    "transpose": lambda x: x.transpose(1, 0),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "squeeze": lambda x: x.reshape(1, 2, 3).squeeze(0),
    "repeat": lambda x: x.repeat(2, axis=1),
    "take": lambda x: x.take([0, 2], axis=1),
    "compress": lambda x: x.compress([True, False, True], axis=1),
    "diagonal": lambda x: x.diagonal(1),
    "trace": lambda x: x.trace(),
    "clip": lambda x: x.clip(-0.3, 0.5),
    "round": lambda x: x.round(1),
    "conj": lambda x: x.conj(),
    "conjugate": lambda x: x.conjugate(),
    "copy": lambda x: x.copy(),
    "dot": lambda x: x.dot(np.ones(3)),
    "astype": lambda x: x.astype(np.float32),
    "real": lambda x: x.real,
    "imag": lambda x: x.imag,
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "divmod": lambda x: divmod(x, 0.4)[1],
    "divmod on the left": lambda x: divmod(3.0, x)[0],
    "abs": abs,
    "pos": lambda x: +x,
}
PLAIN: dict[str, Callable[[Any], Any]] = {
    "any": lambda x: x.any(),
    "all": lambda x: x.all(axis=1),
    "argmax": lambda x: x.argmax(1),
    "argmin": lambda x: x.argmin(),
    "argsort": lambda x: x.argsort(axis=0),
    "argpartition": lambda x: x.argpartition(1, axis=1)[:, 1],
    "nonzero": lambda x: x.nonzero()[1],
    "searchsorted": lambda x: x.reshape(6).searchsorted([0.3, 0.9]),
    "tolist": lambda x: x.tolist(),
    "itemsize": lambda x: x.itemsize,
    "nbytes": lambda x: x.nbytes,
    "flat": lambda x: [float(each) for each in x.flat],
    "item": lambda x: x[0, 1].item(),
}


@pytest.mark.parametrize("name", CALLS)
def test_methods_are_ndarrays(name: str) -> None:
    for data in (A, Z):
        if data is Z and name in {"divmod", "divmod on the left", "max", "min", "clip", "astype"}:
            continue
        got, want = CALLS[name](Value(data)), CALLS[name](data)
        assert isinstance(got, Value)
        assert got.shape == np.shape(want)
        assert got.dtype == np.asarray(want).dtype
        np.testing.assert_allclose(got.raw, want, rtol=1e-14)


@pytest.mark.parametrize("name", PLAIN)
def test_methods_that_give_plain_data(name: str) -> None:
    got, want = PLAIN[name](Value(A)), PLAIN[name](A)
    assert not isinstance(got, Value)
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", ["sort", "partition", "fill", "put", "resize", "setfield", "byteswap", "setflags"])
def test_methods_that_change_in_place_are_refused(name: str) -> None:
    x = Value(A)
    with pytest.raises(TypeError, match=rf"^{name}\(\) would change a Value in place.*: "):
        getattr(x, name)(1)
    np.testing.assert_array_equal(x.raw, A)


def test_rounding_by_pythons_functions() -> None:
    x = Value(-1.26)
    for got, want in [
        (round(x, 1), -1.3),
        (math.floor(x), -2.0),
        (math.ceil(x), -1.0),
        (math.trunc(x), -1.0),
    ]:
        result: Any = got
        assert result.item() == want


def test_methods_of_numbers() -> None:
    x = Value(2.0)
    for method in ("sum", "mean", "max", "min", "prod", "var", "std", "ravel", "cumsum", "cumprod", "round", "copy"):
        got, want = getattr(x, method)(), getattr(np.float64(2.0), method)()
        np.testing.assert_array_equal(got.raw, want)
        got.backward(np.ones(got.shape))
    assert x.tolist() == 2.0


def test_methods_are_documented_and_typed() -> None:
    for name, method in inspect.getmembers(Value, callable):
        if not name.startswith("_"):
            assert (method.__doc__ or "").strip(), name


def test_options_of_methods_are_those_of_functions() -> None:
    mask = A > 0
    x: Any = Value(A)
    np.testing.assert_array_equal(x.sum(where=mask).raw, A.sum(where=mask))
    np.testing.assert_allclose(x.mean(0, where=mask[:, :1]).raw, A.mean(0, where=mask[:, :1]))
    np.testing.assert_array_equal(x.max(1, where=mask, initial=-9.0).raw, A.max(1, where=mask, initial=-9.0))
    refused: Any = (
        lambda: x.sum(out=np.zeros(())),
        lambda: x.mean(0, None, np.zeros(3)),
        lambda: x.cumsum(0, None, np.zeros((2, 3))),
        lambda: x.argmax(0, out=np.zeros(3, int)),
    )
    for call in refused:
        with pytest.raises(TypeError, match="out="):
            call()
    assert am.gradients(x.sum(where=mask), x).tolist() == mask.astype(float).tolist()

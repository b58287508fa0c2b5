"""einops' functions on Values: the same as on arrays, and differentiable."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, gradcheck

einops = pytest.importorskip("einops")
ours = pytest.importorskip("autograd_mini.einops")

X = np.random.default_rng(0).normal(size=(2, 3, 4, 2))
CALLS: list[tuple[str, tuple[Any, ...], dict[str, int]]] = [
    ("rearrange", ("b h w c -> b c (h w)",), {}),
    ("rearrange", ("b h (w v) c -> (b v) h w c",), {"v": 2}),
    ("rearrange", ("... -> (...)",), {}),
    ("reduce", ("b h w c -> b c", "mean"), {}),
    ("reduce", ("b h (w v) c -> b h w c", "max"), {"v": 2}),
    ("reduce", ("b h w c -> 1 h 1 c", "sum"), {}),
    ("reduce", ("b h w c -> b", "prod"), {}),
    ("repeat", ("b h w c -> b h w (c n)",), {"n": 3}),
    ("repeat", ("b h w c -> n b h w c",), {"n": 2}),
]


@pytest.mark.parametrize(("name", "args", "sizes"), CALLS)
def test_values_and_gradients(name: str, args: tuple[Any, ...], sizes: dict[str, int]) -> None:
    function = getattr(ours, name)
    y = function(Value(X), *args, **sizes)
    assert isinstance(y, Value)
    np.testing.assert_allclose(y.raw, getattr(einops, name)(X, *args, **sizes), rtol=1e-13)
    assert gradcheck(lambda x: am.sin(function(x, *args, **sizes)), X)


def test_einsum_and_packing() -> None:
    a, b = Value(X[0, 0]), Value(X[0, 1])
    y = ours.einsum(a, b, "i k, j k -> i j")
    np.testing.assert_allclose(y.raw, X[0, 0] @ X[0, 1].T)
    packed, shapes = ours.pack([a, Value(X[0])], "* k")
    back = ours.unpack(packed, shapes, "* k")
    np.testing.assert_array_equal(back[1].raw, X[0])
    am.sum(back[0] * back[0]).backward()
    np.testing.assert_array_equal(a.grad, 2 * X[0, 0])


def test_lists_of_values_and_other_arrays() -> None:
    rows = [Value(np.ones(2)), Value(np.zeros(2))]
    joined = einops.rearrange(rows, "n k -> k n")
    assert joined.shape == (2, 2)
    am.sum(joined).backward()
    np.testing.assert_array_equal(rows[0].grad, [1.0, 1.0])
    assert type(einops.rearrange(X, "a b c d -> d c b a")) is np.ndarray


@pytest.mark.parametrize("first", ["einops, autograd_mini as am", "autograd_mini as am, einops"])
def test_both_orders_of_import(first: str) -> None:
    code = f"import {first}; print(einops.rearrange(am.Value([1.0]), 'a -> 1 a').shape)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "(1, 1)\n"


def test_asking_whether_einops_is_there_imports_nothing() -> None:
    code = (
        "import sys, importlib.util as u, autograd_mini as am; u.find_spec('einops'); print('einops' in sys.modules); "
        "import einops; print(einops.rearrange(am.Value([1.0]), 'a -> 1 a').shape); "
        "print([f for f in sys.meta_path if 'autograd_mini' in type(f).__module__])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert out.split("\n")[:3] == ["False", "(1, 1)", "[]"]

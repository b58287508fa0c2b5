"""Explanations, pictures and checks of Values that hold tensors or JAX arrays: the same as with NumPy's."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from autograd_mini import Value, draw, explain, gradcheck, steps
from autograd_mini.checking import GradientError

MAKERS = {"torch": "tensor", "jax.numpy": "array"}


def made(library: str, numbers: Any) -> Any:
    module = importlib.import_module(library)
    return getattr(module, MAKERS[library])(numbers)


@pytest.fixture(params=MAKERS)
def library(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(request.param.partition(".")[0])
    return str(request.param)


def told(make: Any) -> list[str]:
    v, w = Value(make([0.5, -1.0, 2.0]), name="v"), Value(make([[1.0, 2.0], [3.0, 4.0], [0.5, 1.0]]), name="W")
    y = np.sum(np.tanh(v @ w) ** 2)
    y.backward()
    u = Value(make(2.0), name="u")
    f = 3.0 * u**2 + u
    return [
        str(explain(y)),
        str(explain(y, w)),
        str(explain(y, v, element=1)),
        steps(y).table(),
        draw(y, highlight=v).source,
        str(explain(f, u)),
        str(explain(f)),
        draw(f).source,
    ]


def test_the_telling_is_that_of_numpy(library: str) -> None:
    ours = told(lambda numbers: np.array(numbers, np.float32))
    assert told(lambda numbers: made(library, numbers)) == ours


def test_gradcheck(library: str) -> None:
    x = made(library, [0.5, -1.0, 2.0])
    assert gradcheck(lambda x: np.sum(np.tanh(x) ** 2), x)
    assert gradcheck(lambda x: np.tanh(x) * x, Value(x))
    assert gradcheck(lambda x: x**3, made(library, 2.0))
    with pytest.raises(GradientError, match="factor of 1/2"):
        gradcheck(lambda x: x * x.detach(), x)

"""Every elementwise operation on torch tensors: values and gradients as on NumPy's; what torch lacks is listed."""

from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini.operation import Case
from tests.ops.test_table import ALL, differentiable, draw, public, rng_for

LACKING = {
    "beta", "betaln", "dawsn", "erfcinv", "erfi", "exp1", "expi", "gamma", "i1", "i1e", "j0", "j1", "k0", "k1",
    "kl_div", "loggamma", "poch", "rel_entr", "rgamma", "spacing", "y0", "y1",
}  # fmt: skip
"""torch has no function for these or for their slopes."""


@pytest.mark.parametrize(("name", "case"), ALL)
def test_elementwise_operations_agree(name: str, case: Case) -> None:
    torch: Any = pytest.importorskip("torch")
    operands, function = draw(name, case.shapes, rng_for(name, case)), public(name)
    tensors = [torch.asarray(x) for x in operands]
    places = differentiable(name, len(operands))

    def total(*xs: Any) -> Any:
        return am.sum(am.square(function(*xs)))

    def compare() -> None:
        np.testing.assert_allclose(np.asarray(function(*tensors)), function(*operands), rtol=1e-9, atol=1e-11)
        got, want = am.grad(total, places)(*tensors), am.grad(total, places)(*operands)
        for g, h in zip(got, want, strict=True):
            assert isinstance(g, torch.Tensor)
            np.testing.assert_allclose(np.asarray(g), h, rtol=1e-8, atol=1e-9)

    if name not in LACKING:
        compare()
        return
    with pytest.raises((TypeError, AttributeError), match="has no"):
        compare()

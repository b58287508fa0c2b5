import math

import numpy as np
import pytest

from autograd_mini.command_line.expression import ExpressionError
from autograd_mini.command_line.inputs import read_values


def test_numbers_arrays_and_formulas() -> None:
    found = read_values(["x=3", "v=[1,2,3]", "W=[[1,2],[3,4]]", "a=pi/4", "b = -1e-3", "β=sqrt(2)"])
    assert [found["x"].raw, found["a"].raw, found["b"].raw] == [3.0, math.pi / 4, -1e-3]
    assert found["β"].raw == pytest.approx(math.sqrt(2))
    np.testing.assert_array_equal(found["v"].raw, [1.0, 2.0, 3.0])
    assert found["W"].shape == (2, 2)
    assert all(value.requires_grad and value.name == name for name, value in found.items())


def test_plain_inputs_have_no_gradient() -> None:
    found = read_values(["x=3", "y=0.5:const", "z=[1, 2] : const", "w=1"], ["w"])
    assert [value.requires_grad for value in found.values()] == [True, False, False, False]


@pytest.mark.parametrize(
    ("words", "constants", "message"),
    [
        (["x"], [], "write NAME=VALUE"),
        (["x="], [], "write NAME=VALUE"),
        (["=3"], [], "is no name"),
        (["2x=3"], [], "is no name"),
        (["lambda=3"], [], "is no name"),
        (["__class__=3"], [], "is no name"),
        (["x=3", "x=4"], [], "x has two values: x=3 and x=4"),
        (["x=3:constant"], [], "after a colon stands const"),
        (["x=y"], [], "the value of x: y has no value"),
        (["x=[1,[2]]"], [], "the value of x: the rows"),
        (["x=1/0"], [], "the value of x: this constant is inf"),
        (["x=open('f')"], [], "the value of x: there is no function open"),
        (["x==3"], [], "the value of x: this cannot be read"),
        (["xs=3"], ["x"], "--const x: there is no value of that name; did you mean xs?"),
    ],
)
def test_what_is_no_value_is_refused(words: list[str], constants: list[str], message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        read_values(words, constants)
    assert message in str(caught.value)

import ast
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd_mini as am
from autograd_mini.command_line.expression import DEEPEST, LONGEST, ExpressionError, compute
from autograd_mini.command_line.functions import functions

X = {"x": 3.0, "y": -0.5}


def values(**given: Any) -> dict[str, am.Value]:
    return {name: am.Value(data, name=name) for name, data in (given or X).items()}


def result(text: str, **given: Any) -> Any:
    root = compute(text, values(**given)).root
    return root.raw if isinstance(root, am.Value) else root


def refusal(text: str, **given: Any) -> str:
    with pytest.raises(ExpressionError) as caught:
        compute(text, values(**given))
    return str(caught.value)


def place(message: str) -> str:
    """The part of the expression that the carets stand below."""
    line, mark = message.split("\n")[-2:]
    assert set(mark.strip()) == {"^"}
    return line[len(mark) - len(mark.lstrip()) : len(mark)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20*x**2 + x", 183.0),
        ("-x**2", -9.0),
        ("+x - -y", 2.5),
        ("x // 2 + x % 2 + 7 % x", 3.0),
        ("2**-x", 0.125),
        ("(x + 1) / (x - 1)", 2.0),
        ("pi*x + e", 3 * math.pi + math.e),
        ("sin(x) + exp(y)*log(x)", math.sin(3) + math.exp(-0.5) * math.log(3)),
        ("maximum(x, y) - minimum(x, 2)", 1.0),
        ("clip(x, 0, 1)", 1.0),
        ("sum([x, y, 1])", 3.5),
        ("sum([[x, 2], [y, 4]], axis=0)[1]", 6.0),
        ("norm([x, 4])", 5.0),
        ("mean(stack([x, y]))", 1.25),
        ("g = x**2; 20*g + x", 183.0),
        ("a = 2*pi; h = sin(a*y); h**2;", math.sin(math.pi) ** 2),
        ("sum(where(step([x, y]), x, 0))", 3.0),
        ("(x\n + 1)", 4.0),
    ],
)
def test_an_expression_is_what_it_says(text: str, expected: float) -> None:
    assert result(text) == pytest.approx(expected)


def test_arrays_products_and_indices() -> None:
    W, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0])
    given = {"W": W, "x": x}
    np.testing.assert_allclose(result("W @ x", **given), W @ x)
    np.testing.assert_allclose(result("einsum('ij,j->i', W, x)", **given), W @ x)
    np.testing.assert_allclose(result("W[0, 1] * W[:, -1]", **given), W[0, 1] * W[:, -1])
    np.testing.assert_allclose(result("sum(W, axis=-1, keepdims=True)", **given), W.sum(-1, keepdims=True))
    np.testing.assert_allclose(result("var(W, ddof=1, axis=(0, 1))", **given), W.var(ddof=1))
    np.testing.assert_allclose(result("concatenate([x, W[0]])", **given), [1, -1, 1, 2])
    np.testing.assert_allclose(result("reshape(W, (4, 1))[1:3]", **given), [[2], [3]])
    np.testing.assert_allclose(result("[[1, 2], [3, 4]] @ x", **given), W @ x)
    labels = {"W": am.Value(W), "k": am.Value([1.0, 0.0], requires_grad=False)}
    log_odds = W - np.log(np.exp(W).sum(1, keepdims=True))
    np.testing.assert_allclose(
        compute("softmax_cross_entropy(W, k)", labels).root.raw, [-log_odds[0, 1], -log_odds[1, 0]]
    )


def test_the_graph_is_that_of_the_same_line_in_python() -> None:
    x = am.Value(3.0, name="x")
    by_hand = 20 * x**2 + x
    read = compute("20*x**2 + x", {"x": x}).root

    def shape(node: Any) -> Any:
        return node.op and (node.op.name, [shape(parent) for parent in node.parents])

    assert shape(read) == shape(by_hand)


def test_assignments_name_the_nodes() -> None:
    graph = compute("g = x**2; c = 2*pi; f = c*g", values())
    assert [graph.root.name, graph.name, list(graph.named)] == ["f", "f", ["g", "c", "f"]]
    assert graph.named["g"].name == "g"
    assert graph.named["c"].name == "c"
    assert not graph.named["c"].requires_grad
    assert graph.used == {"x"}


def test_an_unnamed_result_gets_a_name_that_is_free() -> None:
    assert compute("x + 1", values()).root.name == "f"
    assert compute("f + F", values(f=1.0, F=2.0)).root.name == "f1"
    assert compute("x", values()).name == "x"


@pytest.mark.parametrize(
    ("text", "words", "where"),
    [
        ("2*sine(x)", "did you mean sin?", "sine"),
        ("asin(x)", "did you mean arcsin?", "asin"),
        ("ln(x)", "did you mean log?", "ln"),
        ("__import__('os')", "there is no function __import__", "__import__"),
        ("x.__class__", "a dot", "x.__class__"),
        ("().__class__", "a dot", "().__class__"),
        ("np.sin(x)", "write sum(x)", "np.sin"),
        ("x + yy", "did you mean y?", "yy"),
        ("x + zzz", "zzz has no value; give it one: zzz=2", "zzz"),
        ("x * __debug__", "there is no __debug__", "__debug__"),
        ("x * sin", "sin is a function", "sin"),
        ("x(y + 1)", "x is a value, not a function", "x"),
        ("exp(x)(2)", "only a function can be called", "exp(x)"),
        ("lambda: x", "lambda", "lambda: x"),
        ("[a for a in x]", "not part", "[a for a in x]"),
        ("x if x else y", "conditions", "x if x else y"),
        ("x < y", "comparisons", "x < y"),
        ("x and y", "and, or", "x and y"),
        ("(a := x)", "not part", "a := x"),
        ("f'{x}'", "text", "f'{x}'"),
        ("'text' * x", "text", "'text'"),
        ("2j * x", "complex", "2j"),
        ("True + x", "True is not", "True"),
        ("x ^ 2", "the power is written **", "x ^ 2"),
        ("x << 2", "operator", "x << 2"),
        ("~x", "not part", "~x"),
        ("import os", "only formulas", "import os"),
        ("del x", "only formulas", "del x"),
        ("x += 1", "only formulas", "x += 1"),
        ("x = 1", "is a value that you give", "x"),
        ("g = x; g = y; g", "there is a g already", "g"),
        ("a, b = x, y", "names one value", "a, b"),
        ("_g = x; _g", "underscore", "_g"),
        ("x; y", "not used", "x"),
        ("10**400 * x", "this constant is inf", "10**400"),
        ("9**9**9**9 * x", "this constant is inf", "9**9**9"),
        ("(1/0) * x", "this constant is inf", "1/0"),
        ("1" + "0" * 400 + "*x", "too large", "1" + "0" * 77),
        ("1e999 * x", "too large", "1e999"),
        ("sum(x, axis=y)", "axis is a constant", "y"),
        ("sum(x, axis=3)", "axis 3 is out of bounds", "sum(x, axis=3)"),
        (
            "sum(x, axes=3)",
            "sum: got an unexpected keyword argument 'axes'; it takes x, axis, keepdims, initial, where",
            None,
        ),
        ("sum()", "missing a required argument", "sum()"),
        ("sum(*x)", "star", "*x"),
        ("sum(**x)", "two stars", "x"),
        ("sum([[1, 2], [3]] * x)", "different lengths", "[[1, 2], [3]]"),
        ("sum([]) * x", "empty", "[]"),
        ("[x, y][x]", "an index is a whole number", "x"),
        ("[x, y]['a']", "an index is a whole number", "'a'"),
        ("[x, y][5]", "out of bounds", "[x, y][5]"),
        ("sum([1, 2] * [x, y, 1])", "(2,)", "[1, 2] * [x, y, 1]"),
        ("tile(x, (100000, 100000))", "more than 10,000,000", "tile(x, (100000, 100000))"),
        ("broadcast_to(x, (10000, 10000))", "more than", None),
        ("pad([[[x]]], 1000)", "more than", None),
        ("repeat(x, 99999999)", "at most 1,000,000", "99999999"),
        ("x\u0142 * \u03b1\u03b2", "x\u0142 has no value", "x\u0142"),
    ],
)
def test_what_is_no_expression_is_refused_and_shown(text: str, words: str, where: str | None) -> None:
    message = refusal(text)
    assert words in message
    if where is not None:
        assert place(message) == where


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2x", "a product is written with a star"),
        ("2 x", "a product is written with a star"),
        ("[x, 1", "was never closed"),
        ("x +", "cannot be read"),
        ("", "empty"),
        ("x\x00", ""),
        ("x\udc80", ""),
        ("x\n  y", "cannot be read"),
        ("-" * (LONGEST - 1) + "x", "deeper"),
        ("(" * 300 + "x" + ")" * 300, "cannot be read"),
        ("x" + "+x" * DEEPEST, "deeper"),
        ("x" + "**x" * DEEPEST, "deeper"),
        ("sin(" * DEEPEST + "x" + ")" * DEEPEST, "deeper"),
        ("x" * 10_000, "10,000 characters"),
    ],
)
def test_what_cannot_be_read_at_all(text: str, words: str) -> None:
    assert words in refusal(text)


def test_large_products_are_refused_before_they_are_computed() -> None:
    row = np.ones(4_000)
    assert "more than 10,000,000" in refusal("outer(a, a)", a=row)
    assert "more than 10,000,000" in refusal("reshape(a, (4000, 1)) * a", a=row)
    assert "more than 10,000,000" in refusal("einsum('i,j,k->ijk', a, a, a)", a=row)


def test_the_mark_in_a_long_line_stands_below_its_place() -> None:
    message = refusal("x + " * 50 + "nowhere + x")
    assert max(map(len, message.split("\n")[1:])) <= 80
    assert place(message) == "nowhere"


def test_columns_count_characters() -> None:
    assert place(refusal("αβγ*x + nowhere", x=1.0, αβγ=2.0)) == "nowhere"


def test_nothing_that_is_written_is_run(tmp_path: Any) -> None:
    marker = tmp_path / "ran"
    for attack in (
        f"open({str(marker)!r}, 'w')",
        f"__import__('pathlib').Path({str(marker)!r}).touch()",
        f"[c for c in ().__class__.__base__.__subclasses__()][0]({str(marker)!r})",
        f"exec({f'open({str(marker)!r}, chr(119))'!r})",
        f"eval({f'open({str(marker)!r}, chr(119))'!r})",
        f"einsum.__globals__['__builtins__']['open']({str(marker)!r}, 'w')",
        f"(lambda: open({str(marker)!r}, 'w'))()",
    ):
        refusal(attack)
    assert not marker.exists()


def test_every_function_is_public_and_takes_an_operand() -> None:
    assert {"sin", "sum", "matmul", "softmax", "clip", "einsum", "std", "where"} <= functions().keys()
    assert not functions().keys() & {"eval", "grad", "primitive", "astype", "getitem", "identity", "root"}
    for name, function in functions().items():
        assert name in am.__all__
        assert any(function.kind(parameter).name.startswith("OPERAND") for parameter in function.signature.parameters)


LEAVES = st.sampled_from(["x", "y", "2", "0.5", "pi"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/"]), inner)
    return binary | st.builds("{}({})".format, st.sampled_from(["sin", "tanh", "exp", "-"]), inner)


@given(st.recursive(LEAVES, _grown, max_leaves=12))
def test_random_expressions_agree_with_numpy(text: str) -> None:
    names = {"sin": np.sin, "tanh": np.tanh, "exp": np.exp, "pi": np.pi, "x": np.float64(1.25), "y": np.float64(-0.75)}
    with np.errstate(all="ignore"):
        expected = eval(compile(ast.parse(text, mode="eval"), "", "eval"), {"__builtins__": {}}, names)
    found = _tried(text, x=1.25, y=-0.75)
    if isinstance(found, ExpressionError):
        assert "this constant is" in str(found)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@settings(max_examples=200)
@given(st.text(alphabet="xy01.+-*/()[],=;:'\"_ \n\t\\abcdeflmnorsu<>@^~é₁\x00", max_size=30))
def test_any_text_gives_a_result_or_a_clear_refusal(text: str) -> None:
    found = _tried(text, **X)
    assert not isinstance(found, ExpressionError) or str(found)


def _tried(text: str, **given: float) -> Any:
    try:
        return result(text, **given)
    except ExpressionError as error:
        return error

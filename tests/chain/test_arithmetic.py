"""Printed arithmetic holds as it is printed: who computes with the printed numbers gets the printed result."""

from __future__ import annotations

import html
import itertools
import math
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, draw, explain, steps
from autograd_mini.chain.arithmetic import Product, Sum, equated, equation, equations, fitting, plus, read, times
from autograd_mini.chain.notation import is_number, number
from tests.chain.graphs import GRAPHS

# --- the reader -------------------------------------------------------------------------------------------------------

NUMBER = r"\(?−?(?:\d[\d,]*(?:\.\d+)?(?:e[+−]\d+)?|inf|nan)\)?"
FORMULA = re.compile(rf"{NUMBER}(?: [×·+−] {NUMBER})+(?: [×·+−] …)?")
LINE = re.compile(rf"(?P<left>\(?{NUMBER}(?:\)? [×·+−] \(?{NUMBER})+\)?) (?P<sign>[=≈]) (?P<right>{NUMBER})(?![\w.])")


def value(text: str) -> Decimal | None:
    """What a formula of printed numbers comes to, in decimal arithmetic of 60 digits; None if it is infinite."""
    tokens = re.findall(r"[()×·+−]|\d[\d,]*(?:\.\d+)?(?:e[+−]\d+)?|inf|nan", text)
    if "inf" in tokens or "nan" in tokens:
        return None
    signs = {"×": "*", "·": "*", "−": "-", "+": "+", "(": "(", ")": ")"}
    plain = (token.replace(",", "").replace("−", "-") for token in tokens)
    python = "".join(signs.get(token, f"Decimal('{x}')") for token, x in zip(tokens, plain, strict=True))
    with localcontext() as context:
        context.prec = 60
        try:
            return Decimal(eval(python, {"Decimal": Decimal, "__builtins__": {}}))
        except InvalidOperation:
            return None


def holds(left: str, right: str) -> bool:
    """Whether the left side, rounded to the digits that the right side shows, is the right side."""
    computed = value(left)
    if computed is None:
        return True
    if right.strip("−()") in ("inf", "nan"):
        return False
    shown = Decimal(right.strip("()").replace("−", "-").replace(",", ""))
    last_digit = Decimal(1).scaleb(int(shown.as_tuple().exponent))
    return abs(computed - shown) < last_digit / 2 or computed == shown


def test_the_reader_reads() -> None:
    assert not holds("−1.42 × 2", "−2.839")
    assert holds("−1.4196 × 2", "−2.839")
    assert holds("0.5 − 0.1 × (−2.839)", "0.7839")
    assert not holds("(1 + 2) × 3", "9.1")
    assert value("1e−05 × 2e+10") == 200000
    assert LINE.findall("w ← 0.5 − 0.1 × (−2.839) = 0.7839; 1 × 2 ≈ 2.1")


# --- the formatter ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "result", "shown"),
    [
        (Product([-1.41958, 2.0]), -2.83916, "−1.4196 × 2 = −2.839"),
        (Product([2.0, -3.0]), -6.0, "2 × (−3) = −6"),
        (Sum([1000.1234, -1000.0]), 0.1234, "1000.1234 − 1000 = 0.1234"),
        (Sum([0.5, Product([-0.1, -2.839])]), 0.7839, "0.5 − 0.1 × (−2.839) = 0.7839"),
        (Product([Sum([1.0, 2.0]), 3.0]), 9.0, "(1 + 2) × 3 = 9"),
        (Product([Sum([1.0, 2.0])]), 3.0, "1 + 2 = 3"),
        (Product([1.25, 1.25]), 1.5625, "1.25 × 1.25 = 1.5625"),  # half of the fourth digit: the fifth tells
        (Sum([0.1, 0.2, -0.3]), 0.1 + 0.2 - 0.3, "0.1 + 0.2 − 0.3 ≈ 5.551e−17"),
        (Sum([1.0, -1.0]), 0.0, "1 − 1 = 0"),
        (Product([1e200, 1e200]), math.inf, "1e+200 × 1e+200 ≈ inf"),
        (Product([1e-200, 1e-200]), 0.0, "1e−200 × 1e−200 = 0"),
        (Product([math.inf, 2.0]), math.inf, "inf × 2 = inf"),
        (Product([math.nan, 2.0]), math.nan, "nan × 2 = nan"),
        (Product([2.0, "…", 3.0]), 36.0, "2 × … × 3 = 36"),
        (Product([1.0 + 2.0j, 2.0]), 2.0 + 4.0j, "(1+2j) × 2 = 2+4j"),
        (Sum([-1.0 - 2.0j, -1.0 + 1.0j]), -2.0 - 1.0j, "−1−2j − 1+1j = −2−1j"),
        (Product([np.float32(0.1), np.float64(3.0)]), np.float32(0.3), "0.1 × 3 = 0.3"),
        (
            Product([np.float16(0.3333), np.float16(3.0)]),
            np.float16(1.0),
            "0.3333 × 3 ≈ 1",
        ),  # of float16
    ],
)
def test_equations(left: Any, result: Any, shown: str) -> None:
    assert equated(left, result, ".4g") == shown


@pytest.mark.parametrize(
    ("fmt", "shown"),
    [
        (".2f", "−1.4196 × 2.0000 = −2.84"),
        (".3e", "−1.41960e+00 × 2.00000e+00 = −2.839e+00"),
        (".1%", "−141.96% × 200.00% = −283.9%"),
        ("8.3f", "  −1.4196 ×   2.0000 =   −2.839"),
        ("+.4g", "−1.4196 × +2 = −2.839"),
        (",.1f", "−1.42 × 2.00 = −2.8"),
    ],
)
def test_digits_are_added_to_every_format(fmt: str, shown: str) -> None:
    text = equated(Product([-1.41958, 2.0]), -2.83916, fmt)
    left, right = (side.strip() for side in text.split("="))
    factors = [read(side) for side in left.split("×")]
    assert number(float(math.prod(factors)), fmt).strip() == right
    assert right == shown.split("=")[1].strip()


def test_a_format_without_digits_has_none_to_add() -> None:
    assert equated(Product([0.1, 3.0]), 0.1 * 3.0, "") == "0.1 × 3.0 ≈ 0.30000000000000004"


def test_several_lines_of_one_result() -> None:
    sums = [Sum([Product([1.41958, 2.0]), Product([0.33333, 3.0])]), Sum([2.83916, 0.99999])]
    assert equations(sums, 3.83915, ".4g") == [
        ("=", "1.4196 × 2 + 0.33333 × 3"),
        ("=", "2.839 + 1"),
        ("=", "3.839"),
    ]
    assert equations([Sum([0.1, 0.2, -0.3])], 5.551e-17, ".4g")[-1] == ("≈", "5.551e−17")
    assert equation(Sum([1.0]), 1.0, ".4g") == ("1", "=", "1")


def test_terms_on_lines_of_their_own() -> None:
    assert fitting([Sum([0.24984, 0.24984]), Sum([1.0, 1.0])], [0.49968, 2.0], ".4g") == (".5g", "=")
    assert fitting([Sum([0.1, 0.2, -0.3])], [5e-17], ".4g") == (".4g", "≈")


def test_signs_between() -> None:
    assert plus(["−1", "−2", "x"]) == "−1 − 2 + x"
    assert times(["−1", "−2", "x"]) == "−1 × (−2) × x"


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "abc%"])
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert read(text) is None
    assert not is_number(text)


def test_random_products_and_sums_hold() -> None:
    """Of sizes from 1e-6 to 1e6 and of up to five parts, in four formats: each line is true, or says ≈."""
    random = np.random.default_rng(7)
    about = 0
    for _ in range(400):
        parts = list(random.normal(size=random.integers(2, 6)) * 10.0 ** random.integers(-6, 7, size=1))
        fmt = str(random.choice([".4g", ".3g", ".2f", ".3e"]))
        for left, result in ((Product(parts), math.prod(parts)), (Sum(parts), math.fsum(parts))):
            text, sign, shown = equation(left, result, fmt)
            about += sign == "≈"
            assert sign == "≈" or holds(text, shown), (text, shown)
    assert about < 40


# --- what is printed --------------------------------------------------------------------------------------------------


def printed(root: Value, lang: Any = "en") -> Iterator[str]:
    """Every text of the three printers, a line at a time; sums and products in rows of cards with their result."""
    source = draw(root, lang=lang, update=0.1, max_nodes=None).source
    for label in re.findall(r"label=<(.*)>", source):
        lines = [html.unescape(re.sub(r"<[^<>]*>", "", row)).strip() for row in re.split(r"</TR>", label)]
        yield from lines
        for above, row in itertools.pairwise(re.split(r"</TR>", label)):
            cells = [html.unescape(re.sub(r"<[^<>]*>", "", cell)).strip() for cell in above.split("</TD>")]
            if len(cells) > 2 and re.search(r" [+−] ", cells[2]):
                result = html.unescape(re.sub(r"<[^<>]*>", "", row.split("</TD>")[2])).strip()
                yield f"{cells[2]} {'≈' if '≈' in cells[0] else '='} {result}"
    for wrt in [None, *(node for node in (root, *root.parents) if node.requires_grad)]:
        yield from joined(str(explain(root, wrt, lang=lang)))
    walk = steps(root, lang=lang, update=0.1, max_nodes=None)
    for frame in walk.frames:
        yield frame.text
    for node in walk.trace.nodes:
        yield from joined("\n".join(walk._sentences.card(node)["lines"]))


def joined(text: str) -> Iterator[str]:
    """Lines, each with the beginning of the next where that goes on with a sign of equality."""
    lines = text.split("\n")
    for line, following in itertools.zip_longest(lines, lines[1:], fillvalue=""):
        yield line
        after = re.match(rf" *([=≈] {NUMBER})(?:$| {3})", following)
        if after and re.match(rf" *[=≈]? *{FORMULA.pattern}$", line):
            yield f"{line.strip().lstrip('=≈ ')} {after[1]}"


def check(root: Value, lang: Any = "en") -> int:
    """Every printed line that can be computed is true; how many there were."""
    found = 0
    for line in printed(root, lang):
        assert not re.search(r"(?<![\w\]])-\d", line), f"a hyphen for a minus sign: {line}"
        for match in LINE.finditer(re.sub(" {2,}", " ", line)):
            start = re.sub(" {2,}", " ", line)[: match.start()].rstrip()
            if match["sign"] == "≈" or start.endswith(("…", "+", "−", "×", "·", "(", "⋯")) or "²" in match[0]:
                continue
            if match["left"].count("(") == match["left"].count(")"):
                found += 1
                assert holds(match["left"], match["right"]), line
    return found


def test_the_neuron_of_the_documentation() -> None:
    """−1.42 × 2 is −2.84, and was printed as −2.839."""
    root = GRAPHS["neuron"]()
    root.backward()
    assert check(root) > 20


@pytest.mark.parametrize("name", [name for name in GRAPHS if name != "huge"])
def test_every_graph(name: str) -> None:
    root = GRAPHS[name]()
    root.backward(np.ones(root.shape) if root.shape else None)
    check(root, "es" if len(name) % 2 else "en")


def test_random_graphs() -> None:
    """Graphs of eight operations on three numbers, of sizes from 1e-4 to 1e4: over a thousand lines."""
    random = np.random.default_rng(11)
    lines = 0
    for _ in range(12):
        sizes = 10.0 ** random.integers(-4, 5, 3)
        values = [Value(float(x)) for x in random.normal(size=3) * sizes]
        for _ in range(8):
            x, y = (values[i] for i in random.integers(0, len(values), 2))
            kind = random.integers(0, 5)
            values.append([x + y, x * y, x - y, am.tanh(x) * y, x * float(random.normal()) + y][kind])
        root = am.tanh(sum(values[-4:], values[-5]))
        root.backward()
        lines += check(root)
    assert lines > 1000


def test_extreme_magnitudes() -> None:
    for scale in (1e-300, 1e-30, 1e-9, 1e9, 1e30, 1e200):
        x, w = Value(1.2345678 * scale, name="x"), Value(-0.98765432, name="w")
        root = (x * w + x * x * (1.0 / scale)) * 3.3333333
        root.backward()
        assert check(root) > 10

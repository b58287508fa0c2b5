"""Text widths for a program that guesses them."""

from __future__ import annotations

import itertools
import re
import subprocess

import pytest

from autograd_mini.chain._programs import Program
from autograd_mini.chain._widths import exact_widths, text_width
from autograd_mini.chain.render import render, set_renderer


@pytest.mark.parametrize(
    ("text", "bold", "mono", "width"),
    [
        ("", False, False, 0.0),
        ("A", False, False, 0.667),
        ("iW", False, False, 0.222 + 0.944),
        ("iW", True, False, 0.278 + 0.944),
        ("∂z₁", False, False, 0.494 + 0.5 + 0.333),
        ("−0.5", False, True, 2.4),
        ("é", False, False, 0.556),
    ],
)
def test_widths_of_helvetica_and_courier(text: str, bold: bool, mono: bool, width: float) -> None:
    assert text_width(text, bold=bold, mono=mono) == pytest.approx(width)


@pytest.mark.parametrize("text", ["🙂", "漢字", "שלום", "\ufffd"])
def test_letters_of_unknown_width(text: str) -> None:
    assert text_width(text) is None


@pytest.mark.parametrize(
    "cell",
    [
        '<TD ALIGN="LEFT"><FONT POINT-SIZE="9">value</FONT></TD>',
        "<TD><FONT>∂z, of no known size</FONT></TD>",
        '<TD><FONT POINT-SIZE="9">🙂</FONT></TD>',
        '<TD><FONT POINT-SIZE="9">∂z<BR/>two lines</FONT></TD>',
        "<TD></TD>",
        "digraph { a -> b [label=∂] }",
    ],
)
def test_what_stays_as_it_is(cell: str) -> None:
    assert exact_widths(cell) == cell


def test_runs_stand_in_cells_of_their_widths() -> None:
    cell = '<TD ALIGN="LEFT"><FONT POINT-SIZE="10"><I>∂z</I> = <B>1</B></FONT></TD>'
    fixed = exact_widths(cell)
    assert [int(width) for width in re.findall(r'<TD [^>]*WIDTH="(\d+)"', fixed)] == [10, 12, 5]  # 9.94, 11.4, 5.56
    assert 'FIXEDSIZE="TRUE" WIDTH="27" HEIGHT="12" ALIGN="LEFT"' in fixed
    assert '<FONT POINT-SIZE="10"><I>∂z</I></FONT>' in fixed
    assert '<FONT POINT-SIZE="10"><B>1</B></FONT>' in fixed


def test_references_count_as_the_letters_that_they_stand_for() -> None:
    (width,) = re.findall(r'<TD [^>]*WIDTH="(\d+)"', exact_widths('<TD><FONT POINT-SIZE="100">∂&lt;&amp;</FONT></TD>'))
    assert int(width) == round(49.4 + 58.4 + 66.7 + 0.5)


def test_graphviz_pure_draws_runs_without_gaps() -> None:
    try:
        set_renderer("pure")
    except FileNotFoundError:
        pytest.skip("graphviz-pure is not installed")
    label = '<FONT POINT-SIZE="10"><I>∂u₁/∂w₁ = x₁</I> = <B>2</B></FONT>'
    table = f'<TABLE BORDER="0" CELLBORDER="0"><TR><TD>{label}</TD></TR></TABLE>'
    source = f'digraph {{ a [fontname="Helvetica", label=<{table}>] }}'
    svg = render(source, "svg").decode()
    places = [(float(x), text) for x, text in re.findall(r'<text [^>]*\bx="([\d.]+)"[^>]*>([^<]*[^<\s][^<]*)<', svg)]
    assert [text for _, text in places] == ["∂u₁/∂w₁ = x₁", " = ", "2"]
    for (x, text), (following, _) in itertools.pairwise(places):
        assert 0 <= following - (x + 10 * (text_width(text) or 0)) <= 1.0


def test_the_text_reaches_a_measuring_program_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograd_mini.chain import render as module

    sent = []

    def run(command: list[str], payload: bytes, timeout: float | None) -> subprocess.CompletedProcess[bytes]:
        sent.append(payload.decode())
        return subprocess.CompletedProcess(command, 0, b'<svg width="1" height="1"/>', b"")

    monkeypatch.setattr(module, "run", run)
    source = 'digraph { a [label=<<TABLE><TR><TD><FONT POINT-SIZE="9">∂</FONT></TD></TR></TABLE>>] }'
    for kind in ("dot", "pure"):
        monkeypatch.setattr(module, "programs", lambda kind=kind: iter([Program(kind, "/nowhere")]))
        render(source, "svg")
    assert sent[0] == source
    assert sent[1] == exact_widths(source) != source

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini.__main__ import main

ROOT = Path(__file__).parents[2]


def run(*words: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[bytes]:
    settings = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, "-m", "autograd_mini", *words]
    return subprocess.run(command, check=False, capture_output=True, cwd=cwd, env=settings, timeout=60)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def failed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


def test_grad_prints_value_and_gradients(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "grad", "g = x**2; y*g + c", "x=3", "y=20", "c=1:const")
    assert out.splitlines() == [
        "f = 181",
        "",
        "    value   derivative",
        "x   3       ∂f/∂x = 120",
        "y   20      ∂f/∂y = 9",
        "c   1       constant",
        "g   9       ∂f/∂g = 20",
    ]


def test_second_derivatives(capsys: pytest.CaptureFixture[str]) -> None:
    assert "d²f/dx² = 40" in said(capsys, "grad", "20*x**2 + x", "x=3", "--order", "2")
    out = said(capsys, "grad", "x**2*y + sin(y)", "x=3", "y=2", "--order", "2", "--fmt", ".8g")
    assert f"x   4   6\ny   6   −{np.sin(2):.8g}" in out
    blocks = said(capsys, "grad", "sum(x**3) * y", "x=[1,2]", "y=2", "--order", "2")
    assert "∂²f/∂x², shape (2, 2):\n[[12  0]\n [ 0 24]]" in blocks
    assert "∂²f/∂y ∂x, shape (2,):\n[3 12]" in blocks


def test_arrays_stand_in_the_table_on_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "grad", "sum(W @ x)", "W=[[1,2],[3,4]]", "x=[5,-1]:const")
    assert "W   [[1 2]    ∂f/∂W = [[ 5 −1]\n     [3 4]]            [ 5 −1]]" in out


def test_values_that_the_result_does_not_reach_have_gradient_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert "∂f/∂y = 0" in said(capsys, "grad", "g = y**2; 3*x", "x=1", "y=2")


def test_infinite_gradients_are_told_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert "df/dx = inf" in said(capsys, "grad", "sqrt(x)", "x=0")
    assert "∂f/∂x = [inf 1]" in said(capsys, "grad", "sum(log(x))", "x=[0,1]")


def test_words_come_in_any_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert "df/dx = −6" in said(capsys, "grad", "-x**2", "x=3")
    assert "constant" in said(capsys, "grad", "--const", "y", "x*y", "x=3", "--order", "1", "y=2")


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "explain", "20*x**2 + x", "x=3", "--wrt", "x")
    assert out.startswith("df/dx = ")
    assert "= 120 + 1\n" in out
    assert "x.grad: 121 ✓" in out
    assert r"\frac{df}{dx}" in said(capsys, "explain", "20*x**2 + x", "x=3", "--format", "latex")
    assert said(capsys, "explain", "20*x**2 + x", "x=3", "--format", "markdown").startswith("$$")


def test_explain_without_wrt_tells_of_every_variable(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "explain", "g = w*x; (g + b)**2", "w=2", "x=3:const", "b=1", "--lang", "es")
    assert "∂f/∂w = " in out
    assert "∂f/∂b = " in out
    assert "∂f/∂x = " not in out
    assert "∂f/∂g = " in said(capsys, "explain", "g = w*x; (g + b)**2", "w=2", "x=3", "b=1", "--wrt", "g")


def test_explain_follows_one_entry_of_an_array(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", "sum(tanh(x @ W))", "x=[1,2]:const", "W=[[1,.5],[.25,2]]", "--wrt", "W"]
    slope = 1 - np.tanh(0.5 + 2 * 2) ** 2
    assert f"{slope:.4g}" in said(capsys, *words, "--element", "0,1")
    assert "is no place in an array" in failed(capsys, *words, "--element", "a")


def test_draw_writes_what_the_ending_says(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    names = [tmp_path / f"graph.{ending}" for ending in ("svg", "png", "dot")]
    for name in names:
        assert said(capsys, "draw", "g = x**2; 20*g + x", "x=3", "-o", str(name)) == f"wrote {name}\n"
    svg, png, dot = (name.read_bytes() for name in names)
    assert ET.fromstring(svg).tag.endswith("svg")
    assert png.startswith(b"\x89PNG")
    assert "df/dx" in dot.decode()
    assert ">g<" in svg.decode()


def test_the_look_of_a_drawing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "graph.dot"
    look = ["--theme", "dark", "--lang", "es", "--rankdir", "TB", "--detail", "min", "--fmt", ".2f"]
    said(capsys, "draw", "x*c", "x=3", "c=2:const", "-o", str(file), *look)
    source = file.read_text(encoding="utf-8")
    assert "rankdir=TB" in source
    assert "valor" in source
    assert "3.00" in source


def test_steps_writes_a_page(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "steps.html"
    words = ["steps", "(tanh(w*x) - y)**2", "w=0.5", "x=2:const", "y=1:const", "-o", str(file), "--update", "0.1"]
    assert said(capsys, *words) == f"wrote {file}\n"
    page = file.read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "w ← " in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["grad", "x*[1,2]", "x=3"], "an array of shape (2,), and gradients start from one number: write sum(x*[1,2])"),
        (["grad", "sinn(x)", "x=3"], "there is no function sinn; did you mean sin?\n  sinn(x)\n  ^^^^\n"),
        (["grad", "x + 1", "x=3", "y=2"], "does not use y"),
        (["grad", "3 + 1"], "does not depend on a value with a gradient"),
        (["grad", "x + 1", "x=3:const"], "does not depend on a value with a gradient"),
        (["grad", "x + 1", "x"], "write NAME=VALUE"),
        (["grad", "x + 1", "x=3", "--fmt", "q"], "is no format of numbers"),
        (["grad", "x + 1", "x=3", "--order", "3"], "invalid choice"),
        (["grad", "x + 1", "x=3", "--nonsense"], "there is no option --nonsense"),
        (["explain", "x + y", "x=3", "y=1:const", "--wrt", "y"], "nothing of that name has a gradient"),
        (["explain", "xs + 1", "xs=3", "--wrt", "x"], "did you mean xs?"),
        (["draw", "x + 1", "x=3", "-o", "graph.txt"], ".svg .png .pdf .dot .gv"),
        (["draw", "x + 1", "x=3", "-o", "no/such/folder/graph.dot"], "the folder does not exist"),
        (["draw", "x + 1", "x=3", "-o", "graph.svg", "--dpi", "300"], "--dpi is for .png"),
        (["draw", "x + 1", "x=3", "-o", "graph.png", "--dpi", "-3"], "dpi must be 1 or more"),
        (["steps", "x + 1", "x=3", "-o", "steps.png"], ".html"),
        (["paint"], "invalid choice"),
    ],
)
def test_mistakes_are_told_on_stderr(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in failed(capsys, *words)


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--version") == f"autograd_mini {am.__version__}\n"
    assert "softplus" in said(capsys, "--help")
    for command in ("explain", "draw", "steps", "grad"):
        assert f"python -m autograd_mini {command} " in said(capsys, command, "--help").split("examples:")[1]


def test_the_examples_in_the_help_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shlex

    monkeypatch.chdir(tmp_path)
    examples = [line for line in said(capsys, "--help").splitlines() if line.startswith("  python -m autograd_mini")]
    assert len(examples) == 5
    for line in examples:
        said(capsys, *shlex.split(line)[3:])
    assert {file.name for file in tmp_path.iterdir()} == {"graph.svg", "cost.png", "steps.html"}


def test_from_a_shell(tmp_path: Path) -> None:
    done = run("draw", "20*x**2 + x", "x=3", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().split() == ["wrote", str((tmp_path / "graph.svg").resolve())]
    wrong = run("grad", "x.y", "x=3", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr.startswith(b"error: a dot")
    assert [file.name for file in tmp_path.iterdir()] == ["graph.svg"]


def test_a_locale_without_the_letters_still_gets_them(tmp_path: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    done = run("grad", "x*y", "x=3", "y=2", cwd=tmp_path, **plain)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "∂f/∂x = 2" in done.stdout.decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes differ")
def test_a_closed_pipe_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "autograd_mini", "grad", "x*y", "x=3", "y=2"],
        check=False,
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        timeout=60,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("sin x", "a function is called with parentheses: sin(x)"),
        ("2*sin x + 1", "a function is called with parentheses: sin(x)"),
        ("x²", "² is written **2: x**2"),
        ("2×x", "× is written *"),
        ("√x", "√ is written sqrt(...)"),
    ],
)
def test_what_hands_write_is_told_in_signs(capsys: pytest.CaptureFixture[str], expression: str, message: str) -> None:
    assert message in failed(capsys, "grad", expression, "x=3")


def test_without_a_word_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert "explain" in failed(capsys)


def test_errors_of_options_are_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words, message in (
        (("explain", "x**2", "x=3", "--element", "9"), "error: an entry of x of shape () has 0 indices"),
        (("grad", "x", "x=3", "--fmt", "1000000000.3f"), "error: --fmt 1000000000.3f is no format of numbers"),
        (("draw", "x", "x=3", "-o", "/no/such/a.svg"), "error: the folder does not exist; create it first: /no/such"),
    ):
        err = failed(capsys, *words)
        assert err.startswith(message)
        assert err.count("\n") == 1


def test_odd_names_of_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-x.dot", "a b'; rm x.dot", "new\nline.dot", "\u202ea.dot"):
        assert said(capsys, "draw", "x**2", "x=3", "-o", name).count("\n") == 1
        assert "df/dx" in (tmp_path / name).read_text("utf-8")
    assert len(list(tmp_path.iterdir())) == 4

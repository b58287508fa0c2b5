"""The renderer: finding a program, running it, and checking what it gives."""

from __future__ import annotations

import math
import os
import pickle
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograd_mini import Value, draw, steps
from autograd_mini.chain import _programs, render as render_module
from autograd_mini.chain.render import (
    FORMATS,
    RendererInfo,
    RendererNotFound,
    RenderError,
    RenderTimeout,
    RenderWarning,
    finish_svg,
    render,
    renderer_info,
    set_renderer,
)

ROOT = Path(__file__).parents[2]
SOURCE = 'digraph { x [label="∂C/∂w₁", fontname=Helvetica]; x -> y }'
SVG = '<svg width="8pt" height="8pt" xmlns="http://www.w3.org/2000/svg"></svg>'

posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins for dot are shell scripts")
FakeProgram = Callable[..., Path]


@pytest.fixture
def fake(tmp_path: Path) -> FakeProgram:
    """Write a shell script that stands in for dot."""

    def write(body: str, name: str = "fake-dot", *, executable: bool = True) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755 if executable else 0o644)
        return path

    return write


@pytest.fixture
def nothing_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("dot", "pure", "pygraphviz"):
        monkeypatch.setitem(_programs._FINDERS, kind, lambda: None)


def size_of(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


# --- Drawing ----------------------------------------------------------------------------------------------------------


def test_each_format_is_drawn_or_refused_with_its_name(real: RendererInfo) -> None:
    assert {"svg", "png"} <= set(real.formats)
    for format in FORMATS:
        if format in real.formats:
            assert len(render(SOURCE, format)) > 500
        else:
            with pytest.raises(RendererNotFound, match=rf"no {format} could be drawn.*only svg, png") as caught:
                render(SOURCE, format)
            assert caught.value.source == SOURCE
            assert "apt install graphviz" in str(caught.value)


def test_an_svg_holds_the_text_of_the_source(real: RendererInfo) -> None:
    assert "∂C/∂w₁" in render(SOURCE, "svg").decode()


def test_the_same_source_gives_the_same_picture(real: RendererInfo) -> None:
    assert finish_svg(render(SOURCE, "svg").decode()) == finish_svg(render(SOURCE, "svg").decode())


def test_pixels_follow_the_dpi_and_144_is_the_default(real: RendererInfo) -> None:
    once, twice, default = (size_of(render(SOURCE, "png", dpi=dpi)) for dpi in (72.0, 144.0, None))
    assert default == twice
    assert twice == pytest.approx([2 * side for side in once], abs=2)


def test_the_background_replaces_the_one_of_the_source(real: RendererInfo) -> None:
    source = "digraph { bgcolor=transparent; x }"
    assert b"#123456" not in render(source, "svg")
    assert b"#123456" in render(source, "svg", background="#123456")


def test_another_layout_engine_lays_out_otherwise(real: RendererInfo) -> None:
    chain = "digraph { a -> b -> c -> d }"
    assert render(chain, "svg", engine="circo") != render(chain, "svg")


def test_a_mistake_in_the_source_is_told_in_the_programs_words(real: RendererInfo) -> None:
    with pytest.raises(RenderError, match="exit status 1") as caught:
        render("digraph { a -> }", "svg")
    assert not isinstance(caught.value, RendererNotFound)
    assert caught.value.source == "digraph { a -> }"


@pytest.mark.parametrize(
    ("width", "height"),
    [(600, 1), (1, 600), (200, 200)],
    ids=["wide", "tall", "large"],
)
def test_too_many_pixels_are_reduced_with_a_warning(
    real: RendererInfo, monkeypatch: pytest.MonkeyPatch, width: int, height: int
) -> None:
    # The real limits with a picture of 57,600 dots a side would cost seconds: a tenth of them, the same arithmetic.
    monkeypatch.setattr(render_module, "MAX_SIDE", 3_276)
    monkeypatch.setattr(render_module, "MAX_PIXELS", 1_000_000)
    with pytest.warns(RenderWarning, match=r"pixels; drawn at .* dpi"):
        png = render(f"graph {{ x [shape=box, width={width}, height={height}] }}", "png")
    across, down = size_of(png)
    assert max(across, down) <= 3_276
    assert across * down <= 1_000_000
    assert max(across / 3_276, down / 3_276, across * down / 1_000_000) > 0.98


def test_the_limits_are_those_of_the_manual() -> None:
    assert (render_module.MAX_SIDE, render_module.MAX_PIXELS) == (32_767, 100_000_000)


# --- Arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["png; touch x", "-o/etc/x", "SVG", "", "dot", None, 3])
def test_formats_are_checked_against_the_list(format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="format is one of svg, png, pdf"):
        render(SOURCE, format)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dpi", [0.0, 0.5, -72.0, math.nan, math.inf])
def test_dpi_must_be_a_number_to_draw_with(dpi: float) -> None:
    with pytest.raises(ValueError, match="dpi must be 1 or more"):
        render(SOURCE, "png", dpi=dpi)


def test_dpi_is_for_pixels() -> None:
    with pytest.raises(ValueError, match="dpi is for png alone"):
        render(SOURCE, "svg", dpi=72)


@pytest.mark.parametrize("timeout", [0.0, -1.0, math.nan])
def test_timeout_must_be_positive(timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout must be a positive number"):
        render(SOURCE, "svg", timeout=timeout)


@pytest.mark.parametrize("timeout", [1e9, math.inf])
def test_timeout_may_be_as_long_as_one_likes(real: RendererInfo, timeout: float) -> None:
    assert render(SOURCE, "svg", timeout=timeout)


def test_engine_and_background_are_checked() -> None:
    with pytest.raises(ValueError, match="engine is one of dot, neato"):
        render(SOURCE, "svg", engine="dot -o/etc/x")
    with pytest.raises(ValueError, match="background is a colour"):
        render(SOURCE, "svg", background="red; x=y")


def test_the_source_must_be_text() -> None:
    with pytest.raises(TypeError, match="a str, got bytes"):
        render(b"digraph {}", "svg")  # type: ignore[arg-type]


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ud800", "\ufffe"])
def test_a_source_with_a_character_that_nothing_shows_is_refused(character: str) -> None:
    with pytest.raises(ValueError, match=rf"character 10 .* U\+{ord(character):04X}.*clean_text"):
        render(f"digraph {{ {character} }}", "svg")


# --- Programs that misbehave ------------------------------------------------------------------------------------------


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with_state = Path(f"/proc/{pid}/stat")
    return not (with_state.exists() and with_state.read_text().rpartition(")")[2].split()[0] == "Z")


def ended(pid: int) -> bool:
    limit = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < limit:
        time.sleep(0.01)
    return not is_running(pid)


@posix
@pytest.mark.parametrize(
    "ending",
    ["wait", f"echo '{SVG}'; exit 0"],
    ids=["hangs", "ends but leaves a child at the pipe"],
)
def test_a_hang_ends_with_the_time_limit_and_leaves_no_process(fake: FakeProgram, tmp_path: Path, ending: str) -> None:
    set_renderer(fake(f"cd {tmp_path}; echo $$ > parent; sleep 60 & echo $! > child; {ending}"))
    begin = time.monotonic()
    with pytest.raises(RenderTimeout, match=r"did not finish within 0\.5 s.*timeout=") as caught:
        render(SOURCE, "svg", timeout=0.5)
    assert time.monotonic() - begin < 5
    assert caught.value.source == SOURCE
    assert ended(int((tmp_path / "parent").read_text()))
    assert ended(int((tmp_path / "child").read_text()))


@posix
def test_the_time_limit_covers_both_runs_of_a_png(fake: FakeProgram) -> None:
    set_renderer(fake(f"sleep 0.4; echo '{SVG}'"))
    with pytest.raises(RenderTimeout):
        render(SOURCE, "png", timeout=0.6)


@posix
def test_an_interrupt_leaves_no_process(fake: FakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: subprocess.Popen[bytes], *_: object, **__: object) -> None:
        while not (tmp_path / "parent").exists():
            time.sleep(0.01)
        raise KeyboardInterrupt

    set_renderer(fake(f"echo $$ > {tmp_path}/writing; mv {tmp_path}/writing {tmp_path}/parent; exec sleep 60"))
    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        render(SOURCE, "svg")
    assert ended(int((tmp_path / "parent").read_text()))


@posix
@pytest.mark.parametrize(
    ("body", "format", "message"),
    [
        ("echo 'Error: no memory for that' >&2; exit 1", "svg", "exit status 1.*Error: no memory for that"),
        ("exit 3", "svg", "exit status 3.*nothing on standard error"),
        ("kill -9 $$", "svg", r"was ended by signal 9 \(Killed"),
        ("echo hello", "svg", "gave no svg: it is not well-formed XML"),
        ("echo '<html></html>'", "svg", "its first element is <html>"),
        ("echo '<svg width=\"8pt\"><g>'", "svg", "not well-formed"),
        ("printf '<svg>\\377</svg>'", "svg", "not well-formed"),
        ("exit 0", "svg", "gave no svg: nothing came"),
        ("echo hello", "pdf", "gave no pdf: it begins with b'hello"),
        ("echo '%PDF-1.5'", "pdf", "gave no pdf: it breaks off"),
        ("echo '<svg></svg>'", "png", "without a width and a height"),
        ('echo \'<svg width="0pt" height="0pt"></svg>\'', "png", "without a width and a height"),
        (f"echo '{SVG}'", "png", "gave no png: it begins with b'<svg"),
        (f"case $3 in -Tsvg) echo '{SVG}';; *) printf '\\211PNG\\r\\n\\032\\nIHDR';; esac", "png", "it breaks off"),
    ],
)
def test_what_is_no_picture_is_an_error(fake: FakeProgram, body: str, format: str, message: str) -> None:
    path = fake(f"cat > /dev/null\n{body}")
    set_renderer(path)
    with pytest.raises(RenderError, match=f"(?s){message}") as caught:
        render(SOURCE, format)
    assert type(caught.value) is RenderError
    assert caught.value.source == SOURCE
    assert str(path) in str(caught.value)
    assert "set_renderer" in str(caught.value)


@posix
@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        ("", "gave no svg: it lacks n_0, n_1 of the source"),
        ('<g id="n_0"/>', "it lacks n_1 of the source"),
        ('<g id="n_0"/><g id="n_1"/>', "it has no width, no height or no viewBox"),
    ],
)
def test_a_picture_without_its_cards_or_its_height_is_none(fake: FakeProgram, drawing: str, message: str) -> None:
    """An empty SVG is well-formed, and a program that ends with status 0 is believed otherwise."""
    set_renderer(fake(f"cat > /dev/null; echo 'Warning: lost' >&2; echo '<svg width=\"8pt\">{drawing}</svg>'"))
    x = Value(2.0, name="x")
    picture = draw(x * x)
    for drawn in (picture.svg, picture.png, steps(x * x).svg, steps(x * x).html, steps(x * x).gif):
        with pytest.raises(RenderError, match=message) as caught:
            drawn()
        assert "Warning: lost" in str(caught.value)


@posix
def test_a_picture_that_fails_leaves_no_file(fake: FakeProgram, tmp_path: Path) -> None:
    set_renderer(fake("cat > /dev/null; exit 3"))
    x = Value(2.0, name="x")
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("a.svg", "a.png", "a.pdf"):
        with pytest.raises(RenderError):
            draw(x * x).save(folder / name)
    for name in ("a.html", "a.svg", "a.gif", "pictures"):
        with pytest.raises(RenderError):
            steps(x * x).save(folder / name)
    assert [*folder.iterdir()] == []


@posix
def test_a_program_that_reads_nothing_is_told_by_its_words(fake: FakeProgram) -> None:
    set_renderer(fake("echo 'Error: busy' >&2; exit 1"))
    with pytest.raises(RenderError, match="Error: busy"):
        render(f"digraph {{ x [label={'x' * 1_000_000}] }}", "svg")


@posix
def test_long_and_dirty_words_are_cut_and_cleaned(fake: FakeProgram) -> None:
    set_renderer(fake('for k in 1 2 3 4 5 6 7; do printf "$k\\033[31m%0500d\\n" 0 >&2; done; exit 1'))
    with pytest.raises(RenderError) as caught:
        render(SOURCE, "svg")
    lines = str(caught.value).splitlines()[1:-1]
    assert [line[2] for line in lines] == list("34567")
    assert max(map(len, lines)) <= 302
    assert "\x1b" not in str(caught.value)


@posix
def test_programs_get_their_arguments_apart_and_no_shell(fake: FakeProgram, tmp_path: Path) -> None:
    path = fake(f"for each in \"$@\"; do echo \"$each\"; done > '{tmp_path}/arguments'; echo '{SVG}'", "a dot; touch x")
    set_renderer(path)
    render(SOURCE, "svg", engine="neato", background="white")
    assert (tmp_path / "arguments").read_text().split() == ["-q", "-Kneato", "-Tsvg", "-Gbgcolor=white"]
    assert not (tmp_path / "x").exists()


@posix
@pytest.mark.usefixtures("nothing_found")
def test_auto_goes_on_to_the_next_program(fake: FakeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = fake("", "broken")
    broken.write_text("#!/nowhere/sh\n")
    svg_alone = fake(
        f"case $3 in -Tsvg) echo '{SVG}';; "
        "*) echo 'Format: \"pdf\" not recognized. Use one of: canon svg' >&2; exit 1;; esac",
        "svg-alone",
    )
    all_formats = fake("printf '%%PDF-1.5 %%%%EOF'", "all-formats")
    monkeypatch.setitem(_programs._FINDERS, "dot", lambda: str(broken))
    monkeypatch.setitem(_programs._FINDERS, "pure", lambda: str(svg_alone))
    assert render(SOURCE, "svg").startswith(b"<svg")
    with pytest.raises(RendererNotFound, match=r"(?s)broken.* cannot be started.*svg-alone.* writes no pdf, only svg"):
        render(SOURCE, "pdf")
    monkeypatch.setitem(_programs._FINDERS, "dot", lambda: str(all_formats))
    assert render(SOURCE, "pdf").startswith(b"%PDF")


@posix
def test_a_program_that_went_away_is_named(fake: FakeProgram) -> None:
    path = fake(f"echo '{SVG}'")
    set_renderer(path)
    path.unlink()
    with pytest.raises(RendererNotFound, match=r"(?s)fake-dot.* cannot be started: No such file"):
        render(SOURCE, "svg")


# --- Choosing ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_found")
def test_without_any_program_the_cures_are_named_and_the_source_is_kept() -> None:
    with pytest.raises(RendererNotFound) as caught:
        render(SOURCE, "svg")
    for cure in ('pip install "autograd-mini[dot]"', "apt install graphviz", "set_renderer", "AUTOGRAD_MINI_DOT"):
        assert cure in str(caught.value)
    assert caught.value.source == SOURCE
    with pytest.raises(RendererNotFound, match="pip install"):
        renderer_info()
    for which in ("dot", "pure", "pygraphviz"):
        with pytest.raises(FileNotFoundError, match="was not found"):
            set_renderer(which)


def test_a_wrong_choice_is_refused_at_once_and_changes_nothing(
    fake: FakeProgram, tmp_path: Path, real: RendererInfo
) -> None:
    with pytest.raises(ValueError, match=r'"pygraphviz", or the path.*no program on the PATH'):
        set_renderer("graphvizz")
    with pytest.raises(FileNotFoundError, match="there is no program"):
        set_renderer(tmp_path / "missing" / "dot")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        set_renderer(tmp_path)
    with pytest.raises(TypeError, match="got int"):
        set_renderer(3)  # type: ignore[arg-type]
    assert renderer_info() == real


@posix
def test_a_program_must_be_executable(fake: FakeProgram) -> None:
    with pytest.raises(PermissionError, match="make it executable"):
        set_renderer(fake("", executable=False))


@posix
def test_a_path_may_be_relative_and_stays_good_elsewhere(
    fake: FakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fake(f"echo '{SVG}'")
    monkeypatch.chdir(tmp_path)
    set_renderer(f".{os.sep}{path.name}")
    monkeypatch.chdir("/")
    assert render(SOURCE, "svg").startswith(b"<svg")
    assert renderer_info().path == str(path)


@posix
def test_a_name_on_the_path_will_do(fake: FakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fake(f"echo '{SVG}'", "dot-of-mine")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    set_renderer("dot-of-mine")
    assert renderer_info().path == str(path)


@posix
def test_the_environment_variable_names_a_program_and_a_choice_goes_before_it(
    fake: FakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_environment, chosen = fake("", "in-environment"), fake("", "chosen")
    monkeypatch.setenv("AUTOGRAD_MINI_DOT", str(in_environment))
    assert renderer_info().path == str(in_environment)
    set_renderer(chosen)
    assert renderer_info().path == str(chosen)
    set_renderer("auto")
    assert renderer_info().path == str(in_environment)


def test_a_wrong_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_MINI_DOT", "/nowhere/dot")
    with pytest.raises(RendererNotFound, match="environment variable AUTOGRAD_MINI_DOT: there is no program") as caught:
        render(SOURCE, "svg")
    assert caught.value.source == SOURCE


@posix
def test_the_info_reads_as_a_line(fake: FakeProgram) -> None:
    path = fake(
        "case $* in *-V*) echo 'dot - graphviz version 9.0.0 (20230911.1827)' >&2;; "
        "*) echo 'Format: \"none\" not recognized. Use one of: canon pdf png svg svgz' >&2; exit 1;; esac"
    )
    set_renderer(path)
    assert renderer_info() == RendererInfo("dot", str(path), "9.0.0 (20230911.1827)", ("svg", "png", "pdf"))
    assert str(renderer_info()) == f"Graphviz dot 9.0.0 (20230911.1827) (svg, png, pdf): {path}"


@posix
def test_the_info_of_a_program_that_says_nothing_or_hangs(fake: FakeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fake("sleep 60")
    set_renderer(path)
    monkeypatch.setattr(_programs, "_PROBE_LIMIT", 0.1)
    assert renderer_info() == RendererInfo("dot", str(path), "unknown", ())
    assert str(renderer_info()) == f"Graphviz dot unknown (formats unknown): {path}"


@posix
def test_dot_is_found_on_the_path(fake: FakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fake("", "dot")
    monkeypatch.setenv("PATH", str(tmp_path))
    set_renderer("dot")
    assert (renderer_info().kind, renderer_info().path) == ("dot", str(path))
    path.chmod(0o644)
    with pytest.raises(FileNotFoundError, match="Graphviz dot was not found"):
        set_renderer("dot")


@posix
def test_graphviz_pure_is_found_where_it_was_installed_then_by_scripts_then_by_path(
    fake: FakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    # An installation, as its record describes it.
    monkeypatch.setattr("sys.path", [str(tmp_path / "site")])
    installed = tmp_path / "bin" / "graphviz-pure"
    installed.parent.mkdir()
    record = tmp_path / "site" / "graphviz_pure-0.2.2.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: graphviz-pure\nVersion: 0.2.2\n")
    (record / "RECORD").write_text("../bin/graphviz-pure,,\n")
    assert _programs._find_pure() is None
    on_path = fake("", "graphviz-pure")
    assert _programs._find_pure() == str(on_path)
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path / "scripts"))
    in_scripts = tmp_path / "scripts" / "graphviz-pure"
    in_scripts.parent.mkdir()
    on_path.rename(in_scripts)
    assert _programs._find_pure() == str(in_scripts)
    installed.write_bytes(in_scripts.read_bytes())
    installed.chmod(0o755)
    assert _programs._find_pure() == str(installed.resolve())


@pytest.fixture
def stand_in_for_pygraphviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Install a small pygraphviz of the wanted version that draws its settings as text."""

    def install(version: str) -> None:
        (tmp_path / "pygraphviz.py").write_text(
            "class AGraph:\n"
            "    def __init__(self, string):\n"
            "        self.string, self.graph_attr = string, {}\n"
            "    def draw(self, format, prog):\n"
            "        if 'broken' in self.string: raise ValueError('bad input data')\n"
            "        words = f'{self.string} {format} {prog} {self.graph_attr}'.replace('<', '').encode()\n"
            "        return b'<svg width=\"8pt\" height=\"8pt\">' + words + b'</svg>'\n"
        )
        (tmp_path / "pygraphviz").mkdir()
        (tmp_path / "pygraphviz.py").rename(tmp_path / "pygraphviz" / "__init__.py")
        record = tmp_path / f"pygraphviz-{version}.dist-info"
        record.mkdir()
        (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pygraphviz\nVersion: {version}\n")
        monkeypatch.syspath_prepend(tmp_path)

    return install


def test_pygraphviz_draws_in_a_process_of_its_own(stand_in_for_pygraphviz: Callable[[str], None]) -> None:
    stand_in_for_pygraphviz("2.0.4")
    set_renderer("pygraphviz")
    svg = render("digraph { ∂ }", "svg", engine="neato", background="white").decode()
    assert "digraph { ∂ } svg neato {'bgcolor': 'white'}" in svg
    assert "pygraphviz" not in sys.modules
    assert renderer_info().version == "2.0.4"
    with pytest.raises(RenderError, match=r"(?s)exit status 1.*ValueError: bad input data"):
        render("digraph { broken }", "svg")


def test_an_old_pygraphviz_does_not_count(stand_in_for_pygraphviz: Callable[[str], None]) -> None:
    stand_in_for_pygraphviz("1.14")
    with pytest.raises(FileNotFoundError, match="pygraphviz was not found"):
        set_renderer("pygraphviz")


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(RenderTimeout("too long", SOURCE)))
    assert (type(error), str(error), error.source) == (RenderTimeout, "too long", SOURCE)


# --- Surroundings -----------------------------------------------------------------------------------------------------


def test_a_plain_c_locale_without_a_home_changes_nothing(real: RendererInfo, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from autograd_mini.chain.render import finish_svg, render, save, set_renderer\n"
        "set_renderer(sys.argv[1])\n"
        f"source = {SOURCE!a}\n"
        "save(finish_svg(render(source, 'svg').decode()), 'a.svg')\n"
        "save(source, 'a.dot')\n"
    )
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *sys.path])
    if sys.platform == "win32":
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    command = [sys.executable, "-c", script, real.kind]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "a.dot").read_text(encoding="utf-8") == SOURCE
    assert "∂C/∂w₁" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_the_order_of_the_search_is_the_documented_one() -> None:
    assert list(_programs._FINDERS) == ["dot", "pure", "pygraphviz"]

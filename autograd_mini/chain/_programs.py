"""The programs that draw: finding Graphviz's ``dot``, graphviz-pure or pygraphviz, and running it under a time limit.

All three take DOT text and give a picture. graphviz-pure is a port of Graphviz in one program without dependencies;
pygraphviz carries Graphviz as a library, which gets a Python process of its own here, so that a hang can be ended.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["dot", "pure", "pygraphviz"]

FORMATS = ("svg", "png", "pdf")
ENVIRONMENT_VARIABLE = "AUTOGRAD_MINI_DOT"
CURES = f"""Any one of these gives a renderer:
  pip install "autograd-mini[dot]" (svg, png)
  the system's Graphviz: apt install graphviz, brew install graphviz, winget install graphviz (svg, png, pdf)
  set_renderer("/path/of/dot"), or the environment variable {ENVIRONMENT_VARIABLE}"""

if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0
_PROBE_LIMIT = 10.0
_PYGRAPHVIZ_AT_LEAST = (2, 0, 1)
_PYGRAPHVIZ_SCRIPT = """
import os, sys
sys.path[:] = sys.argv[1].split(os.pathsep)
import pygraphviz
try:
    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8"))
    for setting in sys.argv[4:]:
        name, _, value = setting.partition("=")
        graph.graph_attr[name] = value
    sys.stdout.buffer.write(graph.draw(format=sys.argv[2], prog=sys.argv[3]))
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


class RenderError(RuntimeError):
    """A picture could not be drawn.

    Parameters
    ----------
    message : str
        What happened and what to do.
    source : str, default ""
        The DOT text, kept as the attribute `source`: it can be saved, and drawn elsewhere.

    Examples
    --------
    >>> RenderError("no picture", "digraph {}").source
    'digraph {}'
    """

    def __init__(self, message: str, source: str = "") -> None:
        super().__init__(message)
        self.source = source


class RendererNotFound(RenderError):
    """No program was found that draws the wanted format."""


class RenderTimeout(RenderError):
    """The drawing took longer than its time limit and was ended."""


@dataclass(frozen=True)
class RendererInfo:
    """The program that draws.

    Attributes
    ----------
    kind : {"dot", "pure", "pygraphviz"}
        Graphviz's own program, graphviz-pure, or the Python package pygraphviz.
    path : str
        The program; for pygraphviz the folder from which it is imported.
    version : str
        As the program itself tells it, or ``"unknown"``.
    formats : tuple of str
        Those of svg, png and pdf that it writes.

    Examples
    --------
    >>> print(RendererInfo("dot", "/usr/bin/dot", "12.2.1", ("svg", "png", "pdf")))
    Graphviz dot 12.2.1 (svg, png, pdf): /usr/bin/dot
    """

    kind: Kind
    path: str
    version: str
    formats: tuple[str, ...]

    def __str__(self) -> str:
        formats = ", ".join(self.formats) or "formats unknown"
        return f"{_TITLES[self.kind]} {self.version} ({formats}): {self.path}"


@dataclass(frozen=True)
class Program:
    """A renderer that was found: its kind and its path."""

    kind: Kind
    path: str

    def __str__(self) -> str:
        return f"{_TITLES[self.kind]} ({self.path})"

    def command(self, format: str, engine: str, settings: Mapping[str, str]) -> list[str]:
        """Argument list that draws DOT text from standard input to standard output."""
        pairs = [f"{name}={value}" for name, value in settings.items()]
        if self.kind == "pygraphviz":
            # The same folders in the same order, so that the process imports what was found here.
            return [sys.executable, "-c", _PYGRAPHVIZ_SCRIPT, os.pathsep.join(sys.path), format, engine, *pairs]
        # -q keeps graphviz-pure's notices out of standard error; errors still show.
        return [self.path, "-q", f"-K{engine}", f"-T{format}", *(f"-G{pair}" for pair in pairs)]


def run(command: list[str], payload: bytes, timeout: float | None) -> subprocess.CompletedProcess[bytes]:
    """Run `command` on `payload`; nothing that it started outlives the time limit or an interrupt."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        creationflags=_NO_WINDOW,
    ) as process:
        try:
            output, errors = process.communicate(payload, timeout=timeout)
        except BaseException:
            _kill_group(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    # macOS answers EPERM where a group holds only processes that have ended.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def unknown_format(errors: bytes) -> tuple[str, ...] | None:
    """Formats that the program names after ``-T`` with one that it does not know; None if it said nothing of it."""
    said = re.search(rb'Format: "[^"]*" not recognized\.(?:\s*Use one of:([^\n]*))?', errors)
    if said is None:
        return None
    listed = (said[1] or b"").decode("ascii", "replace").split()
    return tuple(format for format in FORMATS if format in listed)


def set_renderer(which: str | os.PathLike[str] = "auto") -> None:
    """Choose the program that draws.

    The choice holds for the whole process, all threads included. Without one, the environment variable
    ``AUTOGRAD_MINI_DOT`` is asked, which takes the same words and paths; without that, ``"auto"`` holds.

    Parameters
    ----------
    which : str or path, default "auto"
        - ``"auto"``: the first of the three below that is found and writes the wanted format;
        - ``"dot"``: the program ``dot`` of a Graphviz on the PATH;
        - ``"pure"``: graphviz-pure, the package behind ``pip install "autograd-mini[dot]"``;
        - ``"pygraphviz"``: the Python package of that name, 2.0.1 or later;
        - a path, or the name of a program on the PATH, that takes Graphviz's options.

    Raises
    ------
    FileNotFoundError, PermissionError, IsADirectoryError
        If the program is not there or cannot be run.
    ValueError
        If `which` is none of the words and no program has that name.
    TypeError
        If `which` is neither text nor a path.

    Examples
    --------
    >>> set_renderer("auto")
    """
    global _chosen  # noqa: PLW0603  # one choice for the process, as documented
    _chosen = None if which == "auto" else find_program(which)


_chosen: Program | None = None


def renderer_info() -> RendererInfo:
    """Tell which program draws, in which version, and what it writes.

    Returns
    -------
    RendererInfo
        Prints as one line.

    Raises
    ------
    RendererNotFound
        If there is no program; the message names the cures.

    Examples
    --------
    >>> from autograd_mini.chain.render import renderer_info
    >>> print(renderer_info())  # doctest: +SKIP
    graphviz-pure 0.2.2 (Rust port of Graphviz 16.1.0) (svg, png): .../bin/graphviz-pure
    """
    program = next(programs(), None)
    if program is None:
        raise RendererNotFound(f"no renderer was found. {CURES}")
    if program.kind == "pygraphviz":
        version = importlib.metadata.version("pygraphviz")
    else:
        said = re.search(r"version (.+)", _probe([program.path, "-V"]))
        version = said[1].strip() if said else "unknown"
    formats = unknown_format(_probe(program.command("none", "dot", {})).encode()) or ()
    return RendererInfo(program.kind, program.path, version, formats)


def _probe(command: list[str]) -> str:
    """Everything that `command` prints; nothing if it cannot be run."""
    try:
        done = run(command, b"graph {}", _PROBE_LIMIT)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def programs() -> Iterator[Program]:
    """Yield the programs to try, in order: the one that was asked for, or all that are found."""
    wanted = os.environ.get(ENVIRONMENT_VARIABLE) or "auto"
    if _chosen is not None:
        yield _chosen
    elif wanted != "auto":
        try:
            yield find_program(wanted)
        except (OSError, ValueError) as error:
            raise RendererNotFound(f"the environment variable {ENVIRONMENT_VARIABLE}: {error}") from error
    else:
        for kind, find in _FINDERS.items():
            path = find()
            if path is not None:
                yield Program(kind, path)


def find_program(which: str | os.PathLike[str]) -> Program:
    """Find the program that a word or a path names, or raise an error that says what would work."""
    words = 'a renderer is "auto", "dot", "pure", "pygraphviz", or the path of a program that takes Graphviz\'s options'
    if not isinstance(which, (str, os.PathLike)):
        raise TypeError(f"{words}; got {type(which).__name__}")
    for kind, find in _FINDERS.items():
        if which == kind:
            path = find()
            if path is None:
                raise FileNotFoundError(f"{_TITLES[kind]} was not found. {CURES}")
            return Program(kind, path)
    name = os.fspath(which)
    found = shutil.which(name)
    if found is None:
        if os.path.isdir(name):
            raise IsADirectoryError(f"{name} is a folder; {words}")
        if os.path.isfile(name):
            raise PermissionError(f"{name} may not be executed; make it executable, or choose another: {words}")
        if isinstance(which, str) and os.path.basename(name) == name:
            raise ValueError(f"{words}; got {which!r}, and no program on the PATH has that name")
        raise FileNotFoundError(f"there is no program {name}; {words}")
    kind_of_path: Kind = "pure" if "graphviz-pure" in os.path.basename(found) else "dot"
    return Program(kind_of_path, os.path.abspath(found))


def _find_dot() -> str | None:
    found = shutil.which("dot")
    return None if found is None else os.path.abspath(found)


def _find_pure() -> str | None:
    name = "graphviz-pure.exe" if sys.platform == "win32" else "graphviz-pure"
    places = []
    with suppress(importlib.metadata.PackageNotFoundError):
        files = importlib.metadata.distribution("graphviz-pure").files or []
        places = [Path(os.fspath(file.locate())).resolve() for file in files if file.name == name]
    places.append(Path(sysconfig.get_path("scripts"), name))
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            return str(place)
    found = shutil.which(name)
    return None if found is None else os.path.abspath(found)


def _find_pygraphviz() -> str | None:
    spec = importlib.util.find_spec("pygraphviz")
    if spec is None or spec.origin is None or not sys.executable:
        return None
    try:
        numbers = re.findall(r"\d+", importlib.metadata.version("pygraphviz"))
    except importlib.metadata.PackageNotFoundError:
        return None
    if tuple(map(int, numbers[:3])) < _PYGRAPHVIZ_AT_LEAST:
        return None
    return str(Path(spec.origin).parent.parent)


_TITLES: dict[Kind, str] = {"dot": "Graphviz dot", "pure": "graphviz-pure", "pygraphviz": "pygraphviz"}
_FINDERS: dict[Kind, Callable[[], str | None]] = {"dot": _find_dot, "pure": _find_pure, "pygraphviz": _find_pygraphviz}

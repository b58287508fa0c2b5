"""History: columns, words and plots."""

import base64
import io
import math
import pathlib
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from nn import History


def history(*losses: float, **columns: list[float]) -> History:
    made = History(columns)
    for i, loss in enumerate(losses):
        made.record({"loss": loss, "seconds": 0.5, **{name: column[i] for name, column in columns.items()}})
    return made


def test_columns() -> None:
    h = history(3.0, 2.0, 1.0, validation_loss=[3.5, 1.5, 2.5], accuracy=[0.1, 0.2, 0.3])
    assert len(h) == 3
    assert h.epochs == [1, 2, 3]
    assert h.losses == h["loss"] == [3.0, 2.0, 1.0]
    assert h.validation_losses == h["validation_loss"] == [3.5, 1.5, 2.5]
    assert h.metrics == {"accuracy": [0.1, 0.2, 0.3]}
    assert h.seconds == [0.5] * 3
    assert h.best_epoch == 2
    assert list(h) == h.names == ["loss", "validation_loss", "accuracy", "seconds"]
    assert "accuracy" in h
    assert "epoch" not in h
    assert not h.interrupted


def test_to_dict_is_a_copy_and_makes_a_table() -> None:
    pandas = pytest.importorskip("pandas")
    h = history(2.0, 1.0, accuracy=[0.5, 0.75])
    table = pandas.DataFrame(h.to_dict())
    assert list(table.columns) == ["epoch", "loss", "accuracy", "seconds"]
    assert table.accuracy.tolist() == [0.5, 0.75]
    h.to_dict()["loss"].append(7.0)
    assert len(h) == 2


def test_empty() -> None:
    h = History()
    assert len(h) == 0
    assert h.validation_losses == []
    assert h.best_epoch is None
    assert repr(h) == "History(0 epochs)"
    with pytest.raises(ValueError, match="nothing to plot"):
        h.plot()


def test_best_epoch_passes_over_nan() -> None:
    assert history(math.nan, 2.0, 2.0, 3.0).best_epoch == 2
    assert history(math.nan).best_epoch is None


def test_an_epoch_is_recorded_whole_or_not() -> None:
    h = history(1.0, accuracy=[0.5])
    with pytest.raises(ValueError, match="'accuracy'"):
        h.record({"loss": 1.0, "seconds": 1.0})
    with pytest.raises(ValueError, match="'speed'"):
        h.record({"loss": 1.0, "seconds": 1.0, "accuracy": 1.0, "speed": 1.0})
    assert len(h) == len(h["accuracy"]) == 1


def test_unknown_columns_are_named() -> None:
    with pytest.raises(KeyError, match="no column 'losses'; there are loss, accuracy, seconds"):
        history(1.0, accuracy=[0.5])["losses"]


def test_repr() -> None:
    h = history(2.0, 0.123456, validation_loss=[3.0, 0.5])
    h.interrupted = True
    assert repr(h) == "History(2 epochs, loss 2 → 0.1235, validation loss 3 → 0.5, 1 s, interrupted)"
    assert repr(history(2.0)) == "History(1 epoch, loss 2, 0.5 s)"


def test_pickle() -> None:
    h = pickle.loads(pickle.dumps(history(2.0, 1.0)))
    assert h.losses == [2.0, 1.0]


# --- plots ------------------------------------------------------------------------------------------------------------

LONG = history(*np.geomspace(1, 0.001, 60), validation_loss=list(np.geomspace(2, 0.1, 60)))


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_saves(ending: str, start: bytes, tmp_path: pathlib.Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / f"loss.{ending}"
    LONG.plot(path)
    assert path.read_bytes().startswith(start)


def curves(figure: Any, panel: int = 0) -> dict[str, Any]:
    return {line.get_label(): line for line in figure.axes[panel].lines}


def test_draws_losses_and_the_best_epoch() -> None:
    pytest.importorskip("matplotlib")
    h = history(3.0, 2.0, 1.0, validation_loss=[3.5, 1.5, 2.5])
    figure: Any = h.plot(title="Ring")
    lines = curves(figure)
    assert lines["training"].get_xydata().tolist() == [[1, 3.0], [2, 2.0], [3, 1.0]]
    assert lines["validation"].get_ydata().tolist() == [3.5, 1.5, 2.5]
    assert lines["best: 1.5 in epoch 2"].get_xydata().tolist() == [[2, 1.5]]
    assert (lines["training"].get_color(), lines["validation"].get_color()) == ("#2a7ab8", "#c8550a")
    assert figure.get_suptitle() == "Ring"
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == list(lines)


def test_draws_metrics_beside() -> None:
    pytest.importorskip("matplotlib")
    names: Any = {name: [0.1, 0.2] for name in ("accuracy", "validation_accuracy", "recall", "validation_recall")}
    figure = history(3.0, 2.0, **names).plot()
    assert list(curves(figure, 1)) == ["accuracy", "validation accuracy", "recall", "validation recall"]
    single = history(3.0, 2.0, accuracy=[0.1, 0.2]).plot()
    assert single.axes[1].get_ylabel() == "accuracy"
    assert single.axes[1].get_legend() is None


@pytest.mark.parametrize(
    ("losses", "log", "scale"),
    [
        ([1.0, 0.5], None, "linear"),
        ([1.0, 0.01], None, "log"),
        ([1.0, 0.01], False, "linear"),
        ([1.0, 0.5], True, "log"),
        ([1.0, -1.0], None, "linear"),
        ([1.0, 0.0], None, "linear"),
        ([math.nan, 1.0, math.inf], None, "linear"),
        ([math.nan], None, "linear"),
    ],
)
def test_scale(losses: list[float], log: bool | None, scale: str) -> None:
    pytest.importorskip("matplotlib")
    figure: Any = history(*losses).plot(log=log)
    assert figure.axes[0].get_yscale() == scale
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_no_logarithm_of_negative_losses() -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(ValueError, match="positive losses, the least is -1"):
        history(1.0, -1.0).plot(log=True)


def test_bad_paths(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(ValueError, match="xyz"):
        LONG.plot(tmp_path / "loss.xyz")
    with pytest.raises(FileNotFoundError):
        LONG.plot(tmp_path / "missing" / "loss.png")
    assert list(tmp_path.iterdir()) == []


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60).stdout


def test_neither_import_nor_a_plot_into_a_file_touches_pyplot(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("matplotlib")
    code = (
        "import sys, nn; assert not any(name.startswith(('matplotlib', 'tqdm')) for name in sys.modules);"
        f"h = nn.History(); h.record({{'loss': 1.0, 'seconds': 1.0}}); h.plot({str(tmp_path / 'loss.png')!r});"
        "assert 'matplotlib.pyplot' not in sys.modules; print('fine')"
    )
    assert run(code) == "fine\n"


@pytest.fixture
def plt() -> Iterator[Any]:
    """pyplot without windows, and without figures of other tests."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.close("all")
    pyplot.switch_backend("agg")
    yield pyplot
    pyplot.close("all")


def pixels(plt: Any, save: Any) -> Any:
    file = io.BytesIO()
    save(file, format="png", dpi=50)
    file.seek(0)
    return plt.imread(file)


def test_a_plot_is_pyplots_current_figure(plt: Any) -> None:
    other = plt.figure()
    figure = LONG.plot()
    assert plt.gcf() is figure
    shown = pixels(plt, plt.savefig)
    assert shown.std() > 0.05  # an empty image has one colour
    assert np.array_equal(shown, pixels(plt, figure.savefig))
    assert other.axes == []
    again = history(1.0).plot()
    assert plt.gcf() is again
    assert len(figure.axes[0].lines) == 3  # the first one keeps its own curves
    assert sorted(plt.get_fignums()) == [1, 2, 3]


def test_many_plots_leave_ten_figures_open(plt: Any, tmp_path: pathlib.Path) -> None:
    figures = [history(1.0).plot() for _ in range(25)]
    assert len(plt.get_fignums()) == 10
    assert plt.gcf() is figures[-1]
    assert figures[0]._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]
    for _ in range(25):
        history(1.0).plot(tmp_path / "loss.png")
    assert len(plt.get_fignums()) == 10
    plt.close("all")
    history(1.0).plot()
    assert len(plt.get_fignums()) == 1


def test_a_plot_that_fails_leaves_no_figure(plt: Any) -> None:
    wrongs: list[tuple[History, bool | None]] = [(History(), None), (history(-1.0), True)]
    for wrong, log in wrongs:
        with pytest.raises(ValueError, match=r"nothing to plot|positive losses"):
            wrong.plot(log=log)
    assert plt.get_fignums() == []


def test_draws_on_axes(plt: Any, tmp_path: pathlib.Path) -> None:
    h = history(3.0, 2.0, accuracy=[0.1, 0.2])
    figure, (left, right) = plt.subplots(1, 2)
    assert h.plot(ax=left, title="Ring") is left
    assert left.get_title() == "Ring"
    assert len(left.lines) == 2
    assert not right.lines
    figure, pair = plt.subplots(1, 2)
    assert h.plot(tmp_path / "loss.png", ax=pair) is pair
    assert [list(curves(figure, panel)) for panel in (0, 1)] == [["training", "best: 2 in epoch 2"], ["training"]]
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert len(plt.get_fignums()) == 2
    assert len(h.plot().axes) == 2


def test_notebooks_show_a_plot_once(plt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They show the result of a cell, and at its end what is open in pyplot."""
    figure: Any = LONG.plot()
    shown = figure._repr_mimebundle_(include=None, exclude=None)
    assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG")
    assert plt.fignum_exists(figure.number)  # a window stays
    monkeypatch.setattr("matplotlib.get_backend", lambda: "module://matplotlib_inline.backend_inline")
    assert figure._repr_mimebundle_() == shown
    assert plt.get_fignums() == []


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("matplotlib") or name == "nn.plotting"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "autograd-mini\[plot\]"'):
        LONG.plot()

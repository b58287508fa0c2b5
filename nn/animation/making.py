"""``animate``: train a model on points of the plane, and show how."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..data import Array, as_count, as_samples
from ..history import History
from ..losses import Loss
from ..optim.options import number
from ..progress import _somebody_looks
from ..training import Trainable, fit
from .picture import meaning_of
from .recording import Recorder, plane_around, predict

_FRAMES = 60
_SIDE, _SCALAR_SIDE = 120, 24
_SUFFIXES = (".gif", ".html")


class Animation(NamedTuple):
    """A training and its animation; ``history, path = animate(...)``. Notebooks show it.

    Parameters
    ----------
    history : History
        Losses and times of the epochs.
    path : pathlib.Path
        The file.
    """

    history: History
    path: Path

    def _repr_html_(self) -> str:
        """The file as it is now, inside the notebook."""
        data = self.path.read_bytes()
        if self.path.suffix.lower() == ".gif":
            uri = f"data:image/gif;base64,{base64.b64encode(data).decode()}"
            return f'<img alt="The training, epoch by epoch" src="{uri}">'
        page = escape(data.decode("utf-8"))
        return (
            '<iframe title="The training, epoch by epoch" sandbox="allow-scripts" width="100%" height="760" '
            f'style="border:0" srcdoc="{page}"></iframe>'
        )


def animate(  # noqa: PLR0913 (those of a training, and of its picture)
    model: Trainable,
    X: Any,
    y: Any,
    *,
    loss: str | Loss = "mse",
    optimizer: str | Any = "adam",
    lr: float | None = None,
    epochs: int = 100,
    path: str | os.PathLike[str] = "training.gif",
    every: int | None = None,
    batch_size: int = 32,
    validation: Any = None,
    callbacks: Iterable[Any] | Any = (),
    progress: bool | str = "auto",
    shuffle: bool = True,
    seed: int | np.random.Generator | None = None,
    seconds: float = 0.1,
    title: str = "",
    dpi: float = 96,
) -> Animation:
    """Train a model on points of the plane, and write a GIF or a page that shows how it learns.

    Each frame shows what the model says all over the plane, with the data; the cost up to that epoch; and the size of
    the gradients of each layer. It needs matplotlib.

    Parameters
    ----------
    model : Module, or any callable with ``parameters()``
        With two inputs, and one output or one for each class.
    X : array, shape (samples, 2)
        The points.
    y : array, shape (samples,), (samples, 1) or (samples, classes)
        The targets: 0 and 1, or -1 and 1, for two classes and one output; the numbers of the classes, or a column for
        each; or any numbers for a model that learns a number.
    loss, optimizer, lr, epochs, batch_size, validation, callbacks, shuffle, seed
        As for ``fit``, which does the training.
    path : path
        The file: ``.gif``, or ``.html`` for a page with a slider, which loads nothing from elsewhere.
    every : int, optional
        Show every so many epochs, besides the first and the last. By default about 60 frames, closer together in the
        beginning, when most happens.
    progress : bool or "auto"
        Show the progress of the training and then of the frames, as ``fit`` does.
    seconds : float
        How long a frame stays.
    title : str
        What to write above.
    dpi : float
        Pixels per inch; the picture is 10 inches wide.

    Returns
    -------
    Animation
        ``history`` and ``path``.

    Raises
    ------
    ImportError
        Without matplotlib; the message says how to install it. Nothing was trained then, nor in the next two cases.
    ValueError
        If the data is not two numbers a sample, the file has another ending, or outputs and targets do not fit.
    FileNotFoundError
        If the folder does not exist.
    DivergenceError
        If the loss becomes infinite or NaN, as from ``fit``.

    Examples
    --------
    >>> import tempfile
    >>> from nn import MLP, animate
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> folder = tempfile.mkdtemp()
    >>> history, path = animate(
    ...     MLP(2, [8, 1], seed=1), X, [0, 1, 1, 0], lr=0.05, epochs=40, every=20, path=folder + "/xor.gif", seed=1
    ... )
    >>> len(history), path.name
    (40, 'xor.gif')
    """
    try:
        from .files import gif, page, plain, save
        from .frames import Scene
    except ImportError as error:
        raise ImportError(f'animations need matplotlib: pip install "autograd-mini[plot]" ({error})') from error
    points, targets = _points(X, y)
    file = _file(path)
    n_epochs, wait = as_count(epochs, "epochs", 1), number("seconds", seconds, low=0.02, below=60.0)
    resolution = number("dpi", dpi, low=30.0, below=601.0)
    meaning = meaning_of(predict(model, points[:1]).repeat(len(points), axis=0), targets, loss)
    side = _SCALAR_SIDE if getattr(model, "scalar", False) else _SIDE
    recorder = Recorder(plane_around(points, side), points, _chosen(n_epochs, every))
    history = fit(
        model,
        points,
        targets,
        loss=loss,
        optimizer=optimizer,
        lr=lr,
        epochs=n_epochs,
        batch_size=batch_size,
        validation=validation,
        callbacks=[*(callbacks if isinstance(callbacks, Iterable) else [callbacks]), recorder],
        progress=progress,
        shuffle=shuffle,
        seed=seed,
    )
    is_gif = file.suffix.lower() == ".gif"
    title = plain(title)
    scene = Scene(recorder, history, meaning, title if is_gif else "", resolution)  # a page has its own heading
    frames = _drawn(scene.images(), len(recorder.epochs), progress)
    save(gif(frames, wait) if is_gif else page(frames, scene.told, title, wait), file)
    return Animation(history, file)


def _points(X: Any, y: Any) -> tuple[Array, Array]:
    """The data, if it is points of the plane with targets."""
    if y is None:
        raise ValueError("animate shows what a model says against targets: pass y")
    points, targets = as_samples(X, y)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(
            f"animate shows the plane, so X has two numbers a sample, shape (samples, 2); its shape is {points.shape}. "
            "Choose two columns, X[:, :2], or train with fit"
        )
    if targets is None or not (np.isfinite(points).all() and np.isfinite(targets).all()):
        raise ValueError("X or y holds infinite or NaN numbers")
    return points, targets


def _file(path: str | os.PathLike[str]) -> Path:
    """The file, if it can be written."""
    file = Path(path).absolute()
    if file.suffix.lower() not in _SUFFIXES:
        raise ValueError(f"the file's ending chooses what is written: {' or '.join(_SUFFIXES)}; got {file.name!r}")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"the folder {file.parent} does not exist; create it first")
    return file


def _chosen(epochs: int, every: int | None) -> Callable[[int], bool]:
    """Whether an epoch has a frame; the first and the last always have."""
    if every is not None:
        step = as_count(every, "every", 1)
        return lambda epoch: epoch == 1 or epoch % step == 0
    shown = {max(1, round(epochs * (i / _FRAMES) ** 1.6)) for i in range(1, _FRAMES + 1)}
    return shown.__contains__


def _drawn(images: Iterable[Array], count: int, progress: bool | str) -> list[Array]:
    """All frames, with a bar if one is wanted and tqdm is there."""
    if progress is True or (progress == "auto" and _somebody_looks()):
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return list(images)
        images = tqdm(images, "frames", count, unit="frame", delay=0.0 if progress is True else 1.0)
    return list(images)

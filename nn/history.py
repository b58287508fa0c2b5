"""What happened during training, epoch by epoch."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from matplotlib.figure import Figure

T = TypeVar("T")


class History:
    """Losses, metrics and times of the epochs of a training.

    Epochs are counted from 1. ``history["loss"]`` is a column by its name, ``len(history)`` the number of
    completed epochs, and ``pandas.DataFrame(history.to_dict())`` makes it a table.

    Parameters
    ----------
    names : iterable of str
        What is recorded in each epoch besides ``"loss"`` and ``"seconds"``: ``"validation_loss"``, and metrics by name.

    Attributes
    ----------
    interrupted : bool
        Whether the training was cut short by Ctrl-C.

    Examples
    --------
    >>> from nn import History
    >>> history = History(["validation_loss"])
    >>> history.record({"loss": 0.7, "validation_loss": 0.8, "seconds": 0.1})
    >>> history.record({"loss": 0.2, "validation_loss": 0.4, "seconds": 0.1})
    >>> history
    History(2 epochs, loss 0.7 → 0.2, validation loss 0.8 → 0.4, 0.2 s)
    >>> history.best_epoch
    2
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._columns: dict[str, list[float]] = {name: [] for name in ("loss", *names, "seconds")}
        self.interrupted = False

    def record(self, values: Mapping[str, float]) -> None:
        """Append the numbers of one more epoch.

        Raises
        ------
        ValueError
            If ``values`` lacks a column or has one too many; nothing is appended.
        """
        if values.keys() != self._columns.keys():
            raise ValueError(f"an epoch has the columns {self.names}, got {list(values)}")
        for name, column in self._columns.items():
            column.append(float(values[name]))

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return list(self._columns)

    @property
    def epochs(self) -> list[int]:
        """Numbers of the completed epochs, from 1."""
        return list(range(1, len(self) + 1))

    @property
    def losses(self) -> list[float]:
        """Mean loss over the samples of each epoch, each taken just before the step that learned from it."""
        return self._columns["loss"]

    @property
    def validation_losses(self) -> list[float]:
        """Loss on the validation data after each epoch; empty without such data."""
        return self._columns.get("validation_loss", [])

    @property
    def seconds(self) -> list[float]:
        """How long each epoch took."""
        return self._columns["seconds"]

    @property
    def metrics(self) -> dict[str, list[float]]:
        """The columns besides losses and times."""
        return {name: c for name, c in self._columns.items() if name not in {"loss", "validation_loss", "seconds"}}

    @property
    def best_epoch(self) -> int | None:
        """The epoch with the least validation loss, or, without one, the least loss; None if there is none."""
        column = self.validation_losses or self.losses
        numbers = [(value, epoch) for epoch, value in zip(self.epochs, column, strict=True) if not math.isnan(value)]
        return min(numbers)[1] if numbers else None

    def __len__(self) -> int:
        return len(self.losses)

    def __getitem__(self, name: str) -> list[float]:
        try:
            return self._columns[name]
        except KeyError:
            raise KeyError(f"no column {name!r}; there are {', '.join(self.names)}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def to_dict(self) -> dict[str, list[float]]:
        """A copy of all columns by name, with the numbers of the epochs first."""
        return {"epoch": [*self.epochs], **{name: [*column] for name, column in self._columns.items()}}

    def __repr__(self) -> str:
        count = len(self)
        parts = [f"{count} epoch{'s' * (count != 1)}"]
        for name, column in self._columns.items():
            if name != "seconds" and column:
                ends = [column[0], column[-1]] if count > 1 else column
                parts.append(f"{name.replace('_', ' ')} {' → '.join(f'{value:.4g}' for value in ends)}")
        parts += [f"{sum(self.seconds):.3g} s"] * bool(count) + ["interrupted"] * self.interrupted
        return f"History({', '.join(parts)})"

    @overload
    def plot(
        self,
        path: str | os.PathLike[str] | None = ...,
        *,
        ax: None = ...,
        log: bool | None = ...,
        title: str = ...,
        dpi: float = ...,
    ) -> Figure: ...
    @overload
    def plot(
        self,
        path: str | os.PathLike[str] | None = ...,
        *,
        ax: T,
        log: bool | None = ...,
        title: str = ...,
        dpi: float = ...,
    ) -> T: ...
    def plot(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        ax: Any = None,
        log: bool | None = None,
        title: str = "",
        dpi: float = 150,
    ) -> Any:
        """Draw the losses over the epochs, and the metrics beside them; the best epoch is marked.

        Parameters
        ----------
        path : path, optional
            Where to save the figure, as PNG, SVG or PDF by its ending.
        ax : matplotlib.axes.Axes, or a pair of them, optional
            Where to draw the losses; the second of a pair is for the metrics.
        log : bool, optional
            Whether the losses have a logarithmic axis; by default if the largest is 100 times the least or more.
        title : str
            What to write above.
        dpi : float
            Pixels an inch of a PNG.

        Returns
        -------
        matplotlib.figure.Figure
            It shows itself in notebooks. Without a ``path`` it is also pyplot's current figure, so that
            ``plt.savefig`` and ``plt.show`` find it; the ten latest stay open there. With ``ax``, that is returned.

        Raises
        ------
        ImportError
            Without matplotlib; the message says how to install it.
        ValueError
            If no epoch was completed, ``log=True`` with a loss that is not positive, or for an unknown file type.
        """
        try:
            from .plotting import draw_history, draw_on
        except ImportError as error:
            raise ImportError(f'plots need matplotlib: pip install "autograd-mini[plot]" ({error})') from error
        if ax is None:
            figure = draw_history(self, log, title, in_pyplot=path is None)
        else:
            panels = [ax] if hasattr(ax, "plot") else list(ax)
            draw_on(panels, self, log)
            figure = panels[0].figure
            if title:
                panels[0].set_title(title)
        if path is not None:
            figure.savefig(path, dpi=dpi)
        return figure if ax is None else ax

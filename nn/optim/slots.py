"""What an update rule works on: one parameter, or a row of small ones that are updated together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value

Array = np.ndarray[Any, Any]

SMALL = 8192
"""Entries of the largest parameter in a row. Of small arrays the calls cost, of large ones the arithmetic; and it takes
one pass more over them to gather the gradients."""

FULL = 65536
"""Entries of the longest row, which a processor's cache still holds, with the gradient and what is remembered."""


class Slot:
    """A parameter with what its optimizer remembers about it, and memory to compute in.

    Parameters
    ----------
    parameter : Value
        The leaf that is optimized.
    number : int
        Its place among the optimizer's parameters.
    change : array
        Where an update rule writes what is to be taken off the parameter. It and ``spare`` are shared by all
        parameters of one dtype, so that a step makes no temporary arrays.
    spare : array
        Holds the gradient if it is not the parameter's own, because of weight decay or ``maximize``.

    Attributes
    ----------
    state : dict
        Arrays of the parameter's shape by PyTorch's names for them, and the number of steps; empty before the first.
    """

    __slots__ = ("change", "difference", "number", "parameter", "spare", "state")

    parameter: Value

    def __init__(self, parameter: Value, number: int, change: Array, spare: Array) -> None:
        self.parameter, self.number = parameter, number
        self.state: dict[str, Any] = {}
        self.use(change, spare)

    def use(self, change: Array, spare: Array) -> None:
        """Compute in this memory."""
        self.change, self.spare = change, spare
        self.difference = change  # in the parameter's own dtype and shape
        if am.iscomplexobj(self.parameter):
            self.difference = change.view(np.result_type(change, np.complex64)).reshape(self.parameter.shape)

    def remembered(self, name: str, start: float = 0.0) -> Array:
        """The array of that name in the state, filled with ``start`` the first time."""
        array: Array | None = self.state.get(name)
        if array is None:
            if name == "step":
                raise ValueError("'step' is the number of steps, from slot.count(): give the array another name")
            array = self.state[name] = np.full_like(self.change, start)
        return array

    def count(self) -> int:
        """Count this step, and say which one it is: 1 for the first."""
        step: int = self.state.get("step", 0) + 1
        self.state["step"] = step
        return step

    def gradient(self, gradients: Sequence[Any]) -> Array:
        """The gradient, of those of all parameters."""
        return real_numbers(gradients[self.number])

    def data(self, scratch: Array) -> Array:
        """The parameter's numbers to read; ``scratch`` is memory for them."""
        return real_numbers(self.parameter.raw)

    def apply(self) -> None:
        """Take the change off the parameter; off a single number as one, which is faster."""
        change = self.difference
        self.parameter.subtract_(change if change.ndim else change.item())


class Row(Slot):
    """Small parameters one after the other in one row, for rules that treat every entry alike.

    A call of NumPy costs as much as a thousand additions, and a row needs a rule's calls once for all its parameters.
    The memory of each slot in it becomes a piece of the row's. A row has no ``parameter``.
    """

    __slots__ = ("parts",)

    def __init__(self, parts: list[Slot]) -> None:
        self.parts = parts
        size, dtype = sum(part.change.size for part in parts), parts[0].change.dtype
        self.change, self.spare = np.empty(size, dtype), np.empty(size, dtype)
        for part, change, spare in zip(parts, self._pieces(self.change), self._pieces(self.spare), strict=True):
            part.use(change, spare)
        self.state = {
            name: item if name == "step" else np.concatenate([part.state[name].reshape(-1) for part in parts])
            for name, item in parts[0].state.items()
        }

    def _pieces(self, row: Array) -> list[Array]:
        """What belongs to each parameter, in its shape."""
        pieces, start = [], 0
        for part in self.parts:
            end = start + part.change.size
            pieces.append(row[start:end].reshape(part.change.shape))
            start = end
        return pieces

    def gradient(self, gradients: Sequence[Any]) -> Array:
        """The gradients of the row's parameters."""
        for part in self.parts:
            part.spare[...] = gradients[part.number]
        return self.spare

    def data(self, scratch: Array) -> Array:
        """The parameters' numbers, gathered in ``scratch``."""
        for part, piece in zip(self.parts, self._pieces(scratch), strict=True):
            piece[...] = part.parameter.raw
        return scratch

    def apply(self) -> None:
        """Take its piece of the change off each parameter."""
        for part in self.parts:
            part.apply()

    def share(self) -> None:
        """Give each slot its piece of what the row remembers."""
        shared = {name: item if name == "step" else self._pieces(item) for name, item in self.state.items()}
        for i, part in enumerate(self.parts):
            part.state = {name: item if name == "step" else item[i] for name, item in shared.items()}


def slots_of(params: list[Value]) -> list[Slot]:
    """A slot for each parameter; their memory to compute in is cut from two arrays for each dtype."""
    likes = [real_numbers(parameter.raw) for parameter in params]
    sizes: dict[np.dtype[Any], int] = {}
    for like in likes:
        sizes[like.dtype] = max(sizes.get(like.dtype, 0), like.size)
    pools = {dtype: (np.empty(size, dtype), np.empty(size, dtype)) for dtype, size in sizes.items()}
    return [
        Slot(parameter, i, *(pool[: like.size].reshape(like.shape) for pool in pools[like.dtype]))
        for i, (parameter, like) in enumerate(zip(params, likes, strict=True))
    ]


def in_rows(slots: Iterable[Slot]) -> list[Slot]:
    """The slots with the small ones in rows: those of one dtype that remember the same things from as many steps."""
    kept: list[Slot] = []
    rows: dict[Any, list[list[Slot]]] = {}
    for slot in slots:
        size = slot.change.size
        if size > SMALL or not _is_real(slot.parameter.raw):
            kept.append(slot)
            continue
        alike = rows.setdefault((slot.change.dtype, *sorted(slot.state), slot.state.get("step")), [[]])
        if sum(part.change.size for part in alike[-1]) + size > FULL:
            alike.append([])
        alike[-1].append(slot)
    for alike in rows.values():
        kept += [parts[0] if len(parts) == 1 else Row(parts) for parts in alike]
    return kept


def _is_real(data: Any) -> bool:
    """Whether these are NumPy's or Python's real numbers, which can be copied into a row as they are."""
    return isinstance(data, (float, np.floating)) or (type(data) is np.ndarray and data.dtype.kind == "f")


def _as_numpy(data: Any) -> Array:
    """A number, or a copy of another library's array, as NumPy's array."""
    if isinstance(data, (int, float, complex, np.generic)):
        return np.asarray(data)
    try:
        return Value(data, requires_grad=False).numpy()  # type: ignore[no-any-return]
    except Exception as error:
        error.add_note(
            "an optimizer computes with numbers, and changes parameters in place: inside jax.jit take gradients with "
            "grad(f) and return the new parameters"
        )
        raise


def real_numbers(data: Any) -> Array:
    """Numbers and arrays as real arrays; complex ones become a row of real and imaginary parts in turn."""
    array: Array = data if type(data) is np.ndarray else _as_numpy(data)
    return array if array.dtype.kind != "c" else array.reshape(-1).view(array.real.dtype)

"""Buffers: what a module remembers besides its parameters, such as running means."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, Self

import numpy as np

from autograd_mini import Value
from autograd_mini.state import is_differentiating


class Buffer(Value):
    """State of a module that is not trained: saved, loaded and copied with it, and no gradient flows to it.

    Assign one to an attribute, as a ``Parameter``. Later assignments to that attribute keep it a buffer: they store
    the data of what is assigned, a Value or plain data, in the buffer's shape and dtype. So what was computed in a
    graph leaves it there, and a running mean remembers no batch. (To take another shape or dtype, assign a new
    ``Buffer``; in a list, write ``self.means[0].data = mean``.)

    Parameters
    ----------
    data : number, array, nested list of numbers or Value
        The initial value, of any dtype; it is copied. Python's whole numbers become floats, as in a ``Value``.
    persistent : bool
        Whether ``state_dict()`` holds it; False for what can be computed again, such as a mask.
    name : str, optional
        What pictures and messages call it.

    Raises
    ------
    TypeError
        For data that is no number and no array of numbers; and for a Value whose gradient would be lost: pass
        ``value.detach()``. When it is assigned to: for floats in place of whole numbers, and inside ``vmap`` and
        the transformations of other libraries, where the numbers are not known yet.
    ValueError
        When it is assigned to, for another shape.

    Notes
    -----
    An assignment to the module's attribute makes a new buffer, so that what was computed from the old one can still
    be differentiated; ``buffer.data = new`` changes the buffer itself, and earlier results that used it cannot.
    Inside ``checkpoint(f)`` the forward computation runs twice, and so does an update in it.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Buffer, Module
    >>> class Centre(Module):
    ...     def __init__(self, n):
    ...         self.mean = Buffer(np.zeros(n))
    ...
    ...     def forward(self, x):
    ...         if self.training:
    ...             self.mean = 0.9 * self.mean + 0.1 * np.mean(x, axis=0)
    ...         return x - self.mean
    >>> centre = Centre(2)
    >>> centre(np.array([[1.0, 2.0], [3.0, 6.0]])).shape
    (2, 2)
    >>> centre.state_dict()
    {'mean': array([0.2, 0.4])}
    >>> centre
    Centre, 0 parameters; buffers: mean (2,)
    """

    __slots__ = ("persistent",)

    def __init__(self, data: Any, *, persistent: bool = True, name: str | None = None) -> None:
        if isinstance(data, Value):
            if data.requires_grad and (is_differentiating() or not data.is_leaf):
                raise TypeError("a buffer passes no gradient on, and this Value needs one: pass value.detach()")
            data = data.raw
        super().__init__(data, requires_grad=False, name=name)
        self.persistent = persistent

    def _store(self, new: Any) -> None:
        """Replace the data by a copy of ``new`` in the same shape and dtype."""
        if self.op is not None:
            raise TypeError(
                f"{self!r} came as a Value to functional_call, which its gradient flows to: assign new numbers to the "
                "module's attribute, or pass value.detach()"
            )
        data = new.raw if isinstance(new, Value) else new
        if isinstance(data, (int, float)):
            data = np.asarray(data)
        if type(data) is not np.ndarray:
            _check_known(data)
        if not _is_floating(self.raw) and _is_floating(data):
            raise TypeError(
                f"{self!r} holds whole numbers, which would cut off what is assigned, of dtype {Value(data).dtype}: "
                "make it nn.Buffer(array.astype(float))"
            )
        _DATA.__set__(self, data)

    def replaced(self, new: Any) -> Self:
        """A buffer like this one with the data of ``new``."""
        other = copy(self)
        other._store(new)
        return other

    data = Value.data.setter(_store)  # type: ignore[attr-defined]

    def detach(self) -> Value:
        """A copy of the data as a constant, which is no buffer."""
        return Value(self.raw, requires_grad=False, name=self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.raw, self.persistent, self.name)

    def __copy__(self) -> Self:
        other: Self = _again(type(self), self.raw, self.persistent, self.name)
        return other

    def __deepcopy__(self, memo: dict[int, Any] | None) -> Self:
        return copy(self)


_DATA: Any = Value.data


def _again(kind: type[Any], data: Any, persistent: bool, name: str | None) -> Any:
    """A copy of a buffer."""
    return kind(data, persistent=persistent, name=name)


def _is_floating(data: Any) -> bool:
    """Whether these are floating or complex numbers, in whatever library."""
    if type(data) is np.ndarray:
        return data.dtype.kind in "fc"
    return type(data) is float or Value(data).requires_grad


def _check_known(data: Any) -> None:
    """Refuse numbers that are not known yet: what is stored outlives the call in which they stand for others."""
    if not hasattr(data, "dtype"):
        return
    try:
        Value(data, requires_grad=False).numpy()
    except Exception as error:
        raise TypeError(
            "a buffer cannot be updated where its numbers are not known, inside vmap, jax.jit or jax.grad: call "
            "model.eval() before, or return what is to be stored and assign it outside"
        ) from error


# --- all buffers of a model -------------------------------------------------------------------------------------------


def buffers_of(model: Any) -> dict[str, Value]:
    """Copies of all buffers of a model by name; of none if it is no Module."""
    named = getattr(model, "named_buffers", None)
    return {name: buffer.detach() for name, buffer in named()} if named else {}


def restore_buffers(model: Any, copies: Mapping[str, Value]) -> None:
    """Give the buffers their numbers back."""
    for name, buffer in model.named_buffers() if copies else ():
        if name in copies:
            buffer.data = copies[name]

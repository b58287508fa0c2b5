"""A module called with other parameters than its own, as a function of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from copy import copy
from types import CellType, FunctionType, MethodType
from typing import Any

from autograd_mini import Value
from autograd_mini.arrays import shape_of

from .buffer import Buffer
from .module import Module, Parameter, _walk


def functional_call(model: Module, state: Mapping[str, Any], /, *args: Any, **kwargs: Any) -> Any:
    """``model(*args, **kwargs)`` with other parameters: a function of ``state`` that can be differentiated.

    The model itself is not touched, so that several threads may call it so at the same time. What its ``forward``
    stores in attributes of its own is stored as by a call of the model, once the call has succeeded.

    Parameters
    ----------
    model : Module
    state : mapping of str to Value, array or number
        By dotted name, as in ``state_dict()``, one for each parameter, in its shape. Gradients flow to those that are
        Values. What the module remembers besides parameters may be there too, and gets its gradient as well.
    *args, **kwargs
        What the model takes.

    Returns
    -------
    Any
        What the model returns.

    Raises
    ------
    ValueError
        If anything is missing, unexpected or of another shape. The message lists every such name.
    TypeError
        If ``model`` is no Module or ``state`` no mapping.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> import nn
    >>> model = nn.Layer.from_weights([[2.0], [3.0]], [1.0], activation="linear")
    >>> x = np.array([1.0, 10.0])
    >>> am.grad(lambda state: nn.functional_call(model, state, x)[0])(model.state_dict())
    {'W': array([[ 1.],
           [10.]]), 'b': array([1.])}

    An ensemble, all members at once:

    >>> states = {"W": np.array([[[2.0], [3.0]], [[0.0], [1.0]]]), "b": np.array([[1.0], [0.0]])}
    >>> am.vmap(lambda state: nn.functional_call(model, state, x))(states)
    array([[33.],
           [10.]])
    """
    if not isinstance(model, Module):
        raise TypeError(f"functional_call takes a Module and its state, got {type(model).__name__}")
    swap = _Swap(_replacements(model, state))
    twin = swap.of(model)
    before = swap.attributes()
    result = twin(*args, **kwargs)
    swap.store_back(before)
    return result


def _replacements(model: Module, state: Mapping[str, Any]) -> dict[int, tuple[Value, Value]]:
    """For each parameter, by its id, what takes its place."""
    if not isinstance(state, Mapping):
        raise TypeError(f"functional_call takes a dict of Values or arrays by name, got {type(state).__name__}")
    own = {name: found for name, found in _walk(model) if isinstance(found, Value)}
    faults = [
        f"missing: {name!r} {entry.shape}{_near(name, state.keys() - own.keys())}"
        for name, entry in own.items()
        if name not in state and isinstance(entry, Parameter)
    ]
    faults += [f"unexpected: {name!r}{_near(name, own.keys() - state.keys())}" for name in state if name not in own]
    new: dict[int, tuple[Value, Value]] = {}
    for name in own.keys() & state.keys():
        item = state[name] if isinstance(state[name], Value) else Value(state[name], requires_grad=False)
        if item.shape != own[name].shape:
            faults.append(f"{name!r} has the wrong shape: expected {own[name].shape}, got {shape_of(item)}")
        else:
            new[id(own[name])] = own[name], _in_place_of(own[name], item)
    if faults:
        raise ValueError(f"the state does not fit {model.describe()}:\n  " + "\n  ".join(faults))
    return new


def _near(name: str, others: Any) -> str:
    import difflib

    near = difflib.get_close_matches(name, others, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _in_place_of(entry: Value, item: Value) -> Value:
    """A Value of the entry's class and name that passes its gradient on to ``item``."""
    new: Value
    if isinstance(entry, Parameter) or item.requires_grad:
        new = object.__new__(type(entry))
        Value.__init__(new, item, name=entry.name)
        if isinstance(entry, Buffer) and isinstance(new, Buffer):
            new.persistent = entry.persistent
    else:
        new = copy(entry)
        new.data = item
    return new


class _Swap:
    """Copies of modules, and of what leads to them, with other parameters inside; everything else is shared."""

    def __init__(self, replacements: dict[int, tuple[Any, Any]]) -> None:
        self._pairs = replacements
        """Original and copy, by the id of the original."""
        self._around: set[int] = set()

    def of(self, thing: Any) -> Any:
        """The copy of something, or the thing itself if nothing in it is replaced."""
        if id(thing) in self._pairs:
            return self._pairs[id(thing)][1]
        if isinstance(thing, Module):
            twin = object.__new__(type(thing))
            self._pairs[id(thing)] = thing, twin
            vars(twin).update({name: self.of(item) for name, item in vars(thing).items()})
            return twin
        if not isinstance(thing, _HOLDERS) or id(thing) in self._around:
            return thing
        self._around.add(id(thing))
        try:
            return self._holder(thing)
        finally:
            self._around.discard(id(thing))

    def _holder(self, thing: Any) -> Any:
        """The copy of a container, or of a function that has modules or parameters in its hands."""
        old = _inside(thing)
        new = [self.of(item) for item in old]
        if all(a is b for a, b in zip(old, new, strict=True)):
            return thing
        other: Any
        if isinstance(thing, dict):
            other = copy(thing)
            other.update(zip(thing, new, strict=True))
        elif isinstance(thing, list):
            other = copy(thing)
            other[:] = new
        elif isinstance(thing, tuple):
            other = type(thing)(*new) if hasattr(thing, "_fields") else type(thing)(new)
        elif isinstance(thing, MethodType):
            other = MethodType(thing.__func__, new[0])
        elif isinstance(thing, functools.partial):
            count = len(thing.args)
            other = type(thing)(new[0], *new[1 : count + 1], **dict(zip(thing.keywords, new[count + 1 :], strict=True)))
        else:
            cells = tuple(map(CellType, new))
            other = FunctionType(thing.__code__, thing.__globals__, thing.__name__, thing.__defaults__, cells)
            other.__kwdefaults__ = thing.__kwdefaults__
            vars(other).update(vars(thing))
        return other

    def attributes(self) -> list[tuple[Module, Module, dict[str, Any]]]:
        """Each module with its copy, and the copy's attributes as they are now."""
        pairs = self._pairs.values()
        return [(module, twin, dict(vars(twin))) for module, twin in pairs if isinstance(module, Module)]

    def store_back(self, before: list[tuple[Module, Module, dict[str, Any]]]) -> None:
        """Give the modules the attributes that were assigned to or deleted in their copies."""
        originals = {id(twin): thing for thing, twin in self._pairs.values()}
        for module, twin, old in before:
            for name in old.keys() - vars(twin).keys():
                delattr(module, name)
            for name, item in vars(twin).items():
                if name not in old or old[name] is not item:
                    setattr(module, name, originals.get(id(item), item))


_HOLDERS = (list, tuple, dict, MethodType, FunctionType, functools.partial)


def _inside(thing: Any) -> list[Any]:
    """What a container holds, or what a function has in its hands beside its arguments."""
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, (list, tuple)):
        return list(thing)
    if isinstance(thing, MethodType):
        return [thing.__self__]
    if isinstance(thing, functools.partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    return [] if thing.__closure__ is None else [_content(cell) for cell in thing.__closure__]


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a variable without a value yet
        return None

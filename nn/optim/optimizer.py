"""The base of all optimizers: which parameters, which options, what is remembered between steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from autograd_mini import Value

from .options import Check, number, switch
from .slots import Array, Row, Slot, in_rows, real_numbers, slots_of


class Optimizer:
    """Base of the optimizers: holds parameters and changes them by their gradients.

    A subclass names its state in ``always`` and ``sometimes`` and defines ``update``. Options are attributes, checked
    by the functions that the class has in ``checks``; assigning one later, such as ``optimizer.lr = 0.01`` in a
    schedule, checks it as at construction. Three options belong to this base, which acts on them in every subclass:
    ``lr``, ``weight_decay`` and ``maximize``; others are the subclass's own, whatever their names mean elsewhere.

    Parameters
    ----------
    params : iterable of Value
        The leaves to change, such as ``model.parameters()``: numbers or arrays of any floating or complex dtype.
    lr : float
        Learning rate. Positive; a schedule may set it to 0 later.
    **options
        The subclass's options, each by name.

    Raises
    ------
    ValueError
        If there are no parameters, one of them is no Value, was computed, is not floating or comes twice, or an
        option is out of range or has a name that the base uses itself, such as "step". The message quotes it.

    Notes
    -----
    A parameter whose ``.grad`` is None is left alone. Gradients that are infinite or NaN are used as they are, as in
    PyTorch, without warnings: check them before (``clip_grad_norm(..., error_if_nonfinite=True)``), or let ``fit`` do
    so. Entries of a complex parameter are treated as pairs of real ones.

    Parameters may hold arrays of other libraries (tensors, JAX arrays) and keep them. Update rules compute in NumPy,
    so that each step copies gradients there and changes back.
    """

    always: ClassVar[tuple[str, ...]] = ()
    """Names of what the rule remembers for every parameter that it has changed."""

    sometimes: ClassVar[tuple[str, ...]] = ()
    """Names of what it remembers with some options only."""

    decoupled: ClassVar[bool] = False
    """Whether weight decay bypasses the rule, and is taken off the parameter itself."""

    entrywise: ClassVar[bool] = False
    """Whether ``update``, in the class that defines it, treats every entry by itself: it is then called for many small
    parameters at once, with their gradients in one row."""

    checks: ClassVar[Mapping[str, Check]] = {"lr": number, "weight_decay": number, "maximize": switch}
    """For options by name, ``f(name, value)`` that returns the value in its proper type or raises ValueError."""

    lr: float
    weight_decay: float = 0.0
    maximize: bool = False

    _slots: list[Slot]
    _updated: list[Slot]
    _present: list[bool]

    def __init__(self, params: Iterable[Value], lr: float, **options: Any) -> None:
        for name in options:
            if name in _OWN or (hasattr(Optimizer, name) and name not in Optimizer.checks):
                raise ValueError(f"an option cannot be called {name!r}, optimizers use that name themselves")
        self._names = ("lr", *options)
        for name, value in {"lr": lr, **options}.items():
            setattr(self, name, value)
        if self.lr == 0:
            raise ValueError(f"lr must be positive, got {lr!r}: with that nothing would be learned")
        self.params = _checked(params)
        self._go_on([{} for _ in self.params])

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, self._proper(name, value))

    def _proper(self, name: str, value: Any) -> Any:
        """The value of an option in its proper type; what no check is for passes as it is."""
        check = type(self).checks.get(name)
        return value if check is None else check(name, value)

    def update(self, slot: Slot, g: Array) -> None:
        """Write into ``slot.change`` what is to be taken off the parameter whose gradient is ``g``."""
        raise NotImplementedError(f"{type(self).__name__} does not define update(slot, g)")

    def step(self) -> None:
        """Change every parameter that has a gradient, in place.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> from nn.optim import SGD
        >>> w = Value(3.0)
        >>> optimizer = SGD([w], lr=0.1)
        >>> (w * w).backward()
        >>> optimizer.step()
        >>> round(w.data, 12)
        2.4
        """
        gradients, present = [], []
        for slot in self._slots:
            g = slot.parameter.grad
            gradients.append(g)
            present.append(g is not None)
        if present != self._present:
            self._arrange(present)
        decay = self.weight_decay
        with np.errstate(all="ignore"):  # a warning turned into an error would leave a step half done
            for slot in self._updated:
                g = slot.gradient(gradients)
                if self.maximize:
                    g = np.negative(g, out=slot.spare)
                if decay and not self.decoupled:
                    g = np.add(g, np.multiply(slot.data(slot.change), decay, out=slot.change), out=slot.spare)
                self.update(slot, g)
                if decay and self.decoupled:
                    slot.change += np.multiply(slot.data(slot.spare), self.lr * decay, out=slot.spare)
                slot.apply()

    def _arrange(self, present: list[bool]) -> None:
        """Choose what is updated, now that others than before have a gradient."""
        self._share()
        self._present = []  # an interrupted rearrangement is made once more
        slots = [slot for slot, has in zip(self._slots, present, strict=True) if has]
        definer = next(kind for kind in type(self).__mro__ if "update" in vars(kind))
        self._updated = in_rows(slots) if vars(definer).get("entrywise") else slots
        self._present = present

    def _share(self) -> None:
        """Give every slot its state, also of what rows remember for it."""
        for slot in self._updated:
            if isinstance(slot, Row):
                slot.share()

    def zero_grad(self) -> None:
        """Forget the gradients: ``.grad`` of every parameter becomes None."""
        for parameter in self.params:
            parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """A copy of everything that a later run needs to go on from here.

        Returns
        -------
        dict
            ``"optimizer"`` (the class's name), ``"options"`` (by name) and ``"state"`` (for the number of each
            parameter that was ever changed, its step count and arrays by PyTorch's names for them).

        Examples
        --------
        >>> from autograd_mini import Value
        >>> from nn.optim import SGD
        >>> w = Value(3.0)
        >>> SGD([w], lr=0.1, momentum=0.9).state_dict()["options"]["momentum"]
        0.9
        """
        self._share()
        copied = {
            i: {name: item.copy() if isinstance(item, np.ndarray) else item for name, item in slot.state.items()}
            for i, slot in enumerate(self._slots)
            if slot.state
        }
        return {
            "optimizer": type(self).__name__,
            "options": {name: getattr(self, name) for name in self._names},
            "state": copied,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state: its options and arrays replace the ones here.

        Parameters
        ----------
        state : mapping
            From ``state_dict()`` of an optimizer of this class with parameters of the same shapes.

        Raises
        ------
        ValueError
            If anything is missing, unexpected, of another shape or type. The message lists every such thing,
            and nothing was loaded.
        TypeError
            If ``state`` is no mapping.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"load_state_dict takes a dict as state_dict() gives it, got {type(state).__name__}")
        if set(state) != {"optimizer", "options", "state"}:
            raise ValueError(f"expected a dict with 'optimizer', 'options' and 'state', got {list(state)}")
        faults: list[str] = []
        if state["optimizer"] != type(self).__name__:
            faults.append(f"it is of {state['optimizer']!r}")
        options = self._loadable_options(state["options"], faults)
        states = self._loadable_states(state["state"], faults)
        if faults:
            raise ValueError(
                f"the state does not fit this {type(self).__name__}; nothing was loaded:\n  " + "\n  ".join(faults)
            )
        for name, value in options.items():
            setattr(self, name, value)
        self._go_on(states)

    def _loadable_options(self, options: Any, faults: list[str]) -> dict[str, Any]:
        """The options in their proper types; what is wrong is added to ``faults``."""
        if not isinstance(options, Mapping):
            faults.append(f"options: expected a dict, got {type(options).__name__}")
            return {}
        faults += [f"missing option: {name!r}" for name in self._names if name not in options]
        faults += [f"unexpected option: {name!r}" for name in options if name not in self._names]
        new = {}
        for name in options.keys() & set(self._names):
            try:
                new[name] = self._proper(name, options[name])
            except ValueError as error:
                faults.append(f"option {error}")
        return new

    def _loadable_states(self, states: Any, faults: list[str]) -> list[dict[str, Any]]:
        """A copy of the state of each parameter; what is wrong is added to ``faults``."""
        if not isinstance(states, Mapping):
            faults.append(f"state: expected a dict, got {type(states).__name__}")
            return []
        faults += [f"unexpected parameter: {key!r}" for key in states if key not in range(len(self.params))]
        return [self._loadable(i, slot, states.get(i, {}), faults) for i, slot in enumerate(self._slots)]

    def _loadable(self, i: int, slot: Slot, state: Any, faults: list[str]) -> dict[str, Any]:
        if not isinstance(state, Mapping):
            faults.append(f"parameter {i}: expected a dict, got {type(state).__name__}")
            return {}
        if state:
            faults += [f"parameter {i}: missing {name!r}" for name in self.always if name not in state]
            faults += [
                f"parameter {i}: unexpected {name!r}" for name in state if name not in self.always + self.sometimes
            ]
        new: dict[str, Any] = {}
        for name in state.keys() & {*self.always, *self.sometimes}:
            item, fault = _step(state[name]) if name == "step" else _fitting(state[name], slot.change)
            new[name] = item
            faults += [f"parameter {i}, {name!r}: {fault}"] if fault else []
        return new

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        count = sum(parameter.size for parameter in self.params)
        return f"{type(self).__name__}({count:,} numbers in {len(self.params):,} parameters, {options})"

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles keep: all but the memory to compute in."""
        self._share()
        kept = {name: item for name, item in vars(self).items() if name not in {"_slots", "_updated", "_present"}}
        return {**kept, "_states": [slot.state for slot in self._slots]}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        states = kept.pop("_states")
        vars(self).update(kept)
        self._go_on(states)

    def _go_on(self, states: list[dict[str, Any]]) -> None:
        """Start with what the slots remember; the first step arranges them."""
        self._slots = slots_of(self.params)
        for slot, state in zip(self._slots, states, strict=True):
            slot.state = state
        self._updated = []
        self._present = []


_OWN = {"params", "_names", "_slots", "_updated", "_present"}
"""What an optimizer keeps in attributes besides its options."""


def _checked(params: Any) -> list[Value]:
    """The parameters as a list, or an error about the first that cannot be optimized."""
    if isinstance(params, Value):
        raise ValueError("params must be an iterable of parameters, got a single Value: put it in a list, [value]")
    if callable(getattr(params, "parameters", None)):
        raise ValueError(f"params must be an iterable of parameters, got {params!r:.60}: pass its .parameters()")
    if not isinstance(params, Iterable) or isinstance(params, (str, bytes, Mapping)):
        raise ValueError(f"params must be an iterable of parameters, such as model.parameters(), got {params!r}")
    found: dict[int, Value] = {}
    for i, parameter in enumerate(params):
        if not isinstance(parameter, Value):
            hint = "; pass model.parameters()" if isinstance(parameter, (tuple, str)) else ""
            raise ValueError(f"params[{i}] must be a Value, got {type(parameter).__name__}: {parameter!r:.60}{hint}")
        if not parameter.is_leaf:
            raise ValueError(f"params[{i}] must be a leaf, but {parameter!r} was computed: optimize what it came from")
        if real_numbers(parameter.raw).dtype.kind != "f":
            raise ValueError(f"params[{i}] must be floating, got {parameter!r} of dtype {parameter.dtype}")
        if id(parameter) in found:
            first = list(found).index(id(parameter))
            raise ValueError(
                f"params[{i}] is the same Value as params[{first}], {parameter!r}: it would change twice a step"
            )
        found[id(parameter)] = parameter
    if not found:
        raise ValueError("params holds no parameters: it is empty, or a generator that was used up before")
    return list(found.values())


def _step(item: Any) -> tuple[int, str]:
    """A count of steps from a state, or what is wrong with it."""
    if isinstance(item, bool) or not isinstance(item, (int, np.integer)) or item < 1:
        return 0, f"expected a whole number from 1, got {item!r}"
    return int(item), ""


def _fitting(item: Any, like: Array) -> tuple[Any, str]:
    """A copy of an array from a state in the dtype of ``like``, or what is wrong with it."""
    if not isinstance(item, np.ndarray) or item.dtype.kind != "f":
        return None, f"expected a floating array of shape {like.shape}, got {item!r:.60}"
    if item.shape != like.shape:
        return None, f"expected shape {like.shape}, got {item.shape}"
    return item.astype(like.dtype), ""

"""Parameters, and modules that own them.

A module finds its parameters and buffers by looking through its attributes, so defining one takes nothing but assigning
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.guards import check_kept
from autograd_mini.state import STATE, Scope

from .buffer import Buffer


class Parameter(Value):
    """A leaf Value that a module owns and training changes.

    Parameters
    ----------
    data : float, array or nested list of numbers
        The initial value, real and floating; it is copied. Whole Python numbers become floats.
    name : str, optional
        What pictures and explanations call it.
    requires_grad : bool
        Whether gradients flow to it; False freezes it, and ``parameter.requires_grad = ...`` changes it later.

    Raises
    ------
    TypeError
        For data that is not floating, and for a computed Value, which is no leaf.

    Examples
    --------
    >>> from nn import Parameter
    >>> w = Parameter([0.5, -1.0], name="w")
    >>> (w * w).sum().backward()
    >>> w.grad
    array([ 1., -2.])
    """

    __slots__ = ()

    def __init__(self, data: Any, *, name: str | None = None, requires_grad: bool = True) -> None:
        if isinstance(data, Value):
            if not data.is_leaf:
                raise TypeError(
                    "a parameter is a leaf, and this Value was computed: pass value.detach() for its data, or call a "
                    f"module {_CURE}"
                )
            check_kept(data, "a parameter", f"pass value.detach(), or call a module {_CURE}")
            data = data.raw
        if type(data) is list:
            data = _floats(data)
        super().__init__(data, requires_grad=requires_grad or None, name=name)
        if not self.requires_grad or am.iscomplexobj(self):
            raise TypeError(f"a parameter is real and floating, got dtype {self.dtype}; pass array.astype(float)")
        self.requires_grad = requires_grad


_CURE = "with Values as its parameters, by nn.functional_call(model, state, x)"


def _floats(numbers: list[Any]) -> Any:
    """Nested lists of whole numbers as floats, like a single whole number; anything else as it is."""
    array = np.asarray(numbers)
    return array.astype(float) if array.dtype.kind in "iu" else numbers


class Module:
    """Base class of everything with parameters: assign Parameters and Modules to attributes, and define ``forward``.

    Parameters, Modules and Buffers (what is remembered but not trained) are found in attributes, also inside lists,
    tuples and dicts, in the order in which the attributes were first assigned. One that appears twice (tied weights, a
    shared module) counts once, under its first name. ``super().__init__()`` need not be called.

    Calling the module runs ``forward`` and groups its operations, so that pictures draw it as one cluster. The cluster
    shows the name of the attribute that holds the module (of the outermost one its class) and ``describe()``.

    Examples
    --------
    >>> from nn import Layer, Module
    >>> class TwoLayers(Module):
    ...     def __init__(self):
    ...         self.hidden = Layer(2, 3, "tanh", seed=0)
    ...         self.out = Layer(3, 1, "linear", seed=1)
    ...
    ...     def forward(self, x):
    ...         return self.out(self.hidden(x))
    >>> model = TwoLayers()
    >>> [name for name, p in model.named_parameters()]
    ['hidden.W', 'hidden.b', 'out.W', 'out.b']
    >>> model([1.0, 2.0]).shape
    (1,)
    >>> model
    TwoLayers, 13 parameters
      hidden: Layer(2→3, tanh), 9 parameters: W (2, 3), b (3,)
      out: Layer(3→1, linear), 4 parameters: W (3, 1), b (1,)
    """

    training: bool = True
    """Whether the module is being trained (True) or used (False); layers such as dropout act on it."""

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every module defines its own.

        Raises
        ------
        NotImplementedError
            If a subclass does not define it.
        """
        kind = type(self).__name__
        raise NotImplementedError(f"{kind} does not say what it computes: define {kind}.forward(self, x)")

    if not TYPE_CHECKING:  # a checker would take it for leave to assign to any name

        def __setattr__(self, name, value):
            old = self.__dict__.get(name)
            if isinstance(old, Buffer) and value is not None and not isinstance(value, _FOUND):
                try:
                    value = old.replaced(value)
                except (TypeError, ValueError) as error:
                    error.add_note(f"in an assignment to the buffer {name!r} of {type(self).__name__}")
                    raise
            object.__setattr__(self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run ``forward`` inside a scope with the module's name; an error gets a note that says in which module."""
        state = STATE.get()
        call = _Call(self, state.scope)
        token = STATE.set(state.grouped(call))
        try:
            return self.forward(*args, **kwargs)
        except Exception as error:
            if not any(note.startswith(_WHERE) for note in getattr(error, "__notes__", ())):
                error.add_note(_WHERE + call.path)
            raise
        finally:
            STATE.reset(token)

    def describe(self) -> str:
        """One line about the module, the title of its cluster in pictures; a subclass may say more."""
        return type(self).__name__

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Every parameter once with its dotted name, such as ``"hidden.W"``, in order of definition.

        Yields
        ------
        tuple of (str, Parameter)
            Found one by one, so that huge models cost no list.
        """
        return ((name, found) for name, found in _walk(self) if isinstance(found, Parameter))

    def parameters(self) -> Iterator[Parameter]:
        """Every parameter once, in order of definition.

        Examples
        --------
        >>> from nn import Layer
        >>> [p.shape for p in Layer(2, 3).parameters()]
        [(2, 3), (3,)]
        """
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """Every buffer once with its dotted name, in order of definition; also those that are not saved."""
        return ((name, found) for name, found in _walk(self) if isinstance(found, Buffer))

    def buffers(self) -> Iterator[Buffer]:
        """Every buffer once, in order of definition."""
        return (buffer for _, buffer in self.named_buffers())

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Every module inside this one with its dotted name; first this one, whose name is empty."""
        return ((name, found) for name, found in _walk(self) if isinstance(found, Module))

    def modules(self) -> Iterator[Module]:
        """Every module inside this one, each once; first this one."""
        return (module for _, module in self.named_modules())

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` here and in every module inside; returns this module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """The same as ``train(False)``."""
        return self.train(False)

    def state_dict(self) -> dict[str, Any]:
        """A copy of the data of every parameter and of every buffer that is saved.

        Returns
        -------
        dict of str to numpy.ndarray
            By dotted name, in order of definition.
        """
        return {name: entry.numpy() for name, entry in named_state(self)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Replace the data of all parameters and saved buffers by copies from ``state``, in their own dtypes.

        Parameters
        ----------
        state : mapping of str to array
            One array of the right shape for each name in ``state_dict()``; of real numbers for a parameter.

        Raises
        ------
        ValueError
            If anything is missing, unexpected, of another shape or no array of such numbers. The message lists every
            such name, and nothing has changed.
        TypeError
            If ``state`` is no mapping.

        Notes
        -----
        Weights are written ``W[input][neuron]``, and those of PyTorch's ``Linear`` the other way round: load
        ``weight.T``. A square matrix fits either way, so nothing would tell that it was not transposed.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"load_state_dict takes a dict of arrays by name, got {type(state).__name__}")
        for name, item in state.items():
            if isinstance(item, Value):
                check_kept(item, f"load_state_dict({{{name!r}: ...}})", f"call the module {_CURE}")
        own = dict(named_state(self))
        faults = [f"missing: {name!r} {entry.shape}" for name, entry in own.items() if name not in state]
        faults += [f"unexpected: {name!r}" for name in state if name not in own]
        new = {}
        for name, entry in own.items():
            if name in state:
                new[name], fault = _fitting(state[name], entry)
                faults += [f"{name!r} {fault}"] if fault else []
        if faults:
            raise ValueError(f"the state does not fit {self.describe()}; nothing was loaded:\n  " + "\n  ".join(faults))
        for name, array in new.items():
            own[name].data = array

    def __repr__(self) -> str:
        return "\n".join(_outline(self, self.describe(), "", {id(self)}))


# --- who calls whom ---------------------------------------------------------------------------------------------------


class _Call(Scope):
    """The group of operations of one call of a module; it finds its name and title when somebody looks."""

    __slots__ = ("_module", "_names")

    def __init__(self, module: Module, parent: Scope | None) -> None:
        self._module, self.parent = module, parent
        self._names: dict[int, str] | None = None

    @property
    def name(self) -> str:  # type: ignore[override]
        """The attribute that holds the module, in the module that called it; of the outermost one its class."""
        return self._attribute() or type(self._module).__name__

    @property
    def title(self) -> str:  # type: ignore[override]
        """What ``describe`` says; the cluster shows the name beside it, so that it is not said twice."""
        title = self._module.describe()
        return title if self._attribute() else title.removeprefix(self.name).strip() or self.name

    def _attribute(self) -> str:
        caller = self.parent
        while caller is not None and not isinstance(caller, _Call):
            caller = caller.parent
        return "" if caller is None else caller._name_of(self._module)

    def _name_of(self, module: Module) -> str:
        """The attribute that holds a module; looked up once for all of them."""
        if self._names is None:
            self._names = {}
            for name, member in _members(self._module):
                self._names.setdefault(id(member), name)
        return self._names.get(id(module), "")


_WHERE = "in the module "


# --- finding what a module holds --------------------------------------------------------------------------------------


_FOUND = (Parameter, Module, Buffer)
Found: TypeAlias = Parameter | Module | Buffer


def named_state(module: Module) -> Iterator[tuple[str, Parameter | Buffer]]:
    """What makes up the state of a module, by name: its parameters, and the buffers that are saved."""
    for name, found in _walk(module):
        if isinstance(found, Parameter) or (isinstance(found, Buffer) and found.persistent):
            yield name, found


def _members(module: Module) -> Iterator[tuple[str, Found]]:
    """The parameters, buffers and modules that the module holds itself, by name; containers are looked into."""
    for name, attribute in vars(module).items():
        if isinstance(attribute, _FOUND):
            yield name, attribute
        elif isinstance(attribute, (list, tuple, dict)):
            yield from _inside(name, attribute, {id(attribute)})


def _inside(path: str, container: Any, around: set[int]) -> Iterator[tuple[str, Found]]:
    """What a list, tuple or dict holds; ``around`` are the containers on the way, in case one holds itself."""
    items = container.items() if isinstance(container, dict) else enumerate(container)
    for key, item in items:
        if isinstance(item, _FOUND):
            yield f"{path}.{key}", item
        elif isinstance(item, (list, tuple, dict)) and id(item) not in around:
            yield from _inside(f"{path}.{key}", item, around | {id(item)})


def _walk(root: Module) -> Iterator[tuple[str, Found]]:
    """The module and everything in it, each once, in order of definition; no recursion, nothing collected ahead."""
    seen = {id(root)}
    yield "", root
    stack = [("", _members(root))]
    while stack:
        prefix, members = stack[-1]
        for name, member in members:
            if id(member) in seen:
                continue
            seen.add(id(member))
            yield prefix + name, member
            if isinstance(member, Module):
                stack.append((f"{prefix}{name}.", _members(member)))
                break
        else:
            stack.pop()


def _fitting(data: Any, entry: Parameter | Buffer) -> tuple[Any, str]:
    """A copy of ``data`` for the entry of a state, or what is wrong with it."""
    try:
        array = np.asarray(data.raw if isinstance(data, Value) else data)
    except ValueError:
        return None, f"has the wrong type: expected an array of shape {entry.shape}, got a ragged list"
    own = entry.numpy().dtype
    known = _KINDS.get(own.kind, "fiu")
    if array.dtype != own and array.dtype.kind not in known:
        expected = "real numbers" if known == "fiu" else f"what {own} can hold"
        return None, f"has the wrong type: expected {expected}, got {type(data).__name__} of dtype {array.dtype}"
    if array.shape != entry.shape:
        return None, f"has the wrong shape: expected {entry.shape}, got {array.shape}"
    new = array.astype(own)
    if own.kind in "iu" and not np.array_equal(new, array):
        return None, f"has numbers that {own} cannot hold"
    return new, ""


_KINDS = {"b": "b", "i": "iu", "u": "iu", "c": "ciuf"}
"""For each kind of dtype that only buffers have, which kinds can be loaded into it; floats take real numbers."""


def _outline(module: Module, title: str, indent: str, seen: set[int]) -> Iterator[str]:
    """The lines of a module's repr: its title, its own parameters and buffers, and the modules inside it."""
    count = sum(parameter.size for parameter in module.parameters())
    own: dict[type[Value], dict[str, list[tuple[int, ...]]]] = {Parameter: {}, Buffer: {}}
    inner: list[tuple[str, Module]] = []
    for name, member in _members(module):
        if isinstance(member, Module):
            inner.append((name, member))
        else:
            kind = Buffer if isinstance(member, Buffer) else Parameter
            own[kind].setdefault(name.partition(".")[0], []).append(member.shape)
    shapes = {
        kind: ", ".join(f"{name} {_summary(every)}" for name, every in found.items()) for kind, found in own.items()
    }
    parameters = "1 parameter" if count == 1 else f"{count:,} parameters"
    yield (
        f"{indent}{title}, {parameters}"
        + (f": {shapes[Parameter]}" if shapes[Parameter] else "")
        + (f"; buffers: {shapes[Buffer]}" if shapes[Buffer] else "")
    )
    for name, member in inner:
        if id(member) in seen:
            yield f"{indent}  {name}: {member.describe()}, shared, shown above"
        else:
            seen.add(id(member))
            yield from _outline(member, f"{name}: {member.describe()}", indent + "  ", seen)


def _summary(shapes: list[tuple[int, ...]]) -> str:
    """The shapes of what one attribute holds; many equal ones as a number of times."""
    if len(shapes) > 1 and len(set(shapes)) == 1:
        return f"{len(shapes)} × {shapes[0]}"
    return " ".join(map(str, shapes))

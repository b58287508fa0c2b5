"""What recording depends on: whether it is on, and the named group that operations belong to.

Both are held in a context variable, so that threads and tasks have their own, and every change is undone when its
block is left, also by an exception.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar, Token
from typing import Any, Protocol, TypeVar

from .made import decorated

F = TypeVar("F", bound=Callable[..., Any])


class Scope:
    """A named group of operations, such as one call of a module; pictures draw it as a cluster.

    Parameters
    ----------
    name : str
        Short name, one part of the path.
    title : str
        What the picture writes on the cluster; the name if empty.
    parent : Scope or None
        The group around this one.
    """

    __slots__ = ("name", "parent", "title")

    def __init__(self, name: str, title: str = "", parent: Scope | None = None) -> None:
        self.name, self.title, self.parent = name, title or name, parent

    @property
    def path(self) -> str:
        """Names from the outermost group to this one, joined by dots."""
        return self.name if self.parent is None else f"{self.parent.path}.{self.name}"


class State:
    """What recording depends on; held in a context variable, so threads and tasks have their own.

    Every operation asks for it, and a slot of an object is read several times as fast as a tuple is taken apart. It
    does not change, but for one case: see ``leave``.
    """

    __slots__ = ("_is_on", "_watch", "change", "inner", "outer", "recording", "scope")

    change: Scope | Callable[[State], State] | None
    """Of a block's state: what the block changes; None if it was left, and the state now equals the one around it."""
    inner: list[State]
    """Of a block's state: those of the blocks entered in it that are still open."""

    def __init__(self, recording: bool = True, scope: Scope | None = None) -> None:
        self.recording, self.scope = recording, scope
        self.outer: State | None = None  # of a block's state, the one around it

    @property
    def is_on(self) -> bool:
        """Whether operations are recorded."""
        return self.recording

    @property
    def watch(self) -> Watch | None:
        """Who looks at every operation, if anybody does."""
        return None

    def switched(self, recording: bool) -> State:
        """The same with recording on or off."""
        return State(recording, self.scope)

    def grouped(self, scope: Scope) -> State:
        """The same inside a group."""
        return State(self.recording, scope)

    def become(self, other: State) -> None:
        """Take on what another one says, for whoever holds this one."""
        self.__class__ = other.__class__
        self.recording, self.scope = other.recording, other.scope
        if isinstance(other, Watched):
            self._is_on, self._watch = other._is_on, other._watch

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """The same without the watcher, for a while."""
        token = STATE.set(State(self.is_on, self.scope))
        try:
            yield
        finally:
            STATE.reset(token)


class Watch(Protocol):
    """Somebody who looks at every operation and at every pass, such as ``detect_anomaly``."""

    def recorded(self, node: Any, op: Any, parents: tuple[Any, ...]) -> None:
        """An operation was computed, and recorded if its node has it as its ``op``."""

    def moved(self, node: Any, tangent: Any, tangents: list[Any]) -> None:
        """A tangent came out of an operation, from those of its operands."""

    def passing(self, root: Any, seed: Any, nodes: list[Any]) -> Callable[..., None]:
        """A pass begins; the result is called at each of its edges."""


class Watched(State):
    """A state with somebody who watches; to the engine's fast path it looks as if recording were off."""

    __slots__ = ()  # the same layout, for ``become``

    _is_on: bool
    _watch: Watch

    def __init__(self, watch: Watch, state: State) -> None:
        super().__init__(False, state.scope)
        self._is_on, self._watch = state.is_on, watch

    @property
    def is_on(self) -> bool:
        """Whether operations are recorded."""
        return self._is_on

    @property
    def watch(self) -> Watch:
        """Who watches."""
        return self._watch

    def switched(self, recording: bool) -> State:
        """The same with recording on or off."""
        return Watched(self._watch, State(recording, self.scope))

    def grouped(self, scope: Scope) -> State:
        """The same inside a group."""
        return Watched(self._watch, State(self._is_on, scope))


STATE: ContextVar[State] = ContextVar("autograd_mini", default=State())  # noqa: B039 (it never changes)


_DIFFERENTIATING: ContextVar[differentiating | None] = ContextVar("autograd_mini.differentiating", default=None)


class differentiating:  # noqa: N801 (used as a function, like no_grad)
    """Call a function to be differentiated: whoever turns its variables into plain numbers loses gradients."""

    __slots__ = ("_around", "_token", "_variables", "since")

    def __init__(self, variables: Sequence[Any], since: int) -> None:
        self._variables, self.since = variables, since

    def __enter__(self) -> None:
        self._around = _DIFFERENTIATING.get()
        self._token = _DIFFERENTIATING.set(self)

    def calls(self) -> Iterator[differentiating]:
        """The call itself and those around it."""
        call: differentiating | None = self
        while call is not None:
            yield call
            call = call._around

    def variables(self) -> Iterator[Any]:
        """The variables of this call and of those around it."""
        for call in self.calls():
            yield from call._variables

    def __exit__(self, *error: object) -> None:
        _DIFFERENTIATING.reset(self._token)


@contextmanager
def differentiating_as(call: differentiating | None) -> Iterator[None]:
    """What runs inside counts as part of ``call``, as ``differentiation()`` gave it, or of none."""
    token = _DIFFERENTIATING.set(call)
    try:
        yield
    finally:
        _DIFFERENTIATING.reset(token)


def differentiation() -> differentiating | None:
    """The innermost call of a function to be differentiated that is going on."""
    return _DIFFERENTIATING.get()


def is_differentiating() -> bool:
    """Whether ``grad`` or one of its kin is calling the function that it differentiates."""
    return _DIFFERENTIATING.get() is not None


def variables() -> set[Any]:
    """What the functions that are being differentiated are differentiated by."""
    call = _DIFFERENTIATING.get()
    return set() if call is None else set(call.variables())


def differentiating_since() -> int | None:
    """The age from which on values belong to the outermost function being differentiated; None if there is none."""
    call = _DIFFERENTIATING.get()
    return None if call is None else min(each.since for each in call.calls())


Change = Callable[[State], State]


def _off(state: State) -> State:
    return state.switched(False)


def _on(state: State) -> State:
    return state.switched(True)


class Blocks:
    """Blocks of code that run in a changed state, entered and left in whatever order, by whatever thread or task.

    A generator may be closed in another thread or task than it was begun in, or while blocks that were entered later
    are still open. What it changed is undone where it was begun all the same: the state that stands there becomes what
    it would be without the block.
    """

    __slots__ = ("_entered",)

    def __init__(self) -> None:
        self._entered: dict[State, tuple[Token[State], Any]] = {}

    def enter(self, change: Scope | Change, beside: Any = None) -> None:
        """Change the state of this thread or task; ``leave`` returns what is kept ``beside``."""
        outer = STATE.get()
        while outer.outer is not None and outer.change is None:
            outer = outer.outer
        state = outer.grouped(change) if type(change) is Scope else change(outer)  # type: ignore[operator]
        state.outer, state.change, state.inner = outer, change, []
        if outer.outer is not None:
            outer.inner.append(state)
        self._entered[state] = (STATE.set(state), beside)

    def leave(self) -> Any:
        """Undo the block that this thread or task is in, or else the one entered last."""
        state = STATE.get()
        if state not in self._entered:
            state = next(reversed(self._entered))
        token, beside = self._entered.pop(state)
        around: Any = state.outer
        try:
            if STATE.get() is state:
                STATE.reset(token)
                if around.outer is not None:
                    around.inner.remove(state)
                return beside
        except ValueError:  # a copy of the context that the block was entered in
            pass
        state.change = None
        _renew(state)
        return beside


def _renew(state: State) -> None:
    """Let a state, and those of the blocks in it, follow from the one around it."""
    outer, change = state.outer, state.change
    assert outer is not None
    if change is None:
        state.become(outer)
    else:
        state.become(outer.grouped(change) if isinstance(change, Scope) else change(outer))
    for inner in state.inner:
        _renew(inner)


class Switch(Blocks):
    """A context manager and decorator that changes the state; exceptions and generators restore it."""

    def __init__(self, change: Change, around: Callable[[], AbstractContextManager[Any]] = nullcontext) -> None:
        super().__init__()
        self._change, self._around = change, around

    def again(self) -> Switch:
        """The same, not entered."""
        return Switch(self._change, self._around)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Switch, (self._change, self._around))

    def __enter__(self) -> None:
        around = self._around()
        around.__enter__()
        self.enter(self._change, around)

    def __exit__(self, *error: Any) -> None:
        around = self.leave()
        with suppress(ValueError):  # np.errstate in another thread or task
            around.__exit__(*error)

    def __call__(self, f: F) -> F:
        """The function, generator function or coroutine function whose body runs with the setting."""
        wrapped: Callable[..., Any]
        if inspect.isgeneratorfunction(f):
            wrapped = _generator(f, self)
        elif inspect.isasyncgenfunction(f):
            wrapped = _async_generator(f, self)
        elif inspect.iscoroutinefunction(f):
            wrapped = _coroutine(f, self)
        else:
            wrapped = _function(f, self)
        return decorated(wrapped, lambda: (self.again(), (f,)), f)  # type: ignore[return-value]


def _function(f: Callable[..., Any], switch: Switch) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        with switch.again():
            return f(*args, **kwargs)

    return function


def _coroutine(f: Callable[..., Any], switch: Switch) -> Callable[..., Any]:
    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        with switch.again():
            return await f(*args, **kwargs)

    return coroutine


def _generator(f: Callable[..., Any], switch: Switch) -> Callable[..., Any]:
    """The setting holds while the generator's body runs, not while it waits for its caller."""

    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        items = f(*args, **kwargs)
        send: Callable[[], Any] = functools.partial(next, items)
        while True:
            try:
                with switch.again():
                    item = send()
            except StopIteration as stop:
                return stop.value
            try:
                received = yield item
                send = functools.partial(items.send, received)
            except BaseException as error:  # noqa: BLE001 (it is the generator's to handle)
                send = functools.partial(items.throw, error)

    return generator


def _async_generator(f: Callable[..., Any], switch: Switch) -> Callable[..., Any]:
    async def generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        items = f(*args, **kwargs)
        step = items.__anext__()
        while True:
            try:
                with switch.again():
                    item = await step
            except StopAsyncIteration:
                return
            try:
                received = yield item
                step = items.asend(received)
            except BaseException as error:  # noqa: BLE001 (it is the generator's to handle)
                step = items.athrow(error)

    return generator


def no_grad() -> Switch:
    """Compute without recording: a context manager, and a decorator for functions, generators and coroutines.

    The setting belongs to the current thread or task and is restored when the block is left, also by an exception.

    Returns
    -------
    Switch
        For ``with no_grad():`` and ``@no_grad()``.

    Examples
    --------
    >>> from autograd_mini import Value, no_grad
    >>> w = Value(3.0)
    >>> with no_grad():
    ...     y = w * w
    >>> y.requires_grad
    False
    """
    return Switch(_off)


def recording() -> Switch:
    """The opposite of ``no_grad``: transformations such as ``grad`` record even inside it."""
    return Switch(_on)


class scope(Blocks):  # noqa: N801 (used as a function, like no_grad)
    """Group the operations of the block; the picture draws them as one titled cluster.

    Parameters
    ----------
    name : str
        Short name of the group.
    title : str, optional
        What the picture writes on it; the name by default.

    Examples
    --------
    The block gets the group; groups within it have it as their parent.

    >>> from autograd_mini import Value, scope
    >>> o, y = Value(0.25), 1.0
    >>> with scope("Cost", "C = (o - y)²") as cost:
    ...     C = (o - y) ** 2
    >>> C.scope is cost, cost.path
    (True, 'Cost')
    """

    __slots__ = ("_name", "_title")

    def __init__(self, name: str, title: str = "") -> None:
        super().__init__()
        self._name, self._title = name, title

    def __enter__(self) -> Scope:
        group = Scope(self._name, self._title, STATE.get().scope)
        self.enter(group)
        return group

    def __exit__(self, *error: object) -> None:
        self.leave()

"""The table of operations: forward computation, rule and the words of the chain rule, side by side.

An operation is written once, in one of the files of ``ops/``::

    @primitive("tanh {x}", Rule(lambda g, out, x: g * (1.0 - out * out), "1 − {out}²"))
    def tanh(x: Operand) -> Any:
        return library(x).tanh(x)

The function computes on plain data. The decorator enters it in ``OPERATIONS`` and returns the public function, which
takes Values, arrays and numbers. Everything else comes from the entry: methods, NumPy's calls, pictures,
explanations and the generated gradient tests.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from importlib import import_module
from sys import exception
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

import numpy as np

from .arrays import Labelled, adopted, copied, is_foreign, kind_of, library, operand, plain
from .arrays.labels import check_labels, is_labelled
from .engine import constant, record
from .guards import RELEASED, describe, released
from .node import Node
from .users import check_signatures, checked_forward, checked_jvp, checked_rule, is_users, same_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])

Operand: TypeAlias = Any
"""A Value, a number, an array, or nested lists of numbers."""


class Rule:
    """How a gradient passes to one operand, with its notation.

    Parameters
    ----------
    vjp : callable
        ``vjp(g, out, *operands, **static)``: the vector-Jacobian product, from the gradient ``g`` of the result
        to that of the operand. It is written with operators and operation functions, so that the same line serves
        plain data (first order) and Values (every higher order). Broadcasting is undone by the engine.
    local : str
        The local derivative, for scalars and elementwise operations, with operand names in braces: ``"1 − {out}²"``.
    text : str, optional
        The product for arrays, ``"{g} · {y}ᵀ"``. By default ``{g} × (local)``.
    latex : str, optional
        The local derivative in LaTeX, where transliterating ``local`` is not good enough.
    jvp : callable, optional
        ``jvp(t, out, *operands, **static)``: the Jacobian-vector product, from the tangent ``t`` of the operand to its
        share of the result's tangent, written as ``vjp`` is. Without it forward mode derives it from the others.
    linear : bool
        Whether the result is linear in this operand while the others stay, so that the operation itself, with the
        tangent in the operand's place, is the Jacobian-vector product.

    Examples
    --------
    >>> from autograd_mini import Rule
    >>> rule = Rule(lambda g, out, x: g * (2.0 * x), "2 · {x}")
    >>> rule.vjp(1.0, 9.0, 3.0), rule.local.format(x="x")
    (6.0, '2 · x')
    """

    # No dataclasses in this file: hundreds are made at import, and to import their module takes 2 ms.
    __slots__ = ("jvp", "latex", "linear", "local", "text", "vjp")

    def __init__(
        self,
        vjp: Callable[..., Any],
        local: str,
        text: str = "",
        latex: str = "",
        jvp: Callable[..., Any] | None = None,
        linear: bool = False,
    ) -> None:
        self.vjp, self.local, self.text, self.latex = vjp, local, text, latex
        self.jvp, self.linear = jvp, linear

    def __repr__(self) -> str:
        return f"Rule({self.local!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        for op in (*OPERATIONS.values(), *RUNTIME.values()):
            if self in op.rules:
                return (_rule_of, (op, op.rules.index(self)))
        return (Rule, (self.vjp, self.local, self.text, self.latex, self.jvp, self.linear))


class Case:
    """One call that the generated tests check: operand shapes, static arguments, and the kind of operands."""

    __slots__ = ("made", "shapes", "static")

    def __init__(
        self, shapes: tuple[tuple[int, ...], ...], static: Mapping[str, Any] | None = None, made: str = ""
    ) -> None:
        self.shapes, self.static, self.made = shapes, static or {}, made

    def __repr__(self) -> str:
        return f"Case(shapes={self.shapes!r}, static={self.static!r}, made={self.made!r})"


def case(*shapes: tuple[int, ...], made: str = "", **static: Any) -> Case:
    """A case for the generated tests: ``case((3, 4), axis=0)``.

    ``made`` is the kind of operands that they make of arrays of these shapes: ``"positive definite"``; "complex" ones
    take real and imaginary parts from the last axis.
    """
    return Case(shapes, static, made)


class Operation:
    """An entry of the table.

    Parameters
    ----------
    name : str
        The function's name, NumPy's where NumPy has the operation.
    forward : callable
        Computes the result from plain data.
    formula : str
        The result in symbols, with operand names in braces: ``"tanh {x}"``.
    rules : tuple of Rule
        One for each operand; a single one, told ``index``, for any number of operands.
    operands : tuple of str
        The operands' names as they stand in formulas.
    elementwise : bool
        Whether each entry of the result depends on the operands' same entry only.
    variadic : bool
        Whether the operands come as one sequence (``concatenate``).
    activation : bool
        Whether the operand is a neuron's pre-activation, whose gradient backpropagation calls δ.
    domain : tuple of float
        Interval from which tests draw the operands' entries.
    cases : tuple of Case
        Calls for the generated tests; elementwise operations need none.
    latex : str
        The formula in LaTeX, where transliterating is not good enough.
    linear : bool
        Whether the result is linear in all operands together, as a sum is, or another arrangement of entries.
    push : callable, optional
        ``push(tangents, out, graph, **static)``: the result's tangent from all of the operands' at once, with None for
        those that stand still; for operations that are made at run time.
    """

    __slots__ = (
        "activation",
        "cases",
        "domain",
        "elementwise",
        "formula",
        "forward",
        "latex",
        "linear",
        "name",
        "operands",
        "push",
        "rules",
        "variadic",
        "vjps",
    )

    def __init__(  # noqa: PLR0913, PLR0917 (what an entry of the table says)
        self,
        name: str,
        forward: Callable[..., Any],
        formula: str,
        rules: tuple[Rule, ...],
        operands: tuple[str, ...],
        elementwise: bool = False,
        variadic: bool = False,
        activation: bool = False,
        domain: tuple[float, float] = (-2.0, 2.0),
        cases: tuple[Case, ...] = (),
        latex: str = "",
        linear: bool = False,
        push: Callable[..., Any] | None = None,
    ) -> None:
        self.name, self.forward, self.formula, self.latex = name, forward, formula, latex
        self.rules, self.operands, self.vjps = rules, operands, tuple([rule.vjp for rule in rules])
        self.elementwise, self.variadic, self.activation, self.linear = elementwise, variadic, activation, linear
        self.domain, self.cases, self.push = domain, cases, push

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        return (_entry, (self.name, self.forward.__module__))

    def pull(self, i: int, g: Any, out: Any, operands: Sequence[Any], static: Mapping[str, Any] | None) -> Any:
        """The contribution of the result's gradient ``g`` to operand ``i``."""
        if self.variadic:
            return self.vjps[0](g, out, *operands, index=i, **static or {})
        return self.vjps[i](g, out, *operands, **static) if static else self.vjps[i](g, out, *operands)

    def compute(self, operands: Sequence[Any], static: Mapping[str, Any] | None) -> Any:
        """The result from the operands' data."""
        if self.variadic:
            return self.forward(operands, **static or {})
        return self.forward(*operands, **static) if static else self.forward(*operands)

    def apply(self, operands: Sequence[Any], static: Mapping[str, Any] | None) -> Any:
        """The operation on data or, recorded, on Values."""
        for x in operands:
            if isinstance(x, Node):
                break
        else:
            return self.compute(operands, static)
        nodes = tuple([x if isinstance(x, Node) else constant(x) for x in operands])
        return record(self, self.compute([x._stored for x in nodes], static), nodes, static)

    def rule(self, i: int) -> Rule:
        """The rule for operand ``i``."""
        return self.rules[0 if self.variadic else i]


RUNTIME: dict[str, Operation] = {}
"""Operations that are no entries of the table, because no call of theirs can be written down as a case."""


class Table(dict[str, Operation]):
    """Entries by name; whoever asks by name finds the others too."""

    def __missing__(self, name: str) -> Operation:
        return RUNTIME[name]


OPERATIONS = Table()
"""Every primitive operation by name."""

COMPOSED: dict[str, tuple[Callable[..., Any], tuple[Case, ...], tuple[float, float]]] = {}
"""Functions made of primitives, by name, with their cases and domain for the generated tests."""


def _entry(name: str, module: str) -> Operation:
    """The operation of a name, which a module may have to be imported for."""
    import_module(module)
    return OPERATIONS[name]


def _rule_of(op: Operation, i: int) -> Rule:
    return op.rules[i]


def primitive(
    formula: str,
    *rules: Rule,
    elementwise: bool = False,
    variadic: bool = False,
    activation: bool = False,
    domain: tuple[float, float] = (-2.0, 2.0),
    cases: tuple[Case, ...] = (),
    latex: str = "",
    linear: bool = False,
    name: str | None = None,
) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Enter a function of plain data in the table and return the function that records.

    The function's first parameters are the operands, one for each rule; the rest are static arguments, which the
    rules get by name. With ``variadic`` the first parameter is a sequence of operands.

    Parameters
    ----------
    formula : str
        The result in symbols, with the operands' names in braces: ``"tanh {x}"``.
    *rules : Rule
        One for each operand; a single one, told ``index``, with ``variadic``.
    elementwise : bool
        Whether each entry of the result depends on the operands' same entry only. The docstring then gets its sections
        on parameters, result and derivative from this entry, if it has none.
    variadic : bool
        Whether the operands come as one sequence, as in ``concatenate``.
    activation : bool
        Whether the operand is a neuron's pre-activation, whose gradient backpropagation calls δ.
    domain : tuple of float
        Interval from which tests draw the operands' entries; (-2, 2) by default.
    cases : tuple of Case
        Calls for the generated tests; elementwise operations need none.
    latex : str
        The formula in LaTeX, where transliterating is not good enough.
    linear : bool
        Whether the result is linear in all operands together, as a sum is: forward mode then applies the
        operation to the tangents.
    name : str, optional
        The entry's name; the function's by default.

    Returns
    -------
    callable
        The decorator. The function that it returns takes Values, arrays and numbers, and gives a Value if any operand
        is one, else plain data; it has all orders of derivatives, and pictures and explanations know its words.

    Raises
    ------
    TypeError
        If there are more rules than operands, or a rule cannot be called as rules are. When called, if the function
        returns None, a Value, several results or no numbers.
    ValueError
        If there is an operation of that name already. One that was defined by the same function of the same module is
        replaced, so that a cell of a notebook can run again.
    GraphError
        In a pass, if a rule returns None, several gradients, one of a wrong shape, or complex numbers where all is
        real.

    Examples
    --------
    >>> import autograd_mini as am
    >>> @am.primitive("{x}³", am.Rule(lambda g, out, x: g * (3.0 * x * x), "3 · {x}²"), elementwise=True)
    ... def cube(x):
    ...     return x * x * x
    >>> x = am.Value(2.0)
    >>> y = cube(x)
    >>> y
    Value(8, op=cube)
    >>> y.backward()
    >>> x.grad
    12.0
    >>> am.grad(am.grad(cube))(2.0)
    12.0

    With two operands and a static argument, whose value the rules get too:

    >>> @am.primitive(
    ...     "{x} + {scale} · {y}",
    ...     am.Rule(lambda g, out, x, y, scale: g, "1"),
    ...     am.Rule(lambda g, out, x, y, scale: g * scale, "{scale}"),
    ...     elementwise=True,
    ... )
    ... def add_scaled(x, y, scale=1.0):
    ...     return x + scale * y
    >>> am.grad(add_scaled, argnums=(0, 1))(2.0, 3.0, scale=10.0)
    (1.0, 10.0)
    """
    if not isinstance(formula, str):
        raise TypeError(
            'primitive takes the formula and the rules before the function, as @primitive("2 · {x}", '
            'Rule(lambda g, out, x: 2.0 * g, "2"))'
        )

    def enter(forward: Callable[P, Any]) -> Callable[P, Any]:
        parameters = _parameters(forward)
        names = tuple(parameters[:1] if variadic else parameters[: len(rules)])
        entry = name or forward.__name__.rstrip("_")
        compute: Callable[..., Any] = forward
        held = rules
        if is_users(forward):
            held = _held(entry, rules, names, parameters, variadic)
            compute = checked_forward(entry, forward)
        op = Operation(
            entry, compute, formula, held, names, elementwise, variadic, activation, domain, cases, latex, linear
        )
        _make_room(entry, forward)
        OPERATIONS[entry] = op
        plain_arity = 0 if variadic or len(parameters) > len(names) else len(rules)
        call = _variadic if variadic else (general, _unary, _binary, _several)[min(plain_arity, 3)]
        function = functools.wraps(forward)(call(op))
        function.operation = op  # type: ignore[attr-defined]
        if elementwise and forward.__doc__ and len(parameters) == len(names):
            function.__doc__ = _completed(inspect.cleandoc(forward.__doc__), op)
        return function

    return enter


def _parameters(forward: Callable[..., Any]) -> list[str]:
    """The names of a function's parameters; of the package's own from their code, which is faster to import."""
    if is_users(forward):
        return list(inspect.signature(forward).parameters)
    code = forward.__code__
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def _held(
    name: str, rules: tuple[Rule, ...], operands: tuple[str, ...], parameters: list[str], variadic: bool
) -> tuple[Rule, ...]:
    """The rules of a user's operation, which are looked at: here how they are called, later what they return."""
    if not rules or not all(isinstance(rule, Rule) for rule in rules):
        raise TypeError(
            f"primitive needs a Rule for each operand of {name}, got {[type(rule).__name__ for rule in rules]}"
        )
    if len(rules) > len(operands):
        raise TypeError(f"{name} has {len(rules)} rules and {len(operands)} parameters to be its operands")
    static = [*parameters[len(operands) :], *(["index"] if variadic else [])]
    check_signatures(name, [rule.vjp for rule in rules], operands, static)
    held = []
    for i, rule in enumerate(rules):
        place = None if variadic else i
        vjp = checked_rule(name, place, rule.vjp)
        jvp = None if rule.jvp is None else checked_jvp(name, place, rule.jvp)
        held.append(Rule(vjp, rule.local, rule.text, rule.latex, jvp, rule.linear))
    return tuple(held)


def _make_room(name: str, forward: Callable[..., Any]) -> None:
    """An entry is replaced by another version of the same function, as when a cell of a notebook runs again."""
    if name in RUNTIME or (name in OPERATIONS and not is_users(OPERATIONS[name].forward)):
        raise ValueError(f"there is an operation {name!r} already, in the package: call yours otherwise, by name=…")
    if name in OPERATIONS and not same_origin(OPERATIONS[name].forward, forward):
        where = OPERATIONS[name].forward.__module__
        raise ValueError(f"there is an operation {name!r} already, in {where}: call yours otherwise, by name=…")


def _completed(doc: str, op: Operation) -> str:
    """The docstring of an elementwise operation with the sections that its entry in the table can tell."""
    if "\nParameters\n-" in doc:
        return doc
    names = ", ".join(op.operands)
    words = {name: name for name in op.operands} | {"out": "f", "g": "g"}
    d, operands, given, shape = (
        ("d", "Of any shape", f"``{names}`` is one", f"of ``{names}``")
        if len(op.operands) == 1
        else ("∂", "Of shapes that broadcast together", "an operand is one", "to which the operands broadcast")
    )
    slopes = ", ".join(
        f"{d}f/{d}{name} = {rule.local.format(**words)}" for name, rule in zip(op.operands, op.rules, strict=True)
    )
    bracket = ", where a bracket is 1 if what it says holds, else 0" if "[" in slopes else ""
    sections = f"""\
Parameters
----------
{names} : Value, number or array
    {operands}.

Returns
-------
Value if {given}, else number or array
    In the shape {shape}.

Notes
-----
With f = {op.formula.format(**words)}: {slopes}{bracket}."""
    later = [start for title in ("References", "Examples") if (start := doc.find(f"\n\n{title}\n-")) >= 0]
    end = min(later, default=len(doc))
    return f"{doc[:end]}\n\n{sections}{doc[end:]}"


def composed(*cases: Case, domain: tuple[float, float] = (-2.0, 2.0)) -> Callable[[F], F]:
    """Register a function made of primitives, so that the generated tests and NumPy's calls find it.

    Parameters
    ----------
    *cases : Case
        Calls for the generated tests.
    domain : tuple of float
        Interval from which tests draw the operands' entries; (-2, 2) by default.

    Returns
    -------
    callable
        The decorator, which returns the function as it is.
    """

    def enter(function: F) -> F:
        COMPOSED[function.__name__] = (function, cases, domain)
        return function

    return enter


def _unary(op: Operation) -> Callable[..., Any]:
    forward = op.forward

    def call(x: Any, /) -> Any:
        if not isinstance(x, Node):
            try:
                return forward(x if type(x) is float else plain(x))
            except TypeError:
                return _again(op, call, (x,))
        try:
            data = forward(x._stored)
        except Exception as error:
            note(error, op, (x,))
            raise
        return record(op, data, (x,))

    return call


def _binary(op: Operation) -> Callable[..., Any]:
    forward = op.forward

    def call(x: Any, y: Any, /) -> Any:
        try:
            if not isinstance(x, Node):
                if not isinstance(y, Node):
                    return forward(operand(x), operand(y))
                x = constant(x, y._stored)
            elif not isinstance(y, Node):
                y = constant(y, x._stored)
        except TypeError:
            return _again(op, call, (x, y))
        try:
            return record(op, forward(x._stored, y._stored), (x, y))
        except Exception as error:  # noqa: BLE001 (raised again, unless it is mended)
            return otherwise(error, op, (x, y))

    return call


def general(op: Operation) -> Callable[..., Any]:
    """The function that records an operation with static arguments."""
    forward, count = op.forward, len(op.operands)
    signature = inspect.signature(forward)
    parameters = list(signature.parameters.values())[count:]
    defaults = {p.name: p.default for p in parameters}
    known, required = defaults.keys(), {p.name for p in parameters if p.default is p.empty}
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    complete = range(count + len(required), count + len(positional) + 1)
    finish = _cast if "dtype" in known else record

    def call(*args: Any, **kwargs: Any) -> Any:
        if count == 1 and not kwargs and len(args) in complete and not isinstance(args[0], Node):
            try:
                return forward(operand(args[0]), *args[1:])  # as rules call it with plain data
            except TypeError:
                return _again(op, call, args[:1], dict(zip(positional, args[1:], strict=False)))
        if not required and len(args) == count and not kwargs:
            operands, given = args, kwargs
        else:
            operands, given = args[:count], dict(zip(positional, args[count:], strict=False)) | kwargs
            if len(given) != len(args) - count + len(kwargs) or not required <= given.keys() <= known:
                operands, given = _bound(op, signature, args, kwargs)
        stored = _stored(operands)
        if not stored:
            try:
                return forward(*[x if type(x) is float else operand(x) for x in operands], **given)
            except TypeError:
                return _again(op, call, operands, given)
        static = {**defaults, **{name: _kept(item, op, name) for name, item in given.items()}} if given else defaults
        if len(stored) < count:
            try:
                operands = tuple([x if isinstance(x, Node) else constant(x, stored[0]) for x in operands])
            except TypeError:
                return _again(op, call, operands, given)
            stored = _stored(operands)
        try:
            data = forward(*stored, **static)
        except Exception as error:  # noqa: BLE001 (raised again, unless it is mended)
            return otherwise(error, op, operands, static)
        return finish(op, data, operands, static)

    return call


def _cast(op: Operation, data: Any, operands: tuple[Node, ...], static: Mapping[str, Any]) -> Any:
    """The result of an operation that may change the dtype: whole numbers and booleans are no part of the graph."""
    return record(op, data, operands if kind_of(data) in "fc" else (), static)


def _stored(operands: Sequence[Any]) -> list[Any]:
    """The data of those operands that are Values."""
    stored = []
    for x in operands:
        if isinstance(x, Node):
            stored.append(x._stored)  # noqa: PERF401 (a comprehension is one more call)
    return stored


def _several(op: Operation) -> Callable[..., Any]:
    """Three or more operands and nothing else."""
    forward, count = op.forward, len(op.operands)

    def call(*operands: Any, **named: Any) -> Any:
        if named or len(operands) != count:
            operands = _bound(op, inspect.signature(forward), operands, named)[0]
        stored = _stored(operands)
        if len(stored) < count:
            try:
                if not stored:
                    return forward(*[x if type(x) is float else operand(x) for x in operands])
                operands = tuple([x if isinstance(x, Node) else constant(x, stored[0]) for x in operands])
            except TypeError:
                return _again(op, call, operands)
            stored = _stored(operands)
        try:
            data = forward(*stored)
        except Exception as error:  # noqa: BLE001 (raised again, unless it is mended)
            return otherwise(error, op, operands)
        return record(op, data, operands)

    return call


def _again(
    op: Operation, call: Callable[..., Any], operands: Sequence[Any], given: Mapping[str, Any] | None = None
) -> Any:
    """The call that just failed, with its operands joined: lists that hold Values, and all in one library.

    Labels of data are dropped, and static Values become data. If there is nothing to join, its error.
    """
    from .ops.joining import array

    given = given or {}
    static = {name: _kept(item, op, name) if isinstance(item, Node) else item for name, item in given.items()}
    joined = []
    for x in _bare(op, operands):
        new = array(x) if isinstance(x, (list, tuple)) else x
        joined.append(new if isinstance(new, Node) else x)
    theirs = next((x for x in joined if not isinstance(x, Node) and is_foreign(x)), None)
    if theirs is not None:
        joined = [adopted(x, theirs) if isinstance(x, (np.ndarray, np.generic)) else x for x in joined]
    if all(new is old for new, old in zip([*joined, *static.values()], [*operands, *given.values()], strict=True)):
        _explain_complex(exception(), op, operands, lambda *xs: op.forward(*xs, **given))
        raise  # noqa: PLE0704 (the error in whose handling this is called)
    return call(*joined, **static)


def _bare(op: Operation, operands: Sequence[Any]) -> list[Any]:
    """The operands without their labels, which agree."""
    check_labels(op.name, operands)
    return [plain(x) if is_labelled(x) else x for x in operands]


def _bound(
    op: Operation, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Operands and static arguments of a call that names its operands, or an error about one that does not fit."""
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{op.name}() {error}: it takes {', '.join(signature.parameters)}") from None
    operands = tuple(bound.arguments.pop(name) for name in op.operands)
    return operands, bound.arguments


def _variadic(op: Operation) -> Callable[..., Any]:
    forward = op.forward
    parameters = list(inspect.signature(forward).parameters.values())[1:]
    defaults = {p.name: p.default for p in parameters}

    def call(operands: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) > len(defaults):
            raise TypeError(f"{op.name}() takes {1 + len(defaults)} arguments, got {1 + len(args)}")
        static = {**defaults, **dict(zip(defaults, args, strict=False)), **kwargs}
        operands = tuple(operands)
        node = next((x for x in operands if isinstance(x, Node)), None)
        try:
            if node is None:
                return forward([operand(x) for x in operands], **static)
            nodes = tuple(x if isinstance(x, Node) else constant(x, node._stored) for x in operands)
        except Labelled:
            return call(_bare(op, operands), **static)
        try:
            data = forward([x._stored for x in nodes], **static)
            finish = record if static.get("dtype") is None else _cast
            return finish(op, data, nodes, static)
        except Exception as error:  # noqa: BLE001 (raised again, unless it is mended)
            return otherwise(error, op, nodes, static)

    return call


def _kept(item: Any, op: Operation, name: str) -> Any:
    """A static argument that nobody else can change: indices and labels are needed again in the backward pass."""
    if item is None or type(item) in _UNCHANGING:
        return item
    if isinstance(item, Node):
        own = kind_of(item) in "fc" and name != "index"  # which arrays refuse themselves, by an IndexError
        if item.requires_grad and (is_users(op.forward) or own):
            raise lost(
                f"{op.name}()", name, item, ", or give the operation a Rule for it" if is_users(op.forward) else ""
            )
        item = item._stored
    if type(item) is np.ndarray:
        return item.copy()
    if type(item) in (tuple, list):
        return type(item)([_kept(part, op, name) for part in item])
    return copied(item) if is_foreign(item) else item


_UNCHANGING = frozenset([int, bool, float, str, slice, type(Ellipsis)])


def lost(subject: str, argument: str, value: Node, advice: str = "") -> TypeError:
    """The error for a Value in the place of an argument that no gradient flows to."""
    return TypeError(
        f"{subject} has no rule for its argument {argument!r}, so {describe(value)} would lose its gradient: "
        f"pass {argument}.item() or {argument}.numpy(){advice}"
    )


def otherwise(error: Exception, op: Operation, nodes: Sequence[Any], static: Mapping[str, Any] | None = None) -> Any:
    """The operation that failed, with NumPy's arrays in the library of the other operands if that was the fault.

    The operators of some libraries take no NumPy arrays; what they raise differs.
    """
    joined = _in_one_library(nodes)
    if joined is not None:
        try:
            return record(op, op.compute([x._stored for x in joined], static), joined, static)
        except Exception as other:  # noqa: BLE001 (the first error is told)
            error.__context__ = other.__context__ = None
    note(error, op, tuple(nodes), static)
    raise error


def _in_one_library(nodes: Sequence[Any]) -> tuple[Any, ...] | None:
    """The operands with those that hold NumPy's arrays joined to ones that hold another library's, if one does."""
    theirs = next((x._stored for x in nodes if is_foreign(x._stored)), None)
    if theirs is None or not any(isinstance(x._stored, (np.ndarray, np.generic)) for x in nodes):
        return None
    from .ops.shapes import fit

    joined = []
    for x in nodes:
        if isinstance(x._stored, (np.ndarray, np.generic)):
            data = adopted(x._stored, theirs)
            joined.append(record(fit.operation, data, (x,), {"like": data}))  # type: ignore[attr-defined]
        else:
            joined.append(x)
    return tuple(joined)


def note(error: Exception, op: Operation, nodes: tuple[Node, ...], static: Mapping[str, Any] | None = None) -> None:
    """Add the operation and its operands to the error's traceback."""
    for node in nodes:
        if node._stored is RELEASED:
            raise released(node) from error
    _explain_complex(error, op, [node._stored for node in nodes], lambda *xs: op.compute(xs, static))
    operands = ", ".join(describe(node) for node in nodes)
    if op.elementwise and isinstance(error, ValueError) and "broadcast" in str(error):
        cure = (
            "lengths are compared from the last axis on, and must be equal or 1: x[:, None] has one more, of length 1"
        )
        error.args = (f"{str(error).strip()}, of {operands}: {cure}",)
    error.add_note(f"in {op.name} of {operands}")


def _explain_complex(
    error: BaseException | None, op: Operation, operands: Sequence[Any], compute: Callable[..., Any]
) -> None:
    """Raise an error in words if the operation takes real numbers and fails for complex ones alone."""
    if not isinstance(error, (TypeError, ValueError, RuntimeError)) or isinstance(error, np.linalg.LinAlgError):
        return
    if "real numbers" in str(error):
        return
    try:
        data = [plain(x) for x in operands]
        kinds = [kind_of(x) for x in data]
        if "c" not in kinds:
            return
        compute(*[library(x).real(x) if kind == "c" else x for x, kind in zip(data, kinds, strict=True)])
    except Exception:  # noqa: BLE001 (something else is wrong, which its own error tells)
        return
    raise needs_real(op.name.removesuffix("_of")) from error


def needs_real(name: str) -> TypeError:
    """The error of a function that has no complex counterpart."""
    return TypeError(f"{name} takes real numbers, got complex ones: take real(x), imag(x) or abs(x)")

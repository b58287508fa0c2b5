"""What users' own operations are held to: their functions and rules are looked at where the package's are trusted."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .arrays import kind_of, plain, shape_of
from .arrays.numpy import fits
from .guards import GraphError
from .node import Node


def is_users(forward: Callable[..., Any]) -> bool:
    """Whether a function was written outside of the package."""
    return str(getattr(forward, "__module__", "")).partition(".")[0] != "autograd_mini"


def same_origin(old: Callable[..., Any], new: Callable[..., Any]) -> bool:
    """Whether a function is another version of one, as when a cell of a notebook runs again."""
    return (old.__module__, old.__qualname__) == (new.__module__, new.__qualname__)


def check_signatures(
    name: str, vjps: Sequence[Callable[..., Any]], operands: Sequence[str], static: Sequence[str]
) -> None:
    """Raise a TypeError if a rule cannot be called as rules are."""
    for i, vjp in enumerate(vjps):
        try:
            signature = inspect.signature(vjp)
        except (TypeError, ValueError):  # some callables written in C have no signature
            continue
        try:
            signature.bind(None, None, *[None for _ in operands], **dict.fromkeys(static))
        except TypeError as error:
            call = ", ".join(["g", "out", *operands, *(f"{key}=…" for key in static)])
            raise TypeError(f"rule {i} of {name} takes {signature} and is called as rule({call}): {error}") from None


def checked_forward(name: str, forward: Callable[..., Any]) -> Callable[..., Any]:
    """The function, held to return plain numbers."""

    @functools.wraps(forward)
    def function(*operands: Any, **static: Any) -> Any:
        try:
            out = forward(*operands, **static)
        except (TypeError, AttributeError):
            out = _for_each_example(forward, operands, static)
        if type(out) is np.ndarray and out.dtype.kind in "fc":
            return out
        if out is None or isinstance(out, (Node, list, tuple)):
            raise TypeError(f"the function of {name} returned {_misused(out)}")
        try:
            out = plain(out)
        except TypeError as error:
            raise TypeError(f"the function of {name} returned no number and no array of numbers: {error}") from None
        return float(out) if type(out) is int else out

    return function


def _for_each_example(function: Callable[..., Any], operands: tuple[Any, ...], static: dict[str, Any]) -> Any:
    """Inside ``vmap`` a function of arrays alone, a solver say, is called once an example; or else its error."""
    from .arrays.batched import for_each, levels

    if not any(map(levels, operands)):
        raise  # noqa: PLE0704 (the error in whose handling this is called)

    def one(*picked: Any, **options: Any) -> Any:
        """The function of one example, which is a batch itself where one ``vmap`` stands in another."""
        try:
            return function(*picked, **options)
        except (TypeError, AttributeError):
            return _for_each_example(function, picked, options)

    return for_each(one, operands, static)


def _misused(out: Any) -> str:
    if out is None:
        return "None: is a return missing?"
    if isinstance(out, Node):
        return "a Value: it gets plain data and returns plain data; every Value that it uses must be an operand"
    return f"a {type(out).__name__} of {len(out)}: an operation has one result, a number or an array"


def checked_rule(name: str, i: int | None, rule: Callable[..., Any]) -> Callable[..., Any]:
    """A reverse rule, held to return the gradient of its operand; ``i`` is None where the rule is told."""

    @functools.wraps(rule)
    def vjp(g: Any, out: Any, *operands: Any, **static: Any) -> Any:
        try:
            got = rule(g, out, *operands, **static)
        except (TypeError, AttributeError):
            got = _for_each_example(rule, (g, out, *operands), static)
        place = static["index"] if i is None else i
        _check(got, f"the rule of {name} for operand {place}", out, operands, place)
        return got

    return vjp


def checked_jvp(name: str, i: int | None, rule: Callable[..., Any]) -> Callable[..., Any]:
    """A forward rule, held to return its share of the result's tangent."""

    @functools.wraps(rule)
    def jvp(t: Any, out: Any, *operands: Any, **static: Any) -> Any:
        try:
            got = rule(t, out, *operands, **static)
        except (TypeError, AttributeError):
            got = _for_each_example(rule, (t, out, *operands), static)
        what = f"the forward rule of {name} for operand {static['index'] if i is None else i}"
        if kind_of(_numbers(got, what, "tangent")) == "c" and not np.iscomplexobj(_data(out)):
            raise GraphError(f"{what} gave complex numbers for a real result")
        return got

    return jvp


def _check(got: Any, what: str, out: Any, operands: Sequence[Any], i: int) -> None:
    array, own = _numbers(got, what, "gradient"), _data(operands[i])
    shapes = [shape_of(_data(x)) for x in operands]
    if array.shape != shapes[i] and (
        array.shape not in (shape_of(_data(out)), _broadcast(shapes)) or not fits(tuple(array.shape), shapes[i])
    ):
        raise GraphError(
            f"{what}, gave no gradient but shape {array.shape}: it must have the operand's shape {shapes[i]}, or where "
            f"that was broadcast the result's, {shape_of(_data(out))}"
        )
    if kind_of(array) == "c" and not any(np.iscomplexobj(_data(x)) for x in (own, out, *operands)):
        raise GraphError(f"{what}, gave complex numbers where everything is real")


def _broadcast(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


def _numbers(got: Any, what: str, kind: str) -> Any:
    """What a rule returned, as something with a shape and a dtype."""
    data = _data(got)
    if type(data) is np.ndarray:
        if data.dtype.kind not in "fciub":
            raise GraphError(f"{what}, gave no {kind} but an array of dtype {data.dtype}")
        return data
    if data is None:
        raise GraphError(f"{what}, gave no {kind} but a NoneType: is a return missing?")
    if isinstance(data, (list, tuple)):
        raise GraphError(
            f"{what}, gave no {kind} but a {type(data).__name__} of {len(data)}: a rule returns the {kind} of one "
            "operand, and the operation has a rule for each"
        )
    try:
        return data if hasattr(data, "shape") and hasattr(data, "dtype") else np.asarray(plain(data))
    except TypeError as error:
        raise GraphError(f"{what}, gave no {kind}: {error}") from None


def _data(x: Any) -> Any:
    return x._stored if isinstance(x, Node) else x

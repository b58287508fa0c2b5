"""The node: what the graph is made of, and how a gradient is fitted to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .arrays import kind_of, library, plain, shape_of
from .guards import GraphError, describe

if TYPE_CHECKING:
    from .operation import Operation
    from .state import Scope


class Node:
    """One value of the graph: a leaf, or the result of ``op`` on ``parents``. ``Value`` adds the operators.

    ``order`` is the node's age. An operand is always older than the result; a leaf whose data was
    replaced becomes younger, and that is how a pass notices that the data changed after it was used.
    """

    __slots__ = (
        "__weakref__",
        "_grad",
        "_stored",
        "name",
        "op",
        "order",
        "parents",
        "requires_grad",
        "scope",
        "static",
    )

    _stored: Any
    _grad: Any
    name: str | None
    op: Operation | None
    order: int
    parents: tuple[Node, ...]
    requires_grad: bool
    scope: Scope | None
    static: Mapping[str, Any] | None


def fit(contribution: Any, operand: Node, op: Operation, i: int) -> Any:
    """The contribution in the shape, dtype and kind of the operand: broadcasts are undone here and nowhere else."""
    like = operand._stored
    data = contribution._stored if isinstance(contribution, Node) else contribution
    if type(data) is type(like) and (
        type(data) in (float, complex) or (data.shape == like.shape and data.dtype == like.dtype)
    ):
        return contribution
    try:
        table = library(plain(data), like)
        if not table.fits(shape_of(data), shape_of(like)):
            raise ValueError(f"a gradient of shape {shape_of(data)} for an operand of shape {shape_of(like)}")
    except (TypeError, ValueError) as error:
        where = f"the rule of {op.name} for operand {i}, {describe(operand)}"
        raise GraphError(f"{where}, gave no gradient: {error}") from None
    if isinstance(contribution, Node):
        return contribution.fit(like)  # type: ignore[attr-defined]
    return table.fit(data, like)


def outward(g: Any) -> Any:
    """The gradient as users get and give it, the direction of steepest ascent: conjugated if complex, as in PyTorch.

    Inside a pass it travels unconjugated, so that g·f'(z) is the rule of every holomorphic function.
    """
    if type(g) is complex:
        return g.conjugate()
    if not hasattr(g, "dtype") or kind_of(g) != "c":
        return g
    return g.conj() if isinstance(g, Node) else library(g).conjugate(g)  # type: ignore[attr-defined]

"""The chain rule for one value, written out: symbols, numbers, and the result checked against a backward pass."""

from __future__ import annotations

import sys
from typing import Any

from ..comparing import norm
from ..events import TraceNode
from ..names import Names, variables
from ..notation import derivative
from ..resting import uncollected
from ..words import Language
from . import array_story, scalar_story, three_steps
from .asking import checked, entry_of, grad_check, landmarks_of, target_of, view_of
from .chart import Index, chart_of, entry_name
from .document import Equation, Item, Row
from .explanation import Explanation
from .story import Path, Story
from .unroll import unrolled
from .view import View


def explain(
    root: Any,
    wrt: Any = None,
    *,
    max_paths: int = 8,
    landmarks: Any = None,
    element: Any = None,
    names: Names = None,
    fmt: str = ".4g",
    lang: Language = "en",
) -> Explanation:
    """Write out the chain rule for one value: in symbols, in numbers, and the result, checked against a backward pass.

    The derivative is the sum over all paths from the root to the value of the products of the local derivatives along
    them. It is written as a product, with one factor from each value that lies on all paths to the next; where several
    paths lead from one to the other, the factor is their sum. Paths are counted, summed and ranked without being
    listed, so that any number of them is answered at once.

    Parameters
    ----------
    root : Value
        What is differentiated; of an array the sum of its entries, or what ``backward`` started from.
    wrt : Value or str, optional
        The value by which it is differentiated, a leaf or one in between, or its name. Without it the gradients of
        all leaves are explained: of a network layer by layer, in the three steps of backpropagation.
    max_paths : int, default 8
        How many paths are shown where there are several, those with the largest products first; the others are summed.
    landmarks : Value, str or list of them, optional
        The values at which the short form stops. By default pre-activations, activations and what leaves a module;
        where there are none of these, the values that have a name.
    element : int or tuple of int, optional
        The entry of an array to explain: the arrays on the way are unrolled to single numbers.
    names : dict or False, optional
        Names for values, such as ``{"z": z}`` or ``locals()``, before those that the values have; False uses only
        those. By default the caller's variables name what has no name.
    fmt : str, default ".4g"
        Format of the numbers.
    lang : {"en", "es"}, default "en"
        Language of the few words.

    Returns
    -------
    Explanation
        ``str()`` of it is the text; ``.markdown``, ``.latex``, ``.value``, ``.paths``, ``.factors``. No ``.grad`` is
        touched.

    Raises
    ------
    TypeError
        If `root` is no Value, `wrt` neither a Value nor a name, or `element` no index.
    ValueError
        If the root does not depend on `wrt`, it requires no gradient, its name is unknown or that of several values,
        or an option is wrong.
    IndexError
        If there is no such element.
    GraphError
        If the graph was released by ``backward(retain_graph=False)``, or data changed after it was used.

    References
    ----------
    F. L. Bauer. Computational graphs and rounding error. SIAM Journal on Numerical Analysis 11(1), 1974: a derivative
    as the sum over paths of products of local derivatives.

    Examples
    --------
    >>> from autograd_mini import Value, explain, tanh
    >>> x = Value(3.0)
    >>> g = x**2
    >>> f = 20 * g
    >>> f.backward()
    >>> print(explain(f, x))
    df/dx = df/dg · dg/dx          1 path
          = 20 × 6
          = 120          (x.grad: 120 ✓)
    rules: dg/dx = 2x

    A value that is used twice adds up what comes over two paths:

    >>> x = Value(3.0)
    >>> g = x**2
    >>> f = 20 * g + x
    >>> print(explain(f, x))
    df/dx = ∂f/∂v₁ · dv₁/dg · dg/dx + ∂f/∂x (direct)          2 paths
          = 1 × 20 × 6 + 1
          = 120 + 1
          = 121          (fresh backward pass: 121 ✓)
    short: df/dx = ∂f/∂g · dg/dx + ∂f/∂x (direct) = 20 × 6 + 1
    rules: dg/dx = 2x
    where: v₁ = 20 · g

    The gradient of a pre-activation is called δ; a weight's derivative is δ times what the weight was multiplied by:

    >>> w, x = Value(0.5), Value(2.0, requires_grad=False)
    >>> z = w * x
    >>> o = tanh(z)
    >>> C = (o - 1.0) ** 2
    >>> explain(C, w).value == explain(C, z).value * 2.0
    True
    """
    found = variables(sys._getframe(1), names)
    with uncollected():
        view = view_of(root, found, max_paths, fmt, lang)
        view.landmarks = landmarks_of(view, landmarks)
        if wrt is not None or view.trace.root.op is None:
            target = target_of(view, root if wrt is None else wrt)
            return _explained(view, target, None if element is None else entry_of(target, element))
        if element is not None:
            raise ValueError("element= chooses an entry of a value, so pass that too: explain(root, wrt, element=...)")
        return Explanation(three_steps.tell(view, lambda leaf: grad_check(view, leaf)))


def _explained(view: View, target: TraceNode, element: Index | None) -> Explanation:
    """The explanation for one value, or for one entry of it."""
    if target is view.trace.root and not element:
        return _of_itself(view)
    chart = chart_of(view, target) if element is None else unrolled(view, target, element)
    if chart is not None:
        check = checked(view, target, chart.dag.total(), element, chart.dag.mass())
        return Explanation(scalar_story.tell(chart, check))
    if element is not None:
        return _without_path(view, target, element)
    return Explanation(array_story.tell(view, target, lambda gradient: checked(view, target, gradient)))


def _of_itself(view: View) -> Explanation:
    """The derivative of the root by itself."""
    root = view.trace.root
    symbol = root.symbol
    path = Path((root.name,), (), (), root.grad)
    rows = array_story.matrix_rows(view, root.grad, "")
    items: list[Item] = [Equation(symbol, tuple(rows))]
    return Explanation(Story(symbol, root.grad, 1, norm(root.grad), tuple, lambda: (path,), "", items))


def _without_path(view: View, target: TraceNode, element: Index) -> Explanation:
    """The derivative by an entry that nothing depends on."""
    symbol = derivative(view.of, entry_name(target.name, element))
    check = checked(view, target, 0.0, element)
    items: list[Item] = [Equation(symbol, (Row("=", ("0",), view.telling.none), Row("=", ("0",), f"({check})")))]
    return Explanation(Story(symbol, 0.0, 0, 0.0, tuple, tuple, check, items))

"""An expression such as ``"g = x**2; 20*g + x"``, read as a graph of Values.

The text is parsed by `ast`, and each part of the tree is looked up in a table: operators, functions, constants, and the
values that were given. What stands in no table is refused; nothing is evaluated as Python code.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value

from .functions import MOST_NUMBERS, Function, Kind, functions, most_numbers, nearest, nearest_function

LONGEST = 2_000
DEEPEST = 100
CONSTANTS = {"pi": math.pi, "e": math.e}
_LARGEST_INDEX = 1_000_000
_NUMBERED = [f"f{i}" for i in range(1, LONGEST)]

_WRITTEN = {
    "×": "*",
    "·": "*",
    "⋅": "*",
    "−": "-",
    "–": "-",
    "÷": "/",
    "√": "sqrt(...)",
    "∞": "as a number, such as 1e300",
    "Σ": "sum(...)",
    "∑": "sum(...)",
} | {sign: f"**{power}: x**{power}" for power, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}

_Calls = tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]
# With a Value the operator itself, so that the graph is that of the same line in Python; numbers follow NumPy's rules.
_BINARY: dict[type[ast.operator], _Calls] = {
    ast.Add: (operator.add, am.add),
    ast.Sub: (operator.sub, am.subtract),
    ast.Mult: (operator.mul, am.multiply),
    ast.Div: (operator.truediv, am.divide),
    ast.FloorDiv: (operator.floordiv, am.floor_divide),
    ast.Mod: (operator.mod, am.remainder),
    ast.Pow: (operator.pow, am.power),
    ast.MatMult: (operator.matmul, am.matmul),
}
_REFUSED: dict[type[ast.AST], str] = {
    ast.Attribute: "a dot after a name is not part of expressions: write sum(x), not x.sum() or np.sum(x)",
    ast.Compare: "comparisons are not part of expressions; maximum, minimum, clip, relu and step choose by value",
    ast.BoolOp: "and, or, not are not part of expressions",
    ast.IfExp: "conditions are not part of expressions; maximum, minimum, clip, relu and step choose by value",
    ast.Lambda: "lambda is not part of expressions; as a name, write another one, such as lam",
    ast.Starred: "a star before an argument is not part of expressions",
    ast.JoinedStr: "text is not part of expressions",
    ast.Slice: "slices stand in brackets after a value: x[1:3]",
}


class ExpressionError(ValueError):
    """An expression that cannot be read or computed; the message shows the place.

    Parameters
    ----------
    message : str
        What is wrong, and what to write instead.
    line : str
        The line where it stands.
    start, end : int
        The columns of the place in that line, from 0.
    """

    def __init__(self, message: str, line: str = "", start: int = 0, end: int = 0) -> None:
        if line:
            start = min(start, len(line))
            width = max(min(end, len(line)) - start, 1)
            # A long line is cut, so that the mark stays below its place in a narrow window.
            first = max(0, start - 40) if len(line) > 78 else 0
            shown, mark = line[first : first + 78], "^" * max(min(width, first + 78 - start), 1)
            message = f"{message}\n  {shown}\n  {' ' * (start - first)}{mark}"
        super().__init__(message)


@dataclass
class Graph:
    """A computed expression.

    Parameters
    ----------
    root : Value, number or array
        The result.
    name : str
        Its name: that of the last assignment or of the value that it is, else "f".
    named : dict of str to Value
        Intermediate values by name.
    used : set of str
        Which of the given values the expression uses.
    """

    root: Any
    name: str = "f"
    named: dict[str, Any] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


def compute(text: str, values: Mapping[str, Any]) -> Graph:
    """Read an expression and compute it from the values of its variables.

    Parameters
    ----------
    text : str
        Operators ``+ - * / // % ** @``, numbers, lists as arrays, names, the constants pi and e, calls of functions of
        the table of operations, and indices that are whole numbers or slices of them. Assignments with semicolons,
        ``"g = x**2; 20*g"``, name intermediate values; the last part is the result.
    values : mapping of str to Value
        The variables.

    Returns
    -------
    Graph
        The result, and the intermediate values by name.

    Raises
    ------
    ExpressionError
        For anything else; the message shows the place and, for an unknown name, the nearest known one.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> x = Value(3.0, name="x")
    >>> compute("g = x**2; 20*g + x", {"x": x}).root
    Value(183, name='f', op=add)
    >>> compute("x.__class__", {"x": x})
    Traceback (most recent call last):
        ...
    autograd_mini.command_line.expression.ExpressionError: a dot after a name is not part of expressions: ...
      x.__class__
      ^^^^^^^^^^^
    """
    text = text.strip()
    with np.errstate(all="ignore"):
        return _Reader(text, values).read()


class _Reader:
    """One reading of an expression."""

    def __init__(self, text: str, values: Mapping[str, Any]) -> None:
        self._lines, self._values = text.splitlines() or [""], values
        self._tree = self._parsed(text)
        self._graph = Graph(None)

    def read(self) -> Graph:
        """Compute the statements from left to right."""
        graph = self._graph
        if not self._tree.body:
            raise ExpressionError('the expression is empty: write one such as "20*x**2 + x"')
        for statement in self._tree.body:
            match statement:
                case ast.Expr(value=value):
                    graph.root = self._visit(value, 1)
                    graph.name = self._name(graph.root)
                    if statement is not self._tree.body[-1]:
                        raise self._error(statement, "this result is not used: give it a name, as in g = x**2; 20*g")
                case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                    self._assign(name, target, self._visit(value, 1))
                case ast.Assign():
                    raise self._error(statement.targets[0], "an assignment names one value: g = x**2")
                case _:
                    raise self._error(statement, "only formulas and assignments such as g = x**2 are part of it")
        return graph

    def _parsed(self, text: str) -> ast.Module:
        if len(text) > LONGEST:
            raise ExpressionError(f"the expression has {len(text):,} characters, and {LONGEST:,} are the most")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text)
        except SyntaxError as error:
            lineno, start = error.lineno or 1, (error.offset or 1) - 1
            line = self._lines[min(lineno, len(self._lines)) - 1]
            end = (error.end_offset or 0) - 1 if error.end_lineno == error.lineno else 0
            raise ExpressionError(f"this cannot be read: {_hint(error, line)}", line, start, end) from None
        except (RecursionError, MemoryError):
            raise ExpressionError(f"the expression is nested deeper than {DEEPEST} operations") from None
        except ValueError:
            raise ExpressionError("the expression holds characters that are no text") from None

    def _error(self, node: ast.AST, message: str) -> ExpressionError:
        """An error at the place of a part of the tree."""
        if not isinstance(node, (ast.expr, ast.stmt, ast.keyword)):
            return ExpressionError(message)
        line = self._lines[node.lineno - 1]
        # Columns of the tree count bytes.
        encoded = line.encode("utf-8")
        end = node.end_col_offset if node.end_lineno == node.lineno else None
        start, stop = (len(encoded[:column].decode("utf-8")) for column in (node.col_offset, end))
        return ExpressionError(message, line, start, stop)

    def _assign(self, name: str, target: ast.expr, value: Any) -> None:
        if name in self._values:
            raise self._error(target, f"{name} is a value that you give; call this one otherwise")
        if name in self._graph.named:
            raise self._error(target, f"there is a {name} already; each name stands for one value")
        if name.startswith("_"):
            raise self._error(target, "names do not begin with an underscore")
        if not isinstance(value, Value):
            value = Value(value, requires_grad=False, name=name)
        elif value.name is None:
            value.name = name
        self._graph.named[name] = value
        self._graph.root, self._graph.name = value, name

    def _name(self, root: Any) -> str:
        """The name of a result that is not assigned to one."""
        name: str = getattr(root, "name", None) or next(
            name for name in ("f", "F", *_NUMBERED) if name not in self._values and name not in self._graph.named
        )
        if isinstance(root, Value):
            root.name = name
        return name

    def _visit(self, node: ast.expr, depth: int) -> Any:
        """The Value, number or array that a part of the tree stands for."""
        if depth > DEEPEST:
            raise self._error(node, f"the expression is nested deeper than {DEEPEST} operations; name parts of it")
        match node:
            case ast.Constant(value=value):
                return self._number(node, value)
            case ast.Name(id=name):
                return self._variable(node, name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self._visit(operand, depth + 1)
                return -inner
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._visit(operand, depth + 1)
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(node, op, self._visit(left, depth + 1), self._visit(right, depth + 1))
            case ast.Call():
                return self._call(node, depth)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return self._array(node, items, depth)
            case ast.Subscript(value=value, slice=index):
                data, place = self._visit(value, depth + 1), self._index(index)
                return self._computed(node, operator.getitem, data, place)
            case _:
                raise self._error(node, _REFUSED.get(type(node), "this is not part of expressions"))

    def _number(self, node: ast.expr, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            kinds = {str: "text is", bytes: "text is", complex: "complex numbers are"}
            raise self._error(node, f"{kinds.get(type(value), f'{value} is')} not part of expressions")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isinf(number):
            raise self._error(node, "this number is too large; the largest is about 1.8e308")
        return number

    def _variable(self, node: ast.expr, name: str) -> Any:
        if name in self._graph.named:
            return self._graph.named[name]
        if name in self._values:
            self._graph.used.add(name)
            return self._values[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in functions():
            raise self._error(node, f"{name} is a function: write {name}(...), or give a value: {name}=2")
        near = nearest(name, [*self._graph.named, *self._values, *CONSTANTS, *functions()])
        hint = f"did you mean {near}? Or " if near else ""
        if name.startswith("_"):
            raise self._error(node, f"there is no {name}" + (f"; did you mean {near}?" if near else ""))
        raise self._error(node, f"{name} has no value; {hint}give it one: {name}=2")

    def _operation(self, node: ast.expr, op: ast.operator, left: Any, right: Any) -> Any:
        if type(op) not in _BINARY:
            words = "the power is written **" if isinstance(op, ast.BitXor) else "the operators are + - * / // % ** @"
            raise self._error(node, f"this operator is not part of expressions; {words}")
        on_values, on_data = _BINARY[type(op)]
        if most_numbers((left, right)) > MOST_NUMBERS:
            raise self._error(node, f"this might make an array of more than {MOST_NUMBERS:,} numbers")
        has_value = isinstance(left, Value) or isinstance(right, Value)
        return self._computed(node, on_values if has_value else on_data, left, right)

    def _computed(self, node: ast.expr, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The result of a call; its errors are those of the expression."""
        try:
            result = call(*args, **kwargs)
        except (TypeError, ValueError, IndexError, ArithmeticError, MemoryError) as error:
            raise self._error(node, str(error) or type(error).__name__) from None
        if isinstance(result, float) and not math.isfinite(result):
            raise self._error(node, f"this constant is {result}: no number is so large, or it is not defined")
        return result

    def _array(self, node: ast.expr, items: list[ast.expr], depth: int) -> Any:
        if not items:
            raise self._error(node, "this array is empty")
        entries = [self._visit(item, depth + 1) for item in items]
        if any(isinstance(entry, Value) for entry in entries):
            return self._computed(node, am.stack, entries)
        try:
            return np.array(entries, dtype=float)
        except ValueError:
            raise self._error(node, "the rows of this array have different lengths") from None

    def _call(self, node: ast.Call, depth: int) -> Any:
        function = self._function(node.func)
        given: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self._error(keyword.value, "two stars before an argument are not part of expressions")
            given[keyword.arg] = keyword.value
        try:
            bound = function.signature.bind(*node.args, **given)
        except TypeError as error:
            takes = ", ".join(function.signature.parameters)
            raise self._error(node, f"{function.name}: {error}; it takes {takes}") from None
        operands: list[Any] = []
        constants: list[Any] = []
        for name, argument in bound.arguments.items():
            bound.arguments[name] = self._argument(function, name, argument, depth, operands, constants)
        if function.most_numbers(operands, constants) > MOST_NUMBERS:
            raise self._error(node, f"this might make an array of more than {MOST_NUMBERS:,} numbers")
        return self._computed(node, function.call, *bound.args, **bound.kwargs)

    def _argument(
        self, function: Function, name: str, argument: Any, depth: int, operands: list[Any], constants: list[Any]
    ) -> Any:
        """An argument, which is noted among the operands or the constants."""
        kind = function.kind(name)
        if kind is Kind.CONSTANT:
            constants.append(self._constant(argument, name))
            return constants[-1]
        if isinstance(argument, tuple):
            several = list(argument)
        elif kind is Kind.OPERANDS and isinstance(argument, (ast.List, ast.Tuple)):
            several = argument.elts
        else:
            operands.append(self._visit(argument, depth + 1))
            return operands[-1]
        found = tuple(self._visit(part, depth + 1) for part in several)
        operands.extend(found)
        return found

    def _function(self, node: ast.expr) -> Function:
        if not isinstance(node, ast.Name):
            raise self._error(node, _REFUSED.get(type(node), "only a function can be called: write 2*(x + 1)"))
        name = node.id
        if name in functions():
            return functions()[name]
        if name in self._values or name in self._graph.named or name in CONSTANTS:
            raise self._error(node, f"{name} is a value, not a function; a product is written {name}*(...)")
        near = nearest_function(name)
        raise self._error(node, f"there is no function {name}" + (f"; did you mean {near}?" if near else ""))

    def _constant(self, node: ast.expr, name: str) -> Any:
        """A static argument: numbers, true and false, None, text, and tuples of them."""
        match node:
            case ast.Constant(value=int(value)) if abs(value) > _LARGEST_INDEX:
                raise self._error(node, f"{name} is at most {_LARGEST_INDEX:,} here")
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return -self._constant(node.operand, name)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return tuple(self._constant(item, name) for item in items)
            case ast.Name(id=word) if word in self._values and not self._values[word].requires_grad:
                self._graph.used.add(word)
                data = self._values[word].numpy()
                return data.astype(int) if np.all(data == np.rint(data)) else data
        raise self._error(node, f"{name} is a constant, such as 0 or (0, 1), or a value given with :const")

    def _index(self, node: ast.expr | None) -> Any:
        """An index: whole numbers, and slices of them."""
        match node:
            case None:
                return None
            case ast.Constant(value=int(value)) if not isinstance(value, bool) and value <= _LARGEST_INDEX:
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int())):
                return -self._index(node.operand)
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(self._index(lower), self._index(upper), self._index(step))
            case ast.Tuple(elts=items):
                return tuple(self._index(item) for item in items)
        raise self._error(node, "an index is a whole number or a slice: x[0], x[-1], W[0, 1], x[1:3]")


def _hint(error: SyntaxError, line: str) -> str:
    """Python's words for a mistake, with what was perhaps meant."""
    message = error.msg
    start = (error.offset or 1) - 1
    before = line[:start].rstrip()
    sign = line[start : start + 1]
    if sign in _WRITTEN:
        return f"{sign} is written {_WRITTEN[sign]}"
    word = re.split(r"\W", before)[-1]
    if word in functions() and (sign.isalnum() or not sign):
        return f"a function is called with parentheses: {word}(x)"
    if "invalid decimal literal" in message or (before[-1:].isdigit() and line[start : start + 1].isalpha()):
        return "a product is written with a star: 2*x"
    return message[:1].lower() + message[1:]

"""Who asks for a Value's numbers: read from the instruction at which the calling frame stands.

``float(v)`` that a user wrote and ``math.exp(v)`` both end in ``v.__float__()``, and nothing that is passed tells them
apart. The bytecode does: it says which callable is called there, and what stands in its arguments. What it says is kept
for each instruction; the names in it are looked up anew each time.
"""

from __future__ import annotations

import bisect
import dis
import inspect
import sys
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType, ModuleType
from typing import Any, NamedTuple

Names = tuple[str, ...]
"""How something is written, ``("np", "linalg", "norm")``; empty for what is no plain name, as ``f()(x)``."""


class Passed(NamedTuple):
    """A name that stands in an expression without being called there."""

    names: Names
    mapped: bool
    """Whether it is what ``map`` is to call."""


class Site(NamedTuple):
    """What one instruction does."""

    kind: str
    """"call", "iterate", "assign", "compare", "contains", "format", "operator", or "" for anything else."""
    callee: Names = ()
    """How the callable of a call is written, or an operator's sign."""
    passed: tuple[Passed, ...] = ()
    """What stands in a call's arguments or in what is iterated over."""


class Asker:
    """Who asks for numbers; where that is in a library, the user's call of the library.

    Parameters
    ----------
    frame : FrameType or None
        The innermost frame when the numbers were asked for, by something that is written in C.
    """

    def __init__(self, frame: FrameType | None) -> None:
        self.direct = self.site = Site("") if frame is None else site_of(frame)
        self.homes: list[str] = []
        """The modules of libraries between the user's frame and the innermost."""
        while frame is not None and (home := _home(frame)).partition(".")[0] in _LIBRARIES:
            self.homes.append(home)
            frame = frame.f_back
        if self.homes:
            self.site = Site("") if frame is None else site_of(frame)
        self._frame = frame
        self.callee = self._found(self.site.callee) if self.site.kind == "call" else None

    def loses_nothing(self) -> bool:
        """Whether the numbers are only compared or shown."""
        if {self.direct.kind, self.site.kind} & {"compare", "contains", "format"}:
            return True
        home, name = getattr(self.callee, "__module__", None) or "", self.name()
        if home in ("math", "cmath"):
            return bool(name.startswith("is"))  # isnan, isclose
        return home.startswith("numpy.testing") or bool(self.homes and home == "builtins" and name in _SHOWING)

    def is_said(self) -> bool:
        """Whether the user's code says ``float`` or ``complex``: calls it, or has a builtin or ``map`` call it."""
        if not self.homes and (_is_kind(self.callee) or self.site.callee[-1:] in (("__float__",), ("__complex__",))):
            return True
        inside = not self.homes and (self.site.kind == "iterate" or _is_builtin(self.callee))
        return any(_is_kind(thing) for thing, mapped in self._passed() if mapped or inside)

    def is_plain(self) -> bool:
        """Whether the user's code itself calls ``float`` or ``complex`` by this name, which is no variable there."""
        names, code = self.site.callee, None if self._frame is None else self._frame.f_code
        plain = not self.homes and names in (("float",), ("complex",)) and _is_kind(self.callee)
        return plain and code is not None and names[0] not in (*code.co_varnames, *code.co_cellvars, *code.co_freevars)

    def function(self) -> Any:
        """What asked: the callee, but for a builtin that has something else called, as ``list(map(math.exp, x))``."""
        if self.site.kind == "call" and not _is_builtin(self.callee):
            return self.callee
        return next((thing for thing, _ in self._passed() if callable(thing)), None)

    def name(self) -> str:
        """The callee's own name; empty if it has none."""
        own = getattr(self.callee, "__name__", "")
        return own if isinstance(own, str) else ""

    def written(self) -> str:
        """How the user wrote the call or the operator; empty if it has no name."""
        names, own = self.site.callee, self.name()
        if own and own != names[-1]:  # a variable of another name holds it
            names = (getattr(self.callee, "__module__", None) or "", own)
        name = ".".join(names).strip(".")
        return f"{name}()" if name and self.site.kind == "call" else name

    def _passed(self) -> Iterator[tuple[Any, bool]]:
        """What is passed, and whether ``map`` calls it."""
        for names, mapped in self.site.passed:
            thing = self._found(names)
            yield (thing.__reduce__()[1][0], True) if type(thing) is map else (thing, mapped)

    def _found(self, names: Names) -> Any:
        """What the names stand for in the frame; None if that would take more than looking."""
        if self._frame is None or not names:
            return None
        frame, first = self._frame, names[0]
        for scope in (_locals(frame, first), frame.f_globals, frame.f_builtins):
            if first in scope:
                found = scope[first]
                break
        else:
            return None
        for name in names[1:]:
            found = getattr(found if isinstance(found, (ModuleType, type)) else type(found), name, None)
        return getattr(found, "func", found) if type(found).__module__ == "functools" else found


_SHOWING = {"print", "str", "repr", "format", "ascii"}
_LIBRARIES = {
    *sys.stdlib_module_names,
    *(
        "_pytest",
        "astropy",
        "jax",
        "matplotlib",
        "mpmath",
        "numpy",
        "pandas",
        "pytest",
        "pint",
        "scipy",
        "sklearn",
        "sympy",
        "torch",
        "unyt",
    ),
}
"""Whose ``float(x)`` is not the user's."""


def _is_kind(thing: Any) -> bool:
    return thing is float or thing is complex


def _home(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _locals(frame: FrameType, name: str) -> Any:
    """Where to look for a frame's variable; only if it has it, since before Python 3.13 looking keeps all alive."""
    code = frame.f_code
    if not code.co_flags & inspect.CO_OPTIMIZED:  # a module's, or a class's
        return frame.f_locals
    return frame.f_locals if name in (*code.co_varnames, *code.co_cellvars, *code.co_freevars) else {}


def _is_builtin(thing: Any) -> bool:
    """Whether it is one of Python's own functions, types or methods, which never ask for a float by themselves."""
    owner = getattr(thing, "__objclass__", thing)
    return thing is not None and getattr(owner, "__module__", None) == "builtins"


# --- reading bytecode -------------------------------------------------------------------------------------------------

_sites: dict[tuple[int, int], tuple[CodeType, Site]] = {}
"""By the id of the code, which the entry keeps alive, and the place in it: codes compare by what they hold, slowly."""


def site_of(frame: FrameType) -> Site:
    """What the instruction does at which a frame stands."""
    code, place = frame.f_code, frame.f_lasti
    entry = _sites.get((id(code), place))
    if entry is None:
        if len(_sites) > 10_000:
            _sites.clear()
        entry = _sites[id(code), place] = code, _read(code, place)
    return entry[1]


def _read(code: CodeType, place: int) -> Site:
    instructions = list(dis.get_instructions(code))
    # a frame that waits for a call in Python may stand behind the instruction, in its cache
    at = bisect.bisect(instructions, place, key=lambda instruction: instruction.offset) - 1
    while at > 0 and instructions[at - 1].opname in _BESIDE.get(instructions[at].opname, ()):
        at -= 1
    if at < 0:
        return Site("")
    name = instructions[at].opname
    if name in _KINDS:
        return Site(_KINDS[name])
    if name == "BINARY_OP":
        name = instructions[at].argrepr
        if name != "+=":  # by which a list takes what an iterator gives
            return Site("format" if name in ("%", "%=") else "operator", (name,))
    depths = _depths(code, instructions)
    base = depths.get(at, 0) - _operands(name, instructions[at].arg or 0)
    if at not in depths or base == depths[at]:
        return Site("")
    if name in _CALLS:
        return _call(instructions, at, base, depths)
    return Site("iterate", (), _passed(instructions, _before(instructions, at, base, depths), at))


def _call(instructions: list[dis.Instruction], at: int, base: int, depths: Mapping[int, int]) -> Site:
    """A call: on the stack at ``base`` are the callable and an empty place or the object of a method, in any order."""
    callee = _before(instructions, at, base + 1, depths)
    while instructions[callee + 1].opname in _ATTRIBUTES:
        callee += 1
    named = depths.get(callee + 1) in (base + 1, base + 2)  # else it is the result of another call
    return Site("call", _written(instructions, callee) if named else (), _passed(instructions, callee + 1, at))


def _before(instructions: list[dis.Instruction], at: int, depth: int, depths: Mapping[int, int]) -> int:
    """The last instruction before ``at`` that found no more than ``depth`` on the stack."""
    i = at - 1
    while i > 0 and (depths.get(i, sys.maxsize) > depth or instructions[i].opname == "PUSH_NULL"):
        i -= 1
    return i


_KINDS = {"STORE_SUBSCR": "assign", "COMPARE_OP": "compare", "CONTAINS_OP": "contains"}
_CALLS = {"PRECALL", "CALL", "CALL_KW", "CALL_FUNCTION_EX"}
_ITERATES = {"+=", "FOR_ITER", "GET_ITER", "UNPACK_SEQUENCE", "UNPACK_EX", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE"}

_INLINED = {"SWAP", "BUILD_LIST", "BUILD_SET", "BUILD_MAP", "LOAD_FAST_AND_CLEAR"}
"""What a comprehension does between taking an iterator and using it, from Python 3.12 on."""

_BESIDE = {"CALL": {"PRECALL"}, **{name: {"GET_ITER", *_INLINED} for name in ("FOR_ITER", *_INLINED)}}
"""Where to go back from an instruction: to one that tells more about the stack (PRECALL is Python 3.11's)."""


def _operands(name: str, arg: int) -> int:
    """How many places of the stack an instruction's operands take, a call's with the callable; 0 of all others."""
    if name in ("PRECALL", "CALL"):
        return arg + 2
    if name == "CALL_KW":
        return arg + 3
    if name == "CALL_FUNCTION_EX":
        return 3 + (arg & 1)
    return 2 if name == "SEND" else int(name in _ITERATES)


def _depths(code: CodeType, instructions: list[dis.Instruction]) -> dict[int, int]:
    """How much stands on the stack before each instruction that can be reached, counted from the start of its block."""
    numbers = {instruction.offset: i for i, instruction in enumerate(instructions)}
    depths: dict[int, int] = {}
    entries = [(numbers[entry.target], entry.depth + entry.lasti + 1) for entry in _handlers(code)]
    for start in ((0, 0), *entries):
        todo = [start]
        while todo:
            i, depth = todo.pop()
            while i < len(instructions) and i not in depths:
                depths[i] = depth
                step = instructions[i]
                if step.opcode in _JUMPS:
                    todo.append((numbers[step.argval], depth + dis.stack_effect(step.opcode, step.arg, jump=True)))
                if step.opname in _ENDS:
                    break
                depth += dis.stack_effect(step.opcode, step.arg, jump=False)
                i += 1
    return depths


_JUMPS = {*dis.hasjrel, *dis.hasjabs}
_ENDS = {
    "JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT",
    "RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE",
}  # fmt: skip


def _handlers(code: CodeType) -> Any:
    return dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]


def _passed(instructions: list[dis.Instruction], start: int, stop: int) -> tuple[Passed, ...]:
    """The names between two instructions that are not called there."""
    passed = []
    before: Names = ()
    for i in range(start, stop):
        if not _is_name(instructions[i]) or (i + 1 < stop and instructions[i + 1].opname in _ATTRIBUTES):
            continue
        names = _written(instructions, i)
        if _is_called(instructions, i):
            before = names
        elif names:
            passed.append(Passed(names, before == ("map",)))
            before = ()
    return tuple(passed)


_ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}
_VARIABLES = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_DEREF", "LOAD_CLASSDEREF")


def _is_name(instruction: dis.Instruction) -> bool:
    return instruction.opname in _ATTRIBUTES or _is_variable(instruction)


def _is_variable(instruction: dis.Instruction) -> bool:
    return instruction.opname.startswith(_VARIABLES) or instruction.opname == "STORE_FAST_LOAD_FAST"  # Python 3.13


def _is_called(instructions: list[dis.Instruction], i: int) -> bool:
    """Whether a name is loaded to be called: beside an empty place on the stack."""
    first = i
    while first > 0 and instructions[first].opname in _ATTRIBUTES:
        first -= 1
    beside = {instructions[first - 1].opname, instructions[min(i + 1, len(instructions) - 1)].opname}
    return (
        "PUSH_NULL" in beside
        or instructions[i].opname == "LOAD_METHOD"
        or "NULL" in instructions[first].argrepr + instructions[i].argrepr
    )


def _written(instructions: list[dis.Instruction], i: int) -> Names:
    """How what an instruction loads is written, ``math.exp``."""
    names: list[str] = []
    while i > 0 and instructions[i].opname in _ATTRIBUTES:
        names.insert(0, str(instructions[i].argval))
        i -= 1
    if not _is_variable(instructions[i]):
        return ("", *names) if names else ()
    loaded = instructions[i].argval
    return (loaded[-1] if type(loaded) is tuple else str(loaded), *names)

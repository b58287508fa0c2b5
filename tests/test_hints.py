"""Messages about names: those that are missing say what was meant, and those that a message names exist."""

import ast
import importlib
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value, chain, checking
from autograd_mini.hints import nearest

PACKAGES = [Path(am.__file__ or "").parent, Path(nn.__file__ or "").parent]


# --- names that are missing -------------------------------------------------------------------------------------------

HOMES = [am, am.linalg, am.special, am.fft, chain, checking, nn, nn.optim, nn.losses, nn.activations, nn.initializers]
MEANT = [
    (am, "sinn", "autograd_mini.sin"),
    (am, "gard", "autograd_mini.grad"),
    (am, "no_gard", "autograd_mini.no_grad"),
    (am, "gammaln", "autograd_mini.special.gammaln"),
    (am, "gamaln", "autograd_mini.special.gammaln"),
    (am, "inv", "autograd_mini.linalg.inv"),
    (am, "inverse", "autograd_mini.linalg.inv"),
    (am, "rfft2", "autograd_mini.fft.rfft2"),
    (am, "jacrev", "autograd_mini.jacobian"),
    (am, "tensor", "autograd_mini.Value"),
    (nn, "mse", "nn.mse_loss"),
    (nn, "MSELoss", "nn.mse_loss"),
    (nn, "CrossEntropyLoss", "nn.cross_entropy"),
    (nn, "BCELoss", "nn.binary_cross_entropy"),
    (nn, "Linear", "nn.Layer"),
    (nn, "Dense", "nn.Layer"),
    (nn, "Sequential", "nn.MLP"),
    (nn, "Conv2d", "nn.Conv"),
    (nn, "MaxPool1d", "nn.MaxPool"),
    (nn, "ReLU", "nn.activations.relu"),
    (nn, "tanh", "nn.activations.tanh"),
    (nn, "Adm", "nn.optim.Adam"),
    (nn, "SGD", "nn.optim.SGD"),
    (nn, "he_normal", "nn.initializers.he_normal"),
    (nn, "animated", "nn.animate"),
    (am.linalg, "invv", "autograd_mini.linalg.inv"),
    (am.linalg, "inverse", "autograd_mini.linalg.inv"),
    (am.linalg, "sin", "autograd_mini.sin"),
    (am.special, "gamaln", "autograd_mini.special.gammaln"),
    (am.special, "expitt", "autograd_mini.special.expit"),
    (am.fft, "rfft22", "autograd_mini.fft.rfft2"),
    (am.fft, "gammaln", "autograd_mini.special.gammaln"),
    (chain, "traces", "autograd_mini.chain.trace"),
    (checking, "gradchek", "autograd_mini.checking.gradcheck"),
    (nn.optim, "Adm", "nn.optim.Adam"),
    (nn.optim, "sgd", "nn.optim.SGD"),
    (nn.optim, "MSELoss", "nn.mse_loss"),
    (nn.losses, "mse", "nn.losses.mse_loss"),
    (nn.losses, "CrossEntropyLoss", "nn.losses.cross_entropy"),
    (nn.activations, "ReLU", "nn.activations.relu"),
    (nn.activations, "rellu", "nn.activations.relu"),
    (nn.initializers, "he_norml", "nn.initializers.he_normal"),
]


@pytest.mark.parametrize(("module", "name", "meant"), MEANT)
def test_a_missing_name_says_what_was_meant(module: types.ModuleType, name: str, meant: str) -> None:
    with pytest.raises(AttributeError, match=rf"no attribute '{name}': did you mean {re.escape(meant)}\?$"):
        getattr(module, name)
    assert resolved(meant)


@pytest.mark.parametrize(("module", "name"), [(module, name) for module in HOMES for name in ("Foo", "__wrapped__")])
def test_a_name_like_no_other_gets_no_hint(module: types.ModuleType, name: str) -> None:
    with pytest.raises(AttributeError, match=rf"no attribute '{name}'$"):
        getattr(module, name)


def test_what_only_numpy_has_is_said_to_be_numpys() -> None:
    with pytest.raises(AttributeError, match=r"'hamming': np\.hamming computes on plain data"):
        am.hamming  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'eigh_': did you mean autograd_mini\.linalg\.eigh\?"):
        am.linalg.eigh_  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.parametrize("module", HOMES[1:], ids=lambda module: module.__name__)
def test_every_misspelt_name_of_a_module_gets_a_hint(module: types.ModuleType) -> None:
    """A letter too many at the end, in every module whose names users write."""
    homes = (module.__name__, "autograd_mini.ops")
    for name in dir(module):
        thing, wrong = getattr(module, name), name + name[-1]
        own = isinstance(thing, (type, types.FunctionType)) and thing.__module__.startswith(homes)
        if own and name[0] != "_" and len(name) > 3 and not hasattr(module, wrong):
            with pytest.raises(AttributeError, match=rf"'{wrong}': did you mean [\w.]+\?"):
                getattr(module, wrong)


@pytest.mark.parametrize("transformation", ["grad", "value_and_grad", "elementwise_grad", "jacobian", "hessian"])
def test_argnum_is_spelt_argnums(transformation: str) -> None:
    with pytest.raises(TypeError, match=rf"{transformation}\(\) takes argnums.*write argnums=\(0, 1\), not argnum="):
        getattr(am, transformation)(am.sin, argnum=(0, 1))
    with pytest.raises(TypeError, match="unexpected keyword argument 'number'"):
        getattr(am, transformation)(am.sin, number=0)


# --- functions without a rule -----------------------------------------------------------------------------------------

X: Any = Value([1.0, 2.0], name="x")

UNLIKE: dict[str, Callable[[], Any]] = {
    "np.polyfit": lambda: np.polyfit(X, X, 1),
    "np.roots": lambda: np.roots(X),
    "np.add.at": lambda: np.add.at(X, [0], 1.0),
    "np.add.reduceat": lambda: np.add.reduceat(X, [0]),
}


@pytest.mark.parametrize("name", UNLIKE)
def test_a_function_like_no_other_is_told_of_primitive(name: str) -> None:
    with pytest.raises(
        TypeError, match=rf"{re.escape(name)} has no derivative rule.*autograd_mini\.primitive"
    ) as caught:
        UNLIKE[name]()
    assert "nearest" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("convolve2d", "autograd_mini.convolve"),
        ("pinvh", "autograd_mini.linalg.pinv"),
        ("gammaincinv", "autograd_mini.special.gammainc"),
        ("linspaces", "autograd_mini.linspace"),
        ("polyfit", ""),
        ("ellipk", ""),
        ("hyp2f1", ""),
    ],
)
def test_what_is_like_a_name(name: str, near: str) -> None:
    assert nearest(name) == near


@pytest.mark.parametrize("name", ["ellipk", "hyp2f1", "ellipe"])
def test_a_special_function_without_a_rule(name: str) -> None:
    special = pytest.importorskip("scipy.special")
    arguments = (X, 1.0, 2.0, 0.3) if name == "hyp2f1" else (X,)
    with pytest.raises(TypeError, match=rf"scipy\.special\.{name} has no derivative rule") as caught:
        getattr(special, name)(*arguments)
    assert "nearest" not in str(caught.value)


def test_a_ufunc_of_ones_own_is_not_scipys() -> None:
    pytest.importorskip("scipy.special")
    own = np.frompyfunc(lambda x: x, 1, 1)
    with pytest.raises(TypeError, match=r"^the ufunc <lambda> \(vectorized\) has no derivative rule"):
        own(X)


# --- shapes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call", [lambda x, y: x + y, lambda x, y: x * y, am.subtract, am.hypot, np.maximum, am.arctan2]
)
def test_shapes_that_do_not_fit_are_told_with_the_names_of_the_values(call: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=r"\(2,\) \(3,\), of 'x' \(.*\), 'y' \(.*from the last axis on"):
        call(X, Value([1.0, 2.0, 3.0], name="y"))


# --- names in messages ------------------------------------------------------------------------------------------------


def texts() -> Iterator[tuple[str, str]]:
    """The texts of both packages, without docstrings, each with its file."""
    for package in PACKAGES:
        for file in sorted(package.rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            docs = {
                id(node.value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                    yield file.name, node.value


def resolved(path: str) -> bool:
    """Whether a dotted name leads to something."""
    first, *rest = path.split(".")
    found: Any = {"np": np, "numpy": np, "am": am, "autograd_mini": am, "nn": nn, "value": Value, "scipy": None}[first]
    for part in rest:
        if isinstance(found, types.ModuleType) and not hasattr(found, part):
            try:
                importlib.import_module(f"{found.__name__}.{part}")
            except ImportError:
                return False
        elif not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def test_every_name_in_a_message_exists() -> None:
    named = re.compile(r"\b(?<!\.)(?:np|numpy|am|autograd_mini|nn|value)(?:\.[A-Za-z_]\w*)+")
    found = {(file, path) for file, text in texts() for path in named.findall(text)}
    assert len(found) > 50
    variables = {"autograd_mini.batches", "autograd_mini.differentiating"}  # what context variables are called
    assert [(file, path) for file, path in sorted(found) if not resolved(path) and path not in variables] == []


@pytest.mark.parametrize(
    ("name", "instead"), [("rand", ""), ("arange", "np.arange computes on plain data"), ("randn", "")]
)
def test_names_that_are_like_nothing_name_nothing(name: str, instead: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(am, name)
    assert "did you mean" not in str(caught.value)
    assert instead in str(caught.value)


def test_counterparts_compute_the_same() -> None:
    """A module is no function, and filters of images share only their names with functions of rows."""
    scipy_fft, ndimage, signal = (pytest.importorskip(f"scipy.{name}") for name in ("fft", "ndimage", "signal"))
    row, image = Value(np.ones(3)), Value(np.ones((2, 2)))
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: signal.convolve(row, np.ones(3)), r"write autograd_mini\.convolve\(x, y, mode='full'\) of rows"),
        (lambda: signal.correlate(image, np.ones((2, 2))), r"autograd_mini\.correlate\(x, y, mode='full'\) of rows"),
        (lambda: ndimage.convolve(row, np.ones(3)), "call the function of autograd_mini;"),
    ]
    if np.lib.NumpyVersion(pytest.importorskip("scipy").__version__) >= "1.14.0":
        calls += [
            (lambda: scipy_fft.fft(row), r"write autograd_mini\.fft\.fft\(\)"),
            (lambda: ndimage.sum(row), "call the function of autograd_mini;"),
        ]
    else:  # SciPy 1.13 takes what has a dtype for NumPy's own: it asks for its flags, and calls its methods
        with pytest.raises(AttributeError, match="flags"):
            scipy_fft.fft(row)
        assert ndimage.sum(row).item() == 3.0
    for call, words in calls:
        with pytest.raises(TypeError, match=words):
            call()


def test_options_that_numpy_writes_name_what_takes_them() -> None:
    calls: list[Callable[[Any], Any]] = [
        lambda v: np.nan_to_num(np.ones(3), nan=v),
        lambda v: np.full_like(np.ones(3), v),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"autograd_mini\.nan_to_num, autograd_mini\.full_like") as caught:
            call(Value(2.0))
        assert "autograd_mini.copy" not in str(caught.value)
    assert am.grad(lambda v: am.sum(am.nan_to_num(np.array([1.0, np.nan]), nan=v)))(2.0) == 1.0
    with pytest.raises(TypeError, match=r"period\.item"):
        am.unwrap(np.ones(3), period=cast(Any, Value(2.0)))

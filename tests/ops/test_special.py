"""SciPy's special functions: as SciPy gives them, at the edges of their domains, and by SciPy's own calls."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special

import autograd_mini as am
from autograd_mini import Value

X = np.array([0.15, 0.4, 0.85])

UFUNCS = [
    *("erf", "erfc", "erfcx", "erfi", "dawsn", "erfinv", "erfcinv", "ndtr", "log_ndtr", "ndtri"),
    *("gamma", "gammaln", "loggamma", "rgamma", "psi", "digamma", "entr", "logit", "expit", "log_expit"),
    *("j0", "j1", "y0", "y1", "i0", "i1", "i0e", "i1e", "k0", "k1", "expi", "exp1", "cbrt", "exp2", "expm1", "log1p"),
]
OF_TWO = ["beta", "betaln", "poch", "xlogy", "xlog1py", "rel_entr", "kl_div"]
WITH_ORDER = ["jv", "jn", "yv", "iv", "ive", "kv", "kve", "gammainc", "gammaincc", "expn", "yn"]


@pytest.mark.parametrize("name", UFUNCS)
def test_scipys_ufuncs_on_values(name: str) -> None:
    theirs: Any = getattr(scipy.special, name)
    y, ours = theirs(Value(X)), getattr(am.special, name)(Value(X))
    assert type(y) is Value
    np.testing.assert_allclose(y.raw, theirs(X), rtol=1e-13)
    np.testing.assert_array_equal(y.raw, ours.raw)
    assert am.gradcheck(lambda x: theirs(x), X, order=2)  # noqa: PLW0108


@pytest.mark.parametrize("name", [*OF_TWO, *WITH_ORDER])
def test_scipys_ufuncs_of_two(name: str) -> None:
    theirs: Any = getattr(scipy.special, name)
    np.testing.assert_allclose(theirs(2, Value(X)).raw, theirs(2, X), rtol=1e-13)
    assert am.gradcheck(lambda x: theirs(2, x), X, order=3)
    if name in OF_TWO:
        assert am.gradcheck(theirs, X, X[::-1] + 0.2, order=2)


def test_scipys_ufunc_of_three() -> None:
    theirs: Any = scipy.special.betainc
    np.testing.assert_allclose(theirs(1.5, 2.0, Value(X)).raw, theirs(1.5, 2.0, X), rtol=1e-13)
    assert am.gradcheck(lambda x: theirs(1.5, 2.0, x), X, order=3)


def test_ufuncs_without_a_rule_name_themselves() -> None:
    airy: Any = scipy.special.airy
    with pytest.raises(TypeError, match=r"^scipy\.special\.airy has no derivative rule"):
        airy(Value(X))


def test_derivatives_by_parameters_are_refused() -> None:
    a = Value(1.5)
    calls: list[Callable[[], Any]] = [
        lambda: am.special.gammainc(a, X),
        lambda: am.special.gammaincc(a, X),
        lambda: am.special.betainc(a, 1.0, X),
        lambda: am.special.betainc(1.0, a, X),
        lambda: am.special.jv(a, X),
        lambda: am.special.zeta(a, X),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"no derivative by .*detach"):
            call()
    np.testing.assert_array_equal(am.special.gammainc(a.detach(), X), scipy.special.gammainc(1.5, X))
    for function in (am.special.polygamma, am.special.expn):
        with pytest.raises(ValueError, match="n >= 0, got -1"):
            function(-1, X)


def test_floats_stay_floats() -> None:
    for name in UFUNCS:
        function = getattr(am.special, name)
        assert type(function(0.3)) is float
        assert type(am.grad(function)(0.3)) is float
    assert type(am.special.jv(1.5, 0.3)) is float
    assert type(am.grad(am.special.gammainc, argnums=1)(1.5, 0.3)) is float


@pytest.mark.parametrize(
    ("function", "at", "slope"),
    [
        (am.special.j1, 0.0, 0.5),
        (am.special.i1, 0.0, 0.5),
        (am.special.i0e, 0.0, 0.0),
        (am.special.i0e, 1e6, -0.5 * scipy.special.i0e(1e6) / 1e6),
        (am.special.log_ndtr, -1e4, 1e4),
        (am.special.erfcx, 1e9, 0.0),
        (am.special.log_expit, -1e3, 1.0),
        (am.special.log_expit, 1e3, 0.0),
        (am.special.gammaln, 1e10, np.log(1e10)),
        (am.special.ndtri, 0.5, np.sqrt(2 * np.pi)),
        (am.special.entr, 1.0, -1.0),
    ],
)
def test_slopes_at_the_edges(function: Callable[..., Any], at: float, slope: float) -> None:
    assert am.grad(function)(at) == pytest.approx(slope, rel=1e-5, abs=1e-8)


def test_products_with_logarithms_at_zero() -> None:
    for function, second in ((am.special.xlogy, 0.0), (am.special.xlog1py, -1.0)):
        assert function(0.0, second) == 0.0
        assert am.grad(function, argnums=(0, 1))(0.0, second) == (0.0, 0.0)
        assert am.grad(function, argnums=(0, 1))(0.0, 2.0) == pytest.approx((np.log(2.0 - second), 0.0))


def test_multigammaln_and_polygamma_are_scipys() -> None:
    x = X + 2
    np.testing.assert_allclose(am.special.multigammaln(x, 3), scipy.special.multigammaln(x, 3), rtol=1e-13)
    for n in range(4):
        np.testing.assert_allclose(am.special.polygamma(n, x), scipy.special.polygamma(n, x), rtol=1e-13)
    np.testing.assert_allclose(am.special.zeta(2.0, x), scipy.special.zeta(2.0, x), rtol=1e-13)
    assert am.special.zeta(3.0) == scipy.special.zeta(3.0)


A = np.array([[0.3, -1.2, 2.0], [1000.0, 999.0, -np.inf]])


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1), [-1]])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.filterwarnings("ignore:invalid value encountered in log:RuntimeWarning")  # SciPy's own, before 1.15
def test_logsumexp(axis: Any, keepdims: bool) -> None:
    theirs = tuple(axis) if isinstance(axis, list) else axis
    b = np.array([[1.0, -0.5, 2.0], [0.0, 0.5, 1.0]])
    for factors in (None, b, b[0]):
        for signs in (False, True):
            x = Value(A)
            got = am.special.logsumexp(x, axis, factors, keepdims, signs)
            want = scipy.special.logsumexp(A, theirs, factors, keepdims, signs)
            for y, expected in zip(got, want, strict=True) if signs else ((got, want),):
                assert y.shape == np.shape(expected)
                np.testing.assert_allclose(y.raw, expected, rtol=1e-13)
            first = got[0] if signs else got
            am.sum(am.where(np.isfinite(first.raw), first, 0.0)).backward()


def test_gradients_of_logsumexp() -> None:
    b = np.array([1.0, -0.5, 2.0])
    assert am.gradcheck(lambda a, b: am.special.logsumexp(a, axis=1, b=b), A[:1], b, order=2)
    for zero in (np.array([1.0, 0.0, 2.0]), np.array([0.0, 1.0, 0.0])):
        assert am.gradcheck(lambda a, b: am.special.logsumexp(a, axis=1, b=b), A[:1], zero)
    assert am.gradcheck(lambda a: am.special.logsumexp(a, b=-b, return_sign=True)[0], A[:1], order=2)
    np.testing.assert_allclose(am.grad(am.special.logsumexp)(A[1]), [0.731058578630, 0.26894142137, 0.0])


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
def test_softmax_is_scipys(axis: Any) -> None:
    for name in ("softmax", "log_softmax"):
        y = getattr(am.special, name)(Value(A[:, :2]), axis)
        np.testing.assert_allclose(y.raw, getattr(scipy.special, name)(A[:, :2], axis), rtol=1e-12, atol=1e-300)
        assert am.gradcheck(lambda x, name=name: getattr(am.special, name)(x, axis), A[:1], order=2)


def test_complex_arguments() -> None:
    z = np.array([0.3 + 0.4j, 1.2 - 0.5j])
    np.testing.assert_allclose(am.special.psi(Value(z)).raw, scipy.special.psi(z))
    for name in ("gamma", "loggamma", "rgamma", "erfc", "dawsn", "expi"):
        assert am.gradcheck(lambda z, name=name: am.real(getattr(am.special, name)(z)), z)
    assert am.gradcheck(lambda z: am.real(am.special.jv(1.5, z)), z)


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_scipy_is_imported_when_it_is_used() -> None:
    out = run(
        "import sys, autograd_mini as am\n"
        "am.special.log_expit(am.Value(1.0)); am.special.softmax(am.Value([1.0])); print('scipy' in sys.modules)\n"
        "am.special.gammaln(am.Value(1.0)); print('scipy' in sys.modules)"
    )
    assert out.split() == ["False", "True"]


def test_missing_scipy_is_told() -> None:
    out = run(
        "import sys; sys.modules['scipy'] = None\n"
        "import autograd_mini as am\n"
        "try: am.special.gammaln(2.0)\n"
        "except ImportError as error: print(error)"
    )
    assert out.strip() == "autograd_mini.special.gammaln needs SciPy: pip install 'autograd-mini[special]'"


@pytest.mark.parametrize("space", [am.special, am.linalg, am.fft, am])
def test_namespaces_show_what_users_call(space: Any) -> None:
    """No helper of the module behind a name: none that NumPy's or SciPy's namespace has not, and no module."""
    shown = set(dir(space)) - {"__version__"}
    assert shown == set(space.__all__) - {"__version__"}
    assert not [name for name in ("sys", "math", "Any", "Sequence", "library", "shape_of") if name in shown]
    theirs: Any = {am.special: scipy.special, am.linalg: np.linalg, am.fft: np.fft}.get(space)
    if theirs is not None:
        assert not [name for name in shown if not hasattr(theirs, name) and not name.endswith("Result")]
        assert not [
            name for name, thing in vars(space).items() if callable(thing) and name[0] != "_" and name not in shown
        ]
    assert not hasattr(am, "sys")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gammaln", "logsumexp", "det", "slogdet"])
def test_jax_traces_them(name: str) -> None:
    """Inside and outside of ``jit``: the gradient of NumPy's data."""
    jax = pytest.importorskip("jax")
    factors, A = np.array([1.0, 0.0, 2.5], np.float32), np.array([[2.0, 0.5, 1.0], [0.1, 1.5, -0.3], [0.7, 0.2, 3.0]])
    function: Callable[[Any], Any] = {
        "gammaln": lambda x: am.sum(am.special.gammaln(x)),
        "logsumexp": lambda x: am.special.logsumexp(x[0], b=factors),
        "det": am.linalg.det,
        "slogdet": lambda x: am.linalg.slogdet(x).logabsdet,
    }[name]
    x = np.abs(A).astype(np.float32)
    want = am.grad(function)(x)
    for slope in (am.grad(function), jax.jit(am.grad(function))):
        np.testing.assert_allclose(slope(jax.numpy.asarray(x)), want, rtol=1e-4, atol=1e-6)


def test_sign_of_the_gamma_function() -> None:
    x = np.array([-2.5, -1.5, -0.5, 0.5, 3.0])
    for y in (am.special.gammasgn(Value(x)), scipy.special.gammasgn(Value(x))):
        np.testing.assert_array_equal(y.raw, [-1.0, 1.0, -1.0, 1.0, 1.0])
    np.testing.assert_array_equal(am.elementwise_grad(am.special.gammasgn)(x), np.zeros(5))

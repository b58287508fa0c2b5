"""Linear algebra: complex matrices and stacks against differences and PyTorch, gauges, singular and repeated cases."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd_mini as am
from autograd_mini import Value
from tests.ops.operands import diagonal, turned
from tests.reference import complex_gradient, gradient

Array = np.ndarray[Any, Any]


def normal(*shape: int, dtype: Any = float, seed: int = 0) -> Array:
    rng = np.random.default_rng([seed, *shape])
    x = rng.normal(size=shape)
    return (x + 1j * rng.normal(size=shape)).astype(dtype) if np.dtype(dtype).kind == "c" else x.astype(dtype)


def hermitian(x: Any) -> Any:
    return 0.5 * (x + turned(x))


def positive(x: Any) -> Any:
    return x @ turned(x) + np.eye(x.shape[-1])


def check(f: Callable[..., Any], *xs: Array, order: int = 1) -> None:
    """The gradient of a random combination of the results, in PyTorch's convention, and higher orders by gradcheck."""

    def total(*xs: Any) -> Any:
        parts = f(*xs)
        out = 0.0
        for k, y in enumerate(parts if isinstance(parts, tuple) else (parts,)):
            weight = normal(*np.shape(y.raw if isinstance(y, Value) else y), dtype=complex, seed=k + 1)
            out = out + am.sum(am.real(y * weight))
        return out

    got = am.grad(total, range(len(xs)))(*xs)
    for i, x in enumerate(xs):

        def along(z: Any, i: int = i) -> Any:
            return total(*xs[:i], z, *xs[i + 1 :])

        want = (complex_gradient if x.dtype.kind == "c" else gradient)(along, x)
        assert got[i].dtype == x.dtype
        np.testing.assert_allclose(got[i], want, rtol=1e-6, atol=1e-7)
    if order > 1:
        assert am.gradcheck(total, *xs, order=order)


DTYPES = [pytest.param(float, id="real"), pytest.param(complex, id="complex")]

FREE: dict[str, Callable[..., Any]] = {
    "inv": am.linalg.inv,
    "pinv tall": lambda a: am.linalg.pinv(a[..., :2]),
    "pinv wide": lambda a: am.linalg.pinv(a[..., :2, :]),
    "pinv of rank 1": lambda a: am.linalg.pinv(a[..., :1] @ a[..., :1, :], None, False, 1e-8),
    "det": am.linalg.det,
    "slogdet": lambda a: tuple(am.linalg.slogdet(a)),
    "qr": lambda a: tuple(am.linalg.qr(a)),
    "qr tall": lambda a: tuple(am.linalg.qr(a[..., :2])),
    "qr wide": lambda a: tuple(am.linalg.qr(a[..., :2, :])),
    "R": lambda a: am.linalg.qr(a, "r"),
    "R wide": lambda a: am.linalg.qr(a[..., :2, :], "r"),
    "complete, wide": lambda a: tuple(am.linalg.qr(a[..., :2, :], "complete")),
    "cholesky": lambda a: am.linalg.cholesky(positive(a)),
    "cholesky, upper": lambda a: am.linalg.cholesky(positive(a), upper=True),
    "eigvalsh": lambda a: am.linalg.eigvalsh(hermitian(a), "U"),
    "svdvals": am.linalg.svdvals,
    "power": lambda a: am.linalg.matrix_power(a, 3),
    "negative power": lambda a: am.linalg.matrix_power(a, -2),
    "trace": lambda a: am.linalg.trace(a, offset=1),
    "solve itself": lambda a: am.linalg.solve(a, a[..., :2]),
    "multi_dot": lambda a: am.linalg.multi_dot([a, a[..., :2], a[..., :2, 0]]) if a.ndim == 2 else a,
    "cond": am.linalg.cond,
    **{
        f"matrix norm {ord}": (lambda a, ord=ord: am.linalg.matrix_norm(a, ord=ord))
        for ord in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
    },
    **{
        f"vector norm {ord}": (lambda a, ord=ord: am.linalg.vector_norm(a, axis=-1, ord=ord))
        for ord in (1, 2, 3.5, -1, np.inf, -np.inf, 0.5)
    },
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FREE)
def test_gradients(name: str, dtype: Any) -> None:
    for shape in ((3, 3), (2, 3, 3)):
        check(FREE[name], normal(*shape, dtype=dtype) + diagonal(np.zeros(shape)).astype(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["inv", "pinv tall", "det", "slogdet", "qr tall", "cholesky", "eigvalsh", "svdvals"])
def test_second_order(name: str, dtype: Any) -> None:
    check(FREE[name], normal(3, 3, dtype=dtype) + diagonal(np.zeros((3, 3))).astype(dtype), order=2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_solve_broadcasts_stacks(dtype: Any) -> None:
    a = normal(2, 1, 3, 3, dtype=dtype) + 3 * np.eye(3)
    check(am.linalg.solve, a, normal(4, 3, 2, dtype=dtype))
    check(am.linalg.solve, a, normal(3, dtype=dtype))
    check(am.linalg.solve, a[0, 0], normal(4, 3, 2, dtype=dtype))


# --- what does not depend on the gauge --------------------------------------------------------------------------------


def of_eigh(a: Any) -> Any:
    """The logarithm of a Hermitian matrix, and what no phase changes of the vectors."""
    w, v = am.linalg.eigh(hermitian(a))
    return ((v * am.tanh(w)[..., None, :]) @ turned(v), am.abs(v[..., 0, :]))


def of_eig(a: Any) -> Any:
    w, v = am.linalg.eig(a)
    return ((v * am.exp(0.1 * w)[..., None, :]) @ am.linalg.inv(v), am.abs(v[..., :1, :]))


def of_svd(a: Any) -> Any:
    u, s, vh = am.linalg.svd(a, full_matrices=False)
    return ((u * am.sin(s)[..., None, :]) @ vh, am.abs(u[..., 0, :]), am.abs(vh[..., 0]), u @ (vh * s[..., None]))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 3, 2), (1, 1)])
def test_svd_whatever_the_phases(shape: tuple[int, ...], dtype: Any) -> None:
    check(of_svd, normal(*shape, dtype=dtype) + diagonal(np.zeros(shape)).astype(dtype), order=2 - (len(shape) > 2))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("f", [of_eigh, of_eig])
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (1, 1)])
def test_eigenvectors_whatever_the_phases(f: Callable[..., Any], shape: tuple[int, ...], dtype: Any) -> None:
    check(f, normal(*shape, dtype=dtype) + diagonal(np.zeros(shape)).astype(dtype), order=2 - (len(shape) > 2))


def test_third_order_of_eigenvalues() -> None:
    a = normal(3, 3) + diagonal(np.zeros((3, 3)))
    assert am.gradcheck(lambda a: am.sum(am.linalg.eigvalsh(hermitian(a)) ** 3), a, order=3)
    assert am.gradcheck(lambda a: am.sum(am.linalg.svdvals(a) ** 3), a, order=3)
    assert am.gradcheck(am.linalg.det, a, order=3)


def test_forward_mode_agrees_with_reverse() -> None:
    a, t = normal(3, 3) + diagonal(np.zeros((3, 3))), normal(3, 3, seed=5)
    for f in (of_eigh, of_eig, of_svd, *FREE.values()):

        def first(a: Any, f: Any = f) -> Any:
            parts = f(a)
            return am.real(parts[0] if isinstance(parts, tuple) else parts)

        y, rate = am.jvp(first, (a,), (t,))
        _, pullback = am.vjp(first, a)
        weight = normal(*np.shape(y), seed=6)
        g = pullback(weight)
        np.testing.assert_allclose(np.sum(rate * weight), np.sum(g * t), rtol=1e-9)


# --- PyTorch ----------------------------------------------------------------------------------------------------------

TORCH: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "inv": (am.linalg.inv, lambda t: t.linalg.inv),
    "pinv": (lambda a: am.linalg.pinv(a[..., :2]), lambda t: lambda a: t.linalg.pinv(a[..., :2])),
    "det": (am.linalg.det, lambda t: t.linalg.det),
    "logabsdet": (lambda a: am.linalg.slogdet(a)[1], lambda t: lambda a: t.linalg.slogdet(a)[1]),
    "Q": (lambda a: am.linalg.qr(a[..., :2])[0], lambda t: lambda a: t.linalg.qr(a[..., :2])[0]),
    "R": (lambda a: am.linalg.qr(a[..., :2, :])[1], lambda t: lambda a: t.linalg.qr(a[..., :2, :])[1]),
    "svdvals": (am.linalg.svdvals, lambda t: t.linalg.svdvals),
    "eigvals": (lambda a: am.sum(am.linalg.eigvals(a) ** 3), lambda t: lambda a: (t.linalg.eigvals(a) ** 3).sum()),
    "nuc": (lambda a: am.linalg.norm(a, "nuc", (-2, -1)), lambda t: lambda a: t.linalg.norm(a, "nuc", (-2, -1))),
    "norm 2": (lambda a: am.linalg.norm(a, 2, (-2, -1)), lambda t: lambda a: t.linalg.norm(a, 2, (-2, -1))),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", TORCH)
def test_pytorch_agrees(name: str, dtype: Any) -> None:
    pytest.importorskip("torch")
    torch: Any = importlib.import_module("torch")
    ours, theirs = TORCH[name]
    a = normal(2, 3, 3, dtype=dtype) + diagonal(np.zeros((2, 3, 3))).astype(dtype)
    x, z = Value(a), torch.tensor(a, requires_grad=True)
    y, want = ours(x), theirs(torch)(z)
    np.testing.assert_allclose(y.raw, want.detach().numpy(), rtol=1e-10, atol=1e-12)
    weight = normal(*y.shape, dtype=y.dtype, seed=3)
    y.backward(weight)
    want.backward(torch.tensor(weight))
    np.testing.assert_allclose(x.grad, z.grad.numpy(), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("dtype", DTYPES)
def test_hermitian_gradients_are_those_of_pytorch(dtype: Any) -> None:
    """Of a Hermitian leaf itself, where a gradient is defined only up to its skew part, which is 0 here."""
    pytest.importorskip("torch")
    torch: Any = importlib.import_module("torch")
    a = positive(normal(3, 3, dtype=dtype))
    functions: tuple[tuple[Any, Any], ...] = (
        (am.linalg.cholesky, torch.linalg.cholesky),
        (am.linalg.eigvalsh, torch.linalg.eigvalsh),
        (lambda a: am.abs(am.linalg.eigh(a)[1]), lambda a: torch.linalg.eigh(a)[1].abs()),
    )
    for ours, theirs in functions:
        x, z = Value(a), torch.tensor(a, requires_grad=True)
        y, want = ours(x), theirs(z)
        weight = normal(*y.shape, seed=3).astype(y.dtype)
        y.backward(weight)
        want.backward(torch.tensor(weight))
        np.testing.assert_allclose(x.grad, x.grad.conj().T, atol=1e-12)
        np.testing.assert_allclose(x.grad, hermitian(z.grad.numpy()), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", ["inv", "pinv tall", "det", "qr tall", "svdvals", "power", "matrix norm nuc"])
def test_tensors_inside_values(name: str) -> None:
    """The same gradients where a Value holds a tensor."""
    pytest.importorskip("torch")
    torch: Any = importlib.import_module("torch")
    a = normal(3, 3) + diagonal(np.zeros((3, 3)))

    def total(a: Any) -> Any:
        y = FREE[name](a)
        return am.sum((y[0] if isinstance(y, tuple) else y) ** 3)

    np.testing.assert_allclose(am.grad(total)(torch.tensor(a)).numpy(), am.grad(total)(a), rtol=1e-9, atol=1e-12)


# --- singular, repeated, empty, single --------------------------------------------------------------------------------


@pytest.mark.parametrize("rank", [0, 1, 2])
@pytest.mark.parametrize("dtype", DTYPES)
def test_determinant_of_singular_matrices_at_every_order(rank: int, dtype: Any) -> None:
    a = normal(3, rank, dtype=dtype) @ normal(rank, 3, dtype=dtype)
    check(am.linalg.det, a)
    assert am.gradcheck(lambda a: am.real(am.linalg.det(a)), a, order=3, atol=1e-6)


def test_determinant_of_a_stack_with_one_singular_matrix() -> None:
    a = np.stack([np.eye(3), np.ones((3, 3)), np.diag([1.0, 2.0, 0.0])])
    got = am.grad(lambda a: am.sum(am.linalg.det(a)))(a)
    np.testing.assert_allclose(got, [np.eye(3), np.zeros((3, 3)), np.diag([0.0, 0.0, 2.0])], atol=1e-14)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_logarithm_of_the_determinant_of_a_singular_matrix() -> None:
    x = Value([[1.0, 2.0], [2.0, 4.0]])
    sign, logabsdet = am.linalg.slogdet(x)
    assert sign.item() == 0
    assert logabsdet.item() == -np.inf
    assert not np.isfinite(am.gradients(logabsdet, x)).any()


@pytest.mark.parametrize(
    "f", [am.linalg.inv, lambda a: am.linalg.solve(a, np.ones(2)), am.linalg.cholesky, np.linalg.inv]
)
def test_linalgerror_tells_of_the_operand(f: Callable[..., Any]) -> None:
    x = Value([[1.0, 2.0], [2.0, 4.0]], name="A") * 1.0
    with pytest.raises(np.linalg.LinAlgError) as caught:
        f(x - x)
    assert any("shape (2, 2)" in line for line in caught.value.__notes__)
    x.sum().backward()


def test_errors_of_factorisations_tell_of_the_operand() -> None:
    for f in (am.linalg.eigh, am.linalg.eig, am.linalg.svd, am.linalg.slogdet, am.linalg.qr):
        with pytest.raises(np.linalg.LinAlgError) as caught:
            f(Value(np.ones(3)))
        assert any("shape (3,)" in line for line in caught.value.__notes__)


def test_repeated_eigenvalues() -> None:
    """The values' gradient is finite and right; the vectors' is not."""
    identity = np.eye(3)
    np.testing.assert_allclose(am.grad(lambda a: am.sum(am.linalg.eigvalsh(a)))(identity), identity)
    np.testing.assert_allclose(am.grad(lambda a: am.sum(am.linalg.eigh(a)[0] ** 2))(identity), 2 * identity)
    np.testing.assert_allclose(am.grad(lambda a: am.sum(am.linalg.svdvals(a)))(identity), identity, atol=1e-15)
    np.testing.assert_allclose(am.grad(lambda a: am.sum(am.real(am.linalg.eigvals(a))))(identity), identity)
    with np.errstate(all="ignore"):
        for f in (
            lambda a: am.linalg.eigh(a)[1],
            lambda a: am.linalg.svd(a)[0],
            lambda a: am.real(am.linalg.eig(a)[1]),
        ):
            assert not np.isfinite(am.grad(lambda a, f=f: am.sum(f(a) * normal(3, 3)))(identity)).all()


def test_norms_at_zero_have_gradient_zero() -> None:
    for ord in ("fro", "nuc", 1, 2, np.inf, -1, -2, -np.inf):
        np.testing.assert_array_equal(am.grad(lambda x, o=ord: am.linalg.matrix_norm(x, ord=o))(np.zeros((2, 3))), 0.0)
    for ord in (1, 2, 3, np.inf, 0, -np.inf):
        np.testing.assert_array_equal(am.grad(lambda x, o=ord: am.linalg.vector_norm(x, ord=o))(np.zeros(3)), 0.0)


EVERY: dict[str, Callable[..., Any]] = {
    "inv": am.linalg.inv,
    "det": am.linalg.det,
    "logabsdet": lambda a: am.linalg.slogdet(a)[1],
    "solve": lambda a: am.linalg.solve(a, a[..., :1]),
    "cholesky": lambda a: am.linalg.cholesky(positive(a)),
    "R": lambda a: am.linalg.qr(a)[1],
    "eigvalsh": lambda a: am.linalg.eigvalsh(hermitian(a)),
    "svdvals": am.linalg.svdvals,
    "pinv": am.linalg.pinv,
    "power": lambda a: am.linalg.matrix_power(a, 2),
    "trace": am.linalg.trace,
    "norm": lambda a: am.linalg.matrix_norm(a, ord="nuc"),
}
NUMPYS: dict[str, Callable[..., Any]] = {
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "logabsdet": lambda a: np.linalg.slogdet(a)[1],
    "solve": lambda a: np.linalg.solve(a, a[..., :1]),
    "cholesky": lambda a: np.linalg.cholesky(positive(a)),
    "R": lambda a: np.linalg.qr(a)[1],
    "eigvalsh": lambda a: np.linalg.eigvalsh(hermitian(a)),
    "svdvals": np.linalg.svdvals,
    "pinv": np.linalg.pinv,
    "power": lambda a: np.linalg.matrix_power(a, 2),
    "trace": np.linalg.trace,
    "norm": lambda a: np.linalg.matrix_norm(a, ord="nuc"),
}


@pytest.mark.parametrize("name", EVERY)
@given(
    stack=st.lists(st.integers(0, 2), max_size=2),
    n=st.integers(0, 3),
    dtype=st.sampled_from(["f4", "f8", "c8", "c16"]),
    seed=st.integers(0, 99),
)
def test_any_shape_and_dtype(name: str, stack: list[int], n: int, dtype: str, seed: int) -> None:
    a = normal(*stack, n, n, dtype=dtype, seed=seed) + 4 * np.eye(n, dtype=dtype)
    x = Value(a)
    want = NUMPYS[name](a)
    y = EVERY[name](x)
    assert y.dtype == want.dtype
    assert y.shape == np.shape(want)
    np.testing.assert_allclose(y.raw, want, rtol=1e-4 if dtype in ("f4", "c8") else 1e-10)
    am.sum(am.real(y)).backward()
    assert x.grad.shape == a.shape
    assert x.grad.dtype == a.dtype
    assert np.isfinite(x.grad).all()


# --- several results, options, refusals -------------------------------------------------------------------------------


def test_results_have_numpys_names() -> None:
    a: Any = positive(normal(3, 3))
    x: Any = Value(a)
    for ours, theirs in (
        (np.linalg.eigh(x), np.linalg.eigh(a)),
        (np.linalg.slogdet(x), np.linalg.slogdet(a)),
        (np.linalg.qr(x), np.linalg.qr(a)),
        (np.linalg.svd(x), np.linalg.svd(a)),
    ):
        assert ours._fields == theirs._fields
        for y, want in zip(ours, theirs, strict=True):
            assert type(y) is Value
            np.testing.assert_allclose(y.raw, want, atol=1e-14)
    assert np.linalg.eig(x)._fields == np.linalg.eig(a)._fields
    values: Any = np.linalg.svd(x, compute_uv=False)
    np.testing.assert_allclose(values.raw, np.linalg.svd(a, compute_uv=False))


def test_one_factorisation_serves_all_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forward, backward and second order of eigh and svd factorise once."""
    calls: list[str] = []
    for name in ("eigh", "svd", "eigvalsh"):
        original = getattr(np.linalg, name)

        def counted(*xs: Any, f: Any = original, name: str = name, **how: Any) -> Any:
            calls.append(name)
            return f(*xs, **how)

        monkeypatch.setattr(np.linalg, name, counted)
    x = Value(positive(normal(3, 3)))
    for f in (am.linalg.eigh, am.linalg.svd):
        calls.clear()
        y = sum((am.sum(part**2 * normal(*part.shape)) for part in f(x)), start=Value(0.0))
        g = am.gradients(y, x, create_graph=True)
        am.gradients(am.sum(g * g), x)
        assert len(calls) == 1


def test_lstsq_is_numpys() -> None:
    a: Any = normal(5, 3)
    b: Any = normal(5, 2)
    for right in (b, b[:, 0]):
        ours, theirs = am.linalg.lstsq(Value(a), right), np.linalg.lstsq(a, right, rcond=None)
        for y, want in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(y.raw if isinstance(y, Value) else y, want, rtol=1e-10)
        check(lambda a, b: tuple(am.linalg.lstsq(a, b))[:2], a, right, order=2)
    wide = am.linalg.lstsq(Value(a.T), b[:3])
    np.testing.assert_allclose(wide.solution.raw, np.linalg.lstsq(a.T, b[:3], rcond=None)[0])
    assert wide.residuals.shape == (0,)
    assert wide.rank == 3
    through: Any = np.linalg.lstsq(Value(a), b, rcond=None)  # type: ignore[arg-type]
    assert type(through[0]) is Value


def test_what_has_no_derivative_says_so() -> None:
    x = Value(normal(4, 2))
    with pytest.raises(ValueError, match=r"qr in mode 'complete' of shape \(4, 2\).*mode='reduced'"):
        am.linalg.qr(x, "complete")
    with pytest.raises(ValueError, match=r"svd of shape \(4, 2\).*the last 2 vectors.*full_matrices=False"):
        am.sum(am.linalg.svd(x).U).backward()
    with pytest.raises(ValueError, match="choose reduced, complete or r"):
        am.linalg.qr(x, "raw")
    assert am.linalg.qr(x.raw, "complete").Q.shape == (4, 4)
    assert am.linalg.svd(x.raw).U.shape == (4, 4)


def test_bad_shapes_and_options_are_told() -> None:
    x = Value(normal(2, 3))
    with pytest.raises(np.linalg.LinAlgError, match=r"square matrices, \(\.\.\., n, n\), got shape \(2, 3\)"):
        am.linalg.matrix_power(x, 2)
    with pytest.raises(TypeError, match="whole number"):
        am.linalg.matrix_power(Value(normal(2, 2)), 0.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"multi_dot cannot multiply shapes \(2, 3\) and \(2, 3\): 3 columns meet 2"):
        am.linalg.multi_dot([x, x])
    with pytest.raises(ValueError, match="two matrices or more"):
        am.linalg.multi_dot([x])
    with pytest.raises(ValueError, match="no order 'nuc' for a vector"):
        am.linalg.norm(x[0], "nuc")
    with pytest.raises(ValueError, match="no order 3 for a matrix"):
        am.linalg.norm(x, 3)
    with pytest.raises(np.linalg.LinAlgError, match=r"\(2, 3\) and \(3,\)"):
        am.linalg.lstsq(x, np.ones(3))
    with pytest.raises(np.linalg.LinAlgError, match="no square matrix"):
        am.linalg.tensorinv(x, ind=1)


def test_multi_dot_takes_the_cheapest_order() -> None:
    shapes = [(10, 100), (100, 5), (5, 50)]
    factors = [Value(normal(*shape)) for shape in shapes]
    y = am.linalg.multi_dot(factors)
    np.testing.assert_allclose(y.raw, np.linalg.multi_dot([x.raw for x in factors]))
    assert y.parents[0].shape == (10, 5)
    through: Any = np.linalg.multi_dot(factors)
    np.testing.assert_array_equal(through.raw, y.raw)


def test_plain_functions() -> None:
    x = Value([[1.0, 2.0], [2.0, 4.0]])
    assert am.linalg.matrix_rank(x) == np.linalg.matrix_rank(x) == 1  # type: ignore[arg-type]
    assert type(am.linalg.matrix_rank(x)) is not Value
    assert am.linalg.matrix_rank(x, tol=10.0) == 0
    assert am.linalg.matrix_rank(x, rtol=0.1) == 1
    np.testing.assert_array_equal(am.linalg.matrix_power(x, 0).raw, np.eye(2))
    assert am.linalg.LinAlgError is np.linalg.LinAlgError


def test_inverse_of_cauchys_matrix_has_an_exact_gradient() -> None:
    """By hand: d tr(A⁻¹) = −tr(A⁻¹ dA A⁻¹), so the gradient is −(A⁻²)ᵀ."""
    a = 1.0 / (np.arange(1, 4)[:, None] + np.arange(3))
    np.testing.assert_allclose(am.grad(lambda a: am.trace(am.linalg.inv(a)))(a), -np.linalg.inv(a @ a).T, rtol=1e-8)


def test_log_density_of_a_normal_distribution_learns_its_covariance() -> None:
    """The maximum likelihood covariance is the empirical one: the gradient there is 0."""
    x = normal(40, 3)
    covariance = x.T @ x / 40

    def loss(s: Any) -> Any:
        lower = am.linalg.cholesky(s)
        z = am.linalg.solve(lower, x.T)
        return am.sum(am.log(am.linalg.diagonal(lower))) * 40 + 0.5 * am.sum(z * z)

    np.testing.assert_allclose(am.grad(loss)(covariance), 0.0, atol=1e-9)


def test_pictures_of_factorisations() -> None:
    x = Value(positive(normal(2, 2)), name="A")
    w, v = am.linalg.eigh(x)
    y = am.sum(w) + am.sum(v * v)
    text = str(am.explain(y, x))
    assert "V · diag (1, copied) · Vᵀ" in text


@pytest.mark.parametrize("shape", [(4, 2), (2, 4), (2, 3, 2)])
def test_full_singular_vectors_of_any_shape(shape: tuple[int, ...]) -> None:
    """What is settled has its derivative; of the vectors that full matrices have more only their use is an error."""
    a, k = normal(*shape), min(shape[-2:])
    svd: Any = np.linalg.svd
    whole = svd(Value(a))
    for got, want in zip(whole, np.linalg.svd(a), strict=True):
        np.testing.assert_allclose(got.raw, want)
    check(lambda a: (np.linalg.svd(a)[1],), a)
    check(lambda a: (np.linalg.svd(a, compute_uv=False),), a)
    check(lambda a: (am.linalg.svd(a).U[..., :k] ** 2, am.linalg.svd(a).Vh[..., :k, :] ** 2), a)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0), (2, 0, 3)])
def test_singular_values_of_nothing(shape: tuple[int, ...]) -> None:
    a = np.zeros(shape)
    for full in (True, False):
        found = am.linalg.svd(Value(a), full_matrices=full)
        assert [x.shape for x in found] == [x.shape for x in np.linalg.svd(a, full_matrices=full)]
    assert am.grad(lambda a: am.sum(np.linalg.svd(a)[1]))(a).shape == shape
    assert am.grad(lambda a: am.sum(np.linalg.svd(a, compute_uv=False)))(a).shape == shape


SINGULAR = [np.array([[1.0, 2.0], [2.0, 4.0]]), np.arange(9.0).reshape(3, 3)]


@pytest.mark.parametrize("a", SINGULAR, ids=str)
def test_determinants_of_singular_matrices_where_nobody_can_look(a: Any) -> None:
    """The gradient is the matrix of cofactors, whichever way it is computed; beside a regular matrix too."""
    n = len(a)
    minors = [[np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) for j in range(n)] for i in range(n)]
    cofactors = np.array(minors) * (-1.0) ** np.indices((n, n)).sum(0)
    both = np.stack([a, a + np.eye(n)])
    np.testing.assert_allclose(am.grad(am.linalg.det)(a), cofactors, atol=1e-13)
    np.testing.assert_allclose(am.vmap(am.grad(am.linalg.det))(both)[0], cofactors, atol=1e-13)
    jax = pytest.importorskip("jax")
    np.testing.assert_allclose(jax.jit(am.grad(am.linalg.det))(a.astype(np.float32)), cofactors, atol=2e-5)
    if n == 2:  # JAX compiles long
        second = jax.jit(am.hessian(am.linalg.det))(a.astype(np.float32))
        np.testing.assert_allclose(second, am.hessian(am.linalg.det)(a), atol=2e-5)


def test_jax_compiles_least_squares() -> None:
    jax = pytest.importorskip("jax")
    a, b = np.arange(6.0, dtype=np.float32).reshape(3, 2), np.array([1.0, 2.0, 4.0], np.float32)
    solution, residuals, rank, values = jax.jit(am.linalg.lstsq)(a, b)
    want = np.linalg.lstsq(a.astype(float), b, rcond=None)
    for got, truth in zip((solution, residuals, rank, values), want, strict=True):
        np.testing.assert_allclose(got, truth, rtol=1e-4)
    slope = am.grad(lambda a: am.sum(am.linalg.lstsq(a, b).solution ** 2))
    np.testing.assert_allclose(jax.jit(slope)(a), slope(a.astype(float)), rtol=1e-3, atol=1e-3)
    assert np.isnan(jax.jit(am.linalg.lstsq)(np.ones((3, 2), np.float32), b)[1]).all()  # of rank 1


@pytest.mark.parametrize("library", ["numpy", "torch", "jax.numpy"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_nuclear_norm_of_singular_matrices_is_one_for_all_libraries(library: str, dtype: str) -> None:
    """U · Vᵀ over the singular values that are not 0: of [[2, 2], [2, 2]] 1/2 each, the central difference."""
    home = pytest.importorskip(library)
    a = np.array([[[2.0, 2.0], [2.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]], [[3.0, 0.0], [0.0, -1.0]]], dtype)
    for f in (lambda a: am.sum(am.norm(a, "nuc", axis=(1, 2))), lambda a: am.sum(am.linalg.matrix_norm(a, ord="nuc"))):
        g = np.asarray(am.grad(f)(home.asarray(a)))
        np.testing.assert_allclose(g, [np.full((2, 2), 0.5), np.zeros((2, 2)), np.diag([1.0, -1.0])], atol=1e-6)
    for ord in ("nuc", -2):
        value = np.asarray(am.linalg.matrix_norm(home.asarray(a), ord=ord))
        np.testing.assert_allclose(value, np.linalg.norm(a, ord, (1, 2)), atol=1e-6)

"""Fourier transforms: NumPy's values for all lengths, axes, norms and dtypes; gradients; identities."""

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd_mini as am
from autograd_mini import Value
from tests.reference import complex_gradient, gradient

Array = np.ndarray[Any, Any]

SINGLE = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
SEVERAL = ["fftn", "ifftn", "rfftn", "irfftn", "fft2", "ifft2", "rfft2", "irfft2"]
OF_REAL = {"rfft", "ihfft", "rfftn", "rfft2"}
NORMS = st.sampled_from([None, "backward", "ortho", "forward"])


def signal(shape: tuple[int, ...], kind: str, seed: int = 0) -> Array:
    rng = np.random.default_rng([seed, *shape])
    x = rng.normal(size=shape)
    return (x + 1j * rng.normal(size=shape) if kind in "FD" else x).astype(kind)


def check(name: str, x: Array, **options: Any) -> None:
    """Value, dtype and gradient of one call; through np.fft as well."""
    theirs, ours = getattr(np.fft, name), getattr(am.fft, name)
    want = theirs(x, **options)
    leaf = Value(x)
    y = ours(leaf, **options)
    assert y.dtype == want.dtype
    assert y.shape == want.shape
    close = 1e-4 if x.dtype.kind + str(x.dtype.itemsize) in ("f4", "c8") else 1e-12
    np.testing.assert_allclose(y.raw, want, rtol=close, atol=close)
    np.testing.assert_array_equal(theirs(leaf, **options).raw, y.raw)
    weight = signal(want.shape, "D", 1)
    am.sum(am.real(y * weight)).backward()
    assert leaf.grad.dtype == x.dtype

    def total(z: Any) -> Any:
        return np.sum(np.real(theirs(z, **options) * weight))

    truth = (complex_gradient if x.dtype.kind == "c" else gradient)(total, x)
    np.testing.assert_allclose(leaf.grad, truth, rtol=max(close, 1e-8), atol=max(close, 1e-8))


@pytest.mark.parametrize("name", SINGLE)
@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    n=st.integers(1, 6),
    data=st.data(),
    norm=NORMS,
    kind=st.sampled_from("fdFD"),
)
def test_along_one_axis(name: str, shape: tuple[int, ...], n: int, data: st.DataObject, norm: Any, kind: str) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    kind = kind.lower() if name in OF_REAL else kind
    check(name, signal(shape, kind), n=n, axis=axis, norm=norm)
    if name not in ("irfft", "hfft") or shape[axis] > 1:
        check(name, signal(shape, kind), axis=axis, norm=norm)


@pytest.mark.parametrize("name", SEVERAL)
@settings(max_examples=10)
@given(shape=st.lists(st.integers(2, 4), min_size=2, max_size=3).map(tuple), data=st.data(), norm=NORMS)
def test_along_several_axes(name: str, shape: tuple[int, ...], data: st.DataObject, norm: Any) -> None:
    x = signal(shape, "d" if name in OF_REAL else data.draw(st.sampled_from("dD")))
    count = 2 if "2" in name else data.draw(st.integers(1, len(shape)))
    axes = tuple(data.draw(st.permutations(range(-len(shape), 0)))[:count])
    s = [data.draw(st.integers(1, 5)) for _ in axes]
    check(name, x, s=s, axes=axes, norm=norm)
    check(name, x, axes=axes, norm=norm)
    check(name, x, norm=norm)


@pytest.mark.parametrize("name", SINGLE)
def test_higher_orders_and_forward_mode(name: str) -> None:
    x = signal((5,), "d" if name in OF_REAL else "D")

    def power(x: Any) -> Any:
        y = getattr(am.fft, name)(x)
        return am.sum(am.abs(y * y * y) ** 2)

    assert am.gradcheck(power, x, order=2)
    t = signal((5,), x.dtype.char, 2)
    _, rate = am.jvp(getattr(am.fft, name), (x,), (t,))
    np.testing.assert_allclose(rate, getattr(np.fft, name)(t), atol=1e-14)


def test_shifts_and_frequencies() -> None:
    for shape, axes in (((5,), None), ((4, 3), None), ((4, 3), 1), ((4, 3), (0, -1))):
        x = signal(shape, "d")
        for name in ("fftshift", "ifftshift"):
            y: Any = getattr(np.fft, name)(Value(x), axes)
            np.testing.assert_array_equal(y.raw, getattr(np.fft, name)(x, axes))
    assert am.fft.fftfreq is np.fft.fftfreq
    assert am.fft.rfftfreq is np.fft.rfftfreq


def test_every_function_of_numpy_is_here_with_its_parameters() -> None:
    for name in np.fft.__all__:
        ours = inspect.signature(getattr(am.fft, name)).parameters
        theirs = inspect.signature(getattr(np.fft, name)).parameters
        assert list(ours) == [option for option in theirs if option not in ("out", "device")] or name.endswith("freq")


def test_energy_is_kept() -> None:
    """Parseval: Σ |x|² = Σ |F x|² / n; so both have the gradient 2x."""
    x = signal((8,), "d")
    np.testing.assert_allclose(am.grad(lambda x: am.sum(am.abs(am.fft.fft(x, norm="ortho")) ** 2))(x), 2 * x)
    np.testing.assert_allclose(am.grad(lambda x: am.sum(am.fft.irfft(am.fft.rfft(x)) ** 2))(x), 2 * x)


def test_convolution_theorem() -> None:
    x, w = Value(signal((6,), "d")), Value(signal((3,), "d", 1))
    y = am.fft.irfft(am.fft.rfft(x, 8) * am.fft.rfft(w, 8), 8)
    np.testing.assert_allclose(y.raw, np.convolve(x.raw, w.raw), atol=1e-14)
    y.backward(np.ones(8))
    np.testing.assert_allclose(w.grad, np.full(3, x.raw.sum()), atol=1e-13)


def test_what_is_refused() -> None:
    x = Value(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"fft\.fft has no norm 'max': choose 'backward', 'ortho' or 'forward'"):
        am.fft.fft(x, norm="max")
    with pytest.raises(ValueError, match=r"at least one entry along axis 1, got 0 of shape \(2, 3\)"):
        am.fft.fft(x, n=0)
    with pytest.raises(ValueError, match="2 lengths for 1 axes"):
        am.fft.fftn(x, s=(2, 2), axes=(0,))
    with pytest.raises(ValueError, match="needs an array"):
        am.fft.fft(Value(2.0))
    with pytest.raises(ValueError, match="say n="):
        am.fft.irfft(Value(np.ones(1)))
    with pytest.raises(TypeError, match="takes no out="):
        np.fft.fft(x, out=np.empty((2, 3), complex))
    with pytest.raises(np.exceptions.AxisError):
        am.fft.fft(x, axis=2)
    with pytest.raises(TypeError):
        am.fft.rfft(Value(np.ones(3) * 1j))

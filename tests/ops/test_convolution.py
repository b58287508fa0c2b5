"""Convolution and pooling against PyTorch, over shapes and options, to second order; and their errors."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

import autograd_mini as am
from autograd_mini import Value
from tests.reference import gradient

SPATIAL = st.integers(1, 3)


def torch_functions() -> Any:
    return pytest.importorskip("torch")


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[Any, ...]:
    """Shapes and options of a convolution in one, two or three dimensions."""
    n, groups = draw(SPATIAL), draw(st.integers(1, 2))
    batch, channels, out = draw(st.integers(1, 3)), groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))

    def each(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(low, high)) for _ in range(n))

    kernel, stride, padding, dilation = each(1, 3), each(1, 3), each(0, 2), each(1, 2)
    size = tuple(
        max(d * (k - 1) + 1 - 2 * p, 1) + draw(st.integers(0, 3))
        for d, k, p in zip(dilation, kernel, padding, strict=True)
    )
    seed = draw(st.integers(0, 2**16))
    return (batch, channels, *size), (out, channels // groups, *kernel), stride, padding, dilation, groups, seed


def compare_with_torch(ours: Any, theirs: Any, *arrays: Any) -> None:
    """Value, gradients, and the gradients of a function of the gradients."""
    torch = torch_functions()
    leaves = [Value(x) for x in arrays]
    tensors = [torch.tensor(x, requires_grad=True) for x in arrays]
    y, t = ours(*leaves), theirs(*tensors)
    np.testing.assert_allclose(y.raw, t.detach().numpy(), rtol=1e-10, atol=1e-12)
    first = am.gradients((y * y).sum(), leaves, create_graph=True)
    wanted = torch.autograd.grad((t * t).sum(), tensors, create_graph=True)
    for g, w in zip(first, wanted, strict=True):
        np.testing.assert_allclose(g.raw, w.detach().numpy(), rtol=1e-9, atol=1e-10)
    total: Any = sum((g**3).sum() for g in first)
    second = am.gradients(total, leaves)
    for g, w in zip(second, torch.autograd.grad(sum((w**3).sum() for w in wanted), tensors), strict=True):
        np.testing.assert_allclose(g, w.numpy(), rtol=1e-8, atol=1e-8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(convolutions())
def test_conv_is_torchs(drawn: tuple[Any, ...]) -> None:
    torch = torch_functions()
    x_shape, w_shape, stride, padding, dilation, groups, seed = drawn
    rng = np.random.default_rng(seed)
    function = getattr(torch.nn.functional, f"conv{len(stride)}d")
    compare_with_torch(
        lambda x, w, b: am.conv(x, w, b, stride, padding, dilation, groups),
        lambda x, w, b: function(x, w, b, stride, padding, dilation, groups),
        rng.normal(size=x_shape),
        rng.normal(size=w_shape),
        rng.normal(size=w_shape[0]),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(convolutions(), st.data())
def test_conv_transpose_is_torchs(drawn: tuple[Any, ...], data: st.DataObject) -> None:
    torch = torch_functions()
    x_shape, w_shape, stride, padding, dilation, groups, seed = drawn
    rng = np.random.default_rng(seed)
    w_shape = (x_shape[1], w_shape[0] // groups, *w_shape[2:])
    more = tuple(data.draw(st.integers(0, s - 1)) for s in stride)
    size = [
        (m - 1) * s - 2 * p + d * (k - 1) + e + 1
        for m, s, p, d, k, e in zip(x_shape[2:], stride, padding, dilation, w_shape[2:], more, strict=True)
    ]
    assume(min(size) > 0)
    function = getattr(torch.nn.functional, f"conv_transpose{len(stride)}d")
    compare_with_torch(
        lambda x, w, b: am.conv_transpose(x, w, b, stride, padding, more, dilation, groups),
        lambda x, w, b: function(x, w, b, stride, padding, more, groups, dilation),
        rng.normal(size=x_shape),
        rng.normal(size=w_shape),
        rng.normal(size=w_shape[1] * groups),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(convolutions(), st.booleans())
def test_pooling_is_torchs(drawn: tuple[Any, ...], counted: bool) -> None:
    torch = torch_functions()
    x_shape, w_shape, stride, padding, dilation, _, seed = drawn
    kernel, n = w_shape[2:], len(stride)
    padding = tuple(min(p, k // 2) for p, k in zip(padding, kernel, strict=True))
    size = tuple(d * (k - 1) + 3 for d, k in zip(dilation, kernel, strict=True))
    x = np.random.default_rng(seed).permutation(math.prod(x_shape[:2]) * math.prod(size)).astype(float)
    x = x.reshape(*x_shape[:2], *size) / 7
    largest = getattr(torch.nn.functional, f"max_pool{n}d")
    compare_with_torch(
        lambda x: am.max_pool(x, kernel, stride, padding, dilation),
        lambda x: largest(x, kernel, stride, padding, dilation),
        x,
    )
    average = getattr(torch.nn.functional, f"avg_pool{n}d")
    compare_with_torch(
        lambda x: am.avg_pool(x, kernel, stride, padding, count_include_pad=counted),
        lambda x: average(x, kernel, stride, padding, count_include_pad=counted),
        x,
    )


@pytest.mark.filterwarnings("ignore:Using padding")  # PyTorch tells that it pads first
def test_padding_same_is_torchs_and_keeps_the_size() -> None:
    torch = torch_functions()
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 3, 7, 6)), rng.normal(size=(4, 3, 4, 3))
    want = torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w), padding="same", dilation=(1, 2))
    np.testing.assert_allclose(am.conv(x, w, padding="same", dilation=(1, 2)), want.numpy(), rtol=1e-12)
    assert am.conv(x, w, padding="same", stride=2).shape == (2, 4, 4, 3)
    assert am.conv(x, w, padding="valid").shape == am.conv(x, w).shape == (2, 4, 4, 4)
    assert am.max_pool(x, 2, padding="same", stride=1).shape == x.shape


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.longdouble, np.complex128])
def test_dtypes(dtype: Any) -> None:
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(2, 2, 6)).astype(dtype), rng.normal(size=(3, 2, 3)).astype(dtype)
    if dtype == np.complex128:
        x, w = x + 1j * rng.normal(size=x.shape), w - 1j * rng.normal(size=w.shape)
    leaves = Value(x), Value(w)
    y = am.conv(*leaves, stride=2)
    assert y.dtype == dtype
    am.sum(am.real(y * am.conjugate(y))).backward()
    assert [leaf.grad.dtype for leaf in leaves] == [dtype, dtype]
    if dtype == np.complex128:
        step = 1e-6
        moved = np.sum(np.abs(am.conv(x, w + step * 1j, stride=2)) ** 2) - np.sum(
            np.abs(am.conv(x, w - step * 1j, stride=2)) ** 2
        )
        np.testing.assert_allclose(np.sum(leaves[1].grad.imag), moved / (2 * step), rtol=1e-7)


def test_views_and_blocks_of_a_large_batch_give_the_same() -> None:
    """More examples than are copied at a time, and inputs that are no plain rows in memory."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(40, 20, 3, 40)).transpose(0, 2, 3, 1)[:, :, ::-1]
    w = rng.normal(size=(5, 3, 5, 3))
    whole, each = Value(x), [Value(row[None]) for row in x]
    kernels = Value(w), Value(w)
    y, z = am.conv(whole, kernels[0], stride=(1, 2)), [am.conv(row, kernels[1], stride=(1, 2)) for row in each]
    np.testing.assert_allclose(y.raw, np.concatenate([row.raw for row in z]), rtol=1e-12)
    (y * y).sum().backward()
    for row in z:
        (row * row).sum().backward()
    np.testing.assert_allclose(whole.grad, np.concatenate([row.grad for row in each]), rtol=1e-10)
    np.testing.assert_allclose(kernels[0].grad, kernels[1].grad, rtol=1e-10)


def test_ties_share_equally() -> None:
    x = Value(np.array([[[1.0, 1.0, 0.0, 2.0]]]))
    am.max_pool(x, 2).sum().backward()
    np.testing.assert_array_equal(x.grad, [[[0.5, 0.5, 0.0, 1.0]]])
    with_border = Value(np.full((1, 1, 2), -3.0))
    am.max_pool(with_border, 2, stride=1, padding=1).sum().backward()
    np.testing.assert_array_equal(with_border.grad, [[[1.5, 1.5]]])


def test_pooling_by_differences() -> None:
    x = np.random.default_rng(3).permutation(24).reshape(1, 2, 4, 3) / 3.0
    for pool in (am.max_pool, am.avg_pool):
        leaf = Value(x)
        (pool(leaf, (2, 3), stride=1, padding=(1, 0)) ** 2).sum().backward()
        want = gradient(lambda x, pool=pool: (pool(x, (2, 3), stride=1, padding=(1, 0)) ** 2).sum(), x)  # type: ignore[misc]
        np.testing.assert_allclose(leaf.grad, want, rtol=1e-8, atol=1e-9)


X, W = np.zeros((2, 4, 5)), np.zeros((6, 4, 3))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: am.conv(X[0], W), r"\(4, 5\) and \(6, 4, 3\).*x\[None\]"),
        (lambda: am.conv(X, W[:, :3]), "4 channels.*read 3"),
        (lambda: am.conv(X, W, np.zeros(4)), r"b of shape \(6,\), got \(4,\)"),
        (lambda: am.conv(X, W, groups=3), "groups=3"),
        (lambda: am.conv(X, W, stride=0), "stride must be a whole number from 1"),
        (lambda: am.conv(X, W, stride=(1, 1)), "stride"),
        (lambda: am.conv(X, W, padding=-1), "padding"),
        (lambda: am.conv(X, W, padding="full"), "same"),
        (lambda: am.conv(X, W, dilation=3), r"reaches over \(7,\), more than the input \(5,\)"),
        (lambda: am.conv_transpose(X, W), "reads? 6|read 6"),
        (lambda: am.conv_transpose(X, np.zeros((4, 6, 3)), output_padding=1), "less than the stride"),
        (lambda: am.conv_transpose(X, np.zeros((4, 6, 3)), padding="same"), "numbers"),
        (lambda: am.max_pool(X[0], 2), r"\(batch, channels, \*size\)"),
        (lambda: am.max_pool(X, 6), "more than the input"),
        (lambda: am.avg_pool(X, 2, padding=2), "at most half"),
    ],
)
def test_what_does_not_fit_is_told(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_output_padding_up_to_the_limits_of_torch() -> None:
    torch = pytest.importorskip("torch")
    rng, count = np.random.default_rng(0), 0
    for m, k, stride, padding, dilation, more in itertools.product((2, 3), (1, 3), (1, 2), (0, 1), (1, 3), (0, 1, 2)):
        x, w = rng.normal(size=(1, 2, m)), rng.normal(size=(2, 1, k))
        x_, w_ = (torch.tensor(a, requires_grad=True) for a in (x, w))
        try:
            want = torch.nn.functional.conv_transpose1d(x_, w_, None, stride, padding, more, 1, dilation)
        except RuntimeError:
            continue
        y = am.conv_transpose(a := Value(x), b := Value(w), None, stride, padding, more, dilation)
        np.testing.assert_allclose(y.raw, want.detach().numpy(), rtol=1e-13, atol=1e-13)
        g = rng.normal(size=y.shape)
        want.backward(torch.tensor(g))
        y.backward(g)
        np.testing.assert_allclose(a.grad, x_.grad.numpy(), rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(b.grad, w_.grad.numpy(), rtol=1e-13, atol=1e-13)
        count += 1
    assert count > 50

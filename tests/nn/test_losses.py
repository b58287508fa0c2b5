"""Losses against formulas by hand, central differences and PyTorch, and against targets that do not fit."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd_mini as am
import nn
from autograd_mini import Value
from nn.losses import LOSSES, get_loss
from tests.reference import gradient

Array = np.ndarray[Any, Any]

REDUCTIONS = ("mean", "sum", "none")
RNG = np.random.default_rng(5)
SCORES = RNG.normal(size=(4, 3)) * 3
POSITIVE = RNG.uniform(0.05, 0.95, (4, 3))
ROWS = POSITIVE / POSITIVE.sum(axis=1, keepdims=True)
NUMBERS = RNG.normal(size=(4, 3)) * 3
SIGNS = np.where(RNG.random((4, 3)) < 0.5, -1.0, 1.0)
ANSWERS = np.where(RNG.random((4, 3)) < 0.5, 0.0, 1.0)
CLASSES = np.array([2, 0, 1, 2])


def log_softmax(x: Array) -> Array:
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))  # type: ignore[no-any-return]


Formula = Callable[[Array], Array]

CASES: dict[str, tuple[Callable[..., Any], Array, Any, dict[str, Any], Formula]] = {
    "mse": (nn.mse_loss, SCORES, NUMBERS, {}, lambda p: (p - NUMBERS) ** 2),
    "l1": (nn.l1_loss, SCORES, NUMBERS, {}, lambda p: np.abs(p - NUMBERS)),
    "huber": (
        nn.huber_loss,
        SCORES,
        NUMBERS,
        {},
        lambda p: np.where(np.abs(p - NUMBERS) < 1, (p - NUMBERS) ** 2 / 2, np.abs(p - NUMBERS) - 0.5),
    ),
    "huber, delta 2.5": (
        nn.huber_loss,
        SCORES,
        NUMBERS,
        {"delta": 2.5},
        lambda p: np.where(np.abs(p - NUMBERS) < 2.5, (p - NUMBERS) ** 2 / 2, 2.5 * (np.abs(p - NUMBERS) - 1.25)),
    ),
    "hinge": (nn.hinge_loss, SCORES, SIGNS, {}, lambda p: np.maximum(0, 1 - SIGNS * p)),
    "binary_cross_entropy": (
        nn.binary_cross_entropy,
        POSITIVE,
        ANSWERS,
        {},
        lambda p: -ANSWERS * np.log(p) - (1 - ANSWERS) * np.log(1 - p),
    ),
    "binary_cross_entropy, soft targets": (
        nn.binary_cross_entropy,
        POSITIVE,
        ROWS,
        {},
        lambda p: -ROWS * np.log(p) - (1 - ROWS) * np.log(1 - p),
    ),
    "binary_cross_entropy_with_logits": (
        nn.binary_cross_entropy_with_logits,
        SCORES,
        ANSWERS,
        {},
        lambda p: np.log(1 + np.exp(p)) - ANSWERS * p,
    ),
    "cross_entropy": (nn.cross_entropy, SCORES, CLASSES, {}, lambda p: -log_softmax(p)[np.arange(4), CLASSES]),
    "cross_entropy, probabilities": (
        nn.cross_entropy,
        SCORES,
        ROWS,
        {},
        lambda p: -(ROWS * log_softmax(p)).sum(axis=1),
    ),
    "cross_entropy, smoothed classes": (
        nn.cross_entropy,
        SCORES,
        CLASSES,
        {"label_smoothing": 0.1},
        lambda p: -((0.9 * np.eye(3)[CLASSES] + 0.1 / 3) * log_softmax(p)).sum(axis=1),
    ),
    "cross_entropy, smoothed probabilities": (
        nn.cross_entropy,
        SCORES,
        ROWS,
        {"label_smoothing": 0.25},
        lambda p: -((0.75 * ROWS + 0.25 / 3) * log_softmax(p)).sum(axis=1),
    ),
    "nll": (nn.nll_loss, np.log(ROWS), CLASSES, {}, lambda p: -p[np.arange(4), CLASSES]),
    "kl_divergence": (nn.kl_divergence, log_softmax(SCORES), ROWS, {}, lambda p: ROWS * (np.log(ROWS) - p)),
    "kl_divergence, logarithms": (
        nn.kl_divergence,
        log_softmax(SCORES),
        np.log(ROWS),
        {"log_target": True},
        lambda p: ROWS * (np.log(ROWS) - p),
    ),
}
"""By name: the loss, a prediction, a target, options, and the loss of each entry by hand."""

TORCH = {
    "mse": "mse_loss",
    "l1": "l1_loss",
    "huber": "huber_loss",
    "binary_cross_entropy": "binary_cross_entropy",
    "binary_cross_entropy_with_logits": "binary_cross_entropy_with_logits",
    "cross_entropy": "cross_entropy",
    "nll": "nll_loss",
    "kl_divergence": "kl_div",
}


def by_hand(losses: Array, reduction: str) -> Array:
    return {"mean": losses.mean, "sum": losses.sum, "none": losses.copy}[reduction]()  # type: ignore[operator,no-any-return]


# --- values and gradients ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("case", CASES)
def test_losses_are_their_formulas(case: str, reduction: str) -> None:
    loss, prediction, target, options, formula = CASES[case]
    v = Value(prediction)
    out = loss(v, target, reduction, **options)
    expected = by_hand(formula(prediction), reduction)
    assert out.shape == expected.shape
    assert out.data == pytest.approx(expected, rel=1e-12, abs=1e-14)
    assert loss(prediction, target, reduction, **options) == pytest.approx(expected, rel=1e-12, abs=1e-14)
    weights = np.arange(1.0, expected.size + 1).reshape(expected.shape)
    out.backward(weights)
    differences = gradient(lambda p: float((weights * by_hand(formula(p), reduction)).sum()), prediction)
    assert v.grad == pytest.approx(differences, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("case", [case for case in CASES if "l1" not in case and "hinge" not in case])
def test_losses_can_be_differentiated_twice(case: str) -> None:
    loss, prediction, target, options, _ = CASES[case]
    direction = np.cos(np.arange(12.0)).reshape(4, 3)

    def total(p: Any) -> Any:
        return loss(p, target, "sum", **options)

    step = 1e-5
    slope = am.grad(total)
    expected = (slope(prediction + step * direction) - slope(prediction - step * direction)) / (2 * step)
    assert am.hvp(total, (prediction,), (direction,))[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("case", [case for case in CASES if "hinge" not in case])
def test_pytorch_agrees(case: str, reduction: str) -> None:
    torch = pytest.importorskip("torch")
    loss, prediction, target, options, _ = CASES[case]
    theirs = getattr(torch.nn.functional, TORCH[case.partition(",")[0]])
    v, t = Value(prediction), torch.tensor(prediction, requires_grad=True)
    out = loss(v, target, reduction, **options)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "reduction: 'mean' divides")  # PyTorch, about kl_div
        expected = theirs(t, torch.tensor(target), reduction=reduction, **options)
    out.backward(np.ones(out.shape))
    expected.sum().backward()
    assert out.data == pytest.approx(expected.detach().numpy(), rel=1e-12, abs=1e-13)
    assert v.grad == pytest.approx(t.grad.numpy(), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(
    ("name", "prediction", "target"),
    [
        ("binary_cross_entropy", [0.0, 0.0, 1.0, 1.0, 1e-13, 1e-50, 1 - 1e-14], [0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0]),
        ("binary_cross_entropy_with_logits", [-1e3, -1e3, 1e3, 1e3, 0.0, 40.0], [0.0, 1.0, 0.0, 1.0, 1.0, 1.0]),
        ("cross_entropy", [[1e3, 0.0, -1e3], [-1e3, 0.0, 1e3], [0.0, 0.0, 0.0]], [0, 0, 1]),
        ("huber", [1.0, 2.0, -1.0, 0.0, 1e200], [0.0, 0.0, 0.0, 0.0, 0.0]),
        ("l1", [1.0, 1e300], [1.0, 0.0]),
        ("kl_divergence", [-1.0, -1e3, -0.5], [0.0, 1.0, 0.5]),
    ],
)
def test_pytorch_agrees_at_the_edges(name: str, prediction: Any, target: Any) -> None:
    torch = pytest.importorskip("torch")
    v, t = Value(prediction), torch.tensor(np.array(prediction), requires_grad=True)
    out = LOSSES[name](v, target, "none")
    expected = getattr(torch.nn.functional, TORCH[name])(t, torch.tensor(np.array(target)), reduction="none")
    out.sum().backward()
    expected.sum().backward()
    assert np.isfinite(out.data).all()
    assert np.isfinite(v.grad).all()
    assert out.data == pytest.approx(expected.detach().numpy(), rel=1e-12, abs=1e-13)
    assert v.grad == pytest.approx(t.grad.numpy(), rel=1e-12, abs=1e-13)


def test_classes_on_the_last_axis_of_any_shape() -> None:
    torch = pytest.importorskip("torch")
    scores, classes = RNG.normal(size=(2, 5, 3)), RNG.integers(0, 3, (2, 5))
    theirs = torch.nn.functional.cross_entropy(torch.tensor(scores).movedim(-1, 1), torch.tensor(classes))
    assert nn.cross_entropy(scores, classes) == pytest.approx(float(theirs), rel=1e-13)
    assert nn.cross_entropy(scores[0, 0], classes[0, 0]) == pytest.approx(-log_softmax(scores[0, 0])[classes[0, 0]])


def test_the_mean_divergence_of_a_batch() -> None:
    torch = pytest.importorskip("torch")
    prediction = log_softmax(SCORES)
    theirs = torch.nn.functional.kl_div(torch.tensor(prediction), torch.tensor(ROWS), reduction="batchmean")
    ours = nn.kl_divergence(Value(prediction), ROWS, "batchmean")
    assert ours.item() == pytest.approx(float(theirs), rel=1e-13)
    assert nn.kl_divergence(np.log(ROWS), ROWS, "sum") == 0.0


def test_cross_entropies_are_one_another() -> None:
    z = NUMBERS[:, 0]
    two = np.stack([np.zeros(4), z], axis=1)  # the score of yes beside 0 for no
    answers = ANSWERS[:, 0]
    expected = nn.binary_cross_entropy_with_logits(z, answers)
    assert nn.cross_entropy(two, answers.astype(int)) == pytest.approx(expected, rel=1e-13)
    assert nn.binary_cross_entropy(am.sigmoid(z), answers) == pytest.approx(expected, rel=1e-13)
    assert nn.nll_loss(am.log_softmax(SCORES), CLASSES) == pytest.approx(nn.cross_entropy(SCORES, CLASSES), rel=1e-13)


def test_gradients_by_hand() -> None:
    v = Value(SCORES)
    nn.cross_entropy(v, CLASSES).backward()
    assert v.grad == pytest.approx((np.exp(log_softmax(SCORES)) - np.eye(3)[CLASSES]) / 4, rel=1e-12)
    z = Value(SCORES)
    nn.binary_cross_entropy_with_logits(z, ANSWERS, "sum").backward()
    assert z.grad == pytest.approx(1 / (1 + np.exp(-SCORES)) - ANSWERS, rel=1e-12)


def test_gradients_flow_to_targets_that_ask_for_them() -> None:
    torch = pytest.importorskip("torch")
    for ours, theirs, p, t in (
        (nn.mse_loss, torch.nn.functional.mse_loss, SCORES, NUMBERS),
        (nn.binary_cross_entropy, torch.nn.functional.binary_cross_entropy, POSITIVE, ROWS),
        (nn.binary_cross_entropy_with_logits, torch.nn.functional.binary_cross_entropy_with_logits, SCORES, ROWS),
        (nn.cross_entropy, torch.nn.functional.cross_entropy, SCORES, ROWS),
        (nn.kl_divergence, torch.nn.functional.kl_div, log_softmax(SCORES), ROWS),
    ):
        target, tensor = Value(t), torch.tensor(t, requires_grad=True)
        ours(p, target, "sum").backward()
        theirs(torch.tensor(p), tensor, reduction="sum").backward()
        assert target.grad == pytest.approx(tensor.grad.numpy(), rel=1e-12, abs=1e-14)


# --- what comes in, and how it is drawn -------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=5))
def test_scalar_values_give_the_same_as_arrays(pairs: list[tuple[float, float]]) -> None:
    scalars = [Value(p) for p, _ in pairs]
    array = Value([p for p, _ in pairs])
    target = [t for _, t in pairs]
    one, other = nn.huber_loss(array, target), nn.huber_loss(scalars, target)
    assert other.item() == pytest.approx(one.item(), rel=1e-13, abs=1e-300)
    one.backward()
    other.backward()
    assert [v.grad for v in scalars] == pytest.approx(list(array.grad), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("name", ["mse", "l1", "huber", "hinge", "binary_cross_entropy_with_logits"])
@pytest.mark.parametrize("target", [1, 1.0, np.float32(1), np.array(1), True])
def test_one_number_stays_a_python_float(name: str, target: Any) -> None:
    v = Value(0.25)
    C = LOSSES[name](v, target)
    C.backward()
    assert type(C.raw) is float
    assert type(v.grad) is float
    assert type(LOSSES[name](0.25, target)) is float


def test_rows_of_scalar_values() -> None:
    rows = [[Value(z) for z in row] for row in SCORES]
    C = nn.cross_entropy(rows, CLASSES)
    C.backward()
    v = Value(SCORES)
    nn.cross_entropy(v, CLASSES).backward()
    assert np.array([[z.grad for z in row] for row in rows]) == pytest.approx(v.grad, rel=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_float32_stays_float32(case: str) -> None:
    loss, prediction, target, options, _ = CASES[case]
    v = Value(prediction.astype(np.float32))
    C = loss(v, target, **options)
    C.backward()
    assert (C.dtype, v.grad.dtype) == (np.float32, np.float32)


@pytest.mark.parametrize("labels", [[2, 0, 1, 2], (2, 0, 1, 2), CLASSES.astype(np.uint8), Value(CLASSES)])
def test_classes_come_as_lists_arrays_or_values(labels: Any) -> None:
    assert nn.cross_entropy(SCORES, labels) == nn.cross_entropy(SCORES, CLASSES)
    assert nn.nll_loss(SCORES, labels) == nn.nll_loss(SCORES, CLASSES)


@pytest.mark.parametrize("case", CASES)
def test_the_cost_is_a_group_with_its_formula(case: str) -> None:
    loss, prediction, target, options, _ = CASES[case]
    C = loss(Value(prediction), target, **options)
    assert (C.name, C.scope.name) == ("C", "Cost")
    assert C.scope.title.startswith("C = mean ")
    assert (Value(1.0) * 2.0).scope is None


def test_titles_of_the_reductions() -> None:
    p = Value([1.0, 2.0])
    titles = [nn.mse_loss(p, [0.0, 0.0], reduction).scope.title for reduction in REDUCTIONS]
    assert titles == ["C = mean (prediction − target)²", "C = Σ (prediction − target)²", "C = (prediction − target)²"]


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mse", "l1", "huber", "hinge", "binary_cross_entropy_with_logits", "kl_divergence"])
@pytest.mark.parametrize(
    ("shape", "target_shape"),
    [((4, 1), (4,)), ((4,), (4, 1)), ((4, 3), (3,)), ((4,), ()), ((), (1,)), ((2, 3), (3, 2))],
)
def test_shapes_are_never_broadcast(name: str, shape: tuple[int, ...], target_shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="they must be the same") as error:
        LOSSES[name](Value(np.ones(shape)), np.ones(target_shape))
    assert f"prediction has shape {shape} and the target has shape {target_shape}" in str(error.value)
    assert ("numpy.reshape" in str(error.value)) == (math.prod(shape) == math.prod(target_shape))


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        ([0, 1, 3, 0], ValueError, "3 classes have the numbers 0 to 2, the target has 3 at index 2"),
        ([0, 1, -1, 0], ValueError, "the target has -1 at index 2"),
        ([0, -100, 0, 0], ValueError, "the target has -100 at index 1"),
        ([0.0, 1.0, 2.0, 0.0], TypeError, r"whole numbers from 0 to 2.*float64; pass target\.astype\(int\)"),
        ([True, False, True, False], TypeError, "dtype bool"),
        ([0, 1], ValueError, r"one class for each row, of shape \(4,\), the target has shape \(2,\)"),
        ([[0], [1], [2], [0]], ValueError, r"the target has shape \(4, 1\)"),
        (np.eye(4, 3, dtype=int), ValueError, r"if its rows are probabilities pass target\.astype\(float\)"),
        (1, ValueError, r"the target has shape \(\)"),
    ],
)
@pytest.mark.parametrize("loss", [nn.cross_entropy, nn.nll_loss])
def test_classes_that_do_not_fit(loss: Any, target: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        loss(Value(SCORES), target)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_an_empty_batch(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="the batch is empty"):
        LOSSES[name](np.ones(shape), np.ones(shape))


@pytest.mark.parametrize("name", LOSSES)
def test_an_unknown_reduction(name: str) -> None:
    with pytest.raises(ValueError, match="no reduction 'avg': choose from 'mean', 'sum', 'none'"):
        LOSSES[name](Value([1.0]), [1.0], reduction="avg")


def test_batchmean_is_for_divergences() -> None:
    with pytest.raises(ValueError, match="no reduction 'batchmean'"):
        nn.mse_loss([1.0], [1.0], "batchmean")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.hinge_loss([1.0, 2.0], [1, 0]), r"-1 and 1, got 0 at index 1; .* pass 2 \* target - 1"),
        (lambda: nn.hinge_loss(1.0, 0.5), "got 0.5;"),
        (lambda: nn.binary_cross_entropy([0.5, 1.5], [1, 0]), "predictions from 0 to 1, got 1.5 at .*with_logits"),
        (lambda: nn.binary_cross_entropy([[0.5, -1.0]], [[1, 0]]), r"got -1 at index \(0, 1\)"),
        (lambda: nn.binary_cross_entropy([0.5, 0.5], [1, 2]), "targets from 0 to 1, got 2 at index 1$"),
        (lambda: nn.binary_cross_entropy_with_logits([0.5, 0.5], [1, -1]), "targets from 0 to 1, got -1 at index 1"),
        (lambda: nn.cross_entropy([[1.0, 2.0]], [[0.5, 1.5]]), r"targets from 0 to 1, got 1.5 at index \(0, 1\)"),
        (lambda: nn.kl_divergence([-1.0], [-0.5]), "targets from 0 to 1, got -0.5"),
        (lambda: nn.huber_loss([1.0], [1.0], delta=0.0), "delta above 0, got 0.0"),
        (lambda: nn.huber_loss([1.0], [1.0], delta=math.nan), "delta above 0, got nan"),
        (lambda: nn.cross_entropy([[1.0, 2.0]], [0], label_smoothing=1.5), "label_smoothing is from 0 to 1, got 1.5"),
        (lambda: nn.cross_entropy(1.0, 0), r"shape \(..., classes\), got a single number"),
    ],
)
def test_numbers_out_of_range(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "bad", ["ab", None, ["a"], 1j, np.ones(2, complex), np.array([None]), np.ma.masked_array([1.0, 2.0], [True, False])]
)
@pytest.mark.parametrize("name", LOSSES)
def test_what_is_no_real_number(name: str, bad: Any) -> None:
    with pytest.raises(TypeError):
        LOSSES[name](bad, [1.0, 2.0])
    with pytest.raises(TypeError):
        LOSSES[name](Value([1.0, 2.0]), bad)


def test_an_error_leaves_no_scope_and_no_gradient() -> None:
    p = Value([1.0, 2.0])
    with pytest.raises(ValueError, match="must be the same"):
        nn.mse_loss(p, [1.0])
    assert p.grad is None
    assert (p * 2.0).scope is None


def test_nan_flows_through() -> None:
    p = np.array([math.nan, 0.5])
    for name in ("mse", "huber", "binary_cross_entropy"):
        assert math.isnan(LOSSES[name](p, [1.0, 0.0]))


# --- lookup -----------------------------------------------------------------------------------------------------------


def test_lookup_by_name_and_function() -> None:
    assert [get_loss(name) for name in LOSSES] == [*LOSSES.values()]
    assert [get_loss(loss.__name__) for loss in LOSSES.values()] == [*LOSSES.values()]
    assert get_loss(abs) is abs
    with pytest.raises(ValueError, match=r"no loss 'mean': choose from mse, l1, huber"):
        get_loss("mean")
    with pytest.raises(ValueError, match="did you mean 'cross_entropy'"):
        get_loss("crossentropy")
    with pytest.raises(TypeError, match="the loss is a name or a function, got NoneType"):
        get_loss(None)  # type: ignore[arg-type]


# --- which axis has the classes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 5), (4, 3, 3), (2, 3, 3, 3), (2, 3, 4, 3)])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("soft", [False, True])
def test_classes_on_axis_1_equal_torchs(shape: Any, reduction: str, smoothing: float, soft: bool) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    scores = rng.normal(size=shape)
    target: Any = rng.integers(3, size=(shape[0], *shape[2:]))
    if soft:
        target = rng.dirichlet(np.ones(3), target.shape)
        target = np.moveaxis(target, -1, 1)
    options: Any = {"reduction": reduction, "label_smoothing": smoothing}
    t = torch.tensor(scores, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(t, torch.tensor(target), **options)
    v = Value(scores)
    ours = nn.cross_entropy(v, target, axis=1, **options)
    np.testing.assert_allclose(ours.numpy(), expected.detach().numpy(), rtol=1e-12)
    expected.sum().backward()
    ours.sum().backward()
    np.testing.assert_allclose(v.grad, t.grad.numpy(), rtol=1e-10, atol=1e-15)
    if not soft and not smoothing:
        logs = am.log_softmax(scores, axis=1)
        for axis in (1, 1 - len(shape)):
            got = nn.nll_loss(logs, target, reduction, axis=axis)
            np.testing.assert_allclose(got, expected.detach().numpy(), rtol=1e-12)


def test_the_last_axis_by_name_and_by_default() -> None:
    rng = np.random.default_rng(1)
    scores, labels = rng.normal(size=(4, 5, 3)), rng.integers(3, size=(4, 5))
    for target in (labels, np.eye(3)[labels]):
        expected = nn.cross_entropy(
            scores.reshape(-1, 3), target.reshape(20, -1)[:, 0] if target is labels else target.reshape(-1, 3)
        )
        for axis in (None, -1, 2):
            assert nn.cross_entropy(scores, target, axis=axis) == pytest.approx(expected, rel=1e-14)
    square = rng.normal(size=(4, 3, 3))
    assert nn.cross_entropy(square, labels[:, :3], axis=-1) == pytest.approx(
        nn.cross_entropy(square.reshape(-1, 3), labels[:, :3].reshape(-1)), rel=1e-14
    )


UNIFORM = np.full((4, 3, 3), 1 / 3)


@pytest.mark.parametrize("prediction", [np.zeros, lambda shape: Value(np.zeros(shape))])
@pytest.mark.parametrize(
    ("shape", "target", "words"),
    [
        ((4, 3, 3), np.zeros((4, 3), int), r"\(4, 3\), a prediction of shape \(4, 3, 3\) may have.*axis=-1 or axis=1"),
        ((4, 3, 3, 3), np.zeros((4, 3, 3), int), "axis=-1 or axis=1"),
        ((4, 3, 3), Value(np.zeros((4, 3), int)), "axis=-1 or axis=1"),
        ((4, 3, 3), [[0, 1, 2]] * 4, "axis=-1 or axis=1"),
        ((4, 3, 5), np.zeros((4, 5), int), r"has its classes on axis 1, as in PyTorch: pass axis=1$"),
    ],
)
def test_a_target_that_fits_axis_1_asks_for_the_axis(prediction: Any, shape: Any, target: Any, words: str) -> None:
    for loss in (nn.cross_entropy, nn.nll_loss):
        with pytest.raises(ValueError, match=f"^{loss.__name__}: .*{words}"):
            loss(prediction(shape), target)


def test_probabilities_tell_their_axis_by_their_sums() -> None:
    rng = np.random.default_rng(1)
    rows = rng.dirichlet(np.ones(3), (4, 3))
    scores = rng.normal(size=(4, 3, 3))
    assert nn.cross_entropy(scores, rows) == pytest.approx(nn.cross_entropy(scores, rows, axis=-1), rel=1e-15)
    for made in (np.asarray, Value, lambda x: x.astype(np.float32), lambda x: x.tolist()):
        with pytest.raises(ValueError, match="has its classes on axis 1"):
            nn.cross_entropy(scores, made(rows.swapaxes(1, 2)))
    with pytest.raises(ValueError, match="axis=-1 or axis=1"):
        nn.cross_entropy(scores, UNIFORM)
    weights = 0.5 * rows  # no probabilities, which is allowed: the classes are on the last axis
    assert nn.cross_entropy(scores, weights) == pytest.approx(0.5 * nn.cross_entropy(scores, rows), rel=1e-14)


def test_an_axis_that_does_not_fit() -> None:
    for loss in (nn.cross_entropy, nn.nll_loss):
        with pytest.raises(ValueError, match=r"axis 3 is none of the prediction, whose shape is \(4, 3, 5\)"):
            loss(np.zeros((4, 3, 5)), np.zeros((4, 5), int), axis=3)
        with pytest.raises(ValueError, match="axis -4 is none"):
            loss(np.zeros((4, 3, 5)), np.zeros((4, 5), int), axis=-4)
        words = r"shape \(4, 3, 5\) with the classes on axis 1 .* of shape \(4, 5\), .*; the target has shape \(4, 3\)"
        with pytest.raises(ValueError, match=words):
            loss(np.zeros((4, 3, 5)), np.zeros((4, 3), int), axis=1)


def test_the_sums_of_tensors_tell_as_well() -> None:
    torch = pytest.importorskip("torch")
    rows = torch.asarray(RNG.dirichlet(np.ones(3), (4, 3)))
    scores = torch.asarray(RNG.normal(size=(4, 3, 3)))
    with pytest.raises(ValueError, match="has its classes on axis 1"):
        nn.cross_entropy(Value(scores), Value(rows.mT))
    assert nn.cross_entropy(Value(scores), Value(rows)).item() == pytest.approx(
        nn.cross_entropy(scores.numpy(), rows.numpy()), rel=1e-14
    )

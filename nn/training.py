"""``fit``: a model, data and a loss in, a trained model and its history out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any, Protocol, TypeAlias

import numpy as np

from autograd_mini import Value, keep_memory

from . import optim
from .activations import warn_about_step
from .callbacks import as_callbacks
from .data import Array, as_count, as_samples, train_test_split
from .history import History
from .lookup import find
from .loop import Loop, Samples
from .losses import Loss, get_loss
from .metrics import accuracy
from .module import Module
from .progress import progress_for

Metric: TypeAlias = Callable[[Any, Any], Any]

OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "sgd": optim.SGD,
    "adam": optim.Adam,
    "adamw": optim.AdamW,
    "rmsprop": optim.RMSprop,
    "adagrad": optim.Adagrad,
}
"""The optimizers that ``fit`` takes by name."""


class Trainable(Protocol):
    """What ``fit`` trains: a Module, or anything else that can be called and has parameters."""

    def __call__(self, x: Any, /) -> Any:
        """The prediction for a batch (for a sample, if the model has an attribute ``scalar`` that is true)."""

    def parameters(self) -> Iterable[Value]:
        """The leaves that training changes."""


def fit(  # noqa: PLR0913 (every choice that a training leaves)
    model: Trainable,
    X: Any,
    y: Any = None,
    *,
    loss: str | Loss = "mse",
    optimizer: str | Any = "adam",
    lr: float | None = None,
    epochs: int = 10,
    batch_size: int = 32,
    validation: Any = None,
    metrics: Mapping[str, Metric] | Iterable[Metric | str] | Metric | str = (),
    callbacks: Iterable[Any] | Any = (),
    progress: bool | str = "auto",
    shuffle: bool = True,
    seed: int | np.random.Generator | None = None,
) -> History:
    """Train a model: for each mini-batch predict, take the loss, go backward, and let the optimizer step.

    Parameters
    ----------
    model : Module, or any callable with ``parameters()``
        It is called with a batch, an array of shape (batch, ...). A model with an attribute ``scalar`` that is true,
        such as ``MLP(..., scalar=True)``, is called with one sample at a time as a list of floats.
    X : array, shape (samples, ...)
        The inputs, one sample a row. Floating data is cast to the parameters' dtype.
    y : array, shape (samples, ...), optional
        The targets. Without them the model learns to reproduce its input (an autoencoder). For losses by name that
        compare entry by entry, targets of shape (samples,) serve for predictions of shape (samples, 1).
    loss : str or callable
        A name, such as ``"mse"`` or ``"cross_entropy"``, or ``f(prediction, target)`` that gives one number, the mean
        over the batch.
    optimizer : str, class or optimizer
        A name, such as ``"sgd"`` or ``"adam"``; or whatever makes an optimizer from parameters, such as a class; or an
        optimizer of this model's parameters.
    lr : float, optional
        Learning rate, for a name or a class; by default theirs.
    epochs : int
        How often to go through the samples.
    batch_size : int
        Samples in a batch; the last batch may have fewer.
    validation : float or tuple of array, optional
        Data that is only measured, after each epoch: the share of the samples to set aside for it, or ``(X, y)``.
    metrics : mapping of str to callable, iterable, callable, or "accuracy"
        ``f(prediction, target)`` on arrays gives a number to record, such as ``accuracy``. In training it is the mean
        over the batches, of predictions made just before each step; for validation it is taken on all at once and
        recorded as ``"validation_" + name``.
    callbacks : iterable
        Callbacks such as ``EarlyStopping``, and functions ``f(epoch, history, model)`` called after each epoch; True
        from one of them ends the training.
    progress : bool or "auto"
        Show the progress: with tqdm (``pip install "autograd-mini[progress]"``), else as a line of text.
        ``"auto"`` shows the bar where somebody looks, for trainings longer than a second.
    shuffle : bool
        Whether each epoch goes through the samples in a new random order.
    seed : int or numpy.random.Generator, optional
        Determines the order and the samples set aside: the same seed, the same training.

    Returns
    -------
    History
        Losses, metrics and times of the epochs.

    Raises
    ------
    ValueError, TypeError
        For data of unequal length, empty data, or options out of range; nothing was trained then.
    DivergenceError
        If the loss or a gradient becomes infinite or NaN. It names epoch and batch and holds the history; the
        parameters are those before that batch.

    Notes
    -----
    Ctrl-C ends the training but not the program: the step that is under way is completed, the history so far is
    returned with ``interrupted=True``, and a line on stderr says so. However a training ends, the modules are again in
    the mode (train or eval) in which they were, and parameters and buffers are those after a whole step.

    Each batch starts from cleared gradients, and ``fit`` clears those of the model's parameters at its end, however it
    ends: also gradients from before, which no step of ``fit`` should see. Callbacks still find the last batch's in
    ``on_train_end``.

    NumPy's warnings about overflow and invalid numbers are off in the model's computations, since every loss and
    gradient is checked. On Linux, ``fit`` also makes the C library keep freed memory for reuse, by
    ``autograd_mini.keep_memory()``: otherwise each array of more than 128 KB is mapped afresh from the system.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import MLP, fit
    >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    >>> model = MLP(2, [8, 1], seed=1)
    >>> history = fit(model, X, [0, 1, 1, 0], lr=0.05, epochs=200, seed=1)  # learns XOR
    >>> model(X).data.round().ravel()
    array([0., 1., 1., 0.])
    """
    if not all(callable(part) for part in (model, getattr(model, "parameters", None))):
        raise TypeError(f"the model must be callable and have parameters(), such as a Module; got {model!r:.60}")
    parameters = list(model.parameters())
    if not parameters:
        raise ValueError(_nothing_to_learn(model))
    rng = np.random.default_rng(seed)
    train, held_out = _split(*as_samples(X, y), validation, rng)
    dtypes = {parameter.dtype for parameter in parameters}
    size, n_epochs = as_count(batch_size, "batch_size", 1), as_count(epochs, "epochs", 0)
    if isinstance(model, Module):
        warn_about_step(model.modules())
    loop = Loop(
        model=model,
        loss=get_loss(loss),
        optimizer=_optimizer(optimizer, lr, parameters),
        metrics=_metrics(metrics),
        callbacks=as_callbacks(callbacks),
        train=_cast(train, dtypes),
        held_out=held_out and _cast(held_out, dtypes),
        epochs=n_epochs,
        batch_size=size,
        shuffle=shuffle,
        rng=rng,
        progress=progress_for(progress, n_epochs, -(-len(train[0]) // size)),
    )
    keep_memory()
    loop.run()
    return loop.history


def _nothing_to_learn(model: Any) -> str:
    """What to tell about a model without parameters: which attribute was probably meant to be one."""
    kind = type(model).__name__
    for name, item in getattr(model, "__dict__", {}).items():
        if name != "training" and isinstance(item, (Value, float, np.ndarray)):
            data = item.raw if isinstance(item, Value) else item
            start = data if isinstance(data, float) else "..."
            return (
                f"{kind} has no parameters to learn: its attribute {name} is a {type(item).__name__}; write "
                f"self.{name} = nn.Parameter({start})"
            )
    return f"{kind} has no parameters to learn: give it attributes such as self.w = nn.Parameter(0.0)"


def _cast(data: Samples, dtypes: set[np.dtype[Any]]) -> Samples:
    """The samples with floating numbers in the parameters' dtype, if they have but one: float32 stays float32."""
    X, y = data
    for dtype in dtypes if len(dtypes) == 1 else ():
        X = X.astype(dtype, copy=False) if X.dtype.kind == "f" else X
        y = y.astype(dtype, copy=False) if y is not None and y.dtype.kind == "f" else y
    return X, y


def _split(X: Array, y: Array | None, validation: Any, rng: np.random.Generator) -> tuple[Samples, Samples | None]:
    """The samples to learn from, and those to validate with if asked for."""
    if validation is None:
        return (X, y), None
    if isinstance(validation, Real):
        X, X_aside, y, y_aside = train_test_split(X, y, validation, seed=rng)  # type: ignore[arg-type]
        return (X, y), (X_aside, y_aside)
    X_aside, y_aside = validation if isinstance(validation, tuple) and len(validation) == 2 else (validation, None)
    aside = as_samples(X_aside, y_aside, "validation ")
    for name, own, other in zip("Xy", (X, y), aside, strict=True):
        if (own is None) != (other is None):
            raise ValueError("validation must be a share, such as 0.2, or (X, y) with targets exactly if fit has them")
        if own is not None and other is not None and own.shape[1:] != other.shape[1:]:
            raise ValueError(f"samples of {name} have shape {own.shape[1:]}, those of validation {other.shape[1:]}")
    return (X, y), aside


def _optimizer(wanted: Any, lr: float | None, parameters: list[Value]) -> Any:
    """The optimizer, made if necessary."""
    if isinstance(wanted, str) or callable(wanted):
        make = find("optimizer", OPTIMIZERS, wanted.lower() if isinstance(wanted, str) else wanted)
        return make(parameters) if lr is None else make(parameters, lr=lr)
    if not all(callable(getattr(wanted, method, None)) for method in ("step", "zero_grad")):
        raise TypeError(
            f"the optimizer is a name, a class or an object with step() and zero_grad(), got {wanted!r:.60}"
        )
    if lr is not None:
        raise ValueError(f"lr={lr} goes with an optimizer's name or class; this object has its own: set optimizer.lr")
    own = {id(parameter) for parameter in parameters}
    if isinstance(wanted, optim.Optimizer) and not any(id(parameter) in own for parameter in wanted.params):
        raise ValueError("the optimizer holds no parameter of this model: make it from model.parameters()")
    return wanted


def _metrics(given: Any) -> dict[str, Metric]:
    """The metrics by name."""
    if callable(given) or isinstance(given, str):
        given = [given]
    if not isinstance(given, Mapping):
        given = [find("metric", {"accuracy": accuracy}, metric) for metric in given]
    named = dict(given) if isinstance(given, Mapping) else {getattr(f, "__name__", repr(f)): f for f in given}
    for name, metric in named.items():
        if not callable(metric):
            raise TypeError(f"a metric is a function of (prediction, target), got {name}={metric!r:.60}")
        if name in {"loss", "seconds", "epoch"} or str(name).startswith("validation_"):
            raise ValueError(f"a metric cannot be called {name!r}, the history uses that name itself")
    return named

"""nn: neurons, layers and networks on top of autograd_mini, with losses, optimizers and training."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import activations as activations, initializers as initializers, losses as losses, optim as optim
from .buffer import Buffer as Buffer
from .convolution import AvgPool as AvgPool, Conv as Conv, Flatten as Flatten, MaxPool as MaxPool
from .layers import Layer as Layer
from .losses import (
    binary_cross_entropy as binary_cross_entropy,
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
    cross_entropy as cross_entropy,
    hinge_loss as hinge_loss,
    huber_loss as huber_loss,
    kl_divergence as kl_divergence,
    l1_loss as l1_loss,
    mse_loss as mse_loss,
    nll_loss as nll_loss,
)
from .mlp import MLP as MLP
from .module import Module as Module, Parameter as Parameter
from .neuron import Neuron as Neuron, ScalarLayer as ScalarLayer

if TYPE_CHECKING:
    from .animation import Animation as Animation, animate as animate
    from .by_hand import ManualGradients as ManualGradients, backprop as backprop, backprop_of as backprop_of
    from .callbacks import Callback as Callback, EarlyStopping as EarlyStopping
    from .data import batches as batches, train_test_split as train_test_split
    from .functional import functional_call as functional_call
    from .history import History as History
    from .loop import DivergenceError as DivergenceError
    from .metrics import accuracy as accuracy
    from .training import fit as fit

# What is imported when it is asked for, and from where.
_LATER = {
    "Animation": "animation",
    "Callback": "callbacks",
    "DivergenceError": "loop",
    "EarlyStopping": "callbacks",
    "History": "history",
    "ManualGradients": "by_hand",
    "accuracy": "metrics",
    "animate": "animation",
    "backprop": "by_hand",
    "backprop_of": "by_hand",
    "batches": "data",
    "fit": "training",
    "functional_call": "functional",
    "train_test_split": "data",
}

# What `help` shows and a star brings: the functions and classes above, not the modules behind them.
__all__ = [  # noqa: PLE0604 (names that are found, not spelled out)
    *sorted(name for name, thing in globals().items() if getattr(thing, "__module__", "").startswith(f"{__name__}.")),
    *_LATER,
]


if not TYPE_CHECKING:  # checkers see the imports above, and so report a name that is in none of them

    def __getattr__(name: str) -> Any:
        """Import what trains, animates and does backprop by hand when it is asked for."""
        if name not in _LATER:
            raise import_module(".lookup", __name__).no_attribute(name)
        return getattr(import_module(f".{_LATER[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER} - {"Any", "TYPE_CHECKING", "import_module"})

"""Optimizers: they change parameters by their gradients, with PyTorch's options, defaults and updates."""

from ..lookup import missing as _missing
from .adaptive import Adagrad as Adagrad, Adam as Adam, AdamW as AdamW, RMSprop as RMSprop
from .clipping import clip_grad_norm as clip_grad_norm, clip_grad_value as clip_grad_value
from .descent import SGD as SGD
from .optimizer import Optimizer as Optimizer
from .slots import Slot as Slot

globals()["__getattr__"] = _missing(__name__)

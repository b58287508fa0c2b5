"""einops on Values: importing this module teaches the einops package what a Value is.

Where both packages are imported, in either order, that has happened already.

Examples
--------
>>> import numpy as np
>>> from autograd_mini import Value
>>> from autograd_mini.einops import rearrange, reduce
>>> images = Value(np.arange(8.0).reshape(2, 2, 2))
>>> rearrange(images, "b h w -> b (h w)").shape
(2, 4)
>>> reduce(images, "b h w -> b", "mean").raw
array([1.5, 5.5])
"""

from __future__ import annotations

from einops import einsum, pack, rearrange, reduce, repeat, unpack
from einops._backends import NumpyBackend

from .value import Value

__all__ = ["einsum", "pack", "rearrange", "reduce", "repeat", "unpack"]

# einops finds its backends among the subclasses of its own; NumPy's functions know Values, so nothing else differs.
ValueBackend = type(
    "ValueBackend",
    (NumpyBackend,),
    {"framework_name": "autograd_mini", "is_appropriate_type": lambda self, tensor: isinstance(tensor, Value)},
)

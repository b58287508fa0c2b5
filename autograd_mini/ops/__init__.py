"""The operations, one file a family; importing a family enters its rules in the table."""

from . import (
    activations as activations,
    angles as angles,
    arithmetic as arithmetic,
    elementwise as elementwise,
    indexing as indexing,
    linalg as linalg,
    powers as powers,
    reductions as reductions,
    shapes as shapes,
    softmax as softmax,
)

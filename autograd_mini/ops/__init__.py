"""The operations, one file a family; importing a family enters its rules in the table."""

from . import (
    activations as activations,
    angles as angles,
    arithmetic as arithmetic,
    convolution as convolution,
    diagonals as diagonals,
    einsum as einsum,
    elementwise as elementwise,
    indexing as indexing,
    joining as joining,
    numbers as numbers,
    padding as padding,
    plain as plain,
    powers as powers,
    products as products,
    rearranging as rearranging,
    reductions as reductions,
    shapes as shapes,
    softmax as softmax,
    splitting as splitting,
    windows as windows,
)

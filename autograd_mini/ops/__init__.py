"""The operations, one file a family; importing a family enters its rules in the table."""

from . import (
    arithmetic as arithmetic,
    elementwise as elementwise,
    fused as fused,
    indexing as indexing,
    linalg as linalg,
    reductions as reductions,
    shapes as shapes,
)

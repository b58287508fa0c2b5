"""The operations, one file a family; importing a family enters its rules in the table."""

from . import arithmetic as arithmetic
from . import elementwise as elementwise
from . import fused as fused
from . import indexing as indexing
from . import linalg as linalg
from . import reductions as reductions
from . import shapes as shapes

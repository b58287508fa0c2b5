"""Gradients checked: against central differences, and against gradients that somebody derived by hand."""

from ..hints import missing as _missing
from .comparison import Comparison as Comparison, ComparisonRow as ComparisonRow, compare_gradients as compare_gradients
from .gradient_check import Mismatch as Mismatch, gradcheck as gradcheck
from .report import GradientError as GradientError

globals()["__getattr__"] = _missing(__name__)

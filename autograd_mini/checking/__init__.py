"""Gradients checked: against central differences, and against gradients that somebody derived by hand."""

from .comparison import Comparison as Comparison, ComparisonRow as ComparisonRow, compare_gradients as compare_gradients
from .gradient_check import Mismatch as Mismatch, gradcheck as gradcheck
from .report import GradientError as GradientError

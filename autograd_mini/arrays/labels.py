"""Data with labels, as pandas has them: where two meet, their labels must agree, since arrays pair entries by place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_UNPAIRED = {"concatenate", "convolve", "conv", "conv_transpose", "kron", "outer", "tensordot"}
"""Operations in which entries do not meet pair by pair."""

_PRODUCTS = {"dot", "matmul", "matvec", "linear"}
"""Operations that pair the last axis of one operand with the last but one of the next."""


def is_labelled(x: Any) -> bool:
    """Whether data have labels that could disagree with others: a Series or a DataFrame."""
    return hasattr(x, "axes") and hasattr(x, "to_numpy") and type(x).__module__.partition(".")[0] == "pandas"


def check_labels(name: str, operands: Sequence[Any]) -> None:
    """Raise ValueError if two operands have labels that differ where their entries meet."""
    labelled = [x for x in operands if is_labelled(x)]
    if name in _UNPAIRED:
        return
    for i, x in enumerate(labelled):
        for y in labelled[i + 1 :]:
            pairs = _product(x, y) if name in _PRODUCTS else zip(reversed(x.axes), reversed(y.axes), strict=False)
            for own, other in pairs:
                if not own.equals(other) and 1 not in (len(own), len(other)):
                    raise ValueError(
                        f"{name} would pair by place a {type(x).__name__} and a {type(y).__name__} whose labels "
                        f"differ, {_few(own)} and {_few(other)}: align them first, as y = y.reindex_like(x) or "
                        "x, y = x.align(y), or pass x.to_numpy()"
                    )


def check_rows(x: Any, y: Any) -> None:
    """Raise ValueError if the rows of two operands have labels that differ."""
    if is_labelled(x) and is_labelled(y) and not x.axes[0].equals(y.axes[0]):
        raise ValueError(
            f"the rows of X and y have labels that differ, {_few(x.axes[0])} and {_few(y.axes[0])}, and would be "
            "paired by place: align them first, as y = y.loc[X.index], or pass y.to_numpy()"
        )


def _product(x: Any, y: Any) -> list[tuple[Any, Any]]:
    return [(x.axes[-1], y.axes[0])]


def _few(index: Any) -> str:
    labels = [str(label) for label in index[:3]]
    return f"[{', '.join(labels)}{', ...' if len(index) > 3 else ''}]"

"""What the update row is told: pictures and steps ask for it alike."""

from __future__ import annotations

import math
from typing import Any

from ..render import quoted


def learning_rate(update: Any) -> float | None:
    """The step that ``update=`` names, or None; TypeError or ValueError for what is no learning rate."""
    if update is None:
        return None
    if isinstance(update, bool) or not isinstance(update, (int, float)):
        raise TypeError(f"update is a learning rate such as 0.1, got {type(update).__name__}")
    if not 0 < update < math.inf:
        raise ValueError(f"update is a learning rate, a positive number, got {quoted(update)}")
    return float(update)

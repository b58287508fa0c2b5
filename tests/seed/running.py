"""Runs an example and looks at what it leaves behind."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.image import imread


class Run(NamedTuple):
    """What ``main`` returned, what it printed, and where its pictures are."""

    result: Any
    text: str
    out: Path


def run(main: Callable[..., Any], out: Path, **options: Any) -> Run:
    """Run an example into a folder that does not exist yet."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        result = main(out / "new" / "folder", **options)
    return Run(result, printed.getvalue(), out / "new" / "folder")


def check_pictures(example: Run, *names: str) -> None:
    """These pictures and no others exist, none is blank, and each path was printed."""
    assert sorted(path.name for path in example.out.iterdir()) == sorted(names)
    for name in names:
        assert f"picture: {example.out / name}" in example.text
        if name.endswith(".png"):
            pixels = imread(example.out / name)[..., :3]
            assert min(pixels.shape[:2]) > 200
            assert np.ptp(pixels) > 0.5
            assert np.mean(np.any(pixels < 0.9, axis=2)) > 0.005
        else:
            text = (example.out / name).read_text(encoding="utf-8")
            assert "<svg" in text
            assert "</svg>" in text

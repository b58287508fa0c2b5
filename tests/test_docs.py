"""The pages that are written by a script say what the script says now."""

import runpy
from pathlib import Path

import pytest
import scipy

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.skipif(
    not scipy.__version__.startswith("1.17."), reason="the page tells which dtypes the functions of SciPy 1.17 keep"
)
def test_the_page_of_operations_is_current() -> None:
    made = runpy.run_path(str(DOCS / "make_operations.py"))["page"]()
    assert (DOCS / "operations.md").read_text(encoding="utf-8") == made, "write it anew by `make reference`"

"""The pages that are written by a script say what the script says now."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_of_operations_is_current() -> None:
    made = runpy.run_path(str(DOCS / "make_operations.py"))["page"]()
    assert (DOCS / "operations.md").read_text(encoding="utf-8") == made, "write it anew by `make reference`"

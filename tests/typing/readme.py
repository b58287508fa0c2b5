"""Write the README's examples as one module, for checkers of types: ``python tests/typing/readme.py out/readme.py``."""

import doctest
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def module() -> str:
    """The examples in their order, without what they print."""
    examples = doctest.DocTestParser().get_examples(README.read_text(encoding="utf-8"))
    return "# pyright: reportUnusedExpression=false\n" + "".join(example.source for example in examples)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(exist_ok=True)
    target.write_text(module(), encoding="utf-8")

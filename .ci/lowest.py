"""Prints constraints for pip under which every package that the project needs comes in the lowest version it takes."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
wanted = [*project["dependencies"], *(item for extra in project["optional-dependencies"].values() for item in extra)]
lowest = {re.sub(r">=([^,;]+)[^;]*", r"==\1", item) for item in wanted if ">=" in item}
print("\n".join(sorted(lowest)))
print("pyparsing<3.2")  # newer ones warn of how matplotlib 3.9 calls them, and warnings are errors in the tests

"""What happens when a library is imported after this package: nothing is imported for it, and nobody has to ask."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any


class _Finder:
    """Finds one module as Python does, and has a function called when it has been imported."""

    def __init__(self, name: str, then: Callable[[], Any]) -> None:
        self._name, self._then = name, then

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The module's spec; None for any other module, which leaves it to the next finder."""
        spec = PathFinder.find_spec(name, path) if name == self._name else None
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def followed(module: Any) -> None:
            execute(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
                self._then()

        spec.loader.exec_module = followed  # type: ignore[method-assign]
        return spec


def when_imported(name: str, then: Callable[[], Any]) -> None:
    """Call ``then`` now if the module is there, else right after it is imported."""
    if name in sys.modules:
        then()
    else:
        sys.meta_path.insert(0, _Finder(name, then))

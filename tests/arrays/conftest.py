"""What the tests of other array libraries share."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest


@pytest.fixture
def wide_jax() -> Iterator[None]:
    """JAX keeps float64 only if told so."""
    if find_spec("jax") is None:
        yield
        return
    import jax

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)

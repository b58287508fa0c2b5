"""Settings of the tests: the same examples in every run, and figures without a window."""

import os

import numpy as np
import pytest
from hypothesis import settings

from tests.browser import browser, context, show  # noqa: F401 (fixtures of every folder)

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("autograd_mini", max_examples=20, deadline=None, derandomize=True, database=None)
settings.load_profile("autograd_mini")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240229)

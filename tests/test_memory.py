"""The switch that lets the process keep freed memory."""

import subprocess
import sys

import pytest

import autograd_mini as am

CODE = """
import resource, numpy as np, autograd_mini as am
kept = am.keep_memory() if {switch} else None
def step():
    x = np.ones(2_000_000)
    del x
step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(switch: bool) -> int:
    run = subprocess.run([sys.executable, "-c", CODE.format(switch=switch)], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="malloc's switch is glibc's")
def test_freed_arrays_are_not_mapped_again() -> None:
    if not am.keep_memory():
        pytest.skip("no glibc")
    assert 10 * faults(switch=True) < faults(switch=False)

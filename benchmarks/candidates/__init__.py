"""Who takes part: a module each, whose functions are named after the works that it can do.

Such a function takes the arguments of a row and returns a job: a function that does the work once, to the end, and
returns numbers by which it is compared with the others.
"""

from __future__ import annotations

from typing import NamedTuple


class Candidate(NamedTuple):
    """How it is called in tables, its module here, the distribution that it needs, and what its import costs."""

    title: str
    module: str
    distribution: str = ""
    imports: str = ""


CANDIDATES = {
    candidate.title: candidate
    for candidate in (
        Candidate("by hand", "by_hand", "numpy", "numpy"),
        Candidate("autograd_mini", "ours", "", "autograd_mini"),
        Candidate("autograd_mini.nn", "ours_nn", "", "autograd_mini, nn"),
        Candidate("micrograd", "with_micrograd", "micrograd", "micrograd.engine, micrograd.nn"),
        Candidate("torch", "with_torch", "torch", "torch"),
        Candidate("autograd", "with_autograd", "autograd", "autograd"),
        Candidate("mygrad", "with_mygrad", "mygrad", "mygrad"),
        Candidate("jax", "with_jax", "jax", "jax"),
        Candidate("jax.jit", "with_jax_jit", "jax"),
        Candidate("autograd_mini in jax.jit", "ours_in_jax", "jax"),
    )
}

"""The rows of the table: what is done, by whom, and what ratio is the goal."""

from __future__ import annotations

from typing import Any, NamedTuple


class Goal(NamedTuple):
    """At most ``limit`` times another candidate's cost, of several the least one's; without any, a cost in itself.

    With ``like``, another row's key, the limit is what the same ratio is there, if that is more.
    """

    limit: float
    beside: tuple[str, ...] = ()
    who: str = "autograd_mini"
    like: str = ""


class Row(NamedTuple):
    """One line of the table.

    Parameters
    ----------
    key : str
        What ``--row`` names it.
    title : str
        What the table calls it.
    work : str
        The candidates' function.
    arguments : tuple
        For that function.
    candidates : tuple of str
        Their titles, in the table's order.
    goals : tuple of Goal
        For this project.
    per : int
        How many operations the work has, if the table shows one of them.
    measure : str
        "time", "memory" (peak of the process beyond what it had before) or "import".
    arrays : bool
        Whether malloc's threshold matters, so that the row is measured with both.
    turn : float
        Seconds that a turn lasts at least: in rows of many objects long enough for Python's garbage collector, which
        a training loop pays for too and a single call may just miss.
    """

    key: str
    title: str
    work: str
    arguments: tuple[Any, ...] = ()
    candidates: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = ()
    per: int = 1
    measure: str = "time"
    arrays: bool = False
    turn: float = 0.0


COLLECTED = 0.3
"""A turn in which the garbage collector takes its share."""

FAST_PEERS = ("torch", "autograd", "mygrad")
"""Without JAX operation by operation, which takes half a millisecond for each: too long for rows of hundreds."""

PEERS = (*FAST_PEERS, "jax")
EVERYBODY = ("by hand", "autograd_mini", "autograd_mini.nn", *PEERS, "jax.jit")
SECOND = ("by hand", "autograd_mini", "torch", "autograd", "jax", "jax.jit")
IN_JIT = "autograd_mini in jax.jit"
MILLION = 1_000_000


def _mlp(optimizer: str, batch: int, width: int, depth: int, ratio: float) -> Row:
    name = {"sgd": "SGD", "adam": "Adam"}[optimizer]
    sizes = (batch, width, depth)
    key = f"{optimizer}-{'-'.join(map(str, sizes))}"
    plain = optimizer == "sgd" and width < 1024
    who = EVERYBODY if plain else tuple(title for title in EVERYBODY if title != "jax")
    who = (*who, IN_JIT) if width < 1024 else who
    by_hand = ("by hand",)
    goals = [Goal(ratio, by_hand) if optimizer == "sgd" else Goal(1.0, by_hand, like=f"sgd-{batch}-{width}-{depth}")]
    if who[-1] == IN_JIT:
        goals.append(Goal(1.1, ("jax.jit",), IN_JIT))
    title = f"MLP step {sizes}, float32, {name}"
    return Row(key, title, "mlp", (*sizes, optimizer), who, tuple(goals), arrays=optimizer == "sgd" and width >= 256)


SIZES = ((32, 16, 3, 1.8), (32, 128, 3, 1.15), (256, 256, 4, 1.05), (1024, 1024, 4, 1.03))

ROWS = (
    Row(
        "scalar-chain",
        "scalar chain of 300, an operation",
        "scalar_chain",
        (300,),
        ("by hand", "autograd_mini", "micrograd", *FAST_PEERS, "jax.jit"),
        (Goal(0.4, ("micrograd",)),),
        per=300,
        turn=COLLECTED,
    ),
    Row(
        "scalar-mlp",
        "scalar MLP 2-16-16-1, 20 samples",
        "scalar_mlp",
        (),
        (
            "by hand",
            "autograd_mini",
            "autograd_mini.nn",
            "micrograd",
            "torch",
            "autograd",
            "mygrad",
        ),  # JAX takes 5 s a step
        (Goal(0.4, ("micrograd",)),),
        turn=COLLECTED,
    ),
    *(
        Row(
            f"chain-{size}",
            f"chain of 300 on arrays of {size}, an operation",
            "chain",
            (size, 300),
            ("by hand", "autograd_mini", *FAST_PEERS, "jax.jit"),
            (Goal(ratio, ("by hand",)),),
            per=300,
            arrays=size == 1000,
        )
        for size, ratio in ((10, 2.0), (1000, 1.5))
    ),
    *(_mlp("sgd", *sizes) for sizes in SIZES),
    *(_mlp("adam", *sizes) for sizes in SIZES),
    Row(
        "convolution",
        "convolution step, 64 images 28×28",
        "convolution",
        (),
        ("autograd_mini", "torch", "autograd", "mygrad", "jax", "jax.jit"),
        (Goal(3.0, ("torch",)),),
        arrays=True,
    ),
    Row(
        "hvp",
        "hvp of the MLP (32, 128, 3)",
        "hvp",
        (32, 128, 3),
        SECOND,
        (Goal(1.0, ("torch", "autograd", "jax")),),
    ),
    Row(
        "memory",
        "peak memory of the MLP step (1024, 1024, 4)",
        "mlp",
        (1024, 1024, 4, "sgd"),
        EVERYBODY,
        (Goal(1.0, ("torch",)),),
        measure="memory",
    ),
    *(
        Row(
            f"long-{length}",
            f"scalar chain of {length:,}, an operation",
            "long_chain",
            (length,),
            ("autograd_mini", "torch") if length <= 10_000 else ("autograd_mini",),  # torch takes seconds a call
            per=length,
        )
        for length in (1_000, 10_000, 100_000, MILLION)
    ),
    Row(
        "node-memory",
        f"scalar chain of {MILLION:,}, peak memory of a node",
        "long_chain",
        (MILLION,),
        ("autograd_mini", "torch"),
        (Goal(400),),
        per=MILLION,
        measure="memory",
    ),
    Row(
        "import",
        "import, beyond numpy",
        "",
        (),
        ("autograd_mini", "autograd_mini.nn", "micrograd", *PEERS),
        (Goal(0.06, who="autograd_mini.nn"),),
        measure="import",
    ),
)

QUICK = ("scalar-chain", "scalar-mlp", "chain-10", "chain-1000", "sgd-32-16-3", "sgd-32-128-3", "hvp", "import")
"""What ``--quick`` measures."""

WIDTHS = (16, 32, 64, 128, 256, 512)
BATCHES = (1, 16, 64, 256, 1024)
LENGTHS = (1, 10, 100, 1_000, 10_000)
ARRAYS = (1, 10, 100, 1_000, 10_000, 100_000)
SCALED = ("by hand", "autograd_mini", "torch")


def scaling() -> dict[str, list[tuple[int, Row]]]:
    """The panels of the scaling plot: for each the rows along its axis."""
    return {
        "length of a scalar chain": [
            (n, Row(f"length-{n}", "", "scalar_chain", (2 * n,), SCALED, per=2 * n)) for n in LENGTHS
        ],
        "entries of each array": [(n, Row(f"entries-{n}", "", "chain", (n, 100), SCALED, per=100)) for n in ARRAYS],
        "width of an MLP, batch 32": [(n, Row(f"width-{n}", "", "mlp", (32, n, 3, "sgd"), SCALED)) for n in WIDTHS],
        "batch of an MLP, width 64": [(n, Row(f"batch-{n}", "", "mlp", (n, 64, 3, "sgd"), SCALED)) for n in BATCHES],
    }

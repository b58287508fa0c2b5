"""How fast the engine is, beside NumPy by hand and its peers: ``python -m benchmarks``, or ``make bench``."""

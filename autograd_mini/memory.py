"""A switch for the C library's malloc: whether the memory of freed arrays is kept for the next ones."""

from __future__ import annotations

import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h's numbers of these parameters
_LARGEST = 32 * 2**20  # no larger value is accepted
_KEPT = 2**30


def keep_memory() -> bool:
    """Let the process keep the memory of freed arrays, instead of giving it back to the system each time.

    Returns
    -------
    bool
        Whether it could be done: with glibc, so on most kinds of Linux.

    Notes
    -----
    glibc maps every array of more than 128 KB afresh from the system and gives it back when it is freed, and the
    first touch of each page costs more than arithmetic on it: a training step of 4 layers of 256 neurons for a batch
    of 256 spends half of its time so. After this call arrays up to 32 MB come from memory that is kept, up to 1 GB of
    it. The setting belongs to the whole process and holds until its end, so importing the package does not make it;
    ``nn.fit`` does.

    References
    ----------
    The GNU C Library Reference Manual, section "Malloc Tunable Parameters".

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.keep_memory() in (True, False)
    True
    """
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_MMAP_THRESHOLD, _LARGEST) and mallopt(_TRIM_THRESHOLD, _KEPT))

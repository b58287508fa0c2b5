"""Fourier transforms under the names of ``numpy.fft``, with every order of derivative.

The same calls through NumPy, ``np.fft.rfft(v)``, give the same Values.
"""

from numpy.fft import fftfreq as fftfreq, rfftfreq as rfftfreq

from .hints import missing as _missing
from .ops.fourier import fft as fft, hfft as hfft, ifft as ifft, ihfft as ihfft, irfft as irfft, rfft as rfft
from .ops.fourier_axes import (
    fft2 as fft2,
    fftn as fftn,
    fftshift as fftshift,
    ifft2 as ifft2,
    ifftn as ifftn,
    ifftshift as ifftshift,
    irfft2 as irfft2,
    irfftn as irfftn,
    rfft2 as rfft2,
    rfftn as rfftn,
)

__all__ = sorted(name for name in globals() if not name.startswith("_"))  # noqa: PLE0605 (found, not spelled out)


def __dir__() -> list[str]:
    return __all__


globals()["__getattr__"] = _missing(__name__)

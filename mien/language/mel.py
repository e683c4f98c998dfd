"""Log-mel spectra: how loud each band of the ear's scale is, ten milliseconds at a time."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from mien.core.errors import WrongUse
from mien.core.products import product
from mien.core.track import Audio

Array = npt.NDArray[np.float64]

HEARD_AT = 16000
"""Hz: the sample rate that is analysed."""

HOP, WINDOW, FFT = 160, 400, 512
"""Samples: 10 ms, 25 ms, as in speech recognisers."""

BANDS, LOWEST, HIGHEST = 40, 60.0, 7600.0
"""Number of bands, and Hz."""

QUIET = 1e-6
"""Power under which everything is silence."""


def log_mel(audio: Audio) -> Array:
    """(n, BANDS) natural logarithms of power, one row per HOP; row i is centred on sample (i + ½) HOP.

    The sound is brought to one level first, so that a recording made far from the microphone reads the same.
    Errors: WrongUse for another sample rate than HEARD_AT.
    """
    if audio.rate != HEARD_AT:
        raise WrongUse(f"log_mel wants sound at {HEARD_AT} Hz, got {audio.rate}")
    samples = audio.values.astype(np.float64)
    count = len(samples) // HOP
    if not count:
        return np.zeros((0, BANDS))
    samples = samples * (0.1 / (np.sqrt(np.mean(samples**2)) + 1e-9))
    reach = (WINDOW - HOP) // 2
    padded = np.pad(samples, (reach, reach + HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), FFT)) ** 2
    return np.asarray(np.log(product(power, filters().T) + QUIET))


@cache
def filters(rate: float = HEARD_AT, length: int = FFT) -> Array:
    """(BANDS, length // 2 + 1) triangles, evenly spaced on the mel scale (O'Shaughnessy 1987).

    rate : Hz of the sound; length : samples of a spectrum
    """
    edges = hertz_from_mel(np.linspace(mel_from_hertz(LOWEST), mel_from_hertz(HIGHEST), BANDS + 2))
    low, middle, high = (edges[i : i + BANDS, None] for i in range(3))
    at = np.arange(length // 2 + 1) * rate / length
    return np.asarray(np.clip(np.minimum((at - low) / (middle - low), (high - at) / (high - middle)), 0, None))


def mel_from_hertz(hertz: npt.ArrayLike) -> Array:
    """
    >>> float(mel_from_hertz(700).round(2))
    781.17
    """
    return np.asarray(2595 * np.log10(1 + np.asarray(hertz, np.float64) / 700))


def hertz_from_mel(mel: npt.ArrayLike) -> Array:
    return np.asarray(700 * (10 ** (np.asarray(mel, np.float64) / 2595) - 1))

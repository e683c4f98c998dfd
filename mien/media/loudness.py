"""How loud sound is to people, and one gain that makes it so loud, with no peak beyond what players can bear.

ITU-R BS.1770-4: K weighting, blocks of 400 ms overlapping by three quarters, gates at -70 LUFS and -10 LU;
true peak by four-fold oversampling (its Annex 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mien.core.track import Audio

TARGET = -16.0
"""LUFS: what podcasts and the web's players expect of speech."""

PEAK = 10 ** (-1 / 20)
"""True peak that is not gone beyond: -1 dB, since lossy codecs overshoot (EBU R 128)."""

MOST_GAIN = 10 ** (24 / 20)
"""24 dB: a whisper is raised, a recording's noise is not."""

CLOSE = 0.2
"""LU that make no difference."""

TRIES = 3
"""Rounds of gain against limiter; speech needs one or two."""

LOOK = 0.005
"""Seconds the limiter looks ahead and back: shorter than a pitch period would distort, longer would be heard."""

HOP = 0.1
"""Seconds: a quarter of a block."""

SHELF = (1681.974450955533, 3.999843853973347, 0.7071752369554196)
"""Head shelf of the K weighting: Hz, dB, Q. These give the standard's 48 kHz coefficients, and any other rate's."""

HIGH_PASS = (38.13547087602444, 0.5003270373238773)
"""Hz, Q."""

CONTEXT = 0.1
"""Seconds after which the K weighting has forgotten what was: its slowest pole decays in 4 ms."""

Doubles = npt.NDArray[np.float64]


def gain_to_target(replay: Callable[[], Iterable[Audio]]) -> float:
    """The factor that brings sound, limited, to TARGET; 1 when there is nothing to hear. replay : the sound, each time

    What the limiter takes off strong peaks is given back by a little more gain.
    """
    loudness = integrated_loudness(replay())
    if not np.isfinite(loudness):
        return 1.0
    gain = _factor(TARGET - loudness)
    for _ in range(TRIES):
        short = TARGET - integrated_loudness(limited(replay(), gain))
        if abs(short) < CLOSE:
            break
        gain *= _factor(short)
    return min(gain, MOST_GAIN)


def _factor(decibels: float) -> float:
    return float(min(10 ** (decibels / 20), MOST_GAIN))


def integrated_loudness(pieces: Iterable[Audio]) -> float:
    """LUFS of all the sound; -inf when nothing passes the gates. One channel, counted once."""
    hops = np.concatenate([np.zeros(0), *_hop_powers(pieces)])
    count = min(4, len(hops))
    if count == 0:
        return -np.inf
    blocks = np.convolve(hops, np.ones(count) / count, "valid")
    heard = blocks[_lufs(blocks) > -70]
    if len(heard):
        heard = heard[_lufs(heard) > _lufs(heard.mean()) - 10]
    return float(_lufs(heard.mean())) if len(heard) else -np.inf


def _lufs(power: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-20))


def _hop_powers(pieces: Iterable[Audio]) -> Iterator[Doubles]:
    """K-weighted mean square of each HOP; what is left at the end counts as a hop of its own if it is half one."""
    past, waiting, hop = np.zeros(0), np.zeros(0), 0
    for piece in pieces:
        rate = float(piece.rate)
        hop = round(rate * HOP)
        waiting = np.concatenate([waiting, piece.values])
        whole = len(waiting) // hop * hop
        if whole:
            yield (k_weighted(np.concatenate([past, waiting[:whole]]), rate)[len(past) :] ** 2).reshape(-1, hop).mean(1)
            past, waiting = np.concatenate([past, waiting[:whole]])[-round(rate * CONTEXT) :], waiting[whole:]
    if hop and len(waiting) * 2 >= hop:
        yield np.array([(k_weighted(np.concatenate([past, waiting]), rate)[len(past) :] ** 2).mean()])


def k_weighted(values: Doubles, rate: float) -> Doubles:
    """Sound as loudness counts it, by multiplying spectra; preceded by silence. values : (n,)"""
    size = 1 << (len(values) + round(rate * CONTEXT) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(values, size) * _k_response(rate, size), size)[: len(values)]


@lru_cache(maxsize=4)
def _k_response(rate: float, size: int) -> npt.NDArray[np.complex128]:
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones(len(z), complex)
    for numerator, denominator in _k_filters(rate):
        response *= np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)
    return response


def _k_filters(rate: float) -> list[tuple[list[float], list[float]]]:
    """Numerator and denominator in powers of 1/z of the two filters (bilinear transform)."""
    hertz, decibels, q = SHELF
    k, high = np.tan(np.pi * hertz / rate), 10 ** (decibels / 20)
    middle = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = (
        [(high + middle * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - middle * k / q + k * k) / a0],
        [1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0],
    )
    hertz, q = HIGH_PASS
    k = np.tan(np.pi * hertz / rate)
    a0 = 1 + k / q + k * k
    return [shelf, ([1.0, -2.0, 1.0], [1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])]


def limited(pieces: Iterable[Audio], gain: float) -> Iterator[Audio]:
    """Sound times one gain; where its true peak would pass PEAK, it is turned down smoothly for a moment.

    The length is kept, and nothing depends on how the sound was cut.
    """
    reach, margin, before = 0, 0, np.zeros(0)
    last: Audio | None = None
    for piece in pieces:
        if last is None:
            reach = max(1, round(float(piece.rate) * LOOK))
            margin = 2 * reach + TAPS
            before, start = np.zeros(margin), piece.start
        last = piece
        before = np.concatenate([before, piece.values * gain])
        if len(before) > 2 * margin:
            yield piece.with_values(_limit(before, reach)[margin:-margin].astype(np.float32), start)
            start += len(before) - 2 * margin
            before = before[-2 * margin :]
    if last is not None:
        whole = np.concatenate([before, np.zeros(margin)])
        yield last.with_values(_limit(whole, reach)[margin:-margin].astype(np.float32), start)


def _limit(values: Doubles, reach: int) -> Doubles:
    """Each gain is a weighted mean of least gains within ``reach``, so no greater than its own sample allows."""
    peaks = true_peaks(values)
    if peaks.max(initial=0) <= PEAK:
        return values
    least = _sliding_least(np.minimum(1, PEAK / np.maximum(peaks, 1e-9)), reach)
    weights = np.hanning(2 * reach + 3)[1:-1]
    return values * np.convolve(least, weights / weights.sum(), "same")


def _sliding_least(values: Doubles, reach: int) -> Doubles:
    """The least of the values within ``reach`` on either side, by doubling."""
    padded = np.pad(values, reach, constant_values=1.0)
    width, wanted = 1, 2 * reach + 1
    while width < wanted:
        step = min(width, wanted - width)
        padded = np.minimum(padded[:-step], padded[step:])
        width += step
    return padded


TAPS = 12
"""Samples that each value in between is made of."""


def true_peaks(values: Doubles) -> Doubles:
    """(n,) the greatest magnitude at each sample and the three values between it and the next."""
    peaks = np.abs(values)
    at = np.arange(TAPS) - TAPS // 2 + 1
    for quarter in (0.25, 0.5, 0.75):
        kernel = np.sinc(at - quarter) * np.cos(np.pi * (at - quarter) / (TAPS + 1)) ** 2
        between = np.convolve(values, (kernel / kernel.sum())[::-1], "full")[TAPS // 2 :][: len(values)]
        peaks = np.maximum(peaks, np.abs(between))
    return peaks

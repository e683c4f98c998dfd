"""Smoothing that delays nothing, and bridges over gaps. All on (n, c) curves of a whole clip."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LOUD = 3.0
"""What is off the smooth curve by this many times the usual jitter is half kept: a blink, lips that close."""

EASE = 0.5
"""Seconds in which a face that is gone comes to rest, and from rest to where it is seen again."""

FRAMES_TO_JUDGE = 8
"""Frames below which nothing can be said about jitter."""


def smoothed(values: Array, rate: float, seconds: float) -> Array:
    """Savitzky-Golay of order 2 (Savitzky & Golay 1964) over about ``seconds``, centred: the lag is 0.

    values : (n, c). What is too large to be jitter passes as it is, or blinks and p, b, m would be cut off.
    """
    half = max(1, round(seconds * rate / 2))
    if len(values) < 2 * half + 1:
        return values
    smooth = _parabolas(values, half)
    rest = values - smooth
    if len(values) < FRAMES_TO_JUDGE:
        return smooth
    jitter = 1.4826 * np.median(np.abs(rest), axis=0) + 1e-9
    keep = rest**2 / (rest**2 + (LOUD * jitter) ** 2)
    return np.asarray(smooth + keep * rest)


def _parabolas(values: Array, half: int) -> Array:
    """At each frame the parabola through the 2 half + 1 frames around it; the clip is continued by point reflection."""
    t = np.arange(-half, half + 1, dtype=np.float64)
    kernel = np.linalg.pinv(np.vander(t, 3))[2]
    before = 2 * values[:1] - values[half:0:-1]
    after = 2 * values[-1:] - values[-2 : -half - 2 : -1]
    padded = np.concatenate([before, values, after])
    out = np.zeros_like(values)
    for i, weight in enumerate(kernel):
        out += weight * padded[i : i + len(values)]
    return out


def bridged(values: Array, seen: Flags, rate: float, rest: Array) -> Array:
    """Frames that were not seen, filled: short gaps straight, long ones by way of rest. values : (n, c); rest : (c,)"""
    out = values.copy()
    ease = max(1, round(EASE * rate))
    for start, stop in gaps(seen):
        first, last = start > 0, stop < len(values)
        before = values[start - 1] if first else rest
        after = values[stop] if last else rest
        t = np.arange(1, stop - start + 1, dtype=np.float64)[:, None]
        if first and last and stop - start <= 2 * ease:
            out[start:stop] = before + (after - before) * _soft(t / (stop - start + 1))
            continue
        leaving = 1 - _soft(np.clip(t / ease, 0, 1)) if first else np.zeros_like(t)
        coming = 1 - _soft(np.clip((stop - start + 1 - t) / ease, 0, 1)) if last else np.zeros_like(t)
        out[start:stop] = rest + leaving * (before - rest) + coming * (after - rest)
    return out


def _soft(t: Array) -> Array:
    return t * t * (3 - 2 * t)


def gaps(seen: Flags) -> list[tuple[int, int]]:
    """[start, stop) of each stretch that was not seen.

    >>> gaps(np.array([True, False, False, True, False]))
    [(1, 3), (4, 5)]
    """
    edges = np.diff(np.concatenate([[True], seen, [True]]).astype(int))
    return [(int(a), int(b)) for a, b in zip(np.flatnonzero(edges < 0), np.flatnonzero(edges > 0), strict=True)]

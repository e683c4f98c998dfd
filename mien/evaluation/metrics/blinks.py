"""When the lids shut."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.evaluation.metrics.checked import Array, curve

RISE = 0.25
"""How far above its median a closure must rise to be a blink: the landmarker's scores peak at .4 to .8."""

LONGEST = 0.8
"""Seconds: lids shut for longer are not blinking."""


def blink_times(closure: npt.ArrayLike, rate: float) -> Array:
    """(k,) seconds of the moments of greatest closure. closure : (n,) 0 open .. 1 shut"""
    values = curve(closure)
    shut = np.concatenate([[False], values > np.median(values) + RISE, [False]])
    starts, stops = np.flatnonzero(shut[1:] & ~shut[:-1]), np.flatnonzero(~shut[1:] & shut[:-1])
    spans = [(a, b) for a, b in zip(starts, stops, strict=True) if (b - a) / rate <= LONGEST]
    return np.array([(a + np.argmax(values[a:b]) + 0.5) / rate for a, b in spans])


def blink_rate(closure: npt.ArrayLike, rate: float) -> float:
    """Blinks a minute."""
    return 60 * len(blink_times(closure, rate)) / (len(curve(closure)) / rate)


def log_gaps(closures: list[Array], rate: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of the gaps, seconds, all clips together.

    Errors: BadInput for fewer than three gaps.
    """
    gaps = np.concatenate([np.diff(blink_times(c, rate)) for c in closures])
    if len(gaps) < 3:
        raise BadInput(f"a distribution of gaps needs at least 3 of them, got {len(gaps)}")
    logs = np.log(gaps)
    return float(logs.mean()), float(logs.std())

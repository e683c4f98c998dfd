"""Do gestures fall on the beats of speech?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.evaluation.metrics.checked import Array, curve

SIGMA = 0.1
"""Seconds (Li et al. 2021, AI Choreographer, use it so for gestures)."""

PROMINENT = 0.5
"""A beat stands out by so many standard deviations."""

APART = 0.25
"""Seconds between two beats, at least."""


def peaks(values: npt.ArrayLike, rate: float) -> Array:
    """(k,) seconds of the maxima that stand out."""
    from scipy.signal import find_peaks

    signal = curve(values, at_least=3)
    if signal.std() < 1e-9:
        return np.zeros(0)
    found, _ = find_peaks(signal, prominence=PROMINENT * signal.std(), distance=max(1, round(APART * rate)))
    return np.asarray((found + 0.5) / rate)


def beat_alignment(gestures: Array, beats: Array) -> float:
    """Mean over the gestures of exp(-dt² / 2 sigma²), dt being the time to the nearest beat. Both : seconds

    Errors: BadInput when there is no gesture or no beat.
    """
    if not len(gestures) or not len(beats):
        raise BadInput("beat alignment needs at least one gesture and one beat")
    nearest = np.abs(gestures[:, None] - beats[None]).min(axis=1)
    return float(np.exp(-(nearest**2) / (2 * SIGMA**2)).mean())

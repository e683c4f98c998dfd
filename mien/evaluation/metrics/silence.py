"""Is the mouth still while nobody speaks?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.plan import Phone, Span
from mien.evaluation.metrics.checked import curve

BEFORE, AFTER = 0.12, 0.45
"""Seconds around a phone that belong to it: the mouth gets ready and comes to rest."""

LEAST = 5
"""Frames of silence below which it cannot be told."""


def silence_energy(opening: npt.ArrayLike, rate: float, phones: Iterable[Span[Phone]]) -> float:
    """Variance of the opening in silence over that in speech. Errors: BadInput without silence or movement."""
    values = curve(opening)
    times = (np.arange(len(values)) + 0.5) / rate
    silent = np.ones(len(values), bool)
    for phone in phones:
        silent &= (times < phone.start - BEFORE) | (times > phone.stop + AFTER)
    if silent.sum() < LEAST or (~silent).sum() < LEAST or values[~silent].var() < 1e-12:
        raise BadInput("the clip has no silence, or nothing moves in speech")
    return float(values[silent].var() / values[~silent].var())

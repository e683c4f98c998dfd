"""How late is one curve against the other?"""

from __future__ import annotations

import numpy.typing as npt

from mien.evaluation.metrics.correlation import correlation

REACH = 7
"""Frames either way: what most real clips' files carry."""


def best_lag(made: npt.ArrayLike, truth: npt.ArrayLike) -> tuple[int, float]:
    """The offset with the greatest r, the smaller one of equals, and that r. Positive: the truth is late."""
    offsets = sorted(range(-REACH, REACH + 1), key=abs)
    scores = [(correlation(made, truth, offset), offset) for offset in offsets]
    r, offset = max(scores, key=lambda score: score[0])
    return offset, r

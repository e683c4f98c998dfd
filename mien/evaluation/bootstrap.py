"""How sure a mean is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mien.core.errors import BadInput
from mien.evaluation.rows import Interval

DRAWS = 2000


def interval(values: Sequence[float], *, seed: int = 0, level: float = 0.95) -> Interval:
    """Percentile bootstrap interval of the mean over clips (Efron 1979).

    One clip says nothing about other clips: its interval is the value itself.

    >>> interval([1.0, 1.0, 1.0])
    (1.0, 1.0)
    """
    sample = np.asarray(values, np.float64)
    if not len(sample) or not np.isfinite(sample).all():
        raise BadInput(f"an interval needs finite values, got {list(values)}")
    picks = np.random.default_rng(seed).integers(len(sample), size=(DRAWS, len(sample)))
    low, high = np.quantile(sample[picks].mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)

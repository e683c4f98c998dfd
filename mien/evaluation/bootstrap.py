"""How sure a mean is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from mien.core.errors import BadInput
from mien.evaluation.rows import Interval

DRAWS = 2000


def interval(
    values: Sequence[float], groups: Sequence[Hashable] | None = None, *, seed: int = 0, level: float = 0.95
) -> Interval:
    """Percentile bootstrap interval of the mean over clips (Efron 1979), whole groups drawn at a time.

    Clips of one speaker are alike, so drawing them one by one makes a mean look surer than it is (Davison & Hinkley
    1997, 3.8). One group says nothing about other groups: its interval is the value itself.

    groups : (n,) who speaks in each clip; each clip by itself when None

    >>> interval([1.0, 1.0, 1.0])
    (1.0, 1.0)
    >>> interval([0.0, 1.0, 0.0, 1.0], ["ann", "ann", "ben", "ben"])
    (0.5, 0.5)
    """
    sample = np.asarray(values, np.float64)
    if not len(sample) or not np.isfinite(sample).all():
        raise BadInput(f"an interval needs finite values, got {list(values)}")
    keys = list(range(len(sample)) if groups is None else groups)
    order = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    member = np.array([order[key] for key in keys])
    sums, counts = np.bincount(member, sample), np.bincount(member)
    picks = np.random.default_rng(seed).integers(len(order), size=(DRAWS, len(order)))
    means = sums[picks].sum(axis=1) / counts[picks].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)

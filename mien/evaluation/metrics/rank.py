"""Do two lists order the same things alike?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.evaluation.metrics.checked import Array, curve

DRAWS = 2000


def rank_correlation(made: npt.ArrayLike, truth: npt.ArrayLike) -> float:
    """Spearman's rho; equal values share their mean rank; 0 where one side is all the same.

    >>> rank_correlation([1, 2, 3, 4], [10, 20, 30, 400])
    1.0
    """
    a, b = curve(made, at_least=3), curve(truth, at_least=3)
    if len(a) != len(b):
        raise BadInput(f"ranks are compared of lists of one length, got {len(a)} and {len(b)}")
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1].round(12))


def rank_interval(made: npt.ArrayLike, truth: npt.ArrayLike, *, seed: int = 0) -> tuple[float, float]:
    """95 % percentile bootstrap interval of rho over the pairs (Efron 1979)."""
    a, b = curve(made, at_least=3), curve(truth, at_least=3)
    picks = np.random.default_rng(seed).integers(len(a), size=(DRAWS, len(a)))
    low, high = np.quantile([rank_correlation(a[pick], b[pick]) for pick in picks], [0.025, 0.975])
    return float(low), float(high)


def ranks(values: Array) -> Array:
    """(n,) from 1."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[where], np.float64)

"""Does one curve go up when the other does?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.evaluation.metrics.checked import pair

STILL = 1e-9
"""Standard deviation below which a curve does not move."""


def correlation(made: npt.ArrayLike, truth: npt.ArrayLike, offset: int = 0) -> float:
    """Pearson r of made[i] and truth[i + offset]; 0 where either does not move."""
    a, b = pair(made, truth, offset)
    if a.std() < STILL or b.std() < STILL:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def velocity_correlation(made: npt.ArrayLike, truth: npt.ArrayLike, offset: int = 0) -> float:
    """Pearson r of the changes from frame to frame."""
    a, b = pair(made, truth, offset, at_least=4)
    return correlation(np.diff(a), np.diff(b))

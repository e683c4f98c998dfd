"""Does it move as much?"""

from __future__ import annotations

import numpy.typing as npt

from mien.core.errors import BadInput
from mien.evaluation.metrics.checked import pair
from mien.evaluation.metrics.correlation import STILL


def spread_ratio(made: npt.ArrayLike, truth: npt.ArrayLike, offset: int = 0) -> float:
    """Standard deviation of the made curve over that of the true one. Errors: BadInput where the truth is still."""
    a, b = pair(made, truth, offset)
    if b.std() < STILL:
        raise BadInput("the captured curve does not move: there is nothing to compare with")
    return float(a.std() / b.std())

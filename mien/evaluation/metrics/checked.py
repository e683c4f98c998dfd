"""A metric is fed finite curves of one length, or refuses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput

Array = npt.NDArray[np.float64]


def curve(values: npt.ArrayLike, *, at_least: int = 1) -> Array:
    """The values as float64. Errors: BadInput for too few of them or for one that is not a number."""
    array = np.asarray(values, np.float64)
    if len(array) < at_least:
        raise BadInput(f"a metric needs at least {at_least} frames, got {len(array)}")
    if not np.isfinite(array).all():
        raise BadInput(f"a metric needs finite values, got {np.size(array) - np.isfinite(array).sum()} that are not")
    return array


def pair(made: npt.ArrayLike, truth: npt.ArrayLike, offset: int = 0, *, at_least: int = 3) -> tuple[Array, Array]:
    """The frames that both have, made[i] against truth[i + offset]."""
    a, b = curve(made, at_least=at_least), curve(truth, at_least=at_least)
    first, last = max(0, -offset), min(len(a), len(b) - offset)
    if last - first < at_least:
        raise BadInput(f"{len(a)} made and {len(b)} captured frames have none in common at an offset of {offset}")
    return a[first:last], b[first + offset : last + offset]

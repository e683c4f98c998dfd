"""What is measured on pictures themselves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.frame import Image

Flags = npt.NDArray[np.bool_]


def largest_difference(a: Image, b: Image) -> float:
    """The greatest difference of any pixel, levels of 255. Errors: BadInput for pictures of two sizes."""
    if a.shape != b.shape or not a.size:
        raise BadInput(f"pictures to compare must be of one size, got {a.shape} and {b.shape}")
    return float(np.abs(a.astype(np.int16) - b.astype(np.int16)).max())


def flicker(frames: Iterable[Image], still: Flags) -> float:
    """Mean absolute change from frame to frame where nothing moves, levels of 255. still : (h, w)"""
    if not still.any():
        raise BadInput("there is no place in the picture that stays still")
    last, changes = None, []
    for frame in frames:
        now = frame[still].astype(np.int16)
        if last is not None:
            changes.append(float(np.abs(now - last).mean()))
        last = now
    if not changes:
        raise BadInput("flicker needs at least two frames")
    return float(np.mean(changes))

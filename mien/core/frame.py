"""Pictures on the session clock, and a stretch of finished performance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from mien.core.rig import Motion
from mien.core.track import Audio

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture. image : (h, w, 3 or 4) RGB(A) uint8; index : on the session clock at ``rate``"""

    image: Image
    index: int
    rate: Fraction


@dataclass(frozen=True, eq=False)
class Segment:
    """One stretch of performance: frames [start, stop) at ``rate``, their sound, motion and pictures."""

    start: int
    stop: int
    rate: Fraction
    audio: Audio
    motion: Motion
    frames: Sequence[Frame] = ()

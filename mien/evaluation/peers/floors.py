"""What any system must beat: a face that does not move, and right movements at wrong times."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from mien.core.rig import Motion
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip
from mien.evaluation.peers.system import System

SHIFTS = 7
LEAST_SHIFT = 0.5
"""Seconds: about two syllables, so that nothing is in time any more."""


class Static:
    """System: a face at rest."""

    name, takes = "static", 1

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        return Motion.at_rest(int(Fraction(len(clip.audio)) / clip.audio.rate * RATE), rate=RATE)


class Shuffled:
    """System: another system's motion moved in time, the end going to the front; a take is a shift."""

    takes = SHIFTS

    def __init__(self, of: System) -> None:
        self.of, self.name = of, "shuffled"
        self._last: tuple[Clip, Motion] | None = None

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        if self._last is None or self._last[0] is not clip:  # every take moves the same motion
            self._last = clip, self.of.animate(clip)
        motion = self._last[1]
        edge = LEAST_SHIFT * float(motion.rate)
        shift = int(np.linspace(edge, max(edge, len(motion) - edge), SHIFTS)[take])
        return motion.with_values(np.roll(motion.values, shift, axis=0))

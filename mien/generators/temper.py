"""What differs between one person, or one take, and the next: drawn once for a seed, then kept.

People differ in how much they move by factors of two, and one person moves more at one moment than at the
next. Sets of clips of people who speak freely (six of StyleTalk, twelve of styles) have a standard deviation
between them of .3 to .6 in the logarithm of the head's speed on each axis; within a clip, from one stretch of
two seconds to the next, it is .3 to .4. A face without such differences is told from a captured one by their
absence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mien.core.chance import bells, wander
from mien.generators.curves import Doubles

LIVELY, AXIS, NODDING, LOOKING, BLINKING = 0.28, 0.20, 0.35, 0.25, 0.25
"""Standard deviations, in logarithms, of the factors below."""

FURTHEST = 2.0
"""Largest of the factors, and its inverse the smallest."""

MOMENT, MOMENTS = 0.24, 1.3
"""How much liveliness changes from moment to moment (of its root), and seconds between its knots."""


@dataclass(frozen=True, slots=True)
class Temper:
    """Factors, 1 in the middle.

    lively   : how far the head goes; axes : and on each of pitch, yaw, roll
    nodding  : how far it nods to accents
    fixating : how long the eyes rest; averting : how often they leave the viewer
    blinking : how long the lids stay open
    """

    lively: float
    axes: tuple[float, float, float]
    nodding: float
    fixating: float
    averting: float
    blinking: float


@lru_cache(maxsize=64)
def temper(seed: int) -> Temper:
    """The temperament of a seed. Seed 0, which nobody has to ask for, is the middle of them all."""
    if seed == 0:
        return Temper(1.0, (1.0, 1.0, 1.0), 1.0, 1.0, 1.0, 1.0)
    spread = np.array([LIVELY, AXIS, AXIS, AXIS, NODDING, LOOKING, LOOKING, BLINKING])
    lively, pitch, yaw, roll, nodding, fixating, averting, blinking = (
        min(max(float(np.exp(s * d)), 1 / FURTHEST), FURTHEST)
        for s, d in zip(spread, bells(seed, "temper", 0, 8)[0], strict=True)
    )
    return Temper(lively, (pitch, yaw, roll), nodding, fixating, averting, blinking)


def liveliness(times: Doubles, seed: int) -> Doubles:
    """How lively a head is at each moment, about 1: now nearly still, now twice as much. Returns (n,)"""
    root = 1 + MOMENT * wander(seed, "liveliness", times, MOMENTS)[:, 0]
    return np.asarray(root * root, np.float64)

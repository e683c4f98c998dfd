"""Emotion on the face: a delta from neutral made of action units, with onset, apex and offset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from mien.core.chance import wander
from mien.core.emotion import EMOTIONS
from mien.core.plan import Plan
from mien.core.rig import FACE, Motion
from mien.core.windows import windows
from mien.generators.curves import Doubles
from mien.generators.expression_table import LATE, channels_of_emotion, region_of
from mien.generators.felt import BEHIND, felt

APEX_PERIOD = 1.6
"""Seconds between the knots of an apex's slow change."""

APEX_CHANGE = 0.07
"""Standard deviation of an apex's change, share of its intensity: visible in motion, not in a still."""

SWELL_PERIOD, SWELL = 3.0, 0.13
"""Seconds between the knots of the slow coming and going of a whole feeling, and its standard deviation: fresh eyes
took a display that holds for a mask."""

LEAST, MOST = 0.75, 1.3
"""Of an intensity, whatever chance says."""


RIG = FACE.only([c for c in FACE.names if any(c in channels_of_emotion(e) for e in EMOTIONS)])


KNEE = 0.85
"""Weight from which a blendshape gets harder to drive on."""


@cache
def _shape(emotion: str, region: str) -> tuple[npt.NDArray[np.int64], Doubles]:
    """Columns of RIG and their weights at intensity 1 of one emotion in one region."""
    inside = {RIG.find(c): w for c, w in channels_of_emotion(emotion).items() if region_of(c) == region}
    return np.array([*inside], np.int64), np.array([*inside.values()], np.float64)


class Expression:
    """Generator: the plan's emotion on the whole face, each region by what is felt there.

    The mouth is written at full strength; where speech goes on the mixer makes it give way.
    """

    rig = RIG
    ahead = 0.0

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        for plan in windows(plans, ahead=self.ahead, behind=BEHIND):
            yield Motion(_face(plan, self.seed).astype(np.float32), plan.rate, plan.start, RIG)


def _face(plan: Plan, seed: int) -> Doubles:
    """(n, c) weights of RIG."""
    times = plan.times
    values = np.zeros((len(times), len(RIG)))
    strengths = {region: felt(plan.emotion, times, region, late=late) for region, late in LATE.items()}
    for name in sorted({name for feelings in strengths.values() for name in feelings}):
        changes = 1 + APEX_CHANGE * wander(seed, f"expression {name}", times, APEX_PERIOD, len(LATE))
        changes = changes + SWELL * wander(seed, f"swell of {name}", times, SWELL_PERIOD, 1)
        changes = np.clip(changes, LEAST, MOST)
        for (region, feelings), change in zip(strengths.items(), changes.T, strict=True):
            if name in feelings:
                columns, weights = _shape(name, region)
                values[:, columns] += (feelings[name] * change)[:, None] * weights
    return saturated(values)


def saturated(values: Doubles) -> Doubles:
    """Within 0..1 and still rising: beyond KNEE ever more slowly, so that no strong display is frozen or cut off.

    >>> saturated(np.array([0.5, 0.9, 1.2])).round(3).tolist()
    [0.5, 0.888, 0.955]
    """
    over = np.maximum(values - KNEE, 0)
    room = 1 - KNEE
    return np.asarray(np.minimum(values, KNEE) + room * over / (over + room), np.float64)

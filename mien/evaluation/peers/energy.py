"""A mouth that opens as loud as the sound is: what many avatars do for want of phones."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mien.core.rig import Motion
from mien.core.track import sample_at
from mien.evaluation.curves import RATE, Array
from mien.evaluation.data import Clip

LOUD = 95
"""Percentile of the frames' level that opens the mouth wholly; below GATE of it the mouth is shut."""
GATE = 0.06
OPEN = 0.5
"""jawOpen of a mouth wholly open."""
ATTACK, RELEASE = 0.02, 0.09
"""Seconds: opens fast, closes slowly (as SALSA and OpenFaceFX's energy mode do)."""


class Energy:
    """System: root mean square of each frame to jawOpen."""

    name, takes = "energy", 1

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        level = levels(clip)
        top = max(float(np.percentile(level, LOUD)), 1e-6)
        wanted = np.clip((level / top - GATE) / (1 - GATE), 0, 1)
        motion = Motion.at_rest(len(level), rate=RATE)
        values = motion.values.copy()
        values[:, motion.rig.find("jawOpen")] = OPEN * followed(wanted)
        return motion.with_values(values)


def levels(clip: Clip) -> Array:
    """(n,) root mean square of each frame's sound."""
    sound, rate = clip.audio.values.astype(np.float64), clip.audio.rate
    frames = int(len(sound) / rate * RATE)
    edges = [sample_at(i, RATE, rate) for i in range(frames + 1)]
    squares = np.array([np.square(sound[a:b]).mean() for a, b in pairwise(edges)])
    return np.asarray(np.sqrt(squares))


def followed(wanted: Array) -> Array:
    """Fast up, slow down: a one-pole follower."""
    out, last = np.empty_like(wanted), 0.0
    for i, value in enumerate(wanted):
        seconds = ATTACK if value > last else RELEASE
        keep = np.exp(-1 / (seconds * float(RATE)))
        last = keep * last + (1 - keep) * value
        out[i] = last
    return out

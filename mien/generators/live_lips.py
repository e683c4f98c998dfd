"""Lips of a live session: by the phones where a voice knows them, by the sound of speech that came ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from mien.core.plan import Plan
from mien.core.rig import Motion
from mien.core.track import Audio
from mien.core.windows import windows
from mien.generators.heard import HeardAtOnce
from mien.generators.heard_lightly import HeardLightly
from mien.generators.heard_net import RATE
from mien.generators.lips import Lips, mouth_of


class LiveLips:
    """Generator: mouth, jaw and tongue contacts, and speech activity, of plans with and without ready sound.

    lightly : without Whisper's encoder, for many sessions on one core
    """

    rig, ahead = Lips.rig, Lips.ahead

    def __init__(self, *, lightly: bool = False) -> None:
        self._lightly = lightly

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        """Motion of the plans' frames; each waits until the horizon is ``ahead`` of it."""
        ear = (HeardLightly() if self._lightly else HeardAtOnce()).ear()
        for plan in windows(ear.foreseeing(plans), ahead=self.ahead):
            heard = ear.at(plan.times) if ear.has_sound else None
            yield Motion(mouth_of(plan, heard), plan.rate, plan.start, self.rig)


def warm() -> None:
    """Hear something, so that all that hears is loaded before somebody waits for it."""
    rate, seconds = Fraction(24000), 2
    noise = np.random.default_rng(0).normal(scale=0.1, size=seconds * rate.numerator).astype(np.float32)
    audio = Audio(noise, rate)
    for _ in LiveLips().animate([Plan(0, RATE, Fraction(RATE), audio, ready=audio, horizon=float(seconds))]):
        pass

"""Lips of a live session: by the phones where a voice knows them, by the sound of speech that came ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mien.core.plan import Plan
from mien.core.rig import Motion
from mien.core.windows import windows
from mien.generators.heard import HeardAtOnce
from mien.generators.heard_lightly import HeardLightly
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

"""What speech offers to the rest of the face: phrases, their ends, how much is being said, accents.

Everything at a moment depends on no phone that starts later than AHEAD after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mien.core.phones import VOWELS
from mien.core.plan import PROSODY_RATE, Phone, Plan, Prosody, Span
from mien.core.track import Floats
from mien.generators.curves import Doubles, eased

AHEAD = 0.12
"""Seconds of future that phrases and accents are read from: what a live session waits for anyway."""

PAUSE = 0.12
"""A silence of at least this many seconds ends a phrase; stop closures are shorter. At most AHEAD."""

SETTLE = 0.6
"""Seconds for speech activity to fade after a phrase."""


def phrases(phones: Sequence[Span[Phone]]) -> list[tuple[float, float]]:
    """(start, stop) of each stretch of phones without a pause, seconds, in order."""
    spans = sorted([(phone.start, phone.stop) for phone in phones])
    if not spans:
        return []
    out = []
    start, stop = spans[0]
    for begin, end in spans:
        if begin >= stop + PAUSE:
            out.append((start, stop))
            start, stop = begin, end
        elif end > stop:
            stop = end
    return [*out, (start, stop)]


def activity(spoken: Sequence[tuple[float, float]], times: Doubles) -> Doubles:
    """How much speech is going on: 1 in a phrase, fading over SETTLE after it. times : (n,). Returns (n,)"""
    total = np.zeros_like(times)
    for start, stop in spoken:
        if stop + SETTLE <= times[0] or start - AHEAD >= times[-1]:
            continue
        total = np.maximum(total, eased(times, start - AHEAD, 2 * AHEAD) - eased(times, stop, SETTLE))
    return total


def is_speaking(spoken: Sequence[tuple[float, float]], moment: float) -> bool:
    """Whether a phrase is going on, or ended less than a short pause ago."""
    return any(start - AHEAD < moment < stop + 2 * PAUSE for start, stop in spoken)


@dataclass(frozen=True, slots=True)
class Accent:
    """A syllable that stands out. start : of its vowel, seconds; strength : 0..1"""

    start: float
    strength: float

    @property
    def event(self) -> int:
        """Milliseconds: what its chance belongs to."""
        return round(self.start * 1000)


NUCLEUS = 0.06
"""Seconds of a vowel that are listened to; what moves to an accent may begin AHEAD - NUCLEUS before it, less 10 ms."""

CONTEXT = 1.5
"""Seconds of speech before a vowel that it is compared with."""

STRESS = {0: 0.0, 1: 0.45, 2: 0.2}
"""Share of an accent that the dictionary's stress makes: none, primary, secondary."""

LOUDER, HIGHER = 1.6, 0.07
"""Strength per loudness (0..1) and per semitone above the context: 6 dB or 6 semitones count about like
stress does. Prominence follows energy and duration more than F0 (Kochanski et al. 2005)."""


FAINT = 0.25
"""Strength below which a syllable is no accent."""

SPACING = 0.3
"""Seconds after an accent within which no weaker one is felt: about two syllables."""

_RATE = float(PROSODY_RATE)

ENOUGH = 20
"""Prosody values with sound that a context needs; less says nothing about what is loud."""


class Accents:
    """The accents of a session as plans become known; how a vowel stands out is listened for once."""

    def __init__(self) -> None:
        self._known: dict[Span[Phone], float] = {}
        self._epoch = 0

    def follow(self, plan: Plan, *, since: float) -> list[Accent]:
        """The accents whose vowels start from ``since`` on, in order; needs CONTEXT of past before it.

        Those within SPACING of ``since`` may be ones that an earlier accent masks.
        """
        vowels = sorted((p for p in plan.phones if p.start >= since and p.value.symbol in VOWELS), key=_start)
        known = self._known if plan.epoch == self._epoch else {}  # an interruption takes sound back
        strengths = {v: known[v] if v in known else _prominence(v, plan.prosody) for v in vowels}
        final = (plan.prosody.stop - 1) / _RATE - NUCLEUS
        self._known, self._epoch = {v: s for v, s in strengths.items() if v.start < final}, plan.epoch
        found = [Accent(v.start, strength) for v, strength in strengths.items()]
        return [a for a in found if a.strength > FAINT and not any(_masks(b, a) for b in found)]


def _start(span: Span[Phone]) -> float:
    return span.start


def _masks(before: Accent, accent: Accent) -> bool:
    """Whether an accent comes so soon after a stronger one that it is none."""
    return 0 < accent.start - before.start < SPACING and before.strength >= accent.strength


def _prominence(vowel: Span[Phone], prosody: Prosody) -> float:
    first, now, end = (
        max(0, round((vowel.start + offset) * _RATE) - prosody.start) for offset in (-CONTEXT, 0.0, NUCLEUS)
    )
    heard, loud, pitch = _mean(prosody.values[now:end])
    heard_before, loud_before, pitch_before = _mean(prosody.values[first:now])
    louder = loud - loud_before if heard and heard_before >= ENOUGH else 0.0
    stand_out = LOUDER * louder + HIGHER * (pitch - pitch_before)
    return min(max(STRESS[vowel.value.stress] + stand_out, 0.0), 1.0)


def _mean(values: Floats) -> tuple[int, float, float]:
    """How many values have sound, their mean loudness, and the mean pitch where there is voice.

    values : (n, 3) of a Prosody
    """
    heard, voiced = values[:, 0] > 0.05, values[:, 2] > 0.5
    count = int(heard.sum())
    loud = float(values[heard, 0].sum()) / max(count, 1)
    return count, loud, float(values[voiced, 1].sum()) / max(int(voiced.sum()), 1)

"""When a listener nods, smiles and raises the brows: by how somebody speaks, and where they pause.

A stretch of low pitch asks for a sign of being heard, a while later (Ward & Tsukahara 2000, "Prosodic features which
cue back-channel responses in English and Japanese"); so does the end of a phrase, most where the melody rises or falls
and the voice fades (Koiso et al. 1998; Gravano & Hirschberg 2011). Brows answer an accent, a smile a happy voice.
"""

from __future__ import annotations

import numpy as np

from mien.affect.voice import MEASURES, SPREAD, TRUST, shown
from mien.core.chance import Doubles, uniforms
from mien.core.plan import Cue
from mien.core.track import Floats
from mien.language.melody import Melody
from mien.server.turns import Event

Value = tuple[float, float]
"""Hz, 0 where unvoiced, and loudness."""

SECOND = 100
"""Values of the melody a second."""

LOW, LOW_FOR, SPOKEN, WAIT = 26.0, 11, 0.7, 0.5
"""Percentile of the speaker's pitch below which it is low; for how many values; seconds of speech before that; and
seconds until the sign begins: it is seen in full when Ward & Tsukahara have one, 0.7 s after."""

APART, LOOSE = 2.2, 3.0
"""Seconds from one nod to the next at least, and by how much more at most: theirs, 0.8 s, is for a voice; a head that
nods every second is a toy's."""

ASKED, SOON = 0.35, 0.1
"""Chance that a stretch of low pitch is answered while they go on speaking; and seconds of silence within WAIT that are
taken as the place for it."""

HELD, ENDED = 0.25, 0.95
"""Chance that a pause is answered after a level ending (they look for a word), and after a clear one."""

ENDING, MELODIC, FADED = 30, 3.0, 0.2
"""Values before a pause in which its ending is; semitones of rise or fall there and loss of loudness that are clear."""

HIGH, LOUD, HIGH_FOR = 88.0, 70.0, 8
"""Percentiles of pitch and of loudness above which, for so many values, something is stressed."""

BROWS_APART, BROWS = 4.0, 0.5
"""Seconds between two raises of the brows, at least, and the chance that an accent is answered so."""

ENOUGH, REMEMBERED, LEARN = 150, 3000, 25
"""Voiced values from which on a speaker's pitch is known, that are remembered, and between two looks at them."""

FLAT = 1.5
"""Semitones between the 10th and the 90th percentile below which it is a hum or a machine, not talk."""

PHRASE = 40
"""Voiced values of a phrase that tell how it is meant."""

GLAD, HAPPY = 0.12, 0.4
"""Intensity from which on a voice is answered with a smile, and how much that is at least."""


class Rapport:
    """A listener to one speaker: the signs it gives. seed : of its temper; the sound alone decides the rest"""

    def __init__(self, seed: int = 0) -> None:
        self._seed, self._melody, self._known = seed, Melody(), Known()
        self._phrase: list[Value] = []  # values since the last pause
        self._usual: list[tuple[float, ...]] = []  # measures of earlier phrases
        self._at = self._spoken = self._quiet = self._events = 0  # values, and draws
        self._low = False
        self._due: int | None = None
        self._free, self._calm = 0, 0  # until when no nod, no raise of the brows

    def step(self, window: Floats, *, voice: bool, event: Event | None) -> list[Cue]:
        """The next window of a microphone and what it is in a turn. Returns what the listener does now."""
        values = self._melody.follow(window)
        if event == "begin" or event == "end":
            self._phrase, self._spoken, self._due = [], 0, None
        signs = []
        for hz, loudness in values.tolist():
            self._at += 1
            signs += self._value((hz, loudness), voice)
        return signs + (self._paused() if event == "pause" else [])

    def _value(self, value: Value, voice: bool) -> list[Cue]:
        self._quiet = 0 if voice else self._quiet + 1
        if voice:
            self._spoken += 1
            self._phrase.append(value)
            self._known.add(value)
            before, self._low = self._low, self._known.is_low(self._phrase[-LOW_FOR:])
            if self._low and not before and self._due is None and self._spoken >= SPOKEN * SECOND:
                self._due = self._at + round(WAIT * SECOND)
            if self._at >= self._calm and self._known.is_stressed(self._phrase[-HIGH_FOR:]):
                self._calm = self._at + round(BROWS_APART * SECOND)
                chance, size = self._draw()
                if chance < BROWS:
                    return [Cue("mirror brows", round(0.6 + 0.4 * size, 3))]
        if self._due is not None and (self._quiet >= SOON * SECOND or self._at >= self._due):
            self._due = None
            return self._nod(ENDED, 0.65) if self._quiet else self._nod(ASKED, 0.45)
        return []

    def _paused(self) -> list[Cue]:
        """A phrase is over."""
        phrase, asked, spoken = np.array(self._phrase).reshape(-1, 2), self._due is not None, self._spoken / SECOND
        self._phrase, self._spoken, self._due = [], 0, None
        if spoken < SPOKEN or self._known.is_hum:
            return []
        clear = max(clearness(phrase[-ENDING:]), 0.7 * asked)
        return [*self._smile(phrase), *self._nod(HELD + (ENDED - HELD) * clear, 0.6 + 0.3 * clear)]

    def _nod(self, likely: float, amount: float) -> list[Cue]:
        if self._at < self._free:
            return []
        chance, size = self._draw()
        if chance >= likely:
            return []
        self._free = self._at + round((APART + LOOSE * size) * SECOND)
        return [Cue("backchannel", round(amount * (0.8 + 0.4 * size), 3))]

    def _smile(self, phrase: Doubles) -> list[Cue]:
        """An answer to how a phrase was said."""
        measures = measured(phrase)
        if measures is None:
            return []
        feeling = shown(deviation(measures, self._usual)).weights.get("happy", 0.0)
        self._usual.append(measures)
        return [Cue("mirror smile", round(HAPPY + feeling, 3))] if feeling >= GLAD else []

    def _draw(self) -> tuple[float, float]:
        self._events += 1
        chance, size = uniforms(self._seed, "rapport", self._events, 2)[0]
        return float(chance), float(size)


class Known:
    """A speaker's pitch and loudness, as far as they were heard."""

    def __init__(self) -> None:
        self._voiced = np.zeros((REMEMBERED, 2), np.float32)
        self._count = 0
        self.is_talk = self.is_hum = False  # neither, until enough is known
        self._low, self._high, self._loud = 0.0, np.inf, np.inf

    def add(self, value: Value) -> None:
        if not value[0]:
            return
        self._voiced[self._count % REMEMBERED] = value
        self._count += 1
        if self._count >= ENOUGH and self._count % LEARN == 0:
            hz, loudness = self._voiced[: self._count].T
            bottom, self._low, self._high, top = (float(p) for p in np.percentile(hz, [10, LOW, HIGH, 90]))
            self._loud = float(np.percentile(loudness, LOUD))
            self.is_hum = 12 * np.log2(top / bottom) < FLAT
            self.is_talk = not self.is_hum

    def is_low(self, values: list[Value]) -> bool:
        """Whether these are a stretch of low pitch; the voice may fail in it for a moment."""
        hz = [value[0] for value in values if value[0]]
        return self.is_talk and len(values) == LOW_FOR and len(hz) > 0.7 * LOW_FOR and max(hz) < self._low

    def is_stressed(self, values: list[Value]) -> bool:
        return (
            self.is_talk
            and len(values) == HIGH_FOR
            and all(hz > self._high and loudness > self._loud for hz, loudness in values)
        )


def clearness(values: Doubles) -> float:
    """How clearly a phrase ends, 0..1: its melody rises or falls, its voice fades. values : (n, 2) the last ones

    >>> round(clearness(np.stack([np.linspace(140, 90, 30), np.linspace(0.8, 0.3, 30)], axis=1)), 2)
    1.0
    >>> clearness(np.full((30, 2), [120.0, 0.7]))
    0.0
    """
    hz = values[values[:, 0] > 0, 0]
    if len(hz) < 6:
        return 0.0
    third = len(hz) // 3
    turned = abs(12 * np.log2(np.median(hz[-third:]) / np.median(hz[:third])))
    half = len(values) // 2
    faded = float(np.mean(values[:half, 1]) - np.mean(values[half:, 1]))
    return float(np.clip(0.7 * min(turned / MELODIC, 1) + 0.3 * np.clip(faded / FADED, 0, 1), 0, 1))


def measured(values: Doubles) -> tuple[float, ...] | None:
    """Pitch, its range and loudness of a phrase, as affect/voice.py has them; None where too little is voiced."""
    voiced = values[values[:, 0] > 0]
    if len(voiced) < PHRASE:
        return None
    low, middle, high = np.percentile(12 * np.log2(voiced[:, 0]), [16, 50, 84])
    return float(middle), float(np.log2(max((high - low) / 2, 0.3))), float(40 * np.median(voiced[:, 1]))


def deviation(measures: tuple[float, ...], usual: list[tuple[float, ...]]) -> Doubles:
    """(5,) how far a phrase is from the speaker's usual ones, in their spreads; less while few are known.

    Rate and brightness, the last two, are taken as usual: rate needs words, brightness is the microphone's.
    """
    out = np.zeros(len(MEASURES))
    if usual:
        share = len(usual) / (len(usual) + TRUST)
        out[:3] = share * (np.array(measures) - np.median(usual, axis=0)) / [SPREAD[name] for name in MEASURES[:3]]
    return out

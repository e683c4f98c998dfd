"""What is to be performed: an utterance, the speech made of it, and that speech laid on the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, TypeVar

import numpy as np

from mien.core.emotion import NEUTRAL, Emotion
from mien.core.rig import Motion
from mien.core.track import Audio, Floats, Track

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """Something with a beginning and an end: seconds in a Speech or Plan, characters in an Utterance."""

    start: float
    stop: float
    value: T

    def moved(self, by: float) -> Span[T]:
        return Span(self.start + by, self.stop + by, self.value)


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound. symbol : IPA (core/phones.py lists them); stress : 0 none, 1 primary, 2 secondary"""

    symbol: str
    stress: int = 0


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to do at a moment that is not speech, by name: "breath", "nod" …

    Voices know two themselves: "pause", of ``amount`` seconds, and "mark NAME", which only says when.
    """

    name: str
    amount: float = 1.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a stretch is spoken, beside the voice's own way.

    tempo    : factor on the speaking rate
    pitch    : semitones
    range    : factor on how far the melody goes up and down
    volume   : decibels
    emphasis : -1 played down .. 0 .. 1 stressed strongly
    whisper  : without voice
    """

    tempo: float = 1.0
    pitch: float = 0.0
    range: float = 1.0
    volume: float = 0.0
    emphasis: float = 0.0
    whisper: bool = False

    def within(self, outer: Delivery) -> Delivery:
        """This one inside another: factors multiply, semitones and decibels add, the inner emphasis holds."""
        return Delivery(
            self.tempo * outer.tempo,
            self.pitch + outer.pitch,
            self.range * outer.range,
            self.volume + outer.volume,
            self.emphasis or outer.emphasis,
            self.whisper or outer.whisper,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said for a stretch of text, by another rule than the text's own.

    kind  : "words", another text is said; "phones", these sounds in IPA; else how the text itself is to be
            read (language/readings.py lists the ways): "characters", "ordinal", "date" …
    value : the other text, the sounds, or the date's order (mdy, dmy …)
    """

    kind: str
    value: str = ""


@dataclass(frozen=True, eq=False)
class Prosody(Track):
    """How something is said, 100 values a second. values : (n, 3), the columns being

    loudness : 0 silence .. 1 loud (language/prosody.py: -50 dB .. -10 dB full scale)
    pitch    : semitones above the speaker's median; 0 where unvoiced
    voicing  : 0 unvoiced .. 1 voiced
    """

    @property
    def loudness(self) -> Floats:
        return self.values[:, 0]

    @property
    def pitch(self) -> Floats:
        return self.values[:, 1]

    @property
    def voicing(self) -> Floats:
        return self.values[:, 2]


PROSODY_RATE = Fraction(100)
"""Prosody values per second."""


def no_prosody(n: int, start: int = 0) -> Prosody:
    """Silence."""
    return Prosody(np.zeros((n, 3), np.float32), PROSODY_RATE, start)


SELF = "self"
"""The speaker of what the face itself says; whoever talks to it has another name, or none."""


@dataclass(frozen=True)
class Utterance:
    """What someone is to say. ``emotion`` holds throughout, all else over spans of characters.

    A cue without length is for the word that follows it, or for the end.
    """

    text: str
    speaker: str = ""
    emotion: Emotion = NEUTRAL
    emotions: tuple[Span[Emotion], ...] = ()
    cues: tuple[Span[Cue], ...] = ()
    delivery: tuple[Span[Delivery], ...] = ()
    readings: tuple[Span[Reading], ...] = ()


@dataclass(frozen=True, eq=False)
class Speech:
    """Something said: the sound and what happens in it, seconds from its own beginning (audio.start is 0).

    What lies between two phones is silence. ``pause`` is how long nobody speaks after it, seconds. ``ready`` : nobody
    knows what is said, only that somebody speaks; its lips are to be heard in its sound.
    """

    audio: Audio
    words: tuple[Span[str], ...] = ()
    phones: tuple[Span[Phone], ...] = ()
    prosody: Prosody = field(default_factory=lambda: no_prosody(0))
    emotion: tuple[Span[Emotion], ...] = ()
    cues: tuple[Span[Cue], ...] = ()
    utterance: Utterance | None = None
    pause: float = 0.0
    ready: bool = False

    @property
    def seconds(self) -> float:
        return self.audio.seconds


@dataclass(frozen=True, eq=False)
class Plan:
    """What is known about the frames [start, stop) at ``rate``: spans in seconds on the session clock.

    Each span is handed on whole, once, with the plan during which it becomes known; that is never
    later than the plan in which it begins. ``horizon`` : seconds up to which phones are final.
    ``epoch`` rises at every interruption: what older plans announced beyond this start is taken back.
    ``ready`` : sound of speech that came ready, from ``start`` on as far as it is final, the horizon; None where there
    is none of it.
    """

    start: int
    stop: int
    rate: Fraction
    audio: Audio
    words: tuple[Span[str], ...] = ()
    phones: tuple[Span[Phone], ...] = ()
    prosody: Prosody = field(default_factory=lambda: no_prosody(0))
    emotion: tuple[Span[Emotion], ...] = ()
    cues: tuple[Span[Cue], ...] = ()
    interlocutor: Motion | None = None
    ready: Audio | None = None
    horizon: float = 0.0
    epoch: int = 0

    @property
    def begin(self) -> float:
        """Seconds."""
        return self.start * self.rate.denominator / self.rate.numerator

    @property
    def end(self) -> float:
        """Seconds."""
        return self.stop * self.rate.denominator / self.rate.numerator

    @property
    def times(self) -> np.ndarray:
        """(n,) the middle of each frame, seconds on the session clock."""
        return (np.arange(self.start, self.stop) + 0.5) / float(self.rate)

"""A speech that begins with less silence."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from mien.core.plan import PROSODY_RATE, Span, Speech

T = TypeVar("T")

SHORTEST = 0.1
"""Seconds of a cue below which it is left out."""


def sooner(speech: Speech, lead: float) -> Speech:
    """The same speech with at most ``lead`` seconds before its first phone."""
    if not speech.phones or speech.phones[0].start <= lead:
        return speech
    first = round((speech.phones[0].start - lead) * PROSODY_RATE)  # whole values of prosody, so that all moves alike
    by = Fraction(first) / PROSODY_RATE
    sample = round(by * speech.audio.rate)
    return replace(
        speech,
        audio=speech.audio.cut(sample, speech.audio.stop).at(0),
        words=moved(speech.words, float(by)),
        phones=moved(speech.phones, float(by)),
        cues=tuple(c for c in moved(speech.cues, float(by)) if c.stop - c.start >= SHORTEST),
        emotion=moved(speech.emotion, float(by)),
        prosody=speech.prosody.cut(first, speech.prosody.stop).at(0),
    )


def moved(spans: tuple[Span[T], ...], by: float) -> tuple[Span[T], ...]:
    """Spans so many seconds earlier, none before the beginning."""
    return tuple(Span(max(s.start - by, 0.0), s.stop - by, s.value) for s in spans if s.stop > by)

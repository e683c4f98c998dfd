"""A speech that begins with less silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from mien.core.plan import PROSODY_RATE, Cue, Span, Speech

T = TypeVar("T")

SHORTEST = 0.1
"""Seconds of a breath that was cut short below which it is left out."""


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
        cues=tuple(_cues(speech.cues, float(by))),
        emotion=moved(speech.emotion, float(by)),
        prosody=speech.prosody.cut(first, speech.prosody.stop).at(0),
    )


def _cues(cues: tuple[Span[Cue], ...], by: float) -> Iterator[Span[Cue]]:
    """What is done once is done no sooner than the speech begins; what was over before that is left out."""
    for cue in cues:
        start, stop = max(cue.start - by, 0.0), max(cue.stop - by, 0.0)
        is_once = cue.stop <= cue.start
        if is_once or stop - start >= (SHORTEST if cue.value.name == "breath" else min(SHORTEST, cue.stop - cue.start)):
            yield Span(start, stop, cue.value)


def moved(spans: tuple[Span[T], ...], by: float) -> tuple[Span[T], ...]:
    """Spans so many seconds earlier, none before the beginning."""
    return tuple(Span(max(s.start - by, 0.0), s.stop - by, s.value) for s in spans if s.stop > by)

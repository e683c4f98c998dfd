"""A manner: the amounts, the feeling and the cues that make one way of performing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mien.core.emotion import NEUTRAL, REGIONS, Emotion
from mien.core.plan import Cue, Span, Speech, Utterance
from mien.core.style import AS_USUAL, Style

MOMENT = 0.01
"""Seconds of a cue's span: it is done once and takes its usual time (core/cues.py)."""


@dataclass(frozen=True)
class Manner:
    """One way of performing.

    emotion    : felt beside what else is asked for
    begin, end : cues with the first and after the last words
    said       : the words it was read from
    """

    style: Style = AS_USUAL
    emotion: Emotion = NEUTRAL
    begin: tuple[Cue, ...] = ()
    end: tuple[Cue, ...] = ()
    said: str = ""

    def upon(self, other: Manner) -> Manner:
        """Both at once."""
        return Manner(
            self.style.upon(other.style),
            beside(self.emotion, other.emotion),
            (*self.begin, *other.begin),
            (*self.end, *other.end),
            ", ".join(s for s in (self.said, other.said) if s),
        )


PLAIN = Manner()


def beside(one: Emotion, other: Emotion) -> Emotion:
    """Both felt, region by region; what both feel is felt as strongly as by the stronger.

    >>> str(beside(Emotion.parse("sad:0.5"), Emotion.parse("mouth=happy:0.3,mouth=sad:0.2")))
    'sad:0.5,mouth=sad:0.5,mouth=happy:0.3'
    """
    regions = dict(one.regions)
    weights = dict(one.weights)
    for name, weight in other.weights.items():
        weights[name] = max(weights.get(name, 0.0), weight)
    for region in REGIONS:
        if region in one.regions or region in other.regions:
            mine, theirs = one.at(region), other.at(region)
            both = {name: max(mine.get(name, 0.0), theirs.get(name, 0.0)) for name in (*mine, *theirs)}
            regions[region] = both
    return Emotion(weights, regions)


def in_manner(utterance: Utterance, manner: Manner) -> Utterance:
    """An utterance that is felt so, beside what it feels itself, all of it and in parts."""
    if not _felt(manner.emotion):
        return utterance
    return replace(
        utterance,
        emotion=beside(utterance.emotion, manner.emotion),
        emotions=tuple(replace(span, value=beside(span.value, manner.emotion)) for span in utterance.emotions),
    )


def feeling_beside(speeches: Iterable[Speech], emotion: Emotion) -> Iterator[Speech]:
    """Speeches that are ready, felt so beside what they feel themselves."""
    for speech in speeches:
        if _felt(emotion):
            own = speech.emotion or (Span(0.0, speech.seconds, NEUTRAL),)
            speech = replace(speech, emotion=tuple(replace(s, value=beside(s.value, emotion)) for s in own))
        yield speech


def _felt(emotion: Emotion) -> bool:
    return bool(emotion.weights or emotion.regions)


def with_cues(speeches: Iterable[Speech], begin: tuple[Cue, ...], end: tuple[Cue, ...]) -> Iterator[Speech]:
    """Speeches with cues as the first one begins and as the last one's words end."""
    held: Speech | None = None
    for speech in speeches:
        if held is None:
            speech = replace(speech, cues=(*speech.cues, *(Span(0.0, MOMENT, cue) for cue in begin)))
        else:
            yield held
        held = speech
    if held is not None:
        last = max((p.stop for p in held.phones), default=held.seconds)
        at = max(0.0, min(last, held.seconds - 0.1))
        yield replace(held, cues=(*held.cues, *(Span(at, at + MOMENT, cue) for cue in end)))

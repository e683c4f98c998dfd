"""What an utterance says about stretches of characters, as stretches of time in the speech made of it."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from typing import Any

from mien.core.cues import CUES, lasting
from mien.core.emotion import Emotion
from mien.core.plan import PROSODY_RATE, Cue, Delivery, Span, Speech, Utterance, no_prosody
from mien.core.track import Audio
from mien.language.normalise import Word, normalise
from mien.voices.clauses import Clause, Pronounce, clauses
from mien.voices.styling import Style, delivered, style_from
from mien.voices.timing import Times


def word_spans(clause: Clause, times: Times) -> tuple[Span[str], ...]:
    """The words as written, with their marks; one whose speech was cut in pieces is one word all the same."""
    words: list[tuple[Word, float, float]] = []
    for i, start, stop in times.words:
        word = clause.said[i].word
        if words and words[-1][0] is word:
            words[-1] = (word, words[-1][1], stop)
        else:
            words.append((word, start, stop))
    return tuple(Span(start, stop, word.shown) for word, start, stop in words)


def emotion_at(utterance: Utterance, word: Word) -> Emotion:
    """What is felt at a word: the last span of the utterance that covers its beginning, else the utterance's own."""
    covering = [s.value for s in utterance.emotions if s.start < word.stop and s.stop > word.start]
    return covering[-1] if covering else utterance.emotion


def styles_of(part: Part, feelings: Sequence[Emotion]) -> list[Style]:
    """How each word of a clause sounds: as it is felt, spoken in the way that was asked for."""
    return [
        delivered(style_from(felt.at("voice")), delivery_at(part.utterance, said.word))
        for felt, said in zip(feelings, part.clause.said, strict=True)
    ]


def emotion_spans(feelings: Sequence[Emotion], begins: Sequence[float], seconds: float) -> tuple[Span[Emotion], ...]:
    """Runs of words that feel the same, together over all of a speech. begins : when each word does"""
    spans: list[Span[Emotion]] = []
    for feeling, start in zip(feelings, [0.0, *begins[1:]], strict=True):
        if spans and spans[-1].value == feeling:
            continue
        if spans:
            spans[-1] = replace(spans[-1], stop=start)
        spans.append(Span(start, seconds, feeling))
    return tuple(spans)


def delivery_at(utterance: Utterance, word: Word) -> Delivery:
    """How a word is spoken: every span of the utterance that touches it, the later inside the earlier."""
    delivery = Delivery()
    for span in utterance.delivery:
        if span.start < word.stop and span.stop > word.start:
            delivery = span.value.within(delivery)
    return delivery


def pauses_of(utterance: Utterance, words: Sequence[Word]) -> dict[int, float]:
    """The pauses asked for, by the end of the word they follow; 0 for those before the first word.

    Those between the same two words add up; one of no length asks for nothing.
    """
    ends, starts = [0, *(word.stop for word in words)], [word.start for word in words]
    out: dict[int, float] = {}
    for cue in utterance.cues:
        if cue.value.name == "pause" and cue.value.amount > 0:
            follows = bisect_right(starts, cue.start - 0.5)
            out[ends[follows]] = out.get(ends[follows], 0.0) + cue.value.amount
    return out


@dataclass(frozen=True, slots=True)
class Part:
    """A clause with what its utterance says about it. since : character up to which earlier clauses reach"""

    clause: Clause
    utterance: Utterance
    since: float


def spoken_parts(utterance: Utterance, pronounce: Pronounce, *, accent: str = "us") -> tuple[float, Iterator[Part]]:
    """Seconds that nobody speaks first, and then the clauses: none where there are things to do and nothing to say.

    Errors: BadInput for a text with neither, or in another script.
    """
    if seconds := wordless(utterance):
        return seconds, iter(())
    words = normalise(utterance.text, accent=accent, readings=utterance.readings)
    pauses = pauses_of(utterance, words)
    first = pauses.pop(0, 0.0)
    # what stands at the very beginning is done in that silence, not again with the first word
    return first, parts(utterance, clauses(words, pronounce, pauses), since=0.5 if first else 0)


def parts(utterance: Utterance, made: Iterable[Clause], *, since: float = 0) -> Iterator[Part]:
    """Each clause with only those spans of the utterance that concern it: a book's are not all looked at each time."""
    waiting = {name: deque(sorted(getattr(utterance, name), key=lambda s: s.start)) for name in SPANS}
    near: dict[str, list[Span[Any]]] = {name: [] for name in SPANS}
    for clause in made:
        upto = inf if clause.is_last else clause.said[-1].word.stop
        for name, spans in waiting.items():
            near[name] = [s for s in near[name] if s.stop > since]
            while spans and spans[0].start < upto:
                near[name].append(spans.popleft())
        here: dict[str, Any] = {name: tuple(spans) for name, spans in near.items()}
        yield Part(clause, replace(utterance, **here), since)
        since = upto


SPANS = ("emotions", "cues", "delivery")


def cues_of(part: Part, times: Times, breathes: bool, end: float) -> tuple[Span[Cue], ...]:
    """A breath before the first word, and the utterance's cues where they stand.

    end : seconds at which the next clause begins, up to which is held what goes on in it
    """
    breath = (Span(0.0, times.words[0][1], Cue("breath")),) if breathes else ()
    placed = [(part.clause.said[i].word, start, stop) for i, start, stop in times.words]
    upto = inf if part.clause.is_last else placed[-1][0].stop
    return breath + placed_cues(part.utterance.cues, placed, part.since, upto, end)


def placed_cues(
    cues: Sequence[Span[Cue]], placed: Sequence[tuple[Word, float, float]], since: float, upto: float, end: float
) -> tuple[Span[Cue], ...]:
    """Cues over characters as cues over seconds.

    A cue without length begins with the word after it, or with the end of the last. One over words begins with
    the first and ends with the last of them; where it goes on in another stretch it is handed on in parts.

    placed : (word, start, stop) of a stretch of speech, in order, at least one
    since, upto : the characters that belong to the stretch
    end : seconds at which the next stretch begins
    """
    found = []
    for cue in cues:
        if cue.value.name == "pause":
            continue
        if cue.stop <= cue.start:
            if since <= cue.start < upto:
                begin = next((start for word, start, _ in placed if word.stop > cue.start), placed[-1][2])
                found.append(Span(begin, begin, cue.value))
        elif inside := [(a, b) for word, a, b in placed if cue.start < word.stop and cue.stop > word.start]:
            begin = inside[0][0] if cue.start >= since else 0.0
            found.append(Span(begin, inside[-1][1] if cue.stop <= upto else end, cue.value))
    return tuple(found)


def pause_after(clause: Clause, cues: Sequence[Span[Cue]], seconds: float, pause: float) -> float:
    """The clause's pause, at its utterance's end long enough for what is still being done."""
    last = max((lasting(cue).stop for cue in cues if cue.value.name in CUES), default=0.0) if clause.is_last else 0.0
    return max(pause, last - seconds)


def silence(utterance: Utterance, seconds: float, rate: Fraction) -> Speech:
    """Nobody speaks: the pause before the first word, or an utterance in which there is something to do but no word."""
    samples = round(seconds * rate)
    cues = tuple(Span(0.0, 0.0, cue.value) for cue in utterance.cues if cue.value.name != "pause" and not cue.start)
    return Speech(
        Audio.silence(samples, rate),
        prosody=no_prosody(round(seconds * PROSODY_RATE)),
        emotion=(Span(0.0, float(samples / rate), utterance.emotion),),
        cues=cues,
        utterance=utterance,
    )


def wordless(utterance: Utterance) -> float:
    """Seconds of an utterance that has things to do but nothing to say; 0 for any other."""
    if utterance.text.strip() or not utterance.cues:
        return 0.0
    paused = sum(cue.value.amount for cue in utterance.cues if cue.value.name == "pause")
    return paused or max((lasting(replace(cue, start=0, stop=0)).stop for cue in utterance.cues), default=0.0)

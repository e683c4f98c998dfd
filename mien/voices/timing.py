"""When each phone and word of a clause is spoken, from how long the network makes each token last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mien.core.plan import Phone, Span
from mien.core.track import Floats
from mien.language.g2p import placed_phones
from mien.voices.clauses import Clause
from mien.voices.kokoro_model import FRAME, SAMPLE_RATE

LAG = 0.06
"""Seconds by which the network's durations run late against the sound."""

LONGEST_JOINT = 0.07
"""A gap between two phones up to this long, seconds, is no silence: the phone before it is held."""


@dataclass(frozen=True, slots=True)
class Script:
    """A clause as the network reads it.

    letters : one token each
    owner   : (len(letters) + 2,) the written word each token belongs to, pads included
    phones  : (phone, first token, token after its last, word), pads counted
    """

    letters: str
    owner: tuple[int, ...]
    phones: tuple[tuple[Phone, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the beginning of the clause's sound.

    words  : (index in the clause, start, stop)
    cut_at : where in the network's sound the clause begins, seconds; below 0 it begins with silence
    stop   : how long the clause is
    """

    phones: tuple[Span[Phone], ...]
    words: tuple[tuple[int, float, float], ...]
    cut_at: float
    stop: float


def script_of(clause: Clause) -> Script:
    """The clause's words and marks in the order spoken."""
    letters = ""
    owner = [0]
    phones: list[tuple[Phone, int, int, int]] = []
    for i, said in enumerate(clause.said):
        parts = " ".join(said.letters)
        text = (" " if i else "") + said.word.before + parts
        base = len(letters) + len(text) - len(parts) + 1
        phones += [(p.phone, base + p.start, base + p.stop, i) for p in placed_phones(parts)]
        text += said.word.after
        owner += [i] * len(text)
        letters += text
    last = clause.said[-1].word
    if not last.after:  # the melody of an end wants a mark
        letters += "." if last.ends_paragraph else ","
        owner.append(len(clause.said) - 1)
    return Script(letters, (*owner, owner[-1]), tuple(phones))


def times_of(script: Script, frames: Floats, lead: float, tail: float) -> Times:
    """Phones and words on the clock of the clause, which begins ``lead`` seconds before its first phone.

    frames : (tokens,) how long each lasts, pads included
    """
    bounds = np.concatenate([[0.0], np.cumsum(frames)]) * FRAME / SAMPLE_RATE - LAG
    spans = [(float(bounds[a]), float(bounds[b])) for _, a, b, _ in script.phones]
    spans = _joined(spans)
    shift = lead - spans[0][0]
    phones = tuple(Span(a + shift, b + shift, p[0]) for (a, b), p in zip(spans, script.phones, strict=True))
    return Times(phones, _words(script, phones), -shift, phones[-1].stop + tail)


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Short gaps between words closed."""
    after = [start for start, _ in spans[1:]] + [np.inf]
    return [(a, n if n - b <= LONGEST_JOINT else b) for (a, b), n in zip(spans, after, strict=True)]


def _words(script: Script, phones: Sequence[Span[Phone]]) -> tuple[tuple[int, float, float], ...]:
    words: list[tuple[int, float, float]] = []
    for span, (_, _, _, word) in zip(phones, script.phones, strict=True):
        if words and words[-1][0] == word:
            words[-1] = (word, words[-1][1], span.stop)
        else:
            words.append((word, span.start, span.stop))
    return tuple(words)

"""What an utterance says about stretches of characters, as stretches of time in the speech made of it."""

from __future__ import annotations

from collections.abc import Sequence

from mien.core.emotion import Emotion
from mien.core.plan import Cue, Span, Utterance
from mien.language.normalise import Word
from mien.voices.clauses import Clause
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
    covering = [s.value for s in utterance.emotions if s.start <= word.start < s.stop]
    return covering[-1] if covering else utterance.emotion


def emotion_spans(feelings: Sequence[Emotion], times: Times, seconds: float) -> tuple[Span[Emotion], ...]:
    """Runs of words that feel the same; together they cover the clause."""
    begins = [0.0] + [start for _, start, _ in times.words[1:]]
    spans: list[Span[Emotion]] = []
    for (i, _, _), start in zip(times.words, begins, strict=True):
        if spans and spans[-1].value == feelings[i]:
            continue
        if spans:
            spans[-1] = Span(spans[-1].start, start, spans[-1].value)
        spans.append(Span(start, seconds, feelings[i]))
    return tuple(spans)


def cues_of(clause: Clause, utterance: Utterance, times: Times, breathes: bool) -> tuple[Span[Cue], ...]:
    """A breath before the first word, and the utterance's cues at the words they stand at."""
    cues = [Span(0.0, times.words[0][1], Cue("breath"))] if breathes else []
    for cue in utterance.cues:
        inside = [(a, b) for i, a, b in times.words if _touches(cue, clause.said[i].word)]
        if inside:
            cues.append(Span(inside[0][0], inside[-1][1], cue.value))
    return tuple(cues)


def _touches(cue: Span[Cue], word: Word) -> bool:
    """Whether a stretch of characters begins before a word ends and ends after it begins."""
    return cue.start < word.stop and max(cue.stop, cue.start + 1) > word.start

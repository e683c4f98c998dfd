"""A recording with what the tags of its text ask for: feelings and things to do, at the words they stand at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf

from mien.core.emotion import NEUTRAL, Emotion
from mien.core.plan import Span, Speech, Utterance
from mien.language.normalise import Word, normalise
from mien.voices.spans import emotion_at, emotion_spans, placed_cues


def with_tags(speeches: Iterable[Speech], utterance: Utterance | None) -> Iterator[Speech]:
    """The aligned speeches, feeling and doing what the utterance's tags say; how it is spoken is the recording's own.

    A word that no tag is about feels what it felt before.
    """
    if utterance is None or not (utterance.emotions or utterance.cues):
        yield from speeches
        return
    words = normalise(utterance.text)
    done, since = 0, 0.0
    for speech in speeches:
        placed: list[tuple[Word, float, float]] = []
        for span in speech.words:
            done = next((i for i in range(done, len(words)) if words[i].shown == span.value), done) + 1
            placed.append((words[done - 1], span.start, span.stop))
        if not placed:
            yield speech
            continue
        upto = inf if done == len(words) else float(words[done - 1].stop)
        cues = placed_cues(utterance.cues, placed, since, upto)
        yield replace(speech, emotion=_felt(speech, placed, utterance), cues=speech.cues + cues, utterance=utterance)
        since = upto


def _felt(
    speech: Speech, placed: Sequence[tuple[Word, float, float]], utterance: Utterance
) -> tuple[Span[Emotion], ...]:
    begins = [start for _, start, _ in placed]
    before = [next((s.value for s in reversed(speech.emotion) if s.start <= at < s.stop), NEUTRAL) for at in begins]
    feelings = [
        emotion_at(replace(utterance, emotion=own), word) for (word, _, _), own in zip(placed, before, strict=True)
    ]
    return speech.emotion if feelings == before else emotion_spans(feelings, begins, speech.seconds)

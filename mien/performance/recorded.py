"""A recording with what the tags of its text ask for: feelings and things to do, at the words they stand at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import inf

from mien.core.plan import Span, Speech, Utterance
from mien.language.normalise import Word, normalise
from mien.voices.spans import emotion_at, emotion_spans, placed_cues


def with_tags(speeches: Iterable[Speech], utterance: Utterance) -> Iterator[Speech]:
    """The aligned speeches, feeling and doing what the utterance says; how it is spoken is the recording's own."""
    words = normalise(utterance.text)
    done, since = 0, 0.0
    for speech in speeches:
        placed: list[tuple[Word, float, float]] = []
        for span in speech.words:
            done = next((i for i in range(done, len(words)) if words[i].shown == span.value), done) + 1
            placed.append((words[done - 1], span.start, span.stop))
        if not placed:
            yield replace(speech, emotion=(Span(0.0, speech.seconds, utterance.emotion),), utterance=utterance)
            continue
        upto = inf if done == len(words) else float(words[done - 1].stop)
        yield replace(
            speech,
            emotion=emotion_spans(
                [emotion_at(utterance, w) for w, _, _ in placed], [a for _, a, _ in placed], speech.seconds
            ),
            cues=speech.cues + placed_cues(utterance.cues, placed, since, upto),
            utterance=utterance,
        )
        since = upto

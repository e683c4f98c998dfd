"""What a performance feels: as asked for, or read from its words and its voice (``auto``)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mien.core.emotion import Emotion
from mien.core.errors import WrongUse
from mien.core.plan import Span, Speech, Utterance

AUTO = "auto"
READERS = ("words", "voice")


@dataclass(frozen=True)
class Auto:
    """Emotion is to be read. words, voice : from what"""

    words: bool = True
    voice: bool = True


Mood = Emotion | Auto


def asked(emotion: str | Emotion | None, *, has_sound: bool) -> Mood:
    """``auto``, ``auto:words``, ``auto:voice``, or an emotion. Errors: WrongUse.

    has_sound : whether there is a voice to be read; a text has none yet
    """
    if isinstance(emotion, str) and (text := emotion.strip().lower()).split(":")[0] == AUTO:
        reader = text.removeprefix(AUTO).removeprefix(":")
        if reader and reader not in READERS:
            raise WrongUse(f"emotion can be read from words or from the voice: auto:words, auto:voice; got {emotion!r}")
        if reader == "voice" and not has_sound:
            raise WrongUse("a text has no voice yet to be read: use auto, or give a recording")
        return Auto(words=reader != "voice", voice=reader != "words")
    return Emotion.parse(emotion)


def felt_in_text(utterance: Utterance, mood: Mood) -> Utterance:
    """An utterance with the mood asked for: throughout, or sentence by sentence; spans it has already win.

    Errors: MissingWeights.
    """
    if isinstance(mood, Emotion):
        return replace(utterance, emotion=mood)
    from mien.affect.words import reader

    return replace(utterance, emotions=(*reader().spans(utterance.text), *utterance.emotions))


def felt_in_sound(speeches: Iterable[Speech], mood: Mood) -> Iterator[Speech]:
    """Speeches with the mood asked for; where none was, with their own.

    What is read from the words of a recording and from its voice is shown together. Errors: MissingWeights.
    """
    if isinstance(mood, Auto):
        yield from _read(speeches, mood)
        return
    for speech in speeches:
        wanted = mood.weights or mood.regions
        yield replace(speech, emotion=(Span(0.0, speech.seconds, mood),)) if wanted else speech


def _read(speeches: Iterable[Speech], mood: Auto) -> Iterator[Speech]:
    from mien.affect.voice import Voice

    if not mood.voice:
        yield from (said(speech) for speech in speeches)
        return
    for heard in Voice().felt(speeches):
        yield replace(heard, emotion=both(said(heard).emotion, heard.emotion)) if mood.words else heard


def said(speech: Speech) -> Speech:
    """A speech with what its words express, sentence by sentence; none where no words are known."""
    from mien.affect.words import reader

    text, places = "", []
    for word in speech.words:
        places.append((len(text), word))
        text += f"{word.value} "
    spans = []
    for span in reader().spans(text) if text else ():
        inside = [word for at, word in places if span.start <= at < span.stop]
        if inside:
            spans.append(Span(inside[0].start, inside[-1].stop, span.value))
    return replace(speech, emotion=tuple(spans))


def both(words: tuple[Span[Emotion], ...], voice: tuple[Span[Emotion], ...]) -> tuple[Span[Emotion], ...]:
    """Two readings as one: where they meet, the larger weight of each emotion, so that neither is drowned."""
    edges = sorted({edge for span in (*words, *voice) for edge in (span.start, span.stop)})
    out = []
    for start, stop in itertools.pairwise(edges):
        here = [span.value.weights for span in (*words, *voice) if span.start <= start and span.stop >= stop]
        names = {name for weights in here for name in weights}
        if names:
            mixed = Emotion({name: max(weights.get(name, 0.0) for weights in here) for name in sorted(names)})
            out.append(Span(start, stop, mixed))
    return tuple(out)

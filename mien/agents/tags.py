"""Emotion tags in a text, as agents write them: "[happy:0.8] Hello! [sad] But…" becomes words and what is felt.

A tag holds from where it stands to the next one, in the same reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mien.core.emotion import NEUTRAL, Emotion
from mien.core.errors import WrongUse
from mien.core.plan import SELF, Span, Utterance

TAG = re.compile(r"\[([^\[\]\n]{1,60})\]\s?")

ENDS = re.compile(r"[.!?…]+[\"”’)\]]*\s+|\n+")
"""After which a sentence is over."""

MARKS = re.compile(r"[,;:—]\s+")
"""Where a first sentence may be cut."""

SOON = 24
"""Characters after which the first sentence of a reply is cut at a mark, so that it begins to be spoken."""

LONGEST = 400
"""Characters after which a text without any end is cut at a blank."""


def utterance_from(text: str, emotion: Emotion = NEUTRAL) -> tuple[Utterance | None, Emotion]:
    """An utterance of a text with tags, None where nothing is left to say; and what is felt at its end.

    >>> said, after = utterance_from("[happy:0.8] Hello! [sad] Oh.")
    >>> said.text, [(s.start, s.stop, str(s.value)) for s in said.emotions], str(after)
    ('Hello! Oh.', [(0, 7, 'happy:0.8'), (7, 10, 'sad:0.7')], 'sad:0.7')
    """
    plain, at = "", 0
    spans: list[Span[Emotion]] = []
    for tag in TAG.finditer(text):
        felt = _emotion(tag[1])
        if felt is None:  # brackets that mean something else are left out all the same: nobody can say them
            plain += text[at : tag.start()]
        else:
            plain, spans = _upto(plain + text[at : tag.start()], emotion, spans)
            emotion = felt
        at = tag.end()
    plain, spans = _upto(plain + text[at:], emotion, spans)
    begin = len(plain) - len(plain.lstrip())
    words = plain.strip()
    if not any(c.isalnum() for c in words):
        return None, emotion
    placed = tuple(
        Span(max(s.start - begin, 0), min(s.stop - begin, len(words)), s.value)
        for s in spans
        if s.stop > begin and s.start < begin + len(words) and s.value != NEUTRAL
    )
    return Utterance(words, SELF, emotions=placed), emotion


def _upto(plain: str, emotion: Emotion, spans: list[Span[Emotion]]) -> tuple[str, list[Span[Emotion]]]:
    start = int(spans[-1].stop) if spans else 0
    return plain, [*spans, Span(start, len(plain), emotion)] if len(plain) > start else spans


def _emotion(name: str) -> Emotion | None:
    try:
        return Emotion.parse(name)
    except WrongUse:
        return None


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """A text that comes in pieces of any size, sentence by sentence; the first one as soon as there is a clause of it.

    >>> list(sentences(["Hel", "lo there. How", " are you", "?"]))
    ['Hello there. ', 'How are you?']
    """
    held, first = "", True
    for piece in pieces:
        held += piece
        while (size := _end(held, first)) is not None:
            yield held[:size]
            held, first = held[size:], False
    if held.strip():
        yield held


def _end(text: str, first: bool) -> int | None:
    """How much of the text is a sentence that is over."""
    for end in ENDS.finditer(text):
        if not _open_tag(text[: end.end()]):
            return end.end()
    if first and (mark := MARKS.search(text, SOON)) and not _open_tag(text[: mark.end()]):
        return mark.end()
    if len(text) > LONGEST:
        return (text.rfind(" ", 0, LONGEST) + 1) or LONGEST
    return None


def _open_tag(text: str) -> bool:
    return text.rfind("[") > text.rfind("]")

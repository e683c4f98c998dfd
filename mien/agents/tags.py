"""Tags in a text, as agents write them: "[happy:0.8] Hello! [nod] [sad] But…" becomes words, what is felt and done.

A feeling holds from where it stands to the next one or to its end, in the same reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mien.core.emotion import NEUTRAL, Emotion
from mien.core.plan import SELF, Utterance
from mien.language.tagged import is_tag, utterance_from_text

TAG = re.compile(r"(\[[^\[\]\n]{1,60}\])\s?")

ENDS = re.compile(r"[.!?…]+[\"”’)\]]*\s+|\n+")
"""After which a sentence is over."""

MARKS = re.compile(r"[,;:—]\s+")
"""Where a first sentence may be cut."""

SOON = 24
"""Characters after which the first sentence of a reply is cut at a mark, so that it begins to be spoken."""

LONGEST = 400
"""Characters after which a text without any end is cut at a blank."""


def utterance_from(text: str, emotion: Emotion = NEUTRAL) -> tuple[Utterance | None, Emotion]:
    """An utterance of a text with tags (docs/markup.md), None where nothing is left; and what is felt at its end.

    A feeling that is not ended goes on; brackets that mean something else are left out: nobody can say them.

    >>> said, after = utterance_from("[happy:0.8] Hello! [sad] Oh.")
    >>> said.text, [str(s.value) for s in said.emotions], str(after)
    ('Hello! Oh.', ['happy:0.8', 'sad:0.7'], 'sad:0.7')
    """
    text = TAG.sub(lambda tag: tag[0] if is_tag(tag[1]) else "", text).strip()
    made = utterance_from_text(text, emotion=emotion, lenient=True)
    open_at_end = [span for span in made.emotions if span.stop >= len(made.text)] if not text.endswith("]") else []
    after = max(open_at_end, key=lambda span: span.start).value if open_at_end else emotion
    if not any(c.isalnum() for c in made.text) and not made.cues:
        return None, after
    return replace(made, speaker=SELF), after


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

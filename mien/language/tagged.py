"""Text with tags to an utterance: ``[happy 0.8]I am *so* glad[/happy] [nod]``, or SSML.

The grammar is ``tagged.lark``; what the tags say is in ``tags.py`` and what SSML's elements say in ``ssml.py``.
An utterance's text is what is left without them, and its spans count the characters of that.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mien.core.emotion import NEUTRAL, Emotion
from mien.core.errors import BadInput, MienError
from mien.core.plan import Cue, Delivery, Reading, Span, Utterance
from mien.language.ssml import meaning_of_element
from mien.language.tags import Meaning, closes, known_names, meaning_of_tag

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

T = TypeVar("T")

SPEAK = re.compile(r"\ufeff?\s*(?:<\?xml[^<>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<speak[\s>]", re.S)
"""How a text begins that is SSML as a whole. In any other, what stands in angle brackets is no markup."""

MODERATE, STRONG = Delivery(emphasis=0.5), Delivery(emphasis=1.0)
"""*so* and **so**."""


def utterance_from_text(text: str, *, emotion: Emotion = NEUTRAL, lenient: bool = False) -> Utterance:
    """What is to be said, felt and done.

    lenient : tags that are not known are read out as they stand, and one that is not closed holds to the end
    Errors: BadInput, which says line and column, for what is not known, not closed or out of range.

    >>> utterance_from_text("I am [happy 0.8]glad[/happy].").emotions
    (Span(start=5, stop=9, value=Emotion(weights=mappingproxy({'happy': 0.8}), regions=mappingproxy({}))),)
    """
    if SPEAK.match(text):
        return _Builder(text, lenient).read("ssml", emotion)
    if not re.search(r"[\[*\\]", text):
        return Utterance(text, emotion=emotion)
    return _Builder(text, lenient).read("script", emotion)


def is_tag(piece: str) -> bool:
    """Whether a piece of text in square brackets says something.

    >>> is_tag("[nod]"), is_tag("[/happy]"), is_tag("[laughs nervously]")
    (True, True, False)
    """
    tree = _parsed("end" if piece[1:2] == "/" else "tag", piece[1:-1])
    if tree is None:
        return False
    if piece[1:2] == "/":
        return not tree.children or str(tree.children[0]).lower() in _FIRST_WORDS
    try:
        _asked_for(tree)
    except MienError:
        return False
    return True


def _asked_for(tree: Tree[Token]) -> tuple[str, Meaning]:
    """The name of a tag and what it means. Errors: as meaning_of_tag()."""
    words = [str(t) for t in tree.children if getattr(t, "type", "") == "WORD"]
    feeling = next((str(t) for t in tree.children if getattr(t, "type", "") in ("FEELING", "MIXTURE")), "")
    if feeling:
        return "emotion", Meaning(emotion=Emotion.parse(feeling), must_close=True)
    return " ".join(words).lower(), meaning_of_tag(words, *_number(tree))


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    from lark import Lark

    starts = ["script", "ssml", "tag", "end", "element", "end_element"]
    path = Path(__file__).with_suffix(".lark")
    return Lark(path.read_text("utf-8"), start=starts, parser="lalr", lexer="contextual", maybe_placeholders=False)


def _parsed(rule: str, text: str) -> Tree[Token] | None:
    """None where the rule does not fit."""
    from lark import UnexpectedInput

    try:
        return _grammar().parse(text, start=rule)
    except UnexpectedInput:
        return None


@dataclass
class _Open:
    """A tag that waits for its end. at : where it stands in the source; start : in the text"""

    name: str
    at: int
    start: int
    meaning: Meaning
    is_element: bool = False

    @property
    def shown(self) -> str:
        return f"<{self.name}>" if self.is_element else f"[{self.name}]"

    @property
    def end(self) -> str:
        return f"</{self.name}>" if self.is_element else f"[/{self.name}]"


BAD_TAG = r"write \[ for a bracket that is no tag, or give --lenient"


class _Builder:
    """Walks the pieces of a source and keeps what they add up to."""

    def __init__(self, source: str, lenient: bool) -> None:
        self._source, self._lenient = source, lenient
        self._parts: list[str] = []
        self._size = 0
        self._open: list[_Open] = []
        self._stars: list[tuple[str, int]] = []  # runs of stars that may begin an emphasis, and where in the text
        self._emotions: list[Span[Emotion]] = []
        self._cues: list[Span[Cue]] = []
        self._delivery: list[Span[Delivery]] = []
        self._readings: list[Span[Reading]] = []

    def read(self, rule: str, emotion: Emotion) -> Utterance:
        is_ssml = rule == "ssml"
        pieces: list[Token] = _grammar().parse(self._source, start=rule).children  # type: ignore[assignment]
        for piece in pieces:
            self._piece(piece.type, str(piece), piece.start_pos or 0, is_ssml)
        for waiting in reversed(self._open):
            must_close = waiting.is_element or waiting.meaning.must_close
            if must_close and not self._lenient:
                raise self._error(waiting.at, f"{waiting.shown} is not closed: end it with {waiting.end}")
            self._ended(waiting, self._size if must_close else waiting.start)
        return Utterance(
            "".join(self._parts),
            emotion=emotion,
            emotions=_in_order(self._emotions),
            cues=_in_order(self._cues),
            delivery=_in_order(self._delivery),
            readings=_in_order(self._readings),
        )

    def _piece(self, kind: str, piece: str, at: int, is_ssml: bool) -> None:
        match kind:
            case "TEXT":
                self._add(piece)
            case "XML":
                self._add(re.sub(r"\s+", " ", piece))
            case "ESCAPED":
                self._add(piece[1])
            case "STARS":
                self._emphasise(piece, at)
            case "TAG":
                self._tag(piece, at)
            case "BRACKET":
                name = re.match(r"/?\s*([A-Za-z]+)", self._source[at + 1 : at + 40])
                if name and name[1].lower() in _FIRST_WORDS and not self._lenient:
                    raise self._error(at, f"[{name[0]} has no ] in its line; {BAD_TAG}")
                self._add(piece)
            case "ELEMENT":
                self._element(piece, at)
            case "ENTITY":
                self._entity(piece, at)
            case "CDATA":
                self._add(piece[9:-3])
            case "ANGLE" | "AMPERSAND":
                if not self._lenient:
                    written = "&lt;" if kind == "ANGLE" else "&amp;"
                    raise self._error(at, f"in SSML {piece} is written {written}")
                self._add(piece)
            case "DECLARATION" if piece.startswith("<!") and not self._lenient:
                raise self._error(at, "SSML with a document type is not read")

    # ------------------------------------------------------------------------------------------- pieces

    def _tag(self, piece: str, at: int) -> None:
        ends = piece[1] == "/"
        tree = _parsed("end" if ends else "tag", piece[1:-1])
        try:
            if tree is None:
                raise BadInput(f"{piece} is no tag")
            if ends:
                self._end(" ".join(str(t) for t in tree.children).lower(), piece, is_element=False)
                return
            name, meaning = _asked_for(tree)
        except MienError as error:
            if not self._lenient:
                raise self._error(at, f"{error}; {BAD_TAG}") from None
            self._add(piece)
            return
        self._begin(_Open(name, at, self._size, meaning))

    def _element(self, piece: str, at: int) -> None:
        ends = piece[1] == "/"
        tree = _parsed("end_element" if ends else "element", piece[1:-1])
        try:
            if tree is None:
                raise BadInput(f"{piece} is not well-formed")
            if ends:
                self._end(str(tree.children[-1]).lower(), piece, is_element=True)
                return
            name, attributes, is_empty = _element_of(tree)
            meaning = meaning_of_element(name, attributes)
        except MienError as error:
            if not self._lenient:
                raise self._error(at, str(error)) from None
            return  # what stands in it is read all the same
        here = _Open(name, at, self._size, meaning, is_element=True)
        if meaning.boundary == "p":
            self._paragraph()
            here.start = self._size
        if is_empty:
            self._ended(here, self._size)
        else:
            self._open.append(here)

    def _entity(self, piece: str, at: int) -> None:
        read = html.unescape(piece)
        if read == piece and not self._lenient:
            raise self._error(at, f"{piece} is no character; write &amp; for an ampersand")
        self._add(read)

    def _emphasise(self, stars: str, at: int) -> None:
        """Markdown's rule: a run of stars before a word opens, one after a word closes; the stars stay in the text,
        where they are not spoken."""
        before, after = self._source[at - 1 : at], self._source[at + len(stars) : at + len(stars) + 1]
        matching = next((i for i in range(len(self._stars) - 1, -1, -1) if self._stars[i][0] == stars), None)
        if before.strip() and matching is not None:
            _, start = self._stars[matching]
            del self._stars[matching:]
            self._delivery.append(Span(start, self._size, MODERATE if len(stars) == 1 else STRONG))
        elif after.strip() and not before.isalnum() and len(stars) <= 3:
            self._stars.append((stars, self._size + len(stars)))
        self._add(stars)

    # ---------------------------------------------------------------------------------------- bookkeeping

    def _add(self, text: str) -> None:
        last = self._parts[-1][-1:] if self._parts else " "
        if last.isspace() and text[:1] == " " and len(text.lstrip(" ")) < len(text):
            text = text.lstrip(" ")  # a tag between blanks leaves one
        if "\n\n" in text:
            self._stars.clear()  # an emphasis ends with its paragraph
        if text:
            self._parts.append(text)
            self._size += len(text)

    def _paragraph(self) -> None:
        if self._size:
            self._add("\n\n")

    def _begin(self, tag: _Open) -> None:
        if tag.meaning.cue is not None and tag.meaning.cue.name == "pause":
            self._ended(tag, self._size)
        else:
            self._open.append(tag)

    def _end(self, name: str, shown: str, *, is_element: bool) -> None:
        """The last open tag that this closes. Errors: BadInput where there is none."""
        for i in range(len(self._open) - 1, -1, -1):
            tag = self._open[i]
            if tag.is_element != is_element:
                continue
            if is_element and tag.name != name:
                raise BadInput(f"{shown} comes before the end of {tag.shown}")
            if closes(name, tag.name) if not is_element else True:
                if not name and not tag.meaning.must_close:
                    continue  # [/] is for what has to be closed
                del self._open[i]
                self._ended(tag, self._size)
                return
        raise BadInput(f"{shown} closes nothing")

    def _ended(self, tag: _Open, stop: int) -> None:
        """Keep what a tag asked for between its beginning and ``stop``."""
        meaning, start = tag.meaning, tag.start
        if meaning.boundary == "s" and not "".join(self._parts[-2:]).rstrip().endswith((".", "?", "!", "…", ":")):
            self._add(".")
        if meaning.boundary == "s":
            self._add(" ")
        if meaning.boundary == "p":
            self._paragraph()
        if meaning.cue is not None:
            self._cues.append(Span(start, stop, meaning.cue))
        if stop > start:
            if meaning.emotion is not None:
                self._emotions.append(Span(start, stop, meaning.emotion))
            if meaning.delivery is not None:
                self._delivery.append(Span(start, stop, meaning.delivery))
            if meaning.reading is not None:
                self._readings.append(Span(start, stop, meaning.reading))

    def _error(self, at: int, what: str) -> BadInput:
        line = self._source.count("\n", 0, at) + 1
        column = at - self._source.rfind("\n", 0, at)
        return BadInput(f"line {line}, column {column}: {what}")


_FIRST_WORDS = frozenset(name.split()[0] for name in known_names())


def _in_order(spans: list[Span[T]]) -> tuple[Span[T], ...]:
    """Outer spans before the inner ones, which hold where they overlap."""
    return tuple(sorted(spans, key=lambda span: (span.start, -span.stop)))


def _number(tree: Tree[Token]) -> tuple[float | None, str]:
    for node in tree.find_data("number"):
        parts = [str(part) for part in node.children]
        return float(parts[0]), parts[1] if len(parts) > 1 else ""
    return None, ""


def _element_of(tree: Tree[Token]) -> tuple[str, dict[str, str], bool]:
    """Its name, attributes with their entities replaced, and whether it ends itself."""
    attributes: dict[str, str] = {}
    for node in tree.find_data("attribute"):
        name, value = (str(part) for part in node.children)
        if name in attributes:
            raise BadInput(f"<{tree.children[0]}> states {name} twice")
        attributes[name] = html.unescape(value[1:-1])
    is_empty = getattr(tree.children[-1], "type", "") == "SLASH"
    return str(tree.children[0]).lower(), attributes, is_empty

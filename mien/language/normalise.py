"""From written to spoken words: numbers, times, units, money, dates, abbreviations, addresses, symbols.

A text is read from left to right by a list of rules; the first that matches at a place says what is
spoken for it. Each word keeps its place in the text, so that subtitles read as the original does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mien.core.errors import BadInput
from mien.core.plan import Reading, Span
from mien.language.markup import NOTHING, PARAGRAPH, blanked
from mien.language.quantities import QUANTITIES
from mien.language.readings import spoken_reading
from mien.language.scripts import refuse_unreadable
from mien.language.wordings import ADDRESSES, WORDS, ends_with_full_stop

RULES = [*ADDRESSES, *QUANTITIES, *WORDS]
"""In the order tried."""


@dataclass(frozen=True, slots=True)
class Word:
    """One written word, or a few that are spoken as one thing ("5 km"), and what is said for it.

    text   : as written, without markup
    start  : its characters in the text are [start, stop)
    spoken : ASCII letters and apostrophes only, a single capital being the letter's name; or sounds between slashes
    before : opening marks, of “ (
    after  : marks that follow, of , ; : . ? ! … — ” )
    ends_paragraph : a blank line, a heading or a list item comes next
    shown  : as a subtitle shows it, with the marks around it as written
    """

    text: str
    start: int
    stop: int
    spoken: tuple[str, ...]
    before: str = ""
    after: str = ""
    ends_paragraph: bool = False
    shown: str = ""


def normalise(text: str, *, accent: str = "us", readings: Sequence[Span[Reading]] = ()) -> list[Word]:
    """What is to be spoken, word by word.

    accent   : "us" or "gb" (dates and numbers are read differently)
    readings : stretches of characters that are read in a way of their own, in order
    Errors: BadInput when nothing in the text can be spoken, or part of it is not in Latin letters or not
    to be read as it is asked for.

    >>> [w.spoken for w in normalise("It's 5:30, 20 °C.")]
    [("It's",), ('five', 'thirty'), ('twenty', 'degrees', 'Celsius')]
    """
    british = accent == "gb"
    asked = _asked(text, readings, british)
    refuse_unreadable(_without(text, asked))
    plain = blanked(text)
    words = list(_words(plain, british, asked))
    if not words:
        what = "only punctuation or symbols" if text.strip() else "empty"
        raise BadInput(f"there is nothing to say: the text is {what}; write at least one word")
    return list(_with_marks_shown(words, plain))


def spoken_text(words: list[Word]) -> str:
    """The text in its normal form: what is said, with the marks that shape how.

    >>> spoken_text(normalise("Dr. Who (born 1963) has 2 hearts!"))
    'Doctor Who (born nineteen sixty three) has two hearts!'
    """
    return " ".join(w.before + " ".join(w.spoken) + w.after for w in words)


Asked = dict[int, tuple[int, tuple[str, ...]]]
"""Where a stretch begins -> where it ends, and what is said for it."""


def _asked(text: str, readings: Sequence[Span[Reading]], british: bool) -> Asked:
    """The stretches that are not read by the rules, without the blanks at their ends."""
    out: Asked = {}
    for span in readings:
        start, stop = int(span.start), int(span.stop)
        written = text[start:stop]
        said = spoken_reading(span.value, written, british)
        if said is not None and written.strip():
            out[stop - len(written.lstrip())] = start + len(written.rstrip()), said
    return out


def _without(text: str, asked: Asked) -> str:
    for start, (stop, _) in asked.items():
        text = text[:start] + " " * (stop - start) + text[stop:]
    return text


_GAP = re.compile(rf"[\s{NOTHING}]+")
_MARK = re.compile(r"\.{2,}|…+|--+|[—–―]+|[,;:.?!¿¡()\[\]{}\"“”„«»‹›‘’'`´-]")
_MARK_SOUND = {"[": "(", "{": "(", "]": ")", "}": ")", "«": "“", "„": "“", "‹": "“", "»": "”", "›": "”"}
_SILENT = frozenset("‘’'`´¿¡")


def _words(text: str, british: bool, asked: Asked) -> Iterator[Word]:
    """text : blanked"""
    starts = sorted(asked)
    held: Word | None = None  # its text and what is said for it come when it is whole: it may grow long
    said: list[str] = []
    before = ""
    at = 0
    while at < len(text):
        if gap := _GAP.match(text, at):
            at = gap.end()
            if held and (PARAGRAPH in gap[0] or gap[0].count("\n") > 1):
                held = replace(held, ends_paragraph=True)
            continue
        while starts and starts[0] < at:
            starts.pop(0)
        stop, spoken = asked[at] if at in asked else _read(text, at, british, starts[0] if starts else len(text))
        if spoken:
            glued = held is not None and not before and held.stop == at and not held.after and not held.ends_paragraph
            if glued and held is not None:
                held = replace(held, stop=stop)
            else:
                if held is not None:
                    yield _whole(held, text, said)
                held, said = Word("", at, stop, (), before), []
            said += spoken
            before = ""
        elif held is not None and held.stop == at and stop < len(text) and _joins(text, at, stop):
            held = replace(held, stop=stop)
        else:
            held, before = _marked(text, at, stop, held, before)
        at = stop
    if held is not None:
        yield replace(_whole(held, text, said), ends_paragraph=True)


def _whole(word: Word, text: str, said: list[str]) -> Word:
    return replace(word, text=text[word.start : word.stop].replace(NOTHING, ""), spoken=tuple(said))


def _with_marks_shown(words: list[Word], text: str) -> Iterator[Word]:
    """What stands between two words goes to the first, but what touches the second alone goes to that."""
    before = _touching(" " + text[: words[0].start])[1].replace(NOTHING, "")
    for word, after in zip(words, [*words[1:], None], strict=True):
        ends, begins = _touching(text[word.stop : after.start if after else len(text)])
        if after is None:
            ends, begins = (ends + " " + begins).rstrip(), ""
        yield replace(word, shown=before + word.text + ends.replace(NOTHING, ""))
        before = begins.replace(NOTHING, "")


def _touching(gap: str) -> tuple[str, str]:
    """The marks in a gap: those before its last space, and those after."""
    last = "" if not gap or gap[-1].isspace() else gap.split()[-1]
    before = gap[: len(gap) - len(last)]
    return (re.sub(r"\s+", " ", before.rstrip()), last) if before else (last, "")


def _joins(text: str, at: int, stop: int) -> bool:
    """A hyphen or a slash inside a compound: it makes no sound and no pause."""
    return text[at:stop] in ("-", "/", "‐", "‑", "'", "’", "_") and text[stop].isalnum() and text[at - 1].isalnum()


def _read(text: str, at: int, british: bool, end: int) -> tuple[int, tuple[str, ...]]:
    """Where what stands here ends, and what is said for it; nothing is said for marks. end : of what may be read"""
    for pattern, say in RULES:
        if match := pattern.match(text, at, end):
            said = say(match, british)
            if said is not None:
                dot = match[0].endswith(".") and ends_with_full_stop(match)
                after = at + len(match[0].rstrip(NOTHING))  # the end of emphasis is no part of the word
                return after - dot, tuple(said)
    mark = _MARK.match(text, at, end)
    return (mark.end() if mark else at + 1), ()


def _marked(text: str, at: int, stop: int, held: Word | None, before: str) -> tuple[Word | None, str]:
    """A mark given to the word before it, or kept for the word after it."""
    mark = text[at:stop]
    alone = (at == 0 or text[at - 1].isspace()) and (stop == len(text) or text[stop].isspace())
    if mark.startswith(("..", "…")):
        mark = "…"
    elif mark == "-" and not alone:
        return held, before
    elif mark[0] in "-—–―":
        mark = "—"
    elif mark == '"':
        opens = at == 0 or text[at - 1].isspace() or text[at - 1] in "([{—“"
        mark = "“" if opens and not (stop == len(text) or text[stop].isspace()) else "”"
    mark = _MARK_SOUND.get(mark, mark)
    if mark in _SILENT or mark not in ",;:.?!…—“”()":
        return held, before
    if mark in "“(":
        return held, before if mark in before else before + mark
    if held is not None and not before and len(held.after) < 3 and mark not in held.after:
        held = replace(held, after=held.after + mark)
    return held, before

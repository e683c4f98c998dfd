"""What in a text is not to be spoken (Markdown, tags, emoji, control characters), blanked in place.

Every character keeps its position, so that a place in the blanked text is the same place in the original.
"""

from __future__ import annotations

import re
import unicodedata

from mien.language.tables import CURRENCIES, FRACTIONS, SYMBOLS

NOTHING = "\u200b"
"""Stands for a character inside a word that is not there when spoken."""

PARAGRAPH = "\u2029"
"""Stands for the line feed before a heading or a list item."""

_LINE = r"(?m)^[ \t]*+"  # no step back: blanks between blanks would be tried in every division
_LAYOUT = [  # whole stretches that are not text
    re.compile(r"<!--.{0,2000}?-->", re.S),
    re.compile(r"</?[A-Za-z](?:(?!://)[^<>@\n]){0,300}>"),
    re.compile(_LINE + r"(?:```|~~~)[^\n`]*$"),
    re.compile(_LINE + r"(?:[-*_=][ \t]*){3,}$"),
    re.compile(_LINE + r"\|?[ \t]*+:?-{2,}:?[ \t]*+(?:\|[ \t]*+:?-{2,}:?[ \t]*+)+\|?[ \t]*+$"),
    re.compile(_LINE + r"\[[^\]\n]{1,80}\]:[ \t]+\S+[^\n]*$"),
    re.compile(r"(?<!\S)(?:[:;=8]['o*-]?[()\[\]DPp/\\|]+|<3+|[xX]D+|\^_?\^)(?!\S)"),  # emoticons
    re.compile(_LINE + r"(?:>[ \t]*)+"),
]
_BREAK = re.compile(r"\n(?=[ \t]*(?:#{1,6}[ \t]|[-*+•‣▪][ \t]|\d{1,3}[.)][ \t]))")
_HEADING = re.compile(_LINE + r"#{1,6}[ \t][^\n]*(?=\n)")
_PREFIX = re.compile(_LINE + r"(?:#{1,6}[ \t]+|[-*+•‣▪][ \t]+(?:\[[ xX]\][ \t]+)?)")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\](?:\([^()\s]{0,500}(?:[ \t]++[^()\n]{0,200})?\)|\[[^\[\]\n]{0,80}\])")
_EMPHASIS = re.compile(
    r"(?<![\d*])\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?!\d)|(?<!\w)_{1,3}(?=\S)|(?<=[^\s_])_{1,3}(?!\w)|~~|`+"
)
_CELLS = re.compile(_LINE + r"\|[^\n]*\|[ \t]*$")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " ", "&#39;": "'", "&apos;": "'"}
_ENTITY = re.compile("|".join(_ENTITIES))
_KEPT = frozenset(SYMBOLS) | frozenset(FRACTIONS) | frozenset(CURRENCIES)


def blanked(text: str) -> str:
    """The text with all that is not spoken replaced by as many spaces, or by NOTHING inside words.

    >>> blanked("# Hi **you** 🙂")
    '  Hi \\u200b\\u200byou\\u200b\\u200b  '
    """
    text = _without_strange_characters(text)
    for pattern in _LAYOUT:
        text = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    text = _ENTITY.sub(lambda m: _ENTITIES[m[0]].ljust(len(m[0]), NOTHING), text)
    breaks = {m.start() for m in _BREAK.finditer(text)} | {m.end() for m in _HEADING.finditer(text)}
    text = _PREFIX.sub(lambda m: " " * len(m[0]), text)
    text = _LINK.sub(_words_of_link, text)
    text = _CELLS.sub(lambda m: m[0].replace("|", ","), text)
    text = _EMPHASIS.sub(lambda m: NOTHING * len(m[0]), text)
    return "".join(PARAGRAPH if i in breaks else c for i, c in enumerate(text)) if breaks else text


def _words_of_link(match: re.Match[str]) -> str:
    """The words of a link stay, its address goes."""
    before = match.start(1) - match.start()
    return (" " * before + match[1]).ljust(len(match[0]), NOTHING)


def _without_strange_characters(text: str) -> str:
    return text if text.isascii() and text.isprintable() else "".join(map(_plain, text))


def _plain(character: str) -> str:
    if character < "\x7f":
        return character if character >= " " or character in "\n\t" else " "
    if character in _KEPT:
        return character
    category = unicodedata.category(character)
    if category in ("Cf", "Me") or 0xFE00 <= ord(character) <= 0xFE0F:
        return NOTHING
    if category[0] == "C" or category in ("So", "Sk"):
        return " "
    return "\n" if category in ("Zp", "Zl") else character

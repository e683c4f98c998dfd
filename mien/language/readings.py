"""What is said for a stretch that is to be read in a way of its own: letter by letter, as another text, as sounds."""

from __future__ import annotations

import re

from mien.core.errors import BadInput
from mien.core.plan import Reading
from mien.language import tables
from mien.language.g2p import MISAKI, SOUNDS
from mien.language.numbers import decimal, digits, ordinal
from mien.language.quantities import spoken_date
from mien.language.scripts import plain_letters

SPELT = ("characters", "spell-out", "verbatim")
NUMBERS = ("cardinal", "number", "ordinal", "digits", "telephone")
AS_WRITTEN = ("time", "fraction", "unit", "currency", "address", "name")
"""Ways in which the text is read anyway."""

WAYS = (*SPELT, *NUMBERS, "date", *AS_WRITTEN)
"""What interpret-as of <say-as> may be."""

SYMBOL_NAMES = {
    ".": "dot", ",": "comma", "-": "dash", "_": "underscore", "/": "slash", "\\": "backslash", "@": "at", "#": "hash",
    "&": "and", "+": "plus", "*": "star", ":": "colon", ";": "semicolon", "!": "exclamation mark", "=": "equals",
    "?": "question mark", "(": "open parenthesis", ")": "close parenthesis", "%": "percent", "$": "dollar",
    "€": "euro", "£": "pound", "'": "apostrophe", '"': "quote", "<": "less than", ">": "greater than",
    "[": "open bracket", "]": "close bracket", "~": "tilde", "^": "caret", "|": "bar",
}  # fmt: skip
"""Read out where a text is spelt."""


def spoken_reading(reading: Reading, written: str, british: bool) -> tuple[str, ...] | None:
    """Single spoken words, sounds being one between slashes; None where the text's own rules hold.

    Errors: BadInput for a text that cannot be read so.

    >>> spoken_reading(Reading("characters"), "W3C", False), spoken_reading(Reading("ordinal"), "3", False)
    (('W', 'three', 'C'), ('third',))
    """
    written = written.strip()
    match reading.kind:
        case "words":
            return _words(reading.value, british)
        case "phones":
            return (f"/{letters_from_ipa(reading.value)}/",)
        case kind if kind in SPELT:
            return tuple(_spelt(written))
        case "digits" | "telephone":
            return _needed(reading, written, [w for c in written for w in (digits(c) if c.isdecimal() else _plus(c))])
        case "cardinal" | "number":
            number = written.replace(",", "").replace("−", "-")
            return (
                tuple(decimal(number, british=british))
                if re.fullmatch(r"-?\d{1,300}(\.\d{1,300})?", number)
                else (_needed(reading, written, []))
            )
        case "ordinal":
            number = re.sub(r"(?i)(st|nd|rd|th)\Z|,", "", written)
            said = ordinal(int(number), british=british) if re.fullmatch(r"\d{1,18}", number) else []
            return _needed(reading, written, said)
        case "date":
            return _needed(reading, written, spoken_date(written, reading.value, british) or [])
    return None


def _needed(reading: Reading, written: str, said: list[str]) -> tuple[str, ...]:
    if not said:
        order = f" in the order {reading.value}" if reading.value else ""
        raise BadInput(f"{written!r} cannot be read as {reading.kind}{order}")
    return tuple(said)


def _plus(character: str) -> list[str]:
    return ["plus"] if character == "+" else []


def _words(text: str, british: bool) -> tuple[str, ...]:
    from mien.language.normalise import normalise  # which reads stretches by these rules

    return tuple(word for w in normalise(text, accent="gb" if british else "us") for word in w.spoken)


def _spelt(text: str) -> list[str]:
    said: list[str] = []
    for character in plain_letters(text):
        if character.isdecimal():
            said += digits(character)
        elif character.isascii() and character.isalpha():
            said.append(character.upper())
        elif character in SYMBOL_NAMES:
            said += SYMBOL_NAMES[character].split()
        elif character in tables.SYMBOLS:
            said += str(tables.SYMBOLS[character]).split()
    if not said:
        raise BadInput(f"there is nothing to spell in {text!r}")
    return said


def letters_from_ipa(sounds: str) -> str:
    """IPA in misaki's alphabet, in which the voices and their rules of sounds write.

    Errors: BadInput, naming what is no sound of English.

    >>> letters_from_ipa("təˈmeɪtoʊ"), letters_from_ipa("t͡ʃɛə")
    ('təˈmAtO', 'ʧɛə')
    """
    rest = re.sub(r"[\u0361\u035c.\s‿|]", "", sounds).replace("'", "ˈ").replace(":", "ː").replace("g", "ɡ")
    out = ""
    while rest:
        size = next((n for n in (2, 1) if rest[:n] in MISAKI or rest[:n] in SOUNDS), 0)
        if not size:
            raise BadInput(f"{rest[0]!r} in {sounds!r} is no English sound in IPA")
        out += MISAKI.get(rest[:size], rest[:size])
        rest = rest[size:]
    if not any(c in SOUNDS and c not in "ˈˌː" for c in out):
        raise BadInput(f"there is no sound in {sounds!r}")
    return out

"""Which scripts a text is written in, and the refusal of those the voices cannot read."""

from __future__ import annotations

import unicodedata

from mien.core.errors import BadInput
from mien.language.tables import LETTERS

# First word of a character's Unicode name -> what people call the script, where that differs.
SCRIPT_NAMES = {
    "CJK": "Chinese characters", "HANGUL": "Korean (Hangul)", "HIRAGANA": "Japanese (Hiragana)",
    "KATAKANA": "Japanese (Katakana)", "KATAKANA-HIRAGANA": "Japanese (Katakana)", "BOPOMOFO": "Chinese (Bopomofo)",
}  # fmt: skip


def script_of(character: str) -> str:
    """The script of a letter by its Unicode name.

    >>> script_of("Ж"), script_of("é"), script_of("語")
    ('Cyrillic', 'Latin', 'Chinese characters')
    """
    plain = unicodedata.normalize("NFKC", character)[:1]  # full-width and mathematical letters are Latin
    word = unicodedata.name(plain, "UNKNOWN").split()[0]
    if word in ("FEMININE", "MASCULINE", "MODIFIER"):
        return "Latin"
    return SCRIPT_NAMES.get(word, word.capitalize())


def refuse_unreadable(text: str) -> None:
    """Errors: BadInput, naming the script, when the text holds words that are not in Latin letters.

    A single Greek letter, as in formulae, is readable: it has a name.
    """
    if text.isascii():
        return
    at = 0
    while at < len(text):
        character = text[at]
        if character < "ɐ" or not unicodedata.category(character).startswith("L") or _readable(text, at):
            at += 1
            continue
        stop = at
        while stop < len(text) and unicodedata.category(text[stop])[0] in "LM" and stop - at < 20:
            stop += 1
        raise BadInput(
            f"{text[at:stop]!r} (character {at + 1} of the text) is written in {script_of(character)}; "
            "the English voices read Latin script only: write it in English letters, or leave it out"
        )


def _readable(text: str, at: int) -> bool:
    script = script_of(text[at])
    if script == "Greek":
        around = text[at - 1 : at] + text[at + 1 : at + 2]
        return not any(script_of(c) == "Greek" for c in around if unicodedata.category(c).startswith("L"))
    return script == "Latin"


def plain_letters(text: str) -> str:
    """Latin letters without their accents, other letters by name; what is neither stays.

    >>> plain_letters("naïve Łódź Straße π")
    'naive Lodz Strasse pi'
    """
    if text.isascii():
        return text
    out = []
    for character in unicodedata.normalize("NFKD", text):
        if character in LETTERS:
            out.append(LETTERS[character])
        elif script_of(character) == "Greek" and character.isalpha():
            out.append(unicodedata.name(character).split()[-1].lower())
        elif not unicodedata.combining(character):
            out.append(character)
    return "".join(out)

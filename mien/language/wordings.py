"""How words that are not simply read are read: addresses, abbreviations, acronyms, numerals in letters, symbols."""

from __future__ import annotations

import re

from mien.language import tables
from mien.language.markup import NOTHING
from mien.language.numbers import cardinal, digits, integer, ordinal, roman
from mien.language.rules import (
    END,
    LETTER,
    Rule,
    Said,
    alternatives,
    as_word,
    compound,
    letters,
    previous_word,
)
from mien.language.scripts import plain_letters

_TLD = "com|org|net|edu|gov|info|io|co|uk|us|eu|de|fr|es|it|nl|ch|at|ca|au|jp|in|ai|dev|app|me|tv|news|blog|xyz"


def _address(match: re.Match[str], british: bool) -> Said:
    """A web or e-mail address, spoken by its parts."""
    text = re.sub(r"^(?:https?|ftp)://(?:www\.)?|^www\.", "", match[0].rstrip("/"))
    text = re.sub(r"[?#].*$", "", text)
    said: list[str] = []
    for part in re.findall(rf"{LETTER}+|\d+|[^\w\s]|_", text):
        if part.isdecimal():
            said += integer(part) if len(part) < 5 else digits(part)
        elif part[0].isalpha():
            said += letters(part) if len(part) < 3 and part.lower() not in _TINY else as_word(part)
        elif part in tables.IN_ADDRESSES:
            said += tables.IN_ADDRESSES[part].split()
    return said


_TINY = frozenset("co i am an as at be by do go he if in is it me my no of on or so to up us we".split())


def _tag(match: re.Match[str], british: bool) -> Said:
    head = ["hashtag"] if match[1] == "#" else ["at"]
    return head + compound(match[2], british)


def _initials(match: re.Match[str], british: bool) -> Said:
    """U.S.A., J. K."""
    letters = re.sub(r"[^A-Za-z]", "", match[0])
    known = tables.ABBREVIATIONS.get(match[0].lower()) or tables.ABBREVIATIONS.get(match[0].lower() + ".")
    return known.split() if known else list(letters.upper())


def _abbreviation(match: re.Match[str], british: bool) -> Said:
    """Titles and the like; the dot belongs to them."""
    key = match[0].lower()
    after = match.string[match.end() : match.end() + 2]
    if key in tables.BEFORE_NUMBER and re.match(r"\s?\d", after):
        return tables.BEFORE_NUMBER[key].split()
    named = re.match(r"\s*[A-Z]", match.string[match.end() : match.end() + 4])
    before = previous_word(match)
    if key in tables.AFTER_NAME and before[:1].isupper() and not (named and before.lower() in tables.YEAR_AFTER):
        return tables.AFTER_NAME[key].split()
    if key in tables.WEEKDAY_SHORT and match[0][0].isupper():
        return [tables.WEEKDAY_SHORT[key]]
    if key.rstrip(".") in tables.MONTH_SHORT and match[0][0].isupper() and key.endswith("."):
        return [tables.MONTHS[tables.MONTH_SHORT[key.rstrip(".")] - 1]]
    known = tables.ABBREVIATIONS.get(key)
    return known.split() if known else None


def ends_with_full_stop(match: re.Match[str]) -> bool:
    """Whether the dot of an abbreviation is a full stop as well."""
    after = match.string[match.end() : match.end() + 12]
    if not after.strip(f"\"”’')]*_{NOTHING} ") or re.match(r"[\"”’')]*[ \t]*\n[ \t]*\n", after):
        return True
    if match[0].lower() in tables.AFTER_NAME and not previous_word(match)[:1].isupper():
        return False  # Saint Paul
    return match[0].lower() in tables.ENDING and re.match(r"[\"”’')]*\s+[\"“(]?[A-Z]", after) is not None


def _roman_numeral(match: re.Match[str], british: bool) -> Said:
    value, name = roman(match[1]), previous_word(match)
    if value is None or not (name in tables.RULERS or name in tables.NUMBERED):
        return None
    *said, last = ["the", *ordinal(value)] if name in tables.RULERS else cardinal(value)
    return [*said, last + ("'s" if match[2] else "")]


def _word(match: re.Match[str], british: bool) -> Said:
    text = plain_letters(match[0].replace(NOTHING, "").replace("’", "'").replace("ʼ", "'"))
    if len(text) == 1:
        glued = match.string[match.start() - 1 : match.start()].isdecimal()
        is_article = text in "Aa" and not glued and not (text == "A" and _is_letter(match))
        return ["a"] if is_article else letters(text)
    if (
        text.isupper()
        and len(text) < 4
        and "&" in (match.string[match.start() - 1 : match.start()] + match.string[match.end() : match.end() + 1])
    ):
        return letters(text)
    if text == "US" and not _is_shouted(match):
        return ["U", "S"]
    if text.isupper() and len(text) > 1 and (len(text) > 6 or _is_shouted(match)):
        return as_word(text.capitalize())
    if re.fullmatch(r"[A-Z]{2,4}s", text):  # CDs, URLs
        return [*text[:-2], text[-2] + "'s"]
    if len(text) > 2 and text[1:] != text[1:].lower() and not text.isupper():
        return compound(text, british) if "'" not in text else as_word(text)
    return as_word(text)


def _is_letter(match: re.Match[str]) -> bool:
    """Whether a capital A is the letter's name (plan A) or the article at a sentence's start or in a title."""
    after = re.match(r"\s+(\w+)", match.string[match.end() : match.end() + 30])
    before = match.string[max(0, match.start() - 3) : match.start()].rstrip()
    if (after and len(after[1]) == 1 and after[1].isupper()) or match.string.startswith(("/", "&"), match.end()):
        return True
    starts = not before or before[-1] in '.!?:…"“(—' or "\n" in match.string[max(0, match.start() - 2) : match.start()]
    return not starts and not (after and after[1][:1].isupper())


def _is_shouted(match: re.Match[str]) -> bool:
    """Whether capitals are a manner of speaking: the word beside has them too, and it can be no acronym."""
    if len(match[0]) < 4 and match[0].lower() not in tables.SHORT_WORDS:
        return False
    before, after = (
        match.string[max(0, match.start() - 20) : match.start()],
        match.string[match.end() : match.end() + 20],
    )
    return re.search(r"\b[A-Z]{2,}['’]?[A-Z]*\s$", before) is not None or re.match(r"\s[A-Z]{2,}\b", after) is not None


def _symbol(match: re.Match[str], british: bool) -> Said:
    before, after = match.string[max(0, match.start() - 1) : match.start()], match.string[match.end() : match.end() + 1]
    if match[0] in "/_\\" and before.isalpha() and after.isalpha():
        return None  # he/she
    if match[0] == "/" and not (before + after).strip():
        return []
    if match[0] in "<>" and not (before + after).strip().replace("=", "").isdecimal() and (before + after).strip():
        return None  # brackets
    return tables.SYMBOLS[match[0]].split()


ADDRESSES: list[Rule] = [
    (re.compile(r"(?:https?|ftp)://[^\s<>\"”]*[^\s<>\"”.,;:!?)\]'…]", re.I), _address),
    (re.compile(r"www\.\w[^\s<>\"”]*[^\s<>\"”.,;:!?)\]'…]", re.I), _address),
    (re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), _address),
    (
        re.compile(
            rf"(?<![\w@.])[A-Za-z0-9][\w-]{{0,62}}(?:\.[\w-]{{1,63}}){{0,6}}\.(?:{_TLD}){END}(?:/[\w./%~-]*\w)?"
        ),
        _address,
    ),
    (re.compile(r"([#@])([^\W\d]\w*)"), _tag),
]

WORDS: list[Rule] = [
    (re.compile(r"(?:[A-Za-z]\.[ ]?){1,7}[A-Za-z]\.(?!\w)|(?:[A-Za-z]\.){1,7}[A-Za-z](?![\w.])"), _initials),
    (re.compile(r"w/o?(?=\s)|b/c(?=\s)|Ph\.\s?D\.?|[CF]#(?!\w)"), _abbreviation),
    (re.compile(rf"[A-Za-z]+\.(?!\w)|[A-Za-z]{{2,6}}{END}(?!['’.])|[#№](?=\s?\d)"), _abbreviation),
    (re.compile(rf"(?<=[a-z]\s)([IVXLC]+)(['’]s)?{END}(?!['’])"), _roman_numeral),
    (re.compile(rf"{LETTER}+(?:['’ʼ]{LETTER}+)*"), _word),
    (re.compile(alternatives(list(tables.SYMBOLS))), _symbol),
]

"""From written to spoken words: numbers, times, units, money, dates, abbreviations, addresses, symbols.

A text is read from left to right by a list of rules; the first that matches at a place says what is
spoken for it. Each word keeps its place in the text, so that subtitles read as the original does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mien.core.errors import BadInput
from mien.language import tables
from mien.language.markup import NOTHING, PARAGRAPH, blanked
from mien.language.numbers import (
    cardinal,
    decimal,
    digits,
    integer,
    ordinal,
    plural,
    roman,
    year,
)
from mien.language.scripts import plain_letters, refuse_unreadable

LONGEST_WORD = 30
"""Letters; longer runs of letters are no words and are spoken in pieces."""


@dataclass(frozen=True, slots=True)
class Word:
    """One written word, or a few that are spoken as one thing ("5 km"), and what is said for it.

    text   : as written, without markup
    start  : its characters in the text are [start, stop)
    spoken : ASCII letters and apostrophes only; a single capital is the letter's name
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


def normalise(text: str, *, accent: str = "us") -> list[Word]:
    """What is to be spoken, word by word. accent : "us" or "gb" (dates and numbers are read differently)

    Errors: BadInput when nothing in the text can be spoken, or part of it is not in Latin letters.

    >>> [w.spoken for w in normalise("It's 5:30, 20 °C.")]
    [("It's",), ('five', 'thirty'), ('twenty', 'degrees', 'Celsius')]
    """
    refuse_unreadable(text)
    plain = blanked(text)
    words = list(_words(plain, accent == "gb"))
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


# --- reading from left to right -------------------------------------------------------------------

_GAP = re.compile(rf"[\s{NOTHING}]+")
_MARK = re.compile(r"\.{2,}|…+|--+|[—–―]+|[,;:.?!¿¡()\[\]{}\"“”„«»‹›‘’'`´-]")
_MARK_SOUND = {"[": "(", "{": "(", "]": ")", "}": ")", "«": "“", "„": "“", "‹": "“", "»": "”", "›": "”"}
_SILENT = frozenset("‘’'`´¿¡")


def _words(text: str, british: bool) -> Iterator[Word]:
    """text : blanked"""
    held: Word | None = None
    before = ""
    at = 0
    while at < len(text):
        if gap := _GAP.match(text, at):
            at = gap.end()
            if held and (PARAGRAPH in gap[0] or gap[0].count("\n") > 1):
                held = replace(held, ends_paragraph=True)
            continue
        stop, spoken = _read(text, at, british)
        if spoken:
            glued = held is not None and not before and held.stop == at and not held.after and not held.ends_paragraph
            if glued and held is not None:
                held = replace(held, text=_shown(text, held.start, stop), stop=stop, spoken=held.spoken + spoken)
            else:
                if held is not None:
                    yield held
                held = Word(_shown(text, at, stop), at, stop, spoken, before)
            before = ""
        elif held is not None and held.stop == at and stop < len(text) and _joins(text, at, stop):
            held = replace(held, text=_shown(text, held.start, stop), stop=stop)
        else:
            held, before = _marked(text, at, stop, held, before)
        at = stop
    if held is not None:
        yield replace(held, ends_paragraph=True)


def _shown(text: str, start: int, stop: int) -> str:
    return text[start:stop].replace(NOTHING, "")


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
    first, space, last = re.fullmatch(r"(.*?)(\s*)(\S*)", gap, re.S).groups()  # type: ignore[union-attr]
    return ("".join((first, last)), "") if not space else (re.sub(r"\s+", " ", first), last)


def _joins(text: str, at: int, stop: int) -> bool:
    """A hyphen or a slash inside a compound: it makes no sound and no pause."""
    return text[at:stop] in ("-", "/", "‐", "‑", "'", "’", "_") and text[stop].isalnum() and text[at - 1].isalnum()


def _read(text: str, at: int, british: bool) -> tuple[int, tuple[str, ...]]:
    """Where what stands here ends, and what is said for it; nothing is said for marks."""
    for pattern, say in _RULES:
        if match := pattern.match(text, at):
            said = say(match, british)
            if said is not None:
                dot = say in (_abbreviation, _initials) and match[0].endswith(".") and _ends_sentence(match)
                end = at + len(match[0].rstrip(NOTHING))  # the end of emphasis is no part of the word
                return end - dot, tuple(said)
    mark = _MARK.match(text, at)
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


# --- the rules ------------------------------------------------------------------------------------

Said = list[str] | None
Rule = tuple[re.Pattern[str], Callable[[re.Match[str], bool], Said]]

_LETTER = rf"(?:[^\W\d_][\u0300-\u036f{NOTHING}]*)"
_END = r"(?![^\W_])"  # no letter or digit follows
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SIGN = r"(?:(?<![^\s(\[\"“=<>])[-−])?"
_MONTH = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"  # noqa: E501
_MONTHS = {name[:3].lower(): i for i, name in enumerate(tables.MONTHS, 1)}


def _as_number(text: str) -> str:
    return text.replace(",", "").replace("−", "-").replace("+", "")


def _previous_word(match: re.Match[str]) -> str:
    found = re.search(r"([^\W\d_]+)[^\w.:!?]{0,2}$", match.string[max(0, match.start() - 30) : match.start()])
    return found[1] if found else ""


def _next_word(match: re.Match[str]) -> str:
    found = re.match(r"\s+([^\W\d_]+)", match.string[match.end() : match.end() + 30])
    return found[1] if found else ""


def _address(match: re.Match[str], british: bool) -> Said:
    """A web or e-mail address, spoken by its parts."""
    text = re.sub(r"^(?:https?|ftp)://(?:www\.)?|^www\.", "", match[0].rstrip("/"))
    text = re.sub(r"[?#].*$", "", text)
    said: list[str] = []
    for part in re.findall(rf"{_LETTER}+|\d+|[^\w\s]|_", text):
        if part.isdecimal():
            said += integer(part) if len(part) < 5 else digits(part)
        elif part[0].isalpha():
            said += _letters(part) if len(part) < 3 and part.lower() not in _TINY else _as_word(part)
        elif part in tables.IN_ADDRESSES:
            said += tables.IN_ADDRESSES[part].split()
    return said


_TINY = frozenset("co i am an as at be by do go he if in is it me my no of on or so to up us we".split())


def _tag(match: re.Match[str], british: bool) -> Said:
    head = ["hashtag"] if match[1] == "#" else ["at"]
    return head + _compound(match[2], british)


def _compound(text: str, british: bool) -> list[str]:
    """CamelCase, digits and underscores in one name."""
    said: list[str] = []
    for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+", plain_letters(text)):
        said += integer(part, british=british) if part.isdecimal() else _as_word(part)
    return said


def _time(match: re.Match[str], british: bool) -> Said:
    hour, minute, second, half = match[1], match[2], match[3], match[4]
    if int(hour) > 24 or int(minute) > 59:
        return None
    said = cardinal(int(hour))
    if int(minute):
        said += (["oh"] if minute[0] == "0" else []) + cardinal(int(minute))
    elif second:
        said += ["zero"]
    elif not half and int(hour) <= 12 and int(hour) > 0:
        said += ["o'clock"]
    elif not half:
        said += ["hundred"]
    if second:
        said += ["and", *cardinal(int(second)), "seconds" if int(second) != 1 else "second"]
    return said + ([half[0].upper(), "M"] if half else [])


def _day(month: int, day: int, year_text: str | None, british: bool) -> Said:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    name = tables.MONTHS[month - 1]
    said = ["the", *ordinal(day), "of", name] if british else [name, *ordinal(day)]
    return said + (_year_words(year_text, british) if year_text else [])


def _year_words(text: str, british: bool) -> list[str]:
    if len(text) == 2:
        return (["oh"] if text[0] == "0" else []) + cardinal(int(text))
    return year(int(text), british=british)


def _iso_date(match: re.Match[str], british: bool) -> Said:
    return _day(int(match[2]), int(match[3]), match[1], british)


def _numeric_date(match: re.Match[str], british: bool) -> Said:
    first, second = int(match[1]), int(match[3])
    if (british or first > 12 or match[2] == ".") and second <= 12:
        first, second = second, first
    return _day(first, second, match[4], british)


def _month_first(match: re.Match[str], british: bool) -> Said:
    """May 5, 2024"""
    day = int(match[2])
    if not 1 <= day <= 31:
        return None
    return [tables.MONTHS[_MONTHS[match[1][:3].lower()] - 1], *(["the"] if british else []), *ordinal(day)] + (
        _year_words(match[3], british) if match[3] else []
    )


def _day_first(match: re.Match[str], british: bool) -> Said:
    """5 May 2024"""
    return _day(_MONTHS[match[2][:3].lower()], int(match[1]), match[3], True)


def _month_year(match: re.Match[str], british: bool) -> Said:
    return [tables.MONTHS[_MONTHS[match[1][:3].lower()] - 1], *_year_words(match[2], british)]


def _money(match: re.Match[str], british: bool) -> Said:
    """match: sign, symbol, amount, magnitude; the symbol may stand behind"""
    symbol = (match["symbol"] or match["behind"]).strip()
    one, many, cent, cents = tables.CURRENCIES[symbol.upper() if len(symbol) == 3 else symbol]
    amount = _as_number(match["amount"])
    magnitude = (match["magnitude"] or "").strip()
    said = ["minus"] if match["sign"] else []
    whole, _, hundredths = amount.partition(".")
    if magnitude:
        word = tables.MAGNITUDES.get(magnitude, magnitude.lower())
        return said + decimal(amount, british=british) + [word] + many.split()
    if hundredths and len(hundredths) != 2:
        return said + decimal(amount, british=british) + many.split()
    if int(whole) or not int(hundredths or 0):
        said += integer(whole, british=british) + (one if int(whole) == 1 else many).split()
    if hundredths and int(hundredths):
        joint = ["and"] if int(whole) else []
        said += joint + cardinal(int(hundredths)) + [cent if int(hundredths) == 1 else cents]
    return said


def _money_range(match: re.Match[str], british: bool) -> Said:
    """$5-10"""
    _, many, _, _ = tables.CURRENCIES[match["symbol"]]
    word = (match["magnitude"] or "").strip()
    both = [decimal(_as_number(match[name]), british=british) for name in ("low", "high")]
    return [*both[0], "to", *both[1], *([tables.MAGNITUDES.get(word, word.lower())] if word else []), *many.split()]


def _phone_number(match: re.Match[str], british: bool) -> Said:
    said = ["plus"] if match[0].startswith("+") else []
    return said + digits(re.sub(r"\D", "", match[0]))


def _fraction(match: re.Match[str], british: bool) -> Said:
    over, under = int(match[1]), int(match[2])
    if not (0 < over < under and under in tables.DENOMINATORS):
        return [*cardinal(over, british=british), *cardinal(under, british=british)]  # 24/7, 9/11
    one, many = tables.PARTS.get(under) or (" ".join(ordinal(under)), " ".join(ordinal(under)) + "s")
    return [*cardinal(over), *(one if over == 1 else many).split()]


def _range(match: re.Match[str], british: bool) -> Said:
    """10-20, 1990–95, 5–10 km"""
    both = [_plain_number(match[i], "", british) for i in (1, 2)]
    if re.fullmatch(r"1\d{3}|20\d\d", match[1]) and len(match[2]) in (2, 4):
        both = [_year_words(match[i], british) for i in (1, 2)]
    return [*both[0], "to", *both[1], *_unit_words(match["unit"], match[2])]


def _ratio(match: re.Match[str], british: bool) -> Said:
    """3:2"""
    return [*integer(match[1], british=british), "to", *integer(match[2], british=british)]


def _comma_decimal(match: re.Match[str], british: bool) -> Said:
    """1,5 as most of Europe writes it"""
    return decimal(f"{match[1]}.{match[2]}", british=british)


def _ordinal(match: re.Match[str], british: bool) -> Said:
    return ordinal(int(_as_number(match[1])), british=british)


def _decade(match: re.Match[str], british: bool) -> Said:
    number = match[1]
    return plural(_year_words(number, british) if len(number) == 4 else cardinal(int(number)))


def _versions(match: re.Match[str], british: bool) -> Said:
    """1.2.3"""
    said: list[str] = []
    for part in match[0].split("."):
        said += [*(["point"] if said else []), *integer(part)]
    return said


def _feet_and_inches(match: re.Match[str], british: bool) -> Said:
    inches = cardinal(int(match[2])) if match[2] else []
    return [*cardinal(int(match[1])), "foot" if inches else "feet", *inches]


def _by(match: re.Match[str], british: bool) -> Said:
    """4x4, 1920 × 1080"""
    return [*integer(match[1], british=british), "by", *integer(match[2], british=british)]


def _quantity(match: re.Match[str], british: bool) -> Said:
    """A number, perhaps with a unit."""
    return _plain_number(match["number"], match["unit"] or "", british, match) + _unit_words(
        match["unit"], match["number"]
    )


def _plain_number(text: str, unit: str, british: bool, match: re.Match[str] | None = None) -> list[str]:
    number = _as_number(text)
    if not unit and match is not None and re.fullmatch(r"[12]\d{3}", text) and _is_year(match, int(text)):
        return year(int(number), british=british)
    return decimal(number, british=british)


def _is_year(match: re.Match[str], number: int) -> bool:
    if _next_word(match).lower() in tables.COUNTED:
        return False
    return 1100 <= number < 2100 or _previous_word(match).lower() in tables.YEAR_AFTER


def _unit_words(unit: str | None, number: str) -> list[str]:
    if not unit or not unit.strip():
        return []
    one, many = _unit(unit.strip()) or ("", "")
    return (one if number in ("1", "-1", "−1") else many).split()


def _unit(name: str) -> tuple[str, str] | None:
    name = name.replace("μ", "µ").replace("º", "°").replace("° ", "°")
    return tables.UNITS.get(name) or tables.UNITS.get(name.lower())


def _unicode_fraction(match: re.Match[str], british: bool) -> Said:
    words = tables.FRACTIONS[match[2]].split()
    return [*integer(_as_number(match[1]), british=british), "and", *words] if match[1] else words


def _other_numeral(match: re.Match[str], british: bool) -> Said:
    """Circled, raised and Roman numerals that are one character."""
    raised = {"²": ["squared"], "³": ["cubed"]}
    if match[0] in raised:
        return raised[match[0]]
    value = unicodedata.numeric(match[0], -1.0)
    return cardinal(int(value), british=british) if value >= 0 and value == int(value) else []


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
    before = _previous_word(match)
    if key in tables.AFTER_NAME and before[:1].isupper() and not (named and before.lower() in tables.YEAR_AFTER):
        return tables.AFTER_NAME[key].split()
    if key in tables.WEEKDAY_SHORT and match[0][0].isupper():
        return [tables.WEEKDAY_SHORT[key]]
    if key.rstrip(".") in tables.MONTH_SHORT and match[0][0].isupper() and key.endswith("."):
        return [tables.MONTHS[tables.MONTH_SHORT[key.rstrip(".")] - 1]]
    known = tables.ABBREVIATIONS.get(key)
    return known.split() if known else None


def _ends_sentence(match: re.Match[str]) -> bool:
    """Whether the dot of an abbreviation is a full stop as well."""
    after = match.string[match.end() : match.end() + 12]
    if not after.strip(f"\"”’')]*_{NOTHING} ") or re.match(r"[\"”’')]*[ \t]*\n[ \t]*\n", after):
        return True
    if match[0].lower() in tables.AFTER_NAME and not _previous_word(match)[:1].isupper():
        return False  # Saint Paul
    return match[0].lower() in tables.ENDING and re.match(r"[\"”’')]*\s+[\"“(]?[A-Z]", after) is not None


def _roman_numeral(match: re.Match[str], british: bool) -> Said:
    value, name = roman(match[1]), _previous_word(match)
    if value is None or not (name in tables.RULERS or name in tables.NUMBERED):
        return None
    *said, last = ["the", *ordinal(value)] if name in tables.RULERS else cardinal(value)
    return [*said, last + ("'s" if match[2] else "")]


def _word(match: re.Match[str], british: bool) -> Said:
    text = plain_letters(match[0].replace(NOTHING, "").replace("’", "'").replace("ʼ", "'"))
    if len(text) == 1:
        glued = match.string[match.start() - 1 : match.start()].isdecimal()
        is_article = text in "Aa" and not glued and not (text == "A" and _is_letter(match))
        return ["a"] if is_article else _letters(text)
    if (
        text.isupper()
        and len(text) < 4
        and "&" in (match.string[match.start() - 1 : match.start()] + match.string[match.end() : match.end() + 1])
    ):
        return _letters(text)
    if text == "US" and not _is_shouted(match):
        return ["U", "S"]
    if text.isupper() and len(text) > 1 and (len(text) > 6 or _is_shouted(match)):
        return _as_word(text.capitalize())
    if re.fullmatch(r"[A-Z]{2,4}s", text):  # CDs, URLs
        return [*text[:-2], text[-2] + "'s"]
    if len(text) > 2 and text[1:] != text[1:].lower() and not text.isupper():
        return _compound(text, british) if "'" not in text else _as_word(text)
    return _as_word(text)


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


def _as_word(text: str) -> list[str]:
    plain = re.sub(r"[^A-Za-z']", "", plain_letters(text)).strip("'")
    return [plain[i : i + LONGEST_WORD] for i in range(0, len(plain), LONGEST_WORD)]


def _letters(text: str) -> list[str]:
    return list(re.sub(r"[^A-Z]", "", plain_letters(text).upper()))


def _symbol(match: re.Match[str], british: bool) -> Said:
    before, after = match.string[max(0, match.start() - 1) : match.start()], match.string[match.end() : match.end() + 1]
    if match[0] in "/_\\" and before.isalpha() and after.isalpha():
        return None  # he/she
    if match[0] == "/" and not (before + after).strip():
        return []
    if match[0] in "<>" and not (before + after).strip().replace("=", "").isdecimal() and (before + after).strip():
        return None  # brackets
    return tables.SYMBOLS[match[0]].split()


def _alternatives(names: list[str]) -> str:
    return "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))


_SYMBOL_CURRENCY = _alternatives([c for c in tables.CURRENCIES if not c.isalpha()])
_ALL_CURRENCY = _alternatives(list(tables.CURRENCIES))
_MAGNITUDE = r"(?P<magnitude>\s?(?:thousand|[mbtr]+illion)\b|(?:k|K|m|M|mn|bn|b|B|tn|T)(?![^\W_]))?"
_ATTACHED = _alternatives(list(tables.UNITS))
_APART = _alternatives([u for u in tables.UNITS if u not in tables.ONLY_ATTACHED or u in tables.READ_APART])
_UNIT = rf"(?P<unit>(?:{_ATTACHED}){_END}|[ \u00a0\u202f](?:{_APART}){_END}|\s?[°º]\s?[CF]?{_END})?"
_TLD = "com|org|net|edu|gov|info|io|co|uk|us|eu|de|fr|es|it|nl|ch|at|ca|au|jp|in|ai|dev|app|me|tv|news|blog|xyz"
_TIME_END = r"(?:\s?([ap])\.?m\b\.?)?"

_RULES: list[Rule] = [
    (re.compile(r"(?:https?|ftp)://[^\s<>\"”]*[^\s<>\"”.,;:!?)\]'…]", re.I), _address),
    (re.compile(r"www\.\w[^\s<>\"”]*[^\s<>\"”.,;:!?)\]'…]", re.I), _address),
    (re.compile(r"[A-Za-z0-9][\w.+-]*@[\w-]+(?:\.[\w-]+)+"), _address),
    (re.compile(rf"(?<![\w@.])[A-Za-z0-9][\w-]*(?:\.[\w-]+)*\.(?:{_TLD}){_END}(?:/[\w./%~-]*\w)?"), _address),
    (re.compile(r"([#@])([^\W\d]\w*)"), _tag),
    (re.compile(rf"(?<![\d:])(\d\d?):(\d\d)(?::(\d\d))?{_TIME_END}(?![\d:]){_END}", re.I), _time),
    (re.compile(r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])"), _iso_date),
    (re.compile(r"(?<![\d/.-])(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d\d)(?![\d/]|\.\d)"), _numeric_date),
    (re.compile(rf"(?<!\w)({_MONTH})\s(\d\d?)(?:st|nd|rd|th)?(?![\d:.]\d|\d)(?:,?\s(\d{{4}}))?{_END}"), _month_first),
    (re.compile(rf"(?<![\w.,])(\d\d?)(?:st|nd|rd|th)?\s(?:of\s)?({_MONTH})(?:,?\s(\d{{4}}))?{_END}"), _day_first),
    (re.compile(rf"(?<!\w)({_MONTH})\s(\d{{4}}){_END}"), _month_year),
    (
        re.compile(
            rf"(?P<symbol>{_SYMBOL_CURRENCY})(?P<low>{_NUMBER})\s?[-–]\s?(?P=symbol)?(?P<high>{_NUMBER}){_MAGNITUDE}"
        ),
        _money_range,
    ),
    (
        re.compile(rf"(?P<sign>{_SIGN})(?P<symbol>{_SYMBOL_CURRENCY})\s?(?P<amount>{_NUMBER}){_MAGNITUDE}(?P<behind>)"),
        _money,
    ),
    (
        re.compile(
            rf"(?P<sign>{_SIGN})(?P<symbol>)(?P<amount>{_NUMBER}){_MAGNITUDE}(?P<behind>\s?(?:{_ALL_CURRENCY})){_END}"
        ),
        _money,
    ),
    (re.compile(r"(?<=[ap]m)[-–](?=\d)|(?<=[ap]\.m\.)[-–](?=\d)"), lambda match, british: ["to"]),
    (re.compile(r"(?<![\d:])(\d{1,3}):(\d{1,3})(?![\d:])"), _ratio),
    (re.compile(r"(?<![\d.,])(\d{1,3}),(\d{1,2})(?![\d,])"), _comma_decimal),
    (
        re.compile(r"\+\d[\d ()-]{6,18}\d|\(\d{3}\) ?\d{3}-\d{4}|(?<![\d-])\d{3}-(?:\d{3}-)?\d{4}(?![\d-])"),
        _phone_number,
    ),
    (re.compile(r"(\d+(?:,\d{3})*)?[ \u00a0]?([½⅓⅔¼¾⅕⅛⅜⅝⅞])"), _unicode_fraction),
    (re.compile(r"(?<![\d/.])(\d{1,3})/(\d{1,3})(?![\d/]|\.\d)"), _fraction),
    (re.compile(rf"(?<![\w.,-])({_NUMBER})\s?[-–]\s?({_NUMBER})(?![-–]\d){_UNIT}{_END}"), _range),
    (re.compile(rf"(\d+(?:,\d{{3}})*)(?:st|nd|rd|th){_END}", re.I), _ordinal),
    (re.compile(rf"['’]?(\d{{3}}0|[2-9]0)['’]?s{_END}"), _decade),
    (re.compile(rf"\d+(?:\.\d+){{2,}}{_END}"), _versions),
    (re.compile(r"(\d)['′](?:(\d{1,2})[\"″])?(?!\w)"), _feet_and_inches),
    (re.compile(r"(?<=[^\W\d_])\d+"), lambda m, british: integer(m[0], british=british)),  # MP3, B2B
    (re.compile(rf"(\d+)\s?[x×]\s?(\d+){_END}"), _by),
    (re.compile(rf"(?P<number>{_SIGN}{_NUMBER}|(?<!\w){_SIGN}\.\d+){_UNIT}"), _quantity),
    (re.compile(r"(?:[A-Za-z]\.[ ]?){1,7}[A-Za-z]\.(?!\w)|(?:[A-Za-z]\.){1,7}[A-Za-z](?![\w.])"), _initials),
    (re.compile(r"w/o?(?=\s)|b/c(?=\s)|Ph\.\s?D\.?|[CF]#(?!\w)"), _abbreviation),
    (re.compile(rf"[A-Za-z]+\.(?!\w)|[A-Za-z]{{2,6}}{_END}(?!['’.])|[#№](?=\s?\d)"), _abbreviation),
    (re.compile(rf"(?<=[a-z]\s)([IVXLC]+)(['’]s)?{_END}(?!['’])"), _roman_numeral),
    (re.compile(r"[²³¹\u2070-\u2089\u2460-\u249b\u2150-\u218b]"), _other_numeral),
    (re.compile(rf"{_LETTER}+(?:['’ʼ]{_LETTER}+)*"), _word),
    (re.compile(_alternatives(list(tables.SYMBOLS))), _symbol),
]

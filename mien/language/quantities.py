"""How numbers are read: times, dates, money, units, ranges, fractions, years."""

from __future__ import annotations

import re
import unicodedata

from mien.language import tables
from mien.language.numbers import LONGEST, cardinal, decimal, digits, integer, ordinal, plural, year
from mien.language.rules import END, Rule, Said, alternatives, next_word, previous_word

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SIGN = r"(?:(?<![^\s(\[\"“=<>])[-−])?"
_MONTH = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"  # noqa: E501
_MONTHS = {name[:3].lower(): i for i, name in enumerate(tables.MONTHS, 1)}


def _as_number(text: str) -> str:
    return text.replace(",", "").replace("−", "-").replace("+", "")


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


def spoken_date(text: str, order: str, british: bool) -> Said:
    """A date in figures whose order is known, as SSML states it: mdy, dmy, ymd, md, dm, ym, my, y, m, d.

    Without an order the text's own rules hold: None for what they do not know.

    >>> spoken_date("1/2/2024", "dmy", False), spoken_date("2024-05", "ym", False)
    (['February', 'first', 'twenty', 'twenty', 'four'], ['May', 'twenty', 'twenty', 'four'])
    """
    parts = re.findall(r"\d+", text)
    if not order:
        for pattern, say in QUANTITIES:
            if (match := pattern.fullmatch(text)) and (said := say(match, british)):
                return said
        return None
    if len(parts) != len(order) or set(order) - set("dmy") or any(len(p) > 4 for p in parts):
        return None
    found = dict(zip(order, parts, strict=True))
    month, day, year_text = int(found.get("m", 1)), int(found.get("d", 1)), found.get("y")
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if "m" in found and "d" in found:
        return _day(month, day, year_text, british)
    said = [tables.MONTHS[month - 1]] if "m" in found else ordinal(day) if "d" in found else []
    return said + (_year_words(year_text, british) if year_text else [])


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
    if len(whole) > LONGEST:
        return said + decimal(amount) + many.split()
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
    if next_word(match).lower() in tables.COUNTED:
        return False
    return 1100 <= number < 2100 or previous_word(match).lower() in tables.YEAR_AFTER


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


_SYMBOL_CURRENCY = alternatives([c for c in tables.CURRENCIES if not c.isalpha()])
_ALL_CURRENCY = alternatives(list(tables.CURRENCIES))
_MAGNITUDE = r"(?P<magnitude>\s?(?:thousand|[mbtr]+illion)\b|(?:k|K|m|M|mn|bn|b|B|tn|T)(?![^\W_]))?"
_ATTACHED = alternatives(list(tables.UNITS))
_APART = alternatives([u for u in tables.UNITS if u not in tables.ONLY_ATTACHED or u in tables.READ_APART])
_UNIT = rf"(?P<unit>(?:{_ATTACHED}){END}|[ \u00a0\u202f](?:{_APART}){END}|\s?[°º]\s?[CF]?{END})?"
_TIME_END = r"(?:\s?([ap])\.?m\b\.?)?"

QUANTITIES: list[Rule] = [
    (re.compile(rf"(?<![\d:])(\d\d?):(\d\d)(?::(\d\d))?{_TIME_END}(?![\d:]){END}", re.I), _time),
    (re.compile(r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])"), _iso_date),
    (re.compile(r"(?<![\d/.-])(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d\d)(?![\d/]|\.\d)"), _numeric_date),
    (re.compile(rf"(?<!\w)({_MONTH})\s(\d\d?)(?:st|nd|rd|th)?(?![\d:.]\d|\d)(?:,?\s(\d{{4}}))?{END}"), _month_first),
    (re.compile(rf"(?<![\w.,])(\d\d?)(?:st|nd|rd|th)?\s(?:of\s)?({_MONTH})(?:,?\s(\d{{4}}))?{END}"), _day_first),
    (re.compile(rf"(?<!\w)({_MONTH})\s(\d{{4}}){END}"), _month_year),
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
            rf"(?P<sign>{_SIGN})(?P<symbol>)(?P<amount>{_NUMBER}){_MAGNITUDE}(?P<behind>\s?(?:{_ALL_CURRENCY})){END}"
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
    (re.compile(rf"(?<![\w.,-])({_NUMBER})\s?[-–]\s?({_NUMBER})(?![-–]\d){_UNIT}{END}"), _range),
    (re.compile(rf"(\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,15}})(?:st|nd|rd|th){END}", re.I), _ordinal),
    (re.compile(rf"['’]?(\d{{3}}0|[2-9]0)['’]?s{END}"), _decade),
    (re.compile(rf"\d+(?:\.\d+){{2,}}{END}"), _versions),
    (re.compile(r"(\d)['′](?:(\d{1,2})[\"″])?(?!\w)"), _feet_and_inches),
    (re.compile(r"(?<=[^\W\d_])\d+"), lambda m, british: integer(m[0], british=british)),  # MP3, B2B
    (re.compile(rf"(\d+)\s?[x×]\s?(\d+){END}"), _by),
    (re.compile(rf"(?P<number>{_SIGN}{_NUMBER}|(?<!\w){_SIGN}\.\d+){_UNIT}"), _quantity),
    (re.compile(r"[²³¹\u2070-\u2089\u2460-\u249b\u2150-\u218b]"), _other_numeral),
]

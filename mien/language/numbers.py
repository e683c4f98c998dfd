"""Numbers as words. Each function returns a list of single words: 21 is ["twenty", "one"]."""

from __future__ import annotations

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = " thousand million billion trillion quadrillion".split(" ")
LONGEST = 3 * len(SCALES)
"""Digits that have a name; longer numbers are read digit by digit."""

IRREGULAR_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


def digits(text: str) -> list[str]:
    """Each digit by itself.

    >>> digits("007")
    ['zero', 'zero', 'seven']
    """
    return [ONES[int(c)] for c in text]


def _below_thousand(n: int, joint: list[str]) -> list[str]:
    hundreds, rest = divmod(n, 100)
    words = [ONES[hundreds], "hundred", *(joint if rest else [])] if hundreds else []
    if rest >= 20:
        words.append(TENS[rest // 10])
        rest %= 10
    return [*words, ONES[rest]] if rest else words


def cardinal(n: int, *, british: bool = False) -> list[str]:
    """How many. The British say "and" before the last two digits.

    >>> " ".join(cardinal(1_205)), " ".join(cardinal(1_005, british=True))
    ('one thousand two hundred five', 'one thousand and five')
    """
    if n < 0:
        return ["minus", *cardinal(-n, british=british)]
    if n == 0:
        return ["zero"]
    if len(str(n)) > LONGEST:
        return digits(str(n))
    joint = ["and"] if british else []
    words: list[str] = []
    for power in range(len(SCALES) - 1, -1, -1):
        group = n // 1000**power % 1000
        if group:
            if words and power == 0 and group < 100:
                words += joint
            words += [*_below_thousand(group, joint), *([SCALES[power]] if power else [])]
    return words


def ordinal(n: int, *, british: bool = False) -> list[str]:
    """Which one.

    >>> ordinal(21), ordinal(12), ordinal(30)
    (['twenty', 'first'], ['twelfth'], ['thirtieth'])
    """
    *head, last = cardinal(n, british=british)
    if last in IRREGULAR_ORDINALS:
        last = IRREGULAR_ORDINALS[last]
    else:
        last = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return [*head, last]


def year(n: int, *, british: bool = False) -> list[str]:
    """A year, 1000 to 2999 in pairs as people say it.

    >>> " ".join(year(1905)), " ".join(year(2008)), " ".join(year(2024)), " ".join(year(1800))
    ('nineteen oh five', 'two thousand eight', 'twenty twenty four', 'eighteen hundred')
    """
    century, rest = divmod(n, 100)
    if not 1000 <= n < 3000 or n % 1000 < 10:
        return cardinal(n, british=british)
    if rest == 0:
        return [*cardinal(century), "hundred"]
    return [*cardinal(century), *(["oh"] if rest < 10 else []), *cardinal(rest)]


def decimal(text: str, *, british: bool = False) -> list[str]:
    """A number as written with digits and at most one point, in front possibly a minus.

    >>> " ".join(decimal("3.14")), " ".join(decimal(".5"))
    ('three point one four', 'zero point five')
    """
    if text.startswith("-"):
        return ["minus", *decimal(text[1:], british=british)]
    whole, point, fraction = text.partition(".")
    head = integer(whole or "0", british=british)
    return [*head, "point", *digits(fraction)] if point and fraction else head


def integer(text: str, *, british: bool = False) -> list[str]:
    """Digits as a number; with a leading zero or too many of them, one by one."""
    if len(text) > LONGEST or (len(text) > 1 and text[0] == "0"):
        return digits(text)
    return cardinal(int(text), british=british)


def plural(words: list[str]) -> list[str]:
    """The last word in the plural: decades and the like.

    >>> plural(["nineteen", "eighty"]), plural(["six"])
    (['nineteen', 'eighties'], ['sixes'])
    """
    *head, last = words
    if last.endswith("y"):
        last = last[:-1] + "ies"
    else:
        last += "es" if last.endswith("x") else "s"
    return [*head, last]


_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def roman(text: str) -> int | None:
    """The value of a Roman numeral written as it should be, else None.

    >>> roman("VIII"), roman("IIX"), roman("MIX")
    (8, None, 1009)
    """
    values = [_ROMAN.get(c, 0) for c in text]
    if not text or 0 in values:
        return None
    total = sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
    return total if 0 < total < 4000 and as_roman(total) == text else None


def as_roman(n: int) -> str:
    """
    >>> as_roman(1994)
    'MCMXCIV'
    """
    pairs = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "M CM D CD C XC L XL X IX V IV I".split(),
        strict=True,
    )
    out = ""
    for value, letters in pairs:
        count, n = divmod(n, value)
        out += letters * count
    return out

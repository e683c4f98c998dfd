"""What the reading rules of the normaliser share: a rule is a pattern and what is said for what it matches."""

from __future__ import annotations

import re
from collections.abc import Callable

from mien.language.markup import NOTHING
from mien.language.numbers import integer
from mien.language.scripts import plain_letters

LONGEST_WORD = 30
"""Letters; longer runs of letters are no words and are spoken in pieces."""

Said = list[str] | None
"""Single words; None: the rule does not apply here after all."""

Rule = tuple[re.Pattern[str], Callable[[re.Match[str], bool], Said]]
"""A pattern, and what is said for a match: (match, british) -> words."""

LETTER = rf"(?:[^\W\d_][\u0300-\u036f{NOTHING}]*)"
END = r"(?![^\W_])"  # no letter or digit follows


def previous_word(match: re.Match[str]) -> str:
    found = re.search(r"([^\W\d_]+)[^\w.:!?]{0,2}$", match.string[max(0, match.start() - 30) : match.start()])
    return found[1] if found else ""


def next_word(match: re.Match[str]) -> str:
    found = re.match(r"\s+([^\W\d_]+)", match.string[match.end() : match.end() + 30])
    return found[1] if found else ""


def as_word(text: str) -> list[str]:
    plain = re.sub(r"[^A-Za-z']", "", plain_letters(text)).strip("'")
    return [plain[i : i + LONGEST_WORD] for i in range(0, len(plain), LONGEST_WORD)]


def letters(text: str) -> list[str]:
    return list(re.sub(r"[^A-Z]", "", plain_letters(text).upper()))


def compound(text: str, british: bool) -> list[str]:
    """CamelCase, digits and underscores in one name."""
    said: list[str] = []
    for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+", plain_letters(text)):
        said += integer(part, british=british) if part.isdecimal() else as_word(part)
    return said


def alternatives(names: list[str]) -> str:
    return "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))

"""Numbers as words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mien.language.numbers import LONGEST, as_roman, cardinal, integer, ordinal, roman, year

VALUES = {word: i for i, word in enumerate(cardinal(n)[0] for n in range(21))} | {
    word: 10 * i for i, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)
}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "quadrillion": 10**15}


def value_of(words: list[str]) -> int:
    """The reference: words read back as a number."""
    total = group = 0
    for word in words:
        if word in SCALES:
            total, group = total + group * SCALES[word], 0
        elif word == "hundred":
            group *= 100
        elif word != "and":
            group += VALUES[word]
    return total + group


@given(st.integers(0, 10**LONGEST - 1), st.booleans())
def test_a_number_read_back_is_the_same_number(n: int, british: bool) -> None:
    assert value_of(cardinal(n, british=british)) == n


def test_a_number_too_long_for_a_name_is_read_by_its_digits() -> None:
    assert integer("1" * (LONGEST + 1)) == ["one"] * (LONGEST + 1)


@given(st.integers(1, 10**6))
def test_an_ordinal_differs_in_its_last_word_only(n: int) -> None:
    assert ordinal(n)[:-1] == cardinal(n)[:-1]
    assert ordinal(n)[-1].endswith(("st", "nd", "rd", "th"))


@given(st.integers(1100, 1999))
def test_a_year_of_last_millennium_is_said_in_pairs(n: int) -> None:
    assert year(n)[: len(cardinal(n // 100))] == cardinal(n // 100)


@given(st.integers(1, 3999))
def test_roman_numerals_read_back_as_their_value(n: int) -> None:
    assert roman(as_roman(n)) == n


@given(st.text("IVXLCDM", max_size=6))
def test_only_properly_written_roman_numerals_are_numbers(text: str) -> None:
    value = roman(text)
    assert value is None or as_roman(value) == text

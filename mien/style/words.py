"""Words of style, read: "tired, sarcastic, nods a lot" to amounts, emotion and cues. The knowledge is in words.toml."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from mien.core.emotion import Emotion
from mien.core.errors import WrongUse
from mien.core.manner import Manner
from mien.core.plan import Cue
from mien.core.style import AMOUNTS, Style

TABLE = Path(__file__).with_name("words.toml")


@dataclass(frozen=True)
class Meaning:
    """What a word says at degree 1; a degree of its own beside it."""

    amounts: Mapping[str, float]
    emotion: Emotion
    begin: str
    end: str


@dataclass(frozen=True)
class Lexicon:
    """meanings : word -> what it says, its own degree; habits : word -> amount; degrees, often : phrase -> factor.
    Words of several parts have hyphens."""

    meanings: Mapping[str, tuple[Meaning, float]]
    habits: Mapping[str, str]
    degrees: Mapping[str, float]
    often: Mapping[str, float]
    fillers: frozenset[str]

    @cached_property
    def known(self) -> frozenset[str]:
        """Everything that can be said."""
        return frozenset({*self.meanings, *self.habits})


@cache
def lexicon() -> Lexicon:
    """The table, by word. A word that is listed twice belongs to the first."""
    table: dict[str, Any] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    meanings: dict[str, tuple[Meaning, float]] = {}
    for word, entry in table.items():
        if word in ("habits", "degrees", "often", "fillers"):
            continue
        meaning = Meaning(
            {name: float(value) for name, value in entry.items() if name in AMOUNTS},
            Emotion.parse(entry.get("emotion")),
            entry.get("begin", ""),
            entry.get("end", ""),
        )
        meanings.setdefault(word, (meaning, 1.0))
        for also in entry.get("also", "").split():
            name, _, own = also.partition(":")
            meanings.setdefault(name, (meaning, float(own or 1)))
    habits = {word: amount for amount, words in table["habits"].items() for word in words.split()}
    fillers = frozenset(table["fillers"]["words"].split())
    return Lexicon(meanings, habits, table["degrees"], table["often"], fillers)


def manner_from_words(text: str) -> Manner:
    """What words say, all at once. Parts are separated by commas, semicolons, "and", "but".

    Errors: WrongUse for a word that is not known; near ones are named.

    >>> manner_from_words("nods a lot").style.nods
    2.5
    """
    manner, habits = Manner(), {}
    for part in re.split(r"[,;.\n]|\band\b|\bbut\b", text.lower().replace("’", "'")):
        tokens = re.findall(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", part)
        for word, degree in _read(tokens, part.strip()):
            if word in lexicon().habits:  # said outright, so that nothing else has a say in it
                amount = lexicon().habits[word]
                habits[amount] = getattr(Style.nearest({amount: _often(degree)}), amount)
            else:
                manner = _said(word, degree).upon(manner)
    return replace(manner, style=replace(manner.style, **habits), said=" ".join(text.split()))


LONGEST = 4
"""Words that a phrase of the table has at most."""


def _read(tokens: Sequence[str], part: str) -> list[tuple[str, str]]:
    """(word, degree) of one part, the degree before or after the word it belongs to."""
    table = lexicon()
    found: list[tuple[str, str]] = []
    degree, at = "", 0
    while at < len(tokens):
        word, after = _longest(tokens, at, lambda phrase: "-".join(phrase) in table.known)
        if word:
            found.append(("-".join(word), degree))
            degree = ""
        else:
            phrase, after = _longest(tokens, at, lambda phrase: " ".join(phrase) in table.degrees)
            if phrase and found and not found[-1][1] and after == len(tokens):  # it came after: "nods a lot"
                found[-1] = (found[-1][0], " ".join(phrase))
            elif phrase:
                degree = " ".join(phrase)
            elif tokens[at] not in table.fillers:
                raise _unknown(tokens[at], part)
        at = after
    if tokens and not found:
        raise WrongUse(f"{part!r} says no style: how much, or who, but not of what")
    return found


def _longest(tokens: Sequence[str], at: int, known: Callable[[Sequence[str]], bool]) -> tuple[Sequence[str], int]:
    """The longest known phrase from here on, its fillers left out where that helps ("raises his brows"), and where it
    ends; else nothing, and the next token."""
    for length in range(min(LONGEST, len(tokens) - at), 0, -1):
        whole = tokens[at : at + length]
        if known(whole):
            return whole, at + length
        bare = [t for i, t in enumerate(whole) if i == 0 or t not in lexicon().fillers]
        if 1 < len(bare) < length and known(bare):
            return bare, at + length
    return (), at + 1


def _unknown(word: str, part: str) -> WrongUse:
    near = difflib.get_close_matches(word, sorted(lexicon().known), n=3, cutoff=0.6)
    guess = f"did you mean {' or '.join(map(repr, near))}?" if near else "there is none near it;"
    return WrongUse(f"no style is known by the word {word!r} (in {part!r}): {guess} see: mien list styles")


def _said(word: str, degree: str) -> Manner:
    table = lexicon()
    meaning, own = table.meanings[word]
    how = own * table.degrees.get(degree, 1.0)
    return Manner(
        Style.nearest({name: scaled(name, value, how) for name, value in meaning.amounts.items()}),
        meaning.emotion.scaled(how) if how > 0 else Emotion(),  # the opposite of a feeling is no feeling
        (Cue(meaning.begin, min(how, 1.0)),) if meaning.begin and how > 0 else (),
        (Cue(meaning.end, min(how, 1.0)),) if meaning.end and how > 0 else (),
    )


def _often(degree: str) -> float:
    table = lexicon()
    return table.often.get(degree, table.often[""] * table.degrees.get(degree, 1.0))


def scaled(name: str, value: float, how: float) -> float:
    """An amount more or less so: a factor by its power, a level by multiplication.

    >>> scaled("jaw", 2.0, 0.5).__round__(2), scaled("smile", 0.5, -0.5)
    (1.41, -0.25)
    """
    return round(value**how if AMOUNTS[name].usual else value * how, 3)

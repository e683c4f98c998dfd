"""Words to phonemes, American and British."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.core.errors import WrongUse
from mien.core.phones import PHONES, VOWELS
from mien.core.weights import is_cached
from mien.language.g2p import MARKS, british_from_american, phonemes, phones_from, placed_phones, pronounce
from mien.voices.kokoro_model import TOKENS

BRITISH_PHONES = PHONES | {"ɒ", "əʊ", "ɜ"}


def symbols(word: str, accent: str = "us") -> str:
    return " ".join(p.symbol for p in phonemes(word, accent))


@pytest.mark.parametrize(
    ("word", "phones"),
    {
        "judge": "dʒ ʌ dʒ",
        "church": "tʃ ɝ tʃ",
        "house": "h aʊ s",
        "boy": "b ɔɪ",
        "butter": "b ʌ ɾ ɝ",
        "FBI": "ɛ f b i aɪ",
        "A": "eɪ",
        "a": "ə",
        "NASA": "n æ s ə",
    }.items(),
)
def test_known_words_have_their_dictionary_sounds(word: str, phones: str) -> None:
    assert symbols(word) == phones


def test_context_chooses_the_weak_form_and_the_sound_of_the() -> None:
    apple, dog = pronounce(["the", "apple"])[0], pronounce(["the", "dog"])[0]
    assert (apple, dog) == ("ði", "ðə")


def test_a_word_that_no_dictionary_knows_is_spelt_out_by_the_network() -> None:
    assert symbols("zorblaxian").startswith("z ɔ ɹ b l æ k s")


def test_britons_drop_the_r_and_round_the_o() -> None:
    assert british_from_american("kˈɑɹpəɹ") == "kˈɑːpə"
    assert british_from_american("hˈɑt") == "hˈɒt"
    assert british_from_american("nˈɪɹəɹ ˈɔɹəl") == "nˈɪəɹə ˈɔːɹəl"
    assert british_from_american("ɡˈO") == "ɡˈQ"


def test_stress_is_the_vowels() -> None:
    phones = phones_from("əbˈWt")
    assert [(p.symbol, p.stress) for p in phones] == [("ə", 0), ("b", 0), ("aʊ", 1), ("t", 0)]


@given(st.text("ˈˌːAIOWYQʤʧTɐᵊᵻaæəɛɜɹɪʊʌiubdfhjklmnpstvwzðŋɑɒɔɡʃʒθ", max_size=12))
def test_every_letter_but_marks_belongs_to_exactly_one_phone(letters: str) -> None:
    placed = placed_phones(letters)
    covered = [i for p in placed for i in range(p.start, p.stop)]
    assert covered == sorted(set(covered)) and set(covered) <= set(range(len(letters)))
    assert all(letters[i] in "ˈˌː" for i in set(range(len(letters))) - set(covered))
    assert {p.phone.symbol for p in placed} <= BRITISH_PHONES
    assert all(p.phone.stress == 0 or p.phone.symbol in VOWELS | BRITISH_PHONES for p in placed)


WORDS = st.one_of(
    st.sampled_from("a the I A to read used it's dogs' O'Neil FBI".split()),
    st.sampled_from(sorted(MARKS)),
    st.from_regex(r"[A-Za-z]{1,12}('[a-z]{1,2})?", fullmatch=True),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=6))
def test_whatever_is_spoken_has_sounds_the_voice_knows(spoken: list[str]) -> None:
    pronounced = pronounce(spoken)
    assert len(pronounced) == len(spoken)
    for word, letters in zip(spoken, pronounced, strict=True):
        assert letters and set(letters) <= set(TOKENS)
        assert (letters == word) == (word in MARKS) or word.islower()


def test_an_accent_nobody_has_is_refused() -> None:
    with pytest.raises(WrongUse, match="accent must be 'us' or 'gb', got 'fr'"):
        pronounce(["hello"], "fr")


def test_british_words_come_from_the_british_dictionaries() -> None:
    if not (is_cached("misaki-gb-gold") and is_cached("misaki-gb-silver")):
        pytest.skip("the British dictionaries are not on this machine: mien models get misaki-gb-gold misaki-gb-silver")
    assert symbols("bath", "gb") == "b ɑ θ"
    assert symbols("tomato", "gb") == "t ə m ɑ t əʊ"
    assert symbols("lots", "gb") == "l ɒ t s"
    assert symbols("zorblaxian", "gb").startswith("z ɔ b l æ k s")

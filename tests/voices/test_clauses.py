"""A text cut into what is spoken in one breath."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mien.language.g2p import pronounce
from mien.language.normalise import normalise
from mien.voices.clauses import FIRST_TOKENS, LONG_PAUSE, MOST_TOKENS, PARAGRAPH_PAUSE, Clause, clauses
from mien.voices.kokoro_model import TOKENS
from mien.voices.timing import script_of
from mien.voices.tone import spelt


def clauses_of(text: str) -> list[Clause]:
    return list(clauses(normalise(text), spelt))


TEXTS = st.lists(
    st.sampled_from("a big dog ran, home; and Internationalisation 12345678901 so. really? yes! — \n\n".split(" ")),
    min_size=3,
    max_size=150,
).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_clauses_hold_every_word_in_order_and_none_is_too_long(text: str) -> None:
    try:
        words = normalise(text)
    except ValueError:
        return
    made = list(clauses(words, spelt))
    said = [s.word for c in made for s in c.said]
    assert [w for i, w in enumerate(said) if not i or w is not said[i - 1]] == words
    assert all(len(script_of(c).letters) <= MOST_TOKENS + 1 for c in made)
    assert [c.is_first for c in made] == [True] + [False] * (len(made) - 1)


def test_the_first_clause_is_short_so_that_speech_starts_soon() -> None:
    sentence = "When the rain had stopped and the sun came out, " * 4 + "we went home."
    first, *rest = clauses_of(sentence)
    assert first.tokens <= FIRST_TOKENS < rest[0].tokens


def test_a_sentence_without_marks_is_not_torn_apart_to_start_sooner() -> None:
    (clause,) = clauses_of(
        "the very long and winding road that leads to your door will never disappear again today yes"
    )
    assert FIRST_TOKENS < clause.tokens <= MOST_TOKENS


def test_two_thousand_words_without_a_full_stop_are_still_spoken() -> None:
    made = clauses_of("and then he went " * 500)
    assert sum(len(c.said) for c in made) == 2000
    assert max(c.tokens for c in made) <= MOST_TOKENS


def test_one_endless_word_is_spoken_in_pieces() -> None:
    made = clauses_of("a" * 3000)
    assert max(c.tokens for c in made) <= MOST_TOKENS


def test_short_sentences_are_spoken_together_but_never_across_paragraphs() -> None:
    assert len(clauses_of("Hi. Yes. No.")) == 1
    assert len(clauses_of("Hi.\n\nYes.\n\nNo.")) == 3


def test_pauses_grow_with_the_mark() -> None:
    long = "the very long and winding road that leads to your door will never disappear "
    comma, stop, paragraph = (clauses_of(f"{long * 3}{mark} {long * 3}")[2].pause for mark in (",", ".", ".\n\n"))
    assert comma < stop < paragraph == PARAGRAPH_PAUSE
    assert stop >= LONG_PAUSE > comma


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="latin-1"), max_size=40))
def test_whatever_is_written_the_network_knows_every_letter_of_it(text: str) -> None:
    try:
        words = normalise(text)
    except ValueError:
        return
    for clause in clauses(words, pronounce):
        script = script_of(clause)
        assert set(script.letters) <= set(TOKENS)
        assert len(script.owner) == len(script.letters) + 2
        assert script.phones

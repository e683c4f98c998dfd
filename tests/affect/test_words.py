import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.affect.wordpiece import WordPiece, words
from mien.affect.words import CLASSES, SENTENCE, Words, marks, reader, sentences, shown
from mien.core.emotion import EMOTIONS, NEUTRAL
from mien.core.errors import MissingWeights
from mien.core.weights import weights

FEELINGS = Path(__file__).parents[2] / "benchmarks" / "feelings.tsv"


@pytest.fixture(scope="module")
def read() -> Words:
    try:
        weights("sentence-encoder")
        weights("sentence-pieces")
    except MissingWeights as error:
        pytest.skip(str(error))
    return reader()


@given(st.text(max_size=200))
def test_sentences_leave_out_nothing_but_white_space_and_do_not_overlap(text: str) -> None:
    spans = [*sentences(text)]
    assert all(a < b for a, b in spans) and all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


def test_a_sentence_ends_at_its_mark_and_not_within_a_number() -> None:
    text = 'She said "Stop!" Then it was 5.30. Over\nNew line'
    assert [text[a:b] for a, b in sentences(text)] == ['She said "Stop!"', "Then it was 5.30.", "Over", "New line"]
    assert SENTENCE.pattern


@given(st.text(max_size=60))
def test_whatever_is_written_becomes_pieces_between_two_marks(text: str) -> None:
    known = {p: i for i, p in enumerate(["[CLS]", "[SEP]", "[UNK]", *"abcdefgh", *(f"##{c}" for c in "abcdefgh")])}
    numbers = WordPiece(known).numbers(text, 16)
    assert numbers[0] == 0 and numbers[-1] == 1 and 2 <= len(numbers) <= 16


def test_the_longest_piece_is_taken_first_and_an_unknown_word_is_one_piece() -> None:
    known = {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2, "un": 3, "##happy": 4, "##hap": 5, "unh": 6, "!": 7}
    assert WordPiece(known).numbers("Unhappy xyz!", 16) == [0, 2, 2, 7, 1]  # "unh" leaves "##appy", which is unknown
    del known["unh"]
    assert WordPiece(known).numbers("Unhappy!", 16) == [0, 3, 4, 7, 1]
    assert [*words("L'été, déjà")] == ["l", "'", "ete", ",", "deja"]


def test_pieces_are_those_of_the_encoders_own_tokenizer(read: Words) -> None:
    assert read._pieces.numbers("The doctors say there is nothing more they can do.", 128) == [
        101, 1996, 7435, 2360, 2045, 2003, 2498, 2062, 2027, 2064, 2079, 1012, 102,
    ]  # fmt: skip


def test_neutral_sentences_stay_neutral_and_an_intensity_is_calm(read: Words) -> None:
    for sentence in ("The train leaves from platform four.", "bin blue at f two now", "", "…", "1 2 3"):
        assert read.emotion(sentence) == NEUTRAL, sentence
    weights = read.emotion("I am so happy, this is wonderful!").weights
    assert [*weights] == ["happy"] and 0.3 < weights["happy"] <= 0.65


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("My heart is broken, I cannot stop crying.", "sad"),
        ("How dare you lie to me!", "angry"),
        ("Help, somebody is in the house!", "fear"),
        ("Ugh, there is mould all over it.", "disgust"),
    ],
)
def test_plain_words_are_read(read: Words, sentence: str, wanted: str) -> None:
    chances = read.probabilities(sentence)
    assert [*chances] == [*CLASSES] and sum(chances.values()) == pytest.approx(1)
    assert max(chances, key=chances.__getitem__) == wanted


def test_only_the_sentence_that_feels_is_a_span(read: Words) -> None:
    text = "The shop opens at nine. I am terrified of the dark!"
    (span,) = read.spans(text)
    assert text[int(span.start) : int(span.stop)] == "I am terrified of the dark!" and "fear" in span.value.weights


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8), st.integers(0, 5))
def test_whatever_the_chances_at_most_two_emotions_show_within_range(parts: list[float], exclamations: int) -> None:
    felt = shown(dict(zip(CLASSES, parts, strict=True)), exclamations)
    assert len(felt.weights) <= 2 and all(0 <= w <= 0.8 for w in felt.weights.values())


def test_the_own_sentences_are_balanced_and_none_was_learned_from() -> None:
    pairs = [line.split("\t") for line in FEELINGS.read_text("utf-8").splitlines()]
    learned = (FEELINGS.parents[1] / "tools" / "data" / "feelings.tsv").read_text("utf-8")
    names = [name for name, _ in pairs]
    assert {names.count(name) for name in ("neutral", *EMOTIONS)} == {24}
    assert not [text for _, text in pairs if f"\t{text}\n" in learned]
    assert np.array_equal(marks("No"), np.zeros(3))

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.core.emotion import EMOTIONS, SYNONYMS, VAD, Emotion
from mien.core.errors import MienError, WrongUse


@pytest.mark.parametrize("word", SYNONYMS)
def test_adjectives_and_nouns_mean_their_emotion(word: str) -> None:
    meant = SYNONYMS[word]
    assert Emotion.parse(word).weights == ({} if meant == "neutral" else {meant: 0.7})


@given(st.dictionaries(st.sampled_from(EMOTIONS), st.floats(0.001, 1)))
def test_what_is_printed_parses_back(weights: dict[str, float]) -> None:
    rounded = {n: float(f"{v:g}") for n, v in weights.items()}
    assert Emotion.parse(str(Emotion(rounded))) == Emotion(rounded)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hapy", "unknown emotion 'hapy': did you mean 'happy'"),
        ("happy:1.5", "emotion intensity must be in 0..1, got 'happy:1.5'"),
        ("happy:-1", "emotion intensity must be in 0..1, got 'happy:-1'"),
        ("happy:nan", "emotion intensity must be in 0..1, got 'happy:nan'"),
        ("happy:very", "emotion intensity must be a number in 0..1, got 'happy:very'"),
        ("nose=happy", "unknown face region 'nose'"),
        ("", None),
        (",", "unknown emotion ''"),
    ],
)
def test_a_wrong_emotion_is_answered_with_what_was_wanted(text: str, message: str | None) -> None:
    if message is None:
        assert Emotion.parse(text) == Emotion()
        return
    with pytest.raises(WrongUse) as caught:
        Emotion.parse(text)
    assert str(caught.value).startswith(message)


@given(st.text(max_size=40))
def test_no_text_gets_past_the_parser(text: str) -> None:
    try:
        felt = Emotion.parse(text)
    except MienError:
        return
    assert all(0 <= v <= 1 for v in felt.weights.values())


def test_happiness_is_pleasant_and_sadness_is_not() -> None:
    assert Emotion.parse("happy:1").vad == VAD["happy"]
    assert Emotion.parse("sad:1").vad[0] < 0 < Emotion.parse("happy:0.2").vad[0]


def test_scaling_keeps_weights_within_range() -> None:
    assert Emotion.parse("happy:0.8,mouth=sad:0.5").scaled(2).weights == {"happy": 1.0}

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
        ("valence=1.5", "valence must be in -1..1, got 'valence=1.5'"),
        ("arousal=high", "arousal must be a number in -1..1, got 'arousal=high'"),
        ("valence=0.5,happy", "say what is felt by names or by valence, arousal and dominance, not by both"),
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


@pytest.mark.parametrize("name", EMOTIONS)
@pytest.mark.parametrize("intensity", [0.3, 0.8])
def test_an_emotion_is_found_again_by_its_valence_arousal_and_dominance(name: str, intensity: float) -> None:
    found = Emotion.from_vad(*Emotion({name: intensity}).vad)
    assert [*found.weights] == [name] and found.weights[name] == pytest.approx(intensity, abs=0.01)


@given(st.dictionaries(st.sampled_from(EMOTIONS), st.floats(0, 0.4), max_size=3))
def test_the_point_of_a_mixture_is_come_near_to(weights: dict[str, float]) -> None:
    wanted = Emotion(weights).vad
    assert max(abs(a - b) for a, b in zip(Emotion.from_vad(*wanted).vad, wanted, strict=True)) < 0.12


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_dimensions_parse_as_they_are_said_and_mix_with_regions(valence: float, arousal: float) -> None:
    parsed = Emotion.parse(f"valence={valence},arousal={arousal},mouth=happy:0.3")
    assert parsed.weights == Emotion.from_vad(valence, arousal).weights
    assert parsed.at("mouth") == {"happy": 0.3}


def test_a_pleasant_point_is_a_smile_and_nothing_is_neutral() -> None:
    assert [*Emotion.parse("valence=0.6,arousal=0.4").weights] == ["happy"]
    assert Emotion.parse("valence=0,arousal=0") == Emotion()
    with pytest.raises(WrongUse, match="dominance must be in -1..1, got 2"):
        Emotion.from_vad(dominance=2)

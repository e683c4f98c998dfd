import pytest

import mien
from mien.core.emotion import NEUTRAL, Emotion
from mien.core.errors import MissingWeights, WrongUse
from mien.core.plan import Span, Utterance
from mien.core.weights import weights
from mien.performance.moods import Auto, asked, both, felt_in_text, said


@pytest.fixture(scope="module", autouse=True)
def _encoder() -> None:
    try:
        weights("sentence-encoder")
        weights("sentence-pieces")
    except MissingWeights as error:
        pytest.skip(str(error))


def test_auto_reads_what_there_is_and_can_be_told_from_what() -> None:
    assert asked("auto", has_sound=True) == asked("AUTO", has_sound=False) == Auto()
    assert asked("auto:words", has_sound=False) == Auto(voice=False)
    assert asked("auto:voice", has_sound=True) == Auto(words=False)
    assert asked(None, has_sound=False) == NEUTRAL
    with pytest.raises(WrongUse, match="a text has no voice yet"):
        mien.say("Hello", emotion="auto:voice")
    with pytest.raises(WrongUse, match="auto:words, auto:voice; got 'auto:face'"):
        mien.say("Hello", emotion="auto:face")


def test_spans_that_an_utterance_has_already_win_over_what_is_read() -> None:
    written = Span(0, 5, Emotion.parse("sad:0.9"))
    utterance = felt_in_text(Utterance("I am so happy today!", emotions=(written,)), Auto())
    assert utterance.emotions[-1] == written and len(utterance.emotions) == 2


def test_a_spoken_text_feels_sentence_by_sentence() -> None:
    speeches = [*mien.speak("I am so happy today! The shop opens at nine.", voice="tone", emotion="auto")]
    feelings = [span.value for speech in speeches for span in speech.emotion]
    assert "happy" in feelings[0].weights and feelings[-1] == NEUTRAL
    assert said(speeches[0]).emotion[0].value == feelings[0]


def test_where_two_readings_meet_the_larger_weight_shows() -> None:
    happy, sad = Emotion.parse("happy:0.5"), Emotion.parse("happy:0.2,sad:0.3")
    found = both((Span(0, 2, happy),), (Span(1, 3, sad),))
    assert [(s.start, s.stop, str(s.value)) for s in found] == [
        (0, 1, "happy:0.5"), (1, 2, "happy:0.5,sad:0.3"), (2, 3, "happy:0.2,sad:0.3"),
    ]  # fmt: skip
    assert both((), ()) == ()

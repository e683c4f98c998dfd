import itertools

import pytest

from mien.agents.script import SAMPLES, Script
from mien.agents.tags import sentences, utterance_from
from mien.core.emotion import EMOTIONS
from mien.core.errors import WrongUse
from mien.core.plan import SELF, Utterance
from mien.testing import check_agent


def said(text: str, *before: Utterance) -> list[Utterance]:
    return list(Script().reply([*before, Utterance(text, "user")]))


def test_the_script_keeps_the_contract() -> None:
    check_agent(Script())


def test_what_no_talk_fits_comes_back() -> None:
    assert [u.text for u in said("The kettle is on.")] == ["You said: The kettle is on."]


def test_slash_emotions_shows_every_emotion_once() -> None:
    shown = [next(iter(u.emotions[0].value.weights)) for u in said("/emotions")]
    assert shown == list(EMOTIONS) == list(SAMPLES)


def test_what_was_really_said_is_known_after_an_interruption() -> None:
    before = (Utterance("/count", "user"), Utterance("one, two, three,", SELF))
    assert "one, two, three," in said("Go on!", *before)[0].text


def test_a_command_that_there_is_not_is_named() -> None:
    with pytest.raises(WrongUse, match="dance"):
        said("/dance")


def test_say_repeats_what_is_written_with_its_tags() -> None:
    (one,) = said("/say [sad:0.4] Well. [happy] Good!")
    assert one.text == "Well. Good!"
    assert [(one.text[int(s.start) : int(s.stop)].strip(), str(s.value)) for s in one.emotions] == [
        ("Well. Good!", "sad:0.4"), ("Good!", "happy:0.7"),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_sentences_do_not_depend_on_how_a_text_comes(size: int) -> None:
    text = (
        "[happy:0.8] Well, hello there! It costs 3.50 today, [sad] no more.\nAnd what a long sentence, is it not? Yes"
    )
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    found = list(sentences(pieces))
    assert "".join(found) == text

    assert found == list(sentences([text])) or size > 1  # one by one it can only be cut sooner


def test_a_tag_is_never_cut_in_two_and_holds_into_the_next_sentence() -> None:
    parts = list(sentences(["[happy:0.", "8] Good. Bet", "ter! [sad:0.5, fear:0.2] Worse."]))
    emotion = utterance_from("")[1]
    felt = []
    for part in parts:
        utterance, emotion = utterance_from(part, emotion)
        felt.append((utterance.text, str(utterance.emotions[-1].value if utterance.emotions else utterance.emotion)))
    assert felt == [("Good.", "happy:0.8"), ("Better!", "happy:0.8"), ("Worse.", "sad:0.5,fear:0.2")]


def test_brackets_that_are_no_feeling_are_not_said() -> None:
    assert utterance_from("I see [laughs] you [1].")[0].text == "I see you ."
    assert utterance_from("[happy] ...")[0] is None


def test_a_text_without_any_end_is_cut_all_the_same() -> None:
    assert max(len(s) for s in sentences(itertools.repeat("word ", 1000))) <= 405

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.core.cues import CUES
from mien.core.errors import BadInput, MienError, WrongUse
from mien.core.plan import Span
from mien.language.commands import WORDS, commands, length, placed

SAID = tuple(
    Span(0.4 + 0.5 * i, 0.8 + 0.5 * i, w) for i, w in enumerate("Hello, my friend. I never saw you before!".split())
)
SECONDS = 4.5


def acts(text: str) -> list[tuple[str, int]]:
    return [(c.name, c.count) for c in commands(text)]


def times(text: str, words: tuple[Span[str], ...] = SAID, seconds: float = SECONDS) -> list[tuple[str, float, float]]:
    return [(s.value.name, round(s.start, 2), round(s.stop, 2)) for s in placed(commands(text), words, seconds)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nods", "nod"),
        ("Shakes her head", "shake"),
        ("tilts the head to the left", "tilt left"),
        ("turns right", "turn right"),
        ("lifts the chin", "turn up"),
        ("lowers his head", "turn down"),
        ("bows", "turn down"),
        ("turns to the camera", "turn back"),
        ("leans in", "lean in"),
        ("leans back", "lean back"),
        ("looks at the viewer", "look camera"),
        ("glances to the side, then looks up", None),
        ("looks up", "look up"),
        ("looks away", "look away"),
        ("winks with the left eye", "wink left"),
        ("winks", "wink"),
        ("blinks", "blink"),
        ("closes her eyes", "close eyes"),
        ("opens the eyes wide", "wide eyes"),
        ("squints", "squint"),
        ("raises an eyebrow", "raise brow"),
        ("raises the eyebrows", "raise brows"),
        ("frowns", "frown"),
        ("grins", "smile"),
        ("sighs", "sigh"),
        ("laughs", "laugh"),
        ("takes a deep breath", "breath"),
        ("shrugs", "shrug"),
        ("swallows", "swallow"),
        ("purses her lips", "purse lips"),
        ("presses the lips", "press lips"),
        ("puffs the cheeks", "puff cheeks"),
        ("wrinkles the nose", "wrinkle nose"),
        ("drops the jaw", "drop jaw"),
    ],
)
def test_everything_a_face_can_be_told_has_words(text, names):
    if names is None:
        with pytest.raises(WrongUse):
            commands(text)
    else:
        assert acts(text) == [(names, 1)]
        assert names in CUES


def test_the_example_of_the_manual_is_two_nods_and_a_turn_at_the_end():
    (first, *_), (second, *_), turn = told = times("nods twice, then turns left at the end")
    assert (first, second) == ("nod", "nod")
    assert told[0][1] == 0.4 and 0.6 < told[1][1] - told[0][1] < 1
    assert turn[0] == "turn left" and SECONDS - 1 <= turn[1] < SECONDS < turn[2]


def test_counts_degrees_and_durations_are_read():
    told = commands("slightly nods three times, then shakes the head deeply 2 times, then smiles for 2.5 seconds")
    assert [(c.amount, c.count, c.seconds) for c in told] == [(0.5, 3, 0), (1.4, 2, 0), (1, 1, 2.5)]


def test_then_follows_and_while_goes_along():
    nod, smile, shake = times("nods and smiles, then shakes the head")
    assert nod[1] == smile[1] < shake[1]
    nod, smile = times("nods while smiling")
    assert nod[1] == smile[1]


def test_places_are_found_in_words_and_seconds():
    assert times("nods at 2 s") == [("nod", 2.0, 2.0)]
    assert times("nods after two seconds") == [("nod", 2.0, 2.0)]
    assert times('winks at "friend"')[0][1] == times("winks on Friend")[0][1] == 1.4
    assert times("winks at 'saw you'")[0][1] == 2.9
    assert times("At the beginning, nods") == [("nod", 0.4, 0.4)]
    assert abs(times("nods in the middle")[0][1] - SECONDS / 2) < 0.5
    begin, stop = times("smiles throughout")[0][1:]
    assert begin == 0.4 and stop > SECONDS
    assert times("nods, then after one second shakes")[1][1] == pytest.approx(0.4 + 0.75 + 1)


def test_what_is_taken_back_later_is_held_until_then():
    turn, back = times('turns left, then back at "never"')
    assert turn == ("turn left", 0.4, 2.4) and back[0] == "turn back" and back[1] == 2.4
    look, back = times('looks away, then back at "never"')
    assert look == ("look away", 0.4, 2.4) and back[0] == "look camera"
    assert times("turns left and stays")[0][2] > SECONDS


def test_what_is_not_said_is_told_with_near_words():
    with pytest.raises(BadInput, match="'fiend' of the commands is not said: did you mean 'friend'"):
        times("nods at fiend")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nodds twice", r"at 'nodds' \(character 1\): did you mean 'nods'"),
        ("nods, then jmps", r"at 'jmps' \(character 12\)"),
        ("turns lft", r"at 'lft' \(character 7\): did you mean 'left'.*there could be: .*left, right"),
        ("turns", "stop too soon, after 'turns'; there could be: .*left"),
        ("nods twice, then", "stop too soon"),
        ("", "there are no commands"),
        ("  ", "there are no commands"),
        ("nods 900 times", r"1\.\.50, got 900"),
        ("stays", "say what first"),
        ("nods" * 1000, "may have 2000 characters"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text, said):
    with pytest.raises(WrongUse, match=said):
        commands(text)


def test_without_speech_the_commands_say_how_long_it_is():
    told = commands("nods twice, then turns left at the end")
    assert 2 < length(told) < 4
    names = [s.value.name for s in placed(told, (), length(told))]
    assert names == ["nod", "nod", "turn left"]
    assert length(commands("smiles throughout and nods 5 times")) > 3.5


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, ",", "3", '"you"', "s"]), max_size=9).map(" ".join) | st.text(max_size=40))
def test_whatever_is_typed_is_placed_or_refused_with_a_sentence(text):
    try:
        cues = placed(commands(text), SAID, SECONDS)
    except MienError as error:
        assert len(str(error)) > 20
        return
    assert cues and all(c.value.name in CUES and c.stop >= c.start >= 0 for c in cues)

import pytest

from mien.server.turns import FINISHED, OPEN, SECONDS, Turns, is_open


def events(turns: Turns, *runs: tuple[float, float], own: bool = False) -> list[tuple[str, float]]:
    """What happens when, seconds. runs : (seconds, probability)"""
    found, at = [], 0.0
    for seconds, probability in runs:
        for _ in range(round(seconds / SECONDS)):
            at += SECONDS
            if event := turns.step(probability, own=own):
                found.append((event, round(at, 2)))
    return found


def test_a_turn_begins_soon_and_ends_after_its_patience() -> None:
    turns = Turns()
    begin, pause = events(turns, (1.0, 0.0), (2.0, 0.99), (0.5, 0.0))
    assert begin[0] == "begin" and 0.1 <= begin[1] - 1.0 <= 0.16
    assert pause[0] == "pause" and 0.25 <= pause[1] - 3.0 <= 0.33
    turns.patience = FINISHED
    ((end, after),) = events(turns, (2.0, 0.0))
    assert end == "end" and after + 0.5 <= FINISHED + 0.1 and not turns.speaking


def test_a_click_is_no_turn_and_hesitation_does_not_end_one() -> None:
    assert events(Turns(), (1, 0.0), (0.06, 0.99), (1, 0.0), (0.09, 0.9), (1, 0.1)) == []
    said = events(Turns(), (1, 0.99), (0.9, 0.4), (1, 0.99), (0.9, 0.0), (1, 0.99))
    assert [e for e, _ in said] == ["begin", "pause"]  # 0.4 is neither; an open sentence may pause for 0.9 s
    assert OPEN > 0.9


def test_its_own_voice_is_nobodys_turn() -> None:
    assert events(Turns(), (5, 0.99), own=True) == []
    turns = Turns()
    events(turns, (1, 0.99))
    assert [e for e, _ in events(turns, (3, 0.99), own=True)] == ["pause", "end"]


@pytest.mark.parametrize(
    ("text", "more"),
    [("I would like a", True), ("Well, um...", True), ("because", True), ("Tell me, ", True), ("", True), ("I think that.", True),
     ("Tell me a story.", False), ("Hello", False), ("Stop!", False), ("What is it for, then?", False)],
)  # fmt: skip
def test_half_a_sentence_is_known(text: str, more: bool) -> None:
    assert is_open(text) == more

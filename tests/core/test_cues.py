import pytest

from mien.core.cues import CUES, MOST, POINT, called, cue, in_turn, lasting
from mien.core.errors import WrongUse
from mien.core.plan import Cue, Span


def test_every_cue_takes_some_time_and_says_what_one_sees():
    for name, act in CUES.items():
        assert 0.2 < act.seconds < 3 and len(act.does) > 10, name


def test_a_moment_takes_the_usual_time_and_a_longer_span_its_own():
    for name, act in CUES.items():
        assert lasting(Span(3.0, 3.0 + POINT / 2, Cue(name))).stop == 3.0 + act.seconds
        assert lasting(Span(3.0, 9.0, Cue(name))).stop == 9.0


def test_an_unknown_cue_is_refused_with_the_nearest_names():
    with pytest.raises(WrongUse, match="'nodd': did you mean 'nod'"):
        cue("nodd")
    with pytest.raises(WrongUse, match=r"0\.\.1\.5, got 2"):
        cue("nod", 2)
    assert cue("nod", MOST).amount == MOST


def test_cues_called_come_in_order_and_take_over_from_each_other():
    spans = [Span(4, 8, Cue("turn right")), Span(1, 6, Cue("turn left")), Span(2, 3, Cue("nod"))]
    assert [s.value.name for s in called(spans, "turn left", "turn right")] == ["turn left", "turn right"]
    assert [(s.start, s.stop) for s in in_turn(spans, "turn left", "turn right")] == [(1, 4), (4, 8)]

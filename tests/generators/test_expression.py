import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.core.emotion import EMOTIONS, Emotion
from mien.core.mix import combine
from mien.core.plan import Span
from mien.core.rig import FACE
from mien.generators.expression import Expression
from mien.generators.expression_table import CHANNELS_OF_UNIT, UNITS_OF_EMOTION, channels_of_emotion
from mien.generators.felt import BEHIND, felt
from mien.testing import animated, check_generator
from tests.generators.scenes import MOODS, scene


def face(emotion: str, *, seed: int = 0) -> dict[str, float]:
    """The blendshapes of an emotion at its apex."""
    motion = animated(Expression(seed=seed), scene(4, emotions=((0, 4, emotion),)))
    return {name: float(motion[name][75]) for name in motion.rig.names}


def test_it_keeps_the_contract():
    check_generator(Expression())


def test_motion_is_the_same_however_quick_moods_are_cut():
    whole = animated(Expression(), scene(14, emotions=MOODS))
    for tick in (1, 7, 40):
        assert np.array_equal(animated(Expression(), scene(14, emotions=MOODS, tick=tick)).values, whole.values)


def test_the_tables_name_channels_and_units_that_exist():
    assert set(UNITS_OF_EMOTION) == set(EMOTIONS)
    for name in EMOTIONS:
        assert all(channel in FACE and 0 < weight <= 1.5 for channel, weight in channels_of_emotion(name).items())
    used = {unit.lstrip("LR") for units in UNITS_OF_EMOTION.values() for unit in units}
    assert used <= set(CHANNELS_OF_UNIT)


@pytest.mark.parametrize("name", EMOTIONS)
def test_intensity_is_monotone_in_every_channel(name):
    faces = [face(f"{name}:{i / 10}") for i in range(11)]
    for channel in channels_of_emotion(name):
        values = [f[channel] for f in faces]
        assert values[0] == 0 and all(b >= a for a, b in itertools.pairwise(values))
        assert values[8] > values[4]


@pytest.mark.parametrize("name", EMOTIONS)
def test_each_emotion_is_a_face_of_its_own(name):
    """Nearer to itself at half its strength than to any other emotion."""

    def shape(emotion: str) -> np.ndarray:
        values = np.array([*face(emotion).values()])
        return values / np.linalg.norm(values)

    likeness = {other: float(shape(f"{name}:0.8") @ shape(f"{other}:0.4")) for other in EMOTIONS}
    assert max(likeness, key=likeness.__getitem__) == name
    assert sorted(likeness.values())[-2] < 0.85


def test_neutral_is_rest():
    assert not animated(Expression(), scene(3, emotions=((0, 3, "neutral"),))).values.any()


def test_a_smile_reaches_the_eyes_and_contempt_is_on_one_side():
    happy, contempt = face("happy:0.8"), face("contempt:0.8")
    assert happy["mouthSmileLeft"] > 0.6 and happy["cheekSquintLeft"] > 0.5 and happy["eyeSquintLeft"] > 0.2
    assert contempt["mouthSmileLeft"] > 0.3 and contempt["mouthSmileRight"] == 0


def test_fear_and_surprise_differ_in_brows_and_mouth():
    fear, surprise = face("fear:0.8"), face("surprise:0.8")
    assert fear["browDownLeft"] > 0.2 and surprise["browDownLeft"] == 0
    assert fear["mouthStretchLeft"] > 0.5 and surprise["mouthStretchLeft"] == 0
    assert surprise["browOuterUpLeft"] > 2 * fear["browOuterUpLeft"] and surprise["jawOpen"] > fear["jawOpen"]


def test_an_emotion_comes_within_half_a_second_and_leaves_more_slowly():
    times = np.arange(0, 8, 0.01)
    for name in EMOTIONS:
        curve = felt([Span(1.0, 4.0, Emotion({name: 0.8}))], times)[name]
        assert not curve[times < 1].any()
        onset = times[curve >= 0.72][0] - 1
        offset = times[curve > 0.08][-1] - times[curve >= 0.72][-1]
        assert 0.1 < onset < 0.5 < offset
        assert curve.max() == pytest.approx(0.8)


def test_a_pause_between_two_clauses_does_not_wash_the_face_out():
    times = np.arange(0, 6, 0.01)
    spans = [Span(0.0, 2.0, Emotion({"sad": 0.7})), Span(2.6, 5.0, Emotion({"sad": 0.7}))]
    assert np.allclose(felt(spans, times)["sad"][(times > 1) & (times < 5)], 0.7)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0.1, 4), st.floats(0, 1)), max_size=6))
def test_whatever_the_spans_an_emotion_never_overshoots_nor_jumps(spans):
    said = [Span(a, a + length, Emotion({"fear": level})) for a, length, level in spans]
    curve = felt(said, np.arange(0, 16, 0.01)).get("fear", np.zeros(2))
    assert curve.min() >= 0 and curve.max() <= max((level for *_, level in spans), default=0) + 1e-12
    assert np.abs(np.diff(curve)).max() < 0.1


def test_an_apex_is_never_frozen_and_differs_between_seeds():
    def smile(seed: int) -> np.ndarray:
        return animated(Expression(seed=seed), scene(20, emotions=((0, 20, "happy:0.8"),)))["mouthSmileLeft"][50:]

    one, other = smile(0), smile(1)
    assert 0.01 < one.std() / one.mean() < 0.15
    assert not np.allclose(one, other, atol=0.01)
    assert (np.abs(np.diff(one)) > 0).all()


def test_regions_feel_apart_and_mixtures_add_up():
    motion = face("brows=angry:0.8,mouth=happy:0.8")
    assert motion["browDownLeft"] > 0.6 and motion["mouthSmileLeft"] > 0.6 and motion["cheekSquintLeft"] == 0
    both = face("happy:0.4,surprise:0.4")
    assert both["mouthSmileLeft"] > 0.2 and both["browOuterUpLeft"] > 0.2
    assert max(combine([animated(Expression(), scene(2, emotions=((0, 2, "happy:1,fear:1,sad:1"),)))]).values[-1]) <= 1


def test_feeling_needs_no_more_past_than_it_asks_for():
    times = np.arange(10, 12, 0.04)
    old = [Span(a, b, Emotion.parse(e)) for a, b, e in MOODS[:6]]
    seen = [s for s in old if s.stop > times[0] - BEHIND]
    for name, curve in felt(seen, times).items():
        assert np.array_equal(curve, felt(old, times)[name])

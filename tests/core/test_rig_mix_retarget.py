from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.core.errors import BadInput, WrongUse
from mien.core.mix import CORNERS_GIVE_WAY, GIVE_WAY, combine, mix, together
from mien.core.plan import Plan
from mien.core.retarget import OPENERS, retargeted
from mien.core.rig import ARKIT, ARTICULATION, FACE, FULL, GAZE, HEAD, Channel, Motion, Rig
from mien.testing import example_plans, random_ticks

MOUTH = Rig("mouth", tuple(c for c in FACE.channels if c.rule == "yield"))


def motion(rig: Rig, **channels: float) -> Motion:
    values = np.tile(rig.rest, (3, 1))
    for name, value in channels.items():
        values[:, rig.find(name)] = value
    return Motion(values, Fraction(25), 0, rig)


def test_arkit_has_its_52_channels() -> None:
    assert len(FACE) == 52 == len(set(FACE.names))


def test_a_rig_refuses_a_channel_named_twice() -> None:
    with pytest.raises(WrongUse, match="names channels twice: a"):
        Rig("twice", (Channel("a"), Channel("b"), Channel("a")))


def test_over_replaces_its_own_channels_and_keeps_the_others() -> None:
    both = motion(GAZE, gazeYaw=0.3).over(motion(FULL, gazeYaw=0.1, jawOpen=0.5))
    assert both.rig.names == FULL.names
    assert np.allclose(both["gazeYaw"], 0.3) and np.allclose(both["jawOpen"], 0.5)


def test_over_refuses_motion_of_other_frames() -> None:
    with pytest.raises(BadInput, match=r"0..3 at 25 over 1..4 at 25"):
        motion(FACE).over(motion(FACE).at(1))


def test_contributions_add_up_and_are_clipped() -> None:
    parts = [motion(FACE, browInnerUp=0.4, cheekPuff=0.7), motion(FACE, browInnerUp=0.3, cheekPuff=0.7)]
    assert np.allclose(combine(parts)["browInnerUp"], 0.7)
    assert np.allclose(combine(parts)["cheekPuff"], 1.0)


def test_emotion_on_the_mouth_gives_way_to_speech_and_not_elsewhere() -> None:
    lips = motion(MOUTH + ARTICULATION, speaking=1, mouthSmileLeft=0.2)
    smile = motion(FACE, mouthSmileLeft=0.5, mouthUpperUpLeft=0.5, cheekSquintLeft=0.5)
    both = combine([lips, smile])
    assert np.allclose(both["mouthSmileLeft"], 0.2 + 0.5 * (1 - CORNERS_GIVE_WAY))
    assert np.allclose(both["mouthUpperUpLeft"], 0.5 * (1 - GIVE_WAY))
    assert np.allclose(both["cheekSquintLeft"], 0.5)


def test_the_last_gaze_wins_and_the_strongest_contact() -> None:
    first = motion(GAZE + ARTICULATION, gazeYaw=0.2, lipSeal=0.9)
    both = combine([first, motion(GAZE + ARTICULATION, gazeYaw=-0.1, lipSeal=0.2)])
    assert np.allclose(both["gazeYaw"], -0.1) and np.allclose(both["lipSeal"], 0.9)


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_seal_1_means_closed_whatever_else_is_driven(seed: int) -> None:
    chance = np.random.default_rng(seed)
    parts = [Motion(chance.uniform(r.low, r.high, (2, len(r))), Fraction(25), 0, r) for r in (FULL, FACE, MOUTH)]
    everything = combine(parts)
    values = everything.values.copy()
    values[:, FULL.find("lipSeal")] = 1
    plain = retargeted(everything.with_values(values), ARKIT)
    assert np.array_equal(plain["mouthClose"], plain["jawOpen"])
    for name in OPENERS:
        assert not plain[name].any()


@given(st.integers(0, 10**6))
def test_without_a_seal_a_face_passes_through_retargeting_unchanged(seed: int) -> None:
    face = Motion(np.random.default_rng(seed).random((2, 52), np.float32), Fraction(25), 0, FACE)
    assert np.array_equal(retargeted(face, FACE).values, face.values)


def test_gaze_becomes_eyelook_and_comes_back() -> None:
    given_ = motion(FULL, gazeYaw=0.2, gazePitch=-0.15, headYaw=0.1, headRoll=0.05)
    looks = retargeted(given_, FACE + HEAD)
    assert looks["eyeLookOutLeft"][0] > 0.1 and looks["eyeLookOutRight"][0] == 0
    again = retargeted(looks, HEAD + GAZE)
    assert np.allclose(again["gazeYaw"], 0.2, atol=1e-5) and np.allclose(again["gazePitch"], -0.15, atol=1e-5)


def test_eyes_stay_on_the_camera_while_the_head_turns() -> None:
    looks = retargeted(motion(FULL, headYaw=0.3), FACE)
    assert looks["eyeLookOutRight"][0] == pytest.approx(0.3 / 0.61, abs=1e-3)  # head to its left, eyes to its right
    assert looks["eyeLookInLeft"][0] == pytest.approx(0.3 / 0.61, abs=1e-3)


def test_rest_stays_rest_in_every_rig() -> None:
    for rig in (FULL, ARKIT, FACE, HEAD, GAZE):
        assert np.array_equal(retargeted(Motion.at_rest(2, rate=25), rig).values, np.tile(rig.rest, (2, 1)))


class Ramp:
    """Writes the frame number into one channel, in chunks of its own size."""

    def __init__(self, name: str, size: int) -> None:
        self.rig, self.ahead, self.size = FACE.only([name]), 0.0, size

    def animate(self, plans):
        whole = [p for plan in plans for p in range(plan.start, plan.stop)]
        values = np.array(whole, np.float32)[:, None] / 1000
        yield from Motion(values, Fraction(25), 0, self.rig).split(self.size)


def test_generators_of_different_chunk_sizes_stay_on_the_same_frames() -> None:
    out = Motion.join(mix(example_plans(random_ticks(100, 1)), [Ramp("jawOpen", 7), Ramp("cheekPuff", 16)]))
    assert (out.start, out.stop) == (0, 100)
    assert np.array_equal(out["jawOpen"], out["cheekPuff"])
    assert np.allclose(out["jawOpen"], np.arange(100) / 1000)


def test_no_generators_is_rest() -> None:
    assert np.array_equal(Motion.join(mix(example_plans([5, 6]), [])).values, Motion.at_rest(11, rate=25).values)


def test_together_stops_with_the_shortest_stream() -> None:
    long, short = motion(FACE), motion(FACE).cut(0, 2)
    assert [c[0].stop for c in together([iter([long]), iter([short])])] == [2]


def test_plans_know_their_time() -> None:
    plan: Plan = example_plans([10, 15])[1]
    assert (plan.begin, plan.end) == (0.4, 1.0)

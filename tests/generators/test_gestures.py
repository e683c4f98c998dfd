import itertools

import numpy as np
import pytest

from mien.core.cues import CUES
from mien.core.mix import combine
from mien.core.plan import Cue, Span
from mien.core.rig import FULL, Motion
from mien.generators.blinks import Blinks
from mien.generators.breath import Breath
from mien.generators.gaze import DEGREE, Gaze
from mien.generators.gestures import RIG, Gestures, acted
from mien.generators.head import Head
from mien.generators.phrases import AHEAD
from mien.testing import animated, check_generator
from tests.generators.scenes import scene, talk

AT = 3.0
"""Seconds: when the cue of a test begins."""

EVERYTHING = tuple((0.7 + 0.63 * i, 0.7 + 0.63 * i + (0 if i % 3 else 1.1), name) for i, name in enumerate(CUES))
"""Every cue, the next begun before the last is done, some of them held."""

WHO = {"look": Gaze, "blink": Blinks, "breath": Breath, "turn back": None}
"""Cues that others than Gestures act out."""


def face(*cues: tuple[float, float, str], seconds: float = 8.0, rate: int = 100, seed: int = 0, who=Gestures) -> Motion:
    return animated(who(seed=seed), scene(seconds, rate=rate, cues=cues))


def test_it_keeps_the_contract():
    check_generator(Gestures())


@pytest.mark.parametrize("generator", [Gestures, Gaze, Blinks, Breath, Head])
def test_motion_is_the_same_however_cues_are_cut(generator):
    what = {"cues": (*EVERYTHING, (2.0, 20.0, "turn left"), (5.0, 5.0, "turn back"))}
    whole = animated(generator(seed=3), scene(28, **what))
    for tick in (1, 7, 40):
        assert np.array_equal(animated(generator(seed=3), scene(28, tick=tick, **what)).values, whole.values), tick


@pytest.mark.parametrize("name", CUES)
def test_every_cue_is_acted_out_by_somebody_and_is_over_in_time(name):
    who = next((w for start, w in WHO.items() if name.startswith(start)), Gestures)
    if who is None:
        return
    told, idle = face((AT, AT, name), who=who), face(who=who)
    moved = np.abs(told.values - idle.values).max(axis=1) > 1e-6
    if who is not Gestures:
        assert moved.any()
        return
    assert not moved[: int((AT - AHEAD) * 100)].any()  # nothing before it can be known
    assert moved[int((AT + 0.05) * 100)]  # and it is there with its word
    assert not told.values[int((AT + CUES[name].seconds + 2) * 100) :].any()


def test_nothing_jumps_whatever_cue_comes_upon_another():
    values = face(*EVERYTHING, seconds=30).values
    step = np.abs(np.diff(values, axis=0)).max(axis=0)
    fast = {n: s for n, s in zip(RIG.names, step, strict=True) if s > (0.02 if n.startswith("head") else 0.22)}
    assert not fast
    bend = np.abs(np.diff(values, 2, axis=0)).max(axis=0)
    assert bend.max() < 0.08  # no corner: the speed does not jump either


def test_a_nod_goes_down_once_swings_past_and_dies_away():
    pitch = face((AT, AT, "nod"))["headPitch"] / DEGREE
    low = int(pitch.argmax())
    assert AT < low / 100 < AT + 0.5
    assert 6 < pitch[low] < 10
    after = pitch[low:]
    assert -0.35 * pitch[low] < after.min() < -0.1 * pitch[low]
    assert np.abs(after[int(after.argmin()) + 20 :]).max() < 0.1 * pitch[low]


def test_a_longer_span_nods_on_and_ever_less():
    pitch = face((AT, AT + 2.9, "nod"))["headPitch"] / DEGREE
    peaks = [i for i in range(1, len(pitch) - 1) if pitch[i - 1] < pitch[i] >= pitch[i + 1] and pitch[i] > 3]
    assert len(peaks) == 4
    assert all(pitch[a] > pitch[b] for a, b in itertools.pairwise(peaks))


def test_a_shake_goes_to_both_sides_and_nowhere_else():
    motion = face((AT, AT, "shake"))
    yaw = motion["headYaw"] / DEGREE
    assert yaw.max() > 5 and yaw.min() < -5
    assert np.abs(motion["headPitch"]).max() < 0.2 * np.abs(motion["headYaw"]).max()


def test_left_is_the_characters_own():
    assert face((AT, AT, "turn left"))["headYaw"].max() > 10 * DEGREE
    assert face((AT, AT, "tilt left"))["headRoll"].min() < -6 * DEGREE
    assert face((AT, AT, "wink left"))["eyeBlinkLeft"].max() > 0.99
    assert face((AT, AT, "look left"), who=Gaze)["gazeYaw"].max() > 15 * DEGREE


def test_a_held_turn_stays_until_it_is_taken_back_even_long_after():
    held = face((AT, AT + 9, "turn left"), seconds=16)["headYaw"] / DEGREE
    assert (held[int((AT + 1) * 100) : int((AT + 8.8) * 100)] > 11).all()
    assert abs(held[-1]) < 1e-6
    back = face((AT, AT + 11, "turn left"), (AT + 2, AT + 2, "turn back"), seconds=16)["headYaw"] / DEGREE
    assert back[int((AT + 1.5) * 100)] > 11
    assert np.abs(back[int((AT + 3) * 100) :]).max() < 1e-6


def test_a_wink_is_one_lid_with_its_cheek_and_no_blink_comes_into_it():
    told = scene(60, rate=50, cues=tuple((1.0 + 0.9 * i, 1.0 + 0.9 * i, "wink left") for i in range(64)))
    winks = animated(Gestures(), told)
    blinks = animated(Blinks(), told)
    winking = winks["eyeBlinkLeft"] > 0.3
    assert winking.sum() > 300
    assert winks["eyeBlinkRight"].max() == 0
    assert blinks["eyeBlinkRight"][winking].max() < 0.35
    assert (winks["cheekSquintLeft"][winking] > 0.1).all()


def test_who_winks_without_being_told_which_eye_mostly_has_a_favourite():
    favourites = set()
    for seed in range(8):
        motion = face(*((1.0 * i, 1.0 * i, "wink") for i in range(1, 31)), seconds=32, rate=25, seed=seed)
        left = sum(motion["eyeBlinkLeft"][25 * i : 25 * i + 20].max() > 0.8 for i in range(1, 31))
        assert left >= 20 or left <= 10
        favourites.add(left > 15)
    assert favourites == {True, False}


def test_a_laugh_shakes_shoulders_and_jaw_in_one_rhythm_under_a_smile():
    motion = face((AT, AT, "laugh"))
    during = slice(int((AT + 0.2) * 100), int((AT + 1.5) * 100))
    shoulders, jaw = motion["shoulderUpLeft"][during], motion["jawOpen"][during]
    beats = sum(a < b >= c for a, b, c in zip(shoulders, shoulders[1:], shoulders[2:], strict=False))
    assert 4 <= beats <= 8
    assert np.corrcoef(shoulders, jaw)[0, 1] > 0.5
    assert motion["mouthSmileLeft"][during].max() > 0.5 and motion["cheekSquintLeft"][during].max() > 0.4


def test_a_sigh_is_a_breath_in_and_a_longer_one_out():
    chest = face((AT, AT, "sigh"), who=Breath)["breath"]
    top = int(chest[: int((AT + 1.2) * 100)].argmax())
    assert AT + 0.4 < top / 100 < AT + 1.0
    assert chest[top] > 0.85 and chest[top + 170] < 0.15
    lids = face((AT, AT, "sigh"))["eyeBlinkLeft"]
    assert 0.2 < lids.max() < 0.5 and lids.argmax() / 100 > AT + 0.8


def test_a_commanded_look_wins_and_is_handed_back_by_a_saccade():
    spoken = talk(60)
    cues = ((10.0, 14.0, "look left"), (20.0, 25.0, "look camera"), (30.0, 30.0, "look up"))
    gaze = animated(Gaze(seed=2), scene(60, rate=100, phones=spoken, cues=cues)).values / DEGREE
    assert (gaze[1010:1390, 1] > 14).all()
    assert (np.abs(gaze[2010:2490]) < 3).all()
    assert gaze[3050, 0] < -9
    assert (np.abs(gaze[1410:1420]) < 4).all()  # back on the viewer
    assert len(np.unique(gaze[1010:1390, 1])) > 1  # and alive meanwhile


def test_the_head_goes_a_little_with_a_commanded_look_and_the_rest_of_the_talk_is_untouched():
    plain, told = (
        animated(Head(seed=2), scene(20, rate=50, cues=cues))["headYaw"] / DEGREE
        for cues in ((), ((8.0, 10.0, "look left"),))
    )
    assert 1 < (told - plain)[int(9.5 * 50)] < 9
    assert np.array_equal(plain[: int(7.8 * 50)], told[: int(7.8 * 50)])


def test_a_blink_comes_when_it_is_called_even_at_the_very_beginning():
    for at in (0.0, 2.0, 4.7):
        lids = animated(Blinks(seed=1), scene(8, rate=100, cues=((at, at, "blink"),)))["eyeBlinkLeft"]
        assert lids[int(at * 100) : int(at * 100) + 20].max() > 0.95


def test_amounts_scale_and_a_strong_turn_stays_within_what_a_photo_shows():
    times = np.arange(0, 8, 0.01)
    sizes = [
        float(np.degrees(acted([Span(AT, AT + 2, Cue("turn left", amount))], times, 0)[:, RIG.index["headYaw"]].max()))
        for amount in (0.5, 1.0, 1.5)
    ]
    assert sizes == sorted(sizes) and abs(sizes[1] - 2 * sizes[0]) < 1e-6
    for seed in range(30):
        turn = acted([Span(AT, AT + 2, Cue("turn left", 1.5))], times, seed)[:, RIG.index["headYaw"]]
        assert np.degrees(turn.max()) < 22


def test_seeds_vary_a_gesture_and_no_two_nods_are_the_same():
    first, other = (face((AT, AT, "nod"), seed=seed)["headPitch"] for seed in (1, 2))
    assert not np.array_equal(first, other) and np.corrcoef(first, other)[0, 1] > 0.8
    pitch = face((2.0, 2.0, "nod"), (5.0, 5.0, "nod"))["headPitch"]
    assert not np.array_equal(pitch[150:400], pitch[450:700])


def test_an_interruption_lets_go_of_what_is_held_without_a_jump():
    from dataclasses import replace

    def heard(ended: bool) -> Motion:
        plans = scene(12, rate=50, tick=10, cues=((2.0, 11.0, "nod"), (2.0, 11.0, "laugh"), (2.0, 11.0, "turn left")))
        if ended:
            plans = [replace(p, epoch=1) if p.begin >= 5 else p for p in plans]
        return animated(Gestures(seed=1), plans)

    cut, whole = heard(True), heard(False)
    assert np.array_equal(cut.values[: int(4.9 * 50)], whole.values[: int(4.9 * 50)])
    allowed = np.abs(np.diff(whole.values, axis=0)).max(axis=0) * 1.6 + 1e-3
    assert (np.abs(np.diff(cut.values, axis=0)) <= allowed).all()
    assert np.abs(cut.values[int(8.5 * 50) :]).max() < 1e-6


def test_with_everything_at_once_the_face_stays_within_its_ranges():
    plans = scene(30, rate=25, cues=EVERYTHING)
    motion = combine([animated(g(seed=0), plans) for g in (Gestures, Gaze, Blinks, Breath, Head)], FULL)
    assert (motion.values <= FULL.high).all() and (motion.values >= FULL.low).all()

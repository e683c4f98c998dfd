import itertools

import numpy as np
import pytest

from mien.core.rig import HEAD
from mien.core.style import Style
from mien.generators.gaze import DEGREE
from mien.generators.head import Head
from mien.generators.phrases import Accents
from mien.testing import animated, check_generator, example_plans
from tests.generators.scenes import MOODS, scene, talk

FASTEST = 66.0
"""Degrees a second, at 25 frames a second under SMOOTH. The fastest moments of six people who speak calmly are 25 to 49
(StyleTalk, ten to thirty seconds each), of twelve clips of strong styles 17 to 142; these are twelve minutes."""

SMOOTH = np.hanning(13)[1:-1] / np.hanning(13)[1:-1].sum()


def turns(seconds: float, *, seed: int = 0, rate: int = 50, **what: object) -> np.ndarray:
    """(n, 3) pitch, yaw, roll in degrees."""
    return animated(Head(seed=seed), scene(seconds, rate=rate, **what)).values[:, :3] / DEGREE  # type: ignore[arg-type]


def speed(angles: np.ndarray, rate: float = 50) -> np.ndarray:
    """Root mean square, degrees per second."""
    return np.sqrt((np.diff(angles, axis=0) ** 2).mean(axis=0)) * rate


def test_it_keeps_the_contract():
    check_generator(Head())


@pytest.mark.parametrize("pace", [0.3, 3.0])
def test_it_keeps_the_contract_at_any_pace(pace):
    check_generator(Head(style=Style(pace=pace)))
    what = {"emotions": MOODS, "phones": talk(14)}
    whole = animated(Head(style=Style(pace=pace)), scene(14, **what))
    assert np.array_equal(animated(Head(style=Style(pace=pace)), scene(14, tick=1, **what)).values, whole.values)


def test_a_slow_pace_slows_nods_and_postures_too():
    spoken = scene(60, phones=talk(60), rate=50)
    slow, usual = (speed(animated(Head(style=Style(pace=pace)), spoken).values[:, :3]).mean() for pace in (0.3, 1))
    assert slow < 0.64 * usual  # .70 where the wandering alone is slower


def test_motion_is_the_same_however_quick_moods_and_talk_are_cut():
    what = {"emotions": MOODS, "phones": talk(14)}
    whole = animated(Head(), scene(14, **what))
    for tick in (1, 7, 40):
        assert np.array_equal(animated(Head(), scene(14, tick=tick, **what)).values, whole.values)


def test_a_speaker_keeps_facing_the_camera():
    angles = turns(300, phones=talk(300))
    assert (np.abs(angles) < [5, 6, 5]).mean() > 0.9
    for seed in range(1, 9):  # whatever the temperament, a photo bears it
        assert (np.abs(turns(60, phones=talk(60), seed=seed)).max(axis=0) < [11, 15, 11]).all()
    assert np.abs(angles.mean(axis=0)).max() < 1


def test_speed_lies_between_dead_and_hectic():
    speaking, silent = speed(turns(120, phones=talk(120))), speed(turns(120))
    assert ((speaking > 2.0) & (speaking < 9.0)).all()
    assert (silent < speaking).all() and (silent > 0.8).all()


def test_it_never_jumps():
    angles = turns(120, phones=talk(120), rate=100)
    assert np.abs(np.diff(angles, axis=0)).max() * 100 < 60
    assert np.abs(np.diff(angles, n=2, axis=0)).max() * 100**2 < 1200


def test_accents_are_nodded_to_within_a_tenth_of_a_second():
    """The head is lower at stressed vowels than half a second from them, on the average over seeds."""
    plan = example_plans([3000])[0]
    found = [a.start for a in Accents().follow(plan, since=0) if a.strength > 0.5]
    assert len(found) > 20
    pitch = np.mean([animated(Head(seed=s), [plan])["headPitch"] for s in range(12)], axis=0)
    lags = np.arange(-0.4, 0.5, 0.04)
    at = [np.mean([pitch[int((t + 0.06 + lag) * 25)] for t in found[2:-2]]) for lag in lags]
    assert abs(lags[int(np.argmax(at))]) <= 0.1


def test_strong_accents_raise_the_brows_and_nothing_does_in_silence():
    motion = animated(Head(), example_plans([1500]))
    assert 0.1 < motion["browInnerUp"].max() <= 0.4
    assert not animated(Head(), scene(20))["browInnerUp"].any()


def test_feelings_have_their_postures():
    def mean(emotion: str) -> dict[str, float]:
        motion = animated(Head(), scene(60, phones=talk(60), emotions=((0, 60, emotion),)))
        return {name: float(motion[name][50:].mean()) for name in HEAD.names}

    neutral = mean("neutral")
    assert mean("sad:0.8")["headPitch"] > neutral["headPitch"] + 0.06
    assert mean("surprise:0.8")["headPitch"] < neutral["headPitch"] - 0.03
    assert mean("angry:0.8")["headZ"] > neutral["headZ"] + 0.006 > neutral["headZ"] > mean("fear:0.8")["headZ"] + 0.006


def test_sadness_slows_and_joy_enlarges():
    def pace(emotion: str) -> float:
        return float(speed(turns(60, phones=talk(60), emotions=((0, 60, emotion),))[100:]).mean())

    assert pace("sad:0.8") < 0.8 * pace("neutral") < 0.8 * pace("happy:0.8") / 1.1


def test_the_neck_moves_the_head_it_turns():
    motion = animated(Head(), scene(60, phones=talk(60)))
    assert np.corrcoef(motion["headRoll"], motion["headX"])[0, 1] < -0.99
    assert 0.001 < np.abs(motion["headX"]).max() < 0.01


def test_seeds_move_otherwise_and_a_seed_moves_the_same_at_every_rate():
    what = {"phones": talk(20)}
    slow, quick = turns(20, rate=20, **what), turns(20, rate=60, **what)
    assert np.allclose(slow, quick[1::3], atol=1e-4)
    assert np.abs(turns(20, seed=1, rate=20, **what) - slow).mean() > 0.5


def test_nothing_jumps_between_speech_and_silence_or_at_a_clause():
    """Within 0.3 s of a phrase's edges the head is never faster than elsewhere, nor than people are."""
    fastest = 0.0
    for seed in range(6):
        spoken = talk(120, phrase=1.5, pause=1.2)
        angles = turns(120, phones=spoken, seed=seed, rate=25)
        angles = np.stack([np.convolve(axis, SMOOTH, "same") for axis in angles.T], axis=1)[6:-6]
        steps = np.linalg.norm(np.diff(angles, axis=0), axis=1) * 25
        edges = [a for (_, b), (a, _) in itertools.pairwise(spoken) if a - b > 0.5]
        edges += [b for (_, b), (a, _) in itertools.pairwise(spoken) if a - b > 0.5]
        near = np.concatenate([steps[int((e - 0.3) * 25) - 6 : int((e + 0.3) * 25) - 6] for e in edges])
        assert np.quantile(near, 0.99) < 1.5 * np.quantile(steps, 0.99)
        fastest = max(fastest, float(steps.max()))
    assert fastest < FASTEST


def test_temperaments_differ_as_people_do_and_seed_zero_is_in_their_middle():
    speeds = np.array([speed(turns(40, phones=talk(40), seed=s)) for s in range(16)])
    spread = np.log(speeds).std(axis=0)
    assert (spread > 0.15).all() and (spread < 0.6).all()
    assert (np.abs(np.log(speeds[0]) - np.median(np.log(speeds), axis=0)) < 0.3).all()


def test_no_take_repeats_another_or_itself():
    takes = [turns(30, phones=talk(30), seed=s) for s in range(5)]
    for a, b in itertools.combinations(takes, 2):
        assert np.sqrt(((a - b) ** 2).sum(axis=1).mean()) > 1.0  # degrees: as far as independent ones are
    one = turns(240, phones=talk(240), rate=25)[:, 1]
    pieces = [one[i : i + 100] - one[i : i + 100].mean() for i in range(0, len(one) - 100, 50)]
    alike = max(abs(np.corrcoef(a, b)[0, 1]) for i, a in enumerate(pieces) for b in pieces[i + 2 :])
    assert alike < 0.97

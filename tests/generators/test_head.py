import numpy as np

from mien.core.rig import HEAD
from mien.generators.gaze import DEGREE
from mien.generators.head import Head
from mien.generators.phrases import accents
from mien.testing import animated, check_generator, example_plans
from tests.generators.scenes import MOODS, scene, talk


def turns(seconds: float, *, seed: int = 0, rate: int = 50, **what: object) -> np.ndarray:
    """(n, 3) pitch, yaw, roll in degrees."""
    return animated(Head(seed=seed), scene(seconds, rate=rate, **what)).values[:, :3] / DEGREE  # type: ignore[arg-type]


def speed(angles: np.ndarray, rate: float = 50) -> np.ndarray:
    """Root mean square, degrees per second."""
    return np.sqrt((np.diff(angles, axis=0) ** 2).mean(axis=0)) * rate


def test_it_keeps_the_contract():
    check_generator(Head())


def test_motion_is_the_same_however_quick_moods_and_talk_are_cut():
    what = {"emotions": MOODS, "phones": talk(14)}
    whole = animated(Head(), scene(14, **what))
    for tick in (1, 7, 40):
        assert np.array_equal(animated(Head(), scene(14, tick=tick, **what)).values, whole.values)


def test_a_speaker_keeps_facing_the_camera():
    angles = turns(300, phones=talk(300))
    assert (np.abs(angles) < [4, 5, 3]).mean() > 0.9
    assert np.abs(angles).max() < 10
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
    found = [a.start for a in accents(plan, since=0) if a.strength > 0.5]
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

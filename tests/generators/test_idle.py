import numpy as np

from mien.core.mix import mix
from mien.core.rig import Motion
from mien.generators.blinks import Blinks
from mien.generators.breath import Breath
from mien.generators.expression import Expression
from mien.generators.gaze import Gaze
from mien.generators.head import Head
from mien.generators.idle import GESTURES, Idle, gestures
from mien.testing import animated, check_generator
from tests.generators.scenes import MOODS, scene, talk


def everything(seconds: float, *, seed: int = 0) -> Motion:
    makers = (Expression, Blinks, Gaze, Head, Breath, Idle)
    return Motion.join(list(mix(scene(seconds, tick=5), [make(seed=seed) for make in makers])))


def test_it_keeps_the_contract():
    check_generator(Idle())


def test_motion_is_the_same_however_quick_moods_and_talk_are_cut():
    what = {"emotions": MOODS, "phones": talk(14)}
    whole = animated(Idle(), scene(14, **what))
    for tick in (1, 7, 40):
        assert np.array_equal(animated(Idle(), scene(14, tick=tick, **what)).values, whole.values)


def test_a_minute_of_silence_never_repeats_and_never_freezes():
    values = everything(60).values
    assert len(np.unique(values, axis=0)) == len(values)
    assert (np.abs(np.diff(values, axis=0)).max(axis=1) > 1e-5).all()
    window = 50  # no two seconds are like any other two seconds
    moving = values[:, values.std(axis=0) > 1e-4]
    moving = (moving - moving.mean(0)) / moving.std(0)
    pieces = np.stack([moving[i : i + window].ravel() for i in range(0, len(moving) - window, 10)])
    distances = np.linalg.norm(pieces[:, None] - pieces[None], axis=2) / np.sqrt(pieces.shape[1])
    apart = np.abs(np.subtract.outer(np.arange(len(pieces)), np.arange(len(pieces)))) >= 5
    assert distances[apart].min() > 0.5


def test_idle_stays_below_an_expression():
    motion = animated(Idle(), scene(300))
    faces = [n for n in motion.rig.names if motion.rig.channels[motion.rig.find(n)].unit == "weight"]
    assert all(motion[n].max() < 0.5 and motion[n].mean() < 0.06 for n in faces)
    assert np.abs(motion["torsoYaw"]).max() < 0.05


def test_gestures_wait_for_speech_to_be_over():
    loud = animated(Idle(), scene(60, phones=tuple((0.1 * i, 0.1 * i + 0.1) for i in range(600))))
    quiet = animated(Idle(), scene(60))
    assert quiet["mouthRollLower"].max() > 0.1 and loud["mouthRollLower"][25:].max() < 0.01


def test_every_gesture_is_drawn_sooner_or_later():
    seen = set(gestures(np.arange(0, 600, 0.04), 0))
    assert seen == {channel for gesture in GESTURES for channel in gesture.peaks}
    assert abs(sum(g.share for g in GESTURES) - 1) < 1e-9

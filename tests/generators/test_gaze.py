import itertools

import numpy as np

from mien.generators.gaze import DEGREE, ON_CAMERA, SACCADE_BASE, SACCADE_SLOPE, Gaze, Looks
from mien.testing import animated, check_generator
from tests.generators.scenes import MOODS, scene, talk


def looks(seconds: float, *, seed: int = 0, **what: object) -> np.ndarray:
    """(n, 2) pitch and yaw, degrees, 500 a second."""
    return animated(Gaze(seed=seed), scene(seconds, rate=500, **what)).values / DEGREE  # type: ignore[arg-type]


def on_camera(gaze: np.ndarray) -> float:
    return float((np.abs(gaze) < ON_CAMERA / DEGREE).all(axis=1).mean())


def test_it_keeps_the_contract():
    check_generator(Gaze())


def test_motion_is_the_same_however_quick_moods_and_talk_are_cut():
    what = {"emotions": MOODS, "phones": talk(14)}
    whole = animated(Gaze(), scene(14, **what))
    for tick in (1, 7, 40):
        assert np.array_equal(animated(Gaze(), scene(14, tick=tick, **what)).values, whole.values)


def test_a_speaker_looks_at_the_camera_two_thirds_of_the_time_and_more_in_silence():
    speaking = on_camera(looks(400, phones=talk(400)))
    silent = on_camera(looks(400))
    assert 0.58 < speaking < 0.76
    assert speaking < silent < 0.88


def test_eyes_rest_in_fixations_and_jump_by_the_main_sequence():
    gaze = looks(120)
    moving = (np.abs(np.diff(gaze, axis=0)) > 1e-7).any(axis=1)
    assert moving.mean() < 0.06  # never drifting
    edges = np.flatnonzero(np.diff(np.concatenate([[False], moving, [False]]).astype(int)))
    begin, end = edges[::2], edges[1::2]
    for a, b in zip(begin, end, strict=True):
        size = np.linalg.norm(gaze[b] - gaze[a])
        assert abs((b - a) / 500 - (SACCADE_BASE + SACCADE_SLOPE * DEGREE * size)) < 0.006
    fixations = (begin[1:] - end[:-1]) / 500
    assert fixations.min() > 0.1 and fixations.max() <= 3.0
    assert 0.3 < np.median(fixations) < 1.5


def test_looks_stay_within_what_eyes_do_without_the_head():
    gaze = looks(300, emotions=((0, 300, "sad:1"),))
    assert np.abs(gaze[:, 1]).max() <= 12.5 and gaze[:, 0].min() > -8 and gaze[:, 0].max() < 16


def test_sadness_looks_down_and_anger_stares():
    def share_and_height(emotion: str) -> tuple[float, float]:
        gaze = looks(300, phones=talk(300), emotions=((0, 300, emotion),))
        return on_camera(gaze), float(gaze[:, 0].mean())

    neutral, sad, angry = (share_and_height(e) for e in ("neutral", "sad:0.8", "angry:0.8"))
    assert sad[0] < neutral[0] < angry[0]
    assert sad[1] > neutral[1] + 1


def test_eyes_leave_at_the_start_of_a_thought_and_come_back_at_its_end():
    spoken = talk(600, phrase=2.5, pause=0.8)
    gaze = looks(600, phones=spoken)
    away = (np.abs(gaze) >= ON_CAMERA / DEGREE).any(axis=1)
    starts = [a for (_, b), (a, _) in itertools.pairwise(spoken) if a - b > 0.5]
    stops = [b for (_, b), (a, _) in itertools.pairwise(spoken) if a - b > 0.5]
    after_start = np.mean([away[int((t + 0.15) * 500)] for t in starts])
    after_stop = np.mean([away[int((t + 0.25) * 500)] for t in stops])
    assert after_start > 0.45 > 0.1 > after_stop


def test_seeds_look_elsewhere_and_a_seed_looks_the_same_at_every_rate():
    plans = scene(30, rate=25), scene(30, rate=60)
    one, other = (Looks(5).follow(p[0]) for p in plans)
    assert [f for f in one if f.start < 29] == [f for f in other if f.start < 29]
    assert Looks(6).follow(plans[0][0])[1:5] != one[1:5]

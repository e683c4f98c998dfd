import itertools

import numpy as np
import pytest

from mien.core.mix import combine
from mien.core.rig import FULL, Motion
from mien.generators.blinks import AT_REST, LOG_MEAN, LOG_SD, Blinks
from mien.generators.gaze import Looks
from mien.testing import animated, check_generator
from tests.generators.scenes import MOODS, scene, talk


def lids(seconds: float, *, rate: int = 100, seed: int = 0, **what: object) -> np.ndarray:
    return animated(Blinks(seed=seed), scene(seconds, rate=rate, **what))["eyeBlinkLeft"]  # type: ignore[arg-type]


def starts_and_stops(closed: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    shut = np.concatenate([[False], closed > 0, [False]])
    return np.flatnonzero(shut[1:] & ~shut[:-1]) / rate, np.flatnonzero(~shut[1:] & shut[:-1]) / rate


def test_it_keeps_the_contract():
    check_generator(Blinks())


def test_motion_is_the_same_however_quick_moods_and_talk_are_cut():
    what = {"emotions": MOODS, "phones": talk(14)}
    whole = animated(Blinks(), scene(14, **what))
    for tick in (1, 7, 40):
        assert np.array_equal(animated(Blinks(), scene(14, tick=tick, **what)).values, whole.values)


@pytest.mark.parametrize("rate", [10, 15, 24, 25, 30, 50, 60])
def test_every_full_blink_shuts_both_lids_on_some_frame(rate):
    motion = animated(Blinks(seed=3), scene(240, rate=rate))
    for side in ("Left", "Right"):
        closed = motion[f"eyeBlink{side}"]
        begin, end = starts_and_stops(closed, 1)
        peaks = np.array([closed[int(a) : int(b)].max() for a, b in zip(begin, end, strict=True)])
        assert (peaks > 0.99).mean() > 0.8
        assert not ((peaks > 0.72) & (peaks < 0.999)).any()


def test_gaps_are_log_normal_with_the_spread_of_captured_ones():
    begin, end = starts_and_stops(lids(3000, tick=3000), 100)
    gaps = np.log(begin[1:] - end[:-1])
    assert abs(gaps.mean() - (LOG_MEAN + np.log(AT_REST))) < 0.25
    assert abs(gaps.std() - LOG_SD) < 0.2
    per_minute = len(begin) / 50
    assert 12 < per_minute < 24


def test_people_blink_more_when_they_speak_and_in_fear():
    def rate(**what: object) -> int:
        return len(starts_and_stops(lids(300, **what), 100)[0])

    assert rate(phones=talk(300)) > 1.15 * rate()
    assert rate(emotions=((0, 300, "fear:1"),)) > 1.3 * rate() > 1.6 * rate(emotions=((0, 300, "angry:1"),))


def test_lids_shut_faster_than_they_open():
    closed = lids(60, rate=1000)
    begin, end = starts_and_stops(closed, 1)
    blink = next(closed[int(a) : int(b)] for a, b in zip(begin, end, strict=True) if closed[int(a) : int(b)].max() == 1)
    down, up = np.flatnonzero(blink == 1)[[0, -1]]
    assert 60 < down < 100 and 20 < up - down < 45 and 140 < len(blink) - up < 200


def test_blinks_are_drawn_to_the_ends_of_phrases():
    spoken = talk(600)
    begin, _ = starts_and_stops(lids(600, phones=spoken), 100)
    stops = np.array([b for (_, b), (a, _) in itertools.pairwise(spoken) if a - b > 0.2])
    near = np.mean([np.any((t - stops >= 0) & (t - stops < 0.2)) for t in begin])
    shifted = np.mean([np.any((t - 1.5 - stops >= 0) & (t - 1.5 - stops < 0.2)) for t in begin])
    assert near > 2 * shifted


def test_blinks_are_drawn_to_shifts_of_gaze():
    plan = scene(600)[0]
    looks = Looks(0).follow(plan)
    far = [b.start for a, b in itertools.pairwise(looks) if np.hypot(b.yaw - a.yaw, b.pitch - a.pitch) > 0.14]
    begin, _ = starts_and_stops(lids(600), 100)
    with_shift = np.mean([np.abs(np.array(far) - t).min() < 0.06 for t in begin])
    assert with_shift > 0.2


def test_left_and_right_are_near_but_not_equal():
    motion = animated(Blinks(), scene(60, rate=60))
    difference = np.abs(motion["eyeBlinkLeft"] - motion["eyeBlinkRight"])
    assert 0 < difference.max() < 0.3


def test_wide_eyes_shut_when_they_blink():
    names = FULL.names
    wide = Motion.at_rest(2, rate=25).values.copy()
    wide[:, [names.index("eyeWideLeft"), names.index("eyeWideRight")]] = 0.9
    blink = Motion.at_rest(2, rate=25).values.copy()
    blink[1, [names.index("eyeBlinkLeft"), names.index("eyeBlinkRight")]] = 1
    rest = Motion.at_rest(2, rate=25)
    mixed = combine([rest.with_values(wide), rest.with_values(blink)])
    assert mixed["eyeWideLeft"].tolist() == [pytest.approx(0.9), 0]

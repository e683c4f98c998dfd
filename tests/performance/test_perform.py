import threading
import time
from fractions import Fraction

import numpy as np
import pytest

from mien.core.frame import Frame
from mien.core.rig import FACE, FULL, Motion
from mien.core.track import Audio, sample_at
from mien.core.windows import windows
from mien.performance.perform import drawn, moved, perform, segments_from_motion, sounded
from mien.testing import example_plans, random_ticks


class Loud:
    """A generator that waits for the future: jawOpen is the loudness 0.3 s later."""

    rig, ahead = FACE.only(["jawOpen"]), 0.3

    def animate(self, plans):
        for window in windows(plans, ahead=self.ahead):
            index = np.floor((window.times + 0.29) * 100).astype(int) - window.prosody.start
            values = window.prosody.loudness[np.clip(index, 0, len(window.prosody) - 1)]
            yield Motion(values[:, None], window.rate, window.start, self.rig)


class Counting:
    """A renderer whose pictures are the jaw, and which can fail."""

    rig = FACE

    def __init__(self, fail_at: int = -1) -> None:
        self.fail_at = fail_at

    def render(self, motions, *, workers=1):
        for motion in motions:
            for i, jaw in enumerate(motion["jawOpen"]):
                if motion.start + i == self.fail_at:
                    raise RuntimeError("no paint")
                yield Frame(np.full((2, 2, 3), round(jaw * 255), np.uint8), motion.start + i, motion.rate)


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(60)])
def test_every_segment_holds_the_sound_and_pictures_of_its_own_frames(rate: Fraction) -> None:
    plans = example_plans(random_ticks(200, 3), rate=rate)
    segments = list(perform(plans, [Loud()], Counting()))
    at = 0
    for segment in segments:
        assert segment.start == at
        assert [f.index for f in segment.frames] == list(range(segment.start, segment.stop))
        assert segment.audio.start == sample_at(segment.start, rate, 16000)
        assert segment.audio.stop == sample_at(segment.stop, rate, 16000)
        assert [round(float(j) * 255) for j in segment.motion["jawOpen"]] == [f.image[0, 0, 0] for f in segment.frames]
        at = segment.stop
    assert at == 200


def test_streams_and_clips_give_the_same_motion() -> None:
    whole = Motion.join(s.motion for s in moved(example_plans([200]), [Loud()]))
    for seed in range(3):
        cut = Motion.join(s.motion for s in perform(example_plans(random_ticks(200, seed)), [Loud()]))
        assert np.array_equal(cut.values, whole.values)


def test_a_renderer_that_fails_ends_the_performance_with_its_own_error_and_no_threads() -> None:
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="no paint"):
        list(perform(example_plans([10] * 20), [Loud()], Counting(fail_at=50)))
    until = time.monotonic() + 1
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_other_sound_is_laid_under_from_its_beginning_and_ends_in_silence() -> None:
    motion = Motion.at_rest(100, rate=25)
    sound = Audio(np.arange(1, 1001) / 2000, Fraction(500))  # 2 of 4 seconds
    out = Audio.join(s.audio for s in sounded(segments_from_motion(motion, 7), sound.split(130)))
    assert len(out) == 2000
    assert np.array_equal(out.values[:1000], sound.values) and not out.values[1000:].any()


def test_ready_motion_becomes_segments_from_time_zero() -> None:
    motion = Motion.at_rest(23, rate="30000/1001", start=90)
    segments = list(drawn(segments_from_motion(motion, 5), Counting()))
    assert [s.start for s in segments] == [0, 5, 10, 15, 20]
    assert sum(len(s.frames) for s in segments) == 23
    assert segments[0].motion.rig == FULL

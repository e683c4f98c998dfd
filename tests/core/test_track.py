from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.core.errors import BadInput
from mien.core.rig import FACE, Motion
from mien.core.track import Audio, Track, frame_at, rate_from, resampled, sample_at

RATES = [Fraction(r) for r in range(10, 61)] + [Fraction(24000, 1001), Fraction(30000, 1001)]


@pytest.mark.parametrize("rate", RATES)
def test_frames_share_out_ten_minutes_of_samples_without_gap_or_drift(rate: Fraction) -> None:
    for sample_rate in (16000, 24000, 44100, 48000):
        frames = int(600 * rate)
        edges = [sample_at(i, rate, sample_rate) for i in range(frames + 1)]
        sizes = np.diff(edges)
        assert sizes.max() - sizes.min() <= 1
        assert abs(edges[-1] - frames * sample_rate / rate) <= 0.5


@given(st.sampled_from(RATES), st.integers(0, 10**6))
def test_a_frame_covers_its_own_beginning(rate: Fraction, frame: int) -> None:
    assert frame_at(frame / rate, rate) == frame
    assert frame_at(float(frame / rate), rate) == frame


@given(st.integers(1, 200), st.integers(1, 50), st.integers(-100, 100))
def test_split_then_join_is_the_same_track(n: int, size: int, start: int) -> None:
    track = Track(np.random.default_rng(n).random((n, 2), np.float32), Fraction(25), start)
    again = Track.join(track.split(size))
    assert (again.start, again.stop) == (start, start + n)
    assert np.array_equal(again.values, track.values)


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_a_cut_lies_within_what_was_asked_for_and_what_there_is(a: int, b: int) -> None:
    part = Track(np.arange(20.0), Fraction(25), 5).cut(a, b)
    assert part.start >= 5 and part.stop <= 25
    assert np.array_equal(part.values, np.arange(part.start, part.stop) - 5)


def test_a_track_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Audio(np.zeros(4), Fraction(16000)).values[0] = 1


def test_chunks_with_a_gap_do_not_join() -> None:
    with pytest.raises(BadInput, match="do not follow each other: 4 then 5"):
        Audio.join([Audio.silence(4, 10), Audio.silence(4, 10, 5)])


def test_a_rounded_ntsc_rate_is_the_exact_one() -> None:
    assert rate_from(29.97002997) == Fraction(30000, 1001)
    assert rate_from("24000/1001") == Fraction(24000, 1001)


def test_resampling_keeps_a_straight_line_straight() -> None:
    line = np.linspace(0, 1, 50, dtype=np.float32)[:, None]
    out = resampled(line, Fraction(25), Fraction(60))
    assert len(out) == 120
    assert np.allclose(np.diff(out[3:-3, 0]), 1 / 49 * 25 / 60, atol=1e-6)


def test_resampling_motion_down_and_up_again_keeps_slow_motion() -> None:
    values = np.tile(np.sin(np.linspace(0, 6, 100))[:, None] * 0.4 + 0.5, (1, len(FACE)))
    motion = Motion(values, Fraction(50), 0, FACE)
    again = motion.resample(25).resample(50)
    assert np.abs(again.values - motion.values)[2:-2].max() < 0.01

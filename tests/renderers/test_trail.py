"""What hangs comes after the head, swings a little, and is still in the end."""

from itertools import pairwise

import numpy as np
import pytest

from mien.core.rig import Motion
from mien.renderers.portrait import Portrait
from mien.renderers.portrait.trail import CUT, Trail


def turning(frames: int, rate: float) -> np.ndarray:
    """(n, 6) a head that turns by .2 rad in a third of a second, and then stays."""
    t = np.clip(np.arange(frames) / rate / 0.33, 0, 1)
    out = np.zeros((frames, 6))
    out[:, 1] = 0.2 * t * t * (3 - 2 * t)
    return out


def test_it_is_late_swings_over_once_and_comes_to_rest_exactly() -> None:
    head = turning(150, 25)
    hair = Trail().follow(head, 25)[:, 1]
    late = np.argmax(hair > 0.1) - np.argmax(head[:, 1] > 0.1)
    assert 1 <= late <= 4
    assert 0.2 < hair.max() < 0.23
    assert hair[-1] == np.float32(0.2)


def test_stretches_one_by_one_are_as_the_whole() -> None:
    head = turning(60, 25)
    whole, parts = Trail().follow(head, 25), Trail()
    pieces = [parts.follow(head[start : start + n], 25) for start, n in ((0, 1), (1, 7), (8, 30), (38, 22))]
    assert np.array_equal(np.concatenate(pieces), whole)


@pytest.mark.parametrize("rate", [10, 24, 60])
def test_it_swings_alike_at_every_frame_rate(rate: int) -> None:
    fine = Trail().follow(turning(360, 120), 120)[:, 1]
    hair = Trail().follow(turning(3 * rate, rate), rate)[:, 1]
    at = np.round(np.arange(3 * rate) * 120 / rate).astype(int)
    assert np.abs(hair - fine[at]).max() < 0.02


def test_a_head_that_does_not_move_trails_nothing_and_a_cut_does_not_swing() -> None:
    still = np.full((20, 6), 0.05)
    assert np.array_equal(Trail().follow(still, 25), still.astype(np.float32))
    jump = np.zeros((20, 6))
    jump[10:] = 2 * CUT
    assert np.array_equal(Trail().follow(jump, 25), jump.astype(np.float32))


def test_after_a_turn_the_picture_settles_to_the_photo_without_a_jump() -> None:
    portrait = Portrait(size=256)
    motion = Motion.at_rest(70, rate=25, rig=portrait.rig)
    values = motion.values.copy()
    values[2:12, portrait.rig.find("headYaw")] = 0.1 * np.sin(np.linspace(0, np.pi, 10))
    frames = [frame.image.astype(int) for frame in portrait.render([motion.with_values(values)])]
    changes = [np.abs(a - b).mean() for a, b in pairwise(frames[12:])]
    assert max(changes[8:]) < 0.2  # the last of it fades, and never pops
    assert np.array_equal(frames[-1], portrait.scene.photo)

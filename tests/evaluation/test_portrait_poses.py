"""What a portrait is put through: the poses are those that were asked for, and readings are judged as they should be."""

import numpy as np
import pytest

from mien.core.rig import FULL
from mien.evaluation.poses import CHANNELS, LEVELS, POSES, channel_read, obeyed, posed, steps
from mien.face.landmarks import find_faces
from mien.renderers.portrait import Portrait


def test_forty_poses_ask_only_for_channels_that_there_are() -> None:
    assert len(POSES) == 40
    for pose in (*POSES, *(step for channel in CHANNELS for step in steps(channel))):
        for name, value in pose.items():
            column = FULL.find(name)
            assert FULL.low[column] <= value <= FULL.high[column]


@pytest.mark.parametrize(
    ("readings", "r", "rises"),
    [
        (LEVELS, 1, 1), ([0, 0.2, 0.195, 0.3, 0.5], 0.95, 1), ([0, 0.5, 0.2, 0.6, 0.8], 0.85, 0), ([0] * 5, 0, 0),
        ([0, np.nan, 0.5, 0.7, 1], 0, 0), ([1, 0.75, 0.5, 0.25, 0], -1, 0),
    ],
)  # fmt: skip
def test_a_channel_obeys_when_it_rises_at_every_step(readings: list[float], r: float, rises: float) -> None:
    found = obeyed(np.array(readings, np.float64))
    assert found["channel r"] == pytest.approx(r, abs=0.06)
    assert found["channel steps"] == rises


def test_a_jaw_that_opens_is_read_to_open() -> None:
    portrait = Portrait(size=384)
    rest = find_faces(portrait.scene.photo)[0]
    faces = [find_faces(image)[0] for image in posed(portrait, steps("jawOpen")[:4])]
    assert (np.diff(channel_read("jawOpen", faces, rest)) > 0.05).all()

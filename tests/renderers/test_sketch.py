"""The drawn reference face shows what is in the motion."""

import numpy as np
import pytest

from mien.core.errors import WrongUse
from mien.core.rig import Motion
from mien.renderers.sketch import Pose, Sketch, eye_shape, mouth_shape
from mien.testing import check_renderer


def test_sketch_keeps_the_contract_of_a_renderer():
    check_renderer(Sketch(size=64))


def test_sealed_lips_have_no_gap_whatever_else_is_driven():
    chance = np.random.default_rng(0)
    for _ in range(50):
        pose = Pose(dict(zip(Sketch.rig.names, chance.random(len(Sketch.rig)), strict=True)) | {"lipSeal": 1.0})
        inner, _ = mouth_shape(pose)
        upper, lower = inner[: len(inner) // 2], inner[len(inner) // 2 :][::-1]
        assert np.abs(upper - lower).max() < 1e-9


def test_a_wider_jaw_shows_a_wider_mouth_and_a_blink_shuts_the_eye():
    gaps = [np.ptp(mouth_shape(Pose({"jawOpen": jaw}))[0][:, 1]) for jaw in (0.1, 0.4, 0.9)]
    assert gaps == sorted(gaps)
    shut = eye_shape(Pose({"eyeBlinkLeft": 1.0}), 1)
    assert np.abs(shut[:24, 1] - shut[24:, 1][::-1]).max() < 1e-9


@pytest.mark.parametrize("channel", ["jawOpen", "browInnerUp", "headYaw", "gazeYaw", "breath", "mouthSmileLeft"])
def test_every_kind_of_channel_is_visible(channel):
    motion = Motion.at_rest(2, rate=25)
    values = motion.values.copy()
    values[1, motion.rig.find(channel)] = 0.5
    rest, moved = Sketch().render([motion.with_values(values)])
    assert not np.array_equal(rest.image, moved.image)


def test_an_odd_size_is_refused():
    with pytest.raises(WrongUse, match="even"):
        Sketch(size=255)

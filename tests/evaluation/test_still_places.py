"""What the portrait suite counts as still: where nobody is, whatever the renderer's own matte says."""

import cv2
import numpy as np
import pytest

from mien.core.rig import FULL, Motion
from mien.evaluation.metrics.picture import flicker
from mien.evaluation.suites.portrait import drawn, empty_places, strands
from mien.renderers.portrait import PHOTO, Portrait

SIZE = 256


@pytest.fixture(scope="module")
def still():
    return empty_places(PHOTO, SIZE)


def nodding(portrait):
    """As far as heads move in talk."""
    values = np.tile(FULL.rest, (6, 1))
    values[:, FULL.find("headYaw")] = 0.06 * np.sin(np.arange(6))
    values[:, FULL.find("headPitch")] = 0.04 * np.cos(np.arange(6))
    return drawn(portrait, Motion(values, 25))


def test_behind_a_head_that_moves_nothing_flickers_and_a_wobble_of_a_quarter_pixel_is_caught(still):
    frames = nodding(Portrait(size=SIZE))
    assert still.mean() > 0.25
    assert flicker(frames, still) == 0
    moves = [np.float32([[1, 0, 0.25 * (i % 2)], [0, 1, 0]]) for i in range(len(frames))]
    wobble = [cv2.warpAffine(f, move, (SIZE, SIZE)) for f, move in zip(frames, moves, strict=True)]
    assert flicker(wobble, still) > 0.1


def test_a_renderer_that_takes_the_background_for_the_person_is_caught(still, tmp_path, monkeypatch):
    monkeypatch.setattr("mien.renderers.portrait.portrait.cache_folder", lambda: tmp_path)
    monkeypatch.setattr("mien.renderers.portrait.prepare.refined_alpha", lambda image, mask: np.ones_like(mask))
    assert flicker(nodding(Portrait(size=SIZE)), still) > 0.1


def test_a_dark_strand_that_reaches_to_somebody_is_hair_and_what_stands_apart_is_background():
    image = np.full((SIZE, SIZE, 3), 200, np.uint8)
    person = np.zeros((SIZE, SIZE), bool)
    person[128:] = True
    image[100:130, 60:62] = image[60:110, 180:182] = 20
    found = strands(image, person, 100.0)
    assert found[105, 60] and not found[80, 180]

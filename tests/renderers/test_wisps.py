"""Strands of hair outside the mask, on made-up pictures."""

import cv2
import numpy as np
import pytest

from mien.renderers.portrait.wisps import mixed, wisps

SIDE, TALL = 240, 100.0
SKY, HAIR = (200, 215, 235), (40, 30, 25)


@pytest.fixture
def head():
    """A dark round head before a bright sky, and its mask."""
    image = np.full((SIDE, SIDE, 3), SKY, np.uint8)
    alpha = np.zeros((SIDE, SIDE), np.float32)
    cv2.circle(image, (120, 120), 60, HAIR, -1)
    cv2.circle(alpha, (120, 120), 60, 1.0, -1)
    return image, alpha


def test_a_dark_strand_that_begins_at_the_hair_belongs_to_it(head):
    image, alpha = head
    cv2.line(image, (120, 65), (128, 50), HAIR, 2)
    found = wisps(image, alpha, TALL)
    assert found[53:56, 124:128].max() > 0.8
    assert found[:, :100][alpha[:, :100] == 0].max() == 0


def test_where_the_mask_half_believes_a_strand_it_is_hair_wholly(head):
    image, alpha = head
    cv2.line(image, (120, 65), (128, 50), (20, 12, 8), 6)
    cv2.line(alpha, (120, 65), (128, 50), 0.4, 6)
    assert np.maximum(alpha, wisps(image, alpha, TALL))[53:56, 124:128].min() > 0.9


def test_a_strand_that_does_not_touch_the_hair_is_somebody_elses(head):
    image, alpha = head
    cv2.line(image, (120, 52), (120, 46), HAIR, 2)
    assert wisps(image, alpha, TALL).max() == 0


def test_a_rope_of_another_colour_is_no_hair(head):
    image, alpha = head
    cv2.line(image, (120, 65), (128, 50), (190, 60, 20), 2)
    assert wisps(image, alpha, TALL).max() < 0.3


def test_before_a_restless_background_nothing_is_guessed(head):
    image, alpha = head
    for x in range(3, SIDE, 12):
        cv2.line(image, (x, 0), (x, 54), HAIR, 2)
    cv2.line(image, (120, 65), (128, 50), HAIR, 2)
    assert wisps(image, alpha, TALL)[alpha == 0].max() == 0


@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_with_nobody_or_nothing_else_there_are_none(head, fill):
    image, alpha = head
    assert wisps(image, np.full_like(alpha, fill), TALL).max() == 0


def test_a_mixture_is_taken_apart_into_its_share():
    front, back = (np.full((1, 5, 3), c, np.float32) for c in (0.1, 0.9))
    share = np.random.default_rng(0).random((1, 5, 1), np.float32)
    found, wrong = mixed(share * front + (1 - share) * back, front, back)
    assert np.allclose(found, share[..., 0], atol=1e-6)
    assert wrong.max() < 1e-6

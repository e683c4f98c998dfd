"""Teeth that are drawn beside those that the photo shows."""

import numpy as np

from mien.renderers.portrait.mouth import ENOUGH_SHOWN, FURTHEST_OFF, IN_FRONT, enamel, teeth_shown

WHITE = np.array([214, 178, 125], np.float32)
"""In golden light."""


def photo_of_teeth(colour: np.ndarray, pixels: int) -> tuple[np.ndarray, np.ndarray]:
    photo, plate = np.full((16, 16, 3), 90, np.uint8), np.zeros((16, 16), np.float32)
    photo.reshape(-1, 3)[:pixels], plate.reshape(-1)[:pixels] = np.clip(colour, 0, 255), 1
    return photo, plate


def test_teeth_keep_the_colour_of_enamel_where_the_photo_shows_none_or_hardly_any() -> None:
    for pixels in (0, ENOUGH_SHOWN - 1):
        assert np.array_equal(teeth_shown(*photo_of_teeth(np.array([200, 60, 60]), pixels), WHITE), np.ones(3))


def test_teeth_are_drawn_as_those_that_the_photo_shows() -> None:
    lit = IN_FRONT * enamel(WHITE, np.ones(1, np.float32))[0]
    assert np.allclose(teeth_shown(*photo_of_teeth(lit, 80), WHITE), 1, atol=0.02)
    assert np.allclose(teeth_shown(*photo_of_teeth(0.9 * lit, 80), WHITE), 0.9, atol=0.02)


def test_what_is_taken_for_teeth_and_is_none_changes_them_a_little_only() -> None:
    low, high = FURTHEST_OFF
    for colour in (np.array([5, 5, 5]), np.array([255, 255, 255])):
        shown = teeth_shown(*photo_of_teeth(colour, 80), WHITE)
        assert (shown >= low - 1e-6).all() and (shown <= high + 1e-6).all()

"""What is drawn between the lips: teeth beside those that the photo shows, and the outline of the hole."""

import numpy as np

from mien.renderers.portrait.inside import without_notches
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


def test_notches_are_gone_beside_the_corners_and_nothing_is_touched_in_the_middle() -> None:
    hole = np.zeros((30, 100), np.float32)
    hole[8:22, 8:92] = 1
    saw, corners = hole.copy(), np.array([[4, 15], [96, 15]], np.float32)
    for column in (6, 10, 93):  # teeth two pixels wide, out of the outline
        saw[4:26, column : column + 2] = 1
    saw[4:8, 50:52] = 1
    smooth = without_notches(saw, corners, 5)
    assert saw[:7, :20].sum() > 0 and smooth[:7, :20].sum() == 0 and smooth[:, 92:].sum() == 0
    assert np.array_equal(smooth[:, 35:65], saw[:, 35:65])
    assert np.array_equal(without_notches(saw, corners, 1), saw)

"""Wisps of hair that a mask does not know: thin dark strands that begin at the person, before a calm background."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait.layers import spread

Image = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]

THIN, SHORT, REACH, BEYOND = 0.035, 0.025, (0.14, 0.2), 0.22
"""Face heights: how thick a strand is at most; how far it comes out at least, for the mask's own rim is no strand; up
to where it is believed wholly, and at all; from where on what is dark and thin says how restless the background is."""

FAINT, RESTLESS, CONTRAST, STRANGE = 0.04, 5.0, 0.15, 0.1
"""Of colours of 0..1: how much darker than its surroundings a strand is at least, and than the background's own thin
dark things, times; how far apart hair and background are taken to be at least; and how far a strand's colour may be
from any mixture of the two."""

WHOLE = 0.3
"""Share of hair from which a place goes along wholly: the background, which is calm there, does no harm to come too,
while the hair's own colour is not known apart from it and would pale."""

SOFT = 0.7
"""Pixels over which a strand's edge is soft."""


def wisps(image: Image, alpha: Array, tall: float) -> Array:
    """(h, w) 0..1 how much of each place a strand of hair covers that begins at what is person already.

    image : (h, w, 3); alpha : (h, w) how much person; tall : face height, pixels
    """
    colour = image.astype(np.float32) / np.float32(255)
    sure = (alpha > 0.5).astype(np.uint8)
    if not sure.any() or sure.all():
        return np.zeros_like(alpha)
    perhaps = cv2.dilate((alpha > FAINT).astype(np.uint8), np.ones((3, 3), np.uint8))
    beside = spread(colour, (1 - perhaps).astype(np.float32))
    width = 2 * round(THIN * tall) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    behind = cv2.morphologyEx(np.where(perhaps[..., None] > 0, beside, colour), cv2.MORPH_CLOSE, disc)
    darker = (behind - colour).mean(-1)
    away = cv2.distanceTransform(1 - sure, cv2.DIST_L2, 5) / tall
    quiet = spread(np.abs(darker)[..., None], (away > BEYOND).astype(np.float32))[..., 0]
    hair = spread(colour, cv2.erode(sure, np.ones((5, 5), np.uint8)).astype(np.float32))
    share, wrong = mixed(colour, hair, behind)
    strand = (away < REACH[1]) & (wrong < STRANGE)
    strand &= darker > FAINT + RESTLESS * cv2.GaussianBlur(quiet, (0, 0), 0.1 * tall)
    count, labels = cv2.connectedComponents((strand & (sure == 0)).astype(np.uint8), connectivity=8)
    length = np.zeros(count)
    np.maximum.at(length, labels, away)
    rooted = length > SHORT
    rooted[np.setdiff1d(labels, labels[cv2.dilate(sure, np.ones((3, 3), np.uint8)) > 0])] = False
    rooted[0] = False
    fade = np.clip((REACH[1] - away) / (REACH[1] - REACH[0]), 0, 1)
    halves = strand & (sure > 0) & (alpha < 1)
    whole = np.clip(share / WHOLE, 0, 1) * fade * (rooted[labels] | halves)
    return np.asarray(cv2.GaussianBlur(whole, (0, 0), SOFT), np.float32)


def mixed(colour: Array, front: Array, back: Array) -> tuple[Array, Array]:
    """(h, w) how much of the front's colour (h, w, 3) a colour has in it, the rest being the back's; and what that
    leaves unsaid. Colours that hardly differ count as CONTRAST apart; up to twice the front's own depth is the front.
    """
    apart = front - back
    share = ((colour - back) * apart).sum(-1) / np.maximum((apart**2).sum(-1), 3 * CONTRAST**2)
    share = np.clip(share, 0, 2)
    wrong = np.abs(colour - back - share[..., None] * apart).max(-1)
    return np.minimum(share, 1).astype(np.float32), wrong.astype(np.float32)

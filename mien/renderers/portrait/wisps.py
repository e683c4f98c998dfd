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


def wisps(image: Image, alpha: Array, tall: float) -> Array:
    """(h, w) 0..1 how much of each place a strand of hair covers that begins at what is person already.

    image : (h, w, 3); alpha : (h, w) how much person; tall : face height, pixels
    """
    colour = image.astype(np.float32) / np.float32(255)
    sure = (alpha > 0.5).astype(np.uint8)
    if not sure.any() or sure.all():
        return np.zeros_like(alpha)
    beside = spread(colour, 1 - cv2.dilate(sure, np.ones((3, 3), np.uint8)).astype(np.float32))
    width = 2 * round(THIN * tall) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    behind = cv2.morphologyEx(np.where(alpha[..., None] > 0.1, beside, colour), cv2.MORPH_CLOSE, disc)
    darker = (behind - colour).mean(-1)
    away = cv2.distanceTransform(1 - sure, cv2.DIST_L2, 5) / tall
    quiet = spread(np.abs(darker)[..., None], (away > BEYOND).astype(np.float32))[..., 0]
    hair = spread(colour, cv2.erode(sure, np.ones((5, 5), np.uint8)).astype(np.float32))
    share, wrong = mixed(colour, hair, behind)
    strand = (away < REACH[1]) & (wrong < STRANGE)
    strand &= darker > FAINT + RESTLESS * cv2.GaussianBlur(quiet, (0, 0), 0.1 * tall)
    seeds = alpha > 0.3
    count, labels = cv2.connectedComponents((strand & ~seeds).astype(np.uint8), connectivity=8)
    length = np.zeros(count)
    np.maximum.at(length, labels, away)
    rooted = length > SHORT
    rooted[0] = False
    beside_hair = cv2.dilate(seeds.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    rooted[np.setdiff1d(labels, labels[beside_hair])] = False
    fade = np.clip((REACH[1] - away) / (REACH[1] - REACH[0]), 0, 1)
    return np.asarray(np.where(rooted[labels], share * fade, 0), np.float32)


def mixed(colour: Array, front: Array, back: Array) -> tuple[Array, Array]:
    """(h, w) how much of the front's colour (h, w, 3) a colour has in it, the rest being the back's; and what that
    leaves unsaid. Colours that hardly differ count as CONTRAST apart.
    """
    apart = front - back
    share = ((colour - back) * apart).sum(-1) / np.maximum((apart**2).sum(-1), 3 * CONTRAST**2)
    share = np.asarray(np.clip(share, 0, 1), np.float32)
    return share, np.asarray(np.abs(colour - back - share[..., None] * apart).max(-1), np.float32)

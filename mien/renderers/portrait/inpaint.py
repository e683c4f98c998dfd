"""What lies behind a person's outline: other pieces of the same background, fitted in from coarse to fine."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait import kernels_patch
from mien.renderers.portrait.kernels_patch import RADIUS

Image = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

LEVELS = (96, 160, 320)
"""Sides of the pictures that are completed one after the other; the last one's matches are taken to full size."""

ROUNDS = (8, 5, 3)
"""Searches and votes per level."""


def completed(guess: Image, hole: Flags, unknown: Flags) -> Image:
    """The picture with a hole filled by pieces from elsewhere in it.

    guess : (s, s, 3) the picture with a first idea in the hole
    hole : (s, s) to fill; unknown : (s, s) not to take pieces from, such as the person
    """
    side = guess.shape[0]
    source: npt.NDArray[np.int32] | None = None
    filled = guess
    for level, rounds in zip((*LEVELS, side), (*ROUNDS, 1), strict=True):
        if level > side:
            continue
        small = cv2.resize(filled, (level, level), interpolation=cv2.INTER_AREA).astype(np.float32)
        here = cv2.resize(hole.astype(np.uint8), (level, level), interpolation=cv2.INTER_NEAREST) > 0
        away = cv2.resize(unknown.astype(np.float32), (level, level), interpolation=cv2.INTER_AREA) > 0.02
        source = _complete_level(small, here, away | here, source, rounds)
        if source is None:
            return guess
        fine = cv2.resize(np.clip(small, 0, 255), (side, side), interpolation=cv2.INTER_CUBIC)
        filled = np.where(hole[..., None], np.clip(np.rint(fine), 0, 255).astype(np.uint8), guess)
    return filled


def _complete_level(
    image: Array, hole: Flags, unknown: Flags, coarser: npt.NDArray[np.int32] | None, rounds: int
) -> npt.NDArray[np.int32] | None:
    """Fill the hole of one level in place. Returns where each patch came from (h, w, 2), or None without any source."""
    side = image.shape[0]
    inside = np.zeros((side, side), np.bool_)
    inside[RADIUS:-RADIUS, RADIUS:-RADIUS] = True
    square = np.ones((2 * RADIUS + 1, 2 * RADIUS + 1), np.uint8)
    usable = inside & (cv2.dilate(unknown.astype(np.uint8), square) == 0)
    wanted = inside & (cv2.dilate(hole.astype(np.uint8), square) > 0)
    if usable.sum() < 50 or not wanted.any():
        return None
    source = _first_sources(usable) if coarser is None else _finer(coarser, usable)
    targets = np.argwhere(wanted).astype(np.int32)
    cost = np.full((side, side), -1, np.float32)
    out, weight = np.empty_like(image), np.empty((side, side), np.float32)
    for i in range(rounds):
        kernels_patch.measure(image, targets, source, cost)
        if rounds > 1:
            kernels_patch.search(image, targets, usable, source, cost, side // 6, i)
        kernels_patch.vote(image, targets, hole, source, cost, out, weight)
    return source


def _first_sources(usable: Flags) -> npt.NDArray[np.int32]:
    """(h, w, 2) the nearest place to take a patch from."""
    labels = cv2.distanceTransformWithLabels(
        (~usable).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )[1]
    places = np.zeros((labels.max() + 1, 2), np.int32)
    where = np.argwhere(usable)
    places[labels[usable]] = where
    return np.asarray(places[labels], np.int32)


def _finer(coarser: npt.NDArray[np.int32], usable: Flags) -> npt.NDArray[np.int32]:
    """A coarser level's sources for this one; where they fall on something unknown, the nearest known place."""
    side, was = usable.shape[0], coarser.shape[0]
    grid = np.moveaxis(np.mgrid[:was, :was], 0, -1)
    shift = cv2.resize((coarser - grid).astype(np.float32), (side, side), interpolation=cv2.INTER_NEAREST) * side / was
    wanted = np.rint(np.moveaxis(np.mgrid[:side, :side], 0, -1) + shift).astype(np.int32).clip(0, side - 1)
    nearest = _first_sources(usable)
    return np.ascontiguousarray(nearest[wanted[..., 0], wanted[..., 1]])

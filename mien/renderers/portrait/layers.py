"""The photo taken apart: how much of each pixel is person, and what the background is behind them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait.inpaint import completed

REVEALED = 0.11
"""How far behind the outline, in sides, a head that turns by 15 degrees and tilts lets one see."""

DOUBT = (0.1, 0.55)
"""Between these the mask decides by its shape; half-believed background would be carried along as a ghost."""

Image = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]


PASSES = ((0.03, (0.3, 0.7)), (0.012, (0.2, 0.86)))
"""Windows, in sides, in which edges are looked for, the mask being off by the first; and what then is surely not the
person, and surely is."""

BELIEVED, ASTRAY = 0.5, (0.015, 0.03)
"""Mask from which there is a person for sure; and sides beyond it over which what the edges add is given up: the mask
is off by no more, and a background of like colours would be carried along."""

FLAT = 1e-4
"""Variance of colour below which a window has no edge to follow."""

SHARPEST = 1024
"""Pixels at which edges are followed; a larger picture's mask is enlarged from there."""


def refined_alpha(image: Image, mask: Array) -> Array:
    """Sharpen a coarse person mask (h, w) in 0..1 along the picture's own edges (guided filter, He et al. 2010)."""
    scale = SHARPEST / max(image.shape[:2])
    if scale < 1:
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        rough = cv2.resize(mask, small.shape[1::-1], interpolation=cv2.INTER_AREA)
        fine = refined_alpha(np.asarray(small, np.uint8), rough)
        wide = cv2.resize(fine, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        return np.asarray(np.clip(wide, 0, 1), np.float32)
    guide = image.astype(np.float32) / np.float32(255)
    t = np.clip((mask - DOUBT[0]) / (DOUBT[1] - DOUBT[0]), 0, 1)
    alpha = np.asarray(t * t * (3 - 2 * t), np.float32)
    for window, (low, high) in PASSES:
        filtered = _guided(guide, alpha, 2 * round(image.shape[0] * window) + 1)
        alpha = np.asarray(np.clip((filtered - low) / (high - low), 0, 1), np.float32)
    return alpha * _near((mask > BELIEVED).astype(np.uint8))


def _near(sure: npt.NDArray[np.uint8]) -> Array:
    """(h, w) 1 beside what is sure, down to 0 where that is ASTRAY."""
    if not sure.any():
        return np.ones(sure.shape, np.float32)
    away = cv2.distanceTransform(1 - sure, cv2.DIST_L2, 5) / max(sure.shape)
    t = np.clip((away - ASTRAY[0]) / (ASTRAY[1] - ASTRAY[0]), 0, 1)
    return np.asarray(1 - t * t * (3 - 2 * t), np.float32)


def _guided(guide: Array, target: Array, window: int) -> Array:
    """The target (h, w) as a linear function of the guide's three colours in every window."""

    def mean(x: Array) -> Array:
        return np.asarray(cv2.blur(x, (window, window)), np.float32)

    centre, level = mean(guide), mean(target)
    with_target = mean(guide * target[..., None]) - centre * level[..., None]
    covariance = np.empty((*target.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            covariance[..., i, j] = mean(guide[..., i] * guide[..., j]) - centre[..., i] * centre[..., j]
            covariance[..., j, i] = covariance[..., i, j]
    covariance += np.float32(FLAT) * np.eye(3, dtype=np.float32)
    slope = np.asarray(np.linalg.solve(covariance, with_target[..., None])[..., 0], np.float32)
    offset = np.asarray(level - (slope * centre).sum(-1), np.float32)
    return np.asarray((mean(slope) * guide).sum(-1) + mean(offset), np.float32)


def background_behind(image: Image, alpha: Array) -> Image:
    """The picture with the person taken out: beside them by pieces of the background, far inside by a soft blend.

    The first guess mirrors at the outline: that keeps grain and texture, which diffusion would blur into a halo.
    """
    side = image.shape[0]
    reach = max(3, round(side * 0.008))
    person = cv2.dilate((alpha > 0.04).astype(np.uint8), np.ones((reach, reach), np.uint8))
    if person.all():
        return image.copy()
    if not person.any():
        return image.copy()
    smooth = cv2.GaussianBlur(person.astype(np.float32), (0, 0), side * 0.012) > 0.35
    outline = np.maximum(person, smooth.astype(np.uint8))
    depth, labels = cv2.distanceTransformWithLabels(outline, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(outline == 0)
    nearest = np.zeros((labels.max() + 1, 2), np.float32)
    nearest[labels[rows, columns]] = np.stack([columns, rows], 1)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    toward = nearest[labels] - np.stack([x, y], -1)
    toward *= (outline > 0)[..., None]
    toward = cv2.GaussianBlur(toward, (0, 0), side * 0.012)
    mirrored = cv2.remap(
        image, x + 2.1 * toward[..., 0], y + 2.1 * toward[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    soft = spread(image, 1 - person.astype(np.float32))
    landed = cv2.remap(person.astype(np.float32), x + 2.1 * toward[..., 0], y + 2.1 * toward[..., 1], cv2.INTER_LINEAR)
    trust = np.clip(1 - depth / (0.07 * side), 0, 1) * np.clip(1 - 2 * landed, 0, 1)
    trust = cv2.GaussianBlur(trust.astype(np.float32), (0, 0), side * 0.003)[..., None]
    filled = trust * mirrored + (1 - trust) * soft
    edge = cv2.GaussianBlur(person.astype(np.float32), (0, 0), 1.0)[..., None]
    keep = np.where(person[..., None] > 0, np.maximum(edge, 0.5), edge)
    keep = np.where(person[..., None] > 0, np.clip(2 * keep - 0.5, 0, 1), 0)
    guess = np.asarray(np.clip(np.rint(image + keep * (filled - image)), 0, 255), np.uint8)
    band = (person > 0) & (depth < REVEALED * side)
    found = completed(guess, band, person > 0)
    far = ((person > 0) & ~band)[..., None]  # hardly ever seen: what lies before it goes on, softly
    return np.where(far, np.clip(np.rint(spread(found, 1 - far[..., 0].astype(np.float32))), 0, 255), found).astype(
        np.uint8
    )


def spread(image: npt.NDArray[np.uint8] | Array, known: Array) -> Array:
    """Fill what is unknown by ever coarser averages of what is known (push-pull). known : (h, w) in 0..1"""
    levels = [(image.astype(np.float32) * known[..., None], known.astype(np.float32))]
    while max(levels[-1][1].shape) > 1:
        colour, weight = levels[-1]
        size = (max(1, (weight.shape[1] + 1) // 2), max(1, (weight.shape[0] + 1) // 2))
        colour = cv2.resize(colour, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
        weight = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
        levels.append((colour, weight))
    filled = levels[-1][0] / np.maximum(levels[-1][1], 1e-4)[..., None]
    for colour, weight in reversed(levels[:-1]):
        up = cv2.resize(filled, (weight.shape[1], weight.shape[0]), interpolation=cv2.INTER_LINEAR)
        up = up.reshape(weight.shape[0], weight.shape[1], -1)
        sure = np.clip(weight, 0, 1)[..., None]
        filled = colour + (1 - sure) * up
    return np.asarray(filled, np.float32)

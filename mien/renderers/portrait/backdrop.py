"""Another background behind the person: the photo's own out of focus, a colour, a picture, or nothing at all."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mien.core.errors import WrongUse
from mien.renderers.portrait.layers import spread
from mien.renderers.portrait.scene import Scene

Image = npt.NDArray[np.uint8]

KEEP, BLUR, NONE = "keep", "blur", "none"

OUT_OF_FOCUS = 0.02
"""Standard deviation of the blur, sides: a portrait lens at arm's length."""

SURE = 0.97
"""How much person a pixel must be for its colour to be all theirs; what is less has background mixed in."""


def scenes_before(scene: Scene, background: str) -> tuple[Scene, ...]:
    """The scene with another background; for NONE one on black and one on white, whose difference is the alpha.

    background : "keep", "blur", "none", "#rrggbb", or the name of a picture
    Errors: WrongUse for what is none of these; BadInput for a picture that cannot be read.
    """
    if background == KEEP:
        return (scene,)
    if background == NONE:
        return tuple(before(scene, np.full_like(scene.photo, level)) for level in (0, 255))
    return (before(scene, backdrop(scene, background)),)


def backdrop(scene: Scene, background: str) -> Image:
    """(s, s, 3)"""
    if background == BLUR:
        return np.asarray(cv2.GaussianBlur(scene.background, (0, 0), OUT_OF_FOCUS * scene.size), np.uint8)
    if re.fullmatch(r"#[0-9a-fA-F]{6}", background):
        colour = [int(background[i : i + 2], 16) for i in (1, 3, 5)]
        return np.full_like(scene.photo, colour)
    if background.startswith("#") or not Path(background).suffix:
        raise WrongUse(
            f"background must be keep, blur, none, a colour such as #336699 or a picture, got {background!r}"
        )
    from mien.media.picture import read_picture

    return filling(read_picture(background)[..., :3], scene.size)


def filling(image: Image, size: int) -> Image:
    """(size, size, 3) the middle of a picture, as large as fits."""
    h, w = image.shape[:2]
    side = min(h, w)
    y, x = (h - side) // 2, (w - side) // 2
    way = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image[y : y + side, x : x + side], (size, size), interpolation=way), np.uint8)


def before(scene: Scene, background: Image) -> Scene:
    """The same person before another background; their edges lose the colour of the old one."""
    alpha = scene.texture[..., 3].astype(np.float32) / 255
    inside = (alpha >= SURE).astype(np.float32)
    own = spread(scene.texture[..., :3], inside)
    clean = np.where(inside[..., None] > 0, scene.texture[..., :3], np.clip(np.rint(own), 0, 255)).astype(np.uint8)
    m = 2 * scene.margin
    middle = (slice(m, scene.texture.shape[0] - m), slice(m, scene.texture.shape[1] - m))
    size = (scene.size, scene.size)
    share = cv2.resize(alpha[middle], size, interpolation=cv2.INTER_AREA)[..., None]
    person = np.where(share >= SURE, scene.photo, cv2.resize(clean[middle], size, interpolation=cv2.INTER_AREA))
    photo = np.clip(np.rint(share * person + (1 - share) * background), 0, 255).astype(np.uint8)
    return replace(
        scene,
        photo=photo,
        background=background,
        texture=np.ascontiguousarray(np.dstack([clean, scene.texture[..., 3]])),
    )


def cut_out(on_black: Image, on_white: Image) -> Image:
    """(h, w, 4) straight alpha, of two drawings of the same frame."""
    a, b = on_black.astype(np.float32), on_white.astype(np.float32)
    alpha = np.clip(1 - (b - a).mean(axis=2) / 255, 0, 1)
    colour = np.clip(a / np.maximum(alpha, 1 / 255)[..., None], 0, 255)
    return np.dstack([np.rint(colour), np.rint(255 * alpha)]).astype(np.uint8)

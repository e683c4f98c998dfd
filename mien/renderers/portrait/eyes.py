"""The eyes of a photo taken apart: the white without its iris, and the whole iris, also where lids cover it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait.layers import spread
from mien.renderers.portrait.rings import Closure
from mien.renderers.portrait.scene import Eye, Mesh

Array = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]

IRIS = (473, 468)
"""MediaPipe's iris centre on the character's left and right; four points on its rim follow."""

BALL = 0.0121
"""Radius of an adult's eyeball, metres (24.2 mm across, Bekerman et al. 2014)."""


def build_eye(mesh: Mesh, photo: Image, marks: Array, lids: Closure, outline: Array, side: int) -> Eye:
    """outline : (n, 2) of the eye in the photo; side : 0 the character's left, 1 the right"""
    pad = 0.05 * mesh.tall
    low = np.floor(outline.min(0) - pad).astype(int)
    high = np.ceil(outline.max(0) + pad).astype(int)
    x0, y0 = np.maximum(low, 0)
    x1, y1 = np.minimum(high, photo.shape[0])
    cut = photo[y0:y1, x0:x1]
    centre = marks[IRIS[side], :2] - [x0, y0]
    rim = np.linalg.norm(marks[IRIS[side] + 1 : IRIS[side] + 5, :2] - marks[IRIS[side], :2], axis=1)
    radius = float(rim.mean())
    opening = polygon(outline - [x0, y0], cut.shape[:2])
    white = white_plate(cut, opening, centre, radius)
    iris = iris_plate(cut, opening, centre, radius)
    ball = np.array([*marks[IRIS[side], :2], lids_depth(mesh, lids)])
    return Eye(
        lids=lids,
        lashes=np.unique(lids.upper).astype(np.int32),
        around=near_triangles(mesh, outline, 0.12 * mesh.tall),
        box=np.array([x0, y0, x1, y1], np.int32),
        open=cv2.GaussianBlur(cv2.erode(opening, np.ones((3, 3), np.uint8)), (0, 0), 0.7),
        lid=(lid := lid_plate(cut, opening, mesh.tall)),
        veil=veil(cut, lid, opening, mesh.tall),
        white=white,
        iris=iris,
        glint=glint_mask(cut, opening, centre, radius),
        centre=ball.astype(np.float32),
        radius=BALL * mesh.unit,
    )


def lids_depth(mesh: Mesh, lids: Closure) -> float:
    """Depth of the opening, pixels."""
    return float(mesh.points[np.unique(lids.upper), 2].mean())


def near_triangles(mesh: Mesh, outline: Array, pad: float) -> npt.NDArray[np.int32]:
    """Face triangles within a box around an outline."""
    corners = mesh.points[mesh.face][:, :, :2]
    low, high = outline.min(0) - pad, outline.max(0) + pad
    inside = np.all((corners.max(1) > low) & (corners.min(1) < high), axis=1)
    return np.ascontiguousarray(mesh.face[inside])


def polygon(outline: Array, shape: tuple[int, ...]) -> Array:
    """(h, w) 0..1, soft at the edge: inside a closed outline (n, 2)."""
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(mask, np.float32) / np.float32(255)


def disc(shape: tuple[int, ...], centre: Array, radius: float, soft: float) -> Array:
    """(h, w) 1 within radius, 0 beyond radius + soft."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    away = np.hypot(x - centre[0], y - centre[1])
    return np.asarray(np.clip((radius + soft - away) / soft, 0, 1), np.float32)


def white_plate(cut: Image, opening: Array, centre: Array, radius: float) -> Image:
    """The eye without its iris: what is seen of the white, spread inwards and behind the lids."""
    soft = max(1.0, 0.15 * radius)
    core = cv2.erode(opening, np.ones((3, 3), np.uint8))
    known = core * (1 - disc(cut.shape, centre, radius * 1.1, soft))
    known = np.where(known > 0.7, known, 0).astype(np.float32)
    if known.sum() < 6:
        known = opening * 0.2 + 0.01
    luma = cut.astype(np.float32).mean(2)
    bright = np.clip(luma / np.quantile(luma[known > 0], 0.85), 0, 1)  # lashes and shadow are not the white
    filled = spread(cut, (known * bright**6).astype(np.float32))
    clear = np.clip((bright - 0.55) / 0.25, 0, 1)
    seen = (cv2.GaussianBlur(known, (0, 0), 0.7) * known * clear)[..., None]
    return np.asarray(np.clip(np.rint(filled + seen * (cut - filled)), 0, 255), np.uint8)


def lid_plate(cut: Image, opening: Array, tall: float) -> Image:
    """Skin where the eye is: the skin around it spread inwards, leaving out frames, lashes and glare."""
    reach = max(1, round(0.012 * tall))
    near, wide = (cv2.dilate(opening, np.ones((2 * k + 1, 2 * k + 1), np.uint8)) for k in (reach, 4 * reach))
    ring = (near < 0.5) & (wide > 0.5)
    luma = cut.astype(np.float32).mean(2)
    low, high = np.quantile(luma[ring], [0.45, 0.92])
    skin = ring & (luma > low) & (luma < high)
    filled = cv2.GaussianBlur(spread(cut, skin.astype(np.float32)), (0, 0), 0.01 * tall)
    rows = np.flatnonzero(opening.max(1) > 0.5)
    grain = cut - cv2.GaussianBlur(cut, (0, 0), 0.012 * tall).astype(np.float32)
    grain = np.roll(grain, -(np.ptp(rows) + reach), axis=0)  # of the skin below the eye
    down = (np.arange(len(cut)) - rows[0]) / max(1, np.ptp(rows))
    round_ = np.interp(down, [0, 0.35, 0.7, 1.1], [0.84, 1.0, 1.03, 0.88])[:, None, None]
    return np.asarray(np.clip(np.rint((filled + 0.7 * grain) * round_), 0, 255), np.uint8)


STRIP, DARK = (0.014, 0.034), (0.88, 0.62)
"""Face heights above an eye between which lies what a blink stretches; and its share of the skin's brightness at which
it begins to be too dark for that, and is: a brow's shadow, lashes, a deep crease."""


def veil(cut: Image, lid: Image, opening: Array, tall: float) -> float:
    """How much smooth skin has to lie over a lid that shuts, 0..1. lid : (h, w, 3) that skin"""
    high, low = (cv2.dilate(opening, _upwards(reach * tall)) for reach in STRIP[::-1])
    strip = (high > 0.5) & (low < 0.5)
    if not strip.any():
        return 0.0
    share = float(np.median(cut[strip].mean(1)) / max(float(lid[opening > 0.5].mean()), 1.0))
    t = np.clip((DARK[0] - share) / (DARK[0] - DARK[1]), 0, 1)
    return float(t * t * (3 - 2 * t))


def _upwards(reach: float) -> Image:
    """What a dilation is to look at so that it grows upwards alone."""
    up = max(1, round(reach))
    kernel = np.zeros((2 * up + 1, 1), np.uint8)
    kernel[up:] = 1
    return kernel


GLINT = 55.0
"""Levels by which a reflection is brighter than the iris around it."""


def glint_mask(cut: Image, opening: Array, centre: Array, radius: float) -> Array:
    """(h, w) 0..1 the light's reflection in the iris, which stays where the light is when the eye turns."""
    luma = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY).astype(np.float32)
    inside = (disc(cut.shape, centre, 0.85 * radius, 1.0) > 0.5) & (cv2.erode(opening, np.ones((3, 3), np.uint8)) > 0.8)
    if inside.sum() < 12:
        return np.zeros_like(luma)
    bright = inside & (luma > float(np.quantile(luma[inside], 0.6)) + GLINT)
    parts, named = cv2.connectedComponents(bright.astype(np.uint8), connectivity=8)
    core = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    for part in range(1, parts):
        if (named == part)[~core].any():  # the white of the eye, where the iris was taken to be
            bright &= named != part
    if not bright.any() or bright.sum() > 0.3 * inside.sum():  # a pale iris is no reflection
        return np.zeros_like(luma)
    wider = cv2.dilate(bright.astype(np.float32), np.ones((3, 3), np.uint8))
    return np.asarray(np.clip(cv2.GaussianBlur(wider, (0, 0), 0.7), 0, 1), np.float32)


def iris_plate(cut: Image, opening: Array, centre: Array, radius: float) -> npt.NDArray[np.uint8]:
    """The iris with its mask (h, w, 4): what lids hide is completed from the same distance to its middle."""
    shape = cut.shape[:2]
    size = int(np.ceil(radius * 1.6)) + 1
    turns = 64
    angle = np.linspace(0, 2 * np.pi, turns, endpoint=False)
    r = np.arange(size * 2) / 2
    x = (centre[0] + r[None] * np.cos(angle)[:, None]).astype(np.float32)
    y = (centre[1] + r[None] * np.sin(angle)[:, None]).astype(np.float32)
    polar = cv2.remap(cut, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    seen = cv2.remap(cv2.erode(opening, np.ones((3, 3), np.uint8)), x, y, cv2.INTER_LINEAR)
    seen = np.where(seen > 0.6, seen, 0)[..., None]
    mean = (polar * seen).sum(0) / np.maximum(seen.sum(0), 1e-3)
    ring_known = seen.sum(0)[:, 0] > 1.5
    for k in range(1, len(r)):
        if not ring_known[k]:
            mean[k] = mean[k - 1]
    yy, xx = np.mgrid[: shape[0], : shape[1]]
    away = np.hypot(xx - centre[0], yy - centre[1]) * 2
    completed = np.stack([np.interp(away, np.arange(len(r)), mean[:, k]) for k in range(3)], axis=-1)
    sure = cv2.erode(opening, np.ones((3, 3), np.uint8)) * (1 - glint_mask(cut, opening, centre, radius))
    colour = completed + sure[..., None] * (cut - completed)
    mask = disc(cut.shape, centre, radius * 1.02, max(1.0, 0.15 * radius))
    return np.dstack([np.clip(np.rint(colour), 0, 255), np.rint(mask * 255)]).astype(np.uint8)

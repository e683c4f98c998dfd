"""The inside of the mouth: what a photo hardly shows, coloured to fit the photo's light."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.face.head import Head
from mien.renderers.portrait.eyes import near_triangles, polygon
from mien.renderers.portrait.rings import Closure, edge_outline
from mien.renderers.portrait.scene import Eye, Mesh, Mouth

Array = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]

ENAMEL = np.array([0.97, 0.90, 0.78], np.float32)
"""Colour of teeth under white light, relative to the white of an eye: a natural A2 on the Vita scale is yellowish."""

FLESH = {"gums": (0.95, 0.78, 0.76), "tongue": (0.98, 0.80, 0.78), "socket": (0.55, 0.38, 0.36)}
"""Colour inside the mouth relative to the lips' redness under white light."""

GLOSS = {"teeth": 0.35, "gums": 0.25, "tongue": 0.2, "socket": 0.05}
"""Strength of the wet highlight."""

PARTED = 0.02
"""Inner-lip gap, in face heights, from which a mouth counts as open in the photo."""

INNER_LIPS = (13, 14)
OUTER_LIPS = (0, 17)


def build_mouth(head: Head, mesh: Mesh, photo: Image, lips: Closure, marks: Array, eyes: list[Eye]) -> Mouth:
    """The inside, coloured by the photo's eyes and lips."""
    white = eye_white(photo, eyes)
    red = lip_colour(photo, marks)
    albedo = np.zeros((len(mesh.points), 3), np.float32)
    gloss = np.zeros(len(mesh.points), np.float32)
    for part in ("socket", "gums_upper", "gums_lower", "tongue", "teeth_upper", "teeth_lower"):
        ids = np.unique(head.triangles[part])
        kind = part.split("_")[0]
        albedo[ids] = white * ENAMEL if kind == "teeth" else flesh(red, white, kind)
        gloss[ids] = GLOSS[kind]
    tongue = np.unique(head.triangles["tongue"]).astype(np.int32)
    depth = head.neutral[tongue, 2]
    outline = edge_outline(lips, mesh.points)
    return Mouth(
        lips=lips,
        triangles=np.concatenate([head.triangles[p] for p in INSIDE]).astype(np.int32),
        albedo=albedo,
        ambient=light_inside(head),
        gloss=gloss,
        bite=bite_line(head, mesh, lips),
        tongue=tongue,
        along=((depth - depth.min()) / np.ptp(depth)).astype(np.float32),
        plate=open_plate(mesh, outline, photo.shape[0]),
        around=near_triangles(mesh, outline, 0.14 * mesh.tall),
    )


DIM = 0.017
"""Metres behind the front teeth over which light falls to 1/e: the cheeks shade what lies back."""


def light_inside(head: Head) -> Array:
    """(v,) share of light, 0..1: less far behind the teeth, and less where the asset's own occlusion says so."""
    front = head.neutral[np.unique(head.triangles["teeth_upper"]), 2].max()
    behind = np.maximum(front - head.neutral[:, 2], 0)
    reached = np.clip(head.ambient / 0.5, 0, 1) ** 0.4
    return np.asarray(np.exp(-behind / DIM) * (0.45 + 0.55 * reached), np.float32)


INSIDE = ("teeth_upper", "teeth_lower", "gums_upper", "gums_lower", "tongue", "socket")


def eye_white(photo: Image, eyes: list[Eye]) -> Array:
    """(3,) the colour of something white in this face's light, 0..255: the brighter part of the eyes' whites."""
    found = []
    for eye in eyes:
        x0, y0, x1, y1 = eye.box
        outside = (eye.iris[..., 3] == 0) & (eye.open > 0.9)
        found.append(photo[y0:y1, x0:x1][outside])
    pixels = np.concatenate(found).astype(np.float32)
    if len(pixels) < 8:
        return np.array([190, 185, 178], np.float32)
    bright = pixels.mean(1)
    top = pixels[bright >= np.quantile(bright, 0.7)].mean(0)
    grey = top.mean()
    return np.asarray(np.clip(0.6 * top + 0.4 * grey, 60, 235), np.float32)


def lip_colour(photo: Image, marks: Array) -> Array:
    """(3,) of the lower lip's middle, 0..255."""
    inner, outer = marks[INNER_LIPS[1], :2], marks[OUTER_LIPS[1], :2]
    middle = inner + 0.5 * (outer - inner)
    reach = max(2.0, 0.35 * float(np.linalg.norm(outer - inner)))
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]]
    near = np.hypot((x - middle[0]) / 2, y - middle[1]) < reach
    return np.asarray(np.median(photo[near], axis=0), np.float32)


def flesh(red: Array, white: Array, kind: str) -> Array:
    """Moist flesh in this light: between the lips' own colour and a common one under the same white."""
    common = white * np.array([0.72, 0.36, 0.36], np.float32)
    return np.asarray((0.5 * red + 0.5 * common) * np.array(FLESH[kind], np.float32), np.float32)


def bite_line(head: Head, mesh: Mesh, lips: Closure) -> Array:
    """(stations, 3) the edge of the upper teeth behind each station of the lips, at rest."""
    ids = np.unique(head.triangles["teeth_upper"])
    teeth = mesh.points[ids]
    outline = edge_outline(lips, mesh.points)[: len(lips.upper)]
    front = teeth[teeth[:, 2] > np.quantile(teeth[:, 2], 0.5)]
    out = np.empty((len(outline), 3), np.float32)
    along = front[:, :2] @ mesh.down[:2]
    for k, point in enumerate(outline):
        across = np.abs((front[:, :2] - point) @ np.array([-mesh.down[1], mesh.down[0]]))
        near = across < max(0.012 * mesh.tall, np.sort(across)[3])
        edge = front[near][np.argmax(along[near])]
        out[k] = point[0], point[1] + (edge[1] - point[1]), edge[2] + 0.0015 * mesh.unit
    out[:, 1] = cv2.blur(out[:, 1:2], (1, 15), borderType=cv2.BORDER_REPLICATE)[:, 0]
    return out


def open_plate(mesh: Mesh, outline: Array, size: int) -> Array:
    """(size, size) where the photo shows the inside of an open mouth, soft towards the lips; 0 when it is shut."""
    plate = np.zeros((size, size), np.float32)
    half = len(outline) // 2
    gap = np.linalg.norm(outline[:half] - outline[: half - 1 : -1], axis=1).max()
    if gap < PARTED * mesh.tall:
        return plate
    mask = polygon(outline, (size, size))
    return np.asarray(
        cv2.GaussianBlur(cv2.erode(mask, np.ones((3, 3), np.uint8)), (0, 0), 0.8) * (mask > 0.5), np.float32
    )

"""Between the lids: the white, the iris where it looks, the lid's shadow; and lids behind glasses."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait import kernels_look
from mien.renderers.portrait.drive import COLUMN
from mien.renderers.portrait.express import OVERLAP
from mien.renderers.portrait.eyes import polygon
from mien.renderers.portrait.placing import Box, hole, shifted, turned_round, warped
from mien.renderers.portrait.rings import edge_outline
from mien.renderers.portrait.scene import Eye, Mesh, Scene

Array = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]


GLINT_SHIFT = 0.35
"""Of the iris's way that the light's reflection in it goes: the cornea's centre lies so far before the eye's."""


class Look:
    """Draws what is between the lids of one eye."""

    def __init__(self, scene: Scene, eye: Eye) -> None:
        self.scene, self.eye = scene, eye
        unlashed = without_lashes(eye.open, scene.mesh.tall)
        self.glint, self.open, self.unlashed = (part[..., None] for part in (eye.glint, eye.open, unlashed))
        self.corner = (int(eye.box[0]), int(eye.box[1]))

    def draw(self, points: Array, box: Box, frame_from_rest: Array, gaze: Array, widened: float, out: Image) -> None:
        """Look between the lids, in place. points : (v, 3); gaze : (2,); widened : 1 where more shows than at rest"""
        eye = self.eye
        matte = hole(points, eye.around, box)
        if matte.max() <= 0:
            return
        looked = iris_shift(eye, self.scene.mesh, float(gaze[0]), float(gaze[1])).astype(np.float32)
        middle = float(frame_from_rest[1] @ [eye.centre[0], eye.centre[1], 1])
        kernels_look.look(
            out, box[:2], matte, self.scene.photo, eye.white, eye.iris, self.glint, self.open, self.unlashed,
            self.corner, turned_round(frame_from_rest), looked, GLINT_SHIFT, middle, 0.4 * eye.radius, widened,
        )  # fmt: skip


def iris_shift(eye: Eye, mesh: Mesh, yaw: float, pitch: float) -> npt.NDArray[np.float64]:
    """(2,) pixels the iris moves over the ball. yaw, pitch : radians, of the eye in the head"""
    down = mesh.down[:2] / np.linalg.norm(mesh.down[:2])
    right = np.array([down[1], -down[0]])
    return np.asarray(eye.radius * (np.sin(yaw) * np.cos(pitch) * right + np.sin(pitch) * down), np.float64)


LASHES = 0.016
"""Face heights below the upper lid's edge in which the photo shows its lashes and their shadow."""


def without_lashes(opening: Array, tall: float) -> Array:
    """What is open at rest (h, w), less the lashes that lie over it: they go up with the lid."""
    down = max(1, round(LASHES * tall))
    kernel = np.zeros((2 * down + 1, 1), np.uint8)
    kernel[: down + 1] = 1  # a place counts as far as what lies above it does
    return np.asarray(cv2.GaussianBlur(cv2.erode(opening, kernel), (0, 0), 0.8), np.float32)


VEIL_LASHES = 0.012
"""Face heights above the edge of a lid that shuts which keep the photo's own lashes."""


def veil_lid(scene: Scene, points: Array, eye: Eye, place: Array, blink: float, out: Image) -> None:
    """Lay skin over the part of a shutting lid that lies where the eye was, in place, as far as it needs it."""
    strength = eye.veil * min(1.0, 1.5 * blink)
    if strength <= 0.01:
        return
    box = moved_box(eye.box, place, scene.size)
    x0, y0, x1, y1 = box
    down = scene.mesh.down[:2]
    outline = edge_outline(eye.lids, points) - [x0, y0]
    edge = outline[: len(outline) // 2] - VEIL_LASHES * scene.mesh.tall * down
    above = polygon(np.concatenate([edge, edge[::-1] - 2 * (y1 - y0) * down]), (y1 - y0, x1 - x0))
    within = shifted(place, eye.box[:2])
    matte = warped(eye.open, within, box) * cv2.GaussianBlur(above, (0, 0), 1.2) * np.float32(strength)
    matte = np.asarray(cv2.GaussianBlur(matte, (0, 0), 0.012 * scene.mesh.tall), np.float32)
    kernels_look.blend(out, (x0, y0), warped(eye.lid, within, box), matte)


def moved_box(box: npt.NDArray[np.int32], place: Array, size: int) -> Box:
    """The box around one of the photo's boxes, where the head's motion has put it."""
    x0, y0, x1, y1 = map(float, box)
    corners = np.array([[x0, y0, 1], [x1, y0, 1], [x0, y1, 1], [x1, y1, 1]], np.float32) @ place.T
    low = np.clip(np.floor(corners.min(0)), 0, size - 2).astype(int)
    high = np.clip(np.ceil(corners.max(0)), low + 1, size).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


LOWERING = {"eyeSquint": 0.35, "eyeLookDown": 0.4}
"""What lowers a lid beside a blink, and by how much of the eye: under glasses the skin itself hardly moves."""


def shut_behind_glasses(weights: Array, side: int) -> float:
    """How far an eye is shut, 0..1. weights : (52,); side : 0 the character's left, 1 the right"""
    name = ("Left", "Right")[side]
    open_ = 1 - float(weights[COLUMN[f"eyeBlink{name}"]])
    for stem, share in LOWERING.items():
        open_ *= 1 - share * float(weights[COLUMN[stem + name]])
    return 1 - open_


def draw_curtain(scene: Scene, points: Array, eye: Eye, box: Box, place: Array, blink: float, out: Image) -> None:
    """Shut an eye behind glasses: draw a lid over it and leave all else where it is, in place."""
    if blink <= 0:
        return
    x0, y0, x1, y1 = box
    outline = edge_outline(eye.lids, points) - [x0, y0]
    upper, lower = outline[: len(outline) // 2], outline[: len(outline) // 2 - 1 : -1]
    begun = min(1.0, blink * 5)
    edge = upper + blink * (lower - upper) + OVERLAP * begun * scene.mesh.down[:2]
    lid = polygon(np.concatenate([upper - 0.5 * begun * scene.mesh.down[:2], edge[::-1]]), (y1 - y0, x1 - x0))
    lash = np.zeros((y1 - y0, x1 - x0), np.uint8)
    width = max(1, round(0.006 * scene.mesh.tall))
    cv2.polylines(lash, [np.rint(edge * 16).astype(np.int32)], False, 255, width, cv2.LINE_AA, 4)
    skin = warped(eye.lid, shifted(place, eye.box[:2]), box)
    skin *= (1 - 0.75 * begun * lash.astype(np.float32) / 255)[..., None]
    matte = np.asarray(begun * cv2.GaussianBlur(lid, (0, 0), 0.6), np.float32)
    kernels_look.blend(out, (x0, y0), skin, matte)

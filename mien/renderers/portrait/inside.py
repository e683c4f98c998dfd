"""Between the lips: teeth, gums and tongue, lit from in front; the photo's own teeth where it shows some."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait import kernels, kernels_look, kernels_mesh
from mien.renderers.portrait.canvas import Canvas
from mien.renderers.portrait.mouth import GLOSS
from mien.renderers.portrait.placing import Box, hole, turned_round
from mien.renderers.portrait.scene import Scene

Array = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]

TONGUE_OVER = 0.003
"""Metres in front of the lips from which the tongue lies over them."""

DEEP = 0.5
"""Light in the throat, of what falls on a wall: a real one is dark red, not black."""

BEHIND = 0.006
"""Metres by which the mouth's walls are put back: a lip that presses on teeth would push them through."""

SHARP = 0.4
"""Pixels of blur up to which a photo is as sharp as what is drawn."""

WIDE = 0.10
"""Gap of the lips, in face heights, from which light falls freely on tongue and cheeks."""

NOTCH, CORNER = 0.2, (0.12, 0.24)
"""Of how far the lips part; and shares of the mouth's breadth from either corner in which that is wholly so, and no
longer."""


class Inside:
    """Draws the inside of one mouth."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        mouth = scene.mouth
        side = scene.light[1:3] / (np.linalg.norm(scene.light[1:]) + 1e-3)
        sun = np.array([0.5 * side[0], 0.3 * side[1] - 0.2, 1.0])  # only light from in front gets in
        self.sun = (sun / np.linalg.norm(sun)).astype(np.float32)
        teeth = mouth.albedo[mouth.gloss == np.float32(GLOSS["teeth"])].max(axis=0)
        wet = np.sqrt(teeth / teeth.max())  # a highlight has the light's own colour: a white one is blue in warm light
        self.shine = 255 * wet * np.float32(min(1.0, float(scene.light[0]) * 1.6))
        self.tongue = mouth.triangles[np.isin(mouth.triangles, mouth.tongue).all(1)]
        lit = [np.float32(GLOSS[part]) for part in ("teeth", "gums")]  # lips that bare them let light to them
        self.flesh = np.flatnonzero((mouth.gloss > 0) & ~np.isin(mouth.gloss, lit)).astype(np.int32)
        self.all = np.unique(mouth.triangles).astype(np.int32)
        walls = np.flatnonzero(mouth.gloss == np.float32(GLOSS["socket"]))
        self.walls = np.setdiff1d(walls, scene.mesh.face)
        self.deep = mouth.albedo[mouth.triangles[-1, 0]] * DEEP
        self.plate = mouth.plate[..., None]
        self.depth = float(mouth.bite[len(mouth.bite) // 2, 2])

    def draw(self, canvas: Canvas, box: Box, frame_from_rest: Array, stir: float, forward: float, out: Image) -> None:
        """Look between the lips, in place.

        stir : 0 where the lips are as in the photo; forward : how much the tongue comes out into the light; 0..1
        """
        scene, mouth = self.scene, self.scene.mouth
        matte = hole(canvas.points, mouth.around, box)
        if matte.max() <= 0:
            return
        size = round(NOTCH * min(canvas.opened, WIDE) * scene.mesh.tall)
        corners = canvas.points[[mouth.lips.upper[0, 0], mouth.lips.upper[-1, 1]], :2] - box[:2]
        matte = without_notches(matte, corners, size)
        content = self.picture(canvas, box, matte, forward)
        if mouth.soft > SHARP:
            content = np.asarray(cv2.GaussianBlur(content, (0, 0), mouth.soft), np.float32)
        way = turned_round(frame_from_rest)
        kernels_look.blend_beside(out, box[:2], content, matte, scene.photo, self.plate, way, stir)

    def picture(self, canvas: Canvas, box: Box, matte: Array, forward: float) -> Array:
        """(h, w, 3) teeth, gums and tongue as they stand in a box, darker beside the lips."""
        mouth = self.scene.mouth
        x0, y0, x1, y1 = box
        canvas.points[self.walls, 2] -= BEHIND * self.scene.mesh.unit
        kernels_mesh.vertex_normals(canvas.points, mouth.triangles, canvas.inner_normals)
        kernels_mesh.shade_inside(
            self.all, canvas.inner_normals, mouth.albedo, mouth.ambient, mouth.gloss, self.sun, self.shine,
            canvas.colours,
        )  # fmt: skip
        canvas.colours[self.flesh, :3] *= 0.45 + 0.55 * min(1.0, canvas.opened / WIDE)
        canvas.colours[mouth.tongue, :3] *= 1 + 0.5 * forward * mouth.along[:, None] ** 2
        height, width = (y1 - y0) * 2, (x1 - x0) * 2
        depth = np.full((height, width), kernels.FAR, np.float32)
        colour = np.zeros((height, width, 4), np.float32)
        colour[..., :3] = self.deep
        kernels.raster(canvas.points, mouth.triangles, canvas.colours, (x0, y0), 2.0, depth, colour)
        fine = cv2.resize(colour, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)[..., :3]
        soft = cv2.blur(matte, (2 * int(0.015 * self.scene.mesh.tall) + 1,) * 2)
        return np.asarray(fine * np.clip(0.68 + 0.6 * soft, 0, 1)[..., None], np.float32)

    def draw_tongue(self, canvas: Canvas, out: Image) -> None:
        """Lay a tongue that is out over the lips, in place."""
        points = canvas.points[self.scene.mouth.tongue]
        low = np.clip(np.floor(points[:, :2].min(0)), 0, self.scene.size - 9).astype(int)
        high = np.clip(np.ceil(points[:, :2].max(0)) + 1, low + 1, self.scene.size).astype(int)
        (x0, y0), (x1, y1) = low, high
        skin = cv2.dilate(canvas.depth[y0:y1, x0:x1], np.ones((3, 3), np.uint8))
        depth = np.repeat(np.repeat(skin, 2, axis=0), 2, axis=1)
        depth[depth == kernels.FAR] = -kernels.FAR  # between the lips it is drawn already
        depth += TONGUE_OVER * self.scene.mesh.unit
        colour = np.zeros((*depth.shape, 4), np.float32)
        kernels.raster(canvas.points, self.tongue, canvas.colours, (int(x0), int(y0)), 2.0, depth, colour)
        fine = cv2.resize(colour, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_AREA)
        shown = fine[..., 3:]
        colour = fine[..., :3] / np.maximum(shown, 1e-3)
        kernels_look.blend(out, (int(x0), int(y0)), colour, np.ascontiguousarray(shown[..., 0]))


def without_notches(matte: Array, corners: Array, size: int) -> Array:
    """The hole between the lips (h, w) without what is thinner than ``size`` pixels beside its corners (2, 2).

    The mesh folds there into teeth of a saw as the mouth opens: the lips' line runs from ring to ring.
    """
    if size < 2:
        return matte
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * (size // 2) + 1,) * 2)
    plain = np.asarray(cv2.morphologyEx(matte, cv2.MORPH_OPEN, disc), np.float32)
    (x0, y0), across = corners[0], corners[1] - corners[0]
    across = across / max(float(across @ across), 1e-6)
    y, x = (np.arange(n, dtype=np.float32) for n in matte.shape)
    along = (x - x0) * across[0] + ((y - y0) * across[1])[:, None]
    near = np.clip((CORNER[1] - np.minimum(along, 1 - along)) / (CORNER[1] - CORNER[0]), 0, 1)
    return np.asarray(matte + near * (plain - matte), np.float32)

"""One frame: move the mesh, draw its map, compose the picture, then look into mouth and eyes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.renderers.portrait import kernels, kernels_mesh
from mien.renderers.portrait.canvas import Canvas
from mien.renderers.portrait.creases import crease_weights
from mien.renderers.portrait.drive import COLUMN, Drive
from mien.renderers.portrait.express import BLINKS, express
from mien.renderers.portrait.inside import Inside
from mien.renderers.portrait.look import Look, draw_curtain, shut_behind_glasses, veil_lid
from mien.renderers.portrait.placing import Box, edges_moved, head_motion, opening_box, planar
from mien.renderers.portrait.scene import Scene

Array = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]

CHEST = 0.007
"""How far a full breath lifts the shoulders, metres."""

SEAM = 0.02
"""Gap of the lips, in face heights, below which a shadow lies between them."""

LASH_LINE = 0.4
"""How much darker the edge of a shut lid is: the lashes lie on it."""

WIDE_EYES = [COLUMN[name] for name in ("eyeWideLeft", "eyeWideRight")]
"""What may show more of an eye than the photo does."""


class Artist:
    """Draws frames of one scene; holds nothing of a frame, so threads may share one."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.inside = Inside(scene)
        self.looks = (Look(scene, scene.left), Look(scene, scene.right))
        self.texture = np.ascontiguousarray(scene.texture).view(np.uint32)[..., 0]
        self.clear = clear_cells(scene)
        mesh = scene.mesh
        normals = np.zeros_like(mesh.points)
        kernels_mesh.vertex_normals(mesh.points, mesh.face, normals)
        self.rest_light = np.maximum(scene.light[0] + normals @ scene.light[1:], 0.03).astype(np.float32)
        self.crease_weights = crease_weights()
        self.slits = (scene.mouth.lips, scene.left.lids, scene.right.lids)
        self.nearby = (scene.mouth.around, scene.left.around, scene.right.around)

    def draw(self, canvas: Canvas, drive: Drive, i: int) -> Image:
        """Frame i of a drive, (s, s, 3)."""
        scene, mesh, points = self.scene, self.scene.mesh, canvas.points
        express(scene, canvas, drive, i)
        stirs = [edges_moved(slit, points, mesh.points) for slit in self.slits]
        matrix, shift = head_motion(drive.turn[i], drive.shift[i], mesh.unit)
        trailing = head_motion(drive.trail_turn[i], drive.trail_shift[i], mesh.unit)
        self.move_grid(canvas, matrix, shift, trailing, float(drive.breath[i]))
        kernels_mesh.turn(points, mesh.follow, matrix, mesh.pivot, shift)
        boxes = [opening_box(slit, points, scene.size) for slit in self.slits]
        self.draw_face(canvas, drive, i, boxes)
        self.draw_creases(canvas, drive.weights[i])
        out = np.empty_like(scene.photo)
        kernels.compose(
            scene.photo, self.texture, scene.background, canvas.still, canvas.backward, scene.grid.cell, scene.margin,
            canvas.face, canvas.creases, out,
        )  # fmt: skip
        for triangles, box, stir in zip(self.nearby, boxes, stirs, strict=True):
            if stir > 0:
                self.soften_edges(canvas, triangles, box, out)
        skull = planar(matrix, mesh.pivot, shift, self.inside.depth)
        self.inside.draw(canvas, boxes[0], skull, stirs[0], float(drive.tongue[i, 1::2].max()), out)
        if drive.tongue[i, 3] > 0:
            self.inside.draw_tongue(canvas, out)
        widened = bool(drive.weights[i, WIDE_EYES].any())
        for k, look in enumerate(self.looks):
            eye = look.eye
            place = planar(matrix, mesh.pivot, shift, float(eye.centre[2]))
            look.draw(points, boxes[k + 1], place, drive.gaze[i], stirs[k + 1] * widened, out)
            if not scene.glasses:
                veil_lid(scene, points, eye, place, float(drive.weights[i, BLINKS[k]]), out)
            else:
                draw_curtain(scene, points, eye, boxes[k + 1], place, shut_behind_glasses(drive.weights[i], k), out)
        return out

    def move_grid(
        self, canvas: Canvas, matrix: Array, shift: Array, trailing: tuple[Array, Array], breath: float
    ) -> None:
        """Where what is no face comes from: the grid carried along, then turned round."""
        scene, mesh, grid = self.scene, self.scene.mesh, self.scene.grid
        kernels_mesh.grid_forward(
            grid.depth, grid.follow, grid.hang, grid.lift, grid.starts, grid.sources, grid.weights, canvas.points,
            mesh.points, matrix, mesh.pivot, shift, *trailing, breath * CHEST * mesh.unit, grid.cell, scene.margin,
            canvas.forward,
        )  # fmt: skip
        kernels.invert_grid(canvas.forward, 5, canvas.backward)
        kernels.resting(canvas.backward, self.clear, canvas.still)

    def draw_face(self, canvas: Canvas, drive: Drive, i: int, boxes: list[Box]) -> None:
        """The face map: way back to the photo, trust and light of every pixel of the face."""
        scene, mesh = self.scene, self.scene.mesh
        kernels_mesh.vertex_normals(canvas.points, mesh.face, canvas.normals)
        kernels_mesh.face_attributes(
            canvas.points, mesh.points, canvas.normals, self.rest_light, mesh.trust, scene.light, canvas.attributes
        )
        self.darken_seam(canvas)
        if not scene.glasses:
            for eye, blink in zip((scene.left, scene.right), drive.weights[i, BLINKS], strict=True):
                canvas.attributes[eye.lashes, 3] *= 1 - LASH_LINE * blink
        canvas.depth.fill(kernels.FAR)
        canvas.face[..., 2] = 0
        kernels.raster(canvas.points, mesh.face, canvas.attributes, (0, 0), 1.0, canvas.depth, canvas.face)
        for x0, y0, x1, y1 in boxes:
            kernels.bleed(canvas.face, canvas.depth, x0, y0, x1, y1)

    def draw_creases(self, canvas: Canvas, weights: Array) -> None:
        """How much lighter or darker each place of the photo's skin gets with the expression."""
        depths = weights @ self.crease_weights
        kernels_mesh.lay_creases(self.scene.crease_boxes, self.scene.crease_maps, depths, canvas.creases)

    def darken_seam(self, canvas: Canvas) -> None:
        """A line of shadow between lips that are open in the photo and meet now: the photo has none to show."""
        mouth = self.scene.mouth
        kernels_mesh.edge_points(canvas.points, mouth.lips.upper, mouth.lips.upper_part, canvas.upper)
        kernels_mesh.edge_points(canvas.points, mouth.lips.lower, mouth.lips.lower_part, canvas.lower)
        canvas.opened = float(np.linalg.norm(canvas.lower - canvas.upper, axis=1).max()) / self.scene.mesh.tall
        if mouth.parted:
            canvas.attributes[mouth.rim, 3] *= 1 - 0.5 * max(0.0, 1 - canvas.opened / SEAM)

    def soften_edges(self, canvas: Canvas, triangles: npt.NDArray[np.int32], box: Box, out: Image) -> None:
        """Anti-alias where one part of the face ends before another, as a lid before the cheek, in place."""
        x0, y0, x1, y1 = box
        depth = np.full(((y1 - y0) * 2, (x1 - x0) * 2), kernels.FAR, np.float32)
        fine = np.zeros((*depth.shape, 4), np.float32)
        kernels.raster(canvas.points, triangles, canvas.attributes, (x0, y0), 2.0, depth, fine)
        kernels.soften(fine, depth, self.texture, self.scene.margin, x0, y0, out)


def clear_cells(scene: Scene) -> Image:
    """(g, g) 1 for the grid's cells in which there is nobody, and which look the same without them."""
    m, grid = scene.margin, scene.grid
    person = scene.texture[::2, ::2, 3] > 0
    person[m:-m, m:-m] |= (scene.photo != scene.background).any(axis=2)
    edges = np.minimum(np.floor(np.arange(grid.side) * grid.cell).astype(int), len(person) - 1)
    return np.asarray(np.logical_or.reduceat(np.logical_or.reduceat(person, edges, 0), edges, 1) == 0, np.uint8)

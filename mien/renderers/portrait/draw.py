"""One frame: move the mesh, draw its map, compose the picture, then look into mouth and eyes."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mien.renderers.portrait import kernels, kernels_mesh
from mien.renderers.portrait.drive import COLUMN, Drive
from mien.renderers.portrait.eyes import polygon
from mien.renderers.portrait.mouth import GLOSS
from mien.renderers.portrait.rings import Closure, edge_outline
from mien.renderers.portrait.scene import Eye, Scene

Array = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]

FLIP = np.array([1, -1, 1], np.float32)
"""From axes with y up to the frame's, y down, and back."""

CAMERA = 0.7
"""Metres from the camera to the head, for what coming nearer does to its size."""

CHEST = 0.012
"""How far a full breath lifts the shoulders, metres."""

FINE = 3
"""Samples a pixel, each way, of the edges of lips and lids."""

OVERLAP = 0.8
"""Pixels by which shut lids overlap: no light between the lashes."""

STIR = 2.0
"""Pixels the lips may have moved before the photo's own edge of an open mouth has faded."""


SEAM = 0.02
"""Gap of the lips, in face heights, below which a shadow lies between them."""


TONGUE_OVER = 0.003
"""Metres in front of the lips from which the tongue lies over them."""

WIDE = 0.10
"""Gap of the lips, in face heights, from which light falls freely on tongue and cheeks."""


LASH_LINE = 0.4
"""How much darker the edge of a shut lid is: the lashes lie on it."""

WIDE_EYES = [COLUMN[name] for name in ("eyeWideLeft", "eyeWideRight", "eyeLookUpLeft", "eyeLookDownLeft")]
"""What may show more of an eye than the photo does."""


BLINKS = [COLUMN["eyeBlinkLeft"], COLUMN["eyeBlinkRight"]]


class Canvas:
    """Room to work in, one per thread."""

    def __init__(self, scene: Scene) -> None:
        mesh, size = scene.mesh, scene.size
        self.points = np.empty_like(mesh.points)
        self.normals = np.zeros_like(mesh.points)
        self.inner_normals = np.zeros_like(mesh.points)
        self.attributes = np.zeros((len(mesh.points), 4), np.float32)
        self.colours = np.zeros((len(mesh.points), 4), np.float32)
        self.depth = np.empty((size, size), np.float32)
        self.face = np.zeros((size, size, 4), np.float32)
        self.forward = np.zeros((scene.grid.side, scene.grid.side, 2), np.float32)
        self.backward = np.zeros_like(self.forward)
        self.gaps = np.zeros((len(scene.mouth.lips.upper), 3), np.float32)
        self.upper, self.lower = np.zeros_like(self.gaps), np.zeros_like(self.gaps)


class Artist:
    """Draws frames of one scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        mesh = scene.mesh
        normals = np.zeros_like(mesh.points)
        kernels_mesh.vertex_normals(mesh.points, mesh.face, normals)
        self.rest_light = np.maximum(scene.light[0] + normals @ scene.light[1:], 0.03).astype(np.float32)
        side = scene.light[1:3] / (np.linalg.norm(scene.light[1:]) + 1e-3)
        sun = np.array([0.5 * side[0], 0.3 * side[1] - 0.2, 1.0])  # only light from in front gets in
        self.sun = (sun / np.linalg.norm(sun)).astype(np.float32)
        tongue = np.zeros(len(mesh.points), bool)
        tongue[scene.mouth.tongue] = True
        self.tongue_triangles = scene.mouth.triangles[tongue[scene.mouth.triangles].all(1)]
        self.parted = bool(scene.mouth.plate.any())
        self.flesh_ids = np.flatnonzero(scene.mouth.gloss * (scene.mouth.gloss < GLOSS["teeth"])).astype(np.int32)
        self.inside_ids = np.unique(scene.mouth.triangles).astype(np.int32)

    def draw(self, canvas: Canvas, drive: Drive, i: int) -> Image:
        """Frame i of a drive, (s, s, 3)."""
        scene, mesh = self.scene, self.scene.mesh
        self.express(canvas, drive, i)
        matrix, shift = head_motion(drive, i, mesh.unit)
        slits = [scene.mouth.lips, scene.left.lids, scene.right.lids]
        stirs = [edges_moved(slit, canvas.points, mesh.points) for slit in slits]
        grid = scene.grid
        kernels_mesh.grid_forward(
            grid.depth, grid.follow, grid.lift, grid.starts, grid.sources, grid.weights, canvas.points, mesh.points,
            matrix, mesh.pivot, shift, float(drive.breath[i]) * CHEST * mesh.unit, grid.cell, scene.margin,
            canvas.forward,
        )  # fmt: skip
        kernels.invert_grid(canvas.forward, 5, canvas.backward)
        kernels_mesh.turn(canvas.points, mesh.follow, matrix, mesh.pivot, shift)
        kernels_mesh.vertex_normals(canvas.points, mesh.face, canvas.normals)
        kernels_mesh.face_attributes(
            canvas.points, mesh.points, canvas.normals, self.rest_light, mesh.trust, scene.light, canvas.attributes
        )
        self.darken_seam(canvas)
        for eye, side in ((scene.left, "Left"), (scene.right, "Right")):
            blink = 0.0 if scene.glasses else float(drive.weights[i, COLUMN[f"eyeBlink{side}"]])
            canvas.attributes[eye.lashes, 3] *= 1 - LASH_LINE * blink
        canvas.depth.fill(kernels.FAR)
        canvas.face[..., 2] = 0
        kernels.raster(canvas.points, mesh.face, canvas.attributes, (0, 0), 1.0, canvas.depth, canvas.face)
        boxes = [opening_box(slit, canvas.points, scene.size) for slit in slits]
        for x0, y0, x1, y1 in boxes:
            kernels.bleed(canvas.face, canvas.depth, x0, y0, x1, y1)
        out = np.empty_like(scene.photo)
        kernels.compose(
            scene.photo, scene.texture, scene.background, canvas.backward, grid.cell, scene.margin, canvas.face, out
        )
        teeth = float(scene.mouth.bite[len(scene.mouth.bite) // 2, 2])
        nearby = [scene.mouth.around, scene.left.around, scene.right.around]
        for triangles, box, stir in zip(nearby, boxes, stirs, strict=True):
            if stir > 0:
                self.soften_edges(canvas, triangles, box, out)
        forward = float(max(drive.tongue[i, 1], drive.tongue[i, 3]))
        self.draw_mouth(canvas, boxes[0], planar(matrix, mesh.pivot, shift, teeth), stirs[0], forward, out)
        if drive.tongue[i, 3] > 0:
            self.draw_tongue(canvas, out)
        for k, eye, box in zip((1, 2), (scene.left, scene.right), boxes[1:], strict=True):
            place = planar(matrix, mesh.pivot, shift, float(eye.centre[2]))
            widened = stirs[k] if drive.weights[i, WIDE_EYES].any() else 0.0
            self.draw_eye(canvas, eye, box, place, drive.gaze[i], widened, out)
            if scene.glasses:
                self.draw_curtain(canvas, eye, box, place, float(drive.weights[i, BLINKS[k - 1]]), out)
        return out

    def express(self, canvas: Canvas, drive: Drive, i: int) -> None:
        """Targets, then contacts, then lids: the mesh before the head turns."""
        mesh, scene = self.scene.mesh, self.scene
        points = canvas.points
        points[:] = mesh.points
        weights = drive.weights[i].copy()
        blinks = [float(weights[COLUMN[f"eyeBlink{side}"]]) for side in ("Left", "Right")]
        weights[[COLUMN["eyeBlinkLeft"], COLUMN["eyeBlinkRight"]]] = 0
        kernels_mesh.add_targets(points, mesh.index, mesh.delta, mesh.starts, weights)
        lips = scene.mouth.lips
        if self.parted and drive.active[i] > 0:
            kernels_mesh.follow_gaps(
                points, lips.index, lips.station, lips.share, scene.mouth.parting, float(drive.active[i])
            )
        self.close(canvas, lips, float(drive.seal[i]), 0.0)
        self.move_tongue(canvas, drive.tongue[i])
        if drive.teeth[i] > 0:
            self.bite(canvas, float(drive.teeth[i]))
        if not scene.glasses:
            for eye, blink in zip((scene.left, scene.right), blinks, strict=True):
                self.close(canvas, eye.lids, blink, OVERLAP)

    def close(self, canvas: Canvas, slit: Closure, amount: float, extra: float) -> None:
        """Bring the edges of a slit together by ``amount``, and ``extra`` pixels further."""
        if amount <= 0:
            return
        points = canvas.points
        kernels_mesh.edge_points(points, slit.upper, slit.upper_part, canvas.upper)
        kernels_mesh.edge_points(points, slit.lower, slit.lower_part, canvas.lower)
        kernels_mesh.open_gaps(canvas.upper, canvas.lower, self.scene.mesh.down, extra, canvas.gaps)
        kernels_mesh.follow_gaps(points, slit.index, slit.station, slit.share, canvas.gaps, amount)

    def bite(self, canvas: Canvas, amount: float) -> None:
        """Raise the lower lip to the edge of the upper teeth."""
        mouth, points = self.scene.mouth, canvas.points
        kernels_mesh.edge_points(points, mouth.lips.lower, mouth.lips.lower_part, canvas.lower)
        t = np.linspace(-1, 1, len(canvas.gaps), dtype=np.float32)
        bump = np.clip(1 - t**4, 0, 1)[:, None]
        canvas.gaps[:] = (canvas.lower - mouth.bite) * bump
        canvas.gaps[:, 0] = 0
        lower = mouth.lips.share < 0
        share = np.where(lower, mouth.lips.share / np.abs(mouth.lips.share).max(), 0).astype(np.float32)
        kernels_mesh.follow_gaps(points, mouth.lips.index, mouth.lips.station, share, canvas.gaps, amount)

    def move_tongue(self, canvas: Canvas, contacts: Array) -> None:
        """Place the tongue: flat on the floor of an open mouth, or its tip or back raised. contacts : (4,)"""
        mouth, mesh = self.scene.mouth, self.scene.mesh
        tip, teeth, back, stuck_out = contacts
        drop = float(np.linalg.norm(canvas.points[mouth.jaw] - mesh.points[mouth.jaw])) / mesh.unit
        t = mouth.along[:, None]
        up = -mesh.down * mesh.unit
        front = np.clip((t - 0.55) / 0.4, 0, 1) ** 1.5
        hump = np.clip(1 - np.abs(t - 0.45) / 0.4, 0, 1)
        flat = 1 - max(tip, teeth, back, stuck_out)
        lift = ((0.6 * drop + 0.001) * tip + (0.7 * drop + 0.001) * teeth) * front
        lift = (
            lift + (0.5 * drop + 0.005) * back * hump - (0.5 * drop + 0.001) * flat * np.clip(1 - t / 0.95, 0, 1) ** 0.4
        )
        out = np.array([0, 0, 0.009 * teeth], np.float32) * mesh.unit
        canvas.points[mouth.tongue] += (lift * up + front * out).astype(np.float32)

    def darken_seam(self, canvas: Canvas) -> None:
        """A line of shadow between lips that are open in the photo and meet now: the photo has none to show."""
        mouth = self.scene.mouth
        kernels_mesh.edge_points(canvas.points, mouth.lips.upper, mouth.lips.upper_part, canvas.upper)
        kernels_mesh.edge_points(canvas.points, mouth.lips.lower, mouth.lips.lower_part, canvas.lower)
        if not self.parted:
            return
        gap = float(np.linalg.norm(canvas.lower - canvas.upper, axis=1).max()) / (SEAM * self.scene.mesh.tall)
        canvas.attributes[mouth.rim, 3] *= 1 - 0.5 * max(0.0, 1 - gap)

    def soften_edges(self, canvas: Canvas, triangles: npt.NDArray[np.int32], box: Box, out: Image) -> None:
        """Anti-alias where one part of the face ends before another, as a lid before the cheek, in place."""
        x0, y0, x1, y1 = box
        depth = np.full(((y1 - y0) * 2, (x1 - x0) * 2), kernels.FAR, np.float32)
        fine = np.zeros((*depth.shape, 4), np.float32)
        kernels.raster(canvas.points, triangles, canvas.attributes, (x0, y0), 2.0, depth, fine)
        kernels.soften(fine, depth, self.scene.texture, self.scene.margin, x0, y0, out)

    def hole(self, canvas: Canvas, triangles: npt.NDArray[np.int32], box: Box) -> Array:
        """(h, w) how much of each pixel of a box the face leaves open."""
        x0, y0, x1, y1 = box
        covered = np.zeros(((y1 - y0) * FINE, (x1 - x0) * FINE), np.uint8)
        kernels.cover(canvas.points, triangles, (x0, y0), FINE, covered)
        matte = np.empty((y1 - y0, x1 - x0), np.float32)
        kernels.holes(covered, FINE, matte)
        return matte

    def draw_mouth(
        self, canvas: Canvas, box: Box, frame_from_rest: Array, stir: float, forward: float, out: Image
    ) -> None:
        """Look between the lips, in place."""
        scene, mouth = self.scene, self.scene.mouth
        matte = self.hole(canvas, mouth.around, box)
        if matte.max() <= 0:
            return
        x0, y0, x1, y1 = box
        content = self.inside(canvas, box, matte, forward)
        keep = warped(mouth.plate, frame_from_rest, box)
        keep = (keep + (1 - keep) * (1 - stir))[..., None]
        if keep.max() > 0:
            own = warped(scene.photo, frame_from_rest, box)
            content += keep * (own - content)
        blend(out[y0:y1, x0:x1], content, matte)

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
        kernels.raster(canvas.points, self.tongue_triangles, canvas.colours, (int(x0), int(y0)), 2.0, depth, colour)
        fine = colour.reshape(y1 - y0, 2, x1 - x0, 2, 4).mean((1, 3))
        shown = fine[..., 3:]
        blend(out[y0:y1, x0:x1], fine[..., :3] / np.maximum(shown, 1e-3), shown[..., 0])

    def inside(self, canvas: Canvas, box: Box, matte: Array, forward: float) -> Array:
        """(h, w, 3) teeth, gums and tongue as they stand in a box, darker beside the lips.

        forward : how much the tongue comes out into the light, 0..1
        """
        mouth = self.scene.mouth
        x0, y0, x1, y1 = box
        kernels_mesh.vertex_normals(canvas.points, mouth.triangles, canvas.inner_normals)
        white = np.array([255, 250, 245], np.float32) * min(1.0, float(self.scene.light[0]) * 1.6)
        kernels_mesh.shade_inside(
            self.inside_ids,
            canvas.inner_normals,
            mouth.albedo,
            mouth.ambient,
            mouth.gloss,
            self.sun,
            white,
            canvas.colours,
        )
        opened = float(np.linalg.norm(canvas.lower - canvas.upper, axis=1).max()) / (WIDE * self.scene.mesh.tall)
        canvas.colours[self.flesh_ids, :3] *= 0.45 + 0.55 * min(1.0, opened)
        canvas.colours[mouth.tongue, :3] *= 1 + 0.9 * forward * mouth.along[:, None] ** 2
        height, width = (y1 - y0) * 2, (x1 - x0) * 2
        depth = np.full((height, width), kernels.FAR, np.float32)
        colour = np.zeros((height, width, 4), np.float32)
        colour[..., :3] = mouth.albedo[mouth.triangles[-1, 0]] * 0.08
        kernels.raster(canvas.points, mouth.triangles, canvas.colours, (x0, y0), 2.0, depth, colour)
        fine = colour[..., :3].reshape(y1 - y0, 2, x1 - x0, 2, 3).mean((1, 3))
        soft = cv2.blur(matte, (2 * int(0.015 * self.scene.mesh.tall) + 1,) * 2)
        return np.asarray(fine * np.clip(0.55 + 0.7 * soft, 0, 1)[..., None], np.float32)

    def draw_eye(
        self, canvas: Canvas, eye: Eye, box: Box, frame_from_rest: Array, gaze: Array, widened: float, out: Image
    ) -> None:
        """Look between the lids, in place."""
        matte = self.hole(canvas, eye.around, box)
        if matte.max() <= 0:
            return
        x0, y0, x1, y1 = box
        down = self.scene.mesh.down[:2] / np.linalg.norm(self.scene.mesh.down[:2])
        right = np.array([down[1], -down[0]])
        yaw, pitch = float(gaze[0]), float(gaze[1])
        looked = eye.radius * (np.sin(yaw) * np.cos(pitch) * right + np.sin(pitch) * down)
        place = shifted(frame_from_rest, eye.box[:2])
        content = warped(eye.white, place, box)
        iris = warped(eye.iris, shifted(place, looked), box)
        content += iris[..., 3:] / 255 * (iris[..., :3] - content)
        content *= lid_shadow(matte)[..., None]
        own = warped(self.scene.photo, frame_from_rest, box)
        shown = warped(eye.open, place, box)[..., None]
        still = max(0.0, 1 - float(np.linalg.norm(looked)))
        content += (still * shown + (1 - shown) * (1 - widened)) * (own - content)
        blend(out[y0:y1, x0:x1], content, matte)

    def draw_curtain(self, canvas: Canvas, eye: Eye, box: Box, place: Array, blink: float, out: Image) -> None:
        """Shut an eye behind glasses: draw a lid over it and leave all else where it is, in place."""
        if blink <= 0:
            return
        x0, y0, x1, y1 = box
        outline = edge_outline(eye.lids, canvas.points) - [x0, y0]
        upper, lower = outline[: len(outline) // 2], outline[: len(outline) // 2 - 1 : -1]
        begun = min(1.0, blink * 5)
        edge = upper + blink * (lower - upper) + OVERLAP * begun * self.scene.mesh.down[:2]
        lid = polygon(np.concatenate([upper - 0.5 * begun * self.scene.mesh.down[:2], edge[::-1]]), (y1 - y0, x1 - x0))
        lash = np.zeros((y1 - y0, x1 - x0), np.uint8)
        width = max(1, round(0.006 * self.scene.mesh.tall))
        cv2.polylines(lash, [np.rint(edge * 16).astype(np.int32)], False, 255, width, cv2.LINE_AA, 4)
        skin = warped(eye.lid, shifted(place, eye.box[:2]), box)
        skin *= (1 - 0.55 * begun * lash.astype(np.float32) / 255)[..., None]
        blend(out[y0:y1, x0:x1], skin, begun * cv2.GaussianBlur(lid, (0, 0), 0.6))


def head_motion(drive: Drive, i: int, unit: float) -> tuple[Array, Array]:
    """The head's turn and growth (3, 3) and shift (3,) in pixels of the frame."""
    nearer = CAMERA / (CAMERA - float(np.clip(drive.shift[i, 2], -1, 0.5 * CAMERA)))
    matrix = nearer * FLIP[:, None] * drive.turn[i] * FLIP[None]
    return matrix.astype(np.float32), (drive.shift[i] * FLIP * unit * [1, 1, 0]).astype(np.float32)


def planar(matrix: Array, pivot: Array, shift: Array, depth: float) -> Array:
    """(2, 3) [A | b]: where the head's motion puts a point of the photo that lies at this depth."""
    offset = pivot[:2] + shift[:2] - matrix[:2] @ pivot + matrix[:2, 2] * depth
    return np.column_stack([matrix[:2, :2], offset]).astype(np.float32)


def shifted(frame_from_rest: Array, by: npt.ArrayLike) -> Array:
    """The same motion for pictures whose origin lies at ``by`` in the photo."""
    moved = frame_from_rest.copy()
    moved[:, 2] += frame_from_rest[:, :2] @ np.asarray(by, np.float32)
    return moved


def warped(picture: Array | Image, frame_from_rest: Array, box: Box) -> Array:
    """A picture that moves with the head, as seen in a box of the frame."""
    x0, y0, x1, y1 = box
    forward = np.column_stack([frame_from_rest[:, :2], frame_from_rest[:, 2] - [x0, y0]]).astype(np.float64)
    moved = cv2.warpAffine(
        picture, forward, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)


def lid_shadow(matte: Array) -> Array:
    """(h, w) light between the lids: less under the upper one."""
    height = max(float(matte.sum(0).max()), 1.0)
    depth = np.cumsum(matte, axis=0) / (0.45 * height)
    return np.asarray(0.68 + 0.32 * np.clip(depth, 0, 1), np.float32)


def edges_moved(slit: Closure, points: Array, rest: Array) -> float:
    """0 where the edges of a slit are as in the photo, 1 from STIR pixels on."""
    ids = np.r_[slit.upper[:, 0], slit.lower[:, 0]]
    return float(np.clip(np.abs(points[ids, :2] - rest[ids, :2]).max() / STIR, 0, 1))


def opening_box(slit: Closure, points: Array, size: int) -> Box:
    """x0, y0, x1, y1 in pixels around a slit."""
    outline = edge_outline(slit, points)
    low = np.clip(np.floor(outline.min(0)) - 3, 1, size - 9).astype(int)
    high = np.clip(np.ceil(outline.max(0)) + 4, low + 4, size - 1).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def blend(target: Image, content: Array, matte: Array) -> None:
    """Put content (h, w, 3) over target by matte (h, w), in place; what is not open is not touched."""
    mixed = target + matte[..., None] * (content - target)
    np.copyto(target, np.clip(np.rint(mixed), 0, 255).astype(np.uint8), where=(matte > 0)[..., None])

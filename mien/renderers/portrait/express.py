"""What the face does before the head turns: targets, then contacts, then lids; contacts have the last word."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.renderers.portrait import kernels_mesh
from mien.renderers.portrait.canvas import Canvas
from mien.renderers.portrait.drive import COLUMN, Drive
from mien.renderers.portrait.rings import Closure
from mien.renderers.portrait.scene import Scene

Array = npt.NDArray[np.float32]

OVERLAP = 0.8
"""Pixels by which shut lids overlap: no light between the lashes."""

BLINKS = [COLUMN["eyeBlinkLeft"], COLUMN["eyeBlinkRight"]]


def express(scene: Scene, canvas: Canvas, drive: Drive, i: int) -> None:
    """Targets, then contacts, then lids: the mesh before the head turns."""
    mesh = scene.mesh
    points = canvas.points
    points[:] = mesh.points
    weights = drive.weights[i].copy()
    weights[BLINKS] = 0  # lids shut exactly, below
    kernels_mesh.add_targets(points, mesh.index, mesh.delta, mesh.starts, weights)
    lips = scene.mouth.lips
    if scene.mouth.parted and drive.active[i] > 0:
        kernels_mesh.follow_gaps(
            points, lips.index, lips.station, lips.share, scene.mouth.parting, float(drive.active[i])
        )
    close(scene, canvas, lips, float(drive.seal[i]), 0.0)
    move_tongue(scene, canvas, drive.tongue[i])
    if drive.teeth[i] > 0:
        bite(scene, canvas, float(drive.teeth[i]))
    if not scene.glasses:
        for eye, blink in zip((scene.left, scene.right), drive.weights[i, BLINKS], strict=True):
            close(scene, canvas, eye.lids, float(blink), OVERLAP)


def close(scene: Scene, canvas: Canvas, slit: Closure, amount: float, extra: float) -> None:
    """Bring the edges of a slit together by ``amount``, and ``extra`` pixels further."""
    if amount <= 0:
        return
    points = canvas.points
    kernels_mesh.edge_points(points, slit.upper, slit.upper_part, canvas.upper)
    kernels_mesh.edge_points(points, slit.lower, slit.lower_part, canvas.lower)
    kernels_mesh.open_gaps(canvas.upper, canvas.lower, scene.mesh.down, extra, canvas.gaps)
    kernels_mesh.follow_gaps(points, slit.index, slit.station, slit.share, canvas.gaps, amount)


def bite(scene: Scene, canvas: Canvas, amount: float) -> None:
    """Raise the lower lip to the edge of the upper teeth."""
    mouth, points = scene.mouth, canvas.points
    kernels_mesh.edge_points(points, mouth.lips.lower, mouth.lips.lower_part, canvas.lower)
    t = np.linspace(-1, 1, len(canvas.gaps), dtype=np.float32)
    bump = np.clip(1 - t**4, 0, 1)[:, None]
    canvas.gaps[:] = (canvas.lower - mouth.bite) * bump
    canvas.gaps[:, [0, 2]] = 0
    lower = mouth.lips.share < 0
    share = np.where(lower, mouth.lips.share / np.abs(mouth.lips.share).max(), 0).astype(np.float32)
    kernels_mesh.follow_gaps(points, mouth.lips.index, mouth.lips.station, share, canvas.gaps, amount)


def move_tongue(scene: Scene, canvas: Canvas, contacts: Array) -> None:
    """Place the tongue: flat on the floor of an open mouth, or its tip or back raised. contacts : (4,)"""
    mouth, mesh = scene.mouth, scene.mesh
    tip, teeth, back, stuck_out = contacts
    drop = float(np.linalg.norm(canvas.points[mouth.jaw] - mesh.points[mouth.jaw])) / mesh.unit
    t = mouth.along
    up = -mesh.down * mesh.unit
    front = np.clip((t - 0.55) / 0.4, 0, 1) ** 1.5
    hump = np.clip(1 - np.abs(t - 0.45) / 0.4, 0, 1)
    flat = 1 - max(tip, teeth, back, stuck_out)
    lift = ((0.6 * drop + 0.001) * tip + (0.7 * drop + 0.001) * teeth) * front
    lift = lift + (0.5 * drop + 0.005) * back * hump - (0.5 * drop + 0.001) * flat * np.clip(1 - t / 0.95, 0, 1) ** 0.4
    kernels_mesh.raise_along(
        canvas.points, mouth.tongue, lift.astype(np.float32), front.astype(np.float32), up, 0.009 * teeth * mesh.unit
    )

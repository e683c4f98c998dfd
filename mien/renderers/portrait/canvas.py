"""Room to work in: the arrays of one frame, kept from frame to frame by the thread that draws."""

from __future__ import annotations

import numpy as np

from mien.renderers.portrait.scene import Scene


class Canvas:
    """One per thread."""

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
        self.still = np.zeros((scene.grid.side, scene.grid.side), np.uint8)
        self.gaps = np.zeros((len(scene.mouth.lips.upper), 3), np.float32)
        self.upper, self.lower = np.zeros_like(self.gaps), np.zeros_like(self.gaps)
        self.creases = np.zeros((size, size), np.float32)
        self.opened = 0.0  # gap of the lips, face heights

"""The head as glTF 2.0: one mesh with the 52 ARKit targets by name, and two eyes that turn.

Source of the format: Khronos, glTF 2.0 Specification, 3.6 (sparse accessors) and 4 (GLB). Axes and units are mien's
own: +y up, +z out of the face, metres.
"""

from __future__ import annotations

import json
import struct
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.rig import ARKIT
from mien.face.head import Head, load_head

SKIN, LIPS, BROWS = (0.62, 0.40, 0.31), (0.52, 0.25, 0.21), (0.09, 0.05, 0.035)
BAG, TONGUE, TEETH, GUMS = (0.16, 0.03, 0.03), (0.52, 0.17, 0.16), (0.80, 0.77, 0.68), (0.48, 0.17, 0.16)
"""Linear colours of the parts."""

BROW_LINES = (
    ((70, 63, 105, 66, 107), (46, 53, 52, 65, 55)),
    ((300, 293, 334, 296, 336), (276, 283, 282, 295, 285)),
)  # fmt: skip
"""MediaPipe's points along the upper and the lower edge of each brow."""

BROW_WIDTH = 0.004
"""Metres from between those in which hair grows thin."""

WHITE, IRIS, PUPIL = (0.78, 0.76, 0.72), (0.07, 0.11, 0.13), (0.004, 0.004, 0.004)

IRIS_RADIUS, PUPIL_RADIUS, BALL = 0.0064, 0.0024, 0.0148
"""Metres. The lids of the source lie on balls larger than life (.0159); these are .93 of that, or they come through."""

LEAST = 5e-5
"""Metres below which a target's delta is left out."""

FLOAT, SHORT, BYTE, INT = 5126, 5123, 5121, 5125
PARTS = ("face", "head", "socket", "tongue", "teeth_upper", "gums_upper", "teeth_lower", "gums_lower")


class _Glb:
    """Buffers and what looks into them."""

    def __init__(self) -> None:
        self.data, self.views, self.accessors = bytearray(), list[dict[str, Any]](), list[dict[str, Any]]()

    def view(self, values: npt.NDArray[Any]) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.data), "byteLength": values.nbytes})
        self.data += values.tobytes()
        return len(self.views) - 1

    def accessor(self, values: npt.NDArray[Any], kind: int, **more: Any) -> int:
        shape = "SCALAR" if values.ndim == 1 else f"VEC{values.shape[1]}"
        found = {"bufferView": self.view(values), "componentType": kind, "count": len(values), "type": shape, **more}
        self.accessors.append(found)
        return len(self.accessors) - 1

    def positions(self, values: npt.NDArray[np.float32]) -> int:
        return self.accessor(values, FLOAT, min=values.min(0).tolist(), max=values.max(0).tolist())

    def target(self, count: int, index: npt.NDArray[np.int32], delta: npt.NDArray[np.float32]) -> int:
        """A sparse accessor: zero where nothing moves."""
        sparse = {
            "count": len(index),
            "indices": {"bufferView": self.view(index.astype("<u2")), "componentType": SHORT},
            "values": {"bufferView": self.view(delta.astype("<f4"))},
        }
        low, high = np.minimum(delta.min(0), 0), np.maximum(delta.max(0), 0)
        self.accessors.append(
            {
                "componentType": FLOAT,
                "count": count,
                "type": "VEC3",
                "sparse": sparse,
                "min": low.tolist(),
                "max": high.tolist(),
            }
        )
        return len(self.accessors) - 1


@cache
def head_glb() -> bytes:
    """The head of the package, written once."""
    return glb_from_head(load_head())


def glb_from_head(head: Head) -> bytes:
    """A .glb file of a head at rest."""
    glb = _Glb()
    triangles = np.concatenate([head.triangles[part] for part in PARTS])
    used, flat = np.unique(triangles, return_inverse=True)
    faces = flat.reshape(-1, 3)
    place = np.full(len(head.neutral), -1, np.int32)
    place[used] = np.arange(len(used))
    points = np.ascontiguousarray(head.neutral[used], np.float32)
    names = [name for name in ARKIT.names if name in head.targets]
    targets = []
    for name in names:
        index, delta = head.targets[name]
        kept = (place[index] >= 0) & (np.abs(delta).max(axis=1) > LEAST)
        targets.append({"POSITION": glb.target(len(used), place[index[kept]], delta[kept])})
    mesh = {
        "name": "head",
        "primitives": [
            {
                "attributes": {
                    "POSITION": glb.positions(points),
                    "NORMAL": glb.accessor(normals(points, faces), FLOAT),
                    "COLOR_0": glb.accessor(_bytes(colours(head)[used]), BYTE, normalized=True),
                },
                "indices": glb.accessor(faces.astype("<u4").ravel(), INT),
                "material": 0,
                "targets": targets,
            }
        ],
        "weights": [0.0] * len(names),
        "extras": {"targetNames": names},
    }
    ball, ball_faces, ball_colours = eyeball()
    eye = {
        "name": "eye",
        "primitives": [
            {
                "attributes": {
                    "POSITION": glb.positions(ball),
                    "NORMAL": glb.accessor(np.ascontiguousarray(ball / BALL, np.float32), FLOAT),
                    "COLOR_0": glb.accessor(_bytes(ball_colours), BYTE, normalized=True),
                },
                "indices": glb.accessor(ball_faces.astype("<u4").ravel(), INT),
                "material": 1,
            }
        ],
    }
    centres = eye_centres(head)
    document = {
        "asset": {"version": "2.0", "generator": "mien", "copyright": "CC0 1.0, from MakeHuman data"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {"name": "head", "mesh": 0, "children": [1, 2]},
            {"name": "eyeLeft", "mesh": 1, "translation": centres[0].tolist()},
            {"name": "eyeRight", "mesh": 1, "translation": centres[1].tolist()},
        ],
        "meshes": [mesh, eye],
        "materials": [
            {
                "name": "skin",
                "pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.62},
                "doubleSided": True,
            },
            {"name": "eye", "pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.12}},
        ],
        "accessors": glb.accessors,
        "bufferViews": glb.views,
        "buffers": [{"byteLength": len(glb.data)}],
    }
    return _packed(document, bytes(glb.data))


def _packed(document: dict[str, Any], data: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    data += b"\0" * (-len(data) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(data))
    return b"".join(
        [head, struct.pack("<I4s", len(text), b"JSON"), text, struct.pack("<I4s", len(data), b"BIN\0"), data]
    )


def normals(points: npt.NDArray[np.float32], faces: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """(v, 3) of unit length, weighted by area."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    out = np.zeros_like(points)
    for k in range(3):
        np.add.at(out, faces[:, k], across)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12), np.float32)


def colours(head: Head) -> npt.NDArray[np.float32]:
    """(v, 3) linear; inside the mouth as dark as it is there."""
    out = np.tile(np.array(SKIN, np.float32), (len(head.neutral), 1))
    for name, colour in (("lips", LIPS), ("socket", BAG), ("tongue", TONGUE)):
        out[head.masks[name]] = colour
    points = head.landmarks_from(head.neutral)
    for upper, lower in BROW_LINES:
        above, below = (np.apply_along_axis(_finer, 0, points[list(edge)]) for edge in (upper, lower))
        across = np.linspace(above, below, 5).reshape(-1, 3)
        far = np.linalg.norm(head.neutral[:, None] - across[None], axis=2).min(axis=1)
        hair = np.clip(1.1 - far / BROW_WIDTH, 0, 0.75)[:, None] * head.masks["face"][:, None]
        out += hair * (np.array(BROWS, np.float32) - out)
    for name, colour in (("teeth", TEETH), ("gums", GUMS)):
        out[head.masks[f"{name}_upper"] | head.masks[f"{name}_lower"]] = colour
    return out * (0.25 + 0.75 * head.ambient[:, None])


def _finer(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Points between those of a line."""
    return np.interp(np.linspace(0, len(values) - 1, 33), np.arange(len(values)), values)


def _bytes(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    whole = np.concatenate([values, np.ones((len(values), 1), np.float32)], axis=1)
    return np.asarray(np.rint(np.clip(whole, 0, 1) * 255), np.uint8)


def eye_centres(head: Head) -> npt.NDArray[np.float32]:
    """(2, 3) left, right: where the source has them."""
    vertices = head.neutral[np.unique(head.triangles["eyes"])]
    found = []
    for side in (vertices[vertices[:, 0] > 0], vertices[vertices[:, 0] < 0]):
        found.append((side.max(0) + side.min(0)) / 2)
    return np.array(found, np.float32)


def eyeball(
    rings: int = 32, spokes: int = 32
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """A ball that looks along +z: (v, 3) metres, (t, 3), (v, 3) colours; its rings lie on the borders of the iris."""
    border = [np.arcsin(r / BALL) for r in (PUPIL_RADIUS, IRIS_RADIUS)]
    angles = np.concatenate(
        [[0.0], border[0] + np.array([-1e-3, 1e-3]), np.linspace(border[0], border[1], 5)[1:-1],
         border[1] + np.array([-6e-2, 2e-2]), np.linspace(border[1] + 0.1, np.pi, rings - 8)]
    )  # fmt: skip
    turns = np.linspace(0, 2 * np.pi, spokes, endpoint=False)
    a, t = np.meshgrid(angles, turns, indexing="ij")
    points = BALL * np.stack([np.sin(a) * np.cos(t), np.sin(a) * np.sin(t), np.cos(a)], -1).reshape(-1, 3)
    shade = np.where(a[..., None] < border[0], PUPIL, np.where(a[..., None] < border[1], IRIS, WHITE))
    index = np.arange(len(angles) * spokes).reshape(len(angles), spokes)
    right = np.roll(index, -1, axis=1)
    quads = np.stack([index[:-1], index[1:], right[1:], right[:-1]], -1).reshape(-1, 4)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return points.astype(np.float32), faces.astype(np.int32), shade.reshape(-1, 3).astype(np.float32)

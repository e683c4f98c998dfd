#!/usr/bin/env python
"""Contact sheets of the portrait renderer, to look at.

    python tools/sheets.py FOLDER [PHOTO ...] [--size 512] [--zoom face|mouth|eyes]

One PNG per photo (without photos: the packaged one): every pose with its name, and a strip of consecutive frames.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from mien.core.rig import Motion
from mien.renderers.portrait import PHOTO, Portrait

Pose = dict[str, float]


def both(name: str, weight: float) -> Pose:
    return {f"{name}Left": weight, f"{name}Right": weight}


POSES: dict[str, Pose] = {
    "rest": {},
    "jawOpen .15": {"jawOpen": 0.15},
    "jawOpen .3": {"jawOpen": 0.3},
    "jawOpen .6": {"jawOpen": 0.6},
    "jawOpen 1": {"jawOpen": 1.0},
    "jaw .6, sealed": {"jawOpen": 0.6, "lipSeal": 1.0},
    "teeth (f)": {"jawOpen": 0.15, "lipTeeth": 1.0},
    "tongue tip (l)": {"jawOpen": 0.2, "tongueTip": 1.0},
    "tongue teeth (th)": {"jawOpen": 0.15, "tongueTeeth": 1.0},
    "tongueOut": {"jawOpen": 0.5, "tongueOut": 1.0},
    "smile": both("mouthSmile", 0.8) | both("cheekSquint", 0.5),
    "smile, open": both("mouthSmile", 0.8) | {"jawOpen": 0.2},
    "frown": both("mouthFrown", 0.8) | {"browInnerUp": 0.7},
    "pucker": {"mouthPucker": 0.8},
    "funnel": {"mouthFunnel": 0.7, "jawOpen": 0.2},
    "stretch": both("mouthStretch", 0.8) | {"jawOpen": 0.1},
    "upper, lower lip": both("mouthUpperUp", 0.6) | both("mouthLowerDown", 0.6),
    "sneer": both("noseSneer", 0.9) | both("mouthUpperUp", 0.3),
    "puff": {"cheekPuff": 0.8},
    "blink .5": both("eyeBlink", 0.5),
    "blink": both("eyeBlink", 1.0),
    "wink": {"eyeBlinkLeft": 1.0, "mouthSmileLeft": 0.5},
    "squint": both("eyeSquint", 0.9),
    "wide": both("eyeWide", 0.9) | both("browOuterUp", 0.6),
    "brows up": {"browInnerUp": 0.9} | both("browOuterUp", 0.9),
    "brows down": both("browDown", 0.9),
    "gaze left": {"gazeYaw": 0.35},
    "gaze right": {"gazeYaw": -0.35},
    "gaze up": {"gazePitch": -0.25},
    "gaze down": {"gazePitch": 0.3},
    "yaw +10°": {"headYaw": 0.1745},
    "yaw -10°": {"headYaw": -0.1745},
    "pitch +8°": {"headPitch": 0.14},
    "pitch -8°": {"headPitch": -0.14},
    "roll +8°": {"headRoll": 0.14},
    "roll -8°": {"headRoll": -0.14},
    "surprise": {"jawOpen": 0.45, "browInnerUp": 0.8} | both("browOuterUp", 0.8) | both("eyeWide", 0.8),
    "anger": both("browDown", 0.9) | both("noseSneer", 0.5) | both("mouthPress", 0.6) | {"headPitch": 0.08},
    "joy": both("mouthSmile", 0.9) | both("cheekSquint", 0.8) | {"jawOpen": 0.25, "headRoll": 0.07, "headYaw": -0.08},
    "sad": both("mouthFrown", 0.8) | {"browInnerUp": 0.9, "headPitch": 0.1, "gazePitch": 0.2, "breath": 1.0},
}


def motion_of(poses: list[Pose]) -> Motion:
    """One frame a pose."""
    motion = Motion.at_rest(len(poses), rate=25)
    values = motion.values.copy()
    for row, pose in zip(values, poses, strict=True):
        for name, value in pose.items():
            row[motion.rig.find(name)] = value
    return motion.with_values(values)


def moving(frames: int) -> list[Pose]:
    """Consecutive frames of something like speech: jaw, seal, a blink, a nod and a turn."""
    t = np.arange(frames) / 25
    jaw = 0.35 * np.clip(np.sin(2 * np.pi * 3 * t), 0, 1)
    seal = np.clip(1 - np.abs((t % 0.333) - 0.25) / 0.06, 0, 1)
    blink = np.clip(1 - np.abs(t - 0.3) / 0.1, 0, 1)
    return [
        {
            "jawOpen": j,
            "lipSeal": s,
            "speaking": 1.0,
            "headYaw": 0.15 * np.sin(3 * x),
            "headPitch": 0.06 * np.sin(7 * x),
        }
        | both("eyeBlink", b)
        for j, s, b, x in zip(jaw, seal, blink, t, strict=True)
    ]


def window(portrait: Portrait, zoom: str) -> tuple[slice, slice]:
    """The part of the frame to show."""
    mesh = portrait.scene.mesh
    eyes = (portrait.scene.left.centre[:2] + portrait.scene.right.centre[:2]) / 2
    drop, reach = {"face": (0.2, 0.75), "mouth": (0.5, 0.3), "eyes": (0.0, 0.36), "frame": (0, 9)}[zoom]
    middle = eyes + drop * mesh.tall * mesh.down[:2]
    low = np.clip(middle - reach * mesh.tall, 0, portrait.scene.size).astype(int)
    high = np.clip(middle + reach * mesh.tall, 0, portrait.scene.size).astype(int)
    return slice(low[1], high[1]), slice(low[0], high[0])


def sheet(portrait: Portrait, poses: dict[str, Pose], *, zoom: str, columns: int, side: int) -> np.ndarray:
    """(h, w, 3) the poses in rows, each with its name."""
    where = window(portrait, zoom)
    tiles = []
    for name, frame in zip(poses, portrait.render([motion_of(list(poses.values()))]), strict=True):
        tile = cv2.resize(frame.image[where], (side, side), interpolation=cv2.INTER_CUBIC)
        for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(tile, name, (6, side - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, thick, cv2.LINE_AA)
        tiles.append(tile)
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    return np.vstack([np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("photos", type=Path, nargs="*", default=[PHOTO])
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--side", type=int, default=300)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--zoom", choices=["frame", "face", "mouth", "eyes"], default="face")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    strip = {f"frame {i}": pose for i, pose in enumerate(moving(24))}
    for photo in options.photos:
        portrait = Portrait(photo, size=options.size)
        look = {"zoom": options.zoom, "columns": options.columns, "side": options.side}
        for name, poses in (("poses", POSES), ("strip", strip)):
            path = options.folder / f"{photo.stem}-{options.zoom}-{name}.png"
            cv2.imwrite(str(path), sheet(portrait, poses, **look)[..., ::-1])
            print(path)


if __name__ == "__main__":
    main()

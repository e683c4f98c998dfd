"""A drawn face straight from the channels: no photo, no weights, always the same picture for the same motion.

The yardstick for other renderers and the double for tests: whatever it shows was really in the motion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mien.core.errors import WrongUse
from mien.core.frame import Frame
from mien.core.rig import ARTICULATION, BREATH, FACE, GAZE, HEAD, Motion, Rig
from mien.core.rotation import matrices_from_vectors

Point = tuple[float, float]
Polygon = npt.NDArray[np.float64]

PAPER, SKIN, LINE = (244, 241, 234), (241, 206, 178), (70, 52, 46)
LIPS, MOUTH, TEETH, TONGUE = (196, 96, 92), (78, 26, 30), (250, 248, 240), (214, 112, 112)
WHITE, IRIS, SHIRT = (255, 255, 255), (74, 112, 140), (96, 124, 150)

PIVOT = np.array([0.0, -0.55, -0.35])
"""Where the head turns, in head units (1 = from the middle of the face to its top), y up."""


@dataclass(frozen=True)
class Pose:
    """One frame's channels by name; a channel that is not in the motion is at rest."""

    values: dict[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values.get(name, 0.0)

    def pair(self, name: str, side: int) -> float:
        """The channel of a side: +1 the character's left, -1 the right."""
        return self[name + ("Left" if side > 0 else "Right")]


class Sketch:
    """Renderer: lines and flat colours. size : side of the frame, pixels, even"""

    rig: Rig = Rig("sketch", (FACE + ARTICULATION + HEAD + GAZE + BREATH).channels)

    def __init__(self, photo: object = None, *, size: int = 256, label: str = "") -> None:
        if photo is not None or label:
            raise WrongUse("a sketch shows no photo and no label: leave portrait and label out")
        if not 64 <= size <= 1024 or size % 2:
            raise WrongUse(f"a sketch's size must be even and in 64..1024, got {size}")
        self.size = size

    def render(self, motions: Iterable[Motion], *, workers: int = 1) -> Iterator[Frame]:
        """One picture per motion frame; it is so quick that ``workers`` makes no difference."""
        for motion in motions:
            names = motion.rig.names
            for i, row in enumerate(motion.values):
                pose = Pose(dict(zip(names, map(float, row), strict=True)))
                yield Frame(draw_face(pose, self.size), motion.start + i, motion.rate)


def draw_face(pose: Pose, size: int) -> npt.NDArray[np.uint8]:
    """The picture (size, size, 3) of one pose."""
    image = np.full((size, size, 3), PAPER, np.uint8)
    brush = Brush(image, pose)
    brush.fill(_body(pose), SHIRT, turned=False)
    brush.fill(_ellipse(0, 0, 0.74, 1.0), SKIN, outline=LINE)
    for side in (1, -1):
        _draw_eye(brush, pose, side)
        brush.line(_brow(pose, side), LINE, 0.05)
    brush.line(_nose(pose), LINE, 0.025)
    _draw_mouth(brush, pose)
    return image


class Brush:
    """Draws shapes given in head units on the turned head. One unit is 0.36 of the frame."""

    def __init__(self, image: npt.NDArray[np.uint8], pose: Pose) -> None:
        self.image = image
        vector = np.array([[pose["headPitch"], pose["headYaw"], pose["headRoll"]]])
        self.matrix = matrices_from_vectors(vector)[0]
        metres = np.array([pose["headX"], pose["headY"], pose["headZ"]])
        self.shift = metres / 0.11  # a head's half height is about 11 cm
        self.unit = image.shape[0] * 0.36

    def pixels(self, shape: Polygon, turned: bool = True) -> npt.NDArray[np.int32]:
        """Where a shape (n, 2) lands, 1/16 pixel."""
        points = np.column_stack([shape, 0.45 * np.sqrt(np.clip(1.2 - shape[:, 0] ** 2 - shape[:, 1] ** 2, 0, None))])
        if turned:
            points = (points - PIVOT) @ self.matrix.T + PIVOT + self.shift
            points[:, :2] *= 1 + 0.2 * self.shift[2]
        middle = self.image.shape[0] * np.array([0.5, 0.46])
        return np.asarray(np.rint((middle + points[:, :2] * [self.unit, -self.unit]) * 16), np.int32)

    def fill(
        self,
        shape: Polygon,
        colour: tuple[int, int, int],
        *,
        outline: tuple[int, int, int] | None = None,
        turned: bool = True,
    ) -> None:
        where = self.pixels(shape, turned)
        cv2.fillPoly(self.image, [where], colour, cv2.LINE_AA, 4)
        if outline:
            cv2.polylines(self.image, [where], True, outline, self._width(0.02), cv2.LINE_AA, 4)

    def line(self, shape: Polygon, colour: tuple[int, int, int], width: float) -> None:
        cv2.polylines(self.image, [self.pixels(shape)], False, colour, self._width(width), cv2.LINE_AA, 4)

    def fill_within(self, shape: Polygon, parts: list[tuple[Polygon, tuple[int, int, int]]]) -> None:
        """Fill parts, but only inside a shape."""
        mask = np.zeros(self.image.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self.pixels(shape)], 255, cv2.LINE_AA, 4)
        layer = Brush.__new__(Brush)
        layer.__dict__.update(self.__dict__, image=self.image.copy())
        for part, colour in parts:
            layer.fill(part, colour)
        alpha = mask[..., None].astype(np.float32) / 255
        self.image[:] = np.rint(self.image + alpha * (layer.image.astype(np.float32) - self.image))

    def _width(self, width: float) -> int:
        return int(max(1, round(width * self.unit)))


def _ellipse(x: float, y: float, rx: float, ry: float) -> Polygon:
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    return np.column_stack([x + rx * np.cos(turn), y + ry * np.sin(turn)])


def _body(pose: Pose) -> Polygon:
    lift = 0.05 * pose["breath"]
    return np.array(
        [[-1.5, -2.0], [-1.1, -1.25 + lift], [-0.3, -1.0 + lift], [0.3, -1.0 + lift], [1.1, -1.25 + lift], [1.5, -2.0]]
    )


def _draw_eye(brush: Brush, pose: Pose, side: int) -> None:
    lids = eye_shape(pose, side)
    centre = np.array([0.31 * side, 0.16])
    eye_in_head = brush.matrix.T @ _direction(pose["gazeYaw"], pose["gazePitch"])
    iris = centre + 0.22 * eye_in_head[:2]
    parts = [
        (_ellipse(centre[0], centre[1], 0.3, 0.3), WHITE),
        (_ellipse(iris[0], iris[1], 0.085, 0.085), IRIS),
        (_ellipse(iris[0], iris[1], 0.04, 0.04), LINE),
    ]
    brush.fill_within(lids, parts)
    brush.line(np.vstack([lids, lids[:1]]), LINE, 0.018)


def _direction(yaw: float, pitch: float) -> Polygon:
    return np.array([np.sin(yaw) * np.cos(pitch), -np.sin(pitch), np.cos(yaw) * np.cos(pitch)])


def eye_shape(pose: Pose, side: int) -> Polygon:
    """The outline (n, 2) between the lids of a side; shut, upper and lower lid are one line."""
    blink, wide, squint = (pose.pair(name, side) for name in ("eyeBlink", "eyeWide", "eyeSquint"))
    low = -0.07 + 0.04 * squint
    high = low + (0.17 + 0.05 * wide - 0.05 * squint) * (1 - blink)
    t = np.linspace(-1, 1, 24)
    x, bow = 0.31 * side + 0.17 * t, 1 - t**2
    middle = 0.16 + low * 0.5
    upper, lower = middle + (high - low * 0.5) * bow, middle + low * 0.5 * bow
    return np.column_stack([np.r_[x, x[::-1]], np.r_[upper, lower[::-1]]])


def _brow(pose: Pose, side: int) -> Polygon:
    inner = 0.16 * pose["browInnerUp"] - 0.12 * pose.pair("browDown", side)
    outer = 0.15 * pose.pair("browOuterUp", side) - 0.05 * pose.pair("browDown", side)
    x = np.array([0.12 + 0.03 * (1 - pose.pair("browDown", side)), 0.3, 0.5]) * side
    return np.column_stack([x, [0.41 + inner, 0.46 + (inner + outer) / 2, 0.42 + outer]])


def _nose(pose: Pose) -> Polygon:
    lift = 0.03 * (pose["noseSneerLeft"] + pose["noseSneerRight"])
    return np.array([[0.0, 0.1], [0.06, -0.14 + lift], [0.0, -0.18 + lift], [-0.06, -0.14 + lift]])


def mouth_shape(pose: Pose) -> tuple[Polygon, Polygon]:
    """Inner and outer edge (n, 2) of the lips; contacts have the last word, sealed lips have no gap at all."""
    both = {
        n: (pose[n + "Left"] + pose[n + "Right"]) / 2
        for n in ("mouthStretch", "mouthUpperUp", "mouthLowerDown", "mouthPress")
    }
    jaw = pose["jawOpen"]
    top = 0.07 * both["mouthUpperUp"] + 0.04 * pose["mouthFunnel"]
    bottom = 0.42 * jaw + 0.08 * both["mouthLowerDown"] + 0.05 * pose["mouthFunnel"]
    shut = max(pose["lipSeal"], min(1.0, pose["mouthClose"] / jaw) if jaw > 0.01 else 0.0)
    bottom += pose["lipTeeth"] * (0.03 - bottom)
    top, bottom = top * (1 - shut), bottom * (1 - shut)
    width = 0.3 + 0.05 * both["mouthStretch"] - 0.13 * pose["mouthPucker"] - 0.09 * pose["mouthFunnel"]
    thick = (0.055 + 0.03 * pose["mouthPucker"]) * (1 - 0.6 * max(both["mouthPress"], pose["mouthRollLower"]))
    ends = {}
    for side in (1, -1):
        smile, frown = pose.pair("mouthSmile", side), pose.pair("mouthFrown", side)
        ends[side] = ((width + 0.07 * smile) * side, 0.13 * smile - 0.11 * frown)
    t = np.linspace(-1, 1, 33)
    left = np.clip(t, 0, 1)
    right = np.clip(-t, 0, 1)
    shift = 0.08 * (pose["mouthLeft"] - pose["mouthRight"]) + 0.06 * (pose["jawLeft"] - pose["jawRight"])
    x = left * ends[1][0] + right * ends[-1][0] + shift
    y = -0.46 + left**2 * ends[1][1] + right**2 * ends[-1][1]
    bow = 1 - t**2

    def ring(up: float, down: float) -> Polygon:
        return np.column_stack([np.r_[x, x[::-1]], np.r_[y + up * bow, (y - down * bow)[::-1]]])

    return ring(top, bottom), ring(top + thick, bottom + 1.2 * thick)


def _draw_mouth(brush: Brush, pose: Pose) -> None:
    inner, outer = mouth_shape(pose)
    brush.fill(outer, LIPS, outline=LIPS)
    drop = 0.42 * pose["jawOpen"] * (1 - pose["lipSeal"])
    out = 0.14 * pose["tongueOut"]
    tongue_up = max(pose["tongueTip"], pose["tongueTeeth"], 0.7 * pose["tongueBack"])
    tongue_y = -0.54 - drop * (1 - 0.75 * tongue_up) - out
    parts = [
        (_ellipse(0, -0.5, 0.6, 0.6), MOUTH),
        (_ellipse(0, tongue_y, 0.17, 0.1 + out), TONGUE),
        (_ellipse(0, -0.4, 0.26, 0.075), TEETH),
        (_ellipse(0, -0.56 - drop, 0.22, 0.05), TEETH),
    ]
    if pose["tongueTeeth"] > 0.5 or out > 0:
        parts.append((_ellipse(0, -0.49 - 0.1 * pose["jawOpen"] - out, 0.13, 0.04 + out), TONGUE))
    brush.fill_within(inner, parts)
    brush.line(np.vstack([inner, inner[:1]]), LINE, 0.015)

"""One ruler for captured faces and for motion: MediaPipe's landmarks on both.

A captured face has them by the landmarker; a motion by what its blendshapes do to the same points of the head in
face/head.npz, contacts spelt out first. Every distance is over the face's height in the same frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.retarget import retargeted
from mien.core.rig import ARKIT, FACE, Motion
from mien.core.weights import find
from mien.evaluation.kept import Arrays, kept
from mien.face.landmarks import SCORES

Array = npt.NDArray[np.float64]

RATE = Fraction(25)
"""Frames per second at which everything is compared."""

TOP, CHIN, INNER, CORNERS = 10, 152, (13, 14), (61, 291)
"""Landmarks: top of the face, chin, middle of the inner lips, corners of the mouth."""

LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
    185, 40, 39, 37, 0, 267, 269, 270, 409, 415, 310, 311, 312, 13, 82, 81, 42, 183, 78,
)  # fmt: skip
"""MediaPipe's lip contours (FACEMESH_LIPS), 40 points."""

STEADY = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 10, 109, 338)
"""Points that expressions hardly move: corners of the eyes, bridge of the nose, top of the forehead."""

MEASURES = ("aperture", "width", "pucker")

PUCKER = {"mouthPucker": 1.0, "mouthFunnel": 0.3}
"""The landmarker's pucker score of blendshapes at 1, read from renders of the head."""

NEUTRAL_SHARE = 0.1
"""A captured face's own neutral is the mean of this share of its frames, the mouth most shut."""

LEAST_SEEN, LEAST_FRAMES = 0.5, 25
"""Share of frames with a face and number of frames below which a clip is not used."""

SIDES = (234, 454)
"""Landmarks where the cheeks end, on the picture's left and right."""

MOST_TURNED = 30.0
"""Degrees of yaw, median over a clip, beyond which a mouth is seen from the side and its measures mean another thing.
Of the companion data's clips three are, by 35 and more; all others by 25 at most."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What the landmarker saw of a clip, at RATE; frames without a face are bridged.

    points : (n, 478, 3) pixels, y down; scores : name -> (n,) 0..1; found : share of frames with a face
    """

    points: Array
    scores: dict[str, Array]
    found: float


@dataclass(frozen=True, eq=False)
class Mouth:
    """Curves at RATE. aperture, width : over face height; pucker : 0..1; lips : (n, 40, 2) displacement of each
    lip point from the face's own neutral, over face height, y down"""

    aperture: Array
    width: Array
    pucker: Array
    lips: Array

    def __getitem__(self, measure: str) -> Array:
        curve: Array = getattr(self, measure)
        return curve


@lru_cache(maxsize=256)
def seen(path: Path) -> Seen:
    """What the landmarker sees of a clip; read once, for it takes half a minute of film a minute.

    Errors: BadInput for a clip that cannot be read or shows hardly any face.
    """
    if not path.is_file():
        raise BadInput(f"no such file: {path}")
    raw = kept("seen", f"{RULER} {find('face-landmarker').sha256[:8]}", path, lambda: _looked_at(path))
    points, scores, good, rate = raw["points"], raw["scores"], raw["good"].astype(int), Fraction(*map(int, raw["rate"]))
    count = int(raw["count"][0])
    if len(good) < max(LEAST_FRAMES, LEAST_SEEN * count):
        raise BadInput(f"{path.name} shows a face in {len(good)} of {count} frames; half of them are needed")
    at = (np.arange(int(count / rate * RATE)) + 0.5) * float(rate / RATE) - 0.5
    flat = np.concatenate([points.reshape(len(good), -1), scores], axis=1).astype(np.float64)
    values = _between(np.asarray(at, np.float64), good, flat)
    return Seen(
        values[:, : 478 * 3].reshape(-1, 478, 3),
        {name: values[:, 478 * 3 + i] for i, name in enumerate(SCORES)},
        len(good) / count,
    )


RULER = 1
"""Goes up when the landmarker is called in another way."""


def _looked_at(path: Path) -> Arrays:
    """Landmarks and scores of the frames with a face, which frames those are, how many there are, at what rate."""
    from mien.face.landmarks import track
    from mien.media import read_video

    rate, frames = read_video(path)
    points, scores, good, count = [], [], [], 0
    for face in track(frame.image for frame in frames):
        if face is not None:
            points.append(face.points)
            scores.append([face.scores[name] for name in SCORES])
            good.append(count)
        count += 1
    return {
        "points": np.array(points, np.float32).reshape(-1, 478, 3),
        "scores": np.array(scores, np.float32).reshape(-1, len(SCORES)),
        "good": np.array(good, np.float64),
        "count": np.array([count], np.float64),
        "rate": np.array([rate.numerator, rate.denominator], np.float64),
    }


def _between(at: Array, where: npt.NDArray[np.int_], values: Array) -> Array:
    """(n, c) linear between the rows that there are; the ends are held."""
    after = np.clip(np.searchsorted(where, at), 1, len(where) - 1)
    before = after - 1
    share = np.clip((at - where[before]) / (where[after] - where[before]), 0, 1)[:, None]
    mixed: Array = values[before] * (1 - share) + values[after] * share
    return mixed


def mouth_of_clip(path: Path) -> Mouth:
    """The captured truth. Errors: BadInput for a clip that cannot be read or shows no face, or one from the side."""
    face = seen(path)
    if (yaw := turned(face.points)) > MOST_TURNED:
        raise BadInput(f"{path.name} shows the face turned by {yaw:.0f}°; {MOST_TURNED:.0f}° at most can be measured")
    flat = face.points[..., :2]
    aperture = apart(flat, INNER)
    shut = np.argsort(aperture, kind="stable")[: max(1, round(NEUTRAL_SHARE * len(aperture)))]
    return Mouth(aperture, apart(flat, CORNERS), face.scores["mouthPucker"], lips_moved(flat, flat[shut].mean(0)))


def turned(points: Array) -> float:
    """How far a face is turned to a side, degrees, median over frames. points : (n, 478, 3)"""
    across = points[:, SIDES[1]] - points[:, SIDES[0]]
    return float(np.median(np.abs(np.degrees(np.arctan2(across[:, 2], across[:, 0])))))


def mouth_of_motion(motion: Motion) -> Mouth:
    """What the same ruler reads from a motion, in any rig."""
    points = landmarks_of_motion(motion)
    upper, lower = points[:, INNER[0], 1], points[:, INNER[1], 1]
    aperture = np.maximum(lower - upper, 0) / _height(points)  # lips that overlap are shut
    plain = weights(motion)
    pucker = sum(share * plain[name] for name, share in PUCKER.items())
    return Mouth(aperture, apart(points, CORNERS), np.asarray(pucker), lips_moved(points, _head()[0]))


def landmarks_of_motion(motion: Motion) -> Array:
    """(n, 478, 2) metres, y down: the head seen from in front, not turned."""
    neutral, deltas = _head()
    plain = weights(motion)
    moved = np.stack([plain[name] for name in deltas], 1) @ np.stack([d.ravel() for d in deltas.values()])
    return neutral + moved.reshape(-1, *neutral.shape)


def weights(motion: Motion) -> dict[str, Array]:
    """Blendshape -> (n,), contacts spelt out, at RATE."""
    plain = retargeted(motion, ARKIT)
    if plain.rate != RATE:
        plain = plain.resample(RATE)
    return {name: plain[name].astype(np.float64) for name in FACE.names}


@lru_cache(maxsize=1)
def _head() -> tuple[Array, dict[str, Array]]:
    """The landmarks at rest (478, 2) and what each blendshape at 1 adds to them."""
    from mien.face.head import load_head

    head = load_head()
    turn = np.array([1.0, -1.0])
    neutral = head.landmarks_from(head.neutral)[:, :2] * turn
    deltas = {
        name: head.landmarks_from(head.pose_vertices([], {name: 1.0}))[:, :2] * turn - neutral for name in FACE.names
    }
    return neutral, deltas


def _height(points: npt.NDArray[np.floating]) -> Array:
    return np.asarray(np.linalg.norm(points[:, TOP] - points[:, CHIN], axis=-1))


def apart(points: npt.NDArray[np.floating], pair: tuple[int, int]) -> Array:
    """(n,) the distance of two landmarks over face height. points : (n, 478, 2)"""
    return np.asarray(np.linalg.norm(points[:, pair[0]] - points[:, pair[1]], axis=-1) / _height(points))


def lips_moved(points: Array, neutral: Array) -> Array:
    """(n, 40, 2) of the lips."""
    return np.asarray(laid_on_neutral(points, neutral)[:, LIPS])


def laid_on_neutral(points: Array, neutral: Array) -> Array:
    """(n, 478, 2) what moved: each frame's steady points laid on those of the neutral, less it, over face height."""
    aligned = np.stack([_laid_on(frame, neutral) for frame in points])
    return np.asarray((aligned - neutral) / np.linalg.norm(neutral[TOP] - neutral[CHIN]))


def _laid_on(points: Array, target: Array) -> Array:
    """The least-squares similarity of the steady points (Umeyama 1991, by complex numbers), applied to all."""
    a, b = (p[:, 0] + 1j * p[:, 1] for p in (points[list(STEADY)], target[list(STEADY)]))
    turn = np.vdot(a - a.mean(), b - b.mean()) / np.vdot(a - a.mean(), a - a.mean())
    moved = (points[:, 0] + 1j * points[:, 1] - a.mean()) * turn + b.mean()
    return np.stack([moved.real, moved.imag], 1)

"""What a portrait is put through: forty poses for who it is, and every channel in steps for whether it obeys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from mien.core.frame import Image
from mien.core.retarget import retargeted
from mien.core.rig import FACE, FULL, Motion
from mien.evaluation.metrics.correlation import correlation
from mien.face.landmarks import Face
from mien.face.pose import person_from
from mien.renderers.portrait import Portrait
from mien.trackers.channels import table
from mien.trackers.features import features

Pose = Mapping[str, float]

RATE = Fraction(25)

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)

SLACK = 0.01
"""By which a reading may fall from one step to the next and still count as rising: the landmarker's noise."""


def both(name: str, weight: float) -> dict[str, float]:
    """
    >>> both("eyeBlink", 1.0)
    {'eyeBlinkLeft': 1.0, 'eyeBlinkRight': 1.0}
    """
    return {f"{name}Left": weight, f"{name}Right": weight}


def turned(**degrees: float) -> dict[str, float]:
    return {f"head{axis.title()}": float(np.radians(angle)) for axis, angle in degrees.items()}


POSES: Sequence[Pose] = (
    {"jawOpen": 0.3}, {"jawOpen": 0.6}, {"mouthPucker": 0.6}, {"mouthFunnel": 0.6}, both("mouthSmile", 0.7),
    both("mouthFrown", 0.7), both("mouthStretch", 0.6), both("mouthUpperUp", 0.5) | both("mouthLowerDown", 0.5),
    both("eyeBlink", 1.0), both("eyeSquint", 0.8), both("eyeWide", 0.8),
    both("browOuterUp", 0.8) | {"browInnerUp": 0.8}, both("browDown", 0.8), both("noseSneer", 0.7), {"cheekPuff": 0.6},
    {"mouthLeft": 0.6},
    *(turned(yaw=angle) for angle in (-20, -12, 12, 20)), *(turned(pitch=angle) for angle in (-15, -8, 8, 15)),
    *(turned(roll=angle) for angle in (-20, -10, 10, 20)),
    *(turned(yaw=yaw, pitch=pitch) for yaw in (-12, 12) for pitch in (-8, 8)),
    both("mouthSmile", 0.6) | {"jawOpen": 0.2} | turned(yaw=10),
    both("mouthSmile", 0.6) | both("cheekSquint", 0.5) | turned(roll=8),
    both("mouthFrown", 0.6) | {"browInnerUp": 0.8} | turned(pitch=8),
    both("browDown", 0.7) | {"jawOpen": 0.3} | turned(pitch=-6),
    {"gazeYaw": 0.4} | turned(yaw=-8), {"gazePitch": 0.25} | turned(pitch=6),
    both("eyeWide", 0.7) | {"jawOpen": 0.4, "browInnerUp": 0.7},
    both("eyeBlink", 0.5) | {"jawOpen": 0.15} | turned(yaw=-10),
)  # fmt: skip
"""Forty: mouth, eyes and brows, the head as far as it should go, and mixtures."""

ALONE = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
"""Channels that are named after a side and are no half of a pair."""


def pairs(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """
    >>> pairs(["browDownLeft", "browDownRight", "jawLeft"])
    {'browDown': ('browDownLeft', 'browDownRight'), 'jawLeft': ('jawLeft',)}
    """
    out: dict[str, tuple[str, ...]] = {}
    for name in names:
        stem = name if name in ALONE else name.removesuffix("Left").removesuffix("Right")
        out[stem] = (*out.get(stem, ()), name)
    return out


CHANNELS = pairs([name for name in FACE.names if not name.startswith(("eyeLook", "tongue"))])
"""Every ARKit channel the tracker has a reading for, both sides driven together; gaze is told to the eyes."""

WITH = {"mouthClose": ("jawOpen",)}
"""What has to be driven as well: lips that shut over an open jaw."""


def steps(channel: str) -> list[Pose]:
    """The poses of one channel at LEVELS."""
    return [dict.fromkeys((*CHANNELS[channel], *WITH.get(channel, ())), level) for level in LEVELS]


def posed(portrait: Portrait, poses: Sequence[Pose]) -> list[Image]:
    """One picture a pose, the rest of the face at rest."""
    values = np.tile(FULL.rest, (len(poses), 1))
    for row, pose in zip(values, poses, strict=True):
        for name, value in pose.items():
            row[FULL.find(name)] = value
    motion = retargeted(Motion(values.astype(np.float32), RATE, 0, FULL), portrait.rig)
    return [frame.image for frame in portrait.render([motion])]


def read(faces: Sequence[Face | None], rest: Face) -> dict[str, npt.NDArray[np.floating]]:
    """Channel -> (n,) what the tracker's table reads of each face, relative to one at rest; NaN where there is none."""
    person = person_from([rest.points])
    names, weights = table()

    def reading(face: Face) -> npt.NDArray[np.floating]:
        return np.asarray(features(face, person, person.pose(face.points))[0] @ weights)

    zero = reading(rest)
    nothing = np.full(len(names), np.nan)
    rows = np.stack([nothing if face is None else reading(face) - zero for face in faces])
    return {name: rows[:, names.index(name)] for name in names}


def channel_read(channel: str, faces: Sequence[Face | None], rest: Face) -> npt.NDArray[np.floating]:
    """(n,) what is read of one channel, the mean of both sides."""
    found = read(faces, rest)
    return np.asarray(np.mean([found[name] for name in CHANNELS[channel]], axis=0))


def obeyed(readings: npt.NDArray[np.floating]) -> dict[str, float]:
    """Of one channel driven to LEVELS: r of what is read with what was asked, and whether it rises at every step."""
    if not np.isfinite(readings).all():
        return {"channel r": 0.0, "channel steps": 0.0}
    return {
        "channel r": correlation(readings, np.array(LEVELS)),
        "channel steps": float((np.diff(readings) > -SLACK).all() and readings[-1] > SLACK),
    }

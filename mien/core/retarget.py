"""Motion for another rig: the last step before a renderer or a file.

Channels go by name. What the target lacks is spelt out in what it has: contacts become blendshapes
for a plain ARKit face, gaze becomes eyeLook*, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.rig import Motion, Rig
from mien.core.rotation import angles_from_directions, directions_from_angles, matrices_from_vectors

LOOK = {"Out": 0.61, "In": 0.61, "Up": 0.44, "Down": 0.52}
"""Eye rotation at eyeLook* = 1, radians: 35° sideways, 25° up, 30° down (ARKit states none; these
are the ranges of comfortable eye movement, Guitton & Volle 1987, where the head takes over)."""

OPENERS = ("mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthFunnel")
"""Channels that part the lips without the jaw."""

SPREADERS = ("mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight")
"""Channels that thin and part the lips at the corners."""

PHOTO_RANGE = {
    "headPitch": 0.175, "headYaw": 0.21, "headRoll": 0.21, "headX": 0.025, "headY": 0.02, "headZ": 0.05,
}  # fmt: skip
"""How far a head drawn from one photo may go from its pose there, radians and metres: 10°, 12°, 12°. Beyond, it shows
what no photo shows."""

FREE = 0.5
"""Share of a range up to which motion is left as it is."""

Column = npt.NDArray[np.floating[Any]]
Columns = dict[str, Column]


def retarget(motions: Iterable[Motion], rig: Rig) -> Iterator[Motion]:
    """The same motion in the channels of ``rig``, clipped to its ranges."""
    for motion in motions:
        yield retargeted(motion, rig)


def retargeted(motion: Motion, rig: Rig) -> Motion:
    """One chunk of motion in another rig. A channel nobody can derive stays at rest."""
    have: Columns = {name: motion.values[:, i] for i, name in enumerate(motion.rig.names)}
    derived: Columns = {}
    if "lipSeal" in have and "lipSeal" not in rig:
        derived |= closed_by_contacts(have)
    if "gazeYaw" in have and "eyeLookInLeft" in rig:
        derived |= looks_from_gaze(have)
    if "gazeYaw" not in have and "eyeLookInLeft" in have and "gazeYaw" in rig:
        derived |= gaze_from_looks(have)
    values = np.tile(rig.rest, (len(motion), 1))
    columns, places = _common(motion.rig, rig)
    values[:, places] = motion.values[:, columns]
    for name in derived:
        if name in rig:
            values[:, rig.index[name]] = derived[name]
    return Motion(np.clip(values, rig.low, rig.high), motion.rate, motion.start, rig)


@cache
def _common(given: Rig, rig: Rig) -> tuple[list[int], list[int]]:
    """Columns of the channels that both have, in each."""
    names = [name for name in rig.names if name in given]
    return [given.index[name] for name in names], [rig.index[name] for name in names]


def closed_by_contacts(have: Columns) -> Columns:
    """Contacts as blendshapes: seal 1 leaves no opening, whatever else is driven."""
    zero = np.zeros_like(have["lipSeal"])

    def get(name: str) -> Column:
        return have.get(name, zero)

    seal, teeth = np.clip(get("lipSeal"), 0, 1), np.clip(get("lipTeeth"), 0, 1)
    jaw = np.clip(get("jawOpen"), 0, 1) * (1 - 0.6 * teeth) * (1 - 0.5 * seal)
    out = {
        "jawOpen": jaw,
        "mouthClose": np.maximum(np.minimum(get("mouthClose"), jaw), seal * jaw),
        "mouthRollLower": np.maximum(get("mouthRollLower"), np.maximum(0.65 * teeth, 0.15 * seal)),
        "mouthRollUpper": np.maximum(get("mouthRollUpper"), 0.1 * seal),
        "tongueOut": np.maximum(get("tongueOut"), 0.25 * get("tongueTeeth") * (jaw > 0.05)),
    }
    for side in ("Left", "Right"):
        out[f"mouthPress{side}"] = np.maximum(get(f"mouthPress{side}"), 0.25 * seal)
    for name in OPENERS:
        lower = "Lower" in name
        out[name] = get(name) * (1 - seal) * (1 - teeth if lower else 1)
    for name in SPREADERS:
        out[name] = get(name) * (1 - 0.3 * seal)
    return out


def eyes_in_head(motion: Motion) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Pitch and yaw of the eyes relative to the head, radians, of a motion that has gaze (and head)."""
    return _eyes_in_head({name: motion.values[:, i] for i, name in enumerate(motion.rig.names)})


def _eyes_in_head(have: Columns) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    neck_from_head = _head_matrices(have)
    gaze = directions_from_angles(have["gazePitch"], have["gazeYaw"])
    return angles_from_directions(np.einsum("nji,nj->ni", neck_from_head, gaze))


def _head_matrices(have: Columns) -> npt.NDArray[np.float64]:
    zero = np.zeros_like(next(iter(have.values())))
    vectors = np.stack([have.get(n, zero) for n in ("headPitch", "headYaw", "headRoll")], axis=1)
    return matrices_from_vectors(vectors)


def looks_from_gaze(have: Columns) -> Columns:
    """ARKit's eyeLook* of both eyes. +yaw is the character's left: out for the left eye."""
    pitch, yaw = _eyes_in_head(have)
    left, right = np.maximum(yaw, 0), np.maximum(-yaw, 0)
    up, down = np.maximum(-pitch, 0), np.maximum(pitch, 0)
    turns = {
        "OutLeft": left / LOOK["Out"], "InLeft": right / LOOK["In"],
        "OutRight": right / LOOK["Out"], "InRight": left / LOOK["In"],
        "UpLeft": up / LOOK["Up"], "UpRight": up / LOOK["Up"],
        "DownLeft": down / LOOK["Down"], "DownRight": down / LOOK["Down"],
    }  # fmt: skip
    return {f"eyeLook{k}": np.clip(v, 0, 1).astype(np.float32) for k, v in turns.items()}


def gaze_from_looks(have: Columns) -> Columns:
    """Gaze in the neck's frame from ARKit's eyeLook* (mean of both eyes) and the head."""
    zero = np.zeros_like(next(iter(have.values())))

    def look(name: str) -> Column:
        return have.get(f"eyeLook{name}", zero)

    yaw = (LOOK["Out"] * (look("OutLeft") - look("OutRight")) + LOOK["In"] * (look("InRight") - look("InLeft"))) / 2
    down = LOOK["Down"] * (look("DownLeft") + look("DownRight")) / 2
    up = LOOK["Up"] * (look("UpLeft") + look("UpRight")) / 2
    return gaze_from_eyes(have, down - up, yaw)


def gaze_from_eyes(have: Columns, pitch: Column, yaw: Column) -> Columns:
    """Gaze in the neck's frame from eye angles relative to the head."""
    directions = np.einsum("nij,nj->ni", _head_matrices(have), directions_from_angles(pitch, yaw))
    pitch_in_neck, yaw_in_neck = angles_from_directions(directions)
    return {"gazePitch": pitch_in_neck.astype(np.float32), "gazeYaw": yaw_in_neck.astype(np.float32)}


def head_within(motion: Motion, limits: Mapping[str, float] = PHOTO_RANGE) -> Motion:
    """The head kept within ±limits, softly: what is small stays exact, what is large nears the limit and never stops.

    For captured heads on a photo; whatever else the motion does is untouched.
    """
    values = motion.values.astype(np.float64)
    for name, limit in limits.items():
        if name in motion.rig:
            column = motion.rig.find(name)
            values[:, column] = soft_limit(values[:, column], limit)
    return motion.with_values(values)


def soft_limit(values: Column, limit: float) -> Column:
    """Within ±limit: the identity up to FREE of it, then a smooth approach.

    >>> soft_limit(np.array([0.1, -0.1, 9.0]), 1.0).round(3).tolist()
    [0.1, -0.1, 1.0]
    """
    size, free = np.abs(values), FREE * limit
    beyond = free + (limit - free) * np.tanh((size - free) / (limit - free))
    return np.asarray(np.sign(values) * np.where(size > free, beyond, size))

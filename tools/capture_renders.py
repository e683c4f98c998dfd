"""Renders with known channels, read back by the landmarker: what tools/fit_capture.py learns from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from mien.core.emotion import EMOTIONS
from mien.core.frame import Frame
from mien.core.mix import mix
from mien.core.rig import FULL, Motion
from mien.face.landmarks import SCORES, crop_from_points, look, track
from mien.performance.verbs import default_generators
from mien.renderers.portrait import Portrait
from mien.testing import example_plans

RATE = Fraction(25)
CHANNELS = tuple(n for n in SCORES if not n.startswith("eyeLook"))
"""What is drawn at random; gaze takes the place of eyeLook*."""

BUSY = 0.09
"""Share of the channels at work in a random mixture: three or four at a time."""

SPARSE, SPOKEN, LEVELS, POSES = 260, 200, (0.35, 0.8), 24
MARGINS = {"headPitch": 0.12, "headYaw": 0.16, "headRoll": 0.1, "headX": 0.012, "headY": 0.012, "headZ": 0.03}
"""Standard deviations, radians and metres."""


COUNT = 4 + len(CHANNELS) * len(LEVELS) + SPARSE + (SPOKEN // len(EMOTIONS) + 1) * len(EMOTIONS) + POSES
SPOKEN_FRAMES = np.zeros(COUNT, bool)
SPOKEN_FRAMES[4 + len(CHANNELS) * len(LEVELS) + SPARSE : -POSES] = True
"""(n,) frames of motion() that are talk."""

SINGLES: dict[str, np.ndarray] = {}
"""(n,) for each channel: rest, and the frames in which it alone is at work."""
for _i, _name in enumerate(CHANNELS):
    SINGLES[_name] = np.arange(COUNT) < 4
    SINGLES[_name][4 + _i * len(LEVELS) : 4 + (_i + 1) * len(LEVELS)] = True


def motion(seed: int) -> Motion:
    """Rest, single channels, sparse random mixtures, and frames of made-up talk. In the full rig."""
    chance = np.random.default_rng(seed)
    parts = [np.tile(FULL.rest, (4, 1)), singles(), posed(sparse(chance), chance), spoken(seed)]
    parts.append(posed(np.tile(FULL.rest, (POSES, 1)), chance))
    values = np.concatenate(parts)
    values[:, FULL.find("breath")] = 0
    return Motion(values, RATE, 0, FULL).clipped()


def singles() -> np.ndarray:
    out = np.tile(FULL.rest, (len(CHANNELS) * len(LEVELS), 1))
    for i, name in enumerate(CHANNELS):
        for j, level in enumerate(LEVELS):
            out[i * len(LEVELS) + j, FULL.find(name)] = level
            if name == "mouthClose":  # lips shut over an open jaw; alone it is no expression
                out[i * len(LEVELS) + j, FULL.find("jawOpen")] = level
    return out


def sparse(chance: np.random.Generator) -> np.ndarray:
    """Each channel at work in one frame of eleven, left and right mostly together; blinks and seals besides."""
    out = np.tile(FULL.rest, (SPARSE, 1))
    stems = sorted({n.removesuffix("Left").removesuffix("Right") for n in CHANNELS})
    for row in out:
        for stem in stems:
            if chance.random() > BUSY:
                continue
            both, level = chance.random() < 0.7, chance.random()
            for name in (n for n in CHANNELS if n.removesuffix("Left").removesuffix("Right") == stem):
                row[FULL.find(name)] = level if both else chance.random() * (chance.random() < 0.5)
        row[FULL.find("mouthClose")] *= row[FULL.find("jawOpen")]
        if chance.random() < 0.12:
            row[FULL.find("lipSeal")] = 1
    return out


def posed(values: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """With random head poses and gazes."""
    for name, size in MARGINS.items():
        values[:, FULL.find(name)] = np.clip(chance.normal(0, size, len(values)), -2 * size, 2 * size)
    values[:, FULL.find("gazeYaw")] = chance.uniform(-0.35, 0.35, len(values)) * (chance.random(len(values)) < 0.7)
    values[:, FULL.find("gazePitch")] = chance.uniform(-0.2, 0.25, len(values)) * (chance.random(len(values)) < 0.7)
    return values


def spoken(seed: int) -> np.ndarray:
    """Frames of a made-up talk with each emotion in turn, as our own generators perform it."""
    each = SPOKEN // len(EMOTIONS) + 1
    out = []
    for i, emotion in enumerate(EMOTIONS):
        plans = example_plans([each * 5], seed=100 * seed + i, emotion=f"{emotion}:0.8")
        out.append(Motion.join(mix(plans, default_generators(seed))).values[::5])
    return np.concatenate(out)


def kept(frames: Iterable[Frame], images: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Passes pictures on and leaves the last one in ``images``."""
    for frame in frames:
        images[:] = [frame.image]
        yield frame.image


def read_back(photo: Path | None, seed: int, size: int = 512) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(n, c) channels as drawn, (n, 478, 3) landmarks, (n, 51) scores, (n,) whether a face was seen."""
    moves = motion(seed)
    frames = Portrait(photo, size=size).render([moves])
    points, scores, seen = [], [], []
    images: list[np.ndarray] = []
    for face in track(kept(frames, images)):
        # one picture has nothing to do with the next here: a second look on a crop that fits
        face = face and look(images[-1], crop_from_points(face.points))
        seen.append(face is not None)
        points.append(np.zeros((478, 3), np.float32) if face is None else face.points)
        scores.append([0.0] * len(SCORES) if face is None else [face.scores[n] for n in SCORES])
    return moves.values, np.array(points), np.array(scores, np.float32), np.array(seen)

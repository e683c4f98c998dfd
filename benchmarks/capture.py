"""Does capture see what is there? Heads against the 3DMM of StyleTalk, faces found, and our own renders read back.

Of real people only figures come out of here. The channels were learned from renders of the same portraits that are
read back here; figures for portraits that were left out: tools/fit_capture.py prints them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.report import Row, at_least
from mien.core.mix import mix
from mien.core.retarget import eyes_in_head
from mien.core.rig import FULL, HEAD, Motion
from mien.core.rotation import matrices_from_vectors
from mien.media import read_video
from mien.performance.verbs import default_generators
from mien.testing import example_plans
from mien.trackers.channels import vectors_from_matrices
from mien.trackers.landmarks import Landmarks

TITLE = "Capture: heads and faces of real clips, our own renders read back"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ANGLES = slice(224, 227)
"""Columns of a StyleTalk .mat that hold pitch, yaw and roll (80 identity, 64 expression, 80 texture before them)."""

LEAD = 2
"""Frames by which the .mat leads its mp4."""

FOUND, AGREES, SPEED = 0.98, 0.9, 30.0
PORTRAITS = ("woman_neutral", "young_man")
LEAST = 0.02
"""Standard deviation below which a channel did not move in the clip."""

CLIPS = (
    ("grid", "grid/*.mpg"),
    ("styletalk", "styletalk/video/*.mp4"),
    ("mocha close-ups", "mocha/1p_closeup_facingcamera/*.mp4"),
)


def captured(path: Path) -> Motion:
    _, frames = read_video(path)
    return next(Landmarks().track(frames))


def head_r(motion: Motion, angles: np.ndarray) -> np.ndarray:
    """(3,) r of pitch, yaw and roll, both as rotation vectors from the middle of the clip."""
    ours = motion.only(HEAD.names[:3]).values[LEAD:]
    n = min(len(ours), len(angles))
    x, y, z = (matrices_from_vectors(angles[:, i : i + 1] * axis) for i, axis in enumerate(np.eye(3)))
    turns = z @ y @ x
    usual = vectors_from_matrices(turns)
    theirs = vectors_from_matrices(turns @ matrices_from_vectors(np.median(usual, axis=0)[None])[0].T)
    return np.array([np.corrcoef(ours[:n, i], theirs[:n, i])[0, 1] for i in range(3)])


def real() -> Iterator[Row]:
    from scipy.io import loadmat

    heads, per_frame = [], []
    for source, pattern in CLIPS:
        seen, files = [], sorted(DATA.glob(pattern))
        for path in files:
            began = time.process_time()
            motion = captured(path)
            per_frame.append((time.process_time() - began) / len(motion))
            seen.append(motion["confidence"] > 0)
            if source == "styletalk":
                matrix = loadmat(DATA / "styletalk" / "3DMM" / f"{path.stem}.mat")
                heads.append(head_r(motion, next(v for k, v in matrix.items() if k[0] != "_")[:, ANGLES]))
        missed = [f"{path.stem} {s.mean():.2f}" for path, s in zip(files, seen, strict=True) if s.mean() < FOUND]
        note = f" (below it: {', '.join(missed)})" if missed else ""
        row = at_least(
            f"{source}: share of frames with the face, {len(files)} clips", np.concatenate(seen).mean(), FOUND
        )
        yield Row(row.what, row.value + note, row.wanted, row.ok)
    mean = np.mean(heads, axis=0)
    for i, name in enumerate(("pitch", "yaw", "roll")):
        yield at_least(
            f"styletalk: head {name}, r with the 3DMM, mean of {len(heads)} clips", mean[i], AGREES, digits=3
        )
    yield at_least("frames a second of one core, whole capture with decoding, median clip",
                   1 / float(np.median(per_frame)), SPEED, "fps", 0)  # fmt: skip


def talk(seconds: int = 10) -> Motion:
    """A made-up talk with several emotions, as our generators perform it, from rest."""
    parts = [Motion.at_rest(8, rate=25).values]
    for i, emotion in enumerate(("happy:0.8", "surprise:0.8", "angry:0.8", "sad:0.8")):
        plans = example_plans([seconds * 25 // 4], seed=i, emotion=emotion)
        parts.append(Motion.join(mix(plans, default_generators(i))).values)
    return Motion(np.concatenate(parts), Fraction(25), 0, FULL)


def there_and_back(photo: Path) -> dict[str, float]:
    """r of each channel that moved: drawn on a portrait, read back from the pixels."""
    from mien.renderers.portrait import Portrait

    drawn = talk()
    back = next(Landmarks(neutral=2).track(Portrait(photo, size=512).render([drawn])))
    pitch, yaw = eyes_in_head(drawn)
    pitch_back, yaw_back = eyes_in_head(back)
    pairs = {name: (drawn[name], back[name]) for name in drawn.rig.names if name in back.rig}
    pairs |= {"eyes' pitch in the head": (pitch, pitch_back), "eyes' yaw in the head": (yaw, yaw_back)}
    pairs["jawOpen"] = (drawn["jawOpen"] * (1 - drawn["lipSeal"]), back["jawOpen"])
    return {n: float(np.corrcoef(a, b)[0, 1]) for n, (a, b) in pairs.items() if a.std() > LEAST and b.std() > 1e-6}


def rows() -> list[Row]:
    if not DATA.is_dir():
        return [Row("no ../shared/data beside this checkout", "not measured")]
    out = list(real())
    found = [there_and_back(DATA / "portraits" / f"{name}.png") for name in PORTRAITS]
    names = [name for name in found[0] if all(name in other for other in found)]
    for name in sorted(names, key=lambda n: -float(np.mean([f[n] for f in found]))):
        r = float(np.mean([f[name] for f in found]))
        out.append(at_least(f"there and back: {name}, r", r, AGREES))
    return out

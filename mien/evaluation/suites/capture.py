"""Does capture see what is there?

Of real people only figures come out of here. The channels were learned from renders of the same portraits that are
read back here; figures for portraits that were left out: tools/fit_capture.py prints them.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.mix import mix
from mien.core.retarget import eyes_in_head
from mien.core.rig import FULL, HEAD, Motion
from mien.evaluation.curves import Array
from mien.evaluation.metrics.correlation import STILL, correlation
from mien.evaluation.metrics.head import angle_correlations, angle_correlations_together, vectors_from_euler
from mien.evaluation.metrics.spread import spread_ratio
from mien.evaluation.peers.floors import LEAST_SHIFT, SHIFTS
from mien.evaluation.rows import POOLED, Column, Finding, Layout, Row, Skipped
from mien.evaluation.study import Study, averaged, pooled
from mien.media import read_video
from mien.trackers.landmarks import Landmarks

Curve = npt.NDArray[np.floating[Any]]
Turns = tuple[Array, Array]
"""(n, 3) rotation vectors of a head, as captured and as the 3DMM has them."""

SUITE = "capture"
BACK = "there and back"
LAYOUT = Layout(
    SUITE,
    "Capture",
    "Does capture see what is there? Real faces found, their heads against the 3DMM fits that come with StyleTalk; "
    "then portraits perform a made-up talk, and each line is a channel read back from the pixels, both sides together.",
    (
        Column("found", "face found", "share of frames in which the face was seen", "high", 3),
        Column("found worst", "worst clip", "the same in the clip where it is least", "high", 3),
        Column("pitch", "pitch r", "the head's against that of the 3DMM", "high", 3),
        Column("yaw", "yaw r", "the same", "high", 3),
        Column("roll", "roll r", "the same", "high", 3),
        Column("all pitch", "pitch r, all frames", "over all clips' frames, each clip about its mean", "high", 3),
        Column("all yaw", "yaw r, all frames", "the same", "high", 3),
        Column("all roll", "roll r, all frames", "the same", "high", 3),
        Column("back", "r", "drawn on a portrait against read back from it"),
        Column("back shuffled", "shuffled r", "the same, what was read moved to wrong times (mean of seven shifts)"),
        Column("back spread", "spread", "standard deviation of what was read over that of what was drawn"),
        Column("fps", "frames / s / core", "the whole of it, decoding included", "high", 0),
    ),
)

SOURCES: Mapping[str, str] = {
    "grid": "grid/*.mpg",
    "styletalk": "styletalk/video/*.mp4",
    "mocha close-ups": "mocha/1p_closeup_facingcamera/*.mp4",
}

FAST: Mapping[str, tuple[str, ...]] = {"grid": ("bbaf2n",), "styletalk": ("feifeili_clip1",), "mocha close-ups": ()}
"""Clips of a fast run."""

ANGLES = slice(224, 227)
"""Columns of a StyleTalk .mat that hold pitch, yaw and roll (80 identity, 64 expression, 80 texture before them)."""

LEAD = 2
"""Frames by which the .mat leads its mp4: at this offset yaw and roll agree best, in all six clips."""

PORTRAITS = ("woman_neutral", "young_man")

RESTING = 8
"""Frames of rest at the beginning of what is performed; in the third of them the tracker is told to find rest."""

EMOTIONS = ("happy:0.8", "surprise:0.8", "angry:0.8", "sad:0.8")

EACH, FAST_EMOTIONS = 2.5, 2
"""Seconds of talk with each emotion, and how many of them a fast run has."""

UNSEEN = frozenset(
    "eyeWide eyeSquint mouthShrugUpper mouthUpperUp mouthLowerDown lipSeal mouthPucker mouthFunnel mouthPress "
    "mouthRollUpper mouthRollLower mouthStretch gazePitch".split()
) | {"eyes in head, pitch"}
"""Channels that landmarks do not show well enough for r .9 in talk: small, or lying over each other. Not for want of a
better regression: read from portraits that were left out, random Fourier features, 1500 of them, raise the mean r over
all channels from .756 to .782, the lids' own gaps as further features by .002."""

LEAST = 0.02
"""Standard deviation below which a channel was hardly driven, and says nothing."""

WARM = 3
"""Frames read before the clock runs."""


@dataclass(frozen=True, eq=False)
class Capture:
    """What the tracker made of a clip. cost : CPU seconds, all threads of this process"""

    motion: Motion
    cost: float


def measure(study: Study) -> Iterator[Finding]:
    """Rows by clip and over each source; of the portraits, a system is a channel."""
    rows: list[Row] = []
    turned: list[Turns] = []
    for finding in (*real(study, turned), *performed(study)):
        if isinstance(finding, Row):
            rows.append(finding)
        else:
            yield finding
    yield from rows
    yield from pooled(rows, study.seed)
    yield from worst(rows)
    if turned:
        for name, value in named(angle_correlations_together(turned, -LEAD)).items():
            yield Row(SUITE, "mien", f"styletalk/{POOLED}", f"all {name}", value)


def worst(rows: list[Row]) -> Iterator[Row]:
    """Of each source, the share of frames with the face in the clip where it is least."""
    shares: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.metric == "found":
            shares[row.clip.split("/")[0]].append(row.value)
    for source, values in shares.items():
        yield Row(SUITE, "mien", f"{source}/{POOLED}", "found worst", min(values))


def real(study: Study, turned: list[Turns]) -> Iterator[Row | Skipped]:
    """Real clips: faces found, speed, and heads where there is a truth. turned : heads go there too"""
    for source, pattern in SOURCES.items():
        files = sorted(study.data.folder.glob(pattern))
        if not files:
            yield Skipped(SUITE, "", f"{study.data.folder} has no {pattern}: docs/evaluate.md says what goes where")
        for path in [f for f in files if not study.fast or f.stem in FAST[source]]:
            try:
                yield from clip_rows(f"{source}/{path.stem}", path, source, turned)
            except BadInput as error:
                yield Skipped(SUITE, "", f"{source}/{path.stem}: {error}")


def clip_rows(clip: str, path: Path, source: str, turned: list[Turns]) -> Iterator[Row]:
    """One clip's figures. Errors: BadInput where it shows no face or its 3DMM is missing."""
    found = captured(path)
    yield Row(SUITE, "mien", clip, "found", float((found.motion["confidence"] > 0).mean()))
    yield Row(SUITE, "mien", clip, "fps", len(found.motion) / found.cost)
    if source == "styletalk":
        truth = vectors_from_euler(angles_of(path.parents[1] / "3DMM" / f"{path.stem}.mat"))
        turned.append((turns_of(found.motion), truth))
        for system, figures in heads(found.motion, truth).items():
            yield from (Row(SUITE, system, clip, name, value) for name, value in figures.items())


def captured(path: Path) -> Capture:
    """The clip's motion. The first frames are read once before, so that what is loaded once is not counted."""
    next(Landmarks().track(islice(read_video(path)[1], WARM + 5)))
    began = time.process_time()
    motion = next(Landmarks().track(read_video(path)[1]))
    return Capture(motion, time.process_time() - began)


def angles_of(path: Path) -> Array:
    """(n, 3) pitch, yaw and roll in a StyleTalk .mat, radians. Errors: BadInput."""
    from scipy.io import loadmat

    try:
        fields = loadmat(path)
        matrix = next(value for name, value in fields.items() if not name.startswith("_"))
        return np.asarray(matrix[:, ANGLES], np.float64)
    except (OSError, ValueError, IndexError, StopIteration):
        raise BadInput(f"{path} is no 3DMM fit as StyleTalk has them, so the head was not compared") from None


def heads(motion: Motion, truth: Array) -> dict[str, dict[str, float]]:
    """r of each angle, and what a still head and the same one at wrong times score. truth : (n, 3) rotation vectors"""
    turns = turns_of(motion)
    shifted = [named(angle_correlations(turn, truth, -LEAD)) for turn in shifts(turns, motion.rate)]
    return {
        "mien": named(angle_correlations(turns, truth, -LEAD)),
        "static": named(angle_correlations(np.zeros_like(turns), truth, -LEAD)),
        "shuffled": averaged(shifted),
    }


def turns_of(motion: Motion) -> Array:
    """(n, 3) rotation vectors of the head."""
    return motion.only(HEAD.names[:3]).values.astype(np.float64)


def named(values: Array) -> dict[str, float]:
    return dict(zip(("pitch", "yaw", "roll"), map(float, values), strict=True))


def shifts(values: Array, rate: Fraction) -> list[Array]:
    """The same frames at wrong times, the end going to the front, as the floor ``shuffled`` does it."""
    edge = LEAST_SHIFT * float(rate)
    steps = np.linspace(edge, max(edge, len(values) - edge), SHIFTS).astype(int)
    return [np.roll(values, step, axis=0) for step in steps]


def performed(study: Study) -> Iterator[Row | Skipped]:
    """Portraits of generated people perform, and are read back."""
    for name in PORTRAITS[:1] if study.fast else PORTRAITS:
        photo = study.data.folder / "portraits" / f"{name}.png"
        if not photo.is_file():
            yield Skipped(SUITE, "", f"{photo} is not there: docs/evaluate.md says what goes where")
            continue
        drawn = talk(FAST_EMOTIONS if study.fast else len(EMOTIONS))
        found = read_back(drawn, there_and_back(photo, drawn))
        for channel, figures in found.items():
            yield from (Row(SUITE, channel, f"{BACK}/{name}", metric, value) for metric, value in figures.items())


def talk(emotions: int = len(EMOTIONS)) -> Motion:
    """A made-up talk with several emotions, as our generators perform it, from rest."""
    from mien.performance.verbs import default_generators
    from mien.testing import example_plans

    parts = [Motion.at_rest(RESTING, rate=25).values]
    for i, emotion in enumerate(EMOTIONS[:emotions]):
        plans = example_plans([int(EACH * 25)], seed=i, emotion=emotion)
        parts.append(Motion.join(mix(plans, default_generators(i))).values)
    return Motion(np.concatenate(parts), Fraction(25), 0, FULL)


def there_and_back(photo: Path, drawn: Motion, *, size: int = 512) -> Motion:
    """What the tracker reads from a portrait that performs, RESTING frames of rest at first."""
    from mien.renderers.portrait import Portrait

    return next(Landmarks(neutral=2).track(Portrait(photo, size=size).render([drawn])))


def read_back(drawn: Motion, back: Motion) -> dict[str, dict[str, float]]:
    """Figures of each channel that was driven, best first; of those that come in pairs, the mean of both."""
    pairs: dict[str, tuple[Curve, Curve]] = {n: (drawn[n], back[n]) for n in drawn.rig.names if n in back.rig}
    for axis, both in zip(("pitch", "yaw"), zip(eyes_in_head(drawn), eyes_in_head(back), strict=True), strict=True):
        pairs[f"eyes in head, {axis}"] = both
    pairs["jawOpen"] = (drawn["jawOpen"] * (1 - drawn["lipSeal"]), back["jawOpen"])  # sealed lips hide a jaw
    sides: dict[str, list[dict[str, float]]] = defaultdict(list)
    for name, (there, read) in pairs.items():
        if there.std() > LEAST:
            sides[name.removesuffix("Left").removesuffix("Right")].append(of_channel(there, read, drawn.rate))
    found = {name: averaged(both) for name, both in sides.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1]["back"]))


def of_channel(drawn: Curve, read: Curve, rate: Fraction) -> dict[str, float]:
    """One channel's figures. drawn, read : (n,)"""
    late = [correlation(shifted, drawn) for shifted in shifts(np.asarray(read, np.float64), rate)]
    spread = spread_ratio(read, drawn) if read.std() > STILL else 0.0
    return {"back": correlation(read, drawn), "back shuffled": float(np.mean(late)), "back spread": spread}

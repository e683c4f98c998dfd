"""Do head and lids move as those of people who speak?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from mien.core.errors import BadInput
from mien.core.rig import Motion
from mien.evaluation.curves import RATE, STEADY, Array, seen, weights
from mien.evaluation.data import Clip
from mien.evaluation.metrics.beats import beat_alignment, peaks
from mien.evaluation.metrics.blinks import blink_rate, blink_times, log_gaps
from mien.evaluation.metrics.gaze import eyes_from_looks, gaze_shifts, gaze_spread, over_blinks
from mien.evaluation.metrics.head import band_levels, extent, jerk, mean_speed, spectrum_distance, speeds
from mien.evaluation.metrics.telltale import telltale
from mien.evaluation.peers.all import CAPTURED
from mien.evaluation.peers.energy import levels
from mien.evaluation.peers.ours import Mien
from mien.evaluation.peers.system import CannotRun
from mien.evaluation.rows import POOLED, Column, Finding, Layout, Row, Skipped
from mien.evaluation.study import Study, averaged, pooled

SUITE = "dynamics"
LAYOUT = Layout(
    SUITE,
    "Dynamics",
    "Do head and lids move as those of people who speak? Right is what is near the captured line: nobody is right "
    "by the frame here. Only systems that move a head or blink are listed.",
    (
        Column("blinks", "blinks / min", "lids shutting", digits=1),
        Column("blink gap log-mean", "gap, log-mean", "of the seconds between blinks, over all clips"),
        Column("blink gap log-sd", "gap, log-sd", "its spread"),
        Column("gaze shifts", "gaze shifts / min", "the eyes going elsewhere in the head, blinks bridged", digits=1),
        Column("gaze spread", "gaze spread", "how far, in weights of eyeLook*; the landmarker's own scale is smaller"),
        Column("head speed", "head °/s", "mean angular speed", digits=1),
        Column("head extent", "extent °", "how far it moves, root of the summed variances", digits=1),
        Column("spectrum", "spectrum dB", "difference of the velocity's spectrum to all captured heads'", "low", 1),
        Column("jerk", "jerk 1/s²", "third derivative over speed", digits=0),
        Column("beats", "on beats", "how near the head's accents are to loudness peaks; compare with shuffled"),
        Column("diversity", "diversity", "how far two takes are apart, over the extent of each"),
        Column("telltale", "telltale AUC", "a classifier tells it from captured: 1 always, .5 cannot", "half"),
    ),
)

SOURCE = "styletalk"
"""The speakers of GRID were asked to hold still."""

WINDOW = 50
"""Frames a classifier sees at a time: 2 s."""

SMOOTH = np.hanning(13)[1:-1] / np.hanning(13)[1:-1].sum()
"""Laid over the angles of both sides: landmarks tremble from frame to frame."""

TAKES = (1, 2)


@dataclass(frozen=True, eq=False)
class Living:
    """What one face did.

    angles : (n, 3) pitch yaw roll, radians; lids : (n,) closure 0..1; eyes : (n, 2) where they look in the head
    """

    angles: Array
    lids: Array
    eyes: Array


def measure(study: Study) -> Iterator[Finding]:
    """Rows by clip and pooled; blink gaps and the classifier need all clips together."""
    if not study.data.clips[SOURCE]:
        yield Skipped(SUITE, "", f"{study.data.folder} has no {SOURCE} clips: docs/evaluate.md says what goes where")
        return
    clips = [c for c in study.clips(SUITE) if isinstance(c, Clip) and c.source == SOURCE]
    lives: dict[str, dict[str, list[Living]]] = {CAPTURED: {}}
    for clip in clips:
        try:
            lives[CAPTURED][clip.id] = [captured(clip)]
            for system in study.systems:
                if system.name in ("mien", "static", "shuffled"):
                    takes = [living(study.animated(system, clip, take)) for take in range(system.takes)]
                    lives.setdefault(system.name, {})[clip.id] = takes
        except (BadInput, CannotRun) as error:
            yield Skipped(SUITE, "", f"{clip.id}: {error}")
            lives = {name: {c: t for c, t in by.items() if c != clip.id} for name, by in lives.items()}
    usual = np.mean([band_levels(one.angles, float(RATE)) for (one,) in lives[CAPTURED].values()], axis=0)
    rows: list[Row] = []
    for name, by_clip in lives.items():
        for clip in (c for c in clips if c.id in by_clip):
            found = averaged([figures(one, clip, usual) for one in by_clip[clip.id]])
            if name == "mien":
                found["diversity"] = diversity(by_clip[clip.id][0], clip)
            rows += [Row(SUITE, name, clip.id, metric, value) for metric, value in found.items()]
    yield from rows
    yield from pooled(rows, study.seed, {clip.id: clip.speaker for clip in clips})
    for name in lives:
        yield from together(name, lives[name], lives[CAPTURED])


def captured(clip: Clip) -> Living:
    """By the landmarks, the head against its own mean."""
    face = seen(clip.path)
    lids = (face.scores["eyeBlinkLeft"] + face.scores["eyeBlinkRight"]) / 2
    return Living(smoothed(angles_of(face.points)), lids, eyes_from_looks(face.scores))


def living(motion: Motion) -> Living:
    angles = np.stack([motion[f"head{axis}"] for axis in ("Pitch", "Yaw", "Roll")], axis=1).astype(np.float64)
    lids = (motion["eyeBlinkLeft"] + motion["eyeBlinkRight"]).astype(np.float64) / 2
    return Living(smoothed(angles - angles.mean(axis=0)), lids, eyes_from_looks(weights(motion)))


def angles_of(points: Array) -> Array:
    """(n, 3) pitch, yaw and roll of a rigid turn from the mean face (Kabsch 1976). points : (n, 478, 3) pixels"""
    steady = points[:, STEADY] * np.array([1.0, -1.0, -1.0])
    steady = steady - steady.mean(axis=1, keepdims=True)
    mean = steady.mean(axis=0)
    u, _, vt = np.linalg.svd(np.einsum("nki,kj->nij", steady, mean))
    u[..., 2] *= np.sign(np.linalg.det(u) * np.linalg.det(vt))[:, None]
    turn = u @ vt
    pitch, yaw = np.arctan2(-turn[:, 1, 2], turn[:, 2, 2]), np.arcsin(np.clip(turn[:, 0, 2], -1, 1))
    return np.stack([pitch, yaw, np.arctan2(-turn[:, 0, 1], turn[:, 0, 0])], axis=1)


def smoothed(angles: Array) -> Array:
    """The middle of each few frames; the ends, which have no neighbours, are left off."""
    return np.stack([np.convolve(axis, SMOOTH, "valid") for axis in angles.T], axis=1)


def figures(one: Living, clip: Clip, usual: Array) -> dict[str, float]:
    rate = float(RATE)
    eyes = over_blinks(one.eyes, one.lids, rate)
    found = {
        "blinks": blink_rate(one.lids, rate),
        "gaze shifts": gaze_shifts(eyes, rate),
        "gaze spread": gaze_spread(eyes),
        "head speed": mean_speed(one.angles, rate),
        "head extent": extent(one.angles),
    }
    if found["head speed"] > 0:
        found["spectrum"] = spectrum_distance(band_levels(one.angles, rate), usual)
        found["jerk"] = jerk(one.angles, rate)
    with suppress(BadInput):  # a head that holds still has no accents
        found["beats"] = beat_alignment(peaks(speeds(one.angles, rate), rate), peaks(levels(clip), rate))
    return found


def diversity(first: Living, clip: Clip) -> float:
    """Mean distance of the angles of different takes over the first one's extent; independent ones are sqrt 2 apart."""
    others = [living(Mien(with_text=False).animate(clip, take)) for take in TAKES]
    apart = [np.sqrt(((other.angles - first.angles) ** 2).sum(axis=1).mean()) for other in others]
    return float(np.degrees(np.mean(apart)) / max(extent(first.angles), 1e-9))


def together(name: str, mine: dict[str, list[Living]], real: dict[str, list[Living]]) -> Iterator[Row]:
    """What takes all clips at once."""
    clip = f"{SOURCE}/{POOLED}"
    with suppress(BadInput):  # hardly a blink
        mean, spread = log_gaps([one.lids for takes in mine.values() for one in takes[:1]], float(RATE))
        yield Row(SUITE, name, clip, "blink gap log-mean", mean)
        yield Row(SUITE, name, clip, "blink gap log-sd", spread)
    if name != CAPTURED:
        both = [(features(takes[0]), kind, c) for kind, by in ((0, real), (1, mine)) for c, takes in by.items()]
        with suppress(BadInput):  # one clip alone
            value = telltale(
                np.concatenate([f for f, _, _ in both]),
                np.concatenate([np.full(len(f), kind) for f, kind, _ in both]),
                np.concatenate([np.full(len(f), c) for f, _, c in both]),
            )
            yield Row(SUITE, name, clip, "telltale", value)


def features(one: Living) -> Array:
    """(windows, 8): per axis how fast and how far, in logarithms; how uneven; blinks. Nothing that trembling shows."""
    rows = []
    blinks = blink_times(one.lids, float(RATE)) * float(RATE)
    for start in range(0, len(one.angles) - WINDOW + 1, WINDOW // 2):
        part = one.angles[start : start + WINDOW]
        step = np.abs(np.diff(part, axis=0))
        count = ((blinks >= start) & (blinks < start + WINDOW)).sum()
        speed = step.sum(axis=1)
        rows.append(
            [
                *np.log(step.mean(axis=0) + 1e-5),
                *np.log(part.std(axis=0) + 1e-4),
                speed.std() / (speed.mean() + 1e-6),
                count,
            ]
        )
    return np.array(rows).reshape(-1, 8)

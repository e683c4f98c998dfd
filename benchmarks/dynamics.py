"""Heads and lids beside captured ones, over several draws of temperaments: one draw alone says little of six clips."""

from __future__ import annotations

import numpy as np

from benchmarks.report import Row
from mien.core.errors import BadInput
from mien.evaluation.data import Clip, Data
from mien.evaluation.metrics.blinks import blink_rate
from mien.evaluation.metrics.gaze import gaze_shifts, gaze_spread
from mien.evaluation.metrics.head import extent, jerk, mean_speed
from mien.evaluation.metrics.telltale import telltale
from mien.evaluation.peers.ours import Mien
from mien.evaluation.suites.dynamics import RATE, Living, captured, features, living

TITLE = "Dynamics: heads, eyes and lids over several draws of temperaments"

DRAWS = 6
AUC = 0.75
"""The bar: of a classifier that tells ours from captured motion."""

FIGURES = {
    "head, degrees a second": lambda one: mean_speed(one.angles, float(RATE)),
    "how far the head goes, degrees": lambda one: extent(one.angles),
    "jerk, 1/s²": lambda one: jerk(one.angles, float(RATE)),
    "blinks a minute": lambda one: blink_rate(one.lids, float(RATE)),
    "gaze shifts a minute": lambda one: gaze_shifts(one.eyes, float(RATE)),
    "gaze spread": lambda one: gaze_spread(one.eyes),
}


def auc(ours: list[Living], real: list[Living]) -> float:
    parts = [(features(one), kind, clip) for kind, lives in ((0, real), (1, ours)) for clip, one in enumerate(lives)]
    return telltale(
        np.concatenate([f for f, _, _ in parts]),
        np.concatenate([np.full(len(f), kind) for f, kind, _ in parts]),
        np.concatenate([np.full(len(f), clip) for f, _, clip in parts]),
    )


def usable(clips: list[Clip]) -> tuple[list[Clip], list[Living]]:
    """The clips in which a head can be measured, and what it does."""
    found, lives = [], []
    for clip in clips:
        try:
            lives.append(captured(clip))
        except BadInput:  # from the side
            continue
        found.append(clip)
    return found, lives


def rows() -> list[Row]:
    try:
        data = Data().found
    except BadInput as error:
        return [Row(str(error), "not measured")]
    out, system = [], Mien(with_text=False)
    for source in ("styletalk", "mocha"):
        chosen = [c for c in data[source].clips if c.confidence is None or c.confidence >= 5]
        clips, real = usable(chosen if source == "styletalk" else chosen[::3])
        draws = [[living(system.animate(clip, take)) for clip in clips] for take in range(DRAWS)]
        scores = [auc(ours, real) for ours in draws]
        mean = float(np.mean(scores))
        what = f"{source}, {len(clips)} clips: telltale AUC over {DRAWS} draws"
        out.append(Row(what, f"{mean:.2f} ({min(scores):.2f} … {max(scores):.2f})", f"≤ {AUC:g}", mean <= AUC))
        for name, figure in FIGURES.items():
            ours, theirs = [figure(one) for lives in draws for one in lives], [figure(one) for one in real]
            out.append(Row(f"{source}: {name}, ours / captured", f"{np.mean(ours):.2f} / {np.mean(theirs):.2f}"))
    return out

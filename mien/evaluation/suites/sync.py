"""Do mouth and sound belong together, by a learned scorer that must first show that it may judge?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mien.core.errors import BadInput
from mien.core.rig import Motion
from mien.evaluation.curves import RATE, Array, landmarks_of_motion, seen
from mien.evaluation.data import Clip
from mien.evaluation.metrics.rank import rank_correlation, rank_interval
from mien.evaluation.peers.all import CAPTURED
from mien.evaluation.peers.system import CannotRun
from mien.evaluation.plot import Line, curves_over_offsets
from mien.evaluation.rows import POOLED, Column, Finding, Layout, Picture, Row, Skipped
from mien.evaluation.study import Study, averaged, pooled
from mien.evaluation.sync import REACH, Verdict, mouth_rows, scorer, sound_rows, verdict

SUITE = "sync"
LAYOUT = Layout(
    SUITE,
    "Sync",
    "Do mouth and sound belong together? By a learned scorer (mien train sync), every clip by maps that saw neither "
    "it nor its voice. It is not SyncNet; what captured faces score shows how far it can be believed.",
    (
        Column("in time", "in time", "share of clips whose best offset is within ±1 frame of the true one", "high"),
        Column("offset", "offset", "mean distance of the best offset from the true one, frames at 25 fps", "low", 1),
        Column(
            "confidence",
            "confidence",
            "how far the best agreement stands out of the usual one; tells clips, not systems",
        ),
        Column(
            "not a judge", "not a judge", "confidence of a scorer that has not shown that it finds offsets and ranks"
        ),
        Column("rho", "rho", "Spearman's, of its confidences on captured clips with SyncNet's", "high"),
    ),
)

PLOTTED = (CAPTURED, "mien", "mien+text", "openfacefx+text", "energy")
"""Whose curves the page shows."""

CLOSE = 1
"""Frames: 40 ms, less than anybody notices (ITU-R BT.1359)."""

FINDS = 0.9
"""Share of captured clips whose offset a judge finds, chance being .1."""

FEWEST_RANKED = 20
"""Clips with a SyncNet confidence below which an order says nothing."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A captured clip and what the scorer says of it. verdict.offset : less the known one"""

    clip: Clip
    verdict: Verdict


def measure(study: Study) -> Iterator[Finding]:
    """First whether the scorer may judge, by captured faces; then everybody's verdict."""
    talking = [clip for clip in study.clips(SUITE) if isinstance(clip, Clip)]
    asked: list[Asked] = []
    for clip in talking if study.fast else study.data.paired():
        try:
            asked.append(Asked(clip, captured(clip)))
        except BadInput as error:
            yield Skipped(SUITE, "", f"{clip.id}: {error}")
    rows = [row for one in asked for row in rows_of(CAPTURED, one.clip.id, [one.verdict])]
    agreements = {CAPTURED: [one.verdict.agreement for one in asked]}
    stopped: dict[str, str] = {}
    for clip in talking:
        for name, verdicts in made(study, clip, stopped):
            rows += rows_of(name, clip.id, verdicts)
            agreements.setdefault(name, []).append(verdicts[0].agreement)
    rho, why_not = judged(asked, study.seed)
    yield from (renamed(row, bool(why_not)) for row in rows)
    yield from (renamed(row, bool(why_not)) for row in pooled(rows, study.seed))
    yield from rho
    if why_not:
        yield Skipped(SUITE, "", f"the scorer is not a judge here: {why_not}")
    lines = [Line(name, np.mean(agreements[name], axis=0)) for name in PLOTTED if agreements.get(name)]
    if lines:
        yield Picture(
            SUITE,
            "Agreement at each offset of the picture, mean over clips",
            curves_over_offsets(lines, REACH, float(RATE)),
        )
    for name, why in stopped.items():
        yield Skipped(SUITE, name, why)


def captured(clip: Clip) -> Verdict:
    found = verdict(scorer().for_clip(clip.id), sound_rows(clip.audio), mouth_rows(seen(clip.path).points))
    return Verdict(found.offset - clip.offset, found.confidence, found.agreement)


def made(study: Study, clip: Clip, stopped: dict[str, str]) -> Iterator[tuple[str, list[Verdict]]]:
    """What each system's motion is found to be, take by take, against the sound it was made for."""
    sound = sound_rows(clip.audio)
    for system in study.running(clip.source):
        try:
            motions = [study.animated(system, clip, take) for take in range(system.takes)]
            yield system.name, [of_motion(clip.id, sound, motion) for motion in motions]
        except (CannotRun, BadInput) as error:
            stopped.setdefault(system.name, str(error))


def of_motion(clip: str, sound: Array, motion: Motion) -> Verdict:
    """A motion's mouth, as its blendshapes move the landmarks of one head."""
    return verdict(scorer().for_clip(clip), sound, mouth_rows(landmarks_of_motion(motion)))


def rows_of(system: str, clip: str, verdicts: Sequence[Verdict]) -> list[Row]:
    """Figures of a clip, mean over takes. What agrees with nothing is not in time; by how much is unknown."""
    takes = []
    for one in verdicts:
        known = one.confidence > 0
        figures = {"in time": float(known and abs(one.offset) <= CLOSE), "confidence": one.confidence}
        takes.append(figures | ({"offset": float(abs(one.offset))} if known else {}))
    return [Row(SUITE, system, clip, name, value) for name, value in averaged(takes).items()]


def renamed(row: Row, doubted: bool) -> Row:
    """A confidence goes by its name only where the scorer may judge."""
    name = "not a judge" if doubted and row.metric == "confidence" else row.metric
    return Row(row.suite, row.system, row.clip, name, row.value, row.interval)


def judged(asked: Sequence[Asked], seed: int) -> tuple[list[Row], str]:
    """rho with its interval, and why the scorer is not a judge; empty when it is."""
    if not asked:
        return [], "no captured clip could be read"
    found = sum(abs(a.verdict.offset) <= CLOSE for a in asked) / len(asked)
    ranked = [(a.verdict.confidence, a.clip.confidence) for a in asked if a.clip.confidence is not None]
    if len(ranked) < FEWEST_RANKED:
        return [], f"only {len(ranked)} clips with a SyncNet confidence were read, at least {FEWEST_RANKED} are needed"
    ours, theirs = zip(*ranked, strict=True)
    rho, interval = rank_correlation(ours, theirs), rank_interval(ours, theirs, seed=seed)
    rows = [Row(SUITE, CAPTURED, f"mocha/{POOLED}", "rho", rho, interval)]
    if found < FINDS:
        return rows, f"it finds the offset of {found:.0%} of captured clips, {FINDS:.0%} are needed"
    if interval[0] <= 0:
        return rows, f"its order says nothing of SyncNet's: rho {rho:.2f}, {interval[0]:.2f} to {interval[1]:.2f}"
    return rows, ""

"""Is a style read from a clip that clip's own, does our motion move towards it, and is that seen in finished video?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from mien.core.errors import BadInput
from mien.core.mix import mix
from mien.core.plan import Plan
from mien.core.rig import CAPTURE, Motion
from mien.core.style import AS_USUAL, Style
from mien.core.styled import styled
from mien.evaluation.bootstrap import interval
from mien.evaluation.kept import Arrays, kept
from mien.evaluation.metrics.correlation import correlation
from mien.evaluation.peers.all import CAPTURED
from mien.evaluation.rows import ALL, POOLED, Column, Finding, Layout, Row, Skipped
from mien.evaluation.sources import named
from mien.evaluation.study import Study, pooled
from mien.evaluation.suites.capture import RESTING, there_and_back
from mien.style.code import Array, Code, code_from_motion, distance, felt, scale, weights
from mien.style.steer import STATISTICS, closed

SUITE = "style"
LAYOUT = Layout(
    SUITE,
    "Style",
    "Is a style code the clip's own (captured), and does our motion, to other words with another seed, move towards it "
    "(mien)? Each clip is captured once and its motion cut in the middle; most halves last 2 to 3 s. Then, amount by "
    "amount over clips: in the motion, and as mien capture sees it on a portrait that performs.",
    (
        Column("pairs", "own in pairs", "of two clips, the halves of the one are the nearer; chance .5", "high"),
        Column("nearest", "nearest", "of all other halves, its own is; chance is one in the number of clips", "high"),
        Column("clips", "clips", "among which", digits=0),
        Column("closed", "gap closed", "of each statistic that amounts steer, the mean: 1 is all of it", "high"),
        Column(
            "closed whole", "whole code", "share by which the whole code is nearer, what nothing steers too", "high"
        ),
        Column("closed amount", "of its gap", "closed in this amount's statistic, over the clips where there is one"),
        Column("follows", "follows, r", "this statistic of the motion with the clips' own, over clips"),
        Column("follows seen", "seen in video, r", "the same of finished video, captured again"),
    ),
)

FOLDERS = {"style-clips": "style-clips", "styletalk": "styletalk/video", "grid": "grid", "mocha": "mocha"}
"""Source -> folder. The first is for measuring only; the others also told how far each number can be trusted."""

MEASURED_ONLY = "style-clips"

FEWEST = 20
"""Clips from which the scale is found anew without the clip in question; with fewer it is the one that comes along."""

MIMICKED = {"style-clips": 12, "styletalk": 6}
"""Clips of each source whose style is performed; of others none, for time."""

FAST = {"style-clips": 5, "styletalk": 2}

AMOUNT = "amounts"
PORTRAIT, SIZE = "woman_neutral", 384
"""Of the data folder, who performs so that it can be seen, and at how many pixels."""

FEWEST_SEEN = 5
"""Clips from which a correlation over clips is said."""

TEXT = (
    "The boat left before breakfast. Nobody had slept much, because the wind had been shaking the shutters all night "
    "long. On deck, a boy with a paper bag of plums asked the captain how deep the water was. Deep enough, said the "
    "captain, and pointed at a bird that was flying beside us. We watched it for an hour."
)
"""Not the words that amounts are rehearsed on (tools/build_talk.py)."""


@dataclass(frozen=True)
class Pair:
    """A clip's code, and those of its halves."""

    id: str
    source: str
    whole: Code
    halves: tuple[Code, Code]


def measure(study: Study) -> Iterator[Finding]:
    pairs: list[Pair] = []
    for source, folder in FOLDERS.items():
        films = named(source, study.data.folder / folder)
        if not films:
            yield Skipped(SUITE, "", f"{study.data.folder} has no {folder}: docs/evaluate.md says what goes where")
        if study.fast:
            films = dict(list(films.items())[: FAST.get(source, 0)])
        for name, path in films.items():
            try:
                pairs.append(pair_of(name, source, path))
            except BadInput as error:
                yield Skipped(SUITE, "", f"{name}: {error}")
    if not pairs:
        return
    yield from recognised(pairs, study.seed)
    yield from mimicked(pairs, study)


def recognised(pairs: Sequence[Pair], seed: int) -> Iterator[Row]:
    """How surely a half finds the other: among the clips of its source, and among all."""
    rows: list[Row] = []
    for source in dict.fromkeys(pair.source for pair in pairs):
        alike = [pair for pair in pairs if pair.source == source]
        if len(alike) > 1:
            rows += [row for pair in alike for row in _found(pair, alike, pairs, source)]
    yield from rows
    yield from pooled(rows, seed)
    if len({pair.source for pair in pairs}) > 1:
        every = [row for pair in pairs for row in _found(pair, pairs, pairs, ALL)]
        for metric in ("pairs", "nearest", "clips"):
            values = [row.value for row in every if row.metric == metric]
            spread = interval(values, list(range(len(values))), seed=seed)
            yield Row(SUITE, CAPTURED, f"{ALL}/{POOLED}", metric, float(np.mean(values)), spread)


def _found(pair: Pair, among: Sequence[Pair], every: Sequence[Pair], source: str) -> list[Row]:
    trust = trusted([p for p in every if p.source != MEASURED_ONLY and p is not pair])
    others = [p for p in among if p is not pair]
    nearer, nearest = [], []
    for here, there in ((0, 1), (1, 0)):
        own = _apart(pair.halves[here], pair.halves[there], trust)
        away = np.array([_apart(pair.halves[here], p.halves[there], trust) for p in others])
        nearer.append(float((away > own).mean()))
        nearest.append(float((away > own).all()))
    name = pair.id if source == pair.source else f"{ALL}/{pair.id}"
    found = {"pairs": float(np.mean(nearer)), "nearest": float(np.mean(nearest)), "clips": float(len(among))}
    return [Row(SUITE, CAPTURED, name, metric, value) for metric, value in found.items()]


def _apart(a: Code, b: Code, trust: Array) -> float:
    return float((trust * (felt(a) - felt(b)) ** 2).sum())


def trusted(pairs: Sequence[Pair]) -> Array:
    """(k,) weights of squared differences, from these clips; from those that come along where there are few."""
    if len(pairs) < FEWEST:
        return weights(*scale())
    return weights(*spreads(np.array([[felt(half) for half in pair.halves] for pair in pairs])))


def spreads(both: Array) -> tuple[Array, Array]:
    """How much each number differs between halves, and how much more between clips. both : (clips, 2, k)"""
    within = np.sqrt((np.diff(both, axis=1)[:, 0] ** 2 / 2).mean(axis=0))
    return within, np.sqrt(np.maximum(both.mean(axis=1).var(axis=0) - within**2 / 2, 0))


def mimicked(pairs: Sequence[Pair], study: Study) -> Iterator[Finding]:
    """How much of each gap between our usual motion and a clip's our motion in its style closes."""
    from mien.performance.mimic import rehearsed

    plans = said()
    usual = code_from_motion(performed(plans, AS_USUAL, study.seed + 1))
    photo = study.data.folder / "portraits" / f"{PORTRAIT}.png"
    if not photo.exists():
        yield Skipped(SUITE, "", f"{study.data.folder} has no portraits/{PORTRAIT}.png: nobody to be seen")
    rows: list[Row] = []
    goals, made, seen = [], [], []
    for source, most in MIMICKED.items():
        for pair in [p for p in pairs if p.source == source][:most]:
            motion = performed(plans, rehearsed(pair.whole, seed=study.seed + 1), study.seed + 1)
            goals.append(pair.whole)
            made.append(code_from_motion(motion))
            if photo.exists():
                seen.append(code_from_motion(watched(motion, photo)))
            shares = closed(usual, made[-1], pair.whole)
            rows += [Row(SUITE, name, f"{AMOUNT}/{pair.id}", "closed amount", share) for name, share in shares.items()]
            if shares:
                rows.append(Row(SUITE, "mien", pair.id, "closed", float(np.mean([*shares.values()]))))
            whole = 1 - distance(made[-1], pair.whole) / distance(usual, pair.whole)
            rows.append(Row(SUITE, "mien", pair.id, "closed whole", whole))
    yield from rows
    yield from pooled(rows, study.seed)
    if len(goals) >= FEWEST_SEEN:
        yield from followed(goals, made, "follows")
        yield from followed(goals, seen, "follows seen")


def followed(goals: Sequence[Code], found: Sequence[Code], metric: str) -> Iterator[Row]:
    """Of each amount, how its statistic goes with that of the clips."""
    for name, statistic in STATISTICS.items() if found else ():
        wanted, came = (np.array([statistic(code) for code in codes]) for codes in (goals, found))
        yield Row(SUITE, name, f"{AMOUNT}/{POOLED}", metric, correlation(came, wanted))


def watched(motion: Motion, photo: Path) -> Motion:
    """What ``mien capture`` sees on a portrait that performs it, told what rest is: so a smile that is worn is seen."""
    rest = Motion.at_rest(RESTING, rate=motion.rate, rig=motion.rig)
    whole = Motion(np.concatenate([rest.values, motion.values]), motion.rate, 0, motion.rig)
    return there_and_back(photo, whole, size=SIZE).cut(RESTING, len(whole))


def performed(plans: Sequence[Plan], style: Style, seed: int) -> Motion:
    from mien.performance.verbs import default_generators

    return styled(Motion.join(mix(plans, default_generators(seed, style=style))), style)


def said() -> tuple[Plan, ...]:
    """TEXT, spoken by the usual voice."""
    from mien.performance.timeline import Timeline
    from mien.performance.verbs import speak

    timeline = Timeline(rate=25)
    timeline.say(speak(TEXT))
    timeline.close()
    return tuple(timeline.plans())


def pair_of(name: str, source: str, path: Path) -> Pair:
    """A clip, captured once, and its motion cut in the middle. Errors: BadInput."""
    motion = captured(path)
    middle = motion.start + len(motion) // 2
    first, second = motion.cut(motion.start, middle), motion.cut(middle, motion.stop)
    return Pair(name, source, code_from_motion(motion), (code_from_motion(first), code_from_motion(second)))


def captured(path: Path) -> Motion:
    """As ``mien capture``, kept once read. Errors: BadInput."""
    from mien.core.weights import find
    from mien.performance.capture import capture

    def made() -> Arrays:
        motion = capture(path)
        rate = np.array([motion.rate.numerator, motion.rate.denominator], np.float64)
        return {"values": motion.values, "rate": rate}

    raw = kept("motion", f"1 {find('face-landmarker').sha256[:8]}", path, made)
    return Motion(raw["values"], Fraction(*map(int, raw["rate"])), 0, CAPTURE)

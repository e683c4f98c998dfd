"""The small life of a face that nobody drives: lips that press, a swallow, a brow, a shifting torso."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mien.core.chance import uniforms, wander
from mien.core.plan import Plan
from mien.core.rig import FULL, Motion
from mien.core.windows import windows
from mien.generators.curves import Doubles, stroke
from mien.generators.felt import BEHIND, felt
from mien.generators.phrases import AHEAD, activity, phrases


@dataclass(frozen=True, slots=True)
class Gesture:
    """share : how often it is drawn; rise, hold, fall : seconds; peaks : channel -> value at its height"""

    share: float
    rise: float
    hold: float
    fall: float
    peaks: Mapping[str, float]


GESTURES = (
    Gesture(0.24, 0.22, 0.35, 0.45, {"mouthPressLeft": 0.38, "mouthPressRight": 0.34, "mouthShrugLower": 0.08}),
    Gesture(0.10, 0.30, 0.25, 0.50, {"mouthRollLower": 0.35, "mouthRollUpper": 0.28, "jawForward": 0.05}),
    Gesture(0.08, 0.28, 0.20, 0.45, {"mouthPucker": 0.22, "mouthShrugLower": 0.10}),
    Gesture(0.12, 0.35, 0.60, 0.80, {"mouthSmileLeft": 0.12, "mouthSmileRight": 0.10, "cheekSquintLeft": 0.08,
                                     "cheekSquintRight": 0.07}),
    Gesture(0.08, 0.30, 0.40, 0.60, {"mouthLeft": 0.14, "mouthDimpleLeft": 0.16}),
    Gesture(0.06, 0.30, 0.40, 0.60, {"mouthRight": 0.14, "mouthDimpleRight": 0.16}),
    Gesture(0.14, 0.20, 0.30, 0.60, {"browInnerUp": 0.16, "browOuterUpLeft": 0.14, "browOuterUpRight": 0.12}),
    Gesture(0.08, 0.25, 0.50, 0.60, {"browDownLeft": 0.16, "browDownRight": 0.14, "eyeSquintLeft": 0.10,
                                     "eyeSquintRight": 0.12}),
    Gesture(0.10, 0.25, 0.12, 0.40, {"mouthPressLeft": 0.20, "mouthPressRight": 0.20, "mouthRollLower": 0.15,
                                     "mouthShrugLower": 0.20, "headPitch": 0.018, "headY": 0.0008}),
)  # fmt: skip
"""Small adjustments of listening and waiting faces; the last one is a swallow. Heights stay below what
anybody would call an expression (half the amplitude of FACS intensity B)."""

BIN = 2.3
"""Seconds: at most one gesture in each."""

CHANCE = 0.8
"""Share of the bins that have one."""

STIR = {"browInnerUp": 0.030, "browDownLeft": 0.020, "browDownRight": 0.020, "mouthSmileLeft": 0.022,
        "mouthSmileRight": 0.022, "mouthPressLeft": 0.025, "mouthPressRight": 0.025, "eyeSquintLeft": 0.025,
        "eyeSquintRight": 0.025, "cheekSquintLeft": 0.015, "cheekSquintRight": 0.015}  # fmt: skip
"""Standard deviation of a muscle's slow stirring around its tone, weight; it stirs in speech too."""

STIR_PERIOD = 1.9
"""Seconds between knots of the stirring."""

SWAY = {"torsoPitch": 0.006, "torsoYaw": 0.012, "torsoRoll": 0.008}
"""Standard deviation of the torso's shifting, radians."""

SWAY_PERIOD = 3.7
"""Seconds between knots of the sway."""

STILLER = {"sad": 0.6, "fear": 1.0, "angry": 0.7, "surprise": 0.5}
"""Emotion -> factor on the gestures: a strongly felt face fidgets less."""

CHANNELS = (*dict.fromkeys([*(c for g in GESTURES for c in g.peaks), *STIR, *SWAY]),)
RIG = FULL.only(CHANNELS)


class Idle:
    """Generator: what keeps silence alive. Gestures wait for speech to be over; the rest goes on."""

    rig = RIG
    ahead = AHEAD

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        for plan in windows(plans, ahead=self.ahead, behind=BEHIND):
            yield Motion(_motion(plan, self.seed).astype(np.float32), plan.rate, plan.start, RIG)


def _motion(plan: Plan, seed: int) -> Doubles:
    """(n, c) values of RIG."""
    values = np.zeros((plan.stop - plan.start, len(RIG)))
    values[:, _columns(STIR)] = stirring(plan.times, seed) * np.array([*STIR.values()])
    values[:, _columns(SWAY)] = swaying(plan.times, seed) * np.array([*SWAY.values()])
    quiet = 1 - activity(phrases(plan.phones), plan.times)
    for name, intensity in felt(plan.emotion, plan.times).items():
        quiet = quiet * (1 - (1 - STILLER.get(name, 0.8)) * intensity)
    for name, height in gestures(plan.times, seed).items():
        values[:, RIG.index[name]] += height * quiet
    return np.clip(values, RIG.low, RIG.high)


def _columns(names: Iterable[str]) -> list[int]:
    return [RIG.index[name] for name in names]


def stirring(times: Doubles, seed: int) -> Doubles:
    """(n, len(STIR)) of standard deviation about 1, above tone only: muscles pull, they do not push."""
    return np.maximum(0, wander(seed, "stirring", times, STIR_PERIOD, len(STIR)))


def swaying(times: Doubles, seed: int) -> Doubles:
    """(n, len(SWAY)) of standard deviation 1."""
    return wander(seed, "sway", times, SWAY_PERIOD, len(SWAY))


def gestures(times: Doubles, seed: int) -> dict[str, Doubles]:
    """One drawn gesture in most bins. Returns channel -> (n,)"""
    bins = range(int(times[0] // BIN) - 1, int(times[-1] // BIN) + 1)
    out: dict[str, Doubles] = {}
    for number, (which, whether, where, size, pace) in zip(bins, uniforms(seed, "idle", bins, 5), strict=True):
        if whether < CHANCE:
            gesture, slow = _drawn(float(which), GESTURES), 0.8 + 0.6 * pace
            start = (number + where) * BIN
            height = (0.6 + 0.4 * size) * stroke(times, start, gesture.rise * slow, gesture.hold, gesture.fall * slow)
            for name, peak in gesture.peaks.items():
                out[name] = out.get(name, 0.0) + peak * height
    return out


def _drawn(which: float, choices: Sequence[Gesture]) -> Gesture:
    """The gesture at ``which``, 0..1, of their shares laid end to end."""
    for gesture in choices:
        which -= gesture.share
        if which < 0:
            return gesture
    return choices[-1]

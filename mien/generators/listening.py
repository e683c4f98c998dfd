"""What a face does that is spoken to, or asked: it listens, it thinks, it nods. Cues say when.

"listen" and "think" hold as long as they last, and may come in pieces that follow each other. "backchannel" is a nod of
being heard, "mirror smile" and "mirror brows" answer how something was said; all three take their own time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from mien.core.chance import uniforms
from mien.core.plan import Cue, Plan, Span
from mien.core.rig import FULL, Motion
from mien.core.windows import windows
from mien.generators.curves import Doubles, eased, stroke

CHANGE = 0.45
"""Seconds from one manner to another: a posture's, not an expression's."""

APART = 1e-6
"""Seconds between two pieces of one manner, at most: floats' noise."""

MANNERS: Mapping[str, Mapping[str, float]] = {
    # turned to who speaks, forward and aslant, brows up, eyes a little wider (Heylen et al. 2007: attentive listening);
    # as much as it takes to be told from idling at a glance and at arm's length, which half of it was not
    "listen": {"headPitch": 0.040, "headRoll": 0.085, "headZ": 0.016, "browInnerUp": 0.28, "browOuterUpLeft": 0.20,
               "browOuterUpRight": 0.16, "eyeWideLeft": 0.10, "eyeWideRight": 0.10, "mouthSmileLeft": 0.17,
               "mouthSmileRight": 0.17},
    # the eyes go away by themselves (gaze.py); lowered brows and pressed lips of effort (Ekman 1979)
    "think": {"headPitch": -0.020, "headYaw": 0.045, "headRoll": -0.03, "browDownLeft": 0.22, "browDownRight": 0.16,
              "browInnerUp": 0.06, "eyeSquintLeft": 0.12, "eyeSquintRight": 0.12, "mouthPressLeft": 0.22,
              "mouthPressRight": 0.18, "mouthLeft": 0.08, "mouthShrugLower": 0.06},
}  # fmt: skip
"""Manner -> channel -> value."""

NOD = 0.10
"""Radians of a backchannel's first dip; each further one is half of the one before (Hadar et al. 1985)."""

DIP, BACK, AGAIN = 0.18, 0.26, 0.42
"""Seconds: down, back, and from one dip to the next."""

PACE, ASIDE = 0.15, 0.25
"""Ranges of chance, ± share: how slowly, and how much of it is a turn and a tilt."""

DIPS = (0.4, 0.85)
"""Chance that it is one dip, and that it is at most two; three are the most."""

WARM = 0.4
"""Chance that a nod comes with a little smile and raised brows: with each it would be a tic."""

MIRRORS: Mapping[str, tuple[tuple[float, float, float], Mapping[str, float]]] = {
    "backchannel": ((0.25, 0.30, 0.50), {"mouthSmileLeft": 0.18, "mouthSmileRight": 0.17, "browInnerUp": 0.14,
                                         "browOuterUpLeft": 0.08, "browOuterUpRight": 0.08}),
    "mirror smile": ((0.40, 0.80, 0.90), {"mouthSmileLeft": 0.42, "mouthSmileRight": 0.39, "cheekSquintLeft": 0.30,
                                          "cheekSquintRight": 0.30, "eyeSquintLeft": 0.12, "eyeSquintRight": 0.12}),
    "mirror brows": ((0.16, 0.10, 0.36), {"browInnerUp": 0.26, "browOuterUpLeft": 0.24, "browOuterUpRight": 0.22,
                                          "eyeWideLeft": 0.08, "eyeWideRight": 0.08}),
}  # fmt: skip
"""Cue -> seconds of rise, hold and fall, and channel -> value at amount 1."""

REACH = 2.2
"""Seconds from a cue's beginning to the end of all it does."""

SHAPES = (*MANNERS.values(), *(shape for _, shape in MIRRORS.values()))
CHANNELS = (*dict.fromkeys(c for shape in SHAPES for c in shape),)
RIG = FULL.only(CHANNELS)

Cues = Sequence[Span[Cue]]


class Listening:
    """Generator: listening, thinking, and the small signs of being heard."""

    rig = RIG
    ahead = 0.0

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        for plan in windows(plans, ahead=self.ahead, behind=REACH):
            values = np.zeros((plan.stop - plan.start, len(RIG)))
            for name, shape in MANNERS.items():
                _add(values, shape, share(plan.cues, name, plan.times))
            for cue in plan.cues:
                if cue.value.name in MIRRORS:
                    _respond(values, cue, plan.times, self.seed)
            yield Motion(np.clip(values, RIG.low, RIG.high).astype(np.float32), plan.rate, plan.start, RIG)


def _add(values: Doubles, shape: Mapping[str, float], amount: Doubles) -> None:
    for channel, height in shape.items():
        values[:, RIG.index[channel]] += height * amount


def _respond(values: Doubles, cue: Span[Cue], times: Doubles, seed: int) -> None:
    draw = uniforms(seed, cue.value.name, round(cue.start * 1000), 5)[0]
    nods = cue.value.name == "backchannel"
    if nods:
        for channel, turn in zip(("headPitch", "headYaw", "headRoll"), nod(times - cue.start, draw).T, strict=True):
            values[:, RIG.index[channel]] += cue.value.amount * turn
    if not nods or draw[4] < WARM:
        seconds, shape = MIRRORS[cue.value.name]
        _add(values, shape, cue.value.amount * stroke(times, cue.start, *seconds))


def nod(times: Doubles, draw: Doubles) -> Doubles:
    """Radians of pitch, yaw and roll of a nod that begins at 0. draw : (4 or more,) in 0..1. Returns (n, 3)

    >>> nod(np.array([0.0, 0.18, 2.0]), np.full(4, 0.5)).round(3).tolist()
    [[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    pace = 1 + PACE * (2 * draw[1] - 1)
    dips = np.zeros_like(times)
    for i in range(1 + sum(draw[0] >= chance for chance in DIPS)):
        dips = dips + 0.5**i * stroke(times, i * AGAIN * pace, DIP * pace, 0.0, BACK * pace)
    return np.asarray(NOD * dips[:, None] * np.array([1.0, *(ASIDE * (2 * draw[2:4] - 1))]), np.float64)


def share(cues: Cues, name: str, times: Doubles) -> Doubles:
    """How far a manner is taken on. Returns (n,) 0..1"""
    total = np.zeros_like(times)
    for cue in cues:  # of pieces that follow each other, one's end and the next one's beginning cancel
        if cue.value.name == name:
            total = total + cue.value.amount * (eased(times, cue.start, CHANGE) - eased(times, cue.stop, CHANGE))
    return total


def doing(cues: Cues, name: str, moment: float) -> bool:
    """Whether a manner holds at a moment."""
    return any(cue.value.name == name and cue.start <= moment < cue.stop for cue in cues)


def stretches(cues: Cues, name: str) -> list[tuple[float, float]]:
    """(start, stop) of a manner, pieces that follow each other being one."""
    out: list[tuple[float, float]] = []
    for cue in sorted((c for c in cues if c.value.name == name), key=lambda c: c.start):
        if out and cue.start <= out[-1][1] + APART:
            out[-1] = out[-1][0], max(out[-1][1], cue.stop)
        else:
            out.append((cue.start, cue.stop))
    return out

"""How the head moves, and the brows with it: accents, phrases, feelings, and never quite still."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from mien.core.chance import bells, uniforms, wander
from mien.core.plan import Plan
from mien.core.rig import FACE, HEAD, Motion
from mien.core.style import AS_USUAL, Style
from mien.core.windows import windows
from mien.generators.curves import Doubles, eased, stroke
from mien.generators.felt import felt
from mien.generators.gaze import DEGREE, Fixation, Looks
from mien.generators.phrases import AHEAD, SPACING, Accent, Accents, activity, phrases
from mien.generators.temper import liveliness, temper

BROWS = ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")
RIG = HEAD + FACE.only(BROWS)

ANGLES = np.array([1.85, 2.05, 2.05]) * DEGREE
"""Pitch, yaw and roll that one unit of the random parts below stands for, in the middle of all temperaments."""

WANDER = ((1.5, 0.55), (0.5, 0.5), (0.17, 0.24))
"""(seconds between knots, amplitude). With nods and postures the speed on each axis, and how it falls off with
frequency, are those of people who speak freely (StyleTalk; more than a dozen clips of strong styles are livelier)."""

REACH = np.array([11.0, 15.0, 11.0]) * DEGREE
"""What the random parts, nods and following keep within, softly from half of it on: a photo bears no more."""

SILENT = 0.35
"""Share of the wandering that is left when nobody speaks."""

POSTURE_BIN = 2.0
"""Seconds: at most one change of posture in each, at a phrase's boundary if there is one."""

POSTURE = 1.0
"""Amplitude of postures, in ANGLES."""

POSTURE_MOVE = (0.3, 0.6)
"""Seconds that a change of posture takes."""

NOD_LEAD, NOD_RISE, NOD_FALL = 0.05, 0.17, 0.36
"""Seconds a nod starts before its vowel, until its lowest point, and back: the low point lies within
0.1 s of the vowel's middle (Hadar et al. 1983; Munhall et al. 2004)."""

NOD = np.array([5.0, 1.6, 1.8]) * DEGREE
"""Pitch, yaw and roll of the strongest accent's nod; a quarter of the accents nod upwards."""

NODS, UPWARDS = 0.75, 0.22
"""Chance that an accent of full strength is nodded to, and that the nod goes up."""

HURRY = 0.5
"""Power of the style's pace by which nods, changes of posture and following take less time; the wandering takes all."""

STROKE = 1.05
"""Seconds after which a nod, at the slowest pace, or a raise of the brows is surely over."""

BROW_FROM, BROW_CHANCE, BROW_RAISE = 0.5, 0.55, 0.34
"""Strength from which an accent may raise the brows, how often it does, and how far (Flecha-Garcia 2010)."""

FOLLOW, FOLLOW_DELAY, FOLLOW_SECONDS = 0.16, 0.05, 0.35
"""Share of a gaze shift that the head goes along, seconds it starts later, seconds it takes: the eye leads."""

ALONE, RECRUITED = 8 * DEGREE, 0.45
"""How far the eyes go nearly alone, and the head's share of what is beyond (Stahl 1999: the eyes' customary range)."""

NECK = 0.055
"""Metres from the base of the skull to where the neck bends: a turned head is also a displaced one."""

POSTURE_OF_EMOTION = {
    "happy": (-1.5, 0.0, 2.0, 0.004), "sad": (6.0, 1.0, 2.5, -0.004), "angry": (4.0, 0.0, 0.0, 0.012),
    "fear": (-1.5, -2.0, 1.0, -0.015), "disgust": (-2.0, -5.0, 2.5, -0.010), "surprise": (-3.5, 0.0, 0.0, -0.006),
    "contempt": (-5.5, 4.0, -3.5, -0.004),
}  # fmt: skip
"""Pitch, yaw, roll in degrees and forward metres at intensity 1. Sadness bows, anger leans in, fear and
disgust draw back, contempt looks down the nose (Wallbott 1998; Coulson 2004)."""

LIVELINESS = {"happy": 1.3, "sad": 0.5, "angry": 1.25, "fear": 0.9, "surprise": 1.1, "disgust": 0.9, "contempt": 0.75}
"""Emotion -> factor on all movement (Wallbott 1998: expansive joy and anger, little movement in sadness)."""


PAST = 2 * POSTURE_BIN + 1.2
"""Seconds of past a frame may depend on: the boundary at which its posture was taken, and a phrase begun before."""


class Head:
    """Generator: head pose relative to the neck, and the brow raises that go with strong accents."""

    rig = RIG
    ahead = AHEAD

    def __init__(self, *, seed: int = 0, style: Style = AS_USUAL) -> None:
        self.seed, self.style = seed, style

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        looks, accents = Looks(self.seed, self.style), Accents()
        for plan in windows(plans, ahead=self.ahead, behind=PAST):
            stressed = accents.follow(plan, since=plan.begin - STROKE - SPACING)
            values = _motion(plan, looks.follow(plan), stressed, self.seed, self.style)
            yield Motion(values.astype(np.float32), plan.rate, plan.start, RIG)


def _motion(
    plan: Plan, fixations: Sequence[Fixation], stressed: Sequence[Accent], seed: int, style: Style = AS_USUAL
) -> Doubles:
    """(n, 9) values of RIG."""
    times, spoken = plan.times, phrases(plan.phones)
    feelings = felt(plan.emotion, times, "head")
    lively = np.ones_like(times)
    for name, intensity in feelings.items():
        lively = lively + (LIVELINESS[name] - 1) * intensity
    mine = temper(seed)
    stirred = liveliness(times, seed) * (SILENT + (1 - SILENT) * activity(spoken, times))
    takes = style.pace**-HURRY
    loose = wandering(times * style.pace, seed) * stirred[:, None] + postures(spoken, times, seed, takes)
    nodded = nods(stressed, times, seed, style.nods, takes)
    turns = loose * (mine.lively * np.array(mine.axes)) + nodded * mine.nodding
    turns = kept_within(turns * lively[:, None] + following(fixations, times, takes), REACH)
    forward = np.zeros_like(times)
    for name, intensity in feelings.items():
        *angles, metres = POSTURE_OF_EMOTION[name]
        turns = turns + intensity[:, None] * (np.array(angles) * DEGREE)
        forward = forward + metres * intensity
    brows = raises(stressed, times, seed)[:, None] * np.ones(len(BROWS))
    return np.concatenate([turns, moved_by_neck(turns, forward), brows], axis=1)


def wandering(times: Doubles, seed: int) -> Doubles:
    """The slow and fast restlessness of a living head. Returns (n, 3) radians"""
    total = np.zeros((len(times), 3))
    for number, (period, amplitude) in enumerate(WANDER):
        total = total + amplitude * wander(seed, f"head {number}", times, period, 3)
    return total * ANGLES


def postures(spoken: Sequence[tuple[float, float]], times: Doubles, seed: int, takes: float = 1.0) -> Doubles:
    """A posture held until the next phrase boundary, then another. takes : times as long. Returns (n, 3) radians"""
    first, last = int(times[0] // POSTURE_BIN) - 1, int(times[-1] // POSTURE_BIN)
    poses = POSTURE * bells(seed, "posture", range(first - 1, last + 1), 3) * ANGLES
    draws = uniforms(seed, "posture move", range(first, last + 1), 2)
    total = np.tile(poses[0], (len(times), 1))
    for i, (where, how_fast) in enumerate(draws):
        moment = _boundary(spoken, (first + i) * POSTURE_BIN, float(where))
        quick, slow = POSTURE_MOVE
        if moment < times[-1]:
            share = eased(times, moment, takes * (quick + (slow - quick) * float(how_fast)))[:, None]
            total = total * (1 - share) + poses[i + 1] * share
    return total


def _boundary(spoken: Sequence[tuple[float, float]], begin: float, where: float) -> float:
    """When the posture of the bin from ``begin`` on is taken: at its first phrase boundary, else late in it."""
    latest = begin + POSTURE_BIN * (0.5 + 0.5 * where)
    edges = [edge for start, stop in spoken for edge in (start - AHEAD / 2, stop)]
    return min((edge for edge in edges if begin <= edge < latest), default=latest)


def nods(stressed: Sequence[Accent], times: Doubles, seed: int, often: float = 1.0, takes: float = 1.0) -> Doubles:
    """A quick dip, or lift, on accents. often : factor on the chance of each; takes : on its time. (n, 3) radians"""
    total = np.zeros((len(times), 3))
    for accent in stressed:
        taken, upwards, size = uniforms(seed, "nod", accent.event, 3)[0]
        if taken < often * NODS * accent.strength:
            side = bells(seed, "nod side", accent.event, 2)[0]
            sign = -0.7 if upwards < UPWARDS else 1.0
            turn = NOD * np.array([sign, side[0], side[1]]) * accent.strength * (0.6 + 0.4 * size)
            total = (
                total + stroke(times, accent.start - NOD_LEAD, takes * NOD_RISE, 0.0, takes * NOD_FALL)[:, None] * turn
            )
    return total


def raises(stressed: Sequence[Accent], times: Doubles, seed: int) -> Doubles:
    """How far the brows go up with strong accents. Returns (n,) 0..1"""
    total = np.zeros_like(times)
    for accent in stressed:
        taken, size = uniforms(seed, "brow", accent.event, 2)[0]
        if accent.strength >= BROW_FROM and taken < BROW_CHANCE:
            height = BROW_RAISE * accent.strength * (0.6 + 0.4 * size)
            total = np.maximum(total, height * stroke(times, accent.start - NOD_LEAD, 0.16, 0.08, 0.38))
    return total


def following(fixations: Sequence[Fixation], times: Doubles, takes: float = 1.0) -> Doubles:
    """The head's small share in looking somewhere. takes : times as long. Returns (n, 3) radians"""
    total = np.tile(_aim(fixations[0]), (len(times), 1))
    for fixation in fixations[1:]:
        share = eased(times, fixation.start + FOLLOW_DELAY, takes * FOLLOW_SECONDS)[:, None]
        total = total * (1 - share) + _aim(fixation) * share
    return total


def _aim(fixation: Fixation) -> Doubles:
    eyes = np.array([fixation.pitch, fixation.yaw, 0.0])
    near = np.clip(eyes, -ALONE, ALONE)
    return np.asarray(FOLLOW * near + RECRUITED * (eyes - near), np.float64)


def kept_within(turns: Doubles, reach: Doubles) -> Doubles:
    """Small turns as they are, beyond half of the reach ever less of them. turns : (n, 3) radians

    >>> kept_within(np.array([[0.4, -0.4, 9.0]]), np.ones(3)).round(2).tolist()
    [[0.4, -0.4, 0.97]]
    """
    free = reach / 2
    over = np.maximum(np.abs(turns) - free, 0)
    return np.asarray(np.sign(turns) * (np.minimum(np.abs(turns), free) + free * over / (over + free)), np.float64)


def moved_by_neck(turns: Doubles, forward: Doubles) -> Doubles:
    """How a turning head is displaced by the neck below it. turns : (n, 3) radians. Returns (n, 3) metres"""
    across, up, out = -NECK * turns[:, 2], np.zeros(len(turns)), NECK * turns[:, 0] + forward
    return np.stack([across, up, out], axis=1)

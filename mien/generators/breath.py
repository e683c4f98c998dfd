"""Breathing: slow and even in silence, quick in and slow out around speech."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mien.core.chance import uniforms
from mien.core.cues import called
from mien.core.plan import Plan
from mien.core.rig import BREATH, HEAD, UPPER_BODY, Motion
from mien.core.windows import windows
from mien.generators.curves import Doubles, eased, eased_at
from mien.generators.felt import BEHIND, felt, felt_at, weighted
from mien.generators.phrases import AHEAD, is_speaking, phrases

CYCLE = (3.4, 4.8)
"""Seconds of one quiet breath: 0.21 to 0.29 Hz."""

INHALE = 0.4
"""Share of a quiet breath that goes in."""

QUIET, EMPTY, REFILL, FULL = (0.45, 0.65), 0.08, 0.8, 0.95
"""How full: a quiet breath, at its end, in a pause, before speech."""

QUICK = 0.45
"""Seconds of the breath before a phrase (Winkworth et al. 1995: 0.3-0.6 s)."""

SPENT = 4.5
"""Seconds of speech that empty a full chest."""

HOLD = 0.2
"""Seconds the chest rests at either end of a breath."""

NEEDED = 0.55
"""Below this fill a pause is used to breathe in."""

SIGH_IN, SIGH_OUT = 0.65, 1.7
"""Seconds of a sigh's two parts: more than twice the air of a quiet breath (Vlemincx et al. 2013), let go slowly."""

PACE = {"fear": 1.6, "angry": 1.35, "surprise": 1.25, "happy": 1.1, "disgust": 1.05, "sad": 0.8}
DEPTH = {"fear": 0.75, "angry": 1.25, "surprise": 1.2, "sad": 1.15}
"""Emotion -> factor on rate and depth: fast and shallow in fear, deep in anger, slow in sadness (Boiten 1994)."""

SHOULDERS = {"fear": 0.35, "angry": 0.12, "surprise": 0.1}
"""Emotion -> how far the shoulders are held up."""

SHOULDER_LIFT, HEAD_LIFT, HEAD_TIP = 0.14, 0.0016, -0.006
"""Of a full chest: shoulders (weight), head up (metres), head back (radians): millimetres."""

RIG = BREATH + HEAD.only(("headPitch", "headY")) + UPPER_BODY.only(("shoulderUpLeft", "shoulderUpRight"))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The chest on its way from ``low`` at ``start`` to ``high`` after ``seconds``, and then still."""

    start: float
    seconds: float
    low: float
    high: float

    def at(self, moment: float) -> float:
        """How full."""
        share = eased_at(moment, self.start, self.seconds)
        return self.low * (1 - share) + self.high * share


class Lungs:
    """The breaths of a session, decided one after the other as plans become known."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.stretches: list[Stretch] = []
        self.count = 0
        self.seen = -np.inf

    def follow(self, plan: Plan) -> list[Stretch]:
        """Every stretch that touches the plan's frames, in order."""
        spoken = phrases(plan.phones)
        if not self.stretches:
            before = plan.begin - 1e-6  # so that a cue at the very beginning comes after it
            self.stretches = [self._quiet(plan, before, EMPTY, inwards=True)]
        while (turn := self._next(plan, spoken)) is not None:
            self.count += 1
            self.stretches.append(turn)
        self.seen = plan.end
        first = max((i for i, s in enumerate(self.stretches) if s.start <= plan.begin), default=0)
        self.stretches = self.stretches[first:]
        return self.stretches

    def _next(self, plan: Plan, spoken: Sequence[tuple[float, float]]) -> Stretch | None:
        """What ends the present stretch, if anything does before the plan ends."""
        now = self.stretches[-1]
        turns = [
            Stretch(c.start, c.stop - c.start, now.at(c.start), FULL * min(1.0, c.value.amount))
            for c in called(plan.cues, "breath")
        ]
        for c in called(plan.cues, "sigh"):
            turned = c.start + SIGH_IN
            turns.append(Stretch(c.start, SIGH_IN, now.at(c.start), FULL * min(1.0, 0.7 + 0.3 * c.value.amount)))
            turns.append(Stretch(turned, SIGH_OUT, now.at(turned), EMPTY))
        for c in called(plan.cues, "laugh"):
            turns.append(Stretch(c.start, c.stop - c.start, now.at(c.start), EMPTY))
            turns.append(Stretch(c.stop, QUICK, now.at(c.stop), REFILL))
        for start, stop in spoken:
            begun = start - AHEAD / 2
            turns.append(Stretch(begun, SPENT, now.at(begun), EMPTY))
            if now.at(stop) < NEEDED:
                turns.append(Stretch(stop, QUICK, now.at(stop), REFILL))
        done = now.start + now.seconds + HOLD
        if done < plan.end and not is_speaking(spoken, done):
            turns.append(self._quiet(plan, done, now.high, inwards=now.high < now.low))
        elif now.high > now.low:
            turns.append(Stretch(done, SPENT, now.high, EMPTY))
        coming = [t for t in turns if t.start > now.start and self.seen <= t.start < plan.end]
        return min(coming, key=lambda t: t.start, default=None)

    def _quiet(self, plan: Plan, moment: float, level: float, *, inwards: bool) -> Stretch:
        """Half a breath of someone who does not speak."""
        length, fill = uniforms(self.seed, "breath", self.count, 2)[0]
        feelings = felt_at(plan.emotion, moment, "head")
        seconds = (CYCLE[0] + (CYCLE[1] - CYCLE[0]) * float(length)) / weighted(feelings, PACE, 1.0) - 2 * HOLD
        full = (QUIET[0] + (QUIET[1] - QUIET[0]) * float(fill)) * weighted(feelings, DEPTH, 1.0)
        share, goal = (INHALE, min(full, 1.0)) if inwards else (1 - INHALE, EMPTY)
        return Stretch(moment, seconds * share, level, goal)


def fill(stretches: Sequence[Stretch], times: Doubles) -> Doubles:
    """How full the chest is. times : (n,). Returns (n,) 0..1"""
    out = np.full_like(times, stretches[0].low)
    for stretch in stretches:
        share = eased(times, stretch.start, stretch.seconds)
        out = np.where(times >= stretch.start, stretch.low * (1 - share) + stretch.high * share, out)
    return out


class Breath:
    """Generator: the chest, and the millimetres by which it lifts shoulders and head."""

    rig = RIG
    ahead = AHEAD

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        lungs = Lungs(self.seed)
        for plan in windows(plans, ahead=self.ahead, behind=BEHIND):
            full = fill(lungs.follow(plan), plan.times)
            shoulders = SHOULDER_LIFT * full
            for name, intensity in felt(plan.emotion, plan.times, "head").items():
                shoulders = shoulders + SHOULDERS.get(name, 0.0) * intensity
            shoulders = np.clip(shoulders, 0, 1)
            values = np.stack([full, HEAD_TIP * full, HEAD_LIFT * full, shoulders, shoulders], axis=1)
            yield Motion(values.astype(np.float32), plan.rate, plan.start, RIG)

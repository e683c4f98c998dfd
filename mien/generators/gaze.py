"""Where the eyes look: fixations and saccades, mostly on the camera, away where a thought begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mien.core.chance import bells, uniforms
from mien.core.cues import in_turn
from mien.core.plan import Cue, Plan, Span
from mien.core.rig import GAZE, Motion
from mien.core.style import AS_USUAL, Style
from mien.core.windows import windows
from mien.generators.curves import Doubles
from mien.generators.felt import BEHIND, felt_at, weighted
from mien.generators.listening import doing, stretches
from mien.generators.phrases import AHEAD, is_speaking, phrases
from mien.generators.temper import temper

DEGREE = np.pi / 180

SACCADE_BASE, SACCADE_SLOPE = 0.021, 0.0022 / DEGREE
"""Seconds, and seconds per radian: the main sequence (Carpenter 1988; Bahill et al. 1975)."""

SHORTEST = 0.2
"""Seconds a fixation lasts at least."""

HANDED_OVER = 0.6
"""Seconds after a phrase for which the eyes do not leave: the turn is the other's now (Kendon 1967)."""

ON_CAMERA = 3.5 * DEGREE
"""Within this of the camera, seen from a metre away, a viewer takes a look as eye contact."""

CAMERA_LOOK, AWAY_LOOK = (0.62, 0.50), (0.42, 0.40)
"""Median seconds and log standard deviation of one fixation on and off the camera."""

THOUGHT = 0.35
"""Silence, seconds, after which the next phrase starts a thought."""

LEAVE_SPEAKING, LEAVE_SILENT, LEAVE_AT_THOUGHT, STAY_AWAY = 0.50, 0.30, 0.78, 0.24
"""Chance that the next fixation is off the camera: while speaking, in silence, at the start of a
thought, and when the eyes are away already. People look away to plan and back to hand over (Kendon
1967; Argyle & Cook 1976); whoever talks to a camera does so less: two thirds of the time on it."""

LISTENING = 0.3
"""Factor on the chance to look away while somebody else speaks: three quarters of the time on them (Kendon 1967)."""

VIEWER = ((-0.4, -2.4), (-0.4, 2.4), (2.4, 0.0), (0.0, 0.0))
"""Pitch and yaw, degrees, of what is looked at on the camera: a viewer's eyes, seen from 0.75 m, the mouth, the middle.
Eyes go from one to the other all the time (Yarbus 1967); the viewer takes all of it as eye contact."""

MICRO_YAW, MICRO_PITCH = 0.45 * DEGREE, 0.35 * DEGREE
"""Spread of fixations on each of these."""

AWAY_YAW, AWAY_PITCH = (4.5 * DEGREE, 10.5 * DEGREE), (-5.5 * DEGREE, 6.5 * DEGREE)
"""Range of looks off the camera; thinking looks sideways and up, or down."""

LEAVING = {"sad": 1.7, "fear": 1.5, "angry": 0.35, "surprise": 0.2, "happy": 0.8, "disgust": 1.6, "contempt": 1.1}
"""Emotion -> factor on the chance to look away: anger and surprise stare, sadness and disgust avert
(Adams & Kleck 2005, approach and avoidance)."""

STAYING = {"sad": 1.5, "fear": 0.5, "angry": 1.4, "surprise": 1.3}
"""Emotion -> factor on how long a fixation lasts."""

LOWERED = {"sad": 7.0, "fear": 0.0, "disgust": 2.0, "contempt": 0.0}
"""Emotion -> degrees by which looks off the camera go down."""

COMMANDED = {
    "look left": (0.5, 17.0), "look right": (0.5, -17.0), "look up": (-12.0, 0.0), "look down": (13.0, 0.0),
    "look camera": (0.0, 0.0), "look away": (4.0, 13.0),
}  # fmt: skip
"""Cue -> pitch and yaw, degrees, at amount 1. Away is to one side or the other."""

ORDER_LEAD = 0.06
"""Seconds by which the eyes go before the word at which they are told to; less than AHEAD."""

HELD_YAW, HELD_PITCH = 0.6 * DEGREE, 0.4 * DEGREE
"""Spread of the fixations within a commanded look: eyes that hold still are dead."""

RECENT = 0.75
"""Seconds for which a shift of gaze may still have its effect, on a head that follows it at the slowest pace."""


@dataclass(frozen=True, slots=True)
class Fixation:
    """The eyes at rest on something from ``start``, seconds. pitch, yaw : radians in the neck's frame"""

    start: float
    pitch: float
    yaw: float

    @property
    def on_camera(self) -> bool:
        return abs(self.pitch) < ON_CAMERA and abs(self.yaw) < ON_CAMERA


class Looks:
    """The fixations of a session, decided one after the other as plans become known.

    Blinks and the head follow the same looks: with the same seed and style they decide the same ones.
    """

    def __init__(self, seed: int, style: Style = AS_USUAL) -> None:
        self.seed = seed
        self.temper, self.away = temper(seed), style.away
        self.count = 0
        self.fixations: list[Fixation] = []
        self.until = 0.0
        self.seen = -np.inf

    def follow(self, plan: Plan) -> list[Fixation]:
        """Every fixation since the last one that had begun RECENT before the plan, to the end of the plan."""
        spoken = phrases(plan.phones)
        orders = in_turn([span.moved(-ORDER_LEAD) for span in plan.cues], *COMMANDED)
        if not self.fixations:
            self.fixations = [Fixation(plan.begin, 0.0, 0.0)]
            self.until = plan.begin + self._seconds(plan, on_camera=True)
            if (order := _order(orders, plan.begin)) is not None:
                self._obey(plan, plan.begin, order)
        wondering = [start for start, _ in stretches(plan.cues, "think") if start >= self.seen]
        while (turn := self._next(spoken, orders, wondering, plan.end)) is not None:
            moment, why = turn
            if (order := _order(orders, moment)) is not None:
                self._obey(plan, moment, order)
            else:
                self._look(plan, moment, why, speaking=is_speaking(spoken, moment))
        self.seen = plan.end
        first = max((i for i, f in enumerate(self.fixations) if f.start <= plan.begin - RECENT), default=0)
        self.fixations = self.fixations[first:]
        return self.fixations

    def _next(
        self,
        spoken: Sequence[tuple[float, float]],
        orders: Sequence[Span[Cue]],
        wondering: Sequence[float],
        end: float,
    ) -> tuple[float, str] | None:
        """The moment at which the present fixation ends and why, if that is before ``end``."""
        now = self.fixations[-1]
        turns = [(self.until, ""), *((start, "wonder") for start in wondering)]
        for i, (start, stop) in enumerate(spoken):
            if i == 0 or start - spoken[i - 1][1] >= THOUGHT:
                turns.append((start - AHEAD / 2, "thought"))
            if not now.on_camera and stop > now.start:
                turns.append((max(stop, now.start + SHORTEST), "end"))
        turns = [t for t in turns if t[0] >= now.start + SHORTEST]
        edges = [edge for span in orders for edge in (span.start, span.stop)]
        moment, why = min(turns + [(edge, "end") for edge in edges if edge > now.start])
        if why == "" and any(stop <= moment < stop + HANDED_OVER for _, stop in spoken):
            why = "end"
        return (moment, why) if moment < end else None

    def _look(self, plan: Plan, moment: float, why: str, *, speaking: bool) -> None:
        """Decide where the eyes go at ``moment``."""
        self.count += 1
        feelings = felt_at(plan.emotion, moment, "eyes")
        leave, side, height, which = uniforms(self.seed, "gaze", self.count, 4)[0]
        here = self.fixations[-1]
        chance = STAY_AWAY if not here.on_camera else LEAVE_SPEAKING if speaking else LEAVE_SILENT
        chance = {"thought": LEAVE_AT_THOUGHT, "end": 0.0}.get(why, chance)
        chance *= weighted(feelings, LEAVING, 1.0) * self.temper.averting * self.away
        chance *= LISTENING if doing(plan.cues, "listen", moment) else 1.0
        if why == "wonder":
            chance = 1.0
        if leave < chance:
            pitch, yaw = _away(side, height, weighted(feelings, LOWERED, 0.0))
        else:
            down, left = bells(self.seed, "gaze", self.count, 2)[0]
            point = VIEWER[int(which * len(VIEWER))]
            pitch, yaw = point[0] * DEGREE + float(down) * MICRO_PITCH, point[1] * DEGREE + float(left) * MICRO_YAW
        self.fixations.append(Fixation(moment, pitch, yaw))
        self.until = moment + self._seconds(plan, on_camera=self.fixations[-1].on_camera)

    def _obey(self, plan: Plan, moment: float, order: Span[Cue]) -> None:
        """Look where a cue says, now or still."""
        self.count += 1
        shift = bells(self.seed, "gaze", self.count, 2)[0]
        side = uniforms(self.seed, "look away", round(order.start * 1000), 1)[0, 0]
        pitch, yaw = (order.value.amount * DEGREE * angle for angle in COMMANDED[order.value.name])
        if order.value.name == "look away":
            yaw = float(np.copysign(yaw, side - 0.5))
        self.fixations.append(Fixation(moment, pitch + HELD_PITCH * float(shift[0]), yaw + HELD_YAW * float(shift[1])))
        self.until = moment + self._seconds(plan, on_camera=True)

    def _seconds(self, plan: Plan, *, on_camera: bool) -> float:
        """How long the look that begins now lasts if nothing cuts it short."""
        median, spread = CAMERA_LOOK if on_camera else AWAY_LOOK
        moment = self.fixations[-1].start
        factor = weighted(felt_at(plan.emotion, moment, "eyes"), STAYING, 1.0)
        draw = float(bells(self.seed, "gaze length", self.count, 1)[0, 0])
        factor *= self.temper.fixating
        return max(SHORTEST, min(3.0, factor * median * float(np.exp(spread * draw))))


def _order(orders: Sequence[Span[Cue]], moment: float) -> Span[Cue] | None:
    """What the eyes are told at a moment."""
    return next((span for span in orders if span.start <= moment < span.stop), None)


def _away(side: float, height: float, lowered: float) -> tuple[float, float]:
    """A direction off the camera, radians. side, height : 0..1; lowered : degrees"""
    near, far = AWAY_YAW
    yaw = near + (far - near) * abs(2 * side - 1)
    top, bottom = AWAY_PITCH
    return top + (bottom - top) * height + lowered * DEGREE, float(np.copysign(yaw, side - 0.5))


def saccades(fixations: Sequence[Fixation], times: Doubles) -> Doubles:
    """Gaze pitch and yaw over time: still in each fixation, a jump of the main sequence between. Returns (n, 2)"""
    starts = np.array([f.start for f in fixations])
    points = np.array([(f.pitch, f.yaw) for f in fixations])
    now = np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)
    before = points[np.maximum(now - 1, 0)]
    jump = points[now] - before
    seconds = SACCADE_BASE + SACCADE_SLOPE * np.sqrt(jump[:, 0] * jump[:, 0] + jump[:, 1] * jump[:, 1])
    x = np.clip((times - starts[now]) / seconds, 0, 1)
    share = (x * x * (3 - 2 * x))[:, None]
    return np.asarray(before * (1 - share) + points[now] * share, np.float64)


class Gaze:
    """Generator: gaze in the neck's frame; the eyes then keep their aim by themselves as the head turns."""

    rig = GAZE
    ahead = AHEAD

    def __init__(self, *, seed: int = 0, style: Style = AS_USUAL) -> None:
        self.seed, self.style = seed, style

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        looks = Looks(self.seed, self.style)
        for plan in windows(plans, ahead=self.ahead, behind=BEHIND):
            values = saccades(looks.follow(plan), plan.times)
            yield Motion(values.astype(np.float32), plan.rate, plan.start, GAZE)

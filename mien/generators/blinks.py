"""Blinks: at log-normal gaps, drawn to the ends of phrases and to shifts of gaze."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mien.core.chance import bells, uniforms
from mien.core.cues import called
from mien.core.plan import Plan
from mien.core.rig import FACE, Motion
from mien.core.style import AS_USUAL, Style
from mien.core.windows import windows
from mien.generators.curves import Doubles, eased
from mien.generators.felt import BEHIND, felt_at, weighted
from mien.generators.gaze import DEGREE, Fixation, Looks
from mien.generators.phrases import AHEAD, is_speaking, phrases
from mien.generators.temper import temper

LOG_MEAN, LOG_SD = 0.36, 0.90
"""Of the gap drawn for someone who speaks, log seconds. Occasions pull gaps together, so the log spread of
what comes out is 0.8, that of 445 captured gaps. Their log-mean, 3.67 at 60 frames a second, would be 50 blinks
a minute; six filmed speakers blink 31 times, people in conversation 26 (Bentivoglio et al. 1997), these 28."""

AT_REST = 1.45
"""Factor on the gaps in silence: 17 a minute (Bentivoglio et al. 1997)."""

CLOSING, CLOSED, OPENING = 0.08, 0.03, 0.17
"""Seconds of a blink's three parts (VanderWerf et al. 2003: opening takes about twice as long)."""

SHORTEST_GAP = 0.35
"""Seconds from the end of one blink to the next, at least: two blinks, not a flutter."""

READY, LATEST = 0.6, 1.2
"""Shares of a drawn gap after which an occasion is taken, and without one the lids close anyway."""

SHIFT = 6 * DEGREE
"""Gaze shifts at least this large are occasions to blink (Evinger et al. 1994)."""

AFTER_PHRASE = 0.05
"""Seconds from a phrase's end to the blink there."""

TAKEN = 0.75
"""Chance that an occasion is taken."""

APART = 0.002
"""Seconds by which one lid may come before the other: more, and a frame in which they move shows a wink."""

HALF = 0.08
"""Share of blinks that do not close fully."""

RARER = {"fear": 0.6, "sad": 1.15, "angry": 1.6, "surprise": 1.5, "happy": 0.95, "disgust": 0.85, "contempt": 1.2}
"""Emotion -> factor on the gaps: fear blinks often, anger and surprise stare."""

SLOWER = {"sad": 1.5, "contempt": 1.25, "fear": 0.85}
"""Emotion -> factor on a blink's length."""

HARDLY = 1e-3
"""What a style that never blinks counts as."""

LIDS_BUSY = ("wink", "wink left", "wink right", "close eyes")
"""Cues during which nobody blinks: a wink with a blink in it is none."""

AFTER_WINK = 0.25
"""Seconds it takes the lids to be open again after such a cue."""

RIG = FACE.only(("eyeBlinkLeft", "eyeBlinkRight"))


@dataclass(frozen=True, slots=True)
class Blink:
    """start : seconds; depth : 1 is shut; pace : factor on its length; lag : seconds the right lid follows by"""

    start: float
    depth: float
    pace: float
    lag: float

    @property
    def stop(self) -> float:
        return self.start + (CLOSING + CLOSED + OPENING) * self.pace


class Lids:
    """The blinks of a session, decided one after the other as plans become known."""

    def __init__(self, seed: int, style: Style = AS_USUAL) -> None:
        self.seed = seed
        self.often = max(style.blinks, HARDLY)
        self.count = 0
        self.blinks: list[Blink] = []
        self.open_since: float | None = None
        self.gap = 0.0

    def follow(self, plan: Plan, fixations: Sequence[Fixation]) -> list[Blink]:
        """Every blink that touches the plan's frames."""
        if self.open_since is None:
            self._wait(plan, plan.begin, plan.begin)
        occasions = _occasions(plan, fixations)
        asked = [span.start for span in called(plan.cues, "blink")]
        held = [(span.start - AHEAD, span.stop + AFTER_WINK) for span in called(plan.cues, *LIDS_BUSY)]
        while (moment := self._next(occasions, asked, held)) < plan.end:
            self._blink(plan, moment, full=moment in asked)
        self.blinks = [b for b in self.blinks if b.stop + 1 > plan.begin]
        return self.blinks

    def _next(self, occasions: Sequence[float], asked: Sequence[float], held: Sequence[tuple[float, float]]) -> float:
        """When the lids close next: when told to, else when it is time and a cue has no other use for them."""
        opened = self.open_since or 0.0
        moment = self._due(occasions)
        for start, stop in sorted(held):
            if start < moment < stop:
                moment = stop
        return min([moment, *(order for order in asked if order >= opened)])

    def _due(self, occasions: Sequence[float]) -> float:
        opened = self.open_since or 0.0
        ready, latest = (opened + max(SHORTEST_GAP, share * self.gap) for share in (READY, LATEST))
        for moment in occasions:
            event = round(moment * 1000)
            if ready <= moment < latest and uniforms(self.seed, "blink occasion", event, 1)[0, 0] < TAKEN:
                return moment
        return latest

    def _blink(self, plan: Plan, moment: float, *, full: bool) -> None:
        self.count += 1
        half, depth, pace, lag = uniforms(self.seed, "blink", self.count, 4)[0]
        slower = weighted(felt_at(plan.emotion, moment, "eyes"), SLOWER, 1.0)
        height = 0.4 + 0.3 * depth if half < HALF and not full else 1.0
        self.blinks.append(
            Blink(moment, float(height), float(slower * (0.9 + 0.2 * pace)), float(APART * (2 * lag - 1)))
        )
        self._wait(plan, moment, self.blinks[-1].stop)

    def _wait(self, plan: Plan, moment: float, opened: float) -> None:
        """The lids will be open from ``opened`` on: draw for how long, by what is known at ``moment``."""
        draw = float(bells(self.seed, "blink gap", self.count, 1)[0, 0])
        rarer = weighted(felt_at(plan.emotion, moment, "eyes"), RARER, 1.0)
        at_rest = 1.0 if is_speaking(phrases(plan.phones), moment) else AT_REST
        self.open_since = opened
        gap = rarer / self.often * at_rest * temper(self.seed).blinking
        self.gap = gap * float(np.exp(LOG_MEAN + LOG_SD * draw))


def _occasions(plan: Plan, fixations: Sequence[Fixation]) -> list[float]:
    """Moments at which a blink would be hidden or welcome, in order."""
    shifts = [
        after.start
        for before, after in itertools.pairwise(fixations)
        if np.hypot(after.pitch - before.pitch, after.yaw - before.yaw) > SHIFT
    ]
    return sorted(shifts + [stop + AFTER_PHRASE for _, stop in phrases(plan.phones)])


def closure(blink: Blink, times: Doubles, rate: Fraction, *, lag: float = 0.0) -> Doubles:
    """How far one blink closes the lids, 0..1: a quick fall, a rest, a slower rise that starts fast. (n,)

    Shifted by less than half a frame where needed, so that one frame at least sees the lids shut.
    """
    start = blink.start + lag
    shut, opening = CLOSING * blink.pace, OPENING * blink.pace
    middle = start + shut + CLOSED / 2
    frame = (np.floor(middle * float(rate)) + 0.5) / float(rate)
    away = frame - middle
    start += float(np.copysign(max(0.0, abs(away) - CLOSED / 3), away))
    x = np.clip((times - start - shut - CLOSED) / opening, 0, 1)
    y = 1 - x
    return np.asarray(blink.depth * eased(times, start, shut) * (y * y * y * (1 + 3 * x)), np.float64)


class Blinks:
    """Generator: both lids, the right one a few milliseconds apart from the left."""

    rig = RIG
    ahead = AHEAD

    def __init__(self, *, seed: int = 0, style: Style = AS_USUAL) -> None:
        self.seed, self.style = seed, style

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        looks, lids = Looks(self.seed, self.style), Lids(self.seed, self.style)
        for plan in windows(plans, ahead=self.ahead, behind=BEHIND):
            blinks = lids.follow(plan, looks.follow(plan))
            values = np.zeros((plan.stop - plan.start, 2))
            for blink in blinks:
                for side, lag in enumerate((0.0, blink.lag)):
                    values[:, side] = np.maximum(values[:, side], closure(blink, plan.times, plan.rate, lag=lag))
            yield Motion(values.astype(np.float32), plan.rate, plan.start, RIG)

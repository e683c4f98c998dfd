"""Cues acted out: nods, winks, smiles, turns of the head and the other things a face is told to do.

Where the eyes look and when both lids blink is decided once, in ``gaze`` and ``blinks``, which heed the same
cues; the chest is ``breath``'s. All the rest is here, and adds to whatever else the face does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from mien.core.chance import uniforms
from mien.core.cues import called, in_turn, lasting
from mien.core.plan import Cue, Plan, Span
from mien.core.rig import FULL, HEAD, Motion
from mien.core.windows import windows
from mien.generators.curves import Doubles, eased
from mien.generators.gestures_table import (
    LAUGH,
    POSES,
    SIGH_LETS_GO,
    SIGH_TURNS,
    SIGHING_OUT,
    STROKES,
    Peaks,
    Pose,
    Stroke,
)
from mien.generators.head import moved_by_neck
from mien.generators.phrases import AHEAD

LEAD = 0.1
"""Seconds by which a movement starts before the word it belongs to, so that the eye sees it there; at most AHEAD."""

PAST = 4.0
"""Seconds of past a frame may depend on: the longest cue of a moment and its fading."""

SIZE, PACE, SIDED = 0.12, 0.12, 0.10
"""Ranges of chance, ± share: how large, how slow, and how much more on one side."""

HABIT = 0.85
"""How often somebody winks with, or raises, the side that is his habit."""


def _names() -> list[str]:
    tables = [pose.peaks for pose in (*POSES.values(), SIGHING_OUT)] + [stroke.peaks for stroke in STROKES.values()]
    raw = [name for peaks in (*tables, LAUGH.envelope, LAUGH.pulse) for name in peaks]
    both = [name.replace(mark, side) for name in raw for mark in ("{side}", "{other}") for side in ("Left", "Right")]
    moved = {*both, *HEAD.names}
    return [name for name in FULL.names if name in moved]


RIG = FULL.only(_names())
TURNS, SHIFTS = ([RIG.index[name] for name in names] for names in (HEAD.names[:3], HEAD.names[3:]))


class Gestures:
    """Generator: what the plan's cues ask for, each with its own small chance."""

    rig = RIG
    ahead = AHEAD

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        for plan in windows(plans, ahead=self.ahead, behind=PAST):
            values = acted(plan.cues, plan.times, self.seed)
            yield Motion(values.astype(np.float32), plan.rate, plan.start, RIG)


def acted(cues: Sequence[Span[Cue]], times: Doubles, seed: int) -> Doubles:
    """(n, c) values of RIG for cues in any order. times : (n,) seconds"""
    values = np.zeros((len(times), len(RIG)))
    if not cues:
        return values
    early = [span.moved(-LEAD) for span in cues]
    for span, pose in _poses(early, seed):
        values += _weighted(_held(times, span, pose, _draw(seed, span)), pose.peaks, span, seed)
    for name, stroke in STROKES.items():
        for span in called(early, name):
            curve = run(times, span, stroke, _draw(seed, span))
            values += _weighted(curve, stroke.peaks, span, seed)
    for span in called(early, "laugh"):
        for curve, peaks in zip(laughter(times, span, _draw(seed, span)), (LAUGH.envelope, LAUGH.pulse), strict=True):
            values += _weighted(curve, peaks, span, seed)
    turns = values[:, TURNS]
    values[:, SHIFTS] += moved_by_neck(turns, np.zeros(len(times)))
    return np.clip(values, RIG.low, RIG.high)


def _poses(cues: Sequence[Span[Cue]], seed: int) -> Iterator[tuple[Span[Cue], Pose]]:
    """Every pose with the time for which it is held."""
    cues = [_sided(span, seed) for span in cues]
    for family in dict.fromkeys(pose.family for pose in POSES.values()):
        names = [name for name, pose in POSES.items() if pose.family == family]
        ends = ["turn back"] if family in ("turn", "tilt", "lean") else []
        for span in in_turn(cues, *names, *ends):
            if span.value.name in POSES:
                yield span, POSES[span.value.name]
    for span in called(cues, "sigh"):
        yield Span(span.start + SIGH_TURNS, span.start + SIGH_LETS_GO, span.value), SIGHING_OUT


def _sided(span: Span[Cue], seed: int) -> Span[Cue]:
    """A wink without a side becomes one with; none comes early, so that a blink begun before it is over."""
    name = span.value.name
    if not name.startswith("wink"):
        return span
    side = f"wink {_side(seed, span).lower()}" if name == "wink" else name
    return replace(lasting(span), value=replace(span.value, name=side)).moved(LEAD)


def _side(seed: int, span: Span[Cue]) -> str:
    """Left or Right: mostly the habit of this seed."""
    habit = uniforms(seed, "habit", 0, 1)[0, 0] < 0.5
    usual = uniforms(seed, "side", _event(span), 1)[0, 0] < HABIT
    return "Left" if habit == usual else "Right"


def _event(span: Span[Cue]) -> int:
    return round(span.start * 1000)


def _draw(seed: int, span: Span[Cue]) -> tuple[float, float, float]:
    """Factors on size and duration, and which side comes first (±1)."""
    size, pace, side = uniforms(seed, f"gesture {span.value.name}", _event(span), 3)[0]
    return 1 + SIZE * (2 * size - 1), 1 + PACE * (2 * pace - 1), 1.0 if side < 0.5 else -1.0


def _weighted(curve: Doubles, peaks: Peaks, span: Span[Cue], seed: int) -> Doubles:
    """A curve laid on its channels, a little more on one side of the face than on the other."""
    more = 1 + SIDED * (2 * uniforms(seed, "lopsided", _event(span), 1)[0, 0] - 1)
    side = _side(seed, span)
    names = {"{side}": side, "{other}": "Right" if side == "Left" else "Left"}
    weights = np.zeros(len(RIG))
    for name, peak in peaks.items():
        for mark, one in names.items():
            name = name.replace(mark, one)
        uneven = more if name.endswith("Left") else 2 - more if name.endswith("Right") else 1.0
        weights[RIG.index[name]] += peak * span.value.amount * (1.0 if name.startswith("eyeBlink") else uneven)
    return curve[:, None] * weights


def _held(times: Doubles, span: Span[Cue], pose: Pose, draw: tuple[float, float, float]) -> Doubles:
    """(n,) A pose taken at the span's start and left at its end."""
    size, pace, _ = draw
    if pose.family in ("wink", "lids"):
        size = 1.0  # lids that close, close
    return size * (eased(times, span.start, pose.rise * pace) - eased(times, span.stop, pose.fall * pace))


def run(times: Doubles, span: Span[Cue], stroke: Stroke, draw: tuple[float, float, float]) -> Doubles:
    """(n,) A stroke, and again while the span lasts; one that has begun always runs to its end."""
    size, pace, side = draw
    total = np.zeros_like(times)
    begin, height = span.start, size * (side if stroke.sided else 1.0)
    while begin < span.stop:
        total += height * through(times - begin, stroke.knots, pace)
        begin, height = begin + stroke.period * pace, height * stroke.weaker
    return total


def through(times: Doubles, knots: Sequence[tuple[float, float]], pace: float = 1.0) -> Doubles:
    """Through turning points by reaches of least jerk, still at each; 0 before the first and after the last.

    times : (n,) seconds since the beginning; knots : (seconds, value)

    >>> through(np.array([-1.0, 0.2, 0.4, 9.0]), ((0.0, 0.0), (0.2, 1.0), (0.5, 0.0))).round(3).tolist()
    [0.0, 1.0, 0.21, 0.0]
    """
    total = np.zeros_like(times)
    for (begin, here), (end, there) in itertools.pairwise(knots):
        total = total + (there - here) * eased(times, begin * pace, (end - begin) * pace)
    return np.where(times < knots[-1][0] * pace, total, 0.0)


def laughter(times: Doubles, span: Span[Cue], draw: tuple[float, float, float]) -> tuple[Doubles, Doubles]:
    """How much of a laugh there is, and its pulses: each (n,), the pulses fading as the breath goes out."""
    size, pace, _ = draw
    held = size * (eased(times, span.start, LAUGH.rise) - eased(times, span.stop, LAUGH.fall))
    since = np.maximum(times - span.start, 0.0)
    phase = since * LAUGH.rate / pace
    phase = phase - np.floor(phase)
    beat = 16 * (phase * (1 - phase)) * (phase * (1 - phase))
    return held, held * beat * LAUGH.fade / (LAUGH.fade + since)

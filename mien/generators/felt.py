"""How strongly each emotion is felt at each moment: spans of a plan as curves with onset, hold and offset."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mien.core.emotion import NEUTRAL, Emotion
from mien.core.plan import Span
from mien.generators.curves import Doubles, eased, eased_at

ONSET = {
    "happy": 0.40, "sad": 0.50, "angry": 0.35, "fear": 0.28,
    "disgust": 0.38, "surprise": 0.20, "contempt": 0.45,
}  # fmt: skip
"""Seconds to the apex: 0.2-0.5 s, surprise the fastest (Ekman & Friesen 1975; Yan et al. 2013)."""

OFFSET = 1.2
"""Seconds for an emotion to leave the face: slower than any onset."""

LINGER = 0.7
"""Seconds an emotion stays after its span, so that the pauses between two clauses do not wash it out."""

BEHIND = 4.0
"""How much past ``felt`` needs before the first moment asked for, seconds: linger, offset and onset twice."""


def felt(spans: Sequence[Span[Emotion]], times: Doubles, region: str = "", *, late: float = 0.0) -> dict[str, Doubles]:
    """Intensity over time of every emotion that occurs, 0..1, without overshoot, monotone in the weights.

    spans  : of a plan, in any order; they reach BEHIND into the past
    times  : (n,) seconds
    region : of the face (core/emotion.py); "" for the whole
    late   : seconds by which this region follows the others
    Returns name -> (n,)
    """
    names = {name for span in spans for name in span.value.at(region)}
    if not names:
        return {}
    changes = _changes(sorted(spans, key=lambda s: s.start))
    return {name: _curve(name, changes, times - late, region) for name in sorted(names)}


def felt_at(spans: Sequence[Span[Emotion]], moment: float, region: str = "") -> dict[str, float]:
    """The same at one moment."""
    return {name: float(curve[0]) for name, curve in felt(spans, np.array([moment]), region).items()}


def weighted(feelings: dict[str, float], table: dict[str, float], neutral: float) -> float:
    """A quantity that each emotion pulls from its neutral value towards the table's, in proportion.

    >>> weighted({"sad": 0.5}, {"sad": 3.0}, 1.0)
    2.0
    """
    return neutral + sum(w * (table.get(name, neutral) - neutral) for name, w in feelings.items())


def _curve(name: str, changes: Sequence[tuple[float, Emotion]], times: Doubles, region: str) -> Doubles:
    """One emotion: each change starts from where the one before has come to, so that nothing overshoots."""
    out = np.zeros_like(times)
    began, here, level = -np.inf, 0.0, 0.0
    for moment, emotion in changes:
        goal = emotion.at(region).get(name, 0.0)
        if goal == level:
            continue
        share = eased_at(moment, began, _seconds(name, here, level))
        began, here, level = moment, here * (1 - share) + level * share, goal
        seconds = _seconds(name, here, level)
        if times[0] >= began + seconds:
            out = np.full_like(times, level)
        elif times[-1] >= began:
            shares = eased(times, began, seconds)
            out = np.where(times >= began, here * (1 - shares) + level * shares, out)
    return np.clip(out, 0, 1)  # rounding may go beyond by a hair


def _seconds(name: str, here: float, level: float) -> float:
    return ONSET[name] if level > here else OFFSET


def _changes(ordered: Sequence[Span[Emotion]]) -> list[tuple[float, Emotion]]:
    """When the feeling changes, to what. Of spans that overlap the one that began last holds."""
    changes = [(span.start, span.value) for span in ordered]
    for span in ordered:
        under = [s.value for s in ordered if s.start <= span.stop < s.stop]
        if under:
            changes.append((span.stop, under[-1]))
        elif not any(span.stop < s.start <= span.stop + LINGER for s in ordered):
            changes.append((span.stop + LINGER, NEUTRAL))
    return sorted(changes, key=lambda change: change[0])

"""From a style code to the amounts that bring our own motion there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from mien.core.style import AMOUNTS, Style
from mien.style.code import Code


def _root(code: Code, *names: str) -> float:
    return float(np.sqrt(sum(code[name] ** 2 for name in names)))


def _mean(code: Code, kind: str, *names: str) -> float:
    return sum(code[f"{kind}.{name}"] for name in names) / len(names)


def _turning(code: Code) -> float:
    return _root(code, "reach.headPitch", "reach.headYaw", "reach.headRoll")


def _uneven(code: Code, *names: str) -> float:
    """-1..1: how much more the own left does, over all that is done."""
    return _mean(code, "skew", *names) / (_mean(code, "rest", *names) + 0.02)


STATISTICS: Mapping[str, Callable[[Code], float]] = {
    "jaw": lambda c: c["reach.jaw"],
    "lips": lambda c: _mean(c, "reach", "lower_lip", "upper_lip", "stretch"),
    "rounding": lambda c: c["reach.rounding"],
    "smile": lambda c: c["rest.smile"] - c["rest.frown"],
    "tension": lambda c: _mean(c, "rest", "press", "roll"),
    "asymmetry": lambda c: _uneven(c, "lower_lip", "upper_lip"),
    "cheeks": lambda c: c["rest.cheeks"],
    "brows": lambda c: _mean(c, "reach", "brows_up", "brows_down"),
    "brow_lift": lambda c: c["rest.brows_up"] - c["rest.brows_down"],
    "brow_asymmetry": lambda c: _uneven(c, "brows_up", "brows_down"),
    "lids": lambda c: c["rest.wide"] - c["rest.lids"],
    "squint": lambda c: c["rest.squint"],
    "blinks": lambda c: c["rate.blinks"],
    "gaze": lambda c: _root(c, "reach.gazePitch", "reach.gazeYaw"),
    "head": _turning,
    "pace": lambda c: _root(c, "speed.headPitch", "speed.headYaw", "speed.headRoll") / (_turning(c) + 0.005),
}
"""Amount -> what of a code it steers: a factor multiplies it, a level moves it."""

FLOORS = {"head": 0.005, "gaze": 0.01, "blinks": 4.0, "pace": 0.1}
"""Where a ratio of two small values says little: added to both; 0.01 for weights."""

UNITS = {"smile": 0.8, "tension": 0.3, "cheeks": 0.6, "brow_lift": 0.6, "lids": 0.5, "squint": 0.6}
"""What a level of 1 adds to its statistic, as far as nothing else is there."""

STEP = 0.8
"""Share of the way that is gone at once: amounts pull on each other's statistics a little."""


def nearer(style: Style, now: Code, goal: Code) -> Style:
    """The style corrected by what its motion shows, towards what another shows; each amount within its range."""
    amounts = {name: getattr(style, name) for name in AMOUNTS}
    for name, statistic in STATISTICS.items():
        is_now, wanted = statistic(now), statistic(goal)
        if AMOUNTS[name].usual:
            floor = FLOORS.get(name, 0.01)
            amounts[name] = max(amounts[name], 0.05) * ((wanted + floor) / (is_now + floor)) ** STEP
        else:
            amounts[name] += STEP * (wanted - is_now) / UNITS.get(name, 1.0)
    return Style.nearest({name: round(value, 3) for name, value in amounts.items()})


def closed(before: Code, after: Code, goal: Code) -> dict[str, float]:
    """Amount -> share of the gap to the goal that is closed in its statistic: 1 all of it, below 0 further away.

    Of factors and rates by their logarithms. A gap too small to speak of is left out.
    """
    out = {}
    for name, statistic in STATISTICS.items():
        a, b, c = (_told_apart(name, statistic(code)) for code in (before, after, goal))
        if abs(c - a) >= LEAST_GAP[bool(AMOUNTS[name].usual)]:
            out[name] = 1 - abs(c - b) / abs(c - a)
    return out


LEAST_GAP = {True: float(np.log(1.25)), False: 0.03}
"""A quarter more or less of a factor's statistic, three hundredths of a level's."""


def _told_apart(name: str, value: float) -> float:
    return float(np.log(value + FLOORS.get(name, 0.01))) if AMOUNTS[name].usual else value

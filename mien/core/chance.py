"""Chance that belongs to an event: the same seed, generator and event give the same draws.

Nothing here keeps a running state, so motion does not depend on how a stream was cut, and a live
session replays as a file. ``rng`` is numpy's own; the others are the cheap kind for many events at
once (a counter hashed by splitmix64: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number
generators").
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

SPLINE_STD = 0.6924
"""Standard deviation of a cubic B-spline over independent knots of standard deviation 1 (mean over phase)."""


def rng(seed: int, generator: str, event: int) -> np.random.Generator:
    """The random numbers of one event.

    >>> bool(rng(7, "nods", 3).random() == rng(7, "nods", 3).random() != rng(7, "nods", 4).random())
    True
    """
    return np.random.default_rng([seed, *generator.encode(), event & 0xFFFFFFFFFFFFFFFF])


def uniforms(seed: int, generator: str, events: npt.ArrayLike | range, n: int) -> Doubles:
    """``n`` numbers in [0, 1) for each event. events : (m,) integers. Returns (m, n)

    Of a single event, or a range, they are remembered: a live session asks for the same few again and again.
    """
    if isinstance(events, (int, range)):
        return _remembered(seed, generator, events, n)
    return _uniforms(seed, generator, events, n)


def _uniforms(seed: int, generator: str, events: npt.ArrayLike | range, n: int) -> Doubles:
    which = np.atleast_1d(np.asarray(events, np.int64)).view(np.uint64)[:, None]
    bits = _mixed(_mixed(which * _GOLDEN + _key(seed, generator)) + np.arange(1, n + 1, dtype=np.uint64) * _GOLDEN)
    return np.asarray((bits >> np.uint64(11)) * 2.0**-53, np.float64)


@lru_cache(maxsize=4096)
def _remembered(seed: int, generator: str, events: int | range, n: int) -> Doubles:
    out = _uniforms(seed, generator, events, n)
    out.flags.writeable = False
    return out


def bells(seed: int, generator: str, events: npt.ArrayLike | range, n: int) -> Doubles:
    """``n`` bell-shaped numbers of mean 0 and standard deviation 1 for each event, within ±3.5.

    The sum of four uniforms: bounded, so that no draw is ever a fault. Returns (m, n)
    """
    parts = uniforms(seed, generator, events, 4 * n).reshape(-1, 4, n)
    total = parts[:, 0] + parts[:, 1] + parts[:, 2] + parts[:, 3]
    return np.asarray((total - 2) * 3**0.5, np.float64)


def wander(seed: int, generator: str, times: Doubles, period: float, n: int = 1) -> Doubles:
    """``n`` smooth random curves of mean 0 and standard deviation 1: a cubic B-spline over random knots.

    times  : (m,) seconds
    period : seconds between knots; hardly anything is faster than 1 / period
    Returns (m, n)
    """
    phase = times / period
    knot = np.floor(phase).astype(np.int64)
    first = int(knot.min()) if len(knot) else 0
    last = int(knot.max()) if len(knot) else 0
    knots = _knots(seed, generator, first, last, n)
    x = phase - knot
    y = 1 - x
    weights = np.stack([y * y * y, (3 * x - 6) * x * x + 4, (3 * y - 6) * y * y + 4, x * x * x], axis=1)
    around = knots[(knot - first)[:, None] + np.arange(4)] * weights[:, :, None]
    total = around[:, 0] + around[:, 1] + around[:, 2] + around[:, 3]
    return np.asarray(total / (6 * SPLINE_STD), np.float64)


@lru_cache(maxsize=1024)
def _knots(seed: int, generator: str, first: int, last: int, n: int) -> Doubles:
    """The knots around [first, last]; a live session asks for the same few again and again, and there may be a hundred
    of them. Not to be written to."""
    return bells(seed, generator, np.arange(first - 1, last + 3), n)


@lru_cache(maxsize=256)
def _key(seed: int, generator: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(f"{seed}/{generator}".encode(), digest_size=8).digest(), "little"))


def _mixed(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return np.asarray(bits ^ (bits >> np.uint64(31)), np.uint64)

"""Sampled signals on the session clock: the base of sound, motion and prosody.

Frame ``i`` of a track covers the time [i, i + 1) / rate. Everything is an integer index on one
clock, so nothing drifts; a picture frame's share of the sound is found by ``sample_at``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput

Floats = npt.NDArray[np.float32]
Rate = Fraction | int | float | str


def rate_from(rate: Rate) -> Fraction:
    """An exact rate, frames per second.

    >>> rate_from("30000/1001"), rate_from(25)
    (Fraction(30000, 1001), Fraction(25, 1))
    """
    if type(rate) is Fraction and rate.denominator <= 100_000 and rate.numerator > 0:  # nearly always
        return rate
    exact = rate if isinstance(rate, Fraction) else Fraction(rate)
    if exact.denominator > 100_000:  # a float such as 29.97002997: the nearest simple ratio is meant
        exact = exact.limit_denominator(1001)
    if exact <= 0:
        raise BadInput(f"a rate must be above 0 per second, got {rate}")
    return exact


def sample_at(frame: int, frame_rate: Fraction, sample_rate: Rate) -> int:
    """The first sample of a frame: round(frame * sample_rate / frame_rate), halves up, exact.

    >>> sample_at(3, Fraction(30000, 1001), 48000)
    4805
    """
    exact = sample_rate if isinstance(sample_rate, Fraction) else Fraction(sample_rate)
    samples, frames = exact.numerator * frame_rate.denominator, exact.denominator * frame_rate.numerator
    return (2 * frame * samples + frames) // (2 * frames)


def frame_at(seconds: float | Fraction, rate: Fraction) -> int:
    """The frame that covers a moment, a float's last-bit noise forgiven.

    >>> frame_at(0.28, Fraction(25))
    7
    """
    if isinstance(seconds, Fraction):
        return int(seconds * rate // 1)
    return floor((seconds + 1e-9) * rate.numerator / rate.denominator)


@dataclass(frozen=True, eq=False)
class Track:
    """Values sampled at a constant rate.

    values : (n, ...) float32, made read-only
    rate   : samples per second, exact
    start  : index of the first one on the session clock
    """

    values: Floats
    rate: Fraction
    start: int = 0

    def __post_init__(self) -> None:
        values = np.asarray(self.values, np.float32)
        if values.flags.writeable:  # a view shares nobody's right to write
            values = values.view()
            values.flags.writeable = False
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "rate", rate_from(self.rate))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def stop(self) -> int:
        return self.start + len(self.values)

    @property
    def seconds(self) -> float:
        """How long the track is."""
        return float(len(self.values) / self.rate)

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """(n,) the middle of each sample, seconds on the session clock."""
        return np.asarray((np.arange(self.start, self.stop) + 0.5) / float(self.rate), np.float64)

    def with_values(self, values: npt.NDArray[Any], start: int | None = None) -> Self:
        """The same kind of track with other values."""
        return replace(self, values=values, start=self.start if start is None else start)

    def at(self, start: int) -> Self:
        """The same values, placed elsewhere on the clock."""
        return replace(self, start=start)

    def cut(self, start: int, stop: int) -> Self:
        """The part that lies in [start, stop) on the session clock."""
        a = min(max(start, self.start), self.stop)
        b = min(max(stop, a), self.stop)
        if (a, b) == (self.start, self.stop):
            return self
        part = object.__new__(type(self))  # checked already, and a live session cuts 50 times a stretch
        part.__dict__.update(self.__dict__, values=self.values[a - self.start : b - self.start], start=a)
        return part

    def split(self, size: int) -> Iterator[Self]:
        """In pieces of ``size`` samples; the last may be shorter."""
        for start in range(self.start, self.stop, size):
            yield self.cut(start, start + size)

    @classmethod
    def join(cls, chunks: Iterable[Self]) -> Self:
        """One track from pieces that follow each other without a gap."""
        parts = list(chunks)
        if not parts:
            raise BadInput("nothing to join: no chunk came")
        for before, after in itertools.pairwise(parts):
            if after.start != before.stop or after.rate != before.rate:
                raise BadInput(f"chunks do not follow each other: {before.stop} then {after.start}")
        return parts[0].with_values(np.concatenate([p.values for p in parts]))


@dataclass(frozen=True, eq=False)
class Audio(Track):
    """Mono sound. values : (n,) in -1..1; rate : Hz"""

    @classmethod
    def silence(cls, n: int, rate: Rate, start: int = 0) -> Self:
        return cls(np.zeros(n, np.float32), rate_from(rate), start)


def resampled(values: Floats, source: Fraction, target: Fraction) -> Floats:
    """(n, c) values at another rate, linear between sample middles; the time covered is kept."""
    n = max(1, sample_at(len(values), source, target)) if len(values) else 0
    where = (np.arange(n) + 0.5) * float(source / target) - 0.5
    index = np.clip(np.floor(where).astype(int), 0, max(len(values) - 1, 0))
    after = np.minimum(index + 1, len(values) - 1)
    weight = np.clip(where - index, 0, 1)[:, None].astype(np.float32)
    return np.asarray(values[index] * (1 - weight) + values[after] * weight, np.float32)

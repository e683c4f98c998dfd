"""What the mouth does from a spectrum alone, without Whisper's encoder: less is heard, for a fraction of the cost.

Bands of each frame are looked at once, at whatever rate the sound has, so nothing is resampled and nothing done twice.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.style import AS_USUAL, Style
from mien.core.track import Audio, sample_at
from mien.generators.heard import Array, Ear, HeardLips
from mien.generators.heard_net import AT_ONCE, OUTPUTS, QUIET, RATE, Floats, Hearing, Net, learned
from mien.language.mel import BANDS, filters

MODEL_LIGHT = Path(__file__).with_name("heard_lightly.safetensors")
"""Made by ``mien train lips-lightly``."""

LIGHTLY = replace(AT_ONCE, before=18, layers=0)
"""For live sound: a shorter window than with Whisper, for many share a core."""

HOPS, REACH = 4, 0.025
"""Spectra of a frame, and seconds of sound that each looks at, all of them past: a frame waits for nothing."""

FLOOR = 1e-11
"""Power of a band under which there is nothing."""

RANGE = 11.5
"""Natural log of power below the loudest at which a band counts as silent: 50 dB."""


def bands(sound: Audio, first: int, count: int) -> Floats:
    """(count, 2 BANDS) log power of the two halves of each frame from ``first`` on; silence where there is no sound."""
    rate = float(sound.rate)
    size = round(REACH * rate)
    ends = np.round((np.arange(HOPS * first, HOPS * (first + count)) + 1) * (rate / (HOPS * RATE))).astype(int)
    begin, end = int(ends[0]) - size, int(ends[-1])
    raw = np.zeros(end - begin, np.float32)
    part = sound.cut(begin, end)
    raw[part.start - begin : part.stop - begin] = part.values
    frames = raw[(ends - size - begin)[:, None] + np.arange(size)]
    window, filters = _analysis(size, rate)
    length = 2 * (filters.shape[0] - 1)
    spectrum = np.fft.rfft(frames * window, length)
    power = spectrum.real**2 + spectrum.imag**2
    loud = np.log(power @ filters + FLOOR)
    return np.asarray(loud.reshape(count, 2, HOPS // 2, BANDS).mean(2).reshape(count, 2 * BANDS), np.float32)


@cache
def _analysis(size: int, rate: float) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """A window, and what turns its spectrum into power in each band."""
    window = np.hanning(size)
    length = 1 << (size - 1).bit_length()
    share = filters(rate, length).T / (length * (window**2).sum())
    return window.astype(np.float32), share.astype(np.float32)


def evened(rows: Floats) -> Floats:
    """Bands of a window, (n, 2 BANDS), as they stand out from what is usual there, at any level."""
    both = rows.reshape(-1, BANDS)
    both = np.maximum(both, both.max() - RANGE)
    middle = both.mean(0)
    spread = np.sqrt(np.square(both - middle).mean(0))
    return np.asarray(((both - middle) / (spread + 0.5)).reshape(rows.shape), np.float32)


def heard_lightly(samples: npt.NDArray[np.floating], how: Hearing = LIGHTLY) -> Floats:
    """(frames, 2 BANDS) of a whole recording at 16 kHz, as LightEar hears it: what the network learns from."""
    from mien.language.whisper import HEARD_AT

    count = int(np.ceil(len(samples) * RATE / HEARD_AT / how.block))
    sound = Audio(np.asarray(samples, np.float32), Fraction(HEARD_AT))
    rows = bands(sound, -how.before, how.before + count * how.block + how.after)
    windows = (rows[b * how.block : b * how.block + how.length] for b in range(count))
    return np.concatenate([evened(window)[how.own] for window in windows])


_RATE = Fraction(RATE)


class LightEar(Ear):
    """The ear of a network that was learned on bands alone."""

    def __init__(self, net: Net) -> None:
        super().__init__(net)
        self._rows: dict[int, Floats] = {}

    def _heard(self, block: int) -> Array:
        how, first = self._how, block * self._how.block
        if self._level(first) < QUIET / 3:
            return np.zeros((how.block, len(OUTPUTS) + 1))
        past = [self._own(b) for b in range(block - how.preceding, block)]
        now = self._evened(block)[how.before : how.own.stop + how.told]
        self._features[block] = now[: how.block]
        made = self._net(np.concatenate([*past, now]), how.preceding * how.block, how.block)
        return np.column_stack([np.clip(made, 0, 1), np.ones(how.block)]).astype(np.float64)

    def _own(self, block: int) -> Floats:
        if block not in self._features:
            self._features[block] = self._evened(block)[self._how.own]
        return self._features[block]

    def _evened(self, block: int) -> Floats:
        first = block * self._how.block - self._how.before
        wanted = range(first, first + self._how.length)
        missing = [f for f in wanted if f not in self._rows]
        if missing:
            low = missing[0]
            assert self._sound is not None
            self._rows |= zip(range(low, wanted.stop), bands(self._sound, low, wanted.stop - low), strict=True)
        return evened(np.stack([self._rows[f] for f in wanted]))

    def _level(self, first: int) -> float:
        """Of the block that begins with a frame: root mean square."""
        if self._sound is None:
            return 0.0
        a, b = (sample_at(f, _RATE, self._sound.rate) for f in (first, first + self._how.block))
        values = self._sound.cut(a, b).values
        return float(np.sqrt(np.sum(np.square(values, dtype=np.float64)) / (b - a)))

    def _forget_from(self, frame: int | None) -> None:
        super()._forget_from(frame)
        for row in [f for f in self._rows if frame is None or f >= frame - 1]:
            del self._rows[row]

    def _forget(self, frame: int) -> None:
        super()._forget(frame)
        for old in [f for f in self._rows if f < frame - self._how.behind]:
            del self._rows[old]


class HeardLightly(HeardLips):
    """Generator: lips of live sound, 0.12 s behind it, heard by a LightEar."""

    def __init__(self, net: Net | None = None, *, style: Style = AS_USUAL) -> None:
        super().__init__(net or learned(MODEL_LIGHT).whole, style=style)

    def ear(self) -> Ear:
        return LightEar(self._net)

"""Pitch and loudness of somebody who is speaking now: 100 values a second, each as soon as its sound is there.

The candidates are those of prosody.py. Live nobody knows what follows, so each is weighed against the pitch before it
alone, and silence against the loudest of late.
"""

from __future__ import annotations

import numpy as np

from mien.core.track import Floats
from mien.language.prosody import (
    ANALYSIS_RATE,
    LOUDNESS_WINDOW,
    PITCH_WINDOW,
    SWITCH_COST,
    candidates,
    loudness_from_power,
    softened,
)

RATE = 2 * ANALYSIS_RATE
"""Hz of the sound that is followed."""

HOP, SIZE, LOUD = ANALYSIS_RATE // 100, round(PITCH_WINDOW * ANALYSIS_RATE), round(LOUDNESS_WINDOW * ANALYSIS_RATE)
"""Samples at ANALYSIS_RATE from one value to the next, behind each, and behind its loudness."""

JUMP = 0.12
"""Cost of an octave from one value to the next: a third of what prosody.py has, which can take a wrong octave back.
Of voiced values 0.6 to 7 % are then in another octave than prosody.py's (StyleTalk), with its cost up to 10 %."""

FADING = 0.997
"""Share of the loudest that is left a value later: half of it after 2.3 s, so that a cough is forgotten."""

FAINTEST = 0.003
"""Amplitude below which nothing counts as loud: -50 dB full scale."""


class Melody:
    """Follows one microphone. A value waits for no more than its own window; they are the same for every cut."""

    def __init__(self) -> None:
        self._odd = np.zeros(0, np.float32)  # at RATE, not yet a pair
        self._ready = np.zeros(0, np.float32)  # at ANALYSIS_RATE; its first sample only softens the second
        self._loudest, self._before = FAINTEST, 0.0

    def follow(self, samples: Floats) -> Floats:
        """samples : (n,) at RATE. Returns (m, 2): Hz, 0 where unvoiced, and loudness 0..1"""
        samples = np.concatenate([self._odd, samples])
        pairs = len(samples) // 2
        self._odd = samples[2 * pairs :]
        ready = np.concatenate([self._ready, samples[: 2 * pairs].reshape(-1, 2).mean(axis=1)])
        count = max((len(ready) - SIZE - 2) // HOP + 1, 0)
        self._ready = ready[count * HOP :]
        if not count:
            return np.zeros((0, 2), np.float32)
        soft = softened(ready)[1:-1].astype(np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(soft, SIZE)[: count * HOP : HOP]
        return self._heard(frames)

    def _heard(self, frames: Floats) -> Floats:
        """frames : (m, SIZE), m from 1 on"""
        loudest = np.empty(len(frames), np.float32)
        for i, peak in enumerate(np.abs(frames).max(axis=1)):
            loudest[i] = self._loudest = max(FAINTEST, float(peak), self._loudest * FADING)
        out = np.empty((len(frames), 2), np.float32)
        for i, (hz, strength) in enumerate(zip(*candidates(frames, ANALYSIS_RATE, loudest), strict=True)):
            out[i, 0] = self._before = likeliest(hz, strength, self._before)
        middles = frames[:, (SIZE - LOUD) // 2 : (SIZE + LOUD) // 2].astype(np.float64)
        out[:, 1] = loudness_from_power(np.mean(middles * middles, axis=1))
        return out


def likeliest(hz: Floats, strength: Floats, before: float) -> float:
    """The strongest candidate that follows evenly.

    hz, strength : (k,), the first being "unvoiced"
    before       : Hz, 0 where unvoiced
    """
    voiced = hz > 0
    if before:
        cost = np.where(voiced, JUMP * np.abs(np.log2(np.maximum(hz, 1.0) / before)), SWITCH_COST)
    else:
        cost = np.where(voiced, SWITCH_COST, 0.0)
    return float(hz[np.argmax(strength - cost)])

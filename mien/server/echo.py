"""Is it the face itself that the microphone hears? The guard knows what is being played.

Browsers take most of the echo out, loudspeakers in a room leave some. What is left has the shape in time and pitch of
what was played a moment ago; somebody who speaks has another.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from mien.core.track import Audio
from mien.language.whisper import HEARD_AT

Floats = npt.NDArray[np.float32]

LOOK = 0.32
"""Seconds of the microphone that are compared."""

EARLY, LATE = 0.1, 0.6
"""Seconds by which what is heard may come before and after when it should: clocks, loudspeakers, rooms."""

ALIKE, SURE = 0.4, 0.72
"""Correlation from which on it is the face, and from which on that is certain enough to learn its delay from."""

NOTED, ENOUGH, FEW = 60, 30, 0.25
"""Windows of the microphone that are remembered from while something loud was played; how many tell whether there is an
echo at all; and the share with a voice in them up to which there is none: headphones, or a browser that took it out."""

LOUD = 0.01
"""RMS of what was played that would be heard if there were an echo."""

IDENTICAL = 0.85
"""Correlation from which on it is the face even where no echo is expected."""

LEARNED, NEAR = 6, 0.05
"""Certain windows after which the delay of an echo is known, and how far from it an echo may be, seconds."""

FAINT = 1e-3
"""RMS of what was played below which there is nothing to hear."""

HOP, SIZE, BANDS = 160, 400, 18
"""Samples of a step and of a window; bands from 150 Hz to 5 kHz, evenly on a logarithmic scale."""

FLOOR = 4.0
"""Natural log of power below the loudest at which a band counts as silent: 17 dB."""


class Echo:
    """What was played, and whether what is heard is that."""

    def __init__(self) -> None:
        self._voices: deque[bool] = deque(maxlen=NOTED)
        self._played = np.zeros(4 * HEARD_AT, np.float32), 0  # and its stop on the session's clock, samples of HEARD_AT
        self._delays: deque[float] = deque(maxlen=40)  # seconds by which certain echoes came late

    def play(self, audio: Audio) -> None:
        """This is being played, at its place on the session's clock."""
        from scipy.signal import resample_poly

        rate = audio.rate
        ratio = HEARD_AT / rate
        values = audio.values
        if rate != HEARD_AT:
            values = resample_poly(values, ratio.numerator, ratio.denominator)
        start = round(audio.start * ratio)
        before, _ = self._played
        after = np.concatenate([before, np.asarray(values, np.float32)])[-len(before) :]
        self._played = after, start + len(values)  # at once: another thread listens

    def note(self, voice: bool, at: float) -> None:
        """Whether a window that ended at ``at`` had a voice in it: where a loud one is played and none is heard, there
        is no echo. Only when it was loud before, too: an echo may be late."""
        if min(self._loudness(at - LOOK, at), self._loudness(at - LATE - LOOK, at - LATE)) > LOUD:
            self._voices.append(voice)

    @property
    def is_clear(self) -> bool:
        """Whether nothing of what is played comes back."""
        return len(self._voices) >= ENOUGH and sum(self._voices) <= FEW * len(self._voices)

    def _loudness(self, start: float, stop: float) -> float:
        """RMS of what was played in between."""
        kept, end = self._played
        origin = end - len(kept)
        part = kept[max(round(start * HEARD_AT) - origin, 0) : max(round(stop * HEARD_AT) - origin, 0)]
        return float(np.sqrt(np.mean(np.square(part)))) if len(part) else 0.0

    def is_own(self, heard: Floats, at: float) -> bool:
        """heard : the last LOOK seconds of the microphone; at : seconds of the session that were heard as they ended"""
        return self.likeness(heard, at) >= (IDENTICAL if self.is_clear else ALIKE)

    def likeness(self, heard: Floats, at: float) -> float:
        """The highest correlation with what was played around that time, -1..1; 0 where nothing was."""
        late, early = LATE, EARLY
        if len(self._delays) >= LEARNED:
            delay = float(np.median(self._delays))
            late, early = delay + NEAR, NEAR - delay
        kept, stop = self._played
        origin = stop - len(kept)
        first, last = round((at - LOOK - late) * HEARD_AT) - origin, round((at + early) * HEARD_AT) - origin
        played = kept[max(first, 0) : max(last, 0)]
        if len(played) < len(heard) or float(np.sqrt(np.mean(np.square(played)))) < FAINT:
            return 0.0
        best, place = correlation(bands(heard), bands(played))
        if best >= SURE:
            self._delays.append(late - place * HOP / HEARD_AT)
        return best


def bands(samples: Floats) -> Floats:
    """(n, BANDS) log power within FLOOR of the loudest, 100 a second."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, SIZE)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(SIZE).astype(np.float32), axis=1)) ** 2
    edges = np.geomspace(150, 5000, BANDS + 1) / HEARD_AT * SIZE
    at = np.arange(power.shape[1])
    low, high = np.floor(edges[:-1]), np.maximum(np.ceil(edges[1:]), np.floor(edges[:-1]) + 1)
    inside = (at[:, None] >= low) & (at[:, None] < high)
    logs = np.log(power @ inside.astype(np.float32) + 1e-9)
    return np.asarray(np.maximum(logs, logs.max() - FLOOR), np.float32)


def correlation(heard: Floats, played: Floats) -> tuple[float, int]:
    """The highest over all places where one fits into the other, and where. Each band from its own mean.

    heard : (n, b); played : (m, b)
    """
    mine = heard - heard.mean(axis=0)
    size = float(np.sqrt(np.sum(mine * mine)))
    best, where = 0.0, 0
    for place in range(len(played) - len(heard) + 1):
        part = played[place : place + len(heard)]
        part = part - part.mean(axis=0)
        other = float(np.sqrt(np.sum(part * part)))
        if size > 1e-6 and other > 1e-6:
            alike = float(np.sum(mine * part)) / (size * other)
            best, where = max((best, where), (alike, place))
    return best, where

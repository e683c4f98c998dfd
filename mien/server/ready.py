"""Speech that comes ready, piece by piece: a source for the timeline that never makes anybody wait.

Nobody knows its phones. What is loud counts as one long vowel, so that the face knows when it speaks; what the lips do
is heard in the sound itself (generators/live_lips.py).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from mien.core.emotion import NEUTRAL, Emotion
from mien.core.errors import BadInput
from mien.core.plan import PROSODY_RATE, Phone, Prosody, Span, Speech
from mien.core.track import Audio, Floats
from mien.language.prosody import LOUD_DB, LOUDNESS_WINDOW, QUIET_DB
from mien.media.sound import resample

SLOWEST, FASTEST = 8000, 48000
"""Hz that ready speech may have."""

PIECE = 0.2
"""Seconds handed on at a time, at most."""

LOUD = 0.3
"""Loudness from which on somebody speaks, as in generators/lips.AUDIBLE."""

LONGEST = 0.12
"""Seconds of one piece of that vowel, and of a gap in it that is passed over: no pause, a closure."""

REFILL, MOST_REFILL = 0.3, 2.4
"""Seconds of sound waited for after it ran out in the middle, doubled each time up to the second: rests, no stutter."""

PATIENCE = 10.0
"""Seconds without any sound after which a stream is over."""


class Ready:
    """Source: speech made of sound as somebody sends it.

    rate : Hz of what comes; out : Hz of what is handed on
    lead : seconds by which the timeline lays it after now; now : the session's clock
    most : seconds of sound that may wait
    felt : with what feeling it is said
    """

    def __init__(
        self,
        rate: int,
        *,
        out: int,
        lead: float,
        now: Callable[[], float],
        most: float,
        felt: Callable[[], Emotion] = lambda: NEUTRAL,
    ) -> None:
        if not SLOWEST <= rate <= FASTEST:
            raise BadInput(f"ready speech must have {SLOWEST} to {FASTEST} Hz, got {rate}")
        self.rate, self._out, self._lead, self._now, self._most, self._felt = rate, out, lead, now, most, felt
        self._lock = threading.Lock()
        self._came: deque[bytes] = deque()
        self._bytes = 0  # in them
        self._given: deque[Audio] = deque()
        self._even = resample(_taken(self._given), out)
        self._loudness = _Loudness(out)
        self._rest = np.zeros(0, np.float32)  # at ``out``, less than can be handed on
        self._ended = self._left = self._flushed = False
        self._until = -1.0  # seconds of the session up to which there is sound
        self._need, self._dry = 0.0, 0  # seconds to wait for, and how often it ran dry
        self._last = now()
        self.taken = 0  # samples that came

    def put(self, sound: bytes) -> None:
        """16-bit little-endian mono. Errors: BadInput where too much waits already, or for half a sample."""
        if not sound or len(sound) % 2:
            raise BadInput("speech comes as 16-bit samples: an even number of bytes, and not none")
        with self._lock:
            if self._left or self._ended:
                return  # it was interrupted: nobody wants the rest
            if self.waiting + len(sound) / 2 / self.rate > self._most:
                raise BadInput(f"more than {self._most:g} s of speech wait to be said; what is beyond was left out")
            self._came.append(sound)
            self._bytes += len(sound)
            self.taken += len(sound) // 2
            self._last = self._now()

    def end(self) -> None:
        """Nothing more comes."""
        with self._lock:
            self._ended = True

    @property
    def waiting(self) -> float:
        """Seconds that are still to be handed on."""
        return self._bytes / 2 / self.rate + len(self._rest) / self._out

    @property
    def over(self) -> bool:
        """Whether it was said to its end, or nobody wants the rest."""
        return self._left or (self._ended and not self._bytes and not len(self._rest))

    def leave(self) -> None:
        with self._lock:
            self._left = True
            self._came.clear()
            self._bytes = 0
            self._rest = self._rest[:0]

    close = leave

    def __next__(self) -> Speech:
        while (speech := self.poll()) is None:
            time.sleep(0.01)
        return speech

    def poll(self) -> Speech | None:
        """What there is now; None where that is nothing, or too little to go on with. Raises StopIteration."""
        with self._lock:
            if self._left:
                raise StopIteration
            now = self._now()
            self._ended = self._ended or now - self._last > PATIENCE
            if not self._ended and self.waiting < max(self._need, 1 / float(PROSODY_RATE)):
                if not self._need and 0 <= self._until < now + self._lead:
                    self._need, self._dry = min(REFILL * 2**self._dry, MOST_REFILL), self._dry + 1
                return None
            self._need = 0.0
            sound = self._piece()
            if not len(sound):
                if self._ended:
                    raise StopIteration
                return None
            self._until = max(self._until, now + self._lead) + len(sound) / self._out
            return self._speech(sound)

    def _piece(self) -> Floats:
        """(n,) the next whole hundredths of a second, all that is left at the end."""
        step = round(self._out / PROSODY_RATE)
        parts, have = [self._rest], len(self._rest)
        while self._came and have < PIECE * self._out:
            data = self._came.popleft()
            self._bytes -= len(data)
            samples = np.frombuffer(data, "<i2").astype(np.float32) * np.float32(2**-15)
            self._given.append(Audio(samples, Fraction(self.rate)))
            parts.append(next(self._even).values)
            have += len(parts[-1])
        if self._ended and not self._came and not self._flushed:
            self._flushed = True
            parts += [piece.values for piece in self._even]
        sound = np.concatenate(parts)
        size = min(len(sound) // step * step, round(PIECE * self._out))
        if self._ended and not self._came and len(sound) <= PIECE * self._out:
            size = len(sound)
        self._rest = sound[size:]
        return np.asarray(sound[:size], np.float32)

    def _speech(self, sound: Floats) -> Speech:
        loudness = self._loudness(sound)
        values = np.zeros((len(loudness), 3), np.float32)
        values[:, 0] = loudness
        emotion, seconds = self._felt(), len(sound) / self._out
        return Speech(
            Audio(sound, Fraction(self._out)),
            phones=tuple(vowels(loudness)),
            prosody=Prosody(values, PROSODY_RATE),
            emotion=() if emotion == NEUTRAL else (Span(0.0, seconds, emotion),),
            ready=True,
        )


def _taken(given: deque[Audio]) -> Iterator[Audio]:
    """What is given, as it comes; it is asked only when something is there, or nothing more will be."""
    while given:
        yield given.popleft()


class _Loudness:
    """Loudness as in language/prosody.py, of sound that comes in pieces: each window has passed, none is waited for."""

    def __init__(self, rate: int) -> None:
        self._step = round(rate / PROSODY_RATE)
        self._past = np.zeros(round(LOUDNESS_WINDOW * rate) - self._step, np.float64)

    def __call__(self, sound: Floats) -> Floats:
        """(n // step,) in 0..1"""
        power = np.concatenate([self._past, np.square(sound, dtype=np.float64)])
        self._past = power[len(power) - len(self._past) :]
        total = np.concatenate([[0.0], np.cumsum(power)])
        size = len(self._past) + self._step
        mean = (
            total[size :: self._step] - total[: -size or None : self._step][: len(total[size :: self._step])]
        ) / size
        decibels = 10 * np.log10(np.maximum(mean, 1e-12))
        return np.asarray(np.clip((decibels - QUIET_DB) / (LOUD_DB - QUIET_DB), 0, 1), np.float32)


def vowels(loudness: Floats) -> Iterator[Span[Phone]]:
    """Where it is loud, as vowels one after the other. loudness : (n,) for each hundredth of a second"""
    loud = np.flatnonzero(loudness > LOUD)
    if not len(loud):
        return
    breaks = np.flatnonzero(np.diff(loud) > LONGEST * PROSODY_RATE)
    for run in np.split(loud, breaks + 1):
        start, stop = int(run[0]) / float(PROSODY_RATE), (int(run[-1]) + 1) / float(PROSODY_RATE)
        while start < stop - 1e-9:
            end = min(start + LONGEST, stop)
            yield Span(start, end, Phone("ə"))
            start = end

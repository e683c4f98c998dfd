"""A clause handed on while it is still being made: sound decoded window by window, cut at the beginnings of words.

Kokoro's decoder normalises over what it is given, so that a window alone comes out at another level than the whole: its
level is put right by the energy that the network itself foresaw, and its ends are decoded with some of what is around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mien.core.plan import PROSODY_RATE, Cue, Span, Speech
from mien.core.track import Floats
from mien.voices.kokoro_model import FRAME, SAMPLE_RATE, Contours, Model
from mien.voices.timing import Times

T = TypeVar("T")

FIRST, GROWTH = 0.45, 1.4
"""Seconds of speech in the first piece at least, and how much longer each next one is: it is made while the last is
heard, which must be enough for a machine that is half busy."""

BEFORE_WORD = 0.03
"""Seconds before a word's first phone at which a piece ends: the word's own sound is all in the next one."""

CONTEXT = 8
"""Frames (25 ms) decoded on either side of a window and thrown away."""

SEAM = 240
"""Samples (10 ms) over which one window turns into the next."""

SLOPE, INTERCEPT, HEARD = 0.535, -6.35, 2.0
"""Log RMS of 12.5 ms of sound from their foreseen energy, where that is above HEARD (three voices, ±0.4)."""

MOST_GAIN = 0.8
"""Natural logarithm of the most that a window's level is changed by."""


def cuts(times: Times, *, first: float = FIRST, growth: float = GROWTH) -> list[float]:
    """Where a clause is cut, seconds of the clause in whole hundredths, from 0 to its end."""
    out, last, least = [0.0], times.words[0][1], first
    for word in times.words[1:]:
        at = int((word[1] - BEFORE_WORD) * 100) / 100
        if at - last >= least and times.stop - at >= first:
            out.append(at)
            last, least = at, least * growth
    return [*out, times.stop]


class Windows:
    """The sound of a clause as far as it has been decoded: (600 * frames,), zeros beyond.

    energy : (2 frames,) that its level follows
    """

    def __init__(
        self, model: Model, tokens: npt.NDArray[np.int64], voice: Floats, contours: Contours, energy: Floats
    ) -> None:
        self._model, self._tokens, self._voice, self._contours = model, tokens, voice, contours
        self._energy = energy
        self._frames = contours.alignment.shape[-1]
        self.samples = np.zeros(self._frames * FRAME, np.float32)
        self._done = 0

    @property
    def seconds(self) -> float:
        """Of all of it."""
        return len(self.samples) / SAMPLE_RATE

    def upto(self, seconds: float) -> Floats:
        """All samples, decoded at least up to a moment of the network's sound."""
        stop = min(max(int(np.ceil(seconds * SAMPLE_RATE / FRAME)), self._done), self._frames)
        if self._frames - stop < 2 * CONTEXT:
            stop = self._frames
        if stop > self._done:
            self._decode(self._done, stop)
            self._done = stop
        return self.samples

    def _decode(self, start: int, stop: int) -> None:
        low, high = max(0, start - CONTEXT), min(self._frames, stop + CONTEXT)
        pitch, energy, alignment = self._contours
        part = Contours(pitch[2 * low : 2 * high], energy[2 * low : 2 * high], alignment[..., low:high])
        sound = self._model.sound(self._tokens, self._voice, part)
        if (low, high) != (0, self._frames):
            sound = sound * level(sound, self._energy[2 * low : 2 * high])
        at, fresh = start * FRAME, sound[(start - low) * FRAME : (stop - low) * FRAME]
        self.samples[at : stop * FRAME] = fresh
        if start:
            share = np.linspace(0, 1, SEAM, dtype=np.float32)
            before = sound[(start - low) * FRAME - SEAM : (start - low) * FRAME]
            self.samples[at - SEAM : at] = (1 - share) * self.samples[at - SEAM : at] + share * before


def level(sound: Floats, energy: Floats) -> np.float32:
    """The factor that brings a window to the level its energy foresees. sound : (n,); energy : (m,) evenly over it"""
    size = len(sound) // len(energy)
    rms = np.sqrt(np.mean(np.square(sound[: size * len(energy)].reshape(len(energy), size)), axis=1) + 1e-9)
    heard = energy > HEARD
    if heard.sum() < 8:
        return np.float32(1.0)
    gain = float(np.mean(SLOPE * energy[heard] + INTERCEPT - np.log(rms[heard])))
    return np.float32(np.exp(np.clip(gain, -MOST_GAIN, MOST_GAIN)))


def piece(speech: Speech, start: float, stop: float) -> Speech:
    """What of a speech begins in [start, stop), seconds in whole hundredths, as a speech of its own.

    Its pause is there with the last piece only.
    """
    last = stop >= speech.seconds - 1e-6
    first, end = (Fraction(round(v * 100), 100) for v in (start, stop))
    sample, final = (round(v * speech.audio.rate) for v in (first, end))
    final = len(speech.audio) if last else final
    value = round(first * PROSODY_RATE)
    until = len(speech.prosody) if last else round(end * PROSODY_RATE)
    return replace(
        speech,
        audio=speech.audio.cut(sample, final).at(0),
        words=_begun(speech.words, start, stop),
        phones=_begun(speech.phones, start, stop),
        cues=_done(speech.cues, start, stop, last),
        emotion=_within(speech.emotion, start, stop),
        prosody=speech.prosody.cut(value, until).at(0),
        pause=speech.pause if last else 0.0,
    )


def _begun(spans: Sequence[Span[T]], start: float, stop: float) -> tuple[Span[T], ...]:
    return tuple(
        Span(s.start - start, min(s.stop, stop) - start, s.value) for s in spans if start <= s.start < stop - 1e-6
    )


def _done(spans: Sequence[Span[Cue]], start: float, stop: float, last: bool) -> tuple[Span[Cue], ...]:
    """What is done once where it begins; what is held in parts that follow each other, the last to its own end."""
    once = [s.moved(-start) for s in spans if s.stop <= s.start and start <= s.start and (last or s.start < stop)]
    held = tuple(s for s in spans if s.stop > s.start)
    if last:
        return *once, *(Span(max(s.start, start) - start, s.stop - start, s.value) for s in held if s.stop > start)
    return *once, *_within(held, start, stop)


def _within(spans: Sequence[Span[T]], start: float, stop: float) -> tuple[Span[T], ...]:
    return tuple(
        Span(max(s.start, start) - start, min(s.stop, stop) - start, s.value)
        for s in spans
        if s.stop > start + 1e-6 and s.start < stop - 1e-6
    )

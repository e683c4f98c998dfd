"""How something is said, from its sound: loudness, pitch and voicing, 100 values a second.

The pitch tracker is Boersma's (1993, "Accurate short-term analysis of the fundamental frequency"):
the autocorrelation of a Hann window divided by the window's own, a few candidates a frame, and the
cheapest path through them. numpy only; about 0.01 CPU-seconds per second of sound.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.plan import PROSODY_RATE, Prosody, no_prosody
from mien.core.track import Audio, Floats, sample_at

LOUDNESS_WINDOW = 0.030
"""Seconds of sound behind one loudness value: two periods of a low voice, shorter than any phone's nucleus."""

QUIET_DB, LOUD_DB = -50.0, -10.0
"""RMS levels, dB full scale, that count as loudness 0 and 1."""

LOWEST, HIGHEST = 65.0, 500.0
"""Hz searched for F0: a low male voice to an excited child's."""

PITCH_WINDOW = 3 / LOWEST
"""Seconds; Boersma: three periods of the lowest pitch."""

ANALYSIS_RATE = 8000
"""Hz, roughly, to which sound is thinned out before pitch is looked for."""

CANDIDATES = 5
VOICED_ABOVE = 0.45  # autocorrelation a voiced frame must reach, as in Praat
SILENT_BELOW = 0.03  # of the loudest frame; quieter ones lean to unvoiced, as in Praat
OCTAVE_COST = 0.01  # per octave below HIGHEST: favours the higher of two equal candidates
JUMP_COST = 0.35  # per octave between frames of 10 ms
SWITCH_COST = 0.14  # voiced to unvoiced and back

BLOCK = 2000
"""Frames analysed at once, to bound memory."""


def prosody_from_audio(audio: Audio, *, median_hz: float | None = None) -> Prosody:
    """Loudness, pitch and voicing of a stretch of sound.

    Loudness is the RMS level in 30 ms windows, -50 dB .. -10 dB full scale mapped linearly to 0..1.

    audio     : any rate from 8 kHz
    median_hz : the speaker's median F0 where it is known from elsewhere, Hz; else that of this sound
    Returns a Prosody that covers the same time, (round(seconds * 100), 3).
    """
    hz = f0_from_audio(audio)
    if not len(hz):
        return no_prosody(0, _start(audio))
    values = np.zeros((len(hz), 3), np.float32)
    values[:, 0] = loudness_from_audio(audio)
    voiced = hz > 0
    if voiced.any():
        values[voiced, 1] = 12 * np.log2(hz[voiced] / (median_hz or np.median(hz[voiced])))
    values[:, 2] = softened(voiced.astype(np.float64))
    return Prosody(values, PROSODY_RATE, _start(audio))


def loudness_from_audio(audio: Audio) -> Floats:
    """How loud each hundredth of a second is: (n,) in 0..1, -50 dB .. -10 dB full scale."""
    power = np.concatenate([[0.0], np.cumsum(np.square(audio.values, dtype=np.float64))])
    middles = _middles(audio)
    half = LOUDNESS_WINDOW / 2 * float(audio.rate)
    a = np.clip(np.round(middles - half).astype(int), 0, len(audio))
    b = np.clip(np.round(middles + half).astype(int), 0, len(audio))
    mean = (power[b] - power[a]) / np.maximum(b - a, 1)
    return loudness_from_power(mean)


def loudness_from_power(power: npt.NDArray[np.float64]) -> Floats:
    """Mean squares of amplitude on the scale of loudness, 0..1."""
    decibels = 10 * np.log10(np.maximum(power, 1e-12))
    return np.asarray(np.clip((decibels - QUIET_DB) / (LOUD_DB - QUIET_DB), 0, 1), np.float32)


def f0_from_audio(audio: Audio) -> Floats:
    """The fundamental frequency of each hundredth of a second: (n,) Hz, 0 where unvoiced."""
    middles = _middles(audio)
    if not len(middles):
        return np.zeros(0, np.float32)
    step = max(1, int(audio.rate / ANALYSIS_RATE))
    samples, rate = _thinned(audio.values, step), float(audio.rate) / step
    size = round(PITCH_WINDOW * rate)
    padded = np.pad(samples, size)
    starts = np.round(middles / step).astype(int) - size // 2 + size
    loudest = float(np.abs(samples).max(initial=0.0)) or 1.0
    within = np.arange(size)
    blocks = [
        candidates(padded[starts[i : i + BLOCK, None] + within], rate, loudest) for i in range(0, len(starts), BLOCK)
    ]
    hz = np.concatenate([b[0] for b in blocks])
    strength = np.concatenate([b[1] for b in blocks])
    return _cheapest_path(hz, strength)


def _start(audio: Audio) -> int:
    return sample_at(audio.start, audio.rate, PROSODY_RATE)


def _middles(audio: Audio) -> npt.NDArray[np.float64]:
    """(n,) the sample at the middle of each hundredth of a second."""
    n = sample_at(len(audio), audio.rate, PROSODY_RATE)
    return np.asarray((np.arange(n) + 0.5) * float(audio.rate / PROSODY_RATE), np.float64)


def _thinned(samples: Floats, step: int) -> Floats:
    """Every ``step``-th sample after two box filters: enough below 1 kHz, where F0 is read."""
    if step == 1:
        return samples
    whole = samples[: len(samples) // step * step].reshape(-1, step).mean(axis=1)
    return np.asarray(softened(whole), np.float32)


def softened(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """(n,) each value with a quarter of both beside it, 0 beyond the ends; n from 1 on"""
    return np.convolve(np.pad(values, 1), [0.25, 0.5, 0.25], "valid")


def candidates(frames: Floats, rate: float, loudest: float | Floats) -> tuple[Floats, Floats]:
    """Possible pitches of some frames, the first being "unvoiced".

    frames  : (n, PITCH_WINDOW * rate)
    loudest : amplitude beside which a frame is silent, of all or (n,)
    Returns hz, strength: (n, 1 + CANDIDATES)
    """
    window, its_own = _hann(frames.shape[1])
    frames = frames - frames.mean(axis=1, keepdims=True)
    peak = np.abs(frames).max(axis=1)
    correlation = _autocorrelation(frames * window) / its_own
    low, high = int(rate / HIGHEST), int(np.ceil(rate / LOWEST))
    inner = correlation[:, low : high + 1]
    before, after = correlation[:, low - 1 : high], correlation[:, low + 1 : high + 2]
    is_peak = (inner > before) & (inner >= after) & (inner > 0.5 * VOICED_ABOVE)
    bend = np.where(is_peak, 2 * inner - before - after, 1.0)
    shift = np.where(is_peak, 0.5 * (after - before) / bend, 0.0)
    lag = np.arange(low, high + 1) + shift
    height = np.minimum(inner + 0.25 * (after - before) * shift, 1.0)
    score = np.where(is_peak, height - OCTAVE_COST * np.log2(HIGHEST * lag / rate), -np.inf)
    best = np.argpartition(-score, CANDIDATES, axis=1)[:, :CANDIDATES]
    quiet = np.clip(2 - (peak / loudest) / (SILENT_BELOW / (1 + VOICED_ABOVE)), 0, None)
    unvoiced = np.zeros((len(frames), 1), np.float32)
    hz = np.concatenate([unvoiced, rate / np.take_along_axis(lag, best, axis=1)], axis=1)
    strength = np.concatenate([(VOICED_ABOVE + quiet)[:, None], np.take_along_axis(score, best, axis=1)], axis=1)
    return hz.astype(np.float32), strength.astype(np.float32)


@lru_cache(maxsize=8)
def _hann(size: int) -> tuple[Floats, Floats]:
    """A window without its zeros, and its autocorrelation. Neither is to be written to."""
    window = np.hanning(size + 2)[1:-1].astype(np.float32)
    return window, _autocorrelation(window[None])


def _autocorrelation(frames: Floats) -> Floats:
    """(n, size) -> (n, size), 1 at lag 0; silence gives 0."""
    size = frames.shape[1]
    fft_size = 1 << (2 * size - 1).bit_length()
    spectrum = np.fft.rfft(frames, fft_size, axis=1)
    products = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, fft_size, axis=1)[:, :size]
    return np.asarray(products / np.maximum(products[:, :1], 1e-9), np.float32)


def _cheapest_path(hz: Floats, strength: Floats) -> Floats:
    """The candidate of each frame that makes a strong and even melody (Viterbi). hz, strength : (n, k)"""
    n, k = hz.shape
    octave = np.log2(np.maximum(hz, 1.0))
    voiced = hz > 0
    total = strength[0].copy()
    back = np.zeros((n, k), np.intp)
    rows = np.arange(k)
    for i in range(1, n):
        both = voiced[i][:, None] & voiced[i - 1]
        jump = np.where(both, JUMP_COST * np.abs(octave[i][:, None] - octave[i - 1]), 0.0)
        jump[voiced[i][:, None] != voiced[i - 1]] = SWITCH_COST
        reach = total - jump
        back[i] = reach.argmax(axis=1)
        total = reach[rows, back[i]] + strength[i]
    path = np.empty(n, np.intp)
    path[-1] = total.argmax()
    for i in range(n - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return np.asarray(hz[np.arange(n), path], np.float32)

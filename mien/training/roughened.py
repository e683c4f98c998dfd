"""Recordings as others might have made them: faster or slower, through another microphone, in a room, in noise."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

RATE = 16000

FASTEST = 0.13
"""Of the logarithm of speed, pitch with it."""

COLOURED, ROOMS, NOISY, PHONED = 0.6, 0.35, 0.5, 0.12
"""How often each is done."""


def roughened(samples: npt.NDArray[np.floating], chance: np.random.Generator) -> tuple[npt.NDArray[np.float32], float]:
    """(m,) at RATE, and how many times as fast it is. samples : (n,)"""
    from scipy.signal import resample_poly

    speed = Fraction(round(100 * float(np.exp(chance.uniform(-FASTEST, FASTEST)))), 100)
    sound = np.asarray(resample_poly(samples.astype(np.float64), speed.denominator, speed.numerator), np.float64)
    if chance.random() < COLOURED:
        sound = coloured(sound, chance)
    if chance.random() < PHONED:
        sound = band(sound, 300, 3400)
    if chance.random() < ROOMS:
        sound = in_a_room(sound, chance)
    if chance.random() < NOISY:
        sound = in_noise(sound, chance)
    return np.clip(sound, -4, 4).astype(np.float32), float(speed)


def coloured(sound: Samples, chance: np.random.Generator) -> Samples:
    """A microphone's spectrum: a tilt of about 2 dB an octave, and three broad bumps or dents."""
    octave = np.log2(np.maximum(hertz(sound), 50) / 1000)
    decibels = chance.normal(0, 2) * octave
    for middle in chance.uniform(-3, 3, 3):
        decibels = decibels + chance.normal(0, 3) * np.exp(-(((octave - middle) / 0.6) ** 2))
    return np.fft.irfft(np.fft.rfft(sound) * 10 ** (decibels / 20), len(sound))


def band(sound: Samples, low: float, high: float) -> Samples:
    """What is between two frequencies, Hz."""
    hz = hertz(sound)
    return np.fft.irfft(np.fft.rfft(sound) * ((hz > low) & (hz < high)), len(sound))


def in_a_room(sound: Samples, chance: np.random.Generator) -> Samples:
    """With an exponentially decaying tail, 4 to 12 dB softer (Polack 1988)."""
    from scipy.signal import fftconvolve

    count = int(chance.uniform(0.15, 0.5) * RATE)
    tail = chance.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    tail *= 10 ** (chance.uniform(-12, -4) / 20) / np.linalg.norm(tail)
    tail[0] = 1
    return np.asarray(fftconvolve(sound, tail)[: len(sound)], np.float64)


def in_noise(sound: Samples, chance: np.random.Generator) -> Samples:
    """White to brown, 8 to 30 dB softer."""
    white = np.fft.rfft(chance.standard_normal(len(sound)))
    noise = np.fft.irfft(white / np.maximum(hertz(sound), 40) ** chance.uniform(0, 1), len(sound))
    level = np.sqrt(np.mean(sound**2) / (np.mean(noise**2) + 1e-12))
    return np.asarray(sound + noise * level * 10 ** (-chance.uniform(8, 30) / 20), np.float64)


def hertz(sound: Samples) -> Samples:
    return np.asarray(np.fft.rfftfreq(len(sound), 1 / RATE), np.float64)

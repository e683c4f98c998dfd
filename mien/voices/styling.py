"""Emotion in the voice: how fast, at what pitch and how strongly something is said.

The factors follow the acoustic profiles of vocal emotion in Juslin & Laukka (2003, "Communication of
emotions in vocal expression and music performance", table 7) and Banse & Scherer (1996, "Acoustic
profiles in vocal emotion expression", for disgust and contempt); surprise after Murray & Arnott
(1993). Their sizes were set by measurement on this voice (docs/numbers.md), as strong as
they can be with every word still understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.core.chance import rng
from mien.core.plan import Delivery
from mien.core.track import Floats

UNVOICED_BELOW = 20.0
"""Hz; the network's F0 is near 0 where the voice does not sound."""

SILENT_BELOW, SPEAKING_ABOVE = -5.0, 0.0
"""Of the network's log energy: below the one nobody speaks, above the other an edit counts in full."""


HELD = 0.75
"""Share of an edit of F0's range, in octaves of octaves, that is heard in the sound (measured)."""

MOST_STRETCH = 1.2
"""By how much tokens are stretched or shortened beyond their tempo to make up for rounding."""


@dataclass(frozen=True, slots=True)
class Style:
    """How speech differs from neutral.

    pitch  : factor on F0
    range  : factor on F0's deviation from its median, in octaves
    energy : added to the log energy, 1 being 8.7 dB
    tempo  : factor on the speaking rate
    pause  : factor on pauses, beyond what tempo does
    bright : decibels added above about 2 kHz: vocal effort
    whisper : 1 without voice
    """

    pitch: float = 1.0
    range: float = 1.0
    energy: float = 0.0
    tempo: float = 1.0
    pause: float = 1.0
    bright: float = 0.0
    whisper: float = 0.0


STYLES = {  # at intensity 1
    "happy": Style(pitch=1.18, range=1.6, energy=0.8, tempo=1.10, pause=0.9, bright=1.5),
    "sad": Style(pitch=0.88, range=0.5, energy=-0.8, tempo=0.82, pause=1.3, bright=-3.0),
    "angry": Style(pitch=1.14, range=1.5, energy=1.0, tempo=1.09, pause=0.85, bright=3.0),
    "fear": Style(pitch=1.22, range=0.75, energy=-0.3, tempo=1.15, pause=1.1, bright=-1.0),
    "disgust": Style(pitch=0.90, range=0.75, energy=0.2, tempo=0.86, pause=1.15, bright=0.5),
    "surprise": Style(pitch=1.22, range=1.7, energy=0.5, tempo=0.95, pause=1.0, bright=1.0),
    "contempt": Style(pitch=0.92, range=0.7, energy=-0.3, tempo=0.88, pause=1.1, bright=-1.0),
}


def style_from(weights: Mapping[str, float]) -> Style:
    """The mixture of several emotions: factors multiply, each to the power of its weight.

    >>> style_from({"sad": 0.5}).pitch == 0.88 ** 0.5
    True
    """
    parts = [(STYLES[name], weight) for name, weight in weights.items()]
    return Style(
        pitch=_product([(s.pitch, w) for s, w in parts], 0.75, 1.4),
        range=_product([(s.range, w) for s, w in parts], 0.4, 1.9),
        energy=float(np.clip(sum(s.energy * w for s, w in parts), -1.5, 1.5)),
        tempo=_product([(s.tempo, w) for s, w in parts], 0.7, 1.3),
        pause=_product([(s.pause, w) for s, w in parts], 0.6, 1.6),
        bright=float(np.clip(sum(s.bright * w for s, w in parts), -4.0, 4.0)),
    )


EMPHASISED = Style(pitch=1.12, range=1.15, energy=0.45, tempo=0.80, bright=1.5)
"""Strong emphasis: higher, louder, longer (Turk & Sawusch 1996: accent lengthens the word by a fifth; Kochanski et al.
2005). What is played down is the reverse."""

DECIBELS = 8.686
"""Of one unit of log energy."""

WHISPERED = Style(energy=-0.5, tempo=0.93, whisper=1.0)
"""Whispered vowels are longer, and all of it is softer (Schwartz 1967; Jovičić & Šarić 2008)."""


def delivered(style: Style, delivery: Delivery) -> Style:
    """A style spoken in a way that was asked for, held within what stays understandable."""
    e = delivery.emphasis
    soft = WHISPERED if delivery.whisper else Style()
    return Style(
        pitch=float(np.clip(style.pitch * 2 ** (delivery.pitch / 12) * EMPHASISED.pitch**e, 0.5, 2.0)),
        range=float(np.clip(style.range * delivery.range * EMPHASISED.range**e, 0.0, 2.2)),
        energy=float(np.clip(style.energy + delivery.volume / DECIBELS + e * EMPHASISED.energy + soft.energy, -7, 1.5)),
        tempo=float(np.clip(style.tempo * delivery.tempo * EMPHASISED.tempo**e * soft.tempo, 0.4, 2.2)),
        pause=style.pause,
        bright=float(np.clip(style.bright + e * EMPHASISED.bright, -4.0, 4.0)),
        whisper=soft.whisper,
    )


def _product(pairs: list[tuple[float, float]], low: float, high: float) -> float:
    """Held within what stays understandable however many emotions are mixed."""
    return float(np.clip(np.prod([factor**weight for factor, weight in pairs]), low, high))


def paced(frames: Floats, tempo: Floats) -> Floats:
    """Whole frames per token at another tempo, at least 1.

    Each is rounded by itself, as the network does: to carry a token's remainder over to the next would
    squeeze vowels after short consonants (7 words in 78 misheard at tempo 1.6, against 1). What
    rounding takes from the tempo is given back to all tokens alike.
    frames, tempo : (n,); frames as the network gives them
    """
    whole = np.maximum(np.round(frames), 1.0)
    if (tempo == 1.0).all():
        return whole.astype(np.float32)
    goal = float((whole / tempo).sum())
    low, high = 1 / MOST_STRETCH, MOST_STRETCH
    for _ in range(16):
        stretch = (low + high) / 2
        low, high = (stretch, high) if _rounded(frames, tempo / stretch).sum() < goal else (low, stretch)
    return _rounded(frames, tempo / high)


def _rounded(frames: Floats, tempo: Floats) -> Floats:
    return np.maximum(np.round(frames / tempo), 1.0).astype(np.float32)


def repitched(hz: Floats, pitch: Floats, spread: Floats, median: float) -> Floats:
    """F0 with its level and range changed where the voice sounds. hz, pitch, spread : (n,); median : Hz"""
    voiced = hz > UNVOICED_BELOW
    ratio = np.where(voiced, hz / median, 1.0)
    return np.asarray(np.where(voiced, median * pitch * ratio ** (spread ** (1 / HELD)), hz), np.float32)


def energised(energy: Floats, added: Floats) -> Floats:
    """The network's log energy raised where somebody speaks; silence stays silent. (n,) each

    It changes how the voice sounds but hardly how loud it is: that is ``gained``. It is never lowered,
    for then the voice creaks (pitch periods of double length go from 8 % to 13 % of sad speech).
    """
    speaking = np.clip((energy - SILENT_BELOW) / (SPEAKING_ABOVE - SILENT_BELOW), 0.0, 1.0)
    return np.asarray(energy + np.maximum(added, 0.0) * speaking, np.float32)


def gained(sound: Floats, added: Floats) -> Floats:
    """Sound made louder by log energies that are spread evenly over it. sound : (n,); added : (m,)"""
    if not added.any():
        return sound
    return np.asarray(sound * np.exp(_spread(added, len(sound))), np.float32)


def brightened(sound: Floats, decibels: Floats) -> Floats:
    """What lies above about 2 kHz made stronger or weaker. sound : (n,) at 24 kHz; decibels : (m,) spread over it"""
    if not decibels.any() or len(sound) < len(LOW_PASS):
        return sound
    low = np.convolve(sound, LOW_PASS, "same")
    return np.asarray(low + (sound - low) * 10 ** (_spread(decibels, len(sound)) / 20), np.float32)


WHISPER_WINDOW = 768
"""Samples at 24 kHz, 32 ms: shorter blurs what is said, longer lets the voice's pitch through."""

ENVELOPE = np.hanning(13)[1:-1] / np.hanning(13)[1:-1].sum()
"""Over bins of 31 Hz: wide enough that no harmonic is left, narrow enough that formants are."""


def whispered(sound: Floats, share: Floats) -> Floats:
    """The same mouth without voice: noise with the sound's spectral envelope.

    Setting the network's F0 to 0 leaves a fifth of it voiced; this leaves a hundredth, and is understood as well.
    sound : (n,) at 24 kHz; share : (m,) 0..1, spread over it
    """
    if not share.any():
        return sound
    size, hop = WHISPER_WINDOW, WHISPER_WINDOW // 4
    window = np.hanning(size + 1)[:-1]
    padded = np.pad(sound.astype(np.float64), size)
    noise = rng(0, "whisper", 0).standard_normal(len(padded))
    out = np.zeros(len(padded))
    for start in range(0, len(padded) - size, hop):
        here = slice(start, start + size)
        power = np.abs(np.fft.rfft(padded[here] * window)) ** 2
        breath = np.fft.rfft(noise[here] * window) * np.sqrt(np.convolve(power, ENVELOPE, "same"))
        out[here] += np.fft.irfft(breath) * window
    out /= 1.5 * np.sqrt(np.square(window).sum())  # overlapping squared windows add up to 1.5
    part = _spread(share, len(sound))
    return np.asarray(sound * (1 - part) + out[size : size + len(sound)] * part, np.float32)


def _spread(values: Floats, size: int) -> npt.NDArray[np.float64]:
    """(size,) values at even distances, straight lines between."""
    where = (np.arange(len(values)) + 0.5) * (size / len(values))
    return np.asarray(np.interp(np.arange(size), where, values), np.float64)


LOW_PASS = np.hanning(17)[1:-1] / np.hanning(17)[1:-1].sum()
"""Half gain at 2 kHz for sound at 24 kHz."""


def smoothed(values: npt.NDArray[np.float64], width: int) -> Floats:
    """A moving average that keeps the length: emotions change over a few frames and not from one to the next."""
    if len(values) < 2 or width < 2 or np.ptp(values) == 0:
        return values.astype(np.float32)
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, np.full(width, 1.0 / width), "valid").astype(np.float32)

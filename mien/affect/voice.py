"""What a voice expresses, by how it sounds: pitch, its range, loudness, rate and brightness, phrase by phrase.

Each phrase is compared with the speaker's own usual ways, as far as they have been heard, and the deviation with the
acoustic profile of each emotion. Profiles: Juslin & Laukka (2003, "Communication of emotions in vocal expression and
music performance", table 7); Banse & Scherer (1996, "Acoustic profiles in vocal emotion expression") for disgust and
contempt; Murray & Arnott (1993) for surprise. A voice tells arousal far better than valence, so what is shown is calm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mien.core.emotion import Emotion
from mien.core.phones import VOWELS
from mien.core.plan import PROSODY_RATE, Span, Speech
from mien.core.track import Audio
from mien.language.prosody import f0_from_audio, loudness_from_audio

Array = npt.NDArray[np.float64]

MEASURES = ("pitch", "range", "loudness", "rate", "brightness")

SPREAD = {"pitch": 2.1, "range": 0.57, "loudness": 2.4, "rate": 0.33, "brightness": 3.0}
"""How far the phrases of one recording lie around its usual one, standard deviations: semitones, octaves of octaves,
decibels, octaves, decibels. Measured on 65 phrases of 28 recordings (GRID, StyleTalk, a third of MoCha)."""

PROFILES: Mapping[str, Mapping[str, float]] = {  # which way each measure goes, -1..1
    "happy": {"pitch": 0.7, "range": 0.9, "loudness": 0.6, "rate": 0.4, "brightness": 0.3},
    "sad": {"pitch": -0.6, "range": -0.7, "loudness": -0.8, "rate": -0.8, "brightness": -0.6},
    "angry": {"pitch": 0.5, "range": 0.6, "loudness": 1.0, "rate": 0.4, "brightness": 1.0},
    "fear": {"pitch": 1.0, "range": -0.5, "loudness": -0.2, "rate": 0.9, "brightness": -0.3},
    "surprise": {"pitch": 1.0, "range": 1.0, "loudness": 0.3, "rate": -0.3, "brightness": 0.2},
    "disgust": {"pitch": -0.5, "range": -0.4, "loudness": 0.2, "rate": -0.8, "brightness": 0.3},
    "contempt": {"pitch": -0.4, "range": -0.6, "loudness": -0.2, "rate": -0.6, "brightness": 0.0},
}

USUAL = {"range": 2.9, "rate": 4.5, "brightness": -8.5}
"""Of people who talk: semitones of F0's spread, vowels a second, decibels above 1 kHz against below; medians, measured
as SPREAD. What a recording's first phrases are compared with, for a whole recording may be angry; pitch and loudness
have no such norm."""

TRUST = 3.0
"""Phrases of the speaker that weigh as much as USUAL."""

FROM, FULL = 1.0, 3.0
"""Length of the deviation along a profile, in SPREAD, from which an emotion begins to show, and shows in full."""

MOST = 0.6
"""Intensity at most: a guess is shown calmly."""

APART = 0.25
"""By how much an emotion's likeness must lead the next one's for it to show alone; else both share."""

PAUSE, SHORTEST = 0.25, 0.8
"""Seconds of silence that end a phrase, and its least length: shorter ones are joined to the next."""

EDGE, TOP = 1000.0, 5000.0
"""Hz: brightness is energy between them against that below (the alpha ratio; Sundberg & Nordenberg 2006)."""


class Voice:
    """Listens to one speaker: each speech comes back with what its phrases express."""

    def felt(self, speeches: Iterable[Speech]) -> Iterator[Speech]:
        """Speeches with emotions over time; those heard so far say what is usual, the one at hand among them."""
        heard: list[Array] = []
        for speech in speeches:
            spans = phrases(speech)
            measures = [measured(speech, *span) for span in spans]
            heard += [m for m in measures if m is not None]
            usual = usual_ways(heard)
            found = tuple(
                Span(start, stop, shown((m - usual) / _spread()))
                for (start, stop), m in zip(spans, measures, strict=True)
                if m is not None
            )
            yield replace(speech, emotion=tuple(span for span in found if span.value.weights))


def phrases(speech: Speech) -> list[tuple[float, float]]:
    """Where somebody talks without a pause, seconds."""
    out: list[list[float]] = []
    for phone in sorted(speech.phones, key=lambda p: p.start):
        if out and (phone.start - out[-1][1] < PAUSE or out[-1][1] - out[-1][0] < SHORTEST):
            out[-1][1] = max(out[-1][1], phone.stop)
        else:
            out.append([phone.start, phone.stop])
    if len(out) > 1 and out[-1][1] - out[-1][0] < SHORTEST:
        *out, last = out
        out[-1][1] = last[1]
    return [(start, stop) for start, stop in out]


def measured(speech: Speech, start: float, stop: float) -> Array | None:
    """(5,) MEASURES of a phrase in logarithmic units; None where too little of it is voiced."""
    rate = float(speech.audio.rate)
    a, b = round(start * rate), round(stop * rate)
    audio = Audio(speech.audio.values[a:b], speech.audio.rate)
    hz = f0_from_audio(audio)
    voiced = hz > 0
    if voiced.sum() < 0.2 * float(PROSODY_RATE):
        return None
    octaves = 12 * np.log2(hz[voiced])
    low, middle, high = np.percentile(octaves, [16, 50, 84])
    loud = loudness_from_audio(audio)[voiced].astype(np.float64)
    vowels = sum(1 for p in speech.phones if start <= p.start < stop and p.value.symbol in VOWELS)
    return np.array(
        [
            middle,
            np.log2(max((high - low) / 2, 0.3)),
            40 * float(np.median(loud)),
            np.log2(max(vowels, 1) / (stop - start)),
            brightness(audio, voiced),
        ]
    )


def brightness(audio: Audio, voiced: npt.NDArray[np.bool_]) -> float:
    """Decibels above EDGE against below, of what is voiced. voiced : (n,) a hundredth of a second each"""
    size = round(float(audio.rate) / float(PROSODY_RATE))
    blocks = audio.values[: len(voiced) * size]
    blocks = blocks[: len(blocks) // size * size].reshape(-1, size)
    heard = blocks[voiced[: len(blocks)]].astype(np.float64) * np.hanning(size)
    power = (np.abs(np.fft.rfft(heard, axis=1)) ** 2).sum(0)
    hz = np.fft.rfftfreq(size, 1 / float(audio.rate))
    above, below = power[(hz >= EDGE) & (hz <= TOP)].sum(), power[hz < EDGE].sum()
    return float(10 * np.log10((above + 1e-9) / (below + 1e-9)))


def usual_ways(heard: Sequence[Array]) -> Array:
    """(5,) what is usual for a speaker: the median of what was heard, towards USUAL while that is little."""
    own = np.median(heard, axis=0) if heard else np.zeros(len(MEASURES))
    norm = np.array([own[0], np.log2(USUAL["range"]), own[2], np.log2(USUAL["rate"]), USUAL["brightness"]])
    share = len(heard) / (len(heard) + TRUST)
    return np.asarray(share * own + (1 - share) * norm)


def shown(deviation: Array) -> Emotion:
    """The emotion whose profile a deviation, in spreads, is most like; how strong, by its length along it.

    >>> str(shown(np.zeros(5)))
    'neutral'
    >>> str(shown(np.array([-1.6, -2.0, -2.4, -2.2, -2.0]))).split(":")[0]
    'sad'
    """
    size = float(np.linalg.norm(deviation))
    if size < FROM:
        return Emotion()
    names = [*PROFILES]
    profiles = np.array([[PROFILES[name][m] for m in MEASURES] for name in names])
    likeness = profiles @ deviation / (np.linalg.norm(profiles, axis=1) * size)
    best, second = np.argsort(-likeness)[:2]
    strength = MOST * float(np.clip((size * likeness[best] - FROM) / (FULL - FROM), 0, 1))
    doubt = max(0.0, 1 - (likeness[best] - likeness[second]) / APART) / 2
    weights = {names[best]: strength * (1 - doubt), names[second]: strength * doubt}
    return Emotion({name: round(float(w), 2) for name, w in weights.items() if w >= 0.05})


def _spread() -> Array:
    return np.array([SPREAD[name] for name in MEASURES])

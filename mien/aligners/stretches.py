"""A recording of any length in stretches of at most twenty seconds, cut where it is quietest.

What the aligners work on: short enough for their models and for constant memory, long enough that
a phrase is rarely torn. The cuts depend on the sound alone, not on how it was handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from mien.core.errors import BadInput
from mien.core.plan import PROSODY_RATE
from mien.core.track import Audio, Floats, sample_at
from mien.language.prosody import loudness_from_audio

SHORTEST, LONGEST = 8.0, 20.0
"""Seconds. hama takes 30 at most; a cut is looked for between these two."""

PAUSE = 0.3
"""Seconds over which a cut has to be quiet."""

ANALYSIS_RATE = 16_000
"""Hz: what the acoustic models were trained on."""


def stretches(sound: Iterable[Audio]) -> Iterator[Audio]:
    """The same sound, cut at pauses; each stretch starts at its index on the stream.

    Errors: BadInput when chunks do not follow each other or change their rate.
    """
    held: list[Audio] = []
    for chunk in sound:
        if not len(chunk):
            continue
        held.append(chunk)
        if sum(len(c) for c in held) <= LONGEST * held[0].rate:
            continue
        buffer = Audio.join(held)
        while len(buffer) > LONGEST * buffer.rate:
            cut = _quietest(buffer.cut(buffer.start, buffer.start + int(LONGEST * buffer.rate)))
            yield buffer.cut(buffer.start, cut)
            buffer = buffer.cut(cut, buffer.stop)
        held = [buffer]
    if held:
        yield Audio.join(held)


def _quietest(audio: Audio) -> int:
    """The sample in the middle of the quietest pause beyond SHORTEST."""
    size = int(PAUSE * PROSODY_RATE)
    first = int(SHORTEST * PROSODY_RATE)
    level = np.convolve(loudness_from_audio(audio)[first:], np.ones(size) / size, "valid")
    middle = first + int(level.argmin()) + size // 2
    return audio.start + sample_at(middle, PROSODY_RATE, audio.rate)


def analysis_samples(audio: Audio) -> Floats:
    """(n,) the sound at 16 kHz, band-limited; for listening only, the original is what is handed on.

    Errors: BadInput below 8 kHz, where consonants can no longer be told apart.
    """
    if audio.rate < ANALYSIS_RATE // 2:
        raise BadInput(f"aligning speech needs sound of at least 8000 Hz, got {float(audio.rate):g} Hz")
    if audio.rate == ANALYSIS_RATE:
        return audio.values
    n = max(1, round(len(audio) * ANALYSIS_RATE / audio.rate))
    spectrum = np.fft.rfft(audio.values)[: n // 2 + 1]
    return np.asarray(np.fft.irfft(spectrum, n) * (n / len(audio)), np.float32)

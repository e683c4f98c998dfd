"""Lips that are heard, where the sound is not clean: the same captured mouths, the sound made worse.

Every clip is heard by a network that heard neither it nor its voice. Shouting, singing and other languages are not
here: none of the clips has them, and they cannot be made from speech.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import pi

import numpy as np
import numpy.typing as npt

from benchmarks.report import Row
from mien.core.chance import rng
from mien.core.errors import BadInput
from mien.core.track import Audio
from mien.evaluation.clip import Clip
from mien.evaluation.curves import mouth_of_clip, mouth_of_motion
from mien.evaluation.data import Data
from mien.evaluation.metrics.correlation import correlation
from mien.evaluation.peers.ours import Mien

TITLE = "Robust: lips heard in noise, on the telephone, under music, in a whisper"

DECIBELS = 10.0
"""Of speech over what disturbs it."""

Samples = npt.NDArray[np.float64]
MEASURES = ("aperture", "width", "pucker")
SOURCES = ("grid", "styletalk", "mocha")


def over(sound: Samples, other: Samples, decibels: float = DECIBELS) -> Samples:
    """Both, the other so many decibels softer."""
    level = np.sqrt(np.mean(sound**2) / max(np.mean(other**2), 1e-12)) * 10 ** (-decibels / 20)
    return sound + level * other


def white(sound: Samples, clip: int, clips: Sequence[Clip]) -> Samples:
    return over(sound, rng(0, "white", clip).standard_normal(len(sound)))


def babble(sound: Samples, clip: int, clips: Sequence[Clip]) -> Samples:
    """Four other voices at once."""
    others = [np.resize(clips[(clip + i) % len(clips)].audio.values, len(sound)) for i in (1, 3, 7, 11)]
    return over(sound, sum(o / (np.std(o) + 1e-9) for o in others).astype(np.float64))


def music(sound: Samples, clip: int, clips: Sequence[Clip]) -> Samples:
    """Chords of three voices with overtones, another every half a second, and a beat."""
    times = np.arange(len(sound)) / 16000
    chord = (times * 2).astype(int)
    roots = 110 * 2 ** (rng(0, "music", clip).integers(0, 12, chord[-1] + 1) / 12)
    out = np.zeros(len(sound))
    for step in (0, 4, 7):
        phase = 2 * pi * np.cumsum(roots[chord] * 2 ** (step / 12)) / 16000
        out += sum(np.sin(k * phase) / k for k in range(1, 7))
    beat = rng(1, "music", clip).standard_normal(len(sound)) * np.exp(-30 * (times * 4 % 1) / 4)
    return over(sound, out + 2 * beat)


def telephone(sound: Samples, clip: int, clips: Sequence[Clip]) -> Samples:
    """300 to 3400 Hz."""
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / 16000)
    return np.fft.irfft(spectrum * ((hz > 300) & (hz < 3400)), len(sound))


def whisper(sound: Samples, clip: int, clips: Sequence[Clip]) -> Samples:
    """The same speech without voice, as [whisper] makes it; the mouth is that of somebody who did not whisper."""
    from mien.voices.styling import whispered

    wide = np.repeat(sound, 3)[::2].astype(np.float32)  # 24 kHz, for which it is made: roughly is enough here
    return np.interp(np.arange(len(sound)) * 1.5, np.arange(len(wide)), whispered(wide, np.ones(8, np.float32)))


CONDITIONS: dict[str, Callable[[Samples, int, Sequence[Clip]], Samples] | None] = {
    "clean": None,
    "white noise, 10 dB": white,
    "four other voices, 10 dB": babble,
    "music, 10 dB": music,
    "telephone band": telephone,
    "whispered": whisper,
}


def worse(clip: Clip, number: int, clips: Sequence[Clip], how: Callable[..., Samples] | None) -> Clip:
    """The clip with other sound, in which everything is heard anew."""
    other = replace(clip)
    if how is not None:
        made = how(clip.audio.values.astype(np.float64), number, clips)
        other.__dict__["audio"] = Audio(np.clip(made, -1, 1).astype(np.float32), clip.audio.rate)
    return other


def rows() -> list[Row]:
    try:
        data = Data().found
    except BadInput as error:
        return [Row(str(error), "not measured")]
    clips = [c for source in SOURCES for c in data[source].clips if c.confidence is None or c.confidence >= 5][::2]
    system = Mien(with_text=False)
    truths = {}
    for clip in clips:
        try:
            truths[clip.id] = mouth_of_clip(clip.path)
        except BadInput:  # a face from the side
            continue
    out = []
    for name, how in CONDITIONS.items():
        found = []
        for number, clip in enumerate(clips):
            if clip.id in truths:
                made = mouth_of_motion(system.animate(worse(clip, number, clips, how)))
                found.append([correlation(made[m], truths[clip.id][m], clip.offset) for m in MEASURES])
        r = " / ".join(f"{v:.2f}" for v in np.mean(found, axis=0))
        out.append(Row(f"{name}: r of opening / width / rounding, {len(found)} clips", r))
    return out

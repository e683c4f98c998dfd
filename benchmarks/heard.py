"""Lips that are heard, in files and live; and where the sound is not clean: the same mouths, the sound made worse.

Every clip is heard by a network that heard neither it nor its voice. Whispering, shouting and singing are made from
speech, so the mouth is that of somebody who only spoke. Other languages are not here: none of the clips has them.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from math import pi

import numpy as np
import numpy.typing as npt

from benchmarks.report import Row, at_least, at_most
from mien.core.chance import rng
from mien.core.errors import BadInput
from mien.core.plan import PROSODY_RATE, Plan, Prosody
from mien.core.track import Audio
from mien.evaluation.clip import Clip, phones_of
from mien.evaluation.curves import RATE, Mouth, mouth_of_clip, mouth_of_motion
from mien.evaluation.data import Data
from mien.evaluation.metrics.correlation import correlation, velocity_correlation
from mien.evaluation.metrics.spread import spread_ratio
from mien.evaluation.peers.ours import Mien, Way, lips_heard
from mien.evaluation.sources import table

TITLE = "Heard lips: from sound alone, in files and live, in noise, on the telephone, under music, in a whisper"

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


WINDOW, ENVELOPE, VOICED = 512, np.hanning(11)[1:-1] / np.hanning(11)[1:-1].sum(), 0.4
"""Samples of a piece that is voiced anew; over 0.3 kHz its spectrum is smoothed, which leaves its formants; share of
its power below 1 kHz from which on it has a voice."""


def revoiced(sound: Samples, hertz: Samples, higher: float = 1.0, brighter: float = 0.0) -> Samples:
    """The same formants on another voice. hertz : (n,) of it; higher : factor on formants; brighter : dB an octave"""
    window, chance = np.hanning(WINDOW + 1)[:-1], rng(0, "revoiced", 0)
    padded, pitch = (np.pad(values, WINDOW, mode="edge") for values in (sound, hertz))
    pulses = np.diff(np.floor(np.cumsum(pitch) / 16000), prepend=0) * np.sqrt(16000 / pitch)
    noise, out = chance.standard_normal(len(padded)), np.zeros(len(padded))
    bins = np.arange(WINDOW // 2 + 1)
    tilt = np.maximum(bins / 32, 0.1) ** (brighter / 6.02)  # the 32nd lies at 1 kHz
    for start in range(0, len(padded) - WINDOW, WINDOW // 4):
        here = slice(start, start + WINDOW)
        power = np.abs(np.fft.rfft(padded[here] * window)) ** 2
        source = pulses if power[:32].sum() > VOICED * power.sum() else noise
        formants = np.interp(bins / higher, bins, np.sqrt(np.convolve(power, ENVELOPE, "same")))
        out[here] += np.fft.irfft(np.fft.rfft(source[here] * window) * formants * tilt) * window
    made = out[WINDOW : WINDOW + len(sound)]
    return made * (np.std(sound) / max(np.std(made), 1e-9))


def shout(sound: Samples, clip: int, clips: Sequence[Clip]) -> Samples:
    """A high voice with little melody, formants up by a twelfth, bright and evenly loud (Rostolland 1982)."""
    times = np.arange(len(sound)) / 16000
    made = revoiced(sound, 330 + 20 * np.sin(2 * pi * 0.7 * times), higher=1.08, brighter=3.0)
    return np.sign(made) * np.abs(made) ** 0.7 * np.std(sound) ** 0.3


def song(sound: Samples, clip: int, clips: Sequence[Clip]) -> Samples:
    """Another note of a major scale every half a second, with a vibrato of 5.5 Hz and half a semitone."""
    times = np.arange(len(sound)) / 16000
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12])
    notes = scale[rng(0, "song", clip).integers(0, len(scale), int(2 * times[-1]) + 1)]
    semitones = notes[(2 * times).astype(int)] + 0.5 * np.sin(2 * pi * 5.5 * times)
    return revoiced(sound, 196 * 2 ** (semitones / 12))


CONDITIONS: dict[str, Callable[[Samples, int, Sequence[Clip]], Samples] | None] = {
    "clean": None,
    "white noise, 10 dB": white,
    "four other voices, 10 dB": babble,
    "music, 10 dB": music,
    "telephone band": telephone,
    "whispered": whisper,
    "shouted": shout,
    "sung": song,
}


def worse(clip: Clip, number: int, clips: Sequence[Clip], how: Callable[..., Samples] | None) -> Clip:
    """The clip with other sound, in which everything is heard anew."""
    other = replace(clip)
    if how is not None:
        made = how(clip.audio.values.astype(np.float64), number, clips)
        other.__dict__["audio"] = Audio(np.clip(made, -1, 1).astype(np.float32), clip.audio.rate)
    return other


BARS = {
    "grid": (0.80, 0.65, 0.60), "styletalk": (0.70, 0.68, 0.65),
    "mocha": (0.72, 0.66, 0.52), "pooled": (0.75, 0.67, 0.60),
}  # fmt: skip
"""r of opening, width and rounding that is wished for from sound alone."""

WAYS: dict[Way, str] = {
    "files": "files", "at once": "live, 0.12 s behind", "lightly": "lightly, from the spectrum alone, 0.12 s behind",
}  # fmt: skip

HUSHED, LOUD, LONG_BEFORE, LONG_AFTER, FEWEST = 0.2, 0.4, 0.3, 0.45, 5
"""Loudness below which, and seconds before and after any phone and any sound as loud as LOUD beyond which, nobody
speaks: people part their lips before, and phones are missed (in one clip a whole sentence is). Frames of that without
which a clip says nothing of it."""

BREATH = 1.5
"""Seconds of a pause up to which people keep their lips parted, ready for what comes next."""


def correlations(made: Mouth, clip: Clip, truth: Mouth) -> list[float]:
    return [correlation(made[m], truth[m], clip.offset) for m in MEASURES]


def in_silence(opening: Samples, clip: Clip, offset: int = 0, pauses: bool = False) -> float:
    """Variance of the opening where nobody speaks over that in speech; NaN where there is no such silence.

    pauses : in pauses of up to BREATH between two stretches of speech, else in all silence but these
    """
    opening = opening[np.clip(np.arange(int(clip.audio.seconds * RATE)) + offset, 0, len(opening) - 1)]
    times = (np.arange(len(opening)) + 0.5) / float(RATE)
    loudness = np.concatenate([s.prosody.loudness for s in clip.heard])
    at = np.minimum((times * float(PROSODY_RATE)).astype(int), len(loudness) - 1)
    silent, speech = loudness[at] < HUSHED, np.zeros(len(times), bool)
    loud = np.flatnonzero(loudness >= LOUD) / float(PROSODY_RATE)
    spoken = sorted([*((p.start, p.stop) for p in clip.phones), *zip(loud, loud, strict=True)])
    for start, stop in spoken:
        silent &= (times < start - LONG_BEFORE) | (times > stop + LONG_AFTER)
    between, until = np.zeros(len(times), bool), -np.inf
    for start, stop in spoken:
        if start - until <= BREATH:
            between |= (times > until) & (times < start)
        until = max(stop, until)
    silent &= between if pauses else ~between
    for phone in clip.phones:
        speech |= (times > phone.start) & (times < phone.stop)
    return float(opening[silent].var() / opening[speech].var()) if silent.sum() >= FEWEST else float("nan")


def heard_rows(way: Way, name: str, clips: dict[str, list[Clip]], truths: dict[str, Mouth]) -> Iterator[Row]:
    """Every figure of lips that are heard in one of the ways."""
    system = Mien(with_text=False, way=way)
    known = {s: [c for c in found if c.id in truths] for s, found in clips.items()}
    made = {c.id: mouth_of_motion(system.animate(c)) for c in itertools.chain(*known.values())}
    known["pooled"] = list(itertools.chain(*known.values()))
    for source, some in known.items():
        values = np.mean([correlations(made[c.id], c, truths[c.id]) for c in some], axis=0)
        bars = BARS[source] if way == "files" else None
        yield Row(
            f"{name}: {source}, {len(some)} clips, r of opening / width / rounding",
            " / ".join(f"{v:.2f}" for v in values),
            "≥ " + " / ".join(f"{b:.2f}" for b in bars) if bars else "",
            bool((values >= bars).all()) if bars else None,
        )
    yield own_offsets(name, known["mocha"], made, truths)
    every = known["pooled"]
    openings = [(made[c.id].aperture, truths[c.id].aperture, c.offset) for c in every]
    yield at_least(f"{name}: r of the opening's velocity", np.mean([velocity_correlation(*o) for o in openings]), 0.7)
    spread = float(np.mean([spread_ratio(*o) for o in openings]))
    yield Row(f"{name}: spread of the opening over people's", f"{spread:.2f}", "0.85 to 1.15", 0.85 <= spread <= 1.15)
    long, short = (
        [np.nanmean([in_silence(o[k], c, k * c.offset, pauses) for o, c in zip(openings, every, strict=True)])
         for k in (0, 1)] for pauses in (False, True)
    )  # fmt: skip
    yield at_most(
        f"{name}: variance of the opening where nobody speaks, over speech's (people's {long[1]:.2f})",
        float(long[0]), 0.01, "", 3,
    )  # fmt: skip
    yield Row(f"{name}: the same in pauses of up to {BREATH:g} s (people's {short[1]:.2f})", f"{short[0]:.2f}")


def phones_rows(clips: dict[str, list[Clip]], truths: dict[str, Mouth]) -> Iterator[Row]:
    """Lips that hear nothing: those of a text that a voice speaks, by what they do with the phones of recordings.

    Not held out: the table of phones was fitted on these clips.
    """
    system = Mien(with_text=False, way="phones")
    for source in SOURCES:
        some = [c for c in clips[source] if c.id in truths]
        values = np.mean([correlations(mouth_of_motion(system.animate(c)), c, truths[c.id]) for c in some], axis=0)
        yield Row(
            f"by phones alone, as text is spoken, by a table fitted on these clips: {source}, "
            "r of opening / width / rounding",
            " / ".join(f"{v:.2f}" for v in values),
        )


def own_offsets(name: str, clips: Sequence[Clip], made: dict[str, Mouth], truths: dict[str, Mouth]) -> Row:
    """The generated clips again, each where SyncNet, not one number for all of them, says that its picture belongs."""
    by = syncnet_offsets()
    moved = [replace(c, offset=c.offset + by.get(c.id, 0)) for c in clips]
    values = np.mean([correlations(made[c.id], c, truths[c.id]) for c in moved], axis=0)
    velocity = np.mean([velocity_correlation(made[c.id].aperture, truths[c.id].aperture, c.offset) for c in moved])
    away = sum(by.get(c.id, 0) != 0 for c in clips)
    return Row(
        f"{name}: mocha where SyncNet says each picture belongs ({away} clips another frame), the same; velocity r",
        " / ".join(f"{v:.2f}" for v in values) + f"; {velocity:.2f}",
    )


def syncnet_offsets() -> dict[str, int]:
    """Clip -> frames by which SyncNet finds its picture later than others are, as MoChaBench states them."""
    (head, *lines) = table(Data().folder / "mocha" / "sync_scores.csv", ",")
    found = [dict(zip(head, cells, strict=True)) for cells in lines]
    return {f"mocha/{one['category']}/{one['clip']}": int(one["offset"].strip("[]")) for one in found}


def cost(way: Way, clips: Sequence[Clip]) -> float:
    """CPU seconds of the lips alone, encoder included, for a second of sound."""
    spent = seconds = 0.0
    for clip in clips:
        frames = int(clip.audio.seconds * RATE)
        prosody = Prosody(np.concatenate([s.prosody.values for s in clip.heard]), PROSODY_RATE)
        plan = Plan(0, frames, RATE, clip.audio, phones=phones_of(clip.heard), prosody=prosody, horizon=1e9)
        lips = lips_heard(way)
        list(lips.animate([plan]))  # warm
        began = time.process_time()
        list(lips.animate([plan]))
        spent, seconds = spent + time.process_time() - began, seconds + clip.audio.seconds
    return spent / seconds


def rows() -> list[Row]:
    try:
        data = Data().found
    except BadInput as error:
        return [Row(str(error), "not measured")]
    clips = {s: [c for c in data[s].clips if c.confidence is None or c.confidence >= 5] for s in SOURCES}
    truths: dict[str, Mouth] = {}
    for clip in itertools.chain(*clips.values()):
        with suppress(BadInput):  # a face from the side
            truths[clip.id] = mouth_of_clip(clip.path)
    out = []
    for way, name in WAYS.items():
        out += list(heard_rows(way, name, clips, truths))
        spent = cost(way, clips["styletalk"])
        out.append(at_most(f"{name}: CPU for a second of sound", spent, 1 / 15, "s", 3))
    out += phones_rows(clips, truths)
    system = Mien(with_text=False)
    some = list(itertools.chain(*clips.values()))[::2]
    for name, how in CONDITIONS.items():
        found = [
            correlations(mouth_of_motion(system.animate(heard)), heard, truths[clip.id])
            for number, clip in enumerate(some)
            if clip.id in truths
            for heard in [worse(clip, number, some, how)]
        ]
        r = " / ".join(f"{v:.2f}" for v in np.mean(found, axis=0))
        out.append(Row(f"{name}: r of opening / width / rounding, {len(found)} clips", r))
    return out

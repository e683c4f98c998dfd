"""The voice: are phones where they are heard, does emotion move it, are words still understood?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

import mien
from benchmarks.report import Row, at_least, at_most
from mien.core.emotion import EMOTIONS
from mien.core.plan import Speech
from mien.language.prosody import f0_from_audio
from mien.language.recognition import recognised
from mien.media import resample
from mien.performance.verbs import joined
from mien.voices.styling import STYLES

TITLE = "Voice: phone times, emotion, word errors"

SENTENCES = (
    "The museum opens again on Monday morning.",
    "Please bring your umbrella, because it may rain.",
    "My brother painted the kitchen a very bright yellow.",
    "We found a small box under the wooden stairs.",
    "Nobody knew where the old bridge used to be.",
    "She told me that the train would be late.",
    "Every evening he walks along the river with his dog.",
    "I would rather have a cup of tea than coffee.",
)
VOICES = ("af_heart", "am_michael", "bf_emma", "bm_george")
SHARE = 0.6
"""Of a stated factor that must be measured."""


def spoken(voice: str, emotion: str = "neutral", tag: str = "") -> list[Speech]:
    felt = None if emotion == "neutral" else f"{emotion}:1"
    texts = [f"[{tag}]{text}[/{tag}]" if tag else text for text in SENTENCES]
    return [joined(mien.speak(text, voice=voice, emotion=felt)) for text in texts]


def voiced(speeches: Sequence[Speech]) -> float:
    """Share of the sound in which an F0 is found."""
    return float(np.mean(np.concatenate([f0_from_audio(s.audio) > 0 for s in speeches])))


def start_errors(voice: str) -> np.ndarray:
    """Seconds between a phone's start as handed on and as pocketsphinx aligns it, where both name the same phones."""
    from mien.aligners.pocketsphinx import PocketSphinx

    errors = []
    for text, speech in zip(SENTENCES, spoken(voice), strict=True):
        sound = list(resample([speech.audio], 16000))
        heard = [p for s in PocketSphinx().align(iter(sound), text) for p in s.phones]
        for phone in speech.phones:
            apart = [abs(h.start - phone.start) for h in heard if h.value.symbol == phone.value.symbol]
            if apart and min(apart) < 0.15:
                errors.append(min(apart))
    return np.array(errors)


def measures(speeches: Sequence[Speech]) -> dict[str, float]:
    """F0 median (Hz) and range (octaves between the 10th and 90th percentile), phones a second, level (dB)."""
    pitch, voiced_level, phones, seconds = [], [], 0, 0.0
    for speech in speeches:
        f0 = f0_from_audio(speech.audio)
        hz = np.asarray(f0[0] if isinstance(f0, tuple) else f0)
        pitch.append(hz[hz > 0])
        samples = speech.audio.values
        voiced_level.append(float(np.mean(samples[np.abs(samples) > 1e-4] ** 2)))
        phones += len(speech.phones)
        seconds += sum(p.stop - p.start for p in speech.phones)
    octaves = np.log2(np.concatenate(pitch))
    low, middle, high = np.percentile(octaves, [10, 50, 90])
    return {
        "pitch": 2.0 ** float(middle),
        "range": float(high - low),
        "tempo": phones / seconds,
        "energy": 10 * float(np.log10(np.mean(voiced_level))),
    }


def shifts(emotion: str, neutral: dict[str, float], felt: dict[str, float]) -> list[tuple[str, str, float]]:
    """(name, figure, share of the stated factor) of one emotion; what is hardly meant to move is not judged."""
    style = STYLES[emotion]
    out = []
    for name in ("pitch", "range", "tempo"):
        stated, found = np.log(getattr(style, name)), np.log(felt[name] / neutral[name])
        if abs(stated) > 0.04:
            out.append((name, f"×{np.exp(found):.2f} of ×{np.exp(stated):.2f}", found / stated))
    decibels = felt["energy"] - neutral["energy"]
    if abs(style.energy) > 0.15:
        out.append(("energy", f"{decibels:+.1f} of {8.7 * style.energy:+.1f} dB", decibels / (8.7 * style.energy)))
    return out


def word_errors(speeches: Sequence[Speech]) -> tuple[int, int]:
    """(errors, words) of a recogniser that knows nothing of the voice: Whisper tiny."""
    errors = words = 0
    for text, speech in zip(SENTENCES, speeches, strict=True):
        (sound,) = [np.concatenate([a.values for a in resample([speech.audio], 16000)])]
        said, heard = (re.findall(r"[a-z']+", t.lower()) for t in (text, recognised(sound)))
        errors += distance(said, heard)
        words += len(said)
    return errors, words


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Levenshtein's."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        new = [i]
        for j, (left, right) in enumerate(pairwise(row), 1):
            new.append(min(left + (x != b[j - 1]), right + 1, new[-1] + 1))
        row = new
    return row[-1]


def rows() -> list[Row]:
    out = []
    errors = np.concatenate([start_errors(voice) for voice in VOICES])
    out.append(
        at_most(
            f"phone starts against pocketsphinx, {len(errors)} phones, median",
            float(np.median(errors)) * 1000,
            30,
            "ms",
            0,
        )
    )
    out.append(Row("the same, within 50 ms", f"{np.mean(errors < 0.05):.0%}"))
    base = spoken("af_heart")
    neutral = measures(base)
    for emotion in EMOTIONS:
        speeches = spoken("af_heart", emotion)
        for name, figure, share in shifts(emotion, neutral, measures(speeches)):
            row = at_least(f"{emotion}, {name}: share of its factor", share, SHARE)
            out.append(Row(row.what, f"{row.value} ({figure})", row.wanted, row.ok))
        wrong, words = word_errors(speeches)
        out.append(Row(f"{emotion}: word errors", f"{wrong} of {words}"))
    whispered = spoken("af_heart", tag="whisper")
    out.append(at_most("whispered: share of the sound that is voiced", voiced(whispered), 0.05, ""))
    out.append(Row("the same, not whispered", f"{voiced(base):.2f}"))
    wrong, words = word_errors(whispered)
    out.append(Row("whispered: word errors", f"{wrong} of {words}"))
    wrong, words = word_errors(base)
    out.append(Row("neutral: word errors", f"{wrong} of {words}"))
    return out

"""Is the voice understood, and does it sound as it is told to feel?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from mien.core.emotion import EMOTIONS
from mien.core.plan import Speech
from mien.core.track import Audio
from mien.evaluation.metrics.words import error_rate
from mien.evaluation.rows import Column, Finding, Layout, Row
from mien.evaluation.study import Study, pooled

SUITE = "voice"
LAYOUT = Layout(
    SUITE,
    "Voice",
    "Is the voice understood, and does it sound as it is told to feel? neutral and each emotion at 0.8, "
    "against the same sentences said without feeling.",
    (
        Column("word errors", "word errors", "by pocketsphinx and its own language model: a weak listener that had no "
               "part in the voice; compare lines, not levels", "low"),
        Column("pitch", "F0, semitones", "median F0 against neutral", digits=1),
        Column("range", "F0 range", "10th to 90th percentile, semitones, less neutral's", digits=1),
        Column("level", "level dB", "mean level of speech less neutral's", digits=1),
        Column("rate", "rate", "phones a second over neutral's"),
        Column("as felt", "as felt", "share of these four that shift the way people's voices do", "high"),
    ),
)  # fmt: skip

SENTENCES = (
    "The boat left the harbour before anybody had finished breakfast.",
    "My sister put the yellow flowers on the kitchen table.",
    "We walked along the river until it was too dark to see.",
    "He asked me twice whether the letter had arrived.",
)
FAST_SENTENCES = 1
FAST_EMOTIONS = ("happy", "sad")
INTENSITY = 0.8

SHIFTS: Mapping[str, Mapping[str, int]] = {  # Juslin & Laukka 2003, table 7; Banse & Scherer 1996; Murray & Arnott 1993
    "happy": {"pitch": 1, "range": 1, "level": 1, "rate": 1},
    "sad": {"pitch": -1, "range": -1, "level": -1, "rate": -1},
    "angry": {"pitch": 1, "range": 1, "level": 1, "rate": 1},
    "fear": {"pitch": 1, "range": -1, "rate": 1},
    "disgust": {"pitch": -1, "rate": -1},
    "surprise": {"pitch": 1, "range": 1, "level": 1},
    "contempt": {"pitch": -1, "rate": -1},
}
"""Which way people's voices go; what is not listed goes either way."""

HEARD_AT = 16000


def measure(study: Study) -> Iterator[Finding]:
    """Rows by emotion and sentence: an emotion is a line of the table."""
    rows: list[Row] = []
    for i, sentence in enumerate(SENTENCES[:FAST_SENTENCES] if study.fast else SENTENCES):
        plain = said(sentence, "neutral")
        neutral = measures(plain)
        clip = f"kokoro/sentence {i + 1}"
        rows.append(Row(SUITE, "mien, neutral", clip, "word errors", word_errors(sentence, plain)))
        for emotion in FAST_EMOTIONS if study.fast else EMOTIONS:
            speech = said(sentence, f"{emotion}:{INTENSITY}")
            shifts = {name: value - neutral[name] for name, value in measures(speech).items()}
            wanted = SHIFTS[emotion]
            figures = {
                "word errors": word_errors(sentence, speech),
                **shifts,
                "rate": float(np.exp(shifts["rate"])),
                "as felt": float(np.mean([shifts[name] * sign > 0 for name, sign in wanted.items()])),
            }
            rows += [Row(SUITE, f"mien, {emotion}", clip, name, value) for name, value in figures.items()]
    yield from rows
    yield from pooled(rows, study.seed)


def said(text: str, emotion: str) -> Speech:
    from mien.performance.verbs import joined, speak

    return joined(speak(text, emotion=emotion))


def measures(speech: Speech) -> dict[str, float]:
    """Median F0 and its range in semitones, level in dB, logarithm of the phones a second."""
    from mien.language.prosody import f0_from_audio

    hertz = f0_from_audio(speech.audio)
    pitch = 12 * np.log2(hertz[hertz > 0])
    spoken = np.zeros(len(speech.audio), bool)
    rate = float(speech.audio.rate)
    for phone in speech.phones:
        spoken[int(phone.start * rate) : int(phone.stop * rate)] = True
    seconds = sum(phone.stop - phone.start for phone in speech.phones)
    return {
        "pitch": float(np.median(pitch)),
        "range": float(np.subtract(*np.percentile(pitch, [90, 10]))),
        "level": float(10 * np.log10(np.square(speech.audio.values[spoken], dtype=np.float64).mean() + 1e-12)),
        "rate": float(np.log(len(speech.phones) / seconds)),
    }


@cache
def _listener() -> Any:
    import pocketsphinx

    return pocketsphinx.Decoder(samprate=HEARD_AT, logfn=os.devnull)


def word_errors(text: str, speech: Speech) -> float:
    """Share of words that the listener gets wrong."""
    return error_rate(words_of(text), recognised(speech.audio))


def recognised(audio: Audio) -> list[str]:
    from mien.media.sound import resample

    values = np.concatenate([piece.values for piece in resample([audio], HEARD_AT)])
    decoder = _listener()
    decoder.start_utt()
    decoder.process_raw((np.clip(values, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    heard = decoder.hyp()
    return words_of(heard.hypstr) if heard else []


def words_of(text: str) -> list[str]:
    """A text's words in small letters, without marks.

    >>> words_of("It's dark, too.")
    ["it's", 'dark', 'too']
    """
    return "".join(c if c.isalpha() or c == "'" else " " for c in text.lower()).split()

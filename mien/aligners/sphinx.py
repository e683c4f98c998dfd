"""The CMU Sphinx acoustic model (American English, 16 kHz): lays known words on a stretch of sound.

Two passes: the first finds which words, and how they are pronounced, the second their phones. About
0.03 CPU-seconds per second of sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mien.aligners.stretches import ANALYSIS_RATE
from mien.core.phones import IPA_FROM_ARPABET
from mien.core.plan import Span
from mien.core.track import Floats

FRAME = 0.01
"""Seconds per frame of the model."""

MARGIN = 0.3
"""Seconds of near silence laid around a stretch, so that a first or last word cut short still finds its end."""

TRULY_SILENT = -20.0
"""Score a frame above which silence is believed; it then says nothing about how well the words fit."""


@dataclass(frozen=True)
class Fit:
    """Words laid on a stretch. words : phones of each, seconds; score : mean a frame, 0 perfect; frames : not silent"""

    words: tuple[tuple[Span[str], ...], ...]
    score: float
    frames: int


class Sphinx:
    """pronounce : ARPAbet for a word that is not in the dictionary (CMUdict)"""

    def __init__(self, pronounce: Callable[[str], Sequence[str]]) -> None:
        import pocketsphinx

        # Batch normalisation makes a stretch independent of those before it. The beams are wide
        # because an alignment that fails costs the user the whole file. The best-path search must be
        # off: it shortens words below what their phones can take, and the second pass then fails.
        beams = dict.fromkeys(("beam", "wbeam", "pbeam", "lpbeam", "lponlybeam"), 1e-120)
        self._decoder: Any = pocketsphinx.Decoder(
            lm=None, cmn="batch", bestpath=False, fillprob=1e-60, loglevel="FATAL", **beams
        )
        self._pronounce = pronounce
        self._margin = np.random.default_rng(0).normal(0, 1e-4, round(MARGIN * ANALYSIS_RATE))

    def align(self, samples: Floats, words: Sequence[str], *, whole: bool) -> Fit | None:
        """Where the words lie; None where no path leads through them.

        samples : (n,) at 16 kHz
        whole   : every word is said in this stretch; else as many of the first ones as fit
        """
        if not words:
            return Fit((), 0.0, 0)
        for word in words:
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, " ".join(self._pronounce(word)) or "AH")
        padded = np.concatenate([self._margin, np.clip(samples, -1, 1), self._margin])
        raw = np.round(padded * 32767).astype("<i2").tobytes()
        try:
            self._find_words(raw, words, whole)
            self._decoder.set_alignment()
            self._listen(raw)
        except RuntimeError:
            return None
        return _fit(self._decoder.get_alignment(), len(samples) / ANALYSIS_RATE)

    def _find_words(self, raw: bytes, words: Sequence[str], whole: bool) -> None:
        """First pass: the words follow each other and, if not ``whole``, may end anywhere in silence."""
        last = len(words)
        steps: list[tuple[Any, ...]] = [(i, i + 1, 1.0, word) for i, word in enumerate(words)]
        if not whole:
            steps += [(i, last, 1.0, "<sil>") for i in range(last)]
        self._decoder.add_fsg("text", self._decoder.create_fsg("text", 0, last, steps))
        self._decoder.activate_search("text")
        self._listen(raw)

    def _listen(self, raw: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(raw, full_utt=True)
        self._decoder.end_utt()


def _fit(alignment: Any, seconds: float) -> Fit:
    """The score is the worse of two means: of the words, which another text does not fit, and of the whole stretch
    but its true silences, which a text with words missing does not fit."""
    words: list[tuple[Span[str], ...]] = []
    said, heard = np.zeros(2), np.zeros(2)  # score, frames
    for word in alignment:
        cost = np.array([word.score, word.duration])
        if word.name[0] not in "<[(":
            words.append(tuple(_span(phone, seconds) for phone in word))
            said += cost
            heard += cost
        elif word.score < TRULY_SILENT * word.duration:
            heard += cost
    score = min(said[0] / max(said[1], 1), heard[0] / max(heard[1], 1))
    return Fit(tuple(words), float(score), int(heard[1]))


def _span(phone: Any, seconds: float) -> Span[str]:
    start = min(max(0.0, phone.start * FRAME - MARGIN), seconds)
    stop = min(max(start, (phone.start + phone.duration) * FRAME - MARGIN), seconds)
    return Span(start, stop, IPA_FROM_ARPABET[phone.name])

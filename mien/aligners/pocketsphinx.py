"""Recorded English speech with its text: when each word and phone is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mien.aligners.sphinx import Fit, Sphinx
from mien.aligners.stretches import analysis_samples, stretches
from mien.core.errors import BadInput, WrongUse
from mien.core.phones import VOWELS, arpabet_from_ipa
from mien.core.plan import Phone, Span, Speech
from mien.core.track import Audio
from mien.language.g2p import phonemes
from mien.language.normalise import normalise
from mien.language.prosody import prosody_from_audio

T = TypeVar("T")
Phones = tuple[Span[Phone], ...]

FASTEST = 6.0
"""Words a second that nobody exceeds for long: how much of the text is offered to a stretch."""

POOREST = -36.0
"""Mean acoustic score a frame below which a text does not fit its sound. 62 captured and generated clips score
-11 .. -36 with their own text (below -30 only songs and misheard texts); with another clip's text 96 % of them score
less or cannot be aligned at all. What slips through is five words laid on five seconds of song or noise."""

BESIDE = 0.1
"""Seconds around a word that count as said with it."""

LEAST_SAID = 0.4
"""Share of the voiced sound that must lie in words; a text far too short leaves most of it outside."""


class PocketSphinx:
    """Aligner: speech at any rate from 8 kHz, with the words that are said in it."""

    def __init__(self) -> None:
        self._sphinx = Sphinx(_pronounced)

    def align(self, sound: Iterable[Audio], text: str | None = None) -> Iterator[Speech]:
        """One Speech per stretch of at most twenty seconds; together they are the whole sound.

        Errors: WrongUse without a text; BadInput when the text has no words or does not fit the sound.
        """
        if text is None:
            raise WrongUse("the pocketsphinx aligner needs the text of the speech: give it, or use the hama aligner")
        words = [(word.shown, i, _key(spoken)) for i, word in enumerate(normalise(text)) for spoken in word.spoken]
        done, score, frames, voice = 0, 0.0, 0, np.zeros(2)
        for audio, last in _with_last(stretches(sound)):
            left = words[done:] if last else words[done : done + int(FASTEST * audio.seconds) + 5]
            fit = self._sphinx.align(analysis_samples(audio), [key for _, _, key in left], whole=last)
            score += fit.score * fit.frames if fit else 0
            frames += fit.frames if fit else 0
            if fit is None or score < POOREST * frames:
                raise _misfit(f"from {float(audio.start / audio.rate):.0f} s on it should say “{_beginning(left)} …”")
            said = left[: len(fit.words)]
            done += len(said)
            speech = _speech(audio.at(0), said, fit)
            voice += _voice(speech)
            if last and voice[0] < LEAST_SAID * voice[1]:
                raise _misfit(f"its words cover {voice[0] / voice[1]:.0%} of what is voiced")
            yield speech


def _misfit(why: str) -> BadInput:
    return BadInput(
        f"the text does not fit the sound: {why}; give the words that are said, or no text to go by the sound alone"
    )


def _beginning(words: Sequence[tuple[str, int, str]]) -> str:
    """The first few words as written."""
    return " ".join(text for text, _ in groupby(text for text, _, _ in words[:6]))


def _voice(speech: Speech) -> npt.NDArray[np.float64]:
    """(2,) seconds voiced in or beside words, and seconds voiced altogether."""
    voiced = (speech.prosody.voicing > 0.5) & (speech.prosody.loudness > 0.2)
    times = speech.prosody.times[voiced]
    inside = np.zeros(len(times), bool)
    for word in speech.words:
        inside |= (times > word.start - BESIDE) & (times < word.stop + BESIDE)
    return np.array([inside.sum(), len(times)]) / float(speech.prosody.rate)


def _speech(audio: Audio, said: Sequence[tuple[str, int, str]], fit: Fit) -> Speech:
    words: list[Span[str]] = []
    phones: list[Span[Phone]] = []
    for (text, _), group in groupby(zip(said, fit.words, strict=True), lambda pair: pair[0][:2]):
        spans = [span for (_, _, key), found in group for span in _stressed(key, found)]
        if spans:
            words.append(Span(spans[0].start, spans[-1].stop, text))
            phones += spans
    return Speech(audio, words=tuple(words), phones=tuple(phones), prosody=prosody_from_audio(audio))


def _stressed(word: str, found: Sequence[Span[str]]) -> Phones:
    """The phones found for a word as far as the sound goes, its vowels stressed as the voices' dictionary says."""
    stresses = iter([p.stress for p in phonemes(word) if p.symbol in VOWELS])
    return tuple(
        Span(span.start, span.stop, Phone(span.value, next(stresses, 0) if span.value in VOWELS else 0))
        for span in found
        if span.stop > span.start
    )


def _key(spoken: str) -> str:
    """What a spoken word is called in the dictionary; a capital alone is a letter's name."""
    return spoken if len(spoken) == 1 and spoken != "I" else spoken.lower()


def _pronounced(word: str) -> list[str]:
    return [name for phone in phonemes(word) if (name := arpabet_from_ipa(phone.symbol))]


def _with_last(items: Iterable[T]) -> Iterator[tuple[T, bool]]:
    """Each item, and whether it is the last."""
    stream = iter(items)
    for held in stream:
        for item in stream:
            yield held, False
            held = item
        yield held, True

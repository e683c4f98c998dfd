"""Recorded speech without a text: which phones are heard, and when.

hama (CTC, IPA) hears the phones but places them late and as bare moments; the Sphinx acoustic model
is then given them as if they were the text and finds their beginnings and ends. Median start
error against an alignment with the true text: hama alone 20 ms and late at p, b, m; so refined 0 ms,
nine in ten within 30 ms (docs/numbers.md). About 0.08 CPU-seconds per second of sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from mien.aligners.sphinx import Sphinx
from mien.aligners.stretches import ANALYSIS_RATE, analysis_samples, stretches
from mien.core.errors import WrongUse
from mien.core.phones import VOWELS, arpabet_from_ipa, nearest
from mien.core.plan import Phone, Prosody, Span, Speech
from mien.core.track import Audio, Floats, frame_at
from mien.language.prosody import prosody_from_audio

HOP = 0.02
"""Seconds per frame of hama."""

LATE = 0.06
"""Seconds by which hama names a phone after it began; only used where the refinement finds no path."""

LONGEST = 0.25
"""Seconds a phone can last where only its beginning is known."""

PROMINENT = 0.6
"""How far a vowel must stand out in loudness, pitch and length, standard deviations, to count as stressed."""

Heard = tuple[tuple[float, str], ...]


class Hama:
    """Aligner: speech at any rate from 8 kHz whose words are not known. It hands on phones and no words."""

    def __init__(self) -> None:
        import hama

        self._model = hama.ASRModel()
        self._sphinx = Sphinx(lambda name: name.split(".")[1:])

    def align(self, sound: Iterable[Audio], text: str | None = None) -> Iterator[Speech]:
        """One Speech per stretch of at most twenty seconds; together they are the whole sound.

        Errors: WrongUse with a text, which it cannot follow.
        """
        if text is not None:
            raise WrongUse("the hama aligner goes by the sound alone: leave out the text, or use pocketsphinx")
        for stretch in stretches(sound):
            audio = stretch.at(0)
            prosody = prosody_from_audio(audio)
            phones = self._placed(analysis_samples(audio)) if prosody.loudness.any() else ()
            yield Speech(audio, phones=_stressed(phones, prosody), prosody=prosody)

    def _placed(self, samples: Floats) -> tuple[Span[str], ...]:
        words = self._heard(samples)
        names = [".".join(["heard", *(arpabet_from_ipa(s) or "" for _, s in word)]) for word in words]
        fit = self._sphinx.align(samples, names, whole=True)
        if fit is None:
            return _roughly([phone for word in words for phone in word])
        return tuple(  # as far as the sound goes
            Span(span.start, span.stop, symbol)
            for word, spans in zip(words, fit.words, strict=True)
            for (_, symbol), span in zip(word, spans, strict=True)
            if span.stop > span.start
        )

    def _heard(self, samples: Floats) -> list[Heard]:
        """The words heard, each its phones with the moment they were noticed."""
        words: list[list[tuple[float, str]]] = [[]]
        before = -1
        for frame, token in enumerate(self._model(samples, ANALYSIS_RATE).frame_token_ids):
            if token in (before, self._model.blank_id):
                before = token
                continue
            before = token
            name = self._model.decoder_tokens[token]
            if name == "<wb>":
                words.append([])
            elif not name.startswith("<") and (symbol := nearest(name)):
                words[-1].append((frame * HOP, symbol))
        return [tuple(word) for word in words if word]


def _roughly(heard: Sequence[tuple[float, str]]) -> tuple[Span[str], ...]:
    """Phones from the moments they were noticed: each lasts until the next."""
    starts = [max(0.0, moment - LATE) for moment, _ in heard]
    stops = [*starts[1:], float("inf")]
    return tuple(Span(a, min(b, a + LONGEST), symbol) for a, b, (_, symbol) in zip(starts, stops, heard, strict=True))


def _stressed(phones: Sequence[Span[str]], prosody: Prosody) -> tuple[Span[Phone], ...]:
    """Vowels that stand out from the other vowels of the stretch carry stress 1."""
    features = np.array([_prominence(p, prosody) for p in phones if p.value in VOWELS]).reshape(-1, 3)
    scores = ((features - features.mean(0)) / (features.std(0) + 1e-6)).mean(1) if len(features) else features
    stress = iter((scores > PROMINENT).astype(int).tolist())
    return tuple(Span(p.start, p.stop, Phone(p.value, next(stress) if p.value in VOWELS else 0)) for p in phones)


def _prominence(phone: Span[str], prosody: Prosody) -> tuple[float, float, float]:
    """Loudness 0..1, pitch in semitones, log of seconds."""
    a = frame_at(phone.start, prosody.rate)
    b = max(a + 1, frame_at(phone.stop, prosody.rate))
    part = prosody.values[a:b]
    if not len(part):
        return 0.0, 0.0, float(np.log(0.05))
    return float(part[:, 0].mean()), float(part[:, 1].max()), float(np.log(max(phone.stop - phone.start, 0.03)))

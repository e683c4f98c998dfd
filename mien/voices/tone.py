"""The voice Tone: a buzz for every vowel and a hiss for every fricative, without any model data.

It pronounces by a few rules of spelling, takes the durations of a table and says everything else that
a voice says about its speech: a yardstick for the stages behind it and a double in tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import numpy as np

from mien.core.chance import rng
from mien.core.errors import WrongUse, unknown
from mien.core.phones import VOWELS
from mien.core.plan import PROSODY_RATE, Phone, Prosody, Span, Speech, Utterance
from mien.core.track import Audio, Floats, sample_at
from mien.language.g2p import MARKS
from mien.language.prosody import loudness_from_audio
from mien.voices.clauses import PAUSES
from mien.voices.spans import (
    Part,
    cues_of,
    emotion_at,
    emotion_spans,
    pause_after,
    silence,
    spoken_parts,
    styles_of,
    word_spans,
)  # fmt: skip
from mien.voices.styling import Style
from mien.voices.timing import Script, Times, script_of, words_of

RATE = Fraction(24_000)
LEAD, TAIL = 0.30, 0.08
MEDIAN_HZ = 140.0
DECLINATION = 0.85
"""Factor on F0 from the beginning to the end of a clause: speech falls (Cohen & 't Hart 1967)."""

# Spelling to phonemes in misaki's alphabet, the longest first. Crude on purpose.
LETTERS = {
    "tion": "ʃən", "igh": "I", "tch": "ʧ", "sh": "ʃ", "ch": "ʧ", "th": "ð", "ph": "f", "wh": "w", "ng": "ŋ",
    "ck": "k", "qu": "kw", "kn": "n", "wr": "ɹ", "ee": "i", "ea": "i", "oo": "u", "ou": "W", "ow": "O", "ai": "A",
    "ay": "A", "oa": "O", "oi": "Y", "oy": "Y", "au": "ɔ", "aw": "ɔ", "er": "əɹ", "ar": "ɑɹ", "or": "ɔɹ", "a": "æ",
    "b": "b", "c": "k", "d": "d", "e": "ɛ", "f": "f", "g": "ɡ", "h": "h", "i": "ɪ", "j": "ʤ", "k": "k", "l": "l",
    "m": "m", "n": "n", "o": "ɑ", "p": "p", "q": "k", "r": "ɹ", "s": "s", "t": "t", "u": "ʌ", "v": "v", "w": "w",
    "x": "ks", "y": "i", "z": "z",
}  # fmt: skip

# Seconds: means of read speech, rounded (Crystal & House 1988).
LONG_VOWELS, LONG, SHORT = frozenset("i u ɑ ɔ ɝ eɪ aɪ oʊ aʊ ɔɪ".split()), 0.13, 0.09
STOPS, STOP, CONSONANT = frozenset("p b t d k ɡ ɾ".split()), 0.07, 0.08

HISSING = frozenset("s z ʃ ʒ f v θ ð h tʃ dʒ".split())
LEVELS = {"vowel": 0.2, "hiss": 0.06, "stop": 0.0, "other": 0.12}
"""Amplitudes: a stop is silent until it opens into what follows."""


class Tone:
    """voice : "tone"; speed : factor on the speaking rate; seed : of the hiss"""

    def __init__(self, voice: str = "tone", *, speed: float = 1.0, seed: int = 0) -> None:
        if voice not in self.voices():
            raise unknown("voice", voice, self.voices())
        if not 0.5 <= speed <= 2.0:
            raise WrongUse(f"speed must be in 0.5..2, got {speed:g}")
        self.voice, self.speed, self.seed = voice, float(speed), seed

    @staticmethod
    def voices() -> dict[str, str]:
        """The one voice there is."""
        return {"tone": "a buzz with the timing of speech, for tests: needs no model"}

    def speak(self, utterances: Iterable[Utterance]) -> Iterator[Speech]:
        """One Speech per clause. Errors: BadInput for a text with nothing to say or in another script."""
        for utterance in utterances:
            silent, parts = spoken_parts(utterance, spelt)
            if silent:
                yield silence(utterance, silent, RATE)
            for part in parts:
                yield self._spoken(part)

    def _spoken(self, part: Part) -> Speech:
        clause, utterance = part.clause, part.utterance
        script = script_of(clause)
        feelings = [emotion_at(utterance, s.word) for s in clause.said]
        styles = styles_of(part, feelings)
        times = _times(script, styles, self.speed)
        hz = _melody(script, styles, times)
        audio = Audio(_buzz(times, hz, styles, script, self.seed), RATE)
        pause = clause.pause if clause.is_exact else clause.pause * styles[-1].pause / (self.speed * styles[-1].tempo)
        after = max(0.0, pause - TAIL - LEAD)
        cues = cues_of(part, times, True, audio.seconds + after)
        return Speech(
            audio,
            words=word_spans(clause, times),
            phones=times.phones,
            prosody=_prosody(audio, hz),
            emotion=emotion_spans(feelings, [start for _, start, _ in times.words], audio.seconds),
            cues=cues,
            utterance=utterance,
            pause=pause_after(clause, cues, audio.seconds, after),
        )


def spelt(spoken: Sequence[str]) -> list[str]:
    """Phonemes by rules of spelling, the first vowel stressed.

    >>> spelt(["teaching", "."])
    ['tˈiʧɪŋ', '.']
    """
    return [word if word in MARKS else word.strip("/") if word[0] == "/" else _spelt(word.lower()) for word in spoken]


def _spelt(word: str) -> str:
    silent_e = len(word) > 3 and word.endswith("e") and word[-2] not in "aeiouy"
    rest, letters = word[:-1] if silent_e else word, ""
    while rest:
        size = next((n for n in (4, 3, 2, 1) if rest[:n] in LETTERS), 0)
        letters += LETTERS.get(rest[:size], "")
        rest = rest[max(size, 1) :]
    first = next((i for i, c in enumerate(letters) if c in "AIOWYiuæɑɔəɛɪʌ"), None)
    return (letters if first is None else letters[:first] + "ˈ" + letters[first:]) or "ə"


def _times(script: Script, styles: Sequence[Style], speed: float) -> Times:
    at = LEAD
    phones: list[Span[Phone]] = []
    end = 0
    for phone, first, stop, word in script.phones:
        marks = set(script.letters[end : first - 1]) if phones else set()
        at += max((PAUSES.get(m, 0.0) for m in marks), default=0.0) / speed
        long = _duration(phone) / (speed * styles[word].tempo)
        phones.append(Span(at, at + long, phone))
        at, end = at + long, stop - 1
    return Times(tuple(phones), words_of(script, phones), -LEAD, at + TAIL)


def _duration(phone: Phone) -> float:
    if phone.symbol in VOWELS:
        return (LONG if phone.symbol in LONG_VOWELS else SHORT) * (1.2 if phone.stress == 1 else 1.0)
    return STOP if phone.symbol in STOPS else CONSONANT


def _kind(phone: Phone) -> str:
    if phone.symbol in VOWELS:
        return "vowel"
    return "hiss" if phone.symbol in HISSING else "stop" if phone.symbol in STOPS else "other"


def _melody(script: Script, styles: Sequence[Style], times: Times) -> Floats:
    """F0 of each hundredth of a second, Hz, 0 where nothing sounds or it hisses."""
    hz = np.zeros(round(times.stop * 100), np.float32)
    for span, (phone, _, _, word) in zip(times.phones, script.phones, strict=True):
        if _kind(phone) in ("vowel", "other") and not styles[word].whisper:
            style, done = styles[word], span.start / times.stop
            accent = 1 + 0.12 * style.range * (phone.stress == 1)
            hz[round(span.start * 100) : round(span.stop * 100)] = MEDIAN_HZ * style.pitch * accent * DECLINATION**done
    return hz


def _buzz(times: Times, hz: Floats, styles: Sequence[Style], script: Script, seed: int) -> Floats:
    """(stop * 24000,) eight harmonics of F0, or noise, as loud as the phones are."""
    rate = int(RATE)
    level, hiss = np.zeros(round(times.stop * rate), np.float32), np.zeros(round(times.stop * rate), np.float32)
    for span, (phone, _, _, word) in zip(times.phones, script.phones, strict=True):
        here = slice(round(span.start * rate), round(span.stop * rate))
        loud = LEVELS[_kind(phone)] * np.exp(styles[word].energy)
        (hiss if _kind(phone) == "hiss" or styles[word].whisper else level)[here] = loud
    each = np.repeat(hz, rate // 100)
    phase = 2 * np.pi * np.cumsum(np.resize(np.pad(each, (0, rate), mode="edge"), len(level))) / rate
    buzz = sum(np.sin(k * phase) / k for k in range(1, 9)) / 2
    noise = rng(seed, "tone", 0).uniform(-1, 1, len(level))
    soft = np.hanning(481) / np.hanning(481).sum()  # 20 ms: no clicks
    sound = np.convolve(level, soft, "same") * buzz + np.convolve(hiss, soft, "same") * noise
    return np.clip(sound, -1, 1).astype(np.float32)


def _prosody(audio: Audio, hz: Floats) -> Prosody:
    values = np.zeros((sample_at(len(audio), audio.rate, PROSODY_RATE), 3), np.float32)
    values[:, 0] = loudness_from_audio(audio)
    here = np.resize(hz, len(values))
    voiced = here > 0
    values[voiced, 1] = 12 * np.log2(here[voiced] / MEDIAN_HZ)
    values[:, 2] = voiced
    return Prosody(values, PROSODY_RATE)

"""The voice Kokoro: text to speech with phone and word times, and emotion in how it is said.

For each clause the network says first how long each phoneme lasts, then at what pitch and energy, then
how that sounds; emotion edits the first two. So times, pitch and loudness are known exactly, not guessed
from the sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mien.core.chance import rng
from mien.core.emotion import Emotion
from mien.core.errors import WrongUse, unknown
from mien.core.plan import PROSODY_RATE, Prosody, Speech, Utterance
from mien.core.track import Audio, Floats
from mien.language.g2p import pronounce
from mien.language.prosody import loudness_from_audio
from mien.voices import pieces, styling
from mien.voices.clauses import LONG_PAUSE
from mien.voices.kokoro_model import FRAME, SAMPLE_RATE, TOKENS, Contours, Model, part_files, style_of
from mien.voices.kokoro_voices import VOICES, description
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
from mien.voices.timing import Script, Times, script_of, times_of

RATE = Fraction(SAMPLE_RATE)
SLOWEST, FASTEST = 0.5, 2.0

BREATH = 0.34
"""Seconds of silence in which a speaker visibly breathes in before speaking."""

LEAD, TAIL = 0.04, 0.08
"""Seconds of near silence kept before the first and after the last phone: fades of breath and room."""

PAUSE_VARIATION = 0.2
"""Pauses are longer or shorter by up to this share."""

LEVEL = -23.0
"""RMS of every voice while it speaks neutrally, dB full scale: room for the peaks of an angry one."""

KNEE = 0.85
"""Amplitude above which peaks are rounded off, so that none reaches 1."""

FADE = 0.008
"""Seconds over which the sound is faded in and out where it is cut."""

VOICED_ABOVE = 50.0
"""Hz; where the network's F0 rises from 0 to the voice's it is not yet voiced."""

EMOTION_WIDTH = 9
"""Contour values (12.5 ms each) over which a change of emotion inside a clause is spread."""


class Kokoro:
    """Kokoro-82M, 28 English voices, 24 kHz.

    voice : one of ``Kokoro.voices()``
    speed : factor on the speaking rate, 0.5 to 2
    seed  : of the small variation of pauses
    threads : processor threads the network uses
    soon  : hand an utterance's first clause on in pieces, the first of them after half a second's worth of work;
            otherwise clause by clause, which is a little better at the seams
    """

    def __init__(
        self, voice: str = "af_heart", *, speed: float = 1.0, seed: int = 0, threads: int = 1, soon: bool = False
    ) -> None:
        if voice not in VOICES:
            raise unknown("voice", voice, VOICES)
        if not SLOWEST <= speed <= FASTEST:
            raise WrongUse(f"speed must be in {SLOWEST:g}..{FASTEST:g}, got {speed:g}")
        self.voice, self.speed, self.seed, self.threads, self.soon = voice, float(speed), seed, threads, soon

    @staticmethod
    def voices() -> dict[str, str]:
        """Every voice and who it sounds like."""
        return {name: description(name) for name in VOICES}

    @property
    def accent(self) -> str:
        return "gb" if self.voice.startswith("b") else "us"

    @property
    def _model(self) -> Model:
        return shared_model(self.threads)

    def _pronounce(self, spoken: Sequence[str]) -> list[str]:
        return pronounce(spoken, self.accent)

    def speak(self, utterances: Iterable[Utterance]) -> Iterator[Speech]:
        """One Speech per clause, as soon as it is spoken; of the first clause several, if it is to be ``soon``.

        Errors: BadInput for a text with nothing to say or in another script; MissingWeights.
        """
        event = 0
        breathes = True
        for utterance in utterances:
            silent, parts = spoken_parts(utterance, self._pronounce, accent=self.accent)
            if silent:
                yield silence(utterance, silent, RATE)
            for part in parts:
                wobble = PAUSE_VARIATION * rng(self.seed, "pauses", event).uniform(-1, 1)
                yield from self._spoken(part, 1 + wobble, part.clause.is_first or breathes)
                breathes = part.clause.pause >= LONG_PAUSE
                event += 1

    def _spoken(self, part: Part, wobble: float, breathes: bool) -> Iterator[Speech]:
        """wobble : factor on the pause after it, unless that was asked for"""
        clause, read = part.clause, self._read(part)
        lead = BREATH if breathes else LEAD
        next_lead = BREATH if clause.pause >= LONG_PAUSE else LEAD
        last = read.styles[-1]
        pause = clause.pause * (1.0 if clause.is_exact else wobble * last.pause / (self.speed * last.tempo))
        after = max(0.0, pause - TAIL - next_lead)

        def speech(samples: Floats) -> Speech:
            times = times_of(read.script, read.frames, samples, lead, TAIL)
            audio = Audio(_levelled(_cut(samples, times), LEVEL - VOICES[self.voice].level), RATE)
            cues = cues_of(part, times, breathes, audio.seconds + after)
            return Speech(
                audio,
                words=word_spans(clause, times),
                phones=times.phones,
                prosody=_prosody(audio, read.hz, times, VOICES[self.voice].median_hz),
                emotion=emotion_spans(read.feelings, [start for _, start, _ in times.words], audio.seconds),
                cues=cues,
                utterance=part.utterance,
                pause=pause_after(clause, cues, audio.seconds, after),
            )

        if not (self.soon and clause.is_first):
            yield speech(read.finished(self._model.sound(read.tokens, read.voice, read.contours)))
            return
        silent = times_of(read.script, read.frames, np.zeros(FRAME, np.float32), lead, TAIL)
        windows = pieces.Windows(self._model, read.tokens, read.voice, read.contours, read.foreseen)
        for start, stop in pairwise(pieces.cuts(silent)):
            is_end = stop == silent.stop
            decoded = windows.upto(windows.seconds if is_end else stop + silent.cut_at + 0.01)
            whole = speech(read.finished(decoded))
            yield pieces.piece(whole, start, whole.seconds if is_end else stop)

    def _read(self, part: Part) -> _Read:
        """Everything about a clause but its sound."""
        clause, utterance = part.clause, part.utterance
        script = script_of(clause)
        feelings = [emotion_at(utterance, s.word) for s in clause.said]
        styles = styles_of(part, feelings)
        tokens = np.array([0, *(TOKENS[c] for c in script.letters), 0], np.int64)
        voice = style_of(self.voice, len(script.letters))
        of_token = [styles[max(0, min(i, len(styles) - 1))] for i in script.owner]
        tempo = np.array([s.tempo for s in of_token], np.float32) * self.speed
        tempo[[0, -1]] = 1.0  # the pads: in a shorter run-up the network swallows the first word
        durations, features = self._model.durations(tokens, voice)
        frames = styling.paced(durations, tempo)
        curves = _Curves(frames, of_token)
        contours = _styled(self._model.contours(frames, features, voice), curves)
        return _Read(script, feelings, styles, tokens, voice, frames, contours, curves)


@dataclass(frozen=True, eq=False)
class _Read:
    """A clause before it sounds. feelings, styles : one for each word; frames : (tokens,) how long each lasts"""

    script: Script
    feelings: Sequence[Emotion]
    styles: Sequence[styling.Style]
    tokens: npt.NDArray[np.int64]
    voice: Floats
    frames: Floats
    contours: Contours
    curves: _Curves

    @property
    def foreseen(self) -> Floats:
        """(2 frames,) the energy that the network's level follows: what was added to it is normalised away, what was
        taken from it is not (measured: within 3 dB of the whole in anger and sadness alike)."""
        return np.asarray(self.contours.energy - np.maximum(self.curves.of("energy"), 0), np.float32)

    @property
    def hz(self) -> Floats:
        """(2 frames,) F0; 0 where somebody whispers."""
        return np.where(self.curves.of("whisper") > 0.5, 0.0, self.contours.pitch).astype(np.float32)

    def finished(self, sound: Floats) -> Floats:
        """The network's sound as loud, as bright and with as much voice as is asked for. sound : (600 * frames,)"""
        sound = styling.gained(sound, self.curves.of("energy"))
        return styling.whispered(styling.brightened(sound, self.curves.of("bright")), self.curves.of("whisper"))


@cache
def shared_model(threads: int) -> Model:
    """The network, once for all voices: it takes 370 MB. It may be run from several threads at a time."""
    from mien.core.weights import cache_folder

    return Model(part_files(cache_folder()), threads=threads)


class _Curves:
    """Styles of tokens as curves over a clause. frames : (tokens,); of_token : one each"""

    def __init__(self, frames: Floats, of_token: Sequence[styling.Style]) -> None:
        self._repeat = (2 * frames).astype(int)
        self._styles = of_token

    def of(self, name: str) -> Floats:
        """(2 frames,) one of a style's numbers, 80 values a second."""
        values = np.array([getattr(s, name) for s in self._styles], np.float64)
        return styling.smoothed(np.repeat(values, self._repeat), EMOTION_WIDTH)


def _styled(contours: Contours, curves: _Curves) -> Contours:
    """Pitch and energy with each token's style."""
    voiced = contours.pitch[contours.pitch > styling.UNVOICED_BELOW]
    median = float(np.median(voiced)) if len(voiced) else 1.0
    pitch = styling.repitched(contours.pitch, curves.of("pitch"), curves.of("range"), median)
    return Contours(pitch, styling.energised(contours.energy, curves.of("energy")), contours.alignment)


def _cut(samples: Floats, times: Times) -> Floats:
    """The clause's share of the network's sound, faded at both ends. Returns (stop * 24000,)"""
    size, first = round(times.stop * SAMPLE_RATE), round(times.cut_at * SAMPLE_RATE)
    voice_begins = round((times.phones[0].start - LEAD) * SAMPLE_RATE)  # what is before is breath: silence
    out = np.zeros(size, np.float32)
    a, b = max(voice_begins, -first, 0), min(size, len(samples) - first)
    out[a:b] = samples[first + a : first + b]
    ramp = np.linspace(0.0, 1.0, round(FADE * SAMPLE_RATE), dtype=np.float32)
    out[a : a + len(ramp)] *= ramp[: max(0, size - a)]
    out[b - len(ramp) : b] *= ramp[::-1]
    return out


def _levelled(sound: Floats, decibels: float) -> Floats:
    """Louder by so much, with peaks rounded off above the knee."""
    louder = sound * np.float32(10 ** (decibels / 20))
    over = np.maximum(np.abs(louder) - KNEE, 0.0)
    rounded = KNEE + (1 - KNEE) * np.tanh(over / (1 - KNEE))
    return np.asarray(np.where(over > 0, np.sign(louder) * rounded, louder), np.float32)


def _prosody(audio: Audio, hz: Floats, times: Times, median: float) -> Prosody:
    """As language/prosody.py defines it, the pitch being the network's own.

    hz : (2 frames,) of the network's sound, 80 values a second; it does not lag as the durations do
    (within 0.3 semitones of the F0 measured in the sound at lag 0, more at any other)
    """
    loudness = loudness_from_audio(audio)
    when = (np.arange(len(loudness)) + 0.5) / float(PROSODY_RATE) + times.cut_at
    index = np.floor(when * (2 * SAMPLE_RATE / FRAME)).astype(int)
    inside = (index >= 0) & (index < len(hz))
    here = np.where(inside, hz[np.clip(index, 0, len(hz) - 1)], 0.0)
    voiced = (here > VOICED_ABOVE) & (loudness > 0)
    values = np.zeros((len(loudness), 3), np.float32)
    values[:, 0] = loudness
    values[voiced, 1] = 12 * np.log2(here[voiced] / median)
    values[:, 2] = np.convolve(voiced, [0.25, 0.5, 0.25], "same")
    return Prosody(values, PROSODY_RATE)

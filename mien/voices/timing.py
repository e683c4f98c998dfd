"""When each phone and word of a clause is spoken, from how long the network makes each token last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mien.core.plan import Phone, Span
from mien.core.track import Floats
from mien.language.g2p import placed_phones
from mien.voices.clauses import Clause
from mien.voices.kokoro_model import FRAME, SAMPLE_RATE

# Seconds by which the network's durations run late against the sound, by the phone that begins: medians against
# pocketsphinx's alignment over 40 sentences of four voices (two American, two British), rounded.
LAGS = {
    0.045: "ʌ ʊ ɝ ɜ eɪ",
    0.050: "ɔ aɪ oʊ u ə ɒ ɪ ɛ əʊ ɑ aʊ ɔɪ",
    0.060: "i d t h ɹ z n v",
    0.070: "æ w ð j ɾ",
    0.080: "p k ɡ b l m",
    0.090: "dʒ ʒ",
    0.100: "θ s tʃ ŋ f ʃ",
}
LAG_OF = {symbol: lag for lag, symbols in LAGS.items() for symbol in symbols.split()}
LAG = 0.06
"""Of all other phones and of ends."""

PAUSING = frozenset(",;:.?!…—")
"""Marks at which the voice may fall silent."""

QUIET = 0.01
"""RMS, of the clause's loudest hundredth of a second, below which the voice is silent (-40 dB)."""

SHORTEST_PAUSE = 0.05
SHORTEST_GAP = 0.11
"""Seconds of silence, at a mark and between other words, below which the phone before it is held: the
closure of a stop is as silent, but shorter."""

SHORTEST = 0.015
"""Seconds a phone is given at least when its neighbour's lag eats into it."""


@dataclass(frozen=True, slots=True)
class Script:
    """A clause as the network reads it.

    letters : one token each
    owner   : (len(letters) + 2,) the written word each token belongs to, pads included
    phones  : (phone, first token, token after its last, word), pads counted
    """

    letters: str
    owner: tuple[int, ...]
    phones: tuple[tuple[Phone, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the beginning of the clause's sound.

    words  : (index in the clause, start, stop)
    cut_at : where in the network's sound the clause begins, seconds; below 0 it begins with silence
    stop   : how long the clause is
    """

    phones: tuple[Span[Phone], ...]
    words: tuple[tuple[int, float, float], ...]
    cut_at: float
    stop: float


def script_of(clause: Clause) -> Script:
    """The clause's words and marks in the order spoken."""
    letters = ""
    owner = [0]
    phones: list[tuple[Phone, int, int, int]] = []
    for i, said in enumerate(clause.said):
        parts = " ".join(said.letters)
        text = (" " if i else "") + said.word.before + parts
        base = len(letters) + len(text) - len(parts) + 1
        phones += [(p.phone, base + p.start, base + p.stop, i) for p in placed_phones(parts)]
        text += said.word.after
        owner += [i] * len(text)
        letters += text
    last = clause.said[-1].word
    if not last.after:  # the melody of an end wants a mark
        letters += "." if last.ends_paragraph else ","
        owner.append(len(clause.said) - 1)
    return Script(letters, (*owner, owner[-1]), tuple(phones))


def times_of(script: Script, frames: Floats, samples: Floats, lead: float, tail: float) -> Times:
    """Phones and words on the clock of the clause, which begins ``lead`` seconds before its first phone.

    frames  : (tokens,) how long each lasts, pads included
    samples : what the network made of it, (600 * sum of frames,)
    """
    bounds = (np.concatenate([[0.0], np.cumsum(frames)]) * FRAME / SAMPLE_RATE).tolist()
    spans = _held_to_sound(script, _begun(script, bounds), bounds[-1], samples)
    shift = lead - spans[0][0]
    phones = tuple(Span(a + shift, b + shift, p[0]) for (a, b), p in zip(spans, script.phones, strict=True))
    return Times(phones, words_of(script, phones), -shift, phones[-1].stop + tail)


def _begun(script: Script, bounds: Sequence[float]) -> list[float]:
    """When each phone begins, seconds in the network's sound: its label without the lag."""
    starts: list[float] = []
    for phone, first, _, _ in script.phones:
        start = bounds[first] - LAG_OF.get(phone.symbol, LAG)
        starts.append(max(start, starts[-1] + SHORTEST) if starts else start)
    return starts


def _held_to_sound(script: Script, starts: Sequence[float], end: float, samples: Floats) -> list[tuple[float, float]]:
    """Each phone held until the next, but at the end of a word only as long as it sounds.

    The network counts most of a pause to the phone before it.
    """
    envelope = _envelope(samples)
    spans = []
    for i, (start, stop) in enumerate(zip(starts, [*starts[1:], end], strict=True)):
        after = script.phones[i][2] - 1  # pads are not among the letters
        upto = script.phones[i + 1][1] - 1 if i + 1 < len(starts) else len(script.letters)
        if upto > after:
            silent_from = max(_last_sound(envelope, start, stop), start + SHORTEST)
            least = SHORTEST_PAUSE if PAUSING & set(script.letters[after:upto]) else SHORTEST_GAP
            if stop - silent_from >= least or i + 1 == len(starts):
                stop = silent_from
        spans.append((start, stop))
    return spans


def _envelope(samples: Floats) -> Floats:
    """RMS of each hundredth of a second, the loudest being 1."""
    size = SAMPLE_RATE // 100
    blocks = samples[: len(samples) // size * size].reshape(-1, size)
    rms = np.sqrt(np.mean(np.square(blocks), axis=1))
    return np.asarray(rms / max(float(rms.max(initial=0.0)), 1e-9), np.float32)


def _last_sound(envelope: Floats, start: float, stop: float) -> float:
    """The end of the last hundredth of a second in [start, stop) that is not silent."""
    a, b = max(0, round(start * 100)), max(0, round(stop * 100))
    loud = np.flatnonzero(envelope[a:b] > QUIET)
    return (a + int(loud[-1]) + 1) / 100 if len(loud) else start


def words_of(script: Script, phones: Sequence[Span[Phone]]) -> tuple[tuple[int, float, float], ...]:
    words: list[tuple[int, float, float]] = []
    for span, (_, _, _, word) in zip(phones, script.phones, strict=True):
        if words and words[-1][0] == word:
            words[-1] = (word, words[-1][1], span.stop)
        else:
            words.append((word, span.start, span.stop))
    return tuple(words)

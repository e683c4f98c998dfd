"""A text cut into what is spoken in one breath: whole sentences where they fit, else at the best mark.

A clause is at most 160 tokens because the network's memory grows with its length; the first one of an
utterance is short, so that there is something to hear and see soon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mien.language.normalise import Word

MOST_TOKENS = 160
FIRST_TOKENS = 90
"""An utterance's first clause is cut when it is longer: about five seconds of speech."""

SHORT_TOKENS = 25
JOINED_TOKENS = 100
"""A sentence shorter than the one joins its neighbour up to the other: alone it would be spoken without melody."""

SENTENCE_WORDS = 120
"""Words after which a text without any full stop is taken as a sentence all the same."""

# Mark -> how good a place it is to cut, and how long nobody speaks there, seconds: the middle of the
# pauses that readers make (Goldman-Eisler 1968; Krivokapić 2007: 0.1-0.3 s in, 0.4-0.9 s between sentences).
PAUSES = {
    ".": 0.50, "?": 0.55, "!": 0.50, "…": 0.60, ";": 0.38, ":": 0.35, "—": 0.30, ",": 0.20, "”": 0.20, ")": 0.20,
}  # fmt: skip
PARAGRAPH_PAUSE = 0.90
NO_MARK_PAUSE = 0.08
LONG_PAUSE = 0.5
"""A pause from which on the speaker breathes in again."""

FULL_STOPS = frozenset(".?!…")


@dataclass(frozen=True, slots=True)
class Said:
    """A written word with the phonemes of what is spoken for it, in misaki's alphabet."""

    word: Word
    letters: tuple[str, ...]

    @property
    def tokens(self) -> int:
        return sum(map(len, self.letters)) + len(self.letters) + len(self.word.before) + len(self.word.after)


@dataclass(frozen=True, slots=True)
class Clause:
    """What is spoken in one breath.

    pause    : seconds nobody speaks after it
    is_exact : the pause was asked for
    is_first, is_last : of its utterance
    """

    said: tuple[Said, ...]
    pause: float
    is_first: bool = False
    is_last: bool = False
    is_exact: bool = False

    @property
    def tokens(self) -> int:
        return sum(s.tokens for s in self.said)


Pronounce = Callable[[Sequence[str]], list[str]]
"""Words and marks in sequence to phonemes, one string each (language/g2p.py)."""


Pauses = Mapping[int, float]
"""Where a word ends in the text -> seconds that nobody speaks after it."""


def clauses(words: Sequence[Word], pronounce: Pronounce, pauses: Pauses | None = None) -> Iterator[Clause]:
    """The clauses of one utterance, pronounced. pauses : those that were asked for; each ends a clause"""
    pauses = pauses or {}
    is_first = True
    for sentence in _joined(_sentences(words, pronounce, pauses), pauses):
        rest: tuple[Said, ...] = sentence
        while rest:
            size = _cut(rest, FIRST_TOKENS if is_first else MOST_TOKENS)
            word, is_last = rest[size - 1].word, rest[size - 1].word is words[-1]
            asked = pauses.get(word.stop) if size == len(rest) else None
            yield Clause(
                rest[:size], _pause(word) if asked is None else asked, is_first, is_last, is_exact=asked is not None
            )
            rest, is_first = rest[size:], False


def _sentences(words: Sequence[Word], pronounce: Pronounce, pauses: Pauses) -> Iterator[tuple[Said, ...]]:
    start = 0
    for i, word in enumerate(words):
        ends = FULL_STOPS & set(word.after) or word.ends_paragraph or word.stop in pauses
        if ends or i - start >= SENTENCE_WORDS or i == len(words) - 1:
            yield tuple(_pronounced(words[start : i + 1], pronounce))
            start = i + 1


def _pronounced(words: Sequence[Word], pronounce: Pronounce) -> Iterator[Said]:
    sequence = [part for w in words for part in (*w.before, *w.spoken, *w.after)]
    letters = iter(pronounce(sequence))
    for word in words:
        parts = [next(letters) for _ in range(len(word.before) + len(word.spoken) + len(word.after))]
        first = len(word.before)
        yield from _bounded(Said(word, tuple(parts[first : first + len(word.spoken)])))


def _bounded(said: Said) -> Iterator[Said]:
    """A word spoken as very many (a page of digits) in pieces that fit a clause."""
    while said.tokens > MOST_TOKENS // 2 and len(said.letters) > 1:
        half = max(1, len(said.letters) // 2)
        yield from _bounded(Said(said.word, said.letters[:half]))
        said = Said(said.word, said.letters[half:])
    yield said


def _joined(sentences: Iterable[tuple[Said, ...]], pauses: Pauses) -> Iterator[tuple[Said, ...]]:
    """Short sentences of a paragraph spoken together."""
    held: tuple[Said, ...] = ()
    for sentence in sentences:
        size, more = sum(s.tokens for s in held), sum(s.tokens for s in sentence)
        alone = min(size, more) >= SHORT_TOKENS or size + more > JOINED_TOKENS
        if held and (held[-1].word.ends_paragraph or held[-1].word.stop in pauses or alone):
            yield held
            held = ()
        held += sentence
    if held:
        yield held


def _cut(said: tuple[Said, ...], most: int) -> int:
    """How many of the words to speak now: all, or up to the best place among those that fit.

    Without a mark to cut at, a sentence that fits a clause is left whole.
    """
    total = sum(s.tokens for s in said)
    if total <= most:
        return len(said)
    best, best_score, tokens = 1, 0.0, 0
    for i, s in enumerate(said[:-1], 1):
        tokens += s.tokens
        if tokens > most:
            break
        score = (_strength(s.word) + 0.01) * min(tokens, most - tokens / 2)  # a good mark, and neither part tiny
        if score >= best_score:
            best, best_score = i, score
    return len(said) if total <= MOST_TOKENS and not _strength(said[best - 1].word) else best


def _strength(word: Word) -> float:
    """Seconds of pause that the marks after a word ask for."""
    return max((PAUSES.get(m, 0.0) for m in word.after), default=0.0)


def _pause(word: Word) -> float:
    if word.ends_paragraph:
        return PARAGRAPH_PAUSE
    return _strength(word) or NO_MARK_PAUSE

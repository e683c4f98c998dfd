"""What a sentence expresses, by its words.

A sentence encoder (all-MiniLM-L6-v2; Wang et al. 2020, "MiniLM"; Reimers & Gurevych 2019, "Sentence-BERT") and a
logistic regression on what it gives, fitted by tools/fit_words.py to sentences that we wrote. English only. How often
it is right is in docs/numbers.md; it hears no irony.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.affect.wordpiece import WordPiece
from mien.core.emotion import EMOTIONS, NEUTRAL, Emotion
from mien.core.plan import Span
from mien.core.weights import weights

Array = npt.NDArray[np.float64]

FITTED = Path(__file__).with_name("words.safetensors")
CLASSES = ("neutral", *EMOTIONS)
MOST_PIECES = 128
"""Of a sentence, as the encoder was trained; what is beyond is not read."""

MARKS = 0.2
"""Weight of exclamation and question marks beside the encoder's features, which have length 1: the encoder hardly
heeds them. 0 to .5 tried on the development half of benchmarks/feelings.tsv."""

CALM, EXCITED = 0.5, 0.15
"""Intensity of a sentence that is surely felt, and what each of two exclamation marks adds: calm by default, for a face
that plays every word is worse than one that plays none."""

DOUBTFUL, SURE = 0.35, 0.8
"""Probability from which an emotion begins to show, and from which it shows in full."""

SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’)\]]*(?=\s|$)|(?=\n)|$)", re.MULTILINE)


class Words:
    """Reads sentences. The encoder is fetched when first asked (mien models get sentence-encoder)."""

    def probabilities(self, sentence: str) -> dict[str, float]:
        """Of CLASSES, summing to 1. Errors: MissingWeights."""
        rows = np.concatenate([self.features(sentence), [1.0]]) @ self._table
        odds = np.exp(rows - rows.max())
        return dict(zip(CLASSES, (odds / odds.sum()).tolist(), strict=True))

    def emotion(self, sentence: str) -> Emotion:
        """What shows of it: nothing where it is doubtful or neutral is likelier."""
        return shown(self.probabilities(sentence), sentence.count("!"))

    def spans(self, text: str) -> tuple[Span[Emotion], ...]:
        """The emotion of each sentence that has one, over its characters."""
        felt = ((start, stop, self.emotion(text[start:stop])) for start, stop in sentences(text))
        return tuple(Span(start, stop, emotion) for start, stop, emotion in felt if emotion != NEUTRAL)

    def features(self, sentence: str) -> Array:
        """(387,) the sentence's direction, and its marks."""
        if not re.search(r"\w", sentence):
            return np.concatenate([np.zeros(self._table.shape[0] - 1 - 3), MARKS * marks(sentence)])
        numbers = np.array([self._pieces.numbers(sentence, MOST_PIECES)], np.int64)
        given = {
            "input_ids": numbers,
            "attention_mask": np.ones_like(numbers),
            "token_type_ids": np.zeros_like(numbers),
        }
        direction = np.asarray(self._encoder.run(None, given)[0][0], np.float64).mean(0)
        return np.concatenate([direction / np.linalg.norm(direction), MARKS * marks(sentence)])

    @cached_property
    def _pieces(self) -> WordPiece:
        return WordPiece.load(weights("sentence-pieces"))

    @cached_property
    def _encoder(self) -> Any:
        from mien.core.onnx import session

        return session(weights("sentence-encoder"))

    @cached_property
    def _table(self) -> Array:
        from safetensors.numpy import load_file

        return load_file(FITTED)["table"].astype(np.float64)


@cache
def reader() -> Words:
    """The one that is kept: the encoder loads once in a process."""
    return Words()


def shown(probabilities: dict[str, float], exclamations: int = 0) -> Emotion:
    """From how likely each class is to what the face shows: the likeliest, and a second one that is not doubtful.

    >>> str(shown({"neutral": 0.1, "happy": 0.9}, 1))
    'happy:0.65'
    >>> str(shown({"neutral": 0.5, "happy": 0.45}))
    'neutral'
    """
    if max(probabilities, key=probabilities.__getitem__) == "neutral":
        return NEUTRAL
    most = CALM + EXCITED * min(exclamations, 2)
    likely = sorted(((p, n) for n, p in probabilities.items() if n != "neutral"), reverse=True)[:2]
    share = {name: min(1.0, (p - DOUBTFUL) / (SURE - DOUBTFUL)) for p, name in likely if p > DOUBTFUL}
    return Emotion({name: round(most * part, 2) for name, part in share.items()})


def marks(sentence: str) -> Array:
    """(3,) how much is exclaimed, whether something is asked, whether both.

    >>> marks("What?!").tolist()
    [0.5, 1.0, 1.0]
    """
    exclaimed, asked = sentence.count("!"), "?" in sentence
    return np.array([min(exclaimed, 2) / 2, float(asked), float(asked and exclaimed > 0)])


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends, in characters.

    >>> text = "Oh no! It is 5.30 already… I'm late"
    >>> [text[a:b] for a, b in sentences(text)]
    ['Oh no!', 'It is 5.30 already…', "I'm late"]
    """
    return ((match.start(), match.end()) for match in SENTENCE.finditer(text))

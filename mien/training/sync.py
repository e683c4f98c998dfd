"""mien train sync: fits the scorer that says whether a mouth belongs to a sound (mien/evaluation/sync.py)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.files import atomic_output
from mien.evaluation.curves import seen
from mien.evaluation.data import Clip, Data
from mien.evaluation.report import commit
from mien.evaluation.sync import KIND, MODEL, Maps, mouth_rows, shifted, sound_rows, tensors_from

Array = npt.NDArray[np.float64]

KEPT_SOUND, KEPT_MOUTH = 60, 30
"""Principal components of each side; 100 and 40 find the same offsets."""

DIMENSIONS = 12
"""Of the common space; with 4, one clip in twenty loses its offset."""

RIDGE = 0.3
"""Added to the whitened covariance, so that a direction that hardly occurs does not count; .1 to 1: flat."""

FOLDS = 6
FEWEST_GROUPS = 2 * FOLDS
"""Voices below which folds say nothing."""

DATA = {
    "grid": "GRID corpus samples, CC BY 4.0",
    "styletalk": "FuxiVirtualHuman/styletalk, MIT",
    "mocha": "congwei1230/MoChaBench, Apache-2.0: generated faces",
}
"""What may be fitted on, and whose it is."""


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
    folds = folds_of([example.group for example in examples], seed)
    tensors = tensors_from("whole", fitted(examples))
    for fold in range(FOLDS):
        others = [e for e, own in zip(examples, folds, strict=True) if own != fold]
        tensors |= tensors_from(f"fold{fold}", fitted(others))
    card = {
        "kind": KIND,
        "what": "canonical correlations of log-mel and mouth landmarks",
        "date": date.today().isoformat(),
        "commit": commit(),
        "data": {name: whose for name, whose in DATA.items() if any(e.id.startswith(name) for e in examples)},
        "seed": seed,
        "config": {"sound": KEPT_SOUND, "mouth": KEPT_MOUTH, "dimensions": DIMENSIONS, "ridge": RIDGE},
        "fold_count": FOLDS,
        "folds": {example.id: fold for example, fold in zip(examples, folds, strict=True)},
    }
    return save(Path(output), tensors, card)


def save(path: Path, tensors: Mapping[str, npt.NDArray[np.floating]], card: dict[str, object]) -> Path:
    from safetensors.numpy import save as packed

    with atomic_output(path) as temporary:
        temporary.write_bytes(packed(dict(tensors)))
    with atomic_output(path.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


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
    if len({e.group for e in found}) < FEWEST_GROUPS:
        raise BadInput(
            f"to fit the sync scorer, clips of at least {FEWEST_GROUPS} voices are needed, found "
            f"{len({e.group for e in found})}: docs/evaluate.md says what goes into the data folder"
        )
    return found


def folds_of(groups: Sequence[str], seed: int) -> list[int]:
    """A fold for each clip; a group is never on both sides.

    >>> folds = folds_of(["a", "a", "b"], 0)
    >>> folds[0] == folds[1]
    True
    """
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    fold = {names[int(n)]: i % FOLDS for i, n in enumerate(order)}
    return [fold[group] for group in groups]


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

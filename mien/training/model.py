"""What every model that mien fits has in common: whose data it saw, folds of voices, a card, a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.files import atomic_output
from mien.evaluation.report import commit

FOLDS = 6
FEWEST_GROUPS = 2 * FOLDS
"""Voices below which folds say nothing."""

DATA = {
    "grid": "GRID corpus samples, CC BY 4.0",
    "styletalk": "FuxiVirtualHuman/styletalk, MIT",
    "mocha": "congwei1230/MoChaBench, Apache-2.0: generated faces",
}
"""What may be fitted on, and whose it is."""

Tensors = Mapping[str, npt.NDArray[Any]]


class Example(Protocol):
    """One clip to learn from. id : as in the report; group : clips that share a voice or a sound"""

    @property
    def id(self) -> str: ...
    @property
    def group(self) -> str: ...


E = TypeVar("E", bound=Example)


def enough(examples: Sequence[Example], what: str) -> None:
    """Errors: BadInput where there are too few voices to learn from."""
    voices = len({example.group for example in examples})
    if voices < FEWEST_GROUPS:
        raise BadInput(
            f"to fit {what}, clips of at least {FEWEST_GROUPS} voices are needed, found {voices}: "
            "docs/evaluate.md says what goes into the data folder"
        )


def fit_folds(
    examples: Sequence[E], fit: Callable[[Sequence[E]], Tensors], seed: int, done: Callable[[int], None] | None = None
) -> tuple[dict[str, npt.NDArray[Any]], list[int]]:
    """The tensors of a model of all examples and of one without each fold, by name; and each example's fold.

    done : told how many models are ready
    """
    folds = folds_of([example.group for example in examples], seed)
    tensors: dict[str, npt.NDArray[Any]] = {}
    for k in range(-1, FOLDS):
        chosen = [example for example, fold in zip(examples, folds, strict=True) if fold != k]
        tensors |= {f"{'whole' if k < 0 else f'fold{k}'}.{name}": values for name, values in fit(chosen).items()}
        if done is not None:
            done(k + 2)
    return tensors, folds


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


def card_of(
    kind: str, what: str, examples: Sequence[Example], folds: Sequence[int], seed: int, config: Mapping[str, float]
) -> dict[str, object]:
    """What is said of a model, beside it."""
    return {
        "kind": kind,
        "what": what,
        "date": date.today().isoformat(),
        "commit": commit(),
        "data": {name: whose for name, whose in DATA.items() if any(e.id.startswith(name) for e in examples)},
        "seed": seed,
        "config": dict(config),
        "fold_count": FOLDS,
        "folds": {example.id: fold for example, fold in zip(examples, folds, strict=True)},
    }


def save(path: Path, tensors: Tensors, card: dict[str, object]) -> Path:
    """Write a model and its card, each whole or not at all."""
    from safetensors.numpy import save as packed

    with atomic_output(path) as temporary:
        # in order: what is written is what lies in memory, and a transposed matrix lies there otherwise
        temporary.write_bytes(packed({name: np.ascontiguousarray(values) for name, values in tensors.items()}))
    with atomic_output(path.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path

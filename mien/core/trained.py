"""Models that mien fits itself: one for all clips, one without each fold of voices, and a card that says what they are.

A .safetensors file holds their tensors by name, "whole.…", "fold0.…"; the card lies beside it as .json.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput

M = TypeVar("M")
Tensors = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Trained(Generic[M]):
    """What was learned. whole : on every clip; folds : each on the clips outside one fold; card : how, on what"""

    whole: M
    folds: tuple[M, ...]
    card: dict[str, Any]

    def for_clip(self, clip: str) -> M:
        """A model that never met the clip, nor another of its speaker or sound. clip : "grid/bbaf2n" """
        fold = self.card["folds"].get(clip)
        return self.whole if fold is None else self.folds[fold]


def read_trained(path: Path, kind: str, what: str, model_from: Callable[[Tensors], M]) -> Trained[M]:
    """What ``mien train`` wrote. model_from : makes one model of its tensors, ValueError where they do not fit

    kind : that the card must name; what : as in "lips", for the error
    Errors: BadInput for a file that is damaged or of another version.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        tensors = load_file(path)
        if card["kind"] != kind:
            raise ValueError(f"its kind is {card['kind']!r}")
        names = ("whole", *(f"fold{i}" for i in range(card["fold_count"])))
        whole, *folds = (model_from(_own(tensors, name)) for name in names)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        made_by = kind.removeprefix("mien.").split("/")[0]
        raise BadInput(f"{path.name} does not hold {what} ({error}); make one with: mien train {made_by}") from None
    return Trained(whole, tuple(folds), card)


def _own(tensors: dict[str, npt.NDArray[Any]], name: str) -> Tensors:
    begins = f"{name}."
    return {k.removeprefix(begins): v.astype(np.float32) for k, v in tensors.items() if k.startswith(begins)}

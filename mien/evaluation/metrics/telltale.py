"""Can a small classifier tell one kind of motion from another?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.evaluation.metrics.checked import Array, curve

STIFF = 1.0
"""Ridge on standardised features: windows are few."""


def auc(scores: npt.ArrayLike, kinds: npt.ArrayLike) -> float:
    """Chance that one of kind 1 scores above one of kind 0, ties half (Mann & Whitney 1947).

    >>> auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    values, ones = curve(scores), np.asarray(kinds, bool)
    if ones.all() or not ones.any():
        raise BadInput("an AUC needs both kinds")
    above = values[ones][:, None] - values[~ones][None]
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


def telltale(features: npt.ArrayLike, kinds: npt.ArrayLike, groups: npt.ArrayLike) -> float:
    """AUC of a linear classifier, each group scored by what was learned on the others; .5 cannot tell.

    features : (n, f); kinds : (n,) 0 or 1; groups : (n,) no group may be on both sides
    Errors: BadInput for fewer than two groups.
    """
    values, target, group = curve(features), np.asarray(kinds, np.float64), np.asarray(groups)
    if len(np.unique(group)) < 2:
        raise BadInput("telling apart needs at least two groups: one to learn on, one to be asked about")
    ranks = np.empty(len(values))
    for one in np.unique(group):
        known = group != one
        mean, spread = values[known].mean(axis=0), values[known].std(axis=0) + 1e-9
        ranks[~known] = _fitted((values[known] - mean) / spread, target[known], (values[~known] - mean) / spread)
    return auc(ranks, target)


def _fitted(known: Array, target: Array, asked: Array) -> Array:
    """Linear discriminant by ridge regression: (m,) scores of what is asked."""
    gram = known.T @ known + STIFF * np.eye(known.shape[1])
    return np.asarray(asked @ np.linalg.solve(gram, known.T @ (target - target.mean())))

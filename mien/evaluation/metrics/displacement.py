"""How far are points from where they should be?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.evaluation.metrics.checked import pair


def landmark_distance(made: npt.ArrayLike, truth: npt.ArrayLike, offset: int = 0) -> float:
    """LMD: the mean distance of points. made, truth : (n, k, 2) displacements from each face's own neutral"""
    a, b = pair(made, truth, offset)
    return float(np.linalg.norm(a - b, axis=-1).mean())


def largest_squared(made: npt.ArrayLike, truth: npt.ArrayLike, offset: int = 0) -> float:
    """LVE on landmarks: the largest squared distance of each frame, averaged (Richard et al. 2021, MeshTalk)."""
    a, b = pair(made, truth, offset)
    return float((np.linalg.norm(a - b, axis=-1) ** 2).max(axis=1).mean())

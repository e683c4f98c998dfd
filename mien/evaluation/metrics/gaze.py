"""How often, and how far, the eyes go elsewhere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.evaluation.metrics.checked import Array, curve

SHIFT = 0.12
"""Change of the looks' weights that is a gaze shift: about three times what a landmarker's iris trembles."""

WITHIN = 0.12
"""Seconds a saccade takes at most, with what smoothing adds."""

APART = 0.2
"""Seconds between two shifts: fixations last at least as long."""


def gaze_shifts(eyes: npt.ArrayLike, rate: float) -> float:
    """Shifts a minute. eyes : (n, 2) where the eyes look in the head, in weights of ARKit's eyeLook*"""
    values = curve(eyes, at_least=2)
    reach = max(1, round(WITHIN * rate))
    if len(values) <= reach:
        return 0.0
    moved = np.linalg.norm(values[reach:] - values[:-reach], axis=1)
    count, last = 0, -np.inf
    for i in range(len(moved)):
        nearby = moved[max(0, i - reach) : i + reach + 1]
        if moved[i] > SHIFT and moved[i] == nearby.max() and i - last > APART * rate:
            count, last = count + 1, i
    return 60 * count / (len(values) / rate)


def gaze_spread(eyes: npt.ArrayLike) -> float:
    """Root of the summed variances."""
    return float(np.sqrt(curve(eyes, at_least=2).var(axis=0).sum()))


def eyes_from_looks(looks: dict[str, Array]) -> Array:
    """(n, 2) down and to the own left, both eyes' mean, from the eight eyeLook* weights."""
    down = [looks[f"eyeLookDown{side}"] - looks[f"eyeLookUp{side}"] for side in ("Left", "Right")]
    left = [looks["eyeLookOutLeft"] - looks["eyeLookInLeft"], looks["eyeLookInRight"] - looks["eyeLookOutRight"]]
    return np.stack([np.mean(down, axis=0), np.mean(left, axis=0)], axis=1)


SHUTTING = 0.12
"""Closure above its median from which a landmarker's looks follow the lid, not the eye."""

AROUND = 0.08
"""Seconds before and after that are not believed either."""


def over_blinks(eyes: npt.ArrayLike, closure: npt.ArrayLike, rate: float) -> Array:
    """(n, 2) where the eyes look, straight across blinks: a landmarker reads a falling lid as a look down.

    eyes : (n, 2); closure : (n,) 0 open .. 1 shut

    >>> over_blinks([[0, 0], [9, 0], [1, 0], [1, 0]], [0, 1, 0, 0], 5)[:, 0].tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    values, lids = curve(eyes).copy(), curve(closure)
    reach = round(AROUND * rate)
    shut = np.convolve(lids > np.median(lids) + SHUTTING, np.ones(2 * reach + 1), "same") > 0
    frames = np.arange(len(values))
    if shut.all():
        return values
    for axis in values.T:
        axis[shut] = np.interp(frames[shut], frames[~shut], axis[~shut])
    return values

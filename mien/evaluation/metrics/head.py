"""How a head moves. Angles are (n, 3): pitch, yaw, roll, radians."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mien.core.rotation import matrices_from_vectors
from mien.evaluation.metrics.checked import Array, curve, pair
from mien.evaluation.metrics.correlation import correlation
from mien.trackers.channels import vectors_from_matrices

BANDS = np.array([0.2, 0.5, 1.0, 2.0, 4.0, 8.0])
"""Hz: edges of the bands of a spectrum; above, landmarks are mostly noise."""

LEAST = 1e-9


def speeds(angles: npt.ArrayLike, rate: float) -> Array:
    """(n - 1,) degrees a second."""
    values = curve(angles, at_least=2)
    return np.asarray(np.degrees(np.linalg.norm(np.diff(values, axis=0), axis=1)) * rate)


def mean_speed(angles: npt.ArrayLike, rate: float) -> float:
    """Degrees a second."""
    return float(speeds(angles, rate).mean())


def extent(angles: npt.ArrayLike) -> float:
    """Root of the summed variance of the angles, degrees."""
    return float(np.degrees(np.sqrt(curve(angles, at_least=2).var(axis=0).sum())))


def jerk(angles: npt.ArrayLike, rate: float) -> float:
    """Mean magnitude of the third derivative over the mean speed, 1/s²: how jerky for how fast."""
    values = curve(angles, at_least=4)
    third = np.linalg.norm(np.diff(values, 3, axis=0), axis=1).mean() * rate**3
    return float(third / max(np.linalg.norm(np.diff(values, axis=0), axis=1).mean() * rate, LEAST))


def band_levels(angles: npt.ArrayLike, rate: float) -> Array:
    """(bands,) decibels of the angular velocity's power in each of BANDS, relative to their sum."""
    velocity = np.diff(curve(angles, at_least=round(2 * rate)), axis=0) * rate
    power = (np.abs(np.fft.rfft(velocity * np.hanning(len(velocity))[:, None], axis=0)) ** 2).sum(axis=1)
    where = np.digitize(np.fft.rfftfreq(len(velocity), 1 / rate), BANDS)
    sums = np.array([power[where == band].sum() for band in range(1, len(BANDS))])
    return np.asarray(10 * np.log10(sums / max(sums.sum(), LEAST) + 1e-4))


def spectrum_distance(a: Array, b: Array) -> float:
    """Root mean square difference of two spectra in bands, decibels."""
    return float(np.sqrt(np.mean((curve(a) - curve(b)) ** 2)))


def angle_correlations(made: npt.ArrayLike, truth: npt.ArrayLike, offset: int = 0) -> Array:
    """(3,) Pearson r of pitch, yaw and roll, made[i] against truth[i + offset]; 0 for an angle that does not move."""
    a, b = pair(made, truth, offset)
    return np.array([correlation(a[:, i], b[:, i]) for i in range(3)])


def angle_correlations_together(clips: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]], offset: int = 0) -> Array:
    """(3,) as angle_correlations(), over the frames of all clips, each clip's angles counted from its own mean."""
    pairs = [pair(made, truth, offset) for made, truth in clips]
    a, b = (np.concatenate([both[i] - both[i].mean(axis=0) for both in pairs]) for i in range(2))
    return angle_correlations(a, b)


def vectors_from_euler(angles: npt.ArrayLike) -> Array:
    """Rotation vectors, radians, relative to the clip's middle, of pitch, yaw and roll about x, y, z in this order.

    The convention of the 3DMM fits that come with StyleTalk (Deng et al. 2019, Deep3DFaceReconstruction).
    """
    values = curve(angles)
    x, y, z = (matrices_from_vectors(values[:, i : i + 1] * axis) for i, axis in enumerate(np.eye(3)))
    turns = z @ y @ x
    middle = matrices_from_vectors(np.median(vectors_from_matrices(turns), axis=0)[None])[0]
    return vectors_from_matrices(turns @ middle.T)

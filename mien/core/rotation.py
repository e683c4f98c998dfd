"""Rotations as vectors (axis times angle, radians), many at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]


def matrices_from_vectors(vectors: Floats) -> npt.NDArray[np.float64]:
    """Rodrigues' formula. vectors : (n, 3) radians. Returns (n, 3, 3).

    >>> matrices_from_vectors(np.array([[0.0, np.pi / 2, 0.0]])).round(6)[0].tolist()[2]
    [-1.0, 0.0, 0.0]
    """
    v = np.asarray(vectors, np.float64)
    angle = np.linalg.norm(v, axis=1)
    axis = v / np.maximum(angle, 1e-12)[:, None]
    k = np.zeros((len(v), 3, 3))
    k[:, 0, 1], k[:, 0, 2], k[:, 1, 2] = -axis[:, 2], axis[:, 1], -axis[:, 0]
    k -= k.transpose(0, 2, 1)
    sine, cosine = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    return np.asarray(np.eye(3) + sine * k + (1 - cosine) * (k @ k))


def directions_from_angles(pitch: Floats, yaw: Floats) -> npt.NDArray[np.float64]:
    """Where a gaze points: (n, 3) unit vectors; pitch positive down, yaw positive to the own left."""
    pitch, yaw = np.asarray(pitch, np.float64), np.asarray(yaw, np.float64)
    return np.stack([np.sin(yaw) * np.cos(pitch), -np.sin(pitch), np.cos(yaw) * np.cos(pitch)], axis=1)


def angles_from_directions(directions: Floats) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Pitch and yaw, radians, of (n, 3) directions.

    >>> p, y = angles_from_directions(directions_from_angles(np.array([0.1]), np.array([-0.3])))
    >>> round(float(p[0]), 6), round(float(y[0]), 6)
    (0.1, -0.3)
    """
    d = np.asarray(directions, np.float64)
    d = d / np.linalg.norm(d, axis=1, keepdims=True)
    return -np.arcsin(np.clip(d[:, 1], -1, 1)), np.arctan2(d[:, 0], d[:, 2])

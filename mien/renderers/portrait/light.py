"""The photo's light, as far as a face shows it: brightness as a linear function of where the skin points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def fit_light(colours: Array, normals: Array) -> Array:
    """(4,) ambient and the direction of light, so that brightness is about light[0] + light[1:] @ normal.

    Spherical harmonics of order 1 over visible skin, fitted robustly: beards, brows and shine are outliers. It is
    believed as far as brightness follows it: most of a face's is its own colour, which does not turn with the head.
    colours : (n, 3) in 0..1; normals : (n, 3)
    """
    bright = colours @ LUMA
    basis = np.column_stack([np.ones(len(normals)), normals]).astype(np.float64)
    weight = np.ones(len(bright))
    light = np.zeros(4)
    for _ in range(8):
        ridge = 0.02 * len(bright) * np.diag([0, 1, 1, 1])
        light = np.linalg.solve(
            basis.T @ (weight[:, None] * basis) + ridge * weight.mean(), basis.T @ (weight * bright)
        )
        residual = np.abs(bright - basis @ light)
        weight = 1 / (1 + (residual / (1.5 * np.median(residual) + 1e-4)) ** 2)
    followed = max(correlation(bright, basis @ light), 0.0)
    light[0] += (1 - followed) * light[1:] @ normals.mean(0)
    light[1:] *= followed
    light[0] = max(light[0], np.linalg.norm(light[1:]) * 1.1, 0.05)
    return np.asarray(light, np.float32)


def correlation(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> float:
    """r of (n,) with (n,); 0 where either is constant."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size > 0 else 0.0

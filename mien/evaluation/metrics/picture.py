"""What is measured on pictures themselves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.frame import Image

Flags = npt.NDArray[np.bool_]


def largest_difference(a: Image, b: Image) -> float:
    """The greatest difference of any pixel, levels of 255. Errors: BadInput for pictures of two sizes."""
    if a.shape != b.shape or not a.size:
        raise BadInput(f"pictures to compare must be of one size, got {a.shape} and {b.shape}")
    return float(np.abs(a.astype(np.int16) - b.astype(np.int16)).max())


def flicker(frames: Iterable[Image], still: Flags) -> float:
    """Mean absolute change from frame to frame where nothing moves, levels of 255. still : (h, w)"""
    if not still.any():
        raise BadInput("there is no place in the picture that stays still")
    last, changes = None, []
    for frame in frames:
        now = frame[still].astype(np.int16)
        if last is not None:
            changes.append(float(np.abs(now - last).mean()))
        last = now
    if not changes:
        raise BadInput("flicker needs at least two frames")
    return float(np.mean(changes))


def psnr(made: Image, truth: Image) -> float:
    """Peak signal to noise ratio, dB; 99 where nothing differs. Errors: BadInput for pictures of two sizes."""
    if made.shape != truth.shape or not made.size:
        raise BadInput(f"pictures to compare must be of one size, got {made.shape} and {truth.shape}")
    error = float(np.mean((made.astype(np.float64) - truth.astype(np.float64)) ** 2))
    return 99.0 if error == 0 else min(99.0, float(10 * np.log10(255**2 / error)))


def ssim(made: Image, truth: Image) -> float:
    """Structural similarity of the luminance, Gaussian windows of sigma 1.5 (Wang et al. 2004)."""
    import cv2

    if made.shape != truth.shape or not made.size:
        raise BadInput(f"pictures to compare must be of one size, got {made.shape} and {truth.shape}")
    a, b = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float64) for image in (made, truth))

    def mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float64)

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_a, mean_b = mean(a), mean(b)
    covariance = mean(a * b) - mean_a * mean_b
    spread = mean(a * a) - mean_a**2 + mean(b * b) - mean_b**2
    found = (2 * mean_a * mean_b + c1) * (2 * covariance + c2) / ((mean_a**2 + mean_b**2 + c1) * (spread + c2))
    return float(found.mean())

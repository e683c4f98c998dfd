"""Pictures against pictures, and a photo that must become the clip it was taken from."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.core.errors import BadInput
from mien.evaluation.metrics.picture import psnr, ssim
from mien.evaluation.reenactment import mouth_box, reenact


def picture(seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(noise, (128, 128), interpolation=cv2.INTER_CUBIC))


def test_a_picture_is_perfect_against_itself() -> None:
    assert psnr(picture(), picture()) == 99
    assert ssim(picture(), picture()) == pytest.approx(1)


def test_one_level_of_error_everywhere_is_48_decibels() -> None:
    image = np.full((20, 20, 3), 100, np.uint8)
    assert psnr(image, image + np.uint8(1)) == pytest.approx(48.13, abs=0.01)


def test_the_more_a_picture_is_blurred_or_moved_the_worse_it_scores() -> None:
    truth = picture()
    blurred = [cv2.GaussianBlur(truth, (0, 0), sigma) for sigma in (0.5, 2, 6)]
    moved = [np.roll(truth, shift, axis=1) for shift in (1, 3, 9)]
    for worse in (blurred, moved):
        for metric in (psnr, ssim):
            scores = [metric(image, truth) for image in worse]
            assert scores == sorted(scores, reverse=True)


def test_another_picture_is_like_it_by_chance_alone() -> None:
    assert abs(ssim(picture(1), picture(2))) < 0.2


@pytest.mark.parametrize("metric", [psnr, ssim])
def test_pictures_of_two_sizes_are_refused(metric) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput, match="one size"):
        metric(picture(), picture()[:64])


def test_the_box_around_a_mouth_holds_it() -> None:
    class At:
        points = np.zeros((478, 3))

    At.points[61], At.points[291] = (100, 200, 0), (140, 204, 0)
    rows, columns = mouth_box(At())  # type: ignore[arg-type]
    assert columns.start < 100
    assert columns.stop > 140
    assert rows.start < 190 < 215 < rows.stop


def test_a_clip_without_a_face_is_refused(tmp_path: Path) -> None:
    from fractions import Fraction

    from mien.core.frame import Frame, Segment
    from mien.core.rig import Motion
    from mien.core.track import Audio
    from mien.media import VideoWriter

    frames = [Frame(picture(), i, Fraction(25)) for i in range(30)]
    with VideoWriter(tmp_path / "noise.mp4", rate=25) as writer:
        writer.write(Segment(0, 30, Fraction(25), Audio.silence(0, 24000), Motion.at_rest(0, rate=25), frames))
    with pytest.raises(BadInput, match=r"noise\.mp4"):
        reenact(tmp_path / "noise.mp4", 30)

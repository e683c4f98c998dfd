"""Pictures out: folders, animations and marks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from mien.core.errors import BadInput, OutputExists
from mien.core.frame import Frame
from mien.media import read_picture, write_animation, write_png, write_sequence
from mien.media.marks import SOURCE_TYPE, XMP, mp4_box
from mien.media.stills import LONGEST


def frames(count: int, rate: int = 25) -> Iterator[Frame]:
    """A bright square that walks over noise."""
    ground = np.random.default_rng(0).integers(60, 120, (64, 96, 3)).astype(np.uint8)
    for i in range(count):
        image = ground.copy()
        image[20:40, i : i + 20] = 250
        yield Frame(image, i, Fraction(rate))


def test_a_folder_holds_each_frame_bit_for_bit(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "frames", frames(5))
    assert sorted(p.name for p in folder.iterdir()) == [f"{i:06d}.png" for i in range(5)]
    for frame in frames(5):
        np.testing.assert_array_equal(read_picture(folder / f"{frame.index:06d}.png"), frame.image)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputExists, match="new folder"):
        write_sequence(tmp_path, frames(2))
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_when_pictures_fail_midway(tmp_path: Path) -> None:
    def broken() -> Iterator[Frame]:
        yield from frames(2)
        raise BadInput("no more")

    for write in (lambda: write_sequence(tmp_path / "f", broken()), lambda: write_sequence(tmp_path / "f", iter(()))):
        with pytest.raises(BadInput):
            write()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
@pytest.mark.parametrize("rate", [25, 30])
def test_an_animation_has_every_frame_and_lasts_as_long(tmp_path: Path, suffix: str, rate: int) -> None:
    path = write_animation(tmp_path / f"a{suffix}", frames(12, rate), Fraction(rate))
    with Pillow.open(path) as picture:
        assert picture.n_frames == 12
        seen = []
        for i in range(12):
            picture.seek(i)
            seen.append((np.asarray(picture.convert("RGB"))[30, i + 10], picture.info["duration"]))
    assert all(colour.min() > 230 for colour, _ in seen)
    assert sum(duration for _, duration in seen) == pytest.approx(12000 / rate, abs=10)


def test_an_animation_that_is_too_long_is_refused_with_what_to_do(tmp_path: Path) -> None:
    small = (Frame(np.zeros((2, 2, 3), np.uint8), i, Fraction(10)) for i in range(LONGEST * 10 + 1))
    with pytest.raises(BadInput, match=r"\.mp4"):
        write_animation(tmp_path / "long.webp", small, Fraction(10))
    assert not list(tmp_path.iterdir())


def test_every_picture_says_that_it_is_synthetic(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", next(frames(1)).image)
    write_animation(tmp_path / "a.webp", frames(2), Fraction(25))
    write_animation(tmp_path / "a.gif", frames(2), Fraction(25))
    for name in ("a.png", "a.webp", "a.gif"):
        assert SOURCE_TYPE.encode() in (tmp_path / name).read_bytes()
    with Pillow.open(tmp_path / "a.webp") as picture:
        assert picture.info["xmp"] == XMP
    with Pillow.open(tmp_path / "a.gif") as picture:  # which walks over the mark block by block
        assert picture.n_frames == 2
        assert picture.info["comment"].startswith(b"Synthetic")


def test_the_xmp_is_well_formed_and_its_box_as_long_as_it_says() -> None:
    from xml.etree import ElementTree

    body = XMP.decode().split("?>", 1)[1].rsplit("<?", 1)[0]
    assert ElementTree.fromstring(body).tag.endswith("xmpmeta")
    assert mp4_box().endswith(XMP)

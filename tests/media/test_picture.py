"""Pictures of every kind come out as upright 8-bit sRGB, or are refused with one sentence."""

import io
import logging
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import PngImagePlugin

from mien.core.errors import BadInput, OutputFailed
from mien.core.frame import Image
from mien.media import read_picture, write_png
from mien.media.picture import LARGEST, TURNS


def chart(h: int = 96, w: int = 128) -> Image:
    """Smooth colours, different in every corner."""
    y, x = np.mgrid[:h, :w]
    return np.stack([x * 255 // w, y * 255 // h, 255 - x * 200 // w], axis=-1).astype(np.uint8)


def difference(a: Image, b: Image) -> int:
    return int(np.abs(a.astype(int) - b).max())


def test_a_png_comes_back_exactly(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", chart())
    image = read_picture(tmp_path / "a.png")
    assert np.array_equal(image, chart()) and image.dtype == np.uint8 and image.flags.c_contiguous


@pytest.mark.parametrize(
    ("suffix", "error"), [("bmp", 0), ("tiff", 0), ("ppm", 0), ("webp", 40), ("jpg", 12), ("avif", 20), ("gif", 40)]
)
def test_every_usual_format_is_read(tmp_path: Path, suffix: str, error: int) -> None:
    Pillow.fromarray(chart()).save(tmp_path / f"a.{suffix}")
    assert difference(read_picture(tmp_path / f"a.{suffix}"), chart()) <= error


def sixteen_bit_grey(path: Path) -> None:
    Pillow.fromarray(np.full((80, 80), 128 * 257, np.uint16)).save(path.with_suffix(".png"))


def float_grey(path: Path) -> None:
    Pillow.fromarray(np.full((80, 80), 128 / 255, np.float32)).save(path.with_suffix(".tiff"))


def eight_bit_grey(path: Path) -> None:
    Pillow.new("L", (80, 80), 128).save(path.with_suffix(".png"))


def grey_with_alpha(path: Path) -> None:
    Pillow.new("LA", (80, 80), (1, 128)).save(path.with_suffix(".png"))  # (255 + 1) / 2


def half_transparent(path: Path) -> None:
    Pillow.new("RGBA", (80, 80), (1, 1, 1, 128)).save(path.with_suffix(".png"))


def palette(path: Path) -> None:
    Pillow.new("RGB", (80, 80), (128, 128, 128)).quantize(4).save(path.with_suffix(".png"))


def palette_transparent(path: Path) -> None:
    picture = Pillow.new("P", (80, 80), 0)
    picture.putpalette([0, 0, 0, 128, 128, 128])
    picture.paste(1, (0, 0, 80, 80))
    picture.save(path.with_suffix(".gif"), transparency=0)


def cmyk(path: Path) -> None:
    Pillow.new("CMYK", (80, 80), (0, 0, 0, 127)).save(path.with_suffix(".jpg"), quality=95)


def lab(path: Path) -> None:
    Pillow.new("LAB", (80, 80), (137, 128, 128)).save(path.with_suffix(".tiff"))  # L* 53.6


@pytest.mark.parametrize(
    "make",
    [sixteen_bit_grey, float_grey, eight_bit_grey, grey_with_alpha, half_transparent, palette, palette_transparent,
     cmyk, lab],
)  # fmt: skip
def test_middle_grey_is_middle_grey_in_every_mode(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a")
    image = read_picture(next(tmp_path.iterdir()))
    assert image.shape == (80, 80, 3)
    assert np.abs(image.astype(int) - 128).max() <= 2


@pytest.mark.parametrize("orientation", [1, *TURNS])
def test_every_exif_orientation_is_set_upright(tmp_path: Path, orientation: int) -> None:
    undo = {6: Pillow.Transpose.ROTATE_90, 8: Pillow.Transpose.ROTATE_270}.get(orientation, TURNS.get(orientation))
    picture = Pillow.fromarray(chart())
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    (picture.transpose(undo) if undo is not None else picture).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_picture(tmp_path / "a.png"), chart())


P3_FROM_XYZ = np.linalg.inv(  # Display P3 primaries adapted to D50, columns red, green, blue (as in Apple's profile)
    [[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]
)


def display_p3() -> bytes:
    """A matrix profile (ICC.1:2001) with the primaries of Display P3 and gamma 2.2."""

    def xyz(x: float, y: float, z: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in (x, y, z)))

    columns = np.linalg.inv(P3_FROM_XYZ).T
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    text = b"text\0\0\0\0test\0\0\0\0"
    tags = [(b"wtpt", xyz(0.9642, 1, 0.8249)), (b"cprt", text), (b"desc", b"desc" + b"\0" * 86)]
    tags += [(name, xyz(*column)) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    offset, table, body = 132 + 12 * len(tags), b"", b""
    for name, data in tags:
        table += name + struct.pack(">2I", offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    header = struct.pack(">I4sI4s4s4s12s4s", offset + len(body), b"lcms", 0x02100000, b"mntr", b"RGB ", b"XYZ ",
                         b"\0" * 12, b"acsp")  # fmt: skip
    header += b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)
    return header + b"\0" * (128 - len(header)) + struct.pack(">I", len(tags)) + table + body


def test_wide_gamut_colours_become_srgb(tmp_path: Path) -> None:
    colour = np.array([180, 120, 100])
    Pillow.new("RGB", (80, 80), tuple(colour)).save(tmp_path / "a.png", icc_profile=display_p3())
    xyz = np.linalg.inv(P3_FROM_XYZ) @ (colour / 255) ** 2.2
    srgb_from_xyz = np.linalg.inv(
        [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
    )
    linear = srgb_from_xyz @ xyz
    wanted = np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255
    np.testing.assert_allclose(read_picture(tmp_path / "a.png")[0, 0], wanted, atol=2)
    assert wanted[0] - 180 > 5  # the profile matters


def test_a_profile_that_cannot_be_used_is_passed_over(tmp_path: Path) -> None:
    Pillow.fromarray(chart()).save(tmp_path / "a.png", icc_profile=b"no profile at all")
    assert np.array_equal(read_picture(tmp_path / "a.png"), chart())


def test_forty_megapixels_are_brought_down(tmp_path: Path) -> None:
    Pillow.fromarray(chart()).resize((7744, 5184)).save(tmp_path / "a.jpg", quality=60)
    image = read_picture(tmp_path / "a.jpg")
    assert image.shape == (round(5184 * LARGEST / 7744), LARGEST, 3)
    small = np.asarray(Pillow.fromarray(image).resize((128, 96), Pillow.Resampling.BOX))
    assert difference(small, chart()) < 16


def test_an_animation_gives_its_first_picture_and_a_note(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, second = Pillow.new("RGB", (80, 80), (200, 0, 0)), Pillow.new("RGB", (80, 80), (0, 0, 200))
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second])
    with caplog.at_level(logging.WARNING):
        assert read_picture(tmp_path / "a.gif")[0, 0].tolist() == [200, 0, 0]
    assert caplog.messages == [f"{tmp_path / 'a.gif'} is animated: its first picture is used"]


def png(picture: Pillow.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def png_header(w: int, h: int) -> bytes:
    """A PNG that claims a size and has no pixels."""
    file = io.BytesIO(b"")
    file.write(b"\x89PNG\r\n\x1a\n")
    PngImagePlugin.putchunk(file, b"IHDR", struct.pack(">2I5B", w, h, 8, 2, 0, 0, 0))
    PngImagePlugin.putchunk(file, b"IDAT", b"")
    return file.getvalue()


def tone_wav() -> bytes:
    samples = (8000 * np.sin(np.arange(8000) / 5)).astype("<i2").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "{path} is empty: 0 bytes"),
        (b"Dear picture,\n" * 100, "{path} is a text file, not a picture"),
        (tone_wav(), "{path} is a sound or video file, not a picture; save one picture of it as PNG"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "{path} is a HEIC picture, which cannot be read here; save it as JPEG "
                                              "or PNG"),
        (bytes(range(256)) * 20, "{path} is not a picture that can be read; give a JPEG, PNG, WebP, AVIF, TIFF, GIF "
                                 "or BMP"),
        (png(Pillow.effect_noise((90, 90), 99))[:3000], "{path} is damaged and cannot be read as a picture (image file is "
                                                     "truncated)"),
        (png(Pillow.new("RGB", (63, 200))), "{path} has 63 x 200 pixels; at least 64 x 64 are needed"),
        (png_header(12000, 12000), "{path} has more than 100 million pixels; make it smaller"),
        (png_header(60000, 60000), "{path} has more than 100 million pixels; make it smaller"),
    ],
    ids=["zero bytes", "text", "sound", "heic", "anything", "cut off", "tiny", "huge", "bomb"],
)  # fmt: skip
def test_each_unusable_picture_is_refused_with_its_reason(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        read_picture(path)
    assert str(error.value) == message.format(path=path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        read_picture(tmp_path / "none.png")
    assert str(error.value) == f"there is no file {tmp_path / 'none.png'}"
    with pytest.raises(BadInput) as error:
        read_picture(tmp_path)
    assert str(error.value) == f"cannot read {tmp_path}: it is a folder; give a file"


def encoded(kind: str) -> bytes:
    file = io.BytesIO()
    exif = Pillow.Exif()
    exif[0x0112] = 6
    picture = Pillow.fromarray(chart(70, 80))
    picture.save(file, kind, **({} if kind == "GIF" else {"exif": exif, "icc_profile": display_p3()}))
    return file.getvalue()


SEEDS = {kind: encoded(kind) for kind in ("JPEG", "PNG", "WEBP", "TIFF", "GIF")}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(SEEDS)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    length=st.floats(0, 1),
    cut=st.booleans(),
)
def test_damaged_pictures_are_read_or_refused(tmp_path: Path, kind: str, changes, length: float, cut: bool) -> None:
    data = bytearray(SEEDS[kind])
    for where, value in changes:
        data[int(where**3 * (len(data) - 1))] = value  # most of them near the beginning, where the headers are
    path = tmp_path / "face"
    path.write_bytes(data[: int(length * len(data))] if cut else data)
    try:
        assert min(read_picture(path).shape[:2]) >= 64
    except BadInput as error:
        assert str(path) in str(error)


def test_a_png_cannot_be_written_into_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed):
        write_png(tmp_path / "none" / "a.png", chart())

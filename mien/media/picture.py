"""Pictures in and out: whatever a camera, a scanner or a web page made becomes 8-bit sRGB."""

from __future__ import annotations

import io
import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageCms, UnidentifiedImageError

from mien.core.errors import BadInput
from mien.core.files import atomic_output
from mien.core.frame import Image
from mien.media.marks import png_notes
from mien.media.opening import check_readable, head, is_text
from mien.media.provenance import sign

log = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP", "JPEG2000", "PPM")
"""What Pillow may try; some of its other readers start programs."""

SMALLEST = 64
"""Pixels: below this a side, no face can be drawn from the picture."""

LARGEST = 4096
"""Pixels the longer side is brought down to: four times the largest video."""

MOST = 100_000_000
"""Pixels a picture may have before it is decoded."""

BEHIND = (255, 255, 255)
"""What shows through transparent pixels: white, as in a browser."""

ANIMATED = ("GIF", "WEBP", "PNG", "AVIF")
"""Formats whose further pictures are an animation (in MPO they are previews, in TIFF pages)."""


def read_picture(path: str | Path) -> Image:
    """A picture, upright, in sRGB, its longer side at most 4096 pixels. Returns (h, w, 3) uint8

    Transparent pixels are laid on white; of an animation the first picture is read.
    Errors: BadInput when the file is missing, no picture, damaged, under 64 pixels or over 100 million.
    """
    path = Path(path)
    check_readable(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on odd files: what can be read is read
        return _checked(path, _decoded(path))


def _decoded(path: Path) -> Pillow.Image:
    try:
        Pillow.init()  # all readers, or those it may try are not there to be tried
        with Pillow.open(path, formats=FORMATS) as file:
            if file.width * file.height > MOST:
                raise Pillow.DecompressionBombError
            if getattr(file, "is_animated", False) and file.format in ANIMATED:
                log.warning("%s is animated: its first picture is used", path)
                file.seek(0)
            file.draft(None, (LARGEST, LARGEST))  # a JPEG is decoded at half or quarter size for nothing
            return _upright_srgb(file)
    except Pillow.DecompressionBombError:
        raise BadInput(f"{path} has more than {MOST / 1e6:.0f} million pixels; make it smaller") from None
    except UnidentifiedImageError:
        raise BadInput(_what_it_is(path)) from None
    except Exception as error:  # readers of damaged files raise nearly everything
        raise BadInput(f"{path} is damaged and cannot be read as a picture ({error})") from error


def _upright_srgb(file: Pillow.Image) -> Pillow.Image:
    picture = _eight_bit(file)
    picture.thumbnail((LARGEST, LARGEST), Pillow.Resampling.LANCZOS, reducing_gap=2)
    orientation = file.getexif().get(0x0112, 1)
    if profile := file.info.get("icc_profile"):
        picture = _srgb(picture, profile)
    return _turned(_flat(picture), orientation)


def _eight_bit(file: Pillow.Image) -> Pillow.Image:
    """In mode L, LA, RGB, RGBA, CMYK or LAB: palettes looked up, 16 and 32 bits brought down."""
    if file.mode.startswith(("I", "F")):
        return Pillow.fromarray(_grey(np.asarray(file)))
    if file.mode in ("P", "PA"):
        return file.convert("RGBA" if "transparency" in file.info or file.mode == "PA" else "RGB")
    if "transparency" in file.info and file.mode in ("1", "L", "RGB"):
        return file.convert("RGBA")
    wanted = {"1": "L", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
    return file.convert(wanted.get(file.mode, file.mode))


def _grey(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """(h, w) of more than 8 bits to 8: full scale is 1 for fractions, else 255 or 65535, whichever suffices."""
    finite = np.nan_to_num(values.astype(np.float64))
    peak = finite.max(initial=0)
    fractions = values.dtype.kind == "f" and peak <= 1
    full = 1 if fractions else 65535 if values.dtype.itemsize == 2 or peak > 255 else 255
    return np.clip(finite * (255 / full) + 0.5, 0, 255).astype(np.uint8)


def _srgb(picture: Pillow.Image, profile: bytes) -> Pillow.Image:
    """Colours by the picture's own profile; one that cannot be used is passed over."""
    alpha = picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None
    colours = picture.convert(picture.mode.removesuffix("A")) if alpha else picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        log.info("the colour profile cannot be used: %s", error)
        return picture
    assert made is not None  # None only when asked to work in place
    if alpha:
        made.putalpha(alpha)
    return made


def _flat(picture: Pillow.Image) -> Pillow.Image:
    """RGB, what is transparent laid on BEHIND."""
    if picture.mode not in ("LA", "RGBA"):
        return picture.convert("RGB")
    coloured = picture.convert("RGBA")
    return Pillow.alpha_composite(Pillow.new("RGBA", coloured.size, (*BEHIND, 255)), coloured).convert("RGB")


TURNS = {  # EXIF 2.32, tag 0x0112: what to do so that the picture stands upright
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}


def _turned(picture: Pillow.Image, orientation: object) -> Pillow.Image:
    turn = TURNS.get(orientation) if isinstance(orientation, int) else None
    return picture if turn is None else picture.transpose(turn)


def _checked(path: Path, picture: Pillow.Image) -> Image:
    if min(picture.size) < SMALLEST:
        raise BadInput(
            f"{path} has {picture.width} x {picture.height} pixels; at least {SMALLEST} x {SMALLEST} are needed"
        )
    return np.ascontiguousarray(picture, np.uint8)


def _what_it_is(path: Path) -> str:
    """The sentence about a file that is no picture."""
    if head(path)[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return f"{path} is a HEIC picture, which cannot be read here; save it as JPEG or PNG"
    if is_text(path):
        return f"{path} is a text file, not a picture"
    if _is_video(path):
        return f"{path} is a sound or video file, not a picture; save one picture of it as PNG"
    return f"{path} is not a picture that can be read; give a JPEG, PNG, WebP, AVIF, TIFF, GIF or BMP"


def _is_video(path: Path) -> bool:
    import av

    try:
        with av.open(str(path)) as container:
            return next(container.decode(*container.streams.video, *container.streams.audio), None) is not None
    except (av.FFmpegError, OSError, ValueError):
        return False


def write_png(path: str | Path, image: Image, *, synthetic: bool = True) -> None:
    """image : (h, w, 3 or 4) uint8 sRGB. The file says that it is synthetic where it is, signed, and nothing else.

    Errors: OutputFailed.
    """
    notes = png_notes() if synthetic else None
    with atomic_output(path) as temporary:
        Pillow.fromarray(image).save(temporary, format="PNG", pnginfo=notes, compress_level=4)
        if synthetic:
            sign(temporary)

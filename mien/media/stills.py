"""Pictures out without sound: a folder of PNG files, and animations that play in any page or chat."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp

from PIL import Image as Pillow

from mien.core.errors import BadInput, OutputExists, OutputFailed, WrongUse
from mien.core.files import atomic_output
from mien.core.frame import Frame, Image
from mien.media.marks import COMMENT, XMP, marked_gif
from mien.media.picture import write_png
from mien.media.provenance import sign

DIGITS = 6
"""Of a picture's number in a folder: 000000.png, as editors expect a sequence."""

COLOURS = 256
"""A GIF's palette, one for all its pictures: one for each would shimmer."""

WEBP_QUALITY = 85

LONGEST = 60
"""Seconds of an animation; a GIF of a minute is 100 MB, and nobody's page loads it."""


def write_sequence(folder: str | Path, frames: Iterable[Frame]) -> Path:
    """A folder of lossless PNG files named by frame index; it appears when it is complete.

    Errors: OutputExists for a folder that is there and not empty, OutputFailed, BadInput for no frame.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputExists(f"{folder} is there already; give the name of a new folder for the pictures")
    try:
        making = Path(mkdtemp(prefix=".mien-", dir=folder.absolute().parent))
    except OSError as error:
        raise OutputFailed(f"cannot make the folder {folder}: {(error.strerror or 'it failed').lower()}") from None
    try:
        count = 0
        for frame in frames:
            write_png(making / f"{frame.index:0{DIGITS}d}.png", frame.image)
            count += 1
        if not count:
            raise BadInput(f"cannot write {folder}: no picture came")
        making.chmod(0o755)
        making.replace(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


def write_animation(path: str | Path, frames: Iterable[Frame], rate: Fraction) -> Path:
    """A .gif or an animated .webp that plays forever, without sound.

    Errors: BadInput for no frame or for more than LONGEST seconds; OutputFailed.
    """
    path = Path(path)
    pictures = _limited(frames, path, int(LONGEST * rate))
    gif = path.suffix.lower() == ".gif"
    shown = list(_one_palette(pictures)) if gif else list(map(Pillow.fromarray, pictures))
    if not shown:
        raise BadInput(f"cannot write {path}: no picture came")
    first, *others = shown
    options = {"disposal": 1, "comment": COMMENT} if gif else {"quality": WEBP_QUALITY, "method": 2, "xmp": XMP}
    step = 10 if gif else 1
    file = BytesIO()
    with atomic_output(path) as temporary:
        first.save(
            file,
            "GIF" if gif else "WEBP",
            save_all=True,
            append_images=others,
            duration=durations(len(shown), rate, step),
            loop=0,
            **options,
        )
        temporary.write_bytes(marked_gif(file.getvalue()) if gif else file.getvalue())
        sign(temporary)
    return path


def durations(count: int, rate: Fraction, step: int) -> list[int]:
    """Milliseconds of each picture in whole steps, so that none is ever further than one step from its time.

    >>> durations(3, Fraction(30), 10), durations(3, Fraction(25), 1)
    ([30, 40, 30], [40, 40, 40])
    """
    edges = [round(Fraction(1000 * i) / rate / step) * step for i in range(count + 1)]
    return [b - a for a, b in pairwise(edges)]


def _limited(frames: Iterable[Frame], path: Path, most: int) -> Iterator[Image]:
    for count, frame in enumerate(frames):
        if count == most:
            raise BadInput(
                f"{path.name} would be longer than {LONGEST} s, too long for an animation: write .mp4 or .webm"
            )
        yield frame.image


def _one_palette(images: Iterator[Image]) -> Iterator[Pillow.Image]:
    palette = None
    for image in images:
        if image.shape[2] == 4:
            raise WrongUse("a .gif has no soft edges: write .webp, .webm, .png or a folder of PNGs to be see-through")
        picture = Pillow.fromarray(image)
        if palette is None:
            palette = picture.quantize(COLOURS, method=Pillow.Quantize.MEDIANCUT)
        yield picture.quantize(palette=palette, dither=Pillow.Dither.NONE)

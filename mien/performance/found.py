"""A picture of what was found in a photo: the frame that will be drawn, the face, and what there is to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from mien.core.frame import Image
from mien.face.advice import Advice, Verdict
from mien.face.fit import OVAL
from mien.renderers.portrait.framing import place_window

Floats = npt.NDArray[np.float32]
Colour = tuple[int, int, int]

LONGEST = 1000
"""Pixels of the longer side of the photo as shown, whatever its own size: so lines and letters always fit."""

PANEL, PAD = 520, 32
"""Pixels: breadth of the text beside the photo, and what is left free around it."""

LINE = 2
"""Pixels of a line; the dark edge on either side of it, on which it shows against any photo, is half as broad."""

ROOMY = 260
"""Pixels of a face as shown up to which its outlines are half as thick: they would hide its eyes."""

PAPER, INK, FAINT = (250, 249, 246), (38, 40, 44), (122, 124, 128)
BEYOND = (222, 220, 214)
"""Of what the frame shows but the photo lacks."""

COLOURS: dict[Verdict, Colour] = {"good": (74, 138, 98), "usable": (196, 138, 36), "poor": (190, 66, 58)}
DIM = 0.62
"""Brightness of what the frame leaves out."""

BRIGHT, OTHER = (255, 255, 255), (255, 208, 120)
"""Of lines on the photo: the face that is moved, and the others."""

# fmt: off
OUTLINES = (  # landmarks in order, each a closed line: the face, the eyes, the lips' outer and inner edges
    OVAL,
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class View:
    """Where the photo's pixels go. left, top : of the region, photo pixels; zoom : shown pixels per photo pixel"""

    left: float
    top: float
    zoom: float

    def __call__(self, points: npt.ArrayLike) -> Floats:
        """(n, 2) of the photo, (0, 0) being its corner -> (n, 2) of what is shown."""
        return np.asarray((np.asarray(points, np.float32)[:, :2] - (self.left, self.top)) * self.zoom, np.float32)


def found_picture(image: Image, advice: Advice) -> Image:
    """The photo with what was found drawn in, and beside it every finding in words.

    image : (h, w, 3) RGB that the advice is about. Returns (h', w', 3), the photo's part at most LONGEST each way
    """
    left, top, side = place_window(advice.face.points, *image.shape[:2])
    window = _rectangle(left, top, left + side, top + side)
    shown, view = _laid_out(image, window)
    _dim_outside(shown, view(window))
    _line(shown, view(window), BRIGHT)
    for number, face in enumerate(advice.others, start=2):
        _line(shown, view(_rectangle(*face.box)), OTHER)
        _badge(shown, view(_rectangle(*face.box))[0], OTHER, str(number))
    thick = LINE if advice.face.size * view.zoom > ROOMY else 1
    for outline in OUTLINES:
        _line(shown, _rounded(view(advice.face.points[list(outline)])), BRIGHT, thick)
    if advice.others:
        _badge(shown, view(_rectangle(*advice.face.box))[0], BRIGHT, "1")
    return _beside(shown, _panel(advice, len(shown)))


def _laid_out(image: Image, window: Floats) -> tuple[Image, View]:
    """The photo, and what of the frame is beyond it, brought to LONGEST."""
    height, width = image.shape[:2]
    low = np.floor(np.minimum(window.min(0), 0)).astype(int)
    high = np.ceil(np.maximum(window.max(0), (width, height))).astype(int)
    zoom = LONGEST / int((high - low).max())
    size = np.maximum(np.rint((high - low) * zoom), 1).astype(int)
    shown = np.full((size[1], size[0], 3), BEYOND, np.uint8)
    view = View(float(low[0]), float(low[1]), zoom)
    x0, y0, x1, y1 = (round(v) for v in view([(0, 0), (width, height)]).ravel().tolist())
    x1, y1 = max(min(x1, int(size[0])), x0 + 1), max(min(y1, int(size[1])), y0 + 1)
    how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    shown[y0:y1, x0:x1] = cv2.resize(image, (x1 - x0, y1 - y0), interpolation=how)
    return shown, view


def _line(shown: Image, points: Floats, colour: Colour, thick: int = LINE) -> None:
    """A closed line with a dark edge, in place. points : (n, 2)"""
    inside = np.clip(points, LINE, np.array(shown.shape[1::-1]) - 1 - LINE)
    fine = np.rint((inside - 0.5) * 16).astype(np.int32)  # sixteenths of a pixel
    under = shown.copy()
    cv2.polylines(under, [fine], True, INK, 2 * thick, cv2.LINE_AA, 4)
    cv2.addWeighted(under, 0.6, shown, 0.4, 0, dst=shown)
    cv2.polylines(shown, [fine], True, colour, thick, cv2.LINE_AA, 4)


def _badge(shown: Image, corner: Floats, colour: Colour, label: str) -> None:
    """A number on a disc at a corner, within the picture."""
    radius = 17
    x, y = (int(v) for v in np.clip(corner, radius + 1, np.array(shown.shape[1::-1]) - radius - 2))
    cv2.circle(shown, (x, y), radius, INK, -1, cv2.LINE_AA)
    cv2.circle(shown, (x, y), radius - 2, colour, -1, cv2.LINE_AA)
    canvas = Pillow.fromarray(shown)
    ImageDraw.Draw(canvas).text((x, y), label, INK, _font(22), anchor="mm")
    shown[:] = np.asarray(canvas)


def _rectangle(x0: float, y0: float, x1: float, y1: float) -> Floats:
    """(4, 2) its corners, from the upper left clockwise."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)


def _rounded(points: Floats) -> Floats:
    """(4 n, 2) a closed line with its corners cut twice (Chaikin 1974), as there are few landmarks to a curve."""
    for _ in range(2):
        following = np.roll(points, -1, axis=0)
        cut = [0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following]
        points = np.stack(cut, axis=1).reshape(-1, 2)
    return points


def _dim_outside(shown: Image, window: Floats) -> None:
    """Darken, in place, what the frame leaves out. window : (4, 2)"""
    (x0, y0), _, (x1, y1), _ = np.rint(window).astype(int)
    inside = np.zeros(shown.shape[:2], bool)
    inside[max(y0, 0) : y1, max(x0, 0) : x1] = True
    shown[~inside] = (shown[~inside] * DIM).astype(np.uint8)


def _panel(advice: Advice, height: int) -> Image:
    """(at least height, PANEL, 3) the verdict, and every finding with what to do about it."""
    rows = [_Row(advice.verdict.capitalize(), 40, COLOURS[advice.verdict], after=20)]
    for finding in advice.findings:
        good = finding.verdict == "good"
        text = f"{finding.aspect.capitalize()}: {finding.reads}"
        dot = COLOURS[finding.verdict]
        rows.append(_Row(text, 20, FAINT if good else INK, dot=dot, after=8 if good else 2))
        if not good:
            rows += [_Row(line, 18, dot, indent=22) for line in _wrapped(finding.rule.advice, 18)]
            rows[-1] = replace(rows[-1], after=12)
    rows.append(_Row("The square is what will be drawn.", 16, FAINT, before=14))
    return _written(rows, height)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of text. size, before, after, indent : pixels; dot : colour of a mark in front of it"""

    text: str
    size: int
    colour: Colour
    before: int = 0
    after: int = 4
    indent: int = 0
    dot: Colour | None = None

    @property
    def height(self) -> int:
        return self.before + round(1.2 * self.size) + self.after


def _written(rows: Sequence[_Row], height: int) -> Image:
    """(at least height, PANEL, 3)"""
    tall = max(height, sum(row.height for row in rows) + 2 * PAD)
    canvas = Pillow.new("RGB", (PANEL, tall), PAPER)
    pen = ImageDraw.Draw(canvas)
    y = PAD
    dots = []
    for row in rows:
        middle = y + row.before + round(0.6 * row.size)
        if row.dot:
            dots.append((middle, row.dot))
        x = PAD + (22 if row.dot else row.indent)
        pen.text((x, middle), row.text, row.colour, _font(row.size), anchor="lm")
        y += row.height
    made = np.array(canvas, np.uint8)
    for middle, colour in dots:
        cv2.circle(made, (PAD + 5, middle), 5, colour, -1, cv2.LINE_AA)
    return made


def _wrapped(text: str, size: int) -> list[str]:
    """Lines that fit into the panel."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _font(size).getlength(longer) > PANEL - 2 * PAD - 22:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _beside(shown: Image, panel: Image) -> Image:
    """Both on one sheet, the photo at the top, with a margin."""
    height, width = shown.shape[:2]
    sheet = np.full((max(len(panel), height + 2 * PAD), width + PAD + PANEL, 3), PAPER, np.uint8)
    sheet[PAD : PAD + height, PAD : PAD + width] = shown
    sheet[: len(panel), PAD + width :] = panel
    return sheet

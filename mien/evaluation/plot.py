"""Curves over the waveform, as SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.track import Audio

SECOND = 110
"""Pixels per second of sound, at least."""
LEAST_WIDTH = 1110
"""Pixels: a short clip is spread over the page."""
HEIGHT, FOOT = 150, 18
WAVE_POINTS = 50
"""Points of the waveform per second."""


@dataclass(frozen=True, eq=False)
class Line:
    """A named curve. values : (n,)"""

    name: str
    values: npt.NDArray[np.floating[Any]]


def curves_over_sound(audio: Audio, lines: Sequence[Line], rate: float) -> str:
    """An SVG that scrolls sideways where it is longer than the page. rate : values per second of every line"""
    if not lines:
        raise BadInput("there is no curve to draw")
    scale = max(SECOND, LEAST_WIDTH / max(audio.seconds, 0.1))
    width = audio.seconds * scale
    top = max(float(np.max(line.values, initial=0)) for line in lines) or 1.0
    drawn = "".join(path_of(line, rate, top, scale) for line in lines)
    seconds = range(int(audio.seconds) + 1)
    marks = "".join(
        f'<line class="tick" x1="{s * scale:.0f}" y1="0" x2="{s * scale:.0f}" y2="{HEIGHT}"/>'
        f'<text x="{s * scale + 3:.0f}" y="{HEIGHT + 13}">{s} s</text>'
        for s in seconds
    )
    names = "".join(f'<span class="key {css_name(line.name)}">{escape(line.name)}</span>' for line in lines)
    return (
        f'<div class="legend">{names}</div><div class="wide"><svg viewBox="0 0 {width:.0f} {HEIGHT + FOOT}" '
        f'style="width:{width:.0f}px" role="img" aria-label="{escape(", ".join(line.name for line in lines))}">'
        f"{marks}{wave(audio, scale)}{drawn}</svg></div>"
    )


def curves_over_offsets(lines: Sequence[Line], reach: int, rate: float) -> str:
    """An SVG of curves against the offset of the picture. lines : (2 reach + 1,) values each; rate : frames a second"""
    if not lines:
        raise BadInput("there is no curve to draw")
    low = min(0.0, *(float(line.values.min()) for line in lines))
    high = max(float(line.values.max()) for line in lines) or 1.0
    step = LEAST_WIDTH / (2 * reach)

    def height(value: float) -> float:
        return HEIGHT - 4 - (value - low) / (high - low) * (HEIGHT - 12)

    drawn = "".join(
        f'<polyline class="curve {css_name(line.name)}" points="'
        + " ".join(f"{i * step:.1f},{height(float(v)):.1f}" for i, v in enumerate(line.values))
        + '"/>'
        for line in lines
    )
    marks = "".join(
        f'<line class="tick" x1="{(o + reach) * step:.0f}" y1="0" x2="{(o + reach) * step:.0f}" y2="{HEIGHT}"/>'
        f'<text x="{(o + reach) * step + 3:.0f}" y="{HEIGHT + 13}">{1000 * o / rate:+.0f} ms</text>'
        for o in range(-reach, reach, 5)
    )
    names = "".join(f'<span class="key {css_name(line.name)}">{escape(line.name)}</span>' for line in lines)
    return (
        f'<div class="legend">{names}</div><div class="wide"><svg viewBox="0 0 {LEAST_WIDTH} {HEIGHT + FOOT}" '
        f'style="width:{LEAST_WIDTH}px" role="img" aria-label="{escape(", ".join(line.name for line in lines))}">'
        f"{marks}{drawn}</svg></div>"
    )


def css_name(name: str) -> str:
    """The class of a system's curve.

    >>> css_name("mien+text")
    's-mien-text'
    """
    return "s-" + "".join(c if c.isalnum() else "-" for c in name)


def path_of(line: Line, rate: float, top: float, scale: float) -> str:
    points = " ".join(
        f"{(i + 0.5) / rate * scale:.1f},{HEIGHT - 4 - value / top * (HEIGHT - 12):.1f}"
        for i, value in enumerate(line.values)
    )
    return f'<polyline class="curve {css_name(line.name)}" points="{points}"/>'


def wave(audio: Audio, scale: float) -> str:
    """The sound's envelope as a band in the middle."""
    count = max(1, int(audio.seconds * WAVE_POINTS))
    edges = np.linspace(0, len(audio), count + 1).astype(int)
    peaks = np.array([np.abs(audio.values[a:b]).max(initial=0) for a, b in pairwise(edges)])
    heights = peaks / max(float(peaks.max(initial=0)), 1e-6) * (HEIGHT / 2 - 6)
    at = (np.arange(count) + 0.5) / WAVE_POINTS * scale
    upper = [f"{x:.1f},{HEIGHT / 2 - h:.1f}" for x, h in zip(at, heights, strict=True)]
    lower = [f"{x:.1f},{HEIGHT / 2 + h:.1f}" for x, h in zip(at[::-1], heights[::-1], strict=True)]
    return f'<polygon class="wave" points="{" ".join(upper + lower)}"/>'

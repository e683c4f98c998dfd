"""Are the lips shut when they should be, and only then?"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.plan import Phone, Span
from mien.evaluation.metrics.checked import curve

SHUT = 0.02
"""Inner-lip gap that counts as shut, as a share of face height."""

BILABIALS = frozenset("p b m".split())
OPEN_VOWELS = frozenset("ɑ æ aɪ ɔ eɪ aʊ".split())

LONG_ENOUGH = 0.06
"""Seconds below which a vowel is too short to open for."""


def closures(gap: npt.ArrayLike, rate: float, spans: Iterable[Span[Phone]], offset: int = 0) -> list[bool]:
    """For each span whether a frame that begins or lies in it is shut.

    gap : (n,) over face height; offset : frames by which the gap is late. Spans beyond the last frame are left out.
    """
    values = curve(gap)
    shut = []
    for span in spans:
        first, last = int(span.start * rate) + offset, ceil(span.stop * rate) + offset
        if first >= 0 and last <= len(values):
            shut.append(bool((values[first : max(last, first + 1)] < SHUT).any()))
    return shut


def shut_in_the_middle(gap: npt.ArrayLike, rate: float, spans: Iterable[Span[Phone]], offset: int = 0) -> list[bool]:
    """For each span whether the frame at its middle is shut: at its ends its neighbours' closures still show."""
    middles = [(span.start + span.stop) / 2 for span in spans]
    return closures(gap, rate, [Span(at, at, Phone("")) for at in middles], offset)


def bilabials(phones: Iterable[Span[Phone]]) -> list[Span[Phone]]:
    return [p for p in phones if p.value.symbol in BILABIALS]


def open_vowels(phones: Iterable[Span[Phone]]) -> list[Span[Phone]]:
    return [p for p in phones if p.value.symbol in OPEN_VOWELS and p.stop - p.start > LONG_ENOUGH]


def share(found: list[bool]) -> float:
    """Errors: BadInput for none."""
    if not found:
        raise BadInput("there is no such phone in the clip")
    return sum(found) / len(found)

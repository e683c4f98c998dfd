"""What a suite hands on: figures, what could not be measured, and what there is to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Interval = tuple[float, float]

POOLED = "*"
"""Ends the clip name of a row that stands for all clips of a source: "grid/*"."""

ALL, ALL_WORDS = "all", "all with words"
"""Sources of rows that stand for the clips of all sources: "all/*", and for those of them whose words are known."""


@dataclass(frozen=True)
class Row:
    """One figure.

    clip     : "grid/bbaf2n"; "grid/*" for the mean over a source, which alone has an interval
    interval : 95 % bootstrap interval
    """

    suite: str
    system: str
    clip: str
    metric: str
    value: float
    interval: Interval | None = None

    @property
    def pooled(self) -> bool:
        return self.clip.endswith(POOLED)


@dataclass(frozen=True)
class Skipped:
    """Something that was not measured, and why.

    system  : empty when it is the suite or its data
    sources : in whose tables the system would stand; empty for all
    """

    suite: str
    system: str
    why: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """Something to look at on the page.

    body : HTML or SVG that fetches nothing; jpeg : the same as a file, for contact sheets
    """

    suite: str
    title: str
    body: str
    jpeg: bytes = b""


@dataclass(frozen=True)
class Page:
    """A page of its own beside the report. name : of its file"""

    suite: str
    name: str
    html: str


Finding = Row | Skipped | Picture | Page


@dataclass(frozen=True)
class Column:
    """A metric as a table shows it. better : "high", "low", "one" (near 1), "half" (near .5) or "" for neither"""

    metric: str
    title: str
    meaning: str
    better: str = ""
    digits: int = 2


@dataclass(frozen=True)
class Layout:
    """How a suite's pooled rows are laid out: a table per source, a line per system, a column per metric."""

    suite: str
    title: str
    purpose: str
    columns: Sequence[Column]

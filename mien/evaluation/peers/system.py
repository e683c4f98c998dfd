"""What a system is: something that moves a face to a clip's sound."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from mien.core.errors import MienError
from mien.core.rig import Motion
from mien.evaluation.data import Clip


class CannotRun(MienError):
    """A system that is not installed, or a clip that lacks what it needs; it is skipped, and said so."""


class NoWords(CannotRun):
    """A system that is told the words, and a clip of which nobody knows them; said once for all such systems."""


@runtime_checkable
class System(Protocol):
    """name : as in the report; takes : motions per clip whose figures are averaged

    Errors of ``animate``: CannotRun, with the reason.
    """

    name: str
    takes: int

    def animate(self, clip: Clip, take: int = 0) -> Motion: ...


@runtime_checkable
class Filmed(Protocol):
    """A system of which there are only its pictures of some clips: its motion is read off them, as the captured one is.

    sources : the sources whose clips there are; anywhere else it is not asked, and nobody misses it
    Errors of ``film``: CannotRun, with the reason.
    """

    name: str
    takes: int
    sources: frozenset[str]

    def film(self, clip: Clip) -> Path: ...

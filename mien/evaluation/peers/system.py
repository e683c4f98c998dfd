"""What a system is: something that moves a face to a clip's sound."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from mien.core.errors import MienError
from mien.core.rig import Motion
from mien.evaluation.data import Clip


class CannotRun(MienError):
    """A system that is not installed, or a clip that lacks what it needs; it is skipped, and said so."""


@runtime_checkable
class System(Protocol):
    """name : as in the report; takes : motions per clip whose figures are averaged

    Errors of ``animate``: CannotRun, with the reason.
    """

    name: str
    takes: int

    def animate(self, clip: Clip, take: int = 0) -> Motion: ...

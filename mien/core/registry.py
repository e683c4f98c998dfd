"""Backends by name, built-in and third-party alike: entry points, so listing imports nothing."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from mien.core.errors import MissingExtra, WrongUse, unknown

KINDS = ("voices", "aligners", "generators", "trackers", "renderers", "agents")


def names(kind: str) -> list[str]:
    """The backends of one kind, without importing any."""
    return sorted(_points(kind))


def backend(kind: str, name: str) -> Any:
    """The class behind a name.

    Errors: WrongUse for a name nobody registered, MissingExtra when its package is not installed.
    """
    points = _points(kind)
    if name not in points:
        raise unknown(kind.removesuffix("s"), name, points)
    point = points[name]
    try:
        return point.load()
    except ImportError as error:
        if error.name is None or error.name.startswith("mien."):
            raise  # our own fault, not a package that is missing
        raise _missing(point, error) from error


def _points(kind: str) -> dict[str, EntryPoint]:
    if kind not in KINDS:
        raise unknown("kind of backend", kind, KINDS)
    points = {point.name: point for point in entry_points(group=f"mien.{kind}")}
    if not points and kind in ("voices", "renderers"):
        raise WrongUse("mien is not installed properly, its backends are not registered; run: pip install -e .")
    return points


def _missing(point: EntryPoint, error: ImportError) -> MissingExtra:
    extra = point.extras[0] if point.extras else None
    how = f"pip install 'mien[{extra}]'" if extra else f"pip install {error.name}"
    return MissingExtra(f"{point.name!r} needs the package {error.name!r}: {how}")

"""The systems by name."""

from __future__ import annotations

from collections.abc import Sequence

from mien.core.errors import unknown
from mien.evaluation.peers.energy import Energy
from mien.evaluation.peers.floors import Shuffled, Static
from mien.evaluation.peers.headaudio import HeadAudio
from mien.evaluation.peers.nearest import Nearest
from mien.evaluation.peers.openfacefx import OpenFaceFX
from mien.evaluation.peers.ours import Mien
from mien.evaluation.peers.rendered import every as rendered
from mien.evaluation.peers.system import System
from mien.evaluation.peers.wlipsync import WLipSync

CAPTURED = "captured"
"""The truth itself, read by the same ruler: the ceiling, printed where a figure means something for it."""

FLOORS = ("static", "shuffled")

GUESS = "guess"
"""What chance alone would score."""


def systems() -> dict[str, System]:
    """Every system there is, in the order of the tables; nothing is loaded yet."""
    made: list[System] = [
        Mien(with_text=False),
        Mien(with_text=True),
        OpenFaceFX(with_text=False),
        OpenFaceFX(with_text=True),
        HeadAudio(),
        WLipSync(),
        Nearest(with_text=False),
        Nearest(with_text=True),
        Energy(),
        *rendered(),
        Static(),
        Shuffled(Mien(with_text=False)),
    ]
    return {system.name: system for system in made}


def chosen(names: Sequence[str] | None) -> list[System]:
    """The systems asked for, all without names; the floors come along always. Errors: WrongUse."""
    every = systems()
    for name in names or ():
        if name not in every:
            raise unknown("system", name, every)
    return [s for n, s in every.items() if not names or n in names or n in FLOORS]

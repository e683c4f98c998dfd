"""mien gives any text, voice or conversation a face that means it.

>>> import mien
>>> mien.Motion.at_rest(2, rate=25)["jawOpen"].tolist()
[0.0, 0.0]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mien.core.emotion import Emotion
    from mien.core.errors import MienError
    from mien.core.formats import load
    from mien.core.frame import Frame, Segment
    from mien.core.plan import Speech, Utterance
    from mien.core.rig import Motion
    from mien.core.track import Audio
    from mien.evaluation.harness import evaluate
    from mien.media.verification import Verification, verify
    from mien.performance.capture import capture
    from mien.performance.check import check
    from mien.performance.take import Take
    from mien.performance.verbs import animate, render, say, speak

__version__ = "0.1.0"

_HOME = {
    "Audio": "core.track",
    "Emotion": "core.emotion",
    "Frame": "core.frame",
    "MienError": "core.errors",
    "Motion": "core.rig",
    "Segment": "core.frame",
    "Speech": "core.plan",
    "Take": "performance.take",
    "Utterance": "core.plan",
    "Verification": "media.verification",
    "animate": "performance.verbs",
    "capture": "performance.capture",
    "check": "performance.check",
    "evaluate": "evaluation.harness",
    "load": "core.formats",
    "render": "performance.verbs",
    "say": "performance.verbs",
    "speak": "performance.verbs",
    "verify": "media.verification",
}
"""Public name -> module that has it, imported when first asked for."""

__all__ = [
    "Audio",
    "Emotion",
    "Frame",
    "MienError",
    "Motion",
    "Segment",
    "Speech",
    "Take",
    "Utterance",
    "Verification",
    "__version__",
    "animate",
    "capture",
    "check",
    "evaluate",
    "load",
    "render",
    "say",
    "speak",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mien' has no attribute {name!r}")
    return getattr(importlib.import_module(f"mien.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__

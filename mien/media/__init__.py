"""Every decode, resample and mux: pictures by Pillow, sound and video by PyAV."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mien.media.picture import read_picture, write_png
    from mien.media.sound import is_silent, read_audio, resample, stated_seconds, stream_audio, write_wav
    from mien.media.stills import write_animation, write_sequence
    from mien.media.subtitles import write_subtitles
    from mien.media.verification import Verification, verify
    from mien.media.video import VideoWriter, read_video

_HOME = {
    "Verification": "verification",
    "VideoWriter": "video",
    "is_silent": "sound",
    "read_audio": "sound",
    "read_picture": "picture",
    "read_video": "video",
    "resample": "sound",
    "stated_seconds": "sound",
    "stream_audio": "sound",
    "verify": "verification",
    "write_animation": "stills",
    "write_png": "picture",
    "write_sequence": "stills",
    "write_subtitles": "subtitles",
    "write_wav": "sound",
}
"""Name -> module that has it, imported when first asked for: subtitles need no decoder."""

__all__ = [
    "Verification",
    "VideoWriter",
    "is_silent",
    "read_audio",
    "read_picture",
    "read_video",
    "resample",
    "stated_seconds",
    "stream_audio",
    "verify",
    "write_animation",
    "write_png",
    "write_sequence",
    "write_subtitles",
    "write_wav",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mien.media' has no attribute {name!r}")
    return getattr(importlib.import_module(f"mien.media.{_HOME[name]}"), name)

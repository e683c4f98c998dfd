"""OpenFaceFX (PyPI, MIT), as its documentation says to use it, in its own ARKit preset.

From sound alone it has an energy mode; with the words it wants phones in time from an aligner, and gets the same
ones as mien. Not a dependency: pip install 'mien[evaluate]'.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from mien.core.phones import arpabet_from_ipa
from mien.core.rig import FACE, Motion
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip, phones_of
from mien.evaluation.peers.ours import said
from mien.evaluation.peers.system import CannotRun

ITS_RATE = 60
"""Frames per second at which its curves are asked for: its own default."""


class OpenFaceFX:
    """System: the package's curves, read at the middle of each frame."""

    takes = 1

    def __init__(self, *, with_text: bool) -> None:
        self.with_text = with_text
        self.name = "openfacefx+text" if with_text else "openfacefx"

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        try:
            import openfacefx
            from openfacefx.retarget import PRESETS, retarget
        except ImportError:
            raise CannotRun("the package openfacefx is not installed: pip install 'mien[evaluate]'") from None
        track = self._aligned(openfacefx, clip) if self.with_text else self._by_energy(openfacefx, clip)
        return motion_from_track(retarget(track, PRESETS["arkit"]), clip.audio.seconds)

    def _aligned(self, package: Any, clip: Clip) -> Any:
        segments, at = [], 0.0
        for phone in phones_of(said(clip, with_text=True)):
            if phone.start > at:
                segments.append(package.PhonemeSegment("sil", at, phone.start))
            segments.append(package.PhonemeSegment(arpabet_from_ipa(phone.value.symbol), phone.start, phone.stop))
            at = phone.stop
        segments.append(package.PhonemeSegment("sil", at, max(clip.audio.seconds, at + 0.01)))
        return package.generate_from_alignment(segments, fps=ITS_RATE)

    def _by_energy(self, package: Any, clip: Clip) -> Any:
        from mien.media import write_wav

        with tempfile.TemporaryDirectory(prefix="mien-") as folder:
            path = Path(folder) / "sound.wav"
            write_wav(path, clip.audio)
            return package.generate_from_energy(str(path), fps=ITS_RATE)


def motion_from_track(track: Any, seconds: float) -> Motion:
    """Its key frames, linear in between as it says, in the channels of the same names."""
    motion = Motion.at_rest(int(seconds * RATE), rate=RATE)
    values = motion.values.copy()
    for channel in track.channels:
        if channel.name in FACE and channel.keys:
            times, heights = [k.time for k in channel.keys], [k.value for k in channel.keys]
            values[:, motion.rig.find(channel.name)] = np.interp(motion.times, times, heights)
    return motion.with_values(np.clip(values, motion.rig.low, motion.rig.high))

"""@met4citizen/headaudio (npm, MIT), run under Node with its own worklet, node and model, all options as they come.

It hears one of 15 Oculus visemes at a time and cross-fades between them at each animation frame. It says nothing of
ARKit: each viseme is given here the shape of one of the phones that its README lists for it, by hand and from mien's
own table, so what is compared is when and what it hears, not how a mouth is drawn. Indicative. (Its sister
project TalkingHead mixes visemes from ARKit in blender/build-visemes-from-arkit.py; on mien's head those mixes follow
the captured opening less well.)
"""

from __future__ import annotations

from mien.core.rig import Motion
from mien.evaluation.data import Clip
from mien.evaluation.peers.nearest import pose
from mien.evaluation.peers.node import Package, curves_from, motion_from_curves

PACKAGE = Package(
    "@met4citizen/headaudio",
    "0.1.0",
    ("dist/headaudio.min.mjs", "dist/headworklet.min.mjs", "dist/model-en-mixed.bin"),
)

PHONES = {  # viseme -> a phone of those in appendix A of the package's README
    "aa": "ɑ", "E": "ɛ", "I": "ɪ", "O": "ɔ", "U": "ʊ", "PP": "p", "SS": "s", "TH": "θ", "DD": "t", "FF": "f",
    "kk": "k", "nn": "n", "RR": "ɹ", "CH": "tʃ",
}  # fmt: skip
"""Silence has none: it is the face at rest."""


class HeadAudio:
    """System: the package's viseme values, each a share of its phone's shape.

    The viseme aa never shows: version 0.1.0 takes its number, 0, for no viseme and keeps the one before it.
    """

    name, takes = "headaudio", 1

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        curves = curves_from(PACKAGE, "headaudio.mjs", clip.audio)
        return motion_from_curves(curves, {name: pose(phone) for name, phone in PHONES.items()}, clip.audio.seconds)

"""Which action units make an emotion, and which blendshapes make an action unit.

The prototypes are those of EMFACS (Friesen & Ekman 1983, "EMFACS-7"; Ekman, Friesen & Hager 2002,
"FACS Investigator's Guide", table 10-1), with the intensities that the prototypical displays show.
Blendshapes are named by what they move, so most units are one pair of them (Apple, ARBlendShapeLocation;
Li et al. 2020, "ICT-FaceKit", list the same correspondences).
"""

from __future__ import annotations

from collections.abc import Mapping

CHANNELS_OF_UNIT: Mapping[str, Mapping[str, float]] = {
    "1": {"browInnerUp": 1.0},
    "2": {"browOuterUp*": 1.0},
    "4": {"browDown*": 1.0},
    "5": {"eyeWide*": 1.0},
    "6": {"cheekSquint*": 1.0, "eyeSquint*": 0.4},
    "7": {"eyeSquint*": 1.0},
    "9": {"noseSneer*": 1.0, "mouthUpperUp*": 0.2},
    "10": {"mouthUpperUp*": 1.0},
    "12": {"mouthSmile*": 1.0},
    "14": {"mouthDimple*": 1.0, "mouthPress*": 0.25},
    "15": {"mouthFrown*": 1.0},
    "16": {"mouthLowerDown*": 1.0},
    "17": {"mouthShrugLower": 1.0, "mouthShrugUpper": 0.3},
    "20": {"mouthStretch*": 1.0},
    "23": {"mouthPress*": 0.6, "mouthRollLower": 0.3, "mouthRollUpper": 0.3},
    "24": {"mouthPress*": 1.0},
    "26": {"jawOpen": 1.0},
    "29": {"jawForward": 1.0},
    "43": {"eyeBlink*": 1.0},
    "lips left": {"mouthLeft": 1.0},
}
"""FACS action unit -> ARKit blendshapes. ``*`` stands for Left and Right."""

UNITS_OF_EMOTION: Mapping[str, Mapping[str, float]] = {
    # 6+12: the cheeks' raiser is what tells a felt smile (Duchenne). The lips part over the teeth.
    "happy": {"6": 1.25, "12": 1.25, "14": 0.15, "10": 0.3, "16": 0.32, "20": 0.22, "26": 0.13, "1": 0.35, "2": 0.4},
    # 1+4+15, with the chin's 17 and lids that hang.
    "sad": {"1": 1.25, "4": 0.32, "15": 1.0, "17": 0.55, "43": 0.32, "7": 0.18},
    # 4+5+7+23: brows low and together over a hard stare, lips tight, jaw set, nostrils wide; teeth shown a little.
    "angry": {"4": 1.3, "5": 0.8, "7": 0.5, "23": 0.6, "9": 0.7, "29": 0.5, "10": 0.28, "16": 0.35, "15": 0.25,
              "20": 0.15},
    # 1+2+4+5+20+26: brows up and drawn together, the inner ends most; lips stretched back.
    "fear": {"1": 1.25, "2": 0.45, "4": 0.55, "5": 1.25, "20": 1.25, "16": 0.55, "26": 0.15},
    # 9+15+16 with the upper lip's 10: the nose wrinkles, the lip lifts off the teeth.
    "disgust": {"9": 1.25, "10": 0.7, "4": 0.5, "7": 0.65, "15": 0.4, "16": 0.15, "17": 0.35, "6": 0.4},
    # 1+2+5+26: the whole brow, round eyes, the jaw falls.
    "surprise": {"1": 1.1, "2": 1.25, "5": 1.25, "26": 0.5},
    # 12+14 on one side; looked at from under lowered lids, one brow down and the other up.
    "contempt": {"L12": 0.95, "L14": 0.85, "L10": 0.3, "lips left": 0.4, "L6": 0.8, "L4": 0.5, "R2": 0.95, "43": 0.26,
                 "24": 0.15},
}  # fmt: skip
"""Emotion -> action units at intensity 1. ``L`` and ``R`` before a unit: that side of the face alone.
Amounts were set by eye on four portraits so that intensity 0.8, a strong display, uses what the head's
shapes can do; beyond that a channel that has reached 1 stays there."""

LATE = {"brows": 0.0, "eyes": 0.04, "cheeks": 0.06, "mouth": 0.12}
"""Seconds by which a region follows the brows: a felt smile reaches the lips' corners last."""


def region_of(channel: str) -> str:
    """The face region a blendshape lies in.

    >>> region_of("noseSneerLeft"), region_of("jawOpen")
    ('cheeks', 'mouth')
    """
    starts = {"brow": "brows", "eye": "eyes", "cheek": "cheeks", "nose": "cheeks", "mouth": "mouth", "jaw": "mouth"}
    return next(region for start, region in starts.items() if channel.startswith(start))


def channels_of_emotion(name: str) -> dict[str, float]:
    """Every blendshape of one emotion at intensity 1; above 1 is reached sooner.

    >>> channels_of_emotion("surprise")["jawOpen"]
    0.5
    """
    out: dict[str, float] = {}
    for unit, amount in UNITS_OF_EMOTION[name].items():
        side, unit = (unit[0], unit[1:]) if unit[0] in "LR" else ("", unit)
        for channel, weight in CHANNELS_OF_UNIT[unit].items():
            for written in _sides(channel, side):
                out[written] = out.get(written, 0.0) + amount * weight
    return out


def _sides(channel: str, side: str) -> list[str]:
    if not channel.endswith("*"):
        return [channel]
    return [channel[:-1] + end for end in ("Left", "Right") if not side or end[0] == side]

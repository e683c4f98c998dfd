"""Action units that each emotion's display is made of, and how far they are seen to go in pictures.

Two readers: the landmarker's own blendshape scores, which never saw our renders but are blind to several units, and
the table behind ``mien capture``, which sees them (there and back r .87 to .99, docs/capture.md) but was learned on our
renders. What both say counts most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mien.evaluation.metrics.checked import Array
from mien.face.landmarks import SCORES, Face
from mien.face.pose import Person, Pose, person_from
from mien.trackers.channels import table
from mien.trackers.features import features

PROTOTYPES: Mapping[str, str] = {  # EMFACS (Friesen & Ekman 1983); L: on that side alone
    "happy": "6 12", "sad": "1 4 15 17", "angry": "4 5 7 23", "fear": "1 2 4 5 20 26",
    "disgust": "9 10 15 16", "surprise": "1 2 5 26", "contempt": "L12 L14",
}  # fmt: skip

CHANNEL_OF_UNIT: Mapping[str, str] = {
    "1": "browInnerUp", "2": "browOuterUp*", "4": "browDown*", "5": "eyeWide*", "6": "cheekSquint*", "7": "eyeSquint*",
    "9": "noseSneer*", "10": "mouthUpperUp*", "12": "mouthSmile*", "14": "mouthDimple*", "15": "mouthFrown*",
    "16": "mouthLowerDown*", "17": "mouthShrugLower", "20": "mouthStretch*", "23": "mouthPress*", "26": "jawOpen",
}  # fmt: skip
"""The blendshape that shows a unit; * stands for Left and Right."""

BLIND = ("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "jawForward",
         "noseSneerLeft", "noseSneerRight")  # fmt: skip
"""Scores of the landmarker that hardly ever move, or that blinks move. So is everything called eyeLook."""


def intended(emotion: str) -> tuple[str, ...]:
    """The blendshapes of an emotion's prototype.

    >>> intended("contempt"), intended("happy")[:2]
    (('mouthSmileLeft', 'mouthDimpleLeft'), ('cheekSquintLeft', 'cheekSquintRight'))
    """
    out: list[str] = []
    for unit in PROTOTYPES[emotion].split():
        channel = CHANNEL_OF_UNIT[unit.lstrip("L")]
        sides = ("Left",) if unit.startswith("L") else ("Left", "Right")
        out += [channel[:-1] + side for side in sides] if channel.endswith("*") else [channel]
    return tuple(out)


def readable() -> tuple[str, ...]:
    """The channels that ``shown`` returns: of the face, without gaze and blinks."""
    return tuple(name for name in table()[0] if not name.startswith(("gaze", "eyeLook", "eyeBlink")))


def shown(faces: Sequence[Face], person: Person) -> Array:
    """(c,) of readable(): the median over pictures, as the table of ``mien capture`` reads them, rest not taken out."""
    pose: Pose | None = None
    rows = []
    for face in faces:
        pose = person.pose(face.points, pose)
        rows.append(features(face, person, pose)[0])
    names, weights = table()
    kept = [names.index(name) for name in readable()]
    return np.asarray((np.median(rows, axis=0) @ weights)[kept], np.float64)


def person_in(faces: Sequence[Face]) -> Person:
    """Who it is."""
    return person_from([face.points for face in faces])


def scored(faces: Sequence[Face]) -> Array:
    """(52,) the landmarker's scores, mean over pictures."""
    return np.asarray(np.mean([[face.scores[name] for name in SCORES] for face in faces], axis=0), np.float64)

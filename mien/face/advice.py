"""Whether a photo will do: good, usable or poor, why, and what to do about it.

Thresholds are by what made versions of eight portraits and the packaged photograph measure (docs/photos.md has the
figures): the originals are good or usable, and what is poor can be seen to be so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mien.core.frame import Image
from mien.face.exposure import burnt, lightest, uneven
from mien.face.fit import CHIN, TOP, fit
from mien.face.landmarks import OUTER_EYE_CORNERS, Face
from mien.face.sharpness import edge_spread

Verdict = Literal["good", "usable", "poor"]

VERDICTS: tuple[Verdict, ...] = ("good", "usable", "poor")

LIPS_INSIDE = (13, 14)
"""Landmarks at the middle of the lips' inner edges, upper and lower."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked at.

    reads  : how a value is told (z: never -0)
    usable : value from which it is no longer good; poor : from which it is poor, infinite where it never is. Where
             poor is the smaller one, less is worse.
    trouble, advice : what is wrong then, and what to do
    """

    aspect: str
    reads: str
    usable: float
    poor: float
    trouble: str
    advice: str

    def verdict(self, value: float) -> Verdict:
        sign = 1 if self.poor > self.usable else -1
        return VERDICTS[sum(bool(sign * value >= sign * bound) for bound in (self.usable, self.poor))]


# Each with what nine unspoilt pictures measure and what spoilt ones do.
RULES = (
    # A video of 512 pixels draws a face 200 to 370 high. Originals 199-476; under 64 choose_face refuses.
    Rule("size", "{:.0f} pixels high", 160, 96,
         "the face is small", "use a larger photo, or one taken from nearer"),
    # Originals .4-.8 %; a Gaussian blur of 1 % of the height .9-1.3, of 2 % 1.8-2.1.
    Rule("blur", "edges {:.1f} % of the face wide", 1.1, 1.7,
         "the face is blurred", "use a sharper photo: in focus, held still, not enlarged"),
    # Originals up to 25 (two of nine over 20); over 35 choose_face refuses.
    Rule("yaw", "{:.0f}° to the side", 20, 30,
         "the face is turned aside", "look straight at the camera"),
    # Originals up to 10.
    Rule("pitch", "{:.0f}° up or down", 15, 25,
         "the face is tilted", "hold the camera at the height of the eyes"),
    # Originals up to 16.
    Rule("roll", "{:.0f}° aslant", 20, 35,
         "the head is aslant", "turn the photo upright, or hold the head straight"),
    # Originals 2 (two whose hair or cap is cut), 9 and 26-94 %; beyond 4 % outside choose_face refuses.
    Rule("border", "{:z.0f} % of the face away", 10, 0,
         "the face is at the border", "leave room around the head: what the photo lacks is made up"),
    # Originals 31-87 %; two stops under 17-46, four stops under 9-25.
    Rule("light", "lightest parts {:.0f} % of white", 24, 18,
         "the face is too dark", "use more light, or brighten the photo"),
    # Originals up to 3 %; two stops over up to 64.
    Rule("glare", "{:.0f} % burnt out", 8, 25,
         "parts of the face are burnt out", "avoid flash, sun on the skin and reflections in glasses"),
    # Originals up to 1.6 (under a cap), else .8.
    Rule("side light", "{:.1f} stops between the cheeks", 1.2, 2.5,
         "the face is lit from one side", "face a window, or use light from the front"),
    # Originals up to 6 %; the same faces drawn with jawOpen at .15, .3, .6, 1: 4, 7, 11, 17.
    Rule("mouth", "lips {:.0f} % of the face apart", 5, 10,
         "the mouth is open", "close the mouth: what is behind the lips is drawn anew"),
    # Smiling 82 %, else up to 12. Never poor: most of a smile is taken back while the face speaks.
    Rule("smile", "{:.0f} % of a full smile", 50, math.inf,
         "the smile is broad", "a calm face shows every feeling best"),
    # Originals 1-24 %, looking down 43; the same faces drawn with shut lids 65-69. Glasses hide some of it.
    Rule("eyes", "{:.0f} % shut", 35, 55,
         "the eyes are nearly shut", "open the eyes and look into the camera"),
    Rule("others", "{:.0f} more", 1, math.inf,
         "there are other faces", "cut them off where you can: the largest is moved, the others stay still"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What was measured of one aspect: ``value`` in the unit that ``reads`` tells, and the rule it was judged by."""

    rule: Rule
    value: float

    @property
    def aspect(self) -> str:
        return self.rule.aspect

    @property
    def verdict(self) -> Verdict:
        return self.rule.verdict(self.value)

    @property
    def reads(self) -> str:
        """The value in words.

        >>> Finding(RULES[0], 120.4).reads
        '120 pixels high'
        """
        return self.rule.reads.format(self.value)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do.

        >>> Finding(RULES[0], 80).sentence
        'the face is small (80 pixels high): use a larger photo, or one taken from nearer'
        """
        return f"{self.rule.trouble} ({self.reads}): {self.rule.advice}"

    def as_json(self) -> dict[str, Any]:
        """Plain values; what is never poor has None there."""
        return {
            "aspect": self.aspect,
            "verdict": self.verdict,
            "value": round(self.value, 3),
            "usable": self.rule.usable,
            "poor": self.rule.poor if math.isfinite(self.rule.poor) else None,
            "reads": self.reads,
            "advice": "" if self.verdict == "good" else self.rule.advice,
        }


@dataclass(frozen=True, eq=False)
class Advice:
    """What there is to say about a photo.

    findings : one for each of RULES, in their order
    face     : the one that would be moved; others : every other one that was found, largest first
    """

    findings: tuple[Finding, ...]
    face: Face
    others: tuple[Face, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """That of the worst finding."""
        return max((finding.verdict for finding in self.findings), key=VERDICTS.index)

    @property
    def notes(self) -> list[str]:
        """A sentence for each thing that is poor."""
        return [finding.sentence for finding in self.findings if finding.verdict == "poor"]

    def as_json(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "findings": [finding.as_json() for finding in self.findings]}


def advise(image: Image, face: Face, others: Sequence[Face] = ()) -> Advice:
    """How good a photo is for a face in it. image : (h, w, 3) RGB

    Whatever choose_face refuses is poor here. Errors: MissingWeights.
    """
    measures = _measures(image, face) | {"others": lambda: len(others)}
    return Advice(tuple(Finding(rule, float(measures[rule.aspect]())) for rule in RULES), face, tuple(others))


def _measures(image: Image, face: Face) -> dict[str, Callable[[], float]]:
    """How each aspect is measured, in the unit of its rule."""
    points, scores = face.points, face.scores
    return {
        "size": lambda: face.size,
        "blur": lambda: 100 * edge_spread(image, points),
        "yaw": lambda: math.degrees(abs(face.yaw)),
        "pitch": lambda: math.degrees(abs(_pitch(face))),
        "roll": lambda: math.degrees(abs(_roll(face))),
        "border": lambda: 100 * _room(image, face),
        "light": lambda: 100 * lightest(image, points),
        "glare": lambda: 100 * burnt(image, points),
        "side light": lambda: uneven(image, points),
        "mouth": lambda: 100 * _apart(face, *LIPS_INSIDE) / max(_apart(face, TOP, CHIN), 1.0),
        "smile": lambda: 50 * (scores["mouthSmileLeft"] + scores["mouthSmileRight"]),
        "eyes": lambda: 100 * max(scores["eyeBlinkLeft"], scores["eyeBlinkRight"]),
    }


def _pitch(face: Face) -> float:
    """Radians the head is tilted forwards or back, of the head that fits the landmarks."""
    rotation = fit(face.points).rotation
    return math.atan2(rotation[1, 2], rotation[2, 2])


def _roll(face: Face) -> float:
    """Radians by which the line between the eyes is off the level."""
    across = face.points[OUTER_EYE_CORNERS[1]] - face.points[OUTER_EYE_CORNERS[0]]
    return math.atan2(float(across[1]), float(across[0]))


def _room(image: Image, face: Face) -> float:
    """From the face to the nearest border over the face's size; less than 0 where it reaches beyond."""
    x0, y0, x1, y1 = face.box
    return float(min(x0, y0, image.shape[1] - x1, image.shape[0] - y1)) / max(face.size, 1.0)


def _apart(face: Face, a: int, b: int) -> float:
    """Pixels between two landmarks."""
    return float(np.linalg.norm(face.points[a, :2] - face.points[b, :2]))

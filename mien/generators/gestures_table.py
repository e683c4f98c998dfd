"""What is done for each cue: poses that are taken and left, strokes that run their course.

Amplitudes are those of amount 1: plainly seen on a portrait at 512 pixels, and no caricature. ``{side}`` in
a name is replaced by Left or Right. The head stays within what one photo can show (20 degrees of yaw).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mien.generators.gaze import DEGREE

Peaks = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """Taken within ``rise`` seconds, held, left within ``fall`` (no shorter than rise).

    family : of poses of one family each takes over from the one before
    peaks  : channel -> value when held
    """

    family: str
    rise: float
    fall: float
    peaks: Peaks


@dataclass(frozen=True, slots=True)
class Stroke:
    """A movement that runs its course from one turning point to the next, and again while the cue lasts.

    knots  : (seconds, share of the peaks) of the turning points, the first and the last being 0
    period : seconds after which it is done again, each time ``weaker``
    """

    knots: tuple[tuple[float, float], ...]
    peaks: Peaks
    period: float
    weaker: float = 0.85
    sided: bool = False  # chance decides to which side it goes first


def _both(**peaks: float) -> dict[str, float]:
    return {f"{name}{side}": value for name, value in peaks.items() for side in ("Left", "Right")}


def _wink(side: str) -> Pose:
    other = "Right" if side == "Left" else "Left"
    sign = -1.0 if side == "Left" else 1.0
    peaks = {
        f"eyeBlink{side}": 1.0, f"cheekSquint{side}": 0.75, f"eyeSquint{side}": 0.4, f"browDown{side}": 0.35,
        f"mouthSmile{side}": 0.42, f"mouthDimple{side}": 0.15, f"browOuterUp{other}": 0.12,
        "headRoll": sign * 2.5 * DEGREE, "headPitch": 1.2 * DEGREE,
    }  # fmt: skip
    return Pose("wink", 0.13, 0.22, peaks)


POSES = {
    "tilt left": Pose("tilt", 0.50, 0.70, {"headRoll": -8.5 * DEGREE, "headYaw": 1.5 * DEGREE}),
    "tilt right": Pose("tilt", 0.50, 0.70, {"headRoll": 8.5 * DEGREE, "headYaw": -1.5 * DEGREE}),
    "turn left": Pose("turn", 0.50, 0.70, {"headYaw": 13 * DEGREE, "headRoll": 1.2 * DEGREE, "torsoYaw": 0.05}),
    "turn right": Pose("turn", 0.50, 0.70, {"headYaw": -13 * DEGREE, "headRoll": -1.2 * DEGREE, "torsoYaw": -0.05}),
    "turn up": Pose("turn", 0.45, 0.65, {"headPitch": -8 * DEGREE}),
    "turn down": Pose("turn", 0.45, 0.65, {"headPitch": 9 * DEGREE}),
    "lean in": Pose("lean", 0.60, 0.80, {"headZ": 0.030, "headPitch": 1.5 * DEGREE, "torsoPitch": 0.06}),
    "lean back": Pose("lean", 0.60, 0.80, {"headZ": -0.030, "headPitch": -2.0 * DEGREE, "torsoPitch": -0.06}),
    "wink left": _wink("Left"),
    "wink right": _wink("Right"),
    "close eyes": Pose("lids", 0.22, 0.32, _both(eyeBlink=1.0)),
    "wide eyes": Pose("lids", 0.18, 0.40, _both(eyeWide=0.8, browOuterUp=0.25) | {"browInnerUp": 0.25}),
    "squint": Pose("lids", 0.25, 0.40, _both(eyeSquint=0.85, cheekSquint=0.35, browDown=0.2)),
    "raise brows": Pose("brows", 0.20, 0.40, _both(browOuterUp=0.75) | {"browInnerUp": 0.7}),
    "raise brow": Pose("brows", 0.25, 0.45, {"browOuterUp{side}": 0.9, "browInnerUp": 0.15, "browDown{other}": 0.4,
                                             "headRoll": 1.5 * DEGREE}),
    "frown": Pose("brows", 0.28, 0.50, _both(browDown=0.8, eyeSquint=0.25, mouthFrown=0.2)),
    "smile": Pose("mouth", 0.45, 0.80, _both(mouthSmile=0.62, cheekSquint=0.5, eyeSquint=0.2, mouthDimple=0.12)),
    "purse lips": Pose("mouth", 0.28, 0.40, {"mouthPucker": 0.75, "mouthShrugLower": 0.15}),
    "press lips": Pose("mouth", 0.22, 0.40, _both(mouthPress=0.75, mouthDimple=0.1)
                       | {"mouthRollLower": 0.35, "mouthRollUpper": 0.3}),
    "puff cheeks": Pose("mouth", 0.30, 0.35, {"cheekPuff": 0.8, "mouthPucker": 0.25}),
    "wrinkle nose": Pose("nose", 0.25, 0.40, _both(noseSneer=0.75, mouthUpperUp=0.25, cheekSquint=0.3, browDown=0.3)),
    "drop jaw": Pose("jaw", 0.25, 0.40, {"jawOpen": 0.45}),
    "shrug": Pose("shrug", 0.26, 0.45, _both(shoulderUp=0.8, mouthFrown=0.35, browOuterUp=0.35)
                  | {"browInnerUp": 0.4, "mouthShrugLower": 0.45, "headRoll": 3.5 * DEGREE, "headPitch": -1.5 * DEGREE,
                     "headY": -0.003}),
}  # fmt: skip

STROKES = {
    # a nod is prepared by a little lift, goes down fast, swings past and dies away (Hadar et al. 1983: cycles of
    # linear and ordinary head movements in speech take 0.3-0.7 s)
    "nod": Stroke(
        ((0.0, 0.0), (0.12, -0.10), (0.38, 1.0), (0.68, -0.22), (0.92, 0.06), (1.1, 0.0)),
        {"headPitch": 8 * DEGREE},
        period=0.75,
    ),
    "shake": Stroke(
        ((0.0, 0.0), (0.22, 0.85), (0.54, -1.0), (0.84, 0.7), (1.1, -0.28), (1.36, 0.0)),
        {"headYaw": 8.5 * DEGREE, "headRoll": 0.8 * DEGREE},
        period=0.92,
        sided=True,
    ),
    "swallow": Stroke(
        ((0.0, 0.0), (0.2, 1.0), (0.34, 0.8), (0.75, 0.0)),
        _both(mouthPress=0.3) | {"mouthShrugLower": 0.25, "mouthRollLower": 0.2, "headPitch": 1.2 * DEGREE},
        period=1.2,
    ),
    "sigh": Stroke(
        # in: the head and the brows lift; out: they sink, the lids with them, and come back late
        ((0.0, 0.0), (0.75, -0.45), (1.7, 1.0), (2.5, 0.8), (3.4, 0.0)),
        {"headPitch": 4.5 * DEGREE, "headY": -0.003},
        period=3.6,
    ),
}


@dataclass(frozen=True, slots=True)
class Laughter:
    """envelope : held while it lasts; pulse : added at each beat of it"""

    rise: float = 0.30
    fall: float = 0.80
    rate: float = 4.8  # Hz (Bachorowski et al. 2001: 4 to 5 calls a second)
    fade: float = 1.6  # seconds in which the pulses fall to half
    envelope: Peaks = field(
        default_factory=lambda: (
            _both(mouthSmile=0.75, cheekSquint=0.7, eyeSquint=0.4, eyeBlink=0.14, mouthUpperUp=0.15)
            | {"jawOpen": 0.16, "headPitch": -3.0 * DEGREE, "browInnerUp": 0.1, "torsoPitch": 0.02}
        )
    )
    pulse: Peaks = field(
        default_factory=lambda: (
            _both(shoulderUp=0.3) | {"jawOpen": 0.12, "headPitch": 1.3 * DEGREE, "headY": 0.0022, "torsoPitch": 0.008}
        )
    )


LAUGH = Laughter()

SIGHING_OUT = Pose("sigh out", 0.5, 0.9, _both(eyeBlink=0.32, mouthFrown=0.12) | {"browInnerUp": 0.25, "jawOpen": 0.07})
"""What the face does while the long breath goes out."""

SIGH_TURNS, SIGH_LETS_GO = 0.75, 2.3
"""Seconds from a sigh's beginning to where the breath turns, and to where the lids lift again."""

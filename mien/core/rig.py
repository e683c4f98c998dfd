"""What moves: named channels with units and ranges, and motion written in them.

Axes as in glTF: +y up, +z out of the face, +x to the character's own left; metres and radians;
rotations are rotation vectors (axis times angle). Positive pitch looks down, positive yaw turns to
the character's left, positive roll tips the head onto the character's right shoulder. The head is
relative to the neck. Gaze is a direction in the neck's frame, not the head's: at gaze 0 the eyes
stay on the camera however the head turns. The whole contract is docs/motion.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import numpy as np

from mien.core.errors import BadInput, WrongUse, unknown
from mien.core.track import Floats, Rate, Track, rate_from, resampled

Unit = Literal["weight", "rad", "m"]
Rule = Literal["add", "yield", "replace", "contact"]


@dataclass(frozen=True, slots=True)
class Channel:
    """One thing that moves. low, high, rest : in ``unit``; rule : how generators mix (core/mix.py)"""

    name: str
    unit: Unit = "weight"
    low: float = 0.0
    high: float = 1.0
    rest: float = 0.0
    rule: Rule = "add"


@dataclass(frozen=True)
class Rig:
    """A named, ordered list of channels. Rigs add up: ``FACE + HEAD``."""

    name: str
    channels: tuple[Channel, ...]

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.channels):
            twice = sorted({n for n in self.names if self.names.count(n) > 1})
            raise WrongUse(f"rig {self.name!r} names channels twice: {', '.join(twice)}")

    def __hash__(self) -> int:  # of the names alone: rigs are looked up for every chunk of motion
        return hash(self.names)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.channels)

    @cached_property
    def index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def rest(self) -> Floats:
        """(c,) no drive."""
        return np.array([c.rest for c in self.channels], np.float32)

    @cached_property
    def low(self) -> Floats:
        return np.array([c.low for c in self.channels], np.float32)

    @cached_property
    def high(self) -> Floats:
        return np.array([c.high for c in self.channels], np.float32)

    def __len__(self) -> int:
        return len(self.channels)

    def __contains__(self, name: object) -> bool:
        return name in self.index

    def __add__(self, other: Rig) -> Rig:
        new = tuple(c for c in other.channels if c.name not in self.index)
        return Rig(f"{self.name}+{other.name}", self.channels + new)

    def only(self, names: Iterable[str]) -> Rig:
        """The channels of these names, in the order given."""
        return Rig(self.name, tuple(self.channels[self.find(n)] for n in names))

    def find(self, name: str) -> int:
        """The column of a channel."""
        try:
            return self.index[name]
        except KeyError:
            raise unknown("channel", name, self.names) from None


def _weights(names: str, rule: Rule = "add") -> tuple[Channel, ...]:
    return tuple(Channel(name, rule=rule) for name in names.split())


# Apple's ARKit order. Mouth and jaw yield: what others than the lips add there gives way to speech.
_EYES = _weights(
    "eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft "
    "eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight"
)
_MOUTH = _weights(
    "jawForward jawRight jawLeft jawOpen mouthClose mouthFunnel mouthPucker mouthRight mouthLeft "
    "mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight mouthDimpleLeft mouthDimpleRight "
    "mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper "
    "mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight",
    "yield",
)
_BROWS = _weights(
    "browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight "
    "cheekPuff cheekSquintLeft cheekSquintRight noseSneerLeft noseSneerRight tongueOut"
)

FACE = Rig("face", _EYES + _MOUTH + _BROWS)
"""The 52 ARKit blendshapes, always by name (order: Apple's)."""

ARTICULATION = Rig(
    "articulation",
    (*_weights("lipSeal lipTeeth tongueTip tongueTeeth tongueBack", "contact"), Channel("speaking", rule="replace")),
)
"""Contacts: lips together (p b m), lower lip to upper teeth (f v), tongue tip to the ridge (t d n l),
tongue between the teeth (th), tongue back to the palate (k g ng); and how much speech is going on."""

HEAD = Rig(
    "head",
    (
        Channel("headPitch", "rad", -0.9, 0.9),
        Channel("headYaw", "rad", -1.4, 1.4),
        Channel("headRoll", "rad", -0.8, 0.8),
        Channel("headX", "m", -0.3, 0.3),
        Channel("headY", "m", -0.3, 0.3),
        Channel("headZ", "m", -0.3, 0.3),
    ),
)
GAZE = Rig(
    "gaze",
    (
        Channel("gazePitch", "rad", -0.7, 0.7, rule="replace"),
        Channel("gazeYaw", "rad", -0.9, 0.9, rule="replace"),
    ),
)
BREATH = Rig("breath", (Channel("breath"),))
"""How full the chest is, 0 (rest, out) to 1."""

UPPER_BODY = Rig(
    "upper-body",
    (
        Channel("torsoPitch", "rad", -0.6, 0.6),
        Channel("torsoYaw", "rad", -0.8, 0.8),
        Channel("torsoRoll", "rad", -0.5, 0.5),
        Channel("shoulderUpLeft"),
        Channel("shoulderUpRight"),
    ),
)

CONFIDENCE = Rig("confidence", (Channel("confidence", rule="replace"),))
"""How surely a face was seen, 0 (there was none: the motion bridges the gap) to 1; captured motion has it."""

FULL = Rig("full", (FACE + ARTICULATION + HEAD + GAZE + BREATH + UPPER_BODY).channels)
"""What one session carries."""

ARKIT = Rig("arkit", (FACE + HEAD + GAZE).channels)
"""What a plain ARKit target understands: contacts spelt out in blendshapes, gaze also as eyeLook*."""

CAPTURE = Rig("capture", (FACE + ARTICULATION.only(["lipSeal"]) + HEAD + GAZE + CONFIDENCE).channels)
"""What is read from a face in a video."""

RIGS = {r.name: r for r in (FACE, ARTICULATION, HEAD, GAZE, BREATH, UPPER_BODY, FULL, ARKIT, CONFIDENCE, CAPTURE)}


@dataclass(frozen=True, eq=False)
class Motion(Track):
    """What a face does, frame by frame, in the channels of a rig. values : (n, c); rate : frames per second

    >>> m = Motion.at_rest(3, rate=25)
    >>> m["jawOpen"].tolist()
    [0.0, 0.0, 0.0]
    """

    rig: Rig = FULL

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.values.ndim != 2 or self.values.shape[1] != len(self.rig):
            raise BadInput(f"rig {self.rig.name!r} has {len(self.rig)} channels, got values {self.values.shape}")

    @classmethod
    def at_rest(cls, n: int, *, rate: Rate, rig: Rig = FULL, start: int = 0) -> Self:
        """No drive for ``n`` frames: a renderer shows the photo as it is."""
        return cls(np.tile(rig.rest, (n, 1)), rate_from(rate), start, rig)

    def __getitem__(self, name: str) -> Floats:
        """(n,) one channel by name."""
        return self.values[:, self.rig.find(name)]

    def only(self, names: Sequence[str]) -> Self:
        """These channels alone."""
        return replace(self, values=self.values[:, [self.rig.find(n) for n in names]], rig=self.rig.only(names))

    def over(self, base: Motion) -> Self:
        """This motion's channels laid over another motion of the same frames."""
        if (len(base), base.rate, base.start) != (len(self), self.rate, self.start):
            raise BadInput(
                f"motions cover different frames: {self.start}..{self.stop} at {self.rate} "
                f"over {base.start}..{base.stop} at {base.rate}"
            )
        rig = base.rig + self.rig
        values = np.concatenate([base.values, np.zeros((len(self), len(rig) - len(base.rig)), np.float32)], axis=1)
        values[:, [rig.find(n) for n in self.rig.names]] = self.values
        return replace(self, values=values, rig=rig)

    def resample(self, rate: Rate) -> Self:
        """The same motion at another frame rate, linear in between."""
        target = rate_from(rate)
        start = round(self.start * target / self.rate)
        return replace(self, values=resampled(self.values, self.rate, target), rate=target, start=start)

    def clipped(self) -> Self:
        """Every channel within its range."""
        return self.with_values(np.clip(self.values, self.rig.low, self.rig.high))

    def save(self, path: str | Path) -> None:
        """Write .npz (lossless), .json or .csv (Live Link Face); docs/motion.md says what each drops."""
        from mien.core.formats import save_motion

        save_motion(self, path)

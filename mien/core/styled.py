"""A style laid on ready motion: each channel's gain and rest, frame by frame.

Nothing is remembered from frame to frame, so the result does not depend on how the motion was cut and amounts may
change while it plays. Contacts are not touched and are applied later, by what draws or retargets: whatever the style,
seal 1 means closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mien.core.mix import CORNERS, CORNERS_GIVE_WAY
from mien.core.retarget import head_within
from mien.core.rig import Motion, Rig
from mien.core.style import Style
from mien.core.track import Floats

Array = npt.NDArray[np.float32]
SIDES = ("Left", "Right")


def _both(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}{side}" for name in names for side in SIDES)


GAINS = {
    "jaw": ("jawOpen", "mouthClose", "jawForward", "jawLeft", "jawRight"),
    "lips": _both("mouthLowerDown", "mouthUpperUp", "mouthStretch"),
    "rounding": ("mouthPucker", "mouthFunnel"),
    "brows": ("browInnerUp", *_both("browOuterUp", "browDown")),
    "gaze": ("gazePitch", "gazeYaw"),
    "head": (
        "headPitch", "headYaw", "headRoll", "headX", "headY", "headZ", "torsoPitch", "torsoYaw", "torsoRoll",
    ),
}  # fmt: skip
"""Amount -> channels it multiplies. mouthClose goes with the jaw, which it undoes."""

UNEVEN = {
    "asymmetry": (*(f"mouth{n}" for n in ("Smile", "Frown", "Dimple", "Stretch", "UpperUp", "LowerDown", "Press")),),
    "brow_asymmetry": ("browOuterUp", "browDown"),
}
"""Amount -> pairs of channels of which it favours one side."""

LEVELS: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "smile": (
        dict.fromkeys(_both("mouthSmile"), 0.8) | dict.fromkeys(_both("mouthDimple"), 0.25),
        dict.fromkeys(_both("mouthFrown"), 0.7),
    ),
    "tension": (dict.fromkeys((*_both("mouthPress"), "mouthRollLower", "mouthRollUpper"), 0.35), {}),
    "squint": (dict.fromkeys(_both("eyeSquint"), 0.6), {}),
    "cheeks": (dict.fromkeys(_both("cheekSquint"), 0.6), {}),
    "brow_lift": (
        {"browInnerUp": 0.6, **dict.fromkeys(_both("browOuterUp"), 0.6)},
        dict.fromkeys(_both("browDown"), 0.6),
    ),
    "lids": (dict.fromkeys(_both("eyeWide"), 0.6), dict.fromkeys(_both("eyeBlink"), 0.5)),
}
"""Amount -> what it adds at 1 and at -1. It also takes back the other side of what the motion has: who frowns for good
smiles less. Lids at -1 hang half over the eyes and still shut: the rest of their way is scaled."""

CHIN = {"headPitch": -0.18, "headZ": -0.01}
"""Radians, and metres that the neck below adds, of a chin raised by 1."""


def styled(motion: Motion, style: Style) -> Motion:
    """The motion in that style, in its own rig, within its ranges. As usual: the motion itself."""
    if not style.changes:
        return motion
    gain, excess, power, base, left, offset = _table(motion.rig, style)
    scaled = gain * motion.values / (1 + excess * np.abs(motion.values) ** power)
    give_way = np.ones(1, np.float32)
    if "speaking" in motion.rig:
        give_way = 1 - CORNERS_GIVE_WAY * motion["speaking"][:, None] * _corners(motion.rig)
    out = scaled * left + base * give_way * (1 - scaled * left) + offset
    for side in SIDES:  # wide eyes shut when they blink, as in core/mix.py
        if style.lids > 0 and f"eyeWide{side}" in motion.rig and f"eyeBlink{side}" in motion.rig:
            wide, blink = motion.rig.index[f"eyeWide{side}"], motion.rig.index[f"eyeBlink{side}"]
            out[:, wide] *= 1 - out[:, blink]
    made = motion.with_values(np.clip(out, motion.rig.low, motion.rig.high).astype(np.float32))
    return head_within(made) if style.head > 1 else made  # further than usual, and still what a photo can show


def stylize(motions: Iterable[Motion], style: Style | Callable[[], Style]) -> Iterator[Motion]:
    """A stage of the above. A style that changes between two chunks is eased in over the second one."""
    before: Style | None = None
    for motion in motions:
        now = style() if callable(style) else style
        made = styled(motion, now)
        if before is not None and before != now and len(motion):
            share = ((np.arange(len(motion)) + 1) / len(motion))[:, None].astype(np.float32)
            made = made.with_values(styled(motion, before).values * (1 - share) + made.values * share)
        before = now
        yield made


Table = tuple[Floats, Floats, Floats, Floats, Floats, Floats]


@lru_cache(maxsize=64)
def _table(rig: Rig, style: Style) -> Table:
    """Each (c,): gain; its excess over 1 and the power with which that ceases towards 1; what rests there; the share
    of the motion that is left; what is added.

    A gain above 1 keeps 0 and 1 where they are and rises in between: nothing is cut off. That takes a power of 2, or
    less than 1 + 1 / (gain - 1), for the curve to rise all the way. Radians are multiplied as they are.
    """
    gain, left = np.ones(len(rig)), np.ones(len(rig))
    base, offset = np.zeros(len(rig)), np.zeros(len(rig))
    for name, channels in GAINS.items():
        for channel in channels:
            if channel in rig:
                gain[rig.index[channel]] *= getattr(style, name)
    for name, (up, down) in LEVELS.items():
        amount = getattr(style, name)
        for towards, peaks in ((amount, up), (-amount, down)):
            for channel, most in peaks.items():
                if channel not in rig:
                    continue
                if towards > 0:
                    base[rig.index[channel]] = most * towards
                elif channel not in _both("eyeBlink"):
                    left[rig.index[channel]] *= 1 + towards
    for name, pairs in UNEVEN.items():
        for pair in pairs:
            for side, sign in zip(SIDES, (1, -1), strict=True):
                if f"{pair}{side}" in rig:
                    column, share = rig.index[f"{pair}{side}"], 1 + sign * getattr(style, name)
                    gain[column] *= share
                    base[column] = min(base[column] * share, 1.0)
    for channel, most in CHIN.items():
        if channel in rig:
            offset[rig.index[channel]] = most * style.chin
    weight = np.array([c.unit == "weight" for c in rig.channels])
    excess = np.where(weight, np.maximum(gain - 1, 0), 0)
    power = np.minimum(2, 1 + 1 / np.maximum(excess, 1e-9))
    return tuple(a.astype(np.float32) for a in (gain, excess, power, base, left, offset))  # type: ignore[return-value]


@lru_cache(maxsize=16)
def _corners(rig: Rig) -> Array:
    """(c,) 1 for the corners of the mouth, which give way to speech."""
    return np.array([c.name in CORNERS for c in rig.channels], np.float32)

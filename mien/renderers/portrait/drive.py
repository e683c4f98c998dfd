"""From channels to what a photo's mesh is told: mixing with the photo's own expression, contacts, gaze, head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mien.core.retarget import LOOK, eyes_in_head, soft_limit
from mien.core.rig import ARTICULATION, BREATH, FACE, GAZE, HEAD, Motion, Rig
from mien.core.rotation import matrices_from_vectors
from mien.renderers.portrait.trail import Trail

Array = npt.NDArray[np.float32]

RIG = Rig(
    "portrait",
    tuple(c for c in (FACE + ARTICULATION + HEAD + GAZE + BREATH).channels if not c.name.startswith("eyeLook")),
)
"""The channels a portrait reads."""

TARGETS = FACE.names
"""The columns of ``Drive.weights``: all 52, the eyeLook* ones derived from gaze for the lids to follow."""

COLUMN = {name: i for i, name in enumerate(TARGETS)}

TURNING = HEAD + GAZE
"""What says where the eyes look in the head."""

# fmt: off
OPENERS = {
    "jawOpen": 0.85, "mouthLowerDownLeft": 1, "mouthLowerDownRight": 1, "mouthUpperUpLeft": 0.9,
    "mouthUpperUpRight": 0.9, "mouthFunnel": 0.6, "mouthStretchLeft": 0.3, "mouthStretchRight": 0.3,
    "mouthSmileLeft": 0.2, "mouthSmileRight": 0.2, "mouthRollLower": 0.3, "tongueOut": 1,
    "noseSneerLeft": 0.5, "noseSneerRight": 0.5,
}
"""What gives way to sealed lips, and how far: the exact closing of what is left then stays small and looks soft."""

LOWERED = {
    "jawOpen": 0.75, "mouthLowerDownLeft": 1, "mouthLowerDownRight": 1, "mouthFunnel": 0.7, "mouthPucker": 0.3,
    "mouthShrugLower": 0.5, "mouthRollLower": 0.5,
}
"""The same for the lower lip under the upper teeth."""
# fmt: on

OWN = tuple(n for n in TARGETS if n.startswith(("mouth", "jaw", "cheekSquint")))
"""What of the photo's own expression gives way while the face speaks or feels (``keep``)."""

OWN_MASK = np.array([name in OWN for name in TARGETS], np.float32)

KEPT = np.array([name.startswith(("mouthSmile", "cheekSquint")) for name in TARGETS], np.float32)
"""What of it stays with a smile that is driven."""

SMILING = ("mouthSmile", "mouthDimple", "mouthUpperUp", "mouthStretch")
"""What goes with a smile that is there already: driving it is no reason to take the photo's own back."""

USED = [i for i, n in enumerate(TARGETS) if n.startswith(("mouth", "jaw")) and not n.startswith(SMILING)]
"""Columns of what is driven only where the mouth is in use."""

STIRRED = 0.12
"""Sum of driven mouth weights from which the mouth counts as fully in use."""


@dataclass(frozen=True, eq=False)
class Drive:
    """What to draw, n frames. Rotations in axes x right, y up, z to the camera.

    weights : (n, 52) to add to the photo's own; active : (n,) how much the mouth is in use
    seal, teeth, breath : (n,); tongue : (n, 4) tip, teeth, back, out
    turn : (n, 3, 3) head from rest; shift : (n, 3) metres; trail_turn, trail_shift : the same, of what hangs
    gaze : (n, 2) eyes in head, yaw and pitch, radians
    """

    weights: Array
    active: Array
    seal: Array
    teeth: Array
    tongue: Array
    turn: Array
    shift: Array
    trail_turn: Array
    trail_shift: Array
    gaze: Array
    breath: Array

    @cached_property
    def still(self) -> npt.NDArray[np.bool_]:
        """(n,) nothing is driven: the frame is the photo."""
        parts = (
            self.weights, self.seal[:, None], self.teeth[:, None], self.shift, self.trail_shift, self.gaze,
            self.breath[:, None],
        )  # fmt: skip
        quiet = [~np.any(np.abs(p) > 1e-6, axis=1) for p in parts]
        quiet += [~np.any(np.abs(turn - np.eye(3)) > 1e-7, axis=(1, 2)) for turn in (self.turn, self.trail_turn)]
        return np.asarray(np.all(quiet, axis=0))


FURTHEST, LEAST_ROOM = 0.7, 0.14
"""Radians of yaw in all, the photo's own with it, beyond which the far cheek and the near ear are torn; and how much a
head that is turned already may turn further all the same."""


def borne(yaw: Array, own: float) -> Array:
    """The yaw (n,) that a photo bears whose head is turned by ``own`` radians: away from the camera there is less."""
    room = np.maximum(FURTHEST - own * np.sign(yaw), LEAST_ROOM)
    return np.asarray(room * soft_limit(yaw / room, 1.0), np.float32)


def drive_from_motion(
    motion: Motion, own: Array, room: Array, keep: float, turned: float = 0.0, trail: Trail | None = None
) -> Drive:
    """own, room : (52,) the photo's expression as fitted, and what may be added to it

    turned : radians of yaw that the photo's head has already
    trail : what hangs, as the frames before left it
    keep : how much of it stays while the mouth is in use
    """
    n = len(motion)

    known = np.zeros((n, len(motion.rig) + 1), np.float32)  # the last column is for what the motion does not have
    known[:, :-1] = np.nan_to_num(motion.values)

    def columns(names: Sequence[str]) -> Array:
        return known[:, [motion.rig.index.get(name, -1) for name in names]]

    def get(name: str) -> Array:
        return known[:, motion.rig.index.get(name, -1)]

    full = motion
    if not all(name in motion.rig for name in TURNING.names):
        full = motion.over(Motion.at_rest(n, rate=motion.rate, start=motion.start, rig=TURNING))
    pitch, yaw = eyes_in_head(full)
    weights = np.clip(columns(TARGETS), 0, 1)
    look = {"Up": np.clip(-pitch / LOOK["Up"], 0, 1), "Down": np.clip(pitch / LOOK["Down"], 0, 1)}
    for name in TARGETS:
        if name.startswith("eyeLook"):
            weights[:, COLUMN[name]] = next((v for k, v in look.items() if k in name), np.zeros(n))
    seal, teeth = np.clip(get("lipSeal"), 0, 1), np.clip(get("lipTeeth"), 0, 1)
    active = activity(weights, np.maximum(np.maximum(seal, teeth), get("speaking")))
    yielded(weights, OPENERS, seal)
    yielded(weights, LOWERED, teeth)
    close = COLUMN["mouthClose"]
    weights[:, close] = np.minimum(weights[:, close], weights[:, COLUMN["jawOpen"]])
    smile = weights[:, [COLUMN["mouthSmileLeft"], COLUMN["mouthSmileRight"]]].mean(1)
    weights = with_own(weights, own, room, active * (1 - keep), smile)
    head = np.stack([get("headPitch"), borne(get("headYaw"), turned), get("headRoll")], axis=1)
    shift = columns(("headX", "headY", "headZ"))
    hanging = (trail or Trail()).follow(np.concatenate([head, shift], axis=1), float(motion.rate))
    tongue = columns(("tongueTip", "tongueTeeth", "tongueBack", "tongueOut"))
    return Drive(
        weights=weights.astype(np.float32),
        active=active,
        seal=seal,
        teeth=teeth * (1 - seal),
        tongue=np.clip(tongue, 0, 1),
        turn=matrices_from_vectors(head).astype(np.float32),
        shift=shift,
        trail_turn=matrices_from_vectors(hanging[:, :3]).astype(np.float32),
        trail_shift=hanging[:, 3:],
        gaze=np.stack([yaw, pitch], axis=1).astype(np.float32),
        breath=np.clip(get("breath"), 0, 1),
    )


BARED = 0.35
"""Share of the room a smile has left where the photo shows teeth already: more would bare the gums."""


def room_beside(own: Array, parted: bool) -> Array:
    """(52,) how far each weight may go on a photo with this expression of its own: together at most 1."""
    room = 1 - own
    if parted:
        smiles = [i for i, name in enumerate(TARGETS) if name.startswith(("mouthSmile", "mouthUpperUp"))]
        room[smiles] *= BARED
    return np.asarray(room, np.float32)


def activity(weights: Array, contacts: Array) -> Array:
    """(n,) how much the mouth is in use, 0..1, smooth in the drive so that nothing pops."""
    t = np.clip(np.maximum(contacts, weights[:, USED].sum(1) / STIRRED), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def yielded(weights: Array, table: dict[str, float], contact: Array) -> None:
    """Scale the channels of a table down where there is contact (n,), in place."""
    for name, share in table.items():
        weights[:, COLUMN[name]] *= 1 - share * contact


def with_own(weights: Array, own: Array, room: Array, removed: Array, smile: Array) -> Array:
    """Drive as deltas on the photo: its own mouth taken back by ``removed`` (n,), the drive no larger than its room.

    smile : (n,) how much smile is driven: that much of the photo's own stays anyway
    """
    gone = (removed[:, None] * (1 - smile[:, None] * KEPT)) * (own * OWN_MASK)
    return np.asarray(np.minimum(weights, np.maximum(room + gone, 0)) - gone, np.float32)

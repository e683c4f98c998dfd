"""The 52 ARKit targets, repaired. Every correction was found by looking at the target on photographs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from head.source import CENTIMETRES, LEFT_EYE, RIGHT_EYE, SKIN, TONGUE, Array, Ids, Source
from mien.core.rig import FACE

GAIN = {
    "eyeBlink": 0.72,  # raw closes at .66 and overshoots by 4 mm; the rest of the way is the photo's own closure
    "mouthSmile": 0.85,
    "mouthUpperUp": 1.45,
    "noseSneer": 1.6,
    "mouthRollLower": 1.3,
    "mouthShrugLower": 1.6,
    "browInnerUp": 1.3,
    "browOuterUp": 1.2,
    "mouthLeft": 1.2,
    "mouthRight": 1.2,
    "cheekPuff": 1.1,
    "eyeLookDown": 1.4,
    "browDown": 0.9,
    "cheekSquint": 0.8,
    "mouthLowerDown": 1.15,
    "mouthPucker": 1.1,
}
"""How much stronger than drawn, so that weight 1 is as strong as a face is on camera."""

PRESS = {"mouthRollUpper": 0.30, "mouthRollLower": 0.35, "mouthShrugLower": 0.12}
PRESS_DIMPLE = 0.20
"""mouthPress as drawn is a smirk; lips pressed together are these, masked to one side."""

PRESS_SIDE = 0.8
"""Centimetres over which a pressed half of the lips fades into the other half."""

JAW_ASIDE_FORWARD = 0.3
"""Share kept of the forward part of jawLeft and jawRight."""

TONGUE_DROP = 0.6
"""Centimetres by which the blade of the tongue sinks beside the jaw at full jawOpen; its root stays. With the jaw alone
it fills the mouth like a lid."""

SMOOTHING_ROUNDS = 12
"""Of the cheek under mouthSmile, which is drawn with a dent."""


def side_of(name: str) -> str:
    """Left, Right or nothing.

    jawLeft and mouthLeft move both halves: their mirror is their partner all the same.
    """
    return next((side for side in ("Left", "Right") if name.endswith(side)), "")


def partner(name: str) -> str:
    """The target of the other side, or the target itself."""
    side = side_of(name)
    return name.removesuffix(side) + {"Left": "Right", "Right": "Left"}[side] if side else name


def corrected(source: Source, vertices: Array, quads: Ids, lips: Ids) -> dict[str, Array]:
    """All 52 targets, (n, 3) centimetres each.

    vertices : (n, 3) neutral, centimetres; quads : skin; lips : (r, n) rings that smoothing must not touch
    """
    raw = {name: source.action(name) for name in FACE.names}
    cm = {}
    for name, delta in raw.items():
        even = (delta + source.mirrored(raw[partner(name)])) / 2
        cm[name] = even * CENTIMETRES * GAIN.get(name.removesuffix(side_of(name)), GAIN.get(name, 1.0))
    for name in ("jawLeft", "jawRight"):
        cm[name][:, 2] *= JAW_ASIDE_FORWARD
    depth = vertices[TONGUE, 2]
    blade = np.clip((depth - depth.min()) / np.ptp(depth) * 2, 0, 1)
    cm["jawOpen"][TONGUE, 1] -= TONGUE_DROP * blade * blade * (3 - 2 * blade)
    smooth = smoother(quads, len(vertices), lips)
    for side in ("Left", "Right"):
        cm[f"mouthSmile{side}"] = smooth(cm[f"mouthSmile{side}"])
        reach = vertices[:, 0] if side == "Left" else -vertices[:, 0]
        half = 1 / (1 + np.exp(-reach / PRESS_SIDE * 4))
        pressed = sum((weight * cm[name] for name, weight in PRESS.items()), np.zeros_like(vertices))
        cm[f"mouthPress{side}"] = half[:, None] * pressed + PRESS_DIMPLE * cm[f"mouthDimple{side}"]
    for delta in cm.values():  # who looks where is the renderer's business: the balls stay
        delta[LEFT_EYE] = 0
        delta[RIGHT_EYE] = 0
    return cm


def smoother(quads: Ids, count: int, keep: Ids) -> Callable[[Array], Array]:
    """A function that irons a delta (n, 3) over the skin, all but the vertices ``keep``."""
    pairs = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    beside = sparse.coo_array((np.ones(len(pairs)), pairs.T), shape=(count, count)).tocsr()
    beside = ((beside + beside.T) > 0).astype(float)
    mean = sparse.diags_array(1 / np.maximum(np.asarray(beside.sum(1)).ravel(), 1)) @ beside
    share = np.zeros((count, 1))
    share[SKIN] = 0.5
    share[np.unique(keep)] = 0

    def smooth(delta: Array) -> Array:
        for _ in range(SMOOTHING_ROUNDS):
            delta = delta + share * (mean @ delta - delta)
        return delta

    return smooth

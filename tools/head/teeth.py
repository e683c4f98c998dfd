"""Teeth and gums, made from tables: the source has plain bands only. Centimetres in the head's frame."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from head.source import Array, Ids


@dataclass(frozen=True)
class Tooth:
    """Crown measures, centimetres: mesio-distal width, height above the gum, depth at the neck and at the edge."""

    width: float
    height: float
    neck: float
    edge: float
    point: float = 0.0  # how much higher the middle stands than the sides


# Mean adult crowns (Wheeler's Dental Anatomy), from the middle of the arch backwards; second molar last.
UPPER = (
    Tooth(0.85, 1.02, 0.62, 0.16),
    Tooth(0.65, 0.90, 0.55, 0.15, 0.02),
    Tooth(0.75, 1.00, 0.72, 0.22, 0.12),
    Tooth(0.70, 0.84, 0.82, 0.62, 0.08),
    Tooth(0.70, 0.80, 0.84, 0.66, 0.06),
    Tooth(1.00, 0.72, 1.02, 0.88),
    Tooth(0.95, 0.66, 1.02, 0.88),
)
LOWER = (
    Tooth(0.53, 0.86, 0.52, 0.13),
    Tooth(0.58, 0.88, 0.55, 0.13),
    Tooth(0.68, 0.98, 0.68, 0.20, 0.10),
    Tooth(0.70, 0.82, 0.72, 0.52, 0.07),
    Tooth(0.72, 0.78, 0.78, 0.60, 0.04),
    Tooth(1.10, 0.72, 0.98, 0.84),
    Tooth(1.05, 0.66, 0.98, 0.84),
)

EXPONENT = 2 / 2.35
"""Of the superellipse of an arch: a little squarer than an ellipse."""

AROUND = 12
LEVELS = (0.0, 0.25, 0.55, 0.82, 0.96)
"""Heights of a crown's rings as shares of its own height; a middle vertex closes the top."""

GUM_STEPS = 4
"""Samples of the gum per tooth."""

# Profile of the gum across the arch, from the tongue's side to the lip's: (share of the neck's half depth,
# centimetres added to it, centimetres from the gum line away from the crowns, how much of the scallop it follows).
GUM = (
    (-1.0, -0.10, 1.10, 0.0),
    (-1.0, -0.12, 0.35, 0.3),
    (-1.0, -0.03, 0.00, 1.0),
    (0.0, 0.00, -0.03, 1.0),
    (1.0, 0.03, 0.00, 1.0),
    (1.0, 0.10, 0.14, 0.9),
    (1.0, 0.12, 0.36, 0.3),
    (1.0, -0.12, 0.78, 0.0),
)
SCALLOP = 0.16
"""How far the gum reaches down between two teeth, centimetres."""


@dataclass(frozen=True)
class Arch:
    """One row of teeth. half_width, depth : of the superellipse through the middles of the crowns
    front : (y, z) of the edge of the middle incisors; up : +1 when the crowns point up (lower jaw)"""

    teeth: tuple[Tooth, ...]
    half_width: float
    depth: float
    front: tuple[float, float]
    up: float
    spee: float = 0.12  # how much the last molars stand off the level of the incisors, centimetres


@dataclass(frozen=True, eq=False)
class Row:
    """The meshes of one arch."""

    teeth: Array  # (a, 3)
    tooth_triangles: Ids
    gums: Array  # (b, 3)
    gum_triangles: Ids


def row(arch: Arch) -> Row:
    """Crowns and gum along an arch, mirrored exactly."""
    where, tangent = _curve(arch)
    starts = np.concatenate([[0.0], np.cumsum([t.width for t in arch.teeth])])
    teeth, triangles = [], []
    for tooth, start in zip(arch.teeth, starts, strict=False):
        points, faces = _crown(tooth)
        half = _placed(points, start + tooth.width / 2 + points[:, 0] * tooth.width / 2, arch, where, tangent)
        for side in (1, -1):
            triangles.append(faces[:, :: int(-side * arch.up)] + sum(map(len, teeth)))
            teeth.append(half * np.array([side, 1, 1]))
    gums, gum_faces = _gum(arch, starts, where, tangent)
    return Row(np.concatenate(teeth), np.concatenate(triangles), gums, gum_faces)


def _curve(arch: Arch) -> tuple[Array, Array]:
    """The arch by its length from the middle: (k, 3) of length, x, z, and (k, 2) unit tangents, smoothed."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, 4001)
    x = arch.half_width * np.sign(angle) * np.abs(np.sin(angle)) ** EXPONENT
    z = arch.depth * (np.cos(angle) ** EXPONENT - 1)
    length = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    length -= length[2000]
    even = np.linspace(-length[-1], length[-1], 801)
    x, z = np.interp(even, length, x), np.interp(even, length, z)
    tangent = np.stack([np.gradient(x, even), np.gradient(z, even)], 1)
    tangent = np.stack([np.convolve(np.pad(t, 12, mode="edge"), np.ones(25) / 25, "valid") for t in tangent.T], 1)
    return np.stack([even, x, z], 1), tangent / np.linalg.norm(tangent, axis=1, keepdims=True)


def _placed(points: Array, length: Array, arch: Arch, where: Array, tangent: Array) -> Array:
    """Points (k, 3) of (anything, across, along the crown) bent along the arch at ``length`` (k,)."""
    length, side = np.abs(length), np.where(length < 0, -1.0, 1.0)
    over = np.maximum(length - where[-1, 0], 0)  # beyond the end of the arch: straight on
    x, z = np.interp(length, where[:, 0], where[:, 1]), np.interp(length, where[:, 0], where[:, 2]) - over
    tx, tz = np.interp(length, where[:, 0], tangent[:, 0]), np.interp(length, where[:, 0], tangent[:, 1])
    rise = arch.spee * (length / where[-1, 0]) ** 2
    y = arch.front[0] + arch.up * points[:, 2] + rise
    out = np.stack([x - tz * points[:, 1], y, arch.front[1] + z + tx * points[:, 1]], 1)
    out[:, 0] *= side
    return out


def _crown(tooth: Tooth) -> tuple[Array, Ids]:
    """A crown as (along -1..1, across in centimetres with + to the lip, height in centimetres with 0 at the edge)."""
    turn = np.arange(AROUND) * 2 * np.pi / AROUND
    along, across = (np.sign(f) * np.abs(f) ** 0.62 for f in (np.cos(turn), np.sin(turn)))
    rings = []
    for level in LEVELS:
        width = 0.80 + 0.19 * np.sin(np.pi / 2 * min(level / 0.7, 1)) - 0.06 * max(level - 0.82, 0) / 0.14
        blunt = level**1.6
        deep = (tooth.neck * (1 - blunt) + tooth.edge * blunt) / 2
        lip = 0.5 * (tooth.neck - tooth.edge) * (0.35 + 0.65 * (1 - level)) * 0.5  # the lip side stays upright
        u = along * width
        height = -tooth.height * (1 - level) - level * (tooth.point * np.abs(u) ** 1.5 + 0.05 * np.abs(u) ** 5)
        rings.append(np.stack([u, across * deep + lip * level, height], 1))
    top = rings[-1].mean(0) + np.array([0, 0, 0.04 * tooth.height])
    points = np.concatenate([*rings, top[None]])
    faces = []
    for k in range(len(LEVELS) - 1):
        for j in range(AROUND):
            a, b = k * AROUND + j, k * AROUND + (j + 1) % AROUND
            faces += [(a, b, b + AROUND), (a, b + AROUND, a + AROUND)]
    last = (len(LEVELS) - 1) * AROUND
    faces += [(last + j, last + (j + 1) % AROUND, len(points) - 1) for j in range(AROUND)]
    return points, np.array(faces)


def _gum(arch: Arch, starts: Array, where: Array, tangent: Array) -> tuple[Array, Ids]:
    """The gum, one sheet over the roots, scalloped along the necks."""
    middles = (starts[1:] + starts[:-1]) / 2
    steps = np.concatenate([np.linspace(a, b, GUM_STEPS, endpoint=False) for a, b in pairwise(starts)])
    length = np.append(steps, starts[-1])
    length = np.concatenate([-length[:0:-1], length])
    far = np.abs(length)
    height = np.interp(far, middles, [t.height for t in arch.teeth])
    neck = np.interp(far, middles, [t.neck for t in arch.teeth]) / 2
    tooth = np.clip(np.searchsorted(starts, far, side="right") - 1, 0, len(middles) - 1)
    share = (far - starts[tooth]) / np.diff(starts)[tooth]
    scallop = SCALLOP * (2 * share - 1) ** 2
    rows = []
    for half, extra, away, follow in GUM:
        across = half * neck + np.sign(half) * extra
        rows.append(np.stack([length, across, -height * 0.97 + scallop * follow - away + 0.05], 1))
    points = np.concatenate(rows)
    placed = _placed(points, points[:, 0], arch, where, tangent)
    n = len(length)
    faces = []
    for k in range(len(GUM) - 1):
        for j in range(n - 1):
            a, b = k * n + j, k * n + j + 1
            faces += [(a, b, b + n), (a, b + n, a + n)]
    return placed, np.array(faces)[:, :: int(-arch.up)]

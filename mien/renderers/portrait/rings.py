"""What closes exactly: lips and lids as edges that meet station by station, whatever face the photo shows.

Mouth and eyes are polar grids in the head (``Head.mouth_rings``, ``Head.eye_rings``), so both edges of a slit
are known by ring and spoke number; stations from corner to corner say which points of them meet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

STATIONS = 64
"""From corner to corner: half a pixel apart on a mouth at 512², so that a straight line between two is exact enough."""


@dataclass(frozen=True, eq=False)
class Closure:
    """How a slit closes.

    upper, lower : (STATIONS, 2) the two vertices between which each station lies on an edge
    upper_part, lower_part : (STATIONS,) how far from the first to the second
    index : (k,) vertices that give way; station : (k,) real, whose gap each follows
    share : (k,) how much of that gap, positive towards the lower edge
    """

    upper: Ints
    lower: Ints
    upper_part: Array
    lower_part: Array
    index: Ints
    station: Array
    share: Array


def closure(
    rings: Ints,
    edge_ring: Ints,
    corners: tuple[int, int],
    points: Array,
    around: Ints,
    *,
    upper_share: float,
    upper_reach: float,
    lower_reach: float,
    sharpness: float,
    rigid: float = 0.0,
) -> Closure:
    """The closure of a polar grid and of the skin around it.

    rings : (r, n) vertex ids; edge_ring : (n,) the ring of the edge on each spoke
    corners : spokes; the upper edge runs from the first to the second
    points : (v, 3) at rest; around : (k,) vertices that may give way
    reach : how far beyond its edge a side gives way, in the points' unit
    sharpness : power of the fall-off, larger leaves less for what lies far
    rigid : how far beyond the edge all of it goes along, such as lashes, which must not be stretched
    """
    count = rings.shape[1]
    first, last = corners
    upper = (first + np.arange((last - first) % count + 1)) % count
    lower = (first - np.arange((first - last) % count + 1)) % count
    edge_ids = rings[edge_ring, np.arange(count)]
    edge = points[edge_ids]
    position = np.zeros(count)
    for spokes in (upper, lower):
        position[spokes] = _along(edge[spokes])
    index, spoke = _with_surroundings(rings, points, around)
    inside = np.zeros(len(index), bool)
    inside[: rings.size] = (np.arange(len(rings))[:, None] <= edge_ring[None]).ravel()
    away = np.where(inside, 0, np.linalg.norm(points[index, :2] - edge[spoke, :2], axis=1))
    is_upper = np.isin(spoke, upper)
    reach = np.where(is_upper, upper_reach, lower_reach)
    share = (
        np.where(is_upper, upper_share, upper_share - 1)
        * np.clip(1 - np.maximum(away - rigid, 0) / (reach - rigid), 0, 1) ** sharpness
    )
    used = np.abs(share) > 1e-3
    upper_ids, upper_part = _stations(edge_ids[upper], position[upper])
    lower_ids, lower_part = _stations(edge_ids[lower], position[lower])
    return Closure(
        upper_ids,
        lower_ids,
        upper_part,
        lower_part,
        index[used].astype(np.int32),
        (position[spoke[used]] * (STATIONS - 1)).astype(np.float32),
        share[used].astype(np.float32),
    )


def _along(edge: Array) -> npt.NDArray[np.float64]:
    """How far each point (n, 3) of an edge is from its first to its last, 0..1, never turning back."""
    axis = edge[-1, :2] - edge[0, :2]
    raw = (edge[:, :2] - edge[0, :2]) @ axis / (axis @ axis)
    rising = np.maximum.accumulate(np.clip(raw, 0, 1))
    return np.asarray(np.maximum(rising, np.linspace(0, 1e-3, len(edge))).clip(0, 1), np.float64)


def _stations(ids: Ints, position: npt.NDArray[np.float64]) -> tuple[Ints, Array]:
    where = np.linspace(0, 1, STATIONS)
    before = np.clip(np.searchsorted(position, where, side="right") - 1, 0, len(ids) - 2)
    span = np.maximum(position[before + 1] - position[before], 1e-6)
    part = np.clip((where - position[before]) / span, 0, 1)
    return np.stack([ids[before], ids[before + 1]], 1).astype(np.int32), part.astype(np.float32)


def _with_surroundings(rings: Ints, points: Array, around: Ints) -> tuple[Ints, Ints]:
    """Every vertex once with its spoke: the rings' own, then those around, which take the outermost ring's nearest."""
    from scipy.spatial import cKDTree

    own = rings.ravel()
    others = np.setdiff1d(around, own)
    nearest = cKDTree(points[rings[-1]]).query(points[others])[1]
    spokes = np.tile(np.arange(rings.shape[1]), len(rings))
    return np.r_[own, others].astype(np.int32), np.r_[spokes, nearest].astype(np.int32)


def edge_outline(slit: Closure, points: Array) -> Array:
    """(2 STATIONS, 2) the outline of a slit on posed points: along the upper edge and back along the lower."""

    def edge(ids: Ints, part: Array) -> Array:
        first, second = points[ids[:, 0], :2], points[ids[:, 1], :2]
        return np.asarray(first + part[:, None] * (second - first), np.float32)

    return np.concatenate([edge(slit.upper, slit.upper_part), edge(slit.lower, slit.lower_part)[::-1]])


def drawn_back(rings: Ints, edge_ring: Ints, border_ring: Ints, points: Array, slit: Closure, by: float) -> Array:
    """The mesh (v, 3) with the edges of a slit moved ``by`` pixels away from its middle, less and less up to a border.

    What the slit shows in the photo then does not stick to its edges when they move.
    edge_ring, border_ring : (n,) ring numbers per spoke
    """
    outline = edge_outline(slit, points)
    half = len(outline) // 2
    middle = (outline[:half] + outline[: half - 1 : -1]) / 2
    moved = points.copy()
    for spoke in range(rings.shape[1]):
        ring, edge, border = rings[:, spoke], edge_ring[spoke], border_ring[spoke]
        at = points[ring[edge], :2]
        away = at - middle[np.argmin(np.linalg.norm(middle - at, axis=1))]
        if np.linalg.norm(away) < 1e-3:
            away = points[ring[border], :2] - at
        fade = np.clip((border - np.arange(len(ring))) / (border - edge), 0, 1)
        moved[ring, :2] += (by * away / (np.linalg.norm(away) + 1e-6)) * fade[:, None]
    return moved

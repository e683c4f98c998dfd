"""A face that somebody pointed out: a dozen named places in a picture become the 478 landmarks of a face.

For what no detector knows as a face: animals, drawings, statues. The head's own landmarks, seen from in front, are
laid on the points as a whole and then bent to meet each of them (thin-plate spline, Bookstein 1989).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.face.fit import CHIN, DEPTH_TILT, TOP
from mien.face.head import load_head
from mien.face.landmarks import Face

Floats = npt.NDArray[np.float32]
Points = dict[str, tuple[float, float]]
"""Name -> x, y in pixels, (0, 0) being the picture's corner."""

NEEDED = {
    "rightEyeOuter": 33, "rightEyeInner": 133, "leftEyeInner": 362, "leftEyeOuter": 263, "rightBrow": 105,
    "leftBrow": 334, "noseTip": 4, "mouthRight": 61, "mouthLeft": 291, "upperLip": 0, "lowerLip": 17, "chin": CHIN,
}  # fmt: skip
"""Names of the points and the landmark each of them is. Left and right are the character's own."""

OPTIONAL = {
    "rightEyeTop": 159, "rightEyeBottom": 145, "leftEyeTop": 386, "leftEyeBottom": 374, "mouthTop": 13,
    "mouthBottom": 14, "forehead": TOP, "rightCheek": 234, "leftCheek": 454,
}  # fmt: skip
"""What may be given as well: open eyes and an open mouth as they are, and where the face ends."""

LIDS = {
    "rightEyeTop": (33, 246, 161, 160, 159, 158, 157, 173, 133),
    "rightEyeBottom": (33, 7, 163, 144, 145, 153, 154, 155, 133),
    "leftEyeTop": (263, 466, 388, 387, 386, 385, 384, 398, 362),
    "leftEyeBottom": (263, 249, 390, 373, 374, 380, 381, 382, 362),
}
"""The landmarks along a lid whose middle was pointed out: outer corner, edge, inner corner."""

SMALLEST = 48
"""Pixels from brow to chin below which there is nothing to draw with."""

LARGEST_FILE = 1_000_000
"""Bytes."""


def read_points(path: str | Path, shape: tuple[int, ...]) -> Points:
    """The points in a JSON file, as ``mien rig`` writes them, for a picture of this shape (h, w, …).

    {"size": [width, height], "points": {"chin": [x, y], …}}; the size, of the picture that was pointed at, may be left
    out where it is the same. Errors: BadInput that names what is wrong.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(LARGEST_FILE))
    except OSError as error:
        raise BadInput(f"cannot read the landmarks {path}: {(error.strerror or 'it failed').lower()}") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{path} is not the JSON of landmarks; mien rig PHOTO -o {path.name} makes one") from None
    try:
        return checked(found, shape)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None


def checked(found: Any, shape: tuple[int, ...]) -> Points:
    """What a file of points holds, brought to a picture of this shape. Errors: BadInput."""
    named = found.get("points") if isinstance(found, Mapping) else None
    if not isinstance(named, Mapping):
        raise BadInput('the landmarks must be {"points": {"chin": [x, y], …}}')
    height, width = shape[:2]
    size = found.get("size", [width, height])
    if not _numbers(size) or min(size) <= 0:
        raise BadInput(f"the size must be two numbers, width and height, got {_shortly(size)}")
    known = NEEDED | OPTIONAL
    if strange := sorted(set(map(str, named)) - set(known)):
        raise BadInput(f"there is no point {strange[0]!r} (there are: {', '.join(known)})")
    if missing := [name for name in NEEDED if name not in named]:
        raise BadInput(f"these points are missing: {', '.join(missing)}")
    points: Points = {}
    for name, place in named.items():
        if not _numbers(place):
            raise BadInput(f"the point {name} must be two numbers, x and y, got {_shortly(place)}")
        x, y = place[0] * width / size[0], place[1] * height / size[1]
        if not (0 <= x <= width and 0 <= y <= height):
            raise BadInput(f"the point {name} lies outside the picture: {place[0]:g}, {place[1]:g}")
        points[name] = (x, y)
    _refuse_degenerate(points)
    return points


def _numbers(value: Any) -> bool:
    """Whether it is two finite numbers."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return False
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) and abs(v) < 1e9 for v in value)


def _shortly(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 40 else text[:40] + " …"


def _refuse_degenerate(points: Points) -> None:
    """Errors: BadInput for points that no face can have."""
    at = {name: np.array(place) for name, place in points.items()}
    eyes = [(at[f"{side}EyeOuter"] + at[f"{side}EyeInner"]) / 2 for side in ("right", "left")]
    across, down = eyes[1] - eyes[0], at["chin"] - (eyes[0] + eyes[1]) / 2
    if np.linalg.norm(down) < SMALLEST / 2 or np.linalg.norm(across) < SMALLEST / 4:
        raise BadInput(f"the points lie too close together: a face of at least {SMALLEST} pixels is needed")
    if across[0] * down[1] - across[1] * down[0] <= 0.2 * np.linalg.norm(across) * np.linalg.norm(down):
        raise BadInput("left and right are the character's own: its right eye is on the picture's left, above its chin")
    for a, b in (("mouthRight", "mouthLeft"), ("rightEyeOuter", "rightEyeInner"), ("leftEyeInner", "leftEyeOuter")):
        if np.dot(at[b] - at[a], across) <= 0.02 * np.dot(across, across):
            raise BadInput(f"{a} must lie beside {b}, as the eyes lie to each other")


def face_from_points(points: Points) -> Face:
    """The face whose named landmarks lie where they were pointed out, (478, 3) as mien.face finds them."""
    from scipy.interpolate import RBFInterpolator

    head = load_head()
    rest = head.landmarks_from(head.neutral).astype(np.float64)
    places = {(NEEDED | OPTIONAL)[name]: np.array(place) for name, place in points.items()}
    for name in LIDS:
        if name in points:
            places |= arc(places, LIDS[name])
    ids = list(places)
    goal = np.array(list(places.values())) * [1, -1]  # y up
    turn, scale, shift = _similarity(rest[ids, :2], goal)
    placed = scale * rest[:, :2] @ turn.T + shift
    bend = RBFInterpolator(placed[ids], goal - placed[ids], kernel="thin_plate_spline", smoothing=1e-6)
    flat = placed + bend(placed)
    up = flat[TOP] - flat[CHIN]
    lean = flat @ (up / np.linalg.norm(up))
    nearer = scale * (rest[:, 2] - rest[:, 2].mean()) + DEPTH_TILT * (lean - lean.mean())
    return Face(np.column_stack([flat * [1, -1], -nearer]).astype(np.float32), 1.0)


def arc(places: Mapping[int, npt.NDArray[np.float64]], lid: tuple[int, ...]) -> dict[int, npt.NDArray[np.float64]]:
    """Where the landmarks of a lid lie: on half an ellipse over the eye's corners, through the lid's middle."""
    outer, middle, inner = (places[lid[k]] for k in (0, len(lid) // 2, -1))
    centre, half = (outer + inner) / 2, (inner - outer) / 2
    angles = np.linspace(np.pi, 0, len(lid))
    return {i: centre + np.cos(a) * half + np.sin(a) * (middle - centre) for i, a in zip(lid, angles, strict=True)}


def _similarity(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> tuple[Any, float, Any]:
    """Rotation (2, 2), scale and shift (2,) that bring a (n, 2) nearest to b (Umeyama 1991)."""
    middle, aim = a.mean(0), b.mean(0)
    u, s, vt = np.linalg.svd((b - aim).T @ (a - middle))
    flip = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    turn = u * flip @ vt
    scale = float((s * flip).sum() / ((a - middle) ** 2).sum())
    return turn, scale, aim - scale * turn @ middle


def guessed(shape: tuple[int, ...], face: Face | None = None) -> Points:
    """Where the points may lie in a picture (h, w, …): on a face that was found, else on one in its middle."""
    known = NEEDED | OPTIONAL
    if face is not None:
        return {name: (float(face.points[i, 0]), float(face.points[i, 1])) for name, i in known.items()}
    height, width = shape[:2]
    head = load_head()
    rest = head.landmarks_from(head.neutral)
    scale = 0.5 * min(height, width) / float(np.linalg.norm(rest[TOP] - rest[CHIN]))
    flat = rest[:, :2] * [scale, -scale]
    flat += [width / 2, height / 2] - flat.mean(0)
    return {name: (float(flat[i, 0]), float(flat[i, 1])) for name, i in known.items()}

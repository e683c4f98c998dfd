"""Whether a picture has a face that can be brought to life, and which."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mien.core.errors import BadInput, WrongUse
from mien.core.frame import Image
from mien.face.landmarks import Face, find_faces

SMALLEST = 64
"""Pixels of face height or breadth below which there is nothing to draw with."""

FURTHEST_TURN = math.radians(35)
"""Yaw from which the far eye and mouth corner are too foreshortened to be moved."""

OUTSIDE = 0.04
"""Share of the face's size that may lie beyond the border: what a tight crop takes off a forehead."""

WANTED = "use a photo of one person, facing the camera, with the whole face in it"


Which = int | tuple[float, float]
"""A face of several: its number, 1 being the largest, or the pixel (x, y) it is nearest to."""


def choose_face(image: Image, which: Which | None = None) -> tuple[Face, list[str]]:
    """The face to use and notes for the user. image : (h, w, 3) RGB; which : None is the largest

    Errors: BadInput when there is no such face, or it is too small, cut by the border or turned away; MissingWeights.
    """
    return chosen(find_faces(image), image, which)


def chosen(faces: Sequence[Face], image: Image, which: Which | None = None) -> tuple[Face, list[str]]:
    """As choose_face(), of faces that were found already, largest first."""
    face = picked(faces, which)
    if complaint := _complaint(face, image):
        raise BadInput(f"{complaint}; {WANTED}")
    if which is None and len(faces) > 1:
        return face, [f"there are {len(faces)} faces in the picture: the largest is used (--face takes another)"]
    return face, []


def picked(faces: Sequence[Face], which: Which | None) -> Face:
    """The face that is asked for, whether it will do or not. Errors: BadInput where there is none."""
    if not faces:
        raise BadInput(f"no face was found in the picture; {WANTED}")
    if isinstance(which, int) and which > len(faces):
        found = "one face" if len(faces) == 1 else f"{len(faces)} faces"
        raise BadInput(f"face {which} was asked for, but only {found} can be seen in the picture")
    if isinstance(which, tuple):
        return min(faces, key=lambda face: float(np.linalg.norm(face.points[:, :2].mean(0) - np.array(which))))
    return faces[(which or 1) - 1]


def parse_which(text: str) -> Which:
    """A face as it is typed. Errors: WrongUse.

    >>> parse_which("2"), parse_which("340,120")
    (2, (340.0, 120.0))
    """
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) == 2 and all(map(math.isfinite, parts)):
        return parts[0], parts[1]
    if len(parts) == 1 and parts[0] >= 1 and parts[0] == int(parts[0]):
        return int(parts[0])
    raise WrongUse(f"a face is a number from 1 (the largest) or a place in the picture as x,y; got {text!r}")


def _complaint(face: Face, image: Image) -> str:
    if face.size < SMALLEST:
        return f"the face is only {face.size:.0f} pixels high; at least {SMALLEST} are needed"
    if sides := _sides_cut(face, image):
        return f"the face is cut off at the {' and the '.join(sides)} of the picture"
    if abs(face.yaw) > FURTHEST_TURN:
        most = math.degrees(FURTHEST_TURN)
        return f"the face is turned {math.degrees(abs(face.yaw)):.0f} degrees away; at most {most:.0f} will do"
    return ""


def _sides_cut(face: Face, image: Image) -> list[str]:
    """The borders that the face reaches over, by name."""
    x0, y0, x1, y1 = face.box
    over = {"left": -x0, "top": -y0, "right": x1 - image.shape[1], "bottom": y1 - image.shape[0]}
    return [side for side, pixels in over.items() if pixels > OUTSIDE * face.size]

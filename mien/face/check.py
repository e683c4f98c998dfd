"""Whether a picture has a face that can be brought to life, and which."""

from __future__ import annotations

import math

from mien.core.errors import BadInput
from mien.core.frame import Image
from mien.face.landmarks import Face, find_faces

SMALLEST = 64
"""Pixels of face height or breadth below which there is nothing to draw with."""

FURTHEST_TURN = math.radians(35)
"""Yaw from which the far eye and mouth corner are too foreshortened to be moved."""

OUTSIDE = 0.04
"""Share of the face's size that may lie beyond the border: what a tight crop takes off a forehead."""

WANTED = "use a photo of one person, facing the camera, with the whole face in it"


def choose_face(image: Image) -> tuple[Face, list[str]]:
    """The face to use and notes for the user. image : (h, w, 3) RGB

    Errors: BadInput when there is no face, or it is too small, cut by the border or turned away; MissingWeights.
    """
    faces = find_faces(image)
    if not faces:
        raise BadInput(f"no face was found in the picture; {WANTED}")
    face = faces[0]
    if complaint := _complaint(face, image):
        raise BadInput(f"{complaint}; {WANTED}")
    return face, [f"there are {len(faces)} faces in the picture: the largest is used"] if len(faces) > 1 else []


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

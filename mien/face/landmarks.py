"""478 points on every face of a picture: MediaPipe's face landmarker, run without MediaPipe.

Grishchenko et al. 2020, "Attention Mesh"; cropping and tracking as in MediaPipe's face_landmarker graph, checked
against its own output: 0.3 % of the face's height apart, of which most is MediaPipe's half pixel (it crops by pixel
centres but scales by corners; here mirroring a picture mirrors the points). Points 468-477 are the irises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from mien.core.frame import Image
from mien.face.detector import Detection, detections, overlap
from mien.face.models import model

Floats = npt.NDArray[np.float32]

SIDE = 256
"""Pixels the landmark model looks at, each way."""

AROUND = 1.5
"""The crop's side over the face's longer side, as in MediaPipe."""

PRESENT = 0.5
"""A crop shows a face from this presence score on, as in MediaPipe."""

SURE = 0.99
"""A face is newly found from this presence score on: true ones have 0.999 and more, false ones up to 0.98."""

SAME = 0.7
"""Intersection over union of the boxes from which two looks show one face; true ones agree by 0.84 and more."""

WITHIN = 0.3
"""A face of which more lies within a larger one is taken for a part of that."""

OUTER_EYE_CORNERS = (33, 263)
"""Landmarks on the picture's left and right: the line between them is level in the crop."""


@dataclass(frozen=True, eq=False)
class Crop:
    """A square of the picture, turned by ``roll`` radians (clockwise as seen). centre : (2,); side : pixels"""

    centre: Floats
    side: float
    roll: float

    @property
    def picture_from_crop(self) -> npt.NDArray[np.float64]:
        """(2, 3) affine from pixels of the SIDE x SIDE crop, (0, 0) being a corner, to pixels of the picture."""
        scale = self.side / SIDE
        c, s = scale * np.cos(self.roll), scale * np.sin(self.roll)
        turn = np.array([[c, -s], [s, c]])
        return np.column_stack([turn, self.centre - turn @ [SIDE / 2, SIDE / 2]])


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a picture of (h, w).

    points : (478, 3) pixels, (0, 0) being the picture's corner; z grows away from the camera, in the same scale
    score  : how surely there is a face, 0..1
    """

    points: Floats
    score: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x0 y0 x1 y1 of the points, pixels; may reach beyond the picture."""
        low, high = self.points[:, :2].min(0), self.points[:, :2].max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @property
    def size(self) -> float:
        """Pixels, the longer side of the box."""
        x0, y0, x1, y1 = self.box
        return max(x1 - x0, y1 - y0)

    @property
    def yaw(self) -> float:
        """Radians the face is turned about the vertical, from the depth of its two sides; + to the picture's right."""
        across = self.points[SIDES[1]] - self.points[SIDES[0]]
        return float(np.arctan2(across[2], np.hypot(across[0], across[1])))

    @cached_property
    def scores(self) -> Mapping[str, float]:
        """ARKit blendshape names (all but tongueOut) and their estimated weights, 0..1; computed when asked for."""
        values = model("blendshapes")(self.points[None, BLENDSHAPE_POINTS, :2])
        weights = next(iter(values.values())).ravel()
        return {name: float(w) for name, w in zip(SCORES, weights[1:], strict=True)}  # the first is "neutral"


def find_faces(image: Image, *, at_most: int = 8) -> list[Face]:
    """Faces, largest first. image : (h, w, 3) RGB

    A face under about a quarter of the largest one's size may be passed over.
    Errors: MissingWeights.
    """
    faces: list[Face] = []
    for seen in detections(image):
        last_level = bool(faces)  # one level below the first that shows a face: for the smaller ones beside it
        for detection in seen:
            face = _confirmed(image, detection)
            if face and not any(_shared(face, other) > WITHIN for other in faces):
                faces.append(face)
        if last_level or len(faces) >= at_most:
            break
    return sorted(faces, key=lambda f: -f.size)[:at_most]


def _confirmed(image: Image, detection: Detection) -> Face | None:
    """What two looks agree on, the second on a crop by the first one's landmarks.

    So the detector's box, which varies, no longer matters; and where there is no face the two looks differ
    (on 12 noise pictures and 25 video frames all false ones did, and no true one).
    """
    first = look(image, crop_from_detection(detection))
    face = first and look(image, crop_from_points(first.points))
    if first and face and face.score >= SURE and overlap(np.asarray(first.box), np.asarray(face.box)) >= SAME:
        return face
    return None


def track(images: Iterable[Image]) -> Iterator[Face | None]:
    """The largest face of each picture of a video; None where there is none. images : (h, w, 3) RGB each

    The last picture's landmarks say where to look, so the detector runs only when the face is lost.
    """
    last: Face | None = None
    for image in images:
        last = last and look(image, crop_from_points(last.points))
        if last is None:
            last = next(iter(find_faces(image, at_most=1)), None)
        yield last


def look(image: Image, crop: Crop) -> Face | None:
    """The face in one crop, if there is one."""
    matrix = crop.picture_from_crop
    half = np.array([0.5, 0.5])
    centres = np.column_stack([matrix[:, :2], matrix @ [*half, 1] - half])  # OpenCV counts from pixel centres
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    window = cv2.warpAffine(image, centres, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    out = model("landmarks")(window[None].astype(np.float32) / 255)
    score = 1 / (1 + np.exp(-float(out["Identity_1"].ravel()[0])))
    if score < PRESENT:
        return None
    inside = out["Identity"].reshape(-1, 3)
    across = inside[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    depth = inside[:, 2:] * (crop.side / SIDE)
    return Face(np.concatenate([across, depth], axis=1).astype(np.float32), score)


def crop_from_detection(detection: Detection) -> Crop:
    """Level by the eyes, half as much again as the box."""
    middle = (detection.box[:2] + detection.box[2:]) / 2
    return Crop(np.asarray(middle, np.float32), detection.size * AROUND, _roll(detection.eyes))


def crop_from_points(points: Floats) -> Crop:
    """Level by the eye corners, half as much again as the landmarks' upright box. points : (478, 2 or more)"""
    flat = points[:, :2]
    low, high = flat.min(0), flat.max(0)
    return Crop((low + high) / 2, float((high - low).max()) * AROUND, _roll(flat[list(OUTER_EYE_CORNERS)]))


def _roll(eyes: Floats) -> float:
    """eyes : (2, 2). Returns radians, clockwise as seen"""
    across = eyes[1] - eyes[0]
    return float(np.arctan2(across[1], across[0]))


def _shared(a: Face, b: Face) -> float:
    """The part of the smaller face's box that lies in the other's, 0..1."""
    one, two = np.array(a.box), np.array(b.box)
    sides = np.clip(np.minimum(one[2:], two[2:]) - np.maximum(one[:2], two[:2]), 0, None)
    return float(sides.prod() / min((one[2:] - one[:2]).prod(), (two[2:] - two[:2]).prod()))


SIDES = (234, 454)
"""Landmarks before the ears, on the picture's left and right."""

SCORES = (
    "browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft "
    "cheekSquintRight eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight "
    "eyeLookOutLeft eyeLookOutRight eyeLookUpLeft eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft "
    "eyeWideRight jawForward jawLeft jawOpen jawRight mouthClose mouthDimpleLeft mouthDimpleRight mouthFrownLeft "
    "mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft mouthLowerDownRight mouthPressLeft mouthPressRight "
    "mouthPucker mouthRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmileLeft "
    "mouthSmileRight mouthStretchLeft mouthStretchRight mouthUpperUpLeft mouthUpperUpRight noseSneerLeft "
    "noseSneerRight"
).split()
"""What the blendshape model estimates, in its order, after "neutral"."""

BLENDSHAPE_POINTS = [
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80,
    81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153,
    154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249,
    251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314,
    317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382,
    384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473,
    474, 475, 476, 477,
]  # fmt: skip
"""The 146 landmarks the blendshape model reads (MediaPipe, face_blendshapes_graph.cc)."""

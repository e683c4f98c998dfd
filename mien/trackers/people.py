"""Faces of a video, kept apart: who is who from one picture to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from mien.core.frame import Image
from mien.face.detector import overlap
from mien.face.landmarks import SIDE, Crop, Face, crop_from_points, find_faces, look

SEARCHED = 960
"""Pixels of the longer side when the whole picture is searched: a face of 40 of them is found."""

AGAIN, WATCH = 5, 25
"""Frames from one search to the next, while nobody is seen and otherwise."""

MOST = 6
"""People followed at a time."""

SAME = 0.5
"""Intersection over union from which two faces are one: a track that drifted onto another person is dropped."""

NEAR = 1.5
"""Face sizes within which somebody who was lost comes back."""


@dataclass(eq=False)
class _Track:
    face: Face | None
    last: Face


def follow(images: Iterable[Image]) -> Iterator[list[Face | None]]:
    """Everybody's face in each picture, None where it is not seen; the list grows as people appear.

    images : (h, w, 3) RGB each
    """
    tracks: list[_Track] = []
    for i, image in enumerate(images):
        for track in tracks:
            _look_again(image, track)
        _part(tracks)
        if i % AGAIN == 0 and (i % WATCH == 0 or all(track.face is None for track in tracks)):
            _search(image, tracks)
        yield [track.face for track in tracks]


def _look_again(image: Image, track: _Track) -> None:
    if track.face is not None:
        track.face = look_closely(image, crop_from_points(track.face.points))
    track.last = track.face or track.last


def _part(tracks: list[_Track]) -> None:
    """Two tracks on one face: the one that moved further to be there has lost its own."""
    for i, one in enumerate(tracks):
        for other in tracks[i + 1 :]:
            if one.face and other.face and overlap(np.array(one.face.box), np.array(other.face.box)) > SAME:
                other.face = None


def _search(image: Image, tracks: list[_Track]) -> None:
    """Gives faces that nobody is tracked on to those who are missed, or to somebody new."""
    for face in find_small(image):
        box = np.array(face.box)
        if any(t.face and overlap(np.array(t.face.box), box) > 0.3 for t in tracks):
            continue
        missed = [t for t in tracks if t.face is None]
        back = min(missed, key=lambda t: _away(t.last, face), default=None)
        if back and _away(back.last, face) < NEAR:
            back.face = back.last = face
        elif sum(t.face is not None for t in tracks) < MOST:
            tracks.append(_Track(face, face))


def _away(a: Face, b: Face) -> float:
    """How far apart and how different in size two faces are, in sizes of the first."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = a.box, b.box
    apart = np.hypot(ax0 + ax1 - bx0 - bx1, ay0 + ay1 - by0 - by1) / 2
    return float(apart / a.size + abs(np.log(b.size / a.size)))


def find_small(image: Image) -> list[Face]:
    """Faces, largest first, found in the picture brought down to SEARCHED and then looked at in full."""
    scale = SEARCHED / max(image.shape[:2])
    if scale >= 1:
        return find_faces(image)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    faces = (look_closely(image, crop_from_points(face.points / np.float32(scale))) for face in find_faces(small))
    return [face for face in faces if face]


def look_closely(image: Image, crop: Crop) -> Face | None:
    """As look(); what shows a large face is brought down first, for a crop taken in large steps flickers."""
    factor = int(crop.side // (1.5 * SIDE))
    if factor < 2:
        return look(image, crop)
    reach = crop.side * 0.75
    low = np.maximum(np.floor(crop.centre - reach), 0).astype(int)
    high = np.minimum(np.ceil(crop.centre + reach), image.shape[1::-1]).astype(int)
    if (high - low < factor).any():
        return None
    part = image[low[1] : high[1], low[0] : high[0]]
    size = np.maximum((high - low) // factor, 1)
    step = ((high - low) / size).astype(np.float32)
    small = cv2.resize(part, tuple(map(int, size)), interpolation=cv2.INTER_AREA)
    face = look(small, Crop(((crop.centre - low) / step).astype(np.float32), crop.side / float(step.mean()), crop.roll))
    if face is None:
        return None
    points = face.points * np.array([*step, step.mean()], np.float32)
    points[:, :2] += low
    return Face(points, face.score)

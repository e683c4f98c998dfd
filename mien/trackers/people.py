"""Faces of a video, kept apart: who is who from one picture to the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

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

TIGHTER = 0.8
"""Of the usual crop's side, where a face was not seen again: a profile in MoCha comes back in 4 of 4 frames."""

NEAR = 1.5
"""Face sizes within which somebody who was lost comes back."""


@dataclass(eq=False)
class _Track:
    face: Face | None
    last: Face


@dataclass(eq=False)
class _Picture:
    """What is kept of a picture while it may be looked at again: brought down by ``scale``, and everybody in it."""

    small: Image
    scale: float
    faces: list[Face | None]


def follow(images: Iterable[Image]) -> Iterator[list[Face | None]]:
    """Everybody's face in each picture, None where it is not seen; the list grows as people appear.

    It answers WATCH pictures late: whoever is found is followed back as well, to where they could not be found yet.
    images : (h, w, 3) RGB each
    """
    tracks: list[_Track] = []
    kept: deque[_Picture] = deque()
    for i, image in enumerate(images):
        before = [track.face is not None for track in tracks]
        for track in tracks:
            _look_again(image, track)
        _part(tracks)
        if i % AGAIN == 0 and (i % WATCH == 0 or all(track.face is None for track in tracks)):
            _search(image, tracks)
        for k, track in enumerate(tracks):
            if track.face and not (k < len(before) and before[k]):
                _look_back(kept, k, track.face)
        kept.append(_Picture(*_brought_down(image), [track.face for track in tracks]))
        if len(kept) > WATCH:
            yield kept.popleft().faces
    yield from (picture.faces for picture in kept)


def _look_back(kept: deque[_Picture], k: int, face: Face) -> None:
    """Follows person ``k`` from where they were found back through the pictures before."""
    for picture in reversed(kept):
        others = picture.faces
        if k < len(others) and others[k]:
            return
        points = face.points * np.float32(picture.scale)
        seen = look_closely(picture.small, crop_from_points(points)) or _look_tighter(picture.small, points)
        if seen is None:
            return
        face = Face(seen.points / np.float32(picture.scale), seen.score)
        if any(other and overlap(np.array(face.box), np.array(other.box)) > SAME for other in others):
            return
        others += [None] * (k + 1 - len(others))
        others[k] = face


def _look_tighter(image: Image, points: npt.NDArray[np.float32]) -> Face | None:
    """A second look at somebody who was just there, on less of what is around: heads bent down or turned far."""
    crop = crop_from_points(points)
    return look_closely(image, Crop(crop.centre, crop.side * TIGHTER, crop.roll))


def _brought_down(image: Image) -> tuple[Image, float]:
    """The picture with at most SEARCHED pixels along its longer side, and by what factor."""
    scale = SEARCHED / max(image.shape[:2])
    if scale >= 1:
        return image, 1.0
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)), scale


def _look_again(image: Image, track: _Track) -> None:
    if track.face is not None:
        points = track.face.points
        track.face = look_closely(image, crop_from_points(points)) or _look_tighter(image, points)
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
    small, scale = _brought_down(image)
    if scale == 1:
        return find_faces(image)
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

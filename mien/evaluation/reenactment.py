"""Self-re-enactment: a clip is captured, one of its frames becomes the photo, and the photo must become the clip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from mien.core.errors import BadInput
from mien.core.frame import Frame, Image
from mien.core.retarget import head_within, retargeted
from mien.evaluation.curves import CORNERS, INNER, Array, apart, lips_moved
from mien.evaluation.metrics.correlation import correlation
from mien.evaluation.metrics.displacement import landmark_distance
from mien.evaluation.metrics.picture import psnr, ssim
from mien.face.landmarks import Face, find_faces, track
from mien.renderers.portrait import Portrait
from mien.renderers.portrait.framing import frame_photo

SIDE = 256
"""Pixels of the frames that are compared: what the papers use."""

FEWEST = 25


@dataclass(frozen=True, eq=False)
class Reenacted:
    """truth, made : frames of the same window; seen, read : the face in each, None where none is found

    photo : index of the frame that was animated
    """

    truth: list[Image]
    made: list[Image]
    seen: list[Face | None]
    read: list[Face | None]
    photo: int


def reenact(path: Path, at_most: int) -> Reenacted:
    """The first frames of a clip, and the same drawn from one of them.

    Errors: BadInput for a clip that shows hardly a face.
    """
    from mien.media import read_video
    from mien.trackers.landmarks import Landmarks

    rate, stream = read_video(path)
    frames = [Frame(frame.image, i, rate) for i, frame in enumerate(islice(stream, at_most))]
    faces = list(track(frame.image for frame in frames))
    if sum(face is not None for face in faces) < FEWEST:
        raise BadInput(f"{path.name} shows a face in fewer than {FEWEST} of its first {len(frames)} frames")
    photo = plainest(faces)
    points = find_faces(frames[photo].image, at_most=1)
    if not points:
        raise BadInput(f"{path.name}: the face of its plainest frame is not found by itself")
    motion = head_within(next(Landmarks(neutral=photo).track(frames)))
    portrait = Portrait(np.ascontiguousarray(frames[photo].image), size=SIDE)
    made = [f.image for f in portrait.render([retargeted(motion, portrait.rig)], workers=2)]
    truth = [np.ascontiguousarray(frame_photo(f.image, points[0].points, SIDE).photo) for f in frames]
    return Reenacted(truth, made, list(track(truth)), list(track(made)), photo)


def plainest(faces: Sequence[Face | None]) -> int:
    """The frame that looks at the camera with the lips most shut."""
    found = [(unrest(face), i) for i, face in enumerate(faces) if face is not None]
    return min(found)[1]


def unrest(face: Face) -> float:
    """How far from a plain photo: lips apart in face heights, the head turned in radians, lids shut."""
    lids = max(face.scores["eyeBlinkLeft"], face.scores["eyeBlinkRight"])
    return 4 * float(apart(face.points[None, :, :2], INNER)[0]) + abs(face.yaw) + lids


def compared(clip: Reenacted, made: Sequence[Image], read: Sequence[Face | None]) -> dict[str, float]:
    """Figures over the frames in which both faces are found."""
    both = [i for i in range(len(made)) if clip.seen[i] is not None and read[i] is not None]
    if len(both) < FEWEST:
        raise BadInput(f"a face is found in only {len(both)} of {len(made)} frames of both")
    mouths = [mouth_box(clip.seen[i]) for i in both]
    true, ours = points_of(clip.seen, both), points_of(read, both)
    neutral = points_of(clip.seen, [min(both, key=lambda i: abs(i - clip.photo))])[0]
    return {
        "psnr": float(np.mean([psnr(made[i], clip.truth[i]) for i in both])),
        "ssim": float(np.mean([ssim(made[i], clip.truth[i]) for i in both])),
        "mouth psnr": float(
            np.mean([psnr(made[i][box], clip.truth[i][box]) for i, box in zip(both, mouths, strict=True)])
        ),
        "lmd": 100 * landmark_distance(lips_moved(ours, neutral), lips_moved(true, neutral)),
        "aperture": correlation(apart(ours, INNER), apart(true, INNER)),
    }


def points_of(faces: Sequence[Face | None], where: Sequence[int]) -> Array:
    found = [faces[i] for i in where]
    return np.array([face.points[:, :2] for face in found if face is not None], np.float64)


def mouth_box(face: Face | None) -> tuple[slice, slice]:
    """A square around the mouth, 1.6 times as wide as it."""
    assert face is not None
    a, b = face.points[CORNERS[0], :2], face.points[CORNERS[1], :2]
    half = int(0.8 * np.linalg.norm(a - b)) + 1
    x, y = ((a + b) / 2).round().astype(int)
    return slice(max(0, y - half), y + half), slice(max(0, x - half), x + half)


def shown(clip: Reenacted, count: int = 8) -> Iterator[tuple[str, Image]]:
    """A line of the clip's own frames, and below it ours of the same moments."""
    picks = np.linspace(0, len(clip.made) - 1, count).round().astype(int)
    yield from (("clip" if i == picks[0] else "", clip.truth[i]) for i in picks)
    yield from (("mien" if i == picks[0] else "", clip.made[i]) for i in picks)

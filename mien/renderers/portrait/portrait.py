"""The renderer itself: photo in, frames out; scenes are kept, threads draw, order stays."""

from __future__ import annotations

import hashlib
import logging
import os
import queue
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
import numpy.typing as npt

from mien.core import framing as framings
from mien.core.errors import WrongUse
from mien.core.frame import Frame
from mien.core.rig import Motion, Rig
from mien.face.check import Which, chosen
from mien.face.points import Points, read_points
from mien.renderers.portrait.backdrop import KEEP, cut_out, scenes_before
from mien.renderers.portrait.canvas import Canvas
from mien.renderers.portrait.draw import Artist
from mien.renderers.portrait.drive import RIG, Drive, drive_from_motion, room_beside
from mien.renderers.portrait.scene import Scene
from mien.renderers.portrait.trail import Trail

log = logging.getLogger(__name__)

Image = npt.NDArray[np.uint8]

PHOTO = Path(__file__).with_name("grace_hopper.jpg")
"""Rear Admiral Grace Hopper, official U.S. Navy photograph, public domain."""

VERSION = 74
"""Of the scenes on disk: raise it whenever what prepare() makes changes."""

TOGETHER = 5
"""Frames that a worker draws before it hands them over: to wake the one who waits costs all workers a moment."""


class Portrait:
    """Renderer: a photo that speaks.

    photo : a file, or (h, w, 3) RGB; None is the packaged photograph
    size  : side of the frames, pixels, even, 256..1024 (512); of a whole photo its longer side, up to 4096 (its own)
    keep  : how much of the photo's own expression of the mouth stays while the mouth is in use, 0..1. At rest all
            of it shows; a broad smile kept whole would be spoken through clenched teeth.
    label : a short text shown in the lower left corner
    framing : face, a square round the head; or photo, the whole photo in its own shape, of which a part moves
    face  : which one of several, 1 being the largest, or the one nearest to a pixel (x, y) of the photo
    landmarks : a file of points that say where the face is, where none is found by itself; see mien.face.points
    background : keep, blur, #rrggbb, the name of a picture, or none: frames are (s, s, 4) then, with straight alpha
    notes : what a user should know about the photo, such as that it is blurred; nothing about a good one

    Errors: WrongUse for a size or keep out of range, BadInput when the photo shows no usable face.
    """

    rig: Rig = RIG

    def __init__(
        self,
        photo: str | Path | Image | None = None,
        *,
        size: int | None = None,
        keep: float = 0.3,
        label: str = "",
        framing: str = framings.FACE,
        face: Which | None = None,
        landmarks: str | Path | None = None,
        background: str = KEEP,
    ) -> None:
        size = framings.checked_size(size, framing)
        self._whole = framing == framings.PHOTO
        if self._whole and background != KEEP:
            raise WrongUse("another background needs the framing face: a whole photo keeps its own")
        if not 0 <= keep <= 1:
            raise WrongUse(f"keep must be in 0..1, got {keep}")
        self.keep, self.label = keep, label
        image = picture_of(PHOTO if photo is None else photo)
        self._photo, face = brought_to(image, size, face) if self._whole else (image, face)
        pointed = None if landmarks is None else read_points(landmarks, self._photo.shape)
        scene, self.notes = scene_of(self._photo, None if self._whole else size, face, pointed)
        self._artists = [Artist(one) for one in scenes_before(scene, background)]
        self.scene = self._artists[0].scene
        self._room = room_beside(self.scene.mesh.own, self.scene.mouth.parted)
        self._rooms: queue.SimpleQueue[Canvas] = queue.SimpleQueue()

    def render(self, motions: Iterable[Motion], *, workers: int = 1) -> Iterator[Frame]:
        """One picture per motion frame, in order; ``workers`` threads draw at the same time."""
        if workers <= 1:
            for motion, drive in self._drives(motions):
                yield from (self._frame(motion, drive, i) for i in range(len(motion)))
            return
        tasks = (
            (motion, drive, range(i, min(i + TOGETHER, len(motion))))
            for motion, drive in self._drives(motions)
            for i in range(0, len(motion), TOGETHER)
        )
        with ThreadPoolExecutor(workers, "portrait") as pool:
            ahead: deque[Future[list[Frame]]] = deque()
            try:
                for task in tasks:
                    ahead.append(pool.submit(self._frames, *task))
                    while ahead and (ahead[0].done() or len(ahead) > 2 * workers):
                        yield from ahead.popleft().result()
                while ahead:
                    yield from ahead.popleft().result()
            finally:
                for future in ahead:
                    future.cancel()

    def _drives(self, motions: Iterable[Motion]) -> Iterator[tuple[Motion, Drive]]:
        mesh, trail = self.scene.mesh, Trail()
        for motion in motions:
            yield motion, drive_from_motion(motion, mesh.own, self._room, self.keep, mesh.yaw, trail)

    def _frames(self, motion: Motion, drive: Drive, which: range) -> list[Frame]:
        return [self._frame(motion, drive, i) for i in which]

    def _frame(self, motion: Motion, drive: Drive, i: int) -> Frame:
        try:
            canvas = self._rooms.get_nowait()
        except queue.Empty:
            canvas = Canvas(self.scene)
        still = drive.still[i]
        drawn = [artist.scene.photo.copy() if still else artist.draw(canvas, drive, i) for artist in self._artists]
        self._rooms.put(canvas)
        image = cut_out(*drawn) if len(drawn) > 1 else drawn[0]
        if self._whole:
            image = laid_into(self._photo, image, self.scene.corner)
        if self.label:
            write_label(image, self.label)
        return Frame(image, motion.start + i, motion.rate)


LEAST_LABEL = 0.3
"""Scale of a label's letters, of seven pixels then, below which nobody can read them."""


def write_label(image: Image, text: str) -> None:
    """A small line of text in the lower left corner, white with a dark rim, in place."""
    (top, left), kept, light = _letters(image.shape[0], image.shape[1], text)
    part = image[top : top + kept.shape[0], left : left + kept.shape[1]]
    part[..., :3] = part[..., :3] * kept + light
    if image.shape[2] == 4:
        part[..., 3] = np.maximum(part[..., 3], 255 * (1 - kept[..., 0]))


@lru_cache(maxsize=4)
def _letters(
    height: int, width: int, text: str
) -> tuple[tuple[int, int], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Where its upper left corner is, and of each pixel there, (h, w, 1), what is kept of the picture and what added.

    The rim is grown of the letters: of another thickness OpenCV sets them wider.
    """
    ink = np.zeros((height, width), np.uint8)
    scale = max(height / 1100, LEAST_LABEL)
    place = (round(0.02 * height), round(0.975 * height))
    cv2.putText(ink, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, 1, cv2.LINE_AA)
    rim = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(2 * scale)) + 1,) * 2))
    left, top, across, down = cv2.boundingRect(rim)
    here = np.s_[top : top + down, left : left + across, None]
    return (top, left), (1 - rim[here] / 255).astype(np.float32), ink[here].astype(np.float32)


def picture_of(photo: str | Path | Image) -> Image:
    """(h, w, 3) RGB. Errors: BadInput."""
    from mien.media.picture import read_picture

    return photo if isinstance(photo, np.ndarray) else read_picture(photo)


def brought_to(image: Image, size: int | None, face: Which | None) -> tuple[Image, Which | None]:
    """A whole photo with so many pixels along its longer side, and the face's place in it."""
    scale = 1.0 if size is None else size / max(image.shape[:2])
    if scale == 1:
        return image, face
    height, width = (max(2, 2 * round(side * scale / 2)) for side in image.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8)
    return small, (face[0] * scale, face[1] * scale) if isinstance(face, tuple) else face


def laid_into(photo: Image, part: Image, corner: npt.NDArray[np.int32]) -> Image:
    """A copy of the photo with its moving part, of which some may lie beyond the border."""
    image = photo.copy()
    x, y = map(int, corner)
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + part.shape[0], len(photo)), min(x + part.shape[1], photo.shape[1])
    image[top:bottom, left:right] = part[top - y : bottom - y, left - x : right - x]
    return image


def scene_of(
    image: Image, size: int | None, which: Which | None = None, pointed: Points | None = None
) -> tuple[Scene, list[str]]:
    """The scene of a photo, from the cache when it was drawn in this way before.

    size : side of the frames; None for the part of a whole photo that moves, at its own pixels
    pointed : where the face is, for one that is not to be looked for
    """
    asked = f"{VERSION} {size} {which} {sorted((pointed or {}).items())} {image.shape}"
    key = hashlib.sha256(asked.encode() + np.ascontiguousarray(image).tobytes())
    path = cache_folder() / f"{key.hexdigest()[:24]}.npz"
    with suppress(OSError, KeyError, ValueError, BadZipFile):
        scene, notes = Scene.load(path)
        os.utime(path)
        return scene, notes
    from mien.face.advice import advise
    from mien.face.landmarks import find_faces
    from mien.face.points import face_from_points
    from mien.renderers.portrait.framing import frame_photo, part_of_photo
    from mien.renderers.portrait.prepare import prepare

    faces = find_faces(image) if pointed is None else [face_from_points(pointed)]
    face, notes = (faces[0], []) if pointed else chosen(faces, image, which)
    if pointed is None:
        notes = [*notes, *advise(image, face).notes]
    others = [other.points for other in faces if other is not face]
    framed = (
        part_of_photo(image, face.points, others) if size is None else frame_photo(image, face.points, size, others)
    )
    scene = prepare(framed)
    keep_scene(scene, notes, path)
    return scene, notes


def cache_folder() -> Path:
    """Where scenes are kept: portraits in mien's cache."""
    from mien.core.weights import cache_folder as mien_cache

    return mien_cache() / "portraits"


KEPT = 24
"""Scenes on disk (about 12 MB each at 512²); the least recently used go first."""


def keep_scene(scene: Scene, notes: list[str], path: Path) -> None:
    """Write a scene whole or not at all; a cache that cannot be written is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            try:
                scene.save(file, notes)
                file.close()
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        old = sorted(path.parent.glob("*.npz"), key=lambda p: p.stat().st_mtime)[:-KEPT]
        for stale in old:
            stale.unlink(missing_ok=True)
    except OSError as error:
        log.info("portrait not cached: %s", error)


def warm() -> None:
    """Compile every kernel and keep the result: about 20 s once, so that no first frame pays for it."""
    portrait = Portrait(size=framings.SMALLEST)
    list(portrait.render([Motion(RIG.high[None] * 0.5, Fraction(25), 0, RIG)]))

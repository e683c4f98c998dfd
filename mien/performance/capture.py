"""The verb capture: a face in a video, a folder of pictures or before a webcam, to motion."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from mien.core.errors import BadInput, WrongUse
from mien.core.frame import Frame
from mien.core.registry import backend
from mien.core.rig import Motion
from mien.core.track import Rate, rate_from

Progress = Callable[[float, float | None], None]
"""Called with the seconds done and, where it is known, the seconds in all."""

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif")
FOLDER_RATE = Fraction(25)
"""Pictures of a folder are taken to follow each other at this rate unless told."""

CAMERA_RATE = Fraction(30)


def capture(
    video: str | Path | int,
    *,
    neutral: str | int = "auto",
    person: int = 1,
    fps: Rate | None = None,
    tracker: str = "landmarks",
    progress: Progress | None = None,
    notes: list[str] | None = None,
) -> Motion:
    """The motion of a face in a video, relative to its rest, on the video's clock, in the rig ``capture``.

    video    : a video file, a folder of pictures (in the order of their names), or the number of a webcam, from 0;
               a webcam is watched until Ctrl-C
    neutral  : the frame that shows the face at rest; "auto" looks for the frames in which least is going on
    person   : which one, from 1; people are numbered as they appear, those who appear together the largest first
    fps      : pictures a second of a folder (25)
    progress : told how far it is
    notes    : gets what the user should know, such as where no face was seen
    Errors: BadInput for what cannot be read or shows no face; WrongUse.
    """
    frame = _frame_number(neutral)
    rate, frames, seconds = _source(video, fps)
    made = backend("trackers", tracker)(person=person, neutral=frame)
    motion = Motion.join(made.track(_reported(frames, rate, seconds, progress)))
    if notes is not None:
        notes += made.notes
    return motion


def _frame_number(neutral: str | int) -> int | None:
    if neutral == "auto":
        return None
    try:
        return int(neutral)
    except ValueError:
        raise WrongUse(f"neutral must be auto or the number of a frame, got {neutral!r}") from None


def _source(video: str | Path | int, fps: Rate | None) -> tuple[Fraction, Iterator[Frame], float | None]:
    """Rate, pictures and, where it is known, how many seconds there will be."""
    if isinstance(video, int) or (isinstance(video, str) and video.isdigit() and not Path(video).exists()):
        return CAMERA_RATE, webcam(int(video)), None
    path = Path(video)
    if path.is_dir():
        rate = FOLDER_RATE if fps is None else rate_from(fps)
        files = pictures_in(path)
        return rate, from_pictures(files, rate), float(len(files) / rate)
    if fps is not None:
        raise WrongUse("fps is for folders of pictures: a video has its own clock")
    from mien.media import read_video

    rate, frames = read_video(path)
    return rate, frames, length_of(path)


def _reported(
    frames: Iterator[Frame], rate: Fraction, seconds: float | None, progress: Progress | None
) -> Iterator[Frame]:
    for frame in frames:
        yield frame
        if progress is not None:
            progress(float((frame.index + 1) / rate), seconds)


def length_of(path: Path) -> float | None:
    """Seconds a video says it lasts; None where it does not say."""
    import av

    with av.open(str(path)) as container:
        return None if container.duration is None else float(container.duration / av.time_base)


def pictures_in(folder: Path) -> list[Path]:
    """Picture files by name, numbers in order: 2.png before 10.png. Errors: BadInput where there are none."""
    files = [p for p in folder.iterdir() if p.suffix.lower() in PICTURES and not p.name.startswith(".")]
    if not files:
        raise BadInput(f"there are no pictures in the folder {folder} ({' '.join(PICTURES)})")
    return sorted(files, key=lambda p: [int(s) if s.isdigit() else s for s in re.split(r"(\d+)", p.name)])


def from_pictures(files: list[Path], rate: Fraction) -> Iterator[Frame]:
    """Frames from files of one size. Errors: BadInput for another size."""
    from mien.media import read_picture

    size = None
    for index, path in enumerate(files):
        image = read_picture(path)
        h, w = image.shape[:2]
        if size is not None and (h, w) != size:
            raise BadInput(
                f"the pictures of a clip must be of one size: {path.name} has {w} x {h}, "
                f"{files[0].name} has {size[1]} x {size[0]}"
            )
        size = (h, w)
        yield Frame(image[..., :3], index, rate)


def webcam(number: int) -> Iterator[Frame]:
    """Pictures of a camera, at CAMERA_RATE by the wall clock, until Ctrl-C or its end. Errors: BadInput."""
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of every driver that is not the one
    camera = cv2.VideoCapture(number)
    try:
        began, index = time.monotonic(), 0
        while True:
            there, image = camera.read()
            if not there:
                if not index:
                    raise BadInput(f"there is no camera {number} that gives pictures")
                return
            due = int((time.monotonic() - began) * CAMERA_RATE) + 1
            picture = image[..., ::-1].copy()
            while index < due:  # a slow camera's pictures stand for several frames, a fast one's are passed over
                yield Frame(picture, index, CAMERA_RATE)
                index += 1
    except KeyboardInterrupt:
        return
    finally:
        camera.release()

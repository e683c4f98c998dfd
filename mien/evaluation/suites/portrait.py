"""Does one photo become a face that obeys and stays who it is?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from mien.core.errors import BadInput, MissingExtra
from mien.core.frame import Image
from mien.core.plan import Phone, Span
from mien.core.retarget import retargeted
from mien.core.rig import FULL, Motion
from mien.evaluation.curves import INNER, RATE, Array, apart
from mien.evaluation.identity import descriptor, identity_distance
from mien.evaluation.metrics.closure import bilabials, closures, open_vowels, share, shut_in_the_middle
from mien.evaluation.metrics.correlation import correlation
from mien.evaluation.metrics.picture import Flags, flicker, largest_difference
from mien.evaluation.poses import CHANNELS, POSES, channel_read, obeyed, posed
from mien.evaluation.poses import steps as steps_of
from mien.evaluation.reenactment import compared, reenact, shown
from mien.evaluation.rows import POOLED, Column, Finding, Layout, Row, Skipped
from mien.evaluation.sheets import face_alone, sheet
from mien.evaluation.study import Study, pooled
from mien.face.landmarks import Face, find_faces, track
from mien.renderers.portrait import PHOTO, Portrait
from mien.renderers.portrait.framing import face_height, frame_photo

SUITE = "portrait"
LAYOUT = Layout(
    SUITE,
    "Portrait",
    "Does one photo become a face that obeys and stays who it is? Read back from the pixels by the landmarker. "
    "static is the photo itself, shown for as long.",
    (
        Column("rest", "rest", "largest difference of any pixel to the photo at rest, levels of 255", "low", 0),
        Column("flicker", "flicker", "mean change from frame to frame where nobody is, levels of 255", "low", 3),
        Column("read back", "read back r", "a channel driven in steps against the landmarker's score for it", "high"),
        Column("rise", "rise", "how much that score rises when the channel is driven to 0.8", "high"),
        Column("spill", "spill", "mean change of the scores that were not asked to change", "low", 3),
        Column("closure", "p b m shut", "share of p, b, m with a frame of the lips shut, talking", "high"),
        Column("false closure", "vowels shut", "share of open vowels shut in their middle", "low"),
        Column(
            "identity", "identity L2", "dlib's distance to the photo, mean over talking; below .6 is one person", "low"
        ),
        Column("others", "to others", "the same to the other photos"),
        Column("poses", "40 poses L2", "dlib's distance to the photo, mean over 40 poses", "low"),
        Column("worst pose", "worst", "the same in the worst of them", "low"),
        Column("lost", "lost", "poses in which no face is found", "low", 0),
        Column("channel r", "r", "a channel driven to 0, .25, .5, .75, 1, against what the tracker reads", "high"),
        Column("channel steps", "rises", "share of photos in which it rises at every step", "high"),
        Column("psnr", "PSNR dB", "a clip captured, then drawn again from one of its frames", "high", 1),
        Column("ssim", "SSIM", "structural similarity of the same", "high", 3),
        Column("mouth psnr", "mouth PSNR dB", "the same around the mouth", "high", 1),
        Column("lmd", "LMD %", "distance of its 40 lip points, % of face height", "low"),
        Column("aperture", "aperture r", "opening of its lips, read from the pixels of both", "high"),
    ),
)

SENTENCE = "Maybe Bob brought more plums, but my mother wanted to buy a blue map."

COMMANDS: Mapping[str, tuple[str, ...]] = {  # name -> channels driven together; the scores of the same names are read
    "jaw": ("jawOpen",),
    "pucker": ("mouthPucker",),
    "funnel": ("mouthFunnel",),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "upper lip": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "lower lip": ("mouthLowerDownLeft", "mouthLowerDownRight"),
    "roll": ("mouthRollLower", "mouthRollUpper"),
    "mouth left": ("mouthLeft",),
    "mouth right": ("mouthRight",),
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "squint": ("eyeSquintLeft", "eyeSquintRight"),
    "wide eyes": ("eyeWideLeft", "eyeWideRight"),
    "brows up": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    "brows down": ("browDownLeft", "browDownRight"),
}
"""What the landmarker can see; it has no score for the tongue and hardly one for frown, cheeks and nose."""

REENACTED = (
    "styletalk/video/feifeili_clip3.mp4",
    "mocha/1p_closeup_facingcamera/27_man_skyline_facing_camera.mp4",
    "mocha/1p_closeup_facingcamera/17_woman_rose.mp4",
    "grid/bbaf2n.mpg",
)
"""Clips that are drawn again: a real one with a head that moves, two generated close-ups, one that holds still."""

MOST_FRAMES, FAST_FRAMES = 75, 40

STEPS = np.linspace(0, 0.8, 5)
FAST_PHOTOS = 2
EVERY = 10
"""Of the talking frames every so many are compared with the photo's identity."""

PERHAPS, FAR, SWAY = 0.1, 0.03, 0.13
"""Segmentation from which somebody may be there; and pixels nearer to them than this share of the picture (masks are as
coarse), or of the face's height, are not counted as still: hair is one and a half of them from the neck, and heads roll
by .085 radians in talk."""


@dataclass(frozen=True, eq=False)
class Talk:
    """Something said: its motion and when which phone is."""

    motion: Motion
    phones: tuple[Span[Phone], ...]


def measure(study: Study) -> Iterator[Finding]:
    """Rows by photo and over all of them, and a contact sheet a photo."""
    photos = [PHOTO]  # then the plainest face, so that a fast run has one without glasses
    try:
        found = (study.data.folder / "portraits").glob("*.png")
        photos += sorted(found, key=lambda path: ("neutral" not in path.stem, path.stem))
    except BadInput as error:
        yield Skipped(SUITE, "", f"only the packaged photo: {error}")
    rows: list[Row] = []
    described: dict[str, list[Array]] = {}
    no_identity = ""
    for path in photos[:FAST_PHOTOS] if study.fast else photos:
        clip = f"portraits/{path.stem}"
        try:
            portrait = Portrait(path)
            image = portrait.scene.photo
            face = seen(image)
            frames = drawn(portrait, talk().motion)
            pictures, obeyed = commanded(portrait, face)
        except BadInput as error:  # one photo's fault is no reason to say nothing of the others
            yield Skipped(SUITE, "", f"{clip}: {error}")
            continue
        figures = unmoved(path, portrait, frames) | contacts(frames) | obeyed
        rows += [Row(SUITE, "mien", clip, name, value) for name, value in figures.items()]
        rows += [Row(SUITE, "static", clip, name, value) for name, value in photo_alone(face).items()]
        try:
            described[clip] = [descriptor(one, seen(one)) for one in (image, *frames[::EVERY])]
        except MissingExtra as error:
            no_identity = str(error)
        tiles = [(name, face_alone(one, face)) for name, one in [("rest", image), *pictures]]
        yield sheet(SUITE, path.stem, tiles)
        if not study.fast:
            rows += put_through(clip, portrait, face, no_identity)
    rows += identities(described)
    for finding in reenactments(study):
        if isinstance(finding, Row):
            rows.append(finding)
        else:
            yield finding
    yield from rows
    yield from pooled(rows, study.seed)
    if farthest := [row.value for row in rows if row.metric == "farthest"]:
        yield Row(SUITE, "mien", f"portraits/{POOLED}", "worst pose", max(farthest))
    if no_identity:
        yield Skipped(SUITE, "", no_identity)


def put_through(clip: str, portrait: Portrait, rest: Face, no_identity: str) -> Iterator[Row]:
    """Forty poses, for who it is; every channel in steps, for whether it obeys: there a system is a channel."""
    images = posed(portrait, POSES)
    faces = [next(iter(find_faces(image, at_most=1)), None) for image in images]
    yield Row(SUITE, "mien", clip, "lost", float(sum(face is None for face in faces)))
    if not no_identity:
        own = descriptor(portrait.scene.photo, rest)
        away = [identity_distance(descriptor(i, f), own) for i, f in zip(images, faces, strict=True) if f]
        yield Row(SUITE, "mien", clip, "poses", float(np.mean(away)))
        yield Row(SUITE, "mien", clip, "farthest", max(away))
    for channel in CHANNELS:
        frames = posed(portrait, steps_of(channel))
        found = [next(iter(find_faces(frame, at_most=1)), None) for frame in frames]
        figures = obeyed(channel_read(channel, found, rest))
        where = f"channels/{Path(clip).name}"
        yield from (Row(SUITE, channel, where, metric, value) for metric, value in figures.items())


def reenactments(study: Study) -> Iterator[Finding]:
    """Clips drawn again from one of their frames, beside that frame held and beside the same at wrong times."""
    try:
        folder = study.data.folder
    except BadInput as error:
        yield Skipped(SUITE, "", f"self-re-enactment: {error}")
        return
    for name in REENACTED[:1] if study.fast else REENACTED:
        path, clip = folder / name, f"re-enactment/{Path(name).stem}"
        if not path.is_file():
            yield Skipped(SUITE, "", f"self-re-enactment: there is no {name} in {folder}")
            continue
        try:
            done = reenact(path, FAST_FRAMES if study.fast else MOST_FRAMES)
            n, late = len(done.made), len(done.made) // 2
            shifts = [(i + late) % n for i in range(n)]
            held = [done.photo] * n
            versions = {
                "mien": (done.made, done.read),
                "static": ([done.truth[i] for i in held], [done.seen[i] for i in held]),
                "shuffled": ([done.made[i] for i in shifts], [done.read[i] for i in shifts]),
            }
            for system, (images, faces) in versions.items():
                figures = compared(done, images, faces)
                yield from (Row(SUITE, system, clip, metric, value) for metric, value in figures.items())
        except BadInput as error:
            yield Skipped(SUITE, "", f"{clip}: {error}")
            continue
        yield sheet(SUITE, f"{clip}: above the clip, below the same drawn from one frame", list(shown(done)), across=8)


def seen(image: Image) -> Face:
    """The face in a picture. Errors: BadInput."""
    faces = find_faces(image, at_most=1)
    if not faces:
        raise BadInput("no face was found in the picture")
    return faces[0]


@lru_cache(maxsize=1)
def talk() -> Talk:
    """The sentence, spoken."""
    from mien.performance.verbs import say

    take = say(SENTENCE, fps=RATE)
    return Talk(take.motion, take.phones)


def drawn(portrait: Portrait, motion: Motion) -> list[Image]:
    return [frame.image for frame in portrait.render([retargeted(motion, portrait.rig)], workers=2)]


def unmoved(path: Path, portrait: Portrait, frames: list[Image]) -> dict[str, float]:
    """Rest against the photo, and what flickers where nobody is."""
    rest = drawn(portrait, Motion.at_rest(1, rate=RATE))[0]
    found = {"rest": largest_difference(rest, portrait.scene.photo)}
    with suppress(BadInput):  # where the person fills the picture
        found["flicker"] = flicker(frames, empty_places(path, portrait.scene.photo.shape[0]))
    return found


def empty_places(path: Path, size: int) -> Flags:
    """(size, size) where nobody is, nor near, in a photo's frame.

    What says who is a person is the segmentation alone, never the renderer's own matte: a background that is taken for
    the person and carried along counts. It looks twice, at the frame and at more of the photo, for of what the frame
    cuts off, such as a hat, it cannot tell whose it is. Beyond the photo's border who is there goes on being there.
    """
    import cv2

    from mien.face.mask import person_mask
    from mien.media.picture import read_picture

    image = read_picture(path)
    framed = frame_photo(image, seen(image).points, size)
    rows, columns = framed.real
    total, inner = len(framed.wide), slice(framed.margin, -framed.margin)
    beyond = rows.start, total - rows.stop, columns.start, total - columns.stop
    known = person_mask(np.ascontiguousarray(framed.wide[framed.real]))
    around = cv2.copyMakeBorder(known, *beyond, cv2.BORDER_REPLICATE)
    person = np.maximum(person_mask(framed.photo), around[inner, inner]) > PERHAPS
    tall = face_height(framed.points)
    person |= strands(framed.wide, around > PERHAPS, tall)[inner, inner]
    reach = 2 * round(max(FAR * size, SWAY * tall)) + 1
    return np.asarray(cv2.dilate(person.astype(np.uint8), np.ones((reach, reach), np.uint8)) == 0)


STRAND, DARKER = 0.035, 0.05
"""Hair that the segmentation does not know: how thick, face heights; how much darker than beside it, of 0..1."""


def strands(image: Image, person: Flags, tall: float) -> Flags:
    """(s, s) thin dark things that reach to somebody: loose hair turns with its head, and is no background."""
    import cv2

    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    width = 2 * round(STRAND * tall) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    thin = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, disc) > DARKER * 255
    _, labels = cv2.connectedComponents((thin | person).astype(np.uint8))
    return np.asarray(thin & np.isin(labels, np.unique(labels[person])))


def gap_of(face: Face) -> float:
    """The inner lips' distance over face height."""
    return float(apart(face.points[None, :, :2], INNER)[0])


def contacts(frames: list[Image]) -> dict[str, float]:
    """Lips shut in p, b, m and not in open vowels, by the landmarks of the finished pictures."""
    gaps = [np.inf if face is None else gap_of(face) for face in track(frames)]
    return shut(np.minimum(gaps, 1.0))


def shut(gaps: Array) -> dict[str, float]:
    phones, rate = talk().phones, float(RATE)
    return {
        "closure": share(closures(gaps, rate, bilabials(phones))),
        "false closure": share(shut_in_the_middle(gaps, rate, open_vowels(phones))),
    }


def photo_alone(face: Face) -> dict[str, float]:
    """What the photo itself scores, shown all the time."""
    still = {"rest": 0.0, "flicker": 0.0, "read back": 0.0, "rise": 0.0, "spill": 0.0}
    return still | shut(np.full(len(talk().motion), gap_of(face)))


def commanded(portrait: Portrait, rest: Face) -> tuple[list[tuple[str, Image]], dict[str, float]]:
    """Each command at its strongest as a picture, and how well the steps up to it are read back."""
    pictures, figures = [], {}
    for name, channels in COMMANDS.items():
        frames = drawn(portrait, steps(channels))
        pictures.append((name, frames[-1]))
        faces = [seen(frame) for frame in frames]
        read = np.array([[face.scores[c] for c in rest.scores] for face in faces])
        asked = np.isin(list(rest.scores), channels)
        figures[f"read back {name}"] = correlation(read[:, asked].mean(1), STEPS)
        figures[f"rise {name}"] = float(read[-1, asked].mean() - read[0, asked].mean())
        figures[f"spill {name}"] = float(np.abs(read[-1, ~asked] - read[0, ~asked]).mean())
    means = {
        kind: float(np.mean([value for name, value in figures.items() if name.startswith(kind)]))
        for kind in ("read back", "rise", "spill")
    }
    return pictures, figures | means


def steps(channels: tuple[str, ...]) -> Motion:
    """One frame a step; a command that starts at 0 starts at the photo."""
    values = np.tile(FULL.rest, (len(STEPS), 1))
    for channel in channels:
        values[:, FULL.find(channel)] = STEPS
    return Motion(values, RATE)


def identities(described: dict[str, list[Array]]) -> Iterator[Row]:
    """How far the talking face is from its photo, and from the others' photos."""
    for clip, (photo, *frames) in described.items():
        yield Row(SUITE, "mien", clip, "identity", float(np.mean([identity_distance(photo, f) for f in frames])))
        yield Row(SUITE, "static", clip, "identity", 0.0)
        others = [other for name, (other, *_) in described.items() if name != clip]
        if others:
            far = [identity_distance(other, f) for other in others for f in frames]
            yield Row(SUITE, "mien", clip, "others", float(np.mean(far)))

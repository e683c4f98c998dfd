"""Does the face show what it is told to feel, while it speaks?"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from mien.core.emotion import EMOTIONS
from mien.core.errors import BadInput
from mien.core.frame import Image
from mien.core.plan import Speech
from mien.core.retarget import retargeted
from mien.core.rig import Motion
from mien.evaluation.curves import RATE, Array, mouth_of_motion
from mien.evaluation.judge import CLASSES, verdict
from mien.evaluation.metrics.correlation import correlation
from mien.evaluation.metrics.telltale import auc
from mien.evaluation.peers.all import CAPTURED, GUESS
from mien.evaluation.rows import Column, Finding, Layout, Picture, Row, Skipped
from mien.evaluation.sheets import face_alone, sheet
from mien.evaluation.study import Study, pooled
from mien.face.landmarks import Face, track
from mien.renderers.portrait import PHOTO, Portrait

SUITE = "emotion"
LAYOUT = Layout(
    SUITE,
    "Emotion",
    "Does the face show what it is told to feel, while it speaks? The same sound and phone times under every emotion. "
    "The judge was trained on posed stills (its recall on real clips: style-clips): trust differences, "
    "not levels. guess is what chance would score; contempt is unknown to the judge.",
    (
        Column("named", "named", "the judge's probability of this emotion rose most of six, against the neutral "
               "render; on real clips: it is the most probable of seven", "high"),
        Column("rise", "rise", "by how much it rose", "high"),
        Column("units", "units", "landmarker scores of the emotion's action units, how far they rise", "high"),
        Column("units auc", "units AUC", "chance that a score which should rise rises more than one which should not",
               "high"),
        Column("monotone", "monotone", "share of steps of intensity at which the units rise further", "high"),
        Column("lips kept", "lips kept r", "opening of the lips against that of the neutral performance", "high"),
        Column("seals kept", "seals kept", "share of the frames with shut lips that stay shut", "high"),
    ),
)  # fmt: skip

SENTENCE = "I met your brother on the boat, and we talked about the people we both remember."

UNITS: Mapping[str, tuple[str, ...]] = {  # EMFACS (Friesen & Ekman 1983), as far as the landmarker has a score
    "happy": ("mouthSmileLeft", "mouthSmileRight", "eyeSquintLeft", "eyeSquintRight"),
    "sad": ("browInnerUp", "mouthFrownLeft", "mouthFrownRight", "mouthShrugLower"),
    "angry": ("browDownLeft", "browDownRight", "eyeSquintLeft", "eyeSquintRight", "mouthPressLeft", "mouthPressRight"),
    "fear": ("browInnerUp", "eyeWideLeft", "eyeWideRight", "mouthStretchLeft", "mouthStretchRight"),
    "disgust": ("noseSneerLeft", "noseSneerRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft",
                "browDownRight"),
    "surprise": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight", "eyeWideLeft", "eyeWideRight", "jawOpen"),
    "contempt": ("mouthSmileLeft", "mouthDimpleLeft", "browOuterUpRight"),
}  # fmt: skip

UNCLEAR = ("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "jawForward")
"""Scores that never move, or that blinks and gaze move: in neither group. So is everything called eyeLook."""

INTENSITIES, FAST_INTENSITIES = (0.25, 0.5, 0.8, 1.0), (0.4, 0.8)
SHOWN = 0.8
"""The intensity at which everything but the steps is measured."""

EVERY = 4
"""Of the frames every so many are drawn."""

REAL = {"furious": "angry", "happy": "happy", "sad": "sad", "surprise": "surprise"}
"""How the name of a real clip begins, and what it means; other names do not tell."""

STRIP = 5


@dataclass(frozen=True, eq=False)
class Shown:
    """Pictures of one performance. faces : where they are; scores : (k,) mean landmarker scores"""

    images: list[Image]
    faces: list[Face]
    scores: Array


def measure(study: Study) -> Iterator[Finding]:
    """Rows by photo and emotion, the judge's recall on real clips, strips to be named by people."""
    speeches = spoken()
    photos = [PHOTO]
    try:
        yield from real_clips(study)
        if not study.fast:
            photos += sorted((study.data.folder / "portraits").glob("*neutral*.png"))
    except BadInput as error:
        yield Skipped(SUITE, "", f"the judge's recall on real clips: {error}")
    for path in photos:
        rows, strips = performed(path, speeches, FAST_INTENSITIES if study.fast else INTENSITIES)
        yield from rows
        yield from pooled(rows, study.seed)
        yield strips_to_name(path.stem, strips, study.seed)


def spoken() -> list[Speech]:
    """The sentence, said without feeling."""
    from mien.performance.verbs import speak

    return [replace(speech, emotion=()) for speech in speak(SENTENCE)]


def performed(path: Path, speeches: list[Speech], steps: tuple[float, ...]) -> tuple[list[Row], dict[str, list[Image]]]:
    """Every figure of one photo, and a strip of pictures for each emotion."""
    portrait = Portrait(path)
    plain = motion_with(speeches, "neutral")
    neutral = shown(portrait, plain)
    base = verdict(neutral.images, neutral.faces)
    rows, strips = [], {"neutral": strip(neutral)}
    for emotion in EMOTIONS:
        clip = f"{path.stem}/{emotion}"
        displays = {step: shown(portrait, motion_with(speeches, f"{emotion}:{step}")) for step in steps}
        strong = displays[SHOWN]
        found = units(emotion, neutral, strong) | lips_kept(plain, motion_with(speeches, f"{emotion}:{SHOWN}"))
        levels = [0.0, *(units(emotion, neutral, one)["units"] for one in displays.values())]
        found["monotone"] = float(np.mean([b > a for a, b in pairwise(levels)]))
        if emotion in CLASSES:
            rises = verdict(strong.images, strong.faces) - base
            found["rise"] = float(rises[CLASSES.index(emotion)])
            found["named"] = float(rises[:-1].argmax() == CLASSES.index(emotion))
            rows.append(Row(SUITE, GUESS, clip, "named", 1 / (len(CLASSES) - 1)))
        rows += [Row(SUITE, "mien", clip, name, value) for name, value in found.items()]
        strips[emotion] = strip(strong)
    return rows, strips


def motion_with(speeches: list[Speech], emotion: str) -> Motion:
    from mien.performance.verbs import animate

    return animate(speeches, emotion=emotion, fps=RATE)


def shown(portrait: Portrait, motion: Motion) -> Shown:
    """Some frames, drawn and looked at. Errors: BadInput when no face is left."""
    some = motion.with_values(motion.values[::EVERY])
    images = [frame.image for frame in portrait.render([retargeted(some, portrait.rig)], workers=2)]
    both = [(image, face) for image, face in zip(images, track(images), strict=True) if face is not None]
    if not both:
        raise BadInput("no face can be found in what was drawn")
    scores = np.mean([list(face.scores.values()) for _, face in both], axis=0)
    return Shown([image for image, _ in both], [face for _, face in both], scores)


def units(emotion: str, neutral: Shown, display: Shown) -> dict[str, float]:
    """How far the scores that should rise do, and how well they stand out from the others."""
    rises, names = display.scores - neutral.scores, list(neutral.faces[0].scores)
    meant = np.isin(names, UNITS[emotion])
    counted = np.array([n not in UNCLEAR and not n.startswith("eyeLook") for n in names])
    return {"units": float(rises[meant].mean()), "units auc": auc(rises[counted], meant[counted])}


def lips_kept(plain: Motion, felt: Motion) -> dict[str, float]:
    """What an emotion leaves of the lips' movement."""
    before, after = mouth_of_motion(plain).aperture, mouth_of_motion(felt).aperture
    sealed = plain["lipSeal"] > 0.95
    return {
        "lips kept": correlation(after, before),
        "seals kept": float((after[sealed] < after.max() * 0.1).mean()) if sealed.any() else 1.0,
    }


def real_clips(study: Study) -> Iterator[Finding]:
    """The judge on captured faces whose names tell what they show."""
    from mien.media import read_video

    files = sorted((study.data.folder / "style-clips").glob("*.mp4"))
    if not files:
        raise BadInput(f"{study.data.folder} has no style-clips")
    rows = []
    for path in files:
        emotion = next((e for start, e in REAL.items() if path.stem.startswith(start)), None)
        if emotion is None:
            continue
        try:
            images = [frame.image for frame in read_video(path)[1]][:: 2 * EVERY]
            most = CLASSES[int(verdict(images, track(images)).argmax())]
        except BadInput as error:
            yield Skipped(SUITE, "", f"style-clips/{path.stem}: {error}")
            continue
        rows.append(Row(SUITE, CAPTURED, f"style-clips/{path.stem}", "named", float(most == emotion)))
    yield from rows
    yield from pooled(rows, study.seed)


def strip(display: Shown) -> list[Image]:
    """A few moments of the face alone."""
    picks = np.linspace(0.15, 0.9, STRIP) * len(display.images)
    return [face_alone(display.images[int(i)], display.faces[int(i)]) for i in picks]


def strips_to_name(photo: str, strips: Mapping[str, list[Image]], seed: int) -> Picture:
    """All emotions in a shuffled order without their names; the key is folded away."""
    order = np.random.default_rng(seed).permutation(list(strips)).tolist()
    letters = "ABCDEFGH"
    images = [(letters[i] if j == 0 else "", one) for i, name in enumerate(order) for j, one in enumerate(strips[name])]
    made = sheet(SUITE, f"{photo}: which emotion is each line?", images, across=STRIP)
    key = ", ".join(f"{letter} {name}" for letter, name in zip(letters, order, strict=False))
    return Picture(
        SUITE, made.title, f"{made.body}<details><summary>the key</summary>{html.escape(key)}</details>", made.jpeg
    )

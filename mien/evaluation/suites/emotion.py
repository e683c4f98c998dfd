"""Does the face show what it is told to feel, while it speaks?"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from mien.core.emotion import EMOTIONS
from mien.core.errors import BadInput, MissingExtra
from mien.core.frame import Image
from mien.core.plan import Speech
from mien.core.retarget import retargeted
from mien.core.rig import FACE, Motion
from mien.evaluation.curves import RATE, Array, mouth_of_motion
from mien.evaluation.identity import descriptor, identity_distance
from mien.evaluation.judge import CLASSES, verdict
from mien.evaluation.metrics.correlation import correlation
from mien.evaluation.metrics.telltale import auc
from mien.evaluation.peers.all import CAPTURED, GUESS
from mien.evaluation.rows import Column, Finding, Layout, Picture, Row, Skipped
from mien.evaluation.sheets import face_alone, sheet
from mien.evaluation.study import Study, overall, pooled
from mien.evaluation.units import BLIND, intended, person_in, readable, scored, shown
from mien.face.landmarks import SCORES, Face, track
from mien.face.pose import Person
from mien.generators.expression_table import channels_of_emotion, region_of
from mien.renderers.portrait import PHOTO, Portrait

SUITE = "emotion"
LAYOUT = Layout(
    SUITE,
    "Emotion",
    "Does the face show what it is told to feel, while it speaks? The same sound and phone times under every emotion. "
    "The judge was trained on posed stills (its recall on real clips: style-clips): trust differences, "
    "not levels. guess is what chance would score; contempt is unknown to the judge.",
    (
        Column("rises", "judge rises", "the judge's probability of this emotion rises, against the neutral render; of "
               "the emotions that real clips tell", "high"),
        Column("named", "named", "it rises most of six; on real clips: it is the most probable of seven", "high"),
        Column("units rise", "units rise", "share of the prototype's action units that rise by "
               "RISEN, read back from the pixels by mien capture's table", "high"),
        Column("others move", "others move", "how far what no unit drives moves, over how far the units rise", ""),
        Column("scores", "scores", "the same units by the landmarker's own scores, how far they rise", "high"),
        Column("scores auc", "scores AUC", "chance that a score which should rise rises more than one that should not",
               "high"),
        Column("monotone", "monotone", "share of steps of intensity at which the units rise further", "high"),
        Column("lips kept", "lips kept r", "opening of the lips while they speak, against the neutral performance",
               "high"),
        Column("seals kept", "seals kept", "share of the frames with shut lips that stay shut", "high"),
        Column("identity", "identity L2", "dlib, to the photo; the same person is below 0.6", ""),
        Column("leak", "leak", "share of the energy of an emotion in one region alone that is outside: of the motion",
               "", 3),
        Column("leak seen", "leak seen", "the same of the pixels, mouth against brows", "", 3),
    ),
)  # fmt: skip

SENTENCES = (
    "I met your brother on the boat, and we talked about the people we both remember.",
    "Maybe we should leave before they open the other door.",
)
"""They mean nothing in particular; the first alone in a fast run."""

PHOTOS = ("woman_neutral", "man_beard", "young_man")
"""Portraits of the data folder, of people who do not exist; the packaged one comes before them."""

RISEN = 0.05
"""Weight from which a channel that is read back has risen: neutral performances of two seeds differ by half of it."""

UNDRIVEN = 0.1
"""Weight at intensity 1 below which a channel is not part of a display."""

INTENSITIES, FAST_INTENSITIES = (0.25, 0.5, 0.8, 1.0), (0.4, 0.8)
SHOWN = 0.8
"""The intensity at which everything but the steps is measured."""

EVERY = 4
"""Of the frames every so many are drawn."""

LOOKED_AT = 4
"""Pictures that are asked for who it is."""

REAL = {"furious": "angry", "happy": "happy", "sad": "sad", "surprise": "surprise"}
"""How the name of a real clip begins, and what it means; other names do not tell."""

KNOWN_TO_JUDGE = tuple(REAL.values())
"""Emotions for which real clips tell the judge's recall; of the others a rise is told apart."""

EDITED = {"brows": "sad", "eyes": "surprise", "cheeks": "disgust", "mouth": "happy"}
"""Regions that are edited alone, and the emotion put there."""

ABOVE, BELOW = (168, 6), (2, 164)
"""Landmarks of the bridge of the nose, above which are eyes and brows; and of its base, below which is the mouth."""

STRIP = 5


@dataclass(frozen=True, eq=False)
class Shown:
    """Pictures of one performance and where the faces are in them."""

    images: list[Image]
    faces: list[Face]

    @cached_property
    def scores(self) -> Array:
        return scored(self.faces)

    @cached_property
    def verdict(self) -> Array:
        return verdict(self.images, self.faces)


def measure(study: Study) -> Iterator[Finding]:
    """Rows by photo, sentence and emotion, the judge's recall on real clips, strips to be named by people."""
    spoken = [speeches_of(text) for text in (SENTENCES[:1] if study.fast else SENTENCES)]
    photos = [PHOTO]
    try:
        yield from real_clips(study)
        if not study.fast:
            folder = study.data.folder / "portraits"
            photos += [path for name in PHOTOS if (path := folder / f"{name}.png").is_file()]
    except BadInput as error:
        yield Skipped(SUITE, "", f"the judge's recall on real clips: {error}")
    rows = list(region_edits(spoken))
    yield from rows
    yield from pooled(rows, study.seed)
    every: list[Row] = []
    for path in photos:
        portrait = Portrait(path)
        rows = [Row(SUITE, "mien", f"{path.stem}/mouth, brows", "leak seen", leak_seen(portrait, spoken[0]))]
        for number, speeches in enumerate(spoken):
            found, strips = performed(portrait, path, number, speeches, FAST_INTENSITIES if study.fast else INTENSITIES)
            rows += found
            if not number:
                yield strips_to_name(path.stem, strips, study.seed)
        yield from rows
        yield from pooled(rows, study.seed)
        every += rows
    yield from overall(every, study.seed)
    if not any(row.metric == "identity" for row in every):
        yield Skipped(SUITE, "", "identity needs dlib: pip install 'mien[evaluate]'")


def speeches_of(text: str) -> list[Speech]:
    """A sentence, said without feeling."""
    from mien.performance.verbs import speak

    return [replace(speech, emotion=()) for speech in speak(text)]


def performed(
    portrait: Portrait, path: Path, number: int, speeches: list[Speech], steps: tuple[float, ...]
) -> tuple[list[Row], dict[str, list[Image]]]:
    """Every figure of one photo that says one sentence, and a strip of pictures for each emotion."""
    plain = motion_with(speeches, "neutral")
    neutral = drawn(portrait, plain)
    person = person_in(neutral.faces)
    rows, strips = [], {"neutral": strip(neutral)}
    for emotion in EMOTIONS:
        clip = f"{path.stem}/{emotion} {number + 1}"
        moving = {step: motion_with(speeches, f"{emotion}:{step}") for step in steps}
        displays = {step: drawn(portrait, motion) for step, motion in moving.items()}
        strong = displays[SHOWN]
        found = read_back(emotion, person, neutral, list(displays.values()), strong)
        found |= lips_kept(plain, moving[SHOWN]) | judged(emotion, neutral, strong) | who(portrait, strong)
        if "named" in found:
            rows.append(Row(SUITE, GUESS, clip, "named", 1 / (len(CLASSES) - 1)))
        rows += [Row(SUITE, "mien", clip, name, value) for name, value in found.items()]
        strips[emotion] = strip(strong)
    return rows, strips


def motion_with(speeches: list[Speech], emotion: str) -> Motion:
    from mien.performance.verbs import animate

    return animate(speeches, emotion=emotion, fps=RATE)


def drawn(portrait: Portrait, motion: Motion) -> Shown:
    """Some frames, drawn and looked at. Errors: BadInput when no face is left."""
    images = pictures(portrait, motion)
    both = [(image, face) for image, face in zip(images, track(images), strict=True) if face is not None]
    if not both:
        raise BadInput("no face can be found in what was drawn")
    return Shown([image for image, _ in both], [face for _, face in both])


def pictures(portrait: Portrait, motion: Motion) -> list[Image]:
    some = motion.with_values(motion.values[::EVERY])
    return [frame.image for frame in portrait.render([retargeted(some, portrait.rig)], workers=2)]


def read_back(
    emotion: str, person: Person, neutral: Shown, displays: Sequence[Shown], strong: Shown
) -> dict[str, float]:
    """How far the action units that should rise do, by two readers, and what moves besides."""
    rest = shown(neutral.faces, person)
    wanted, driven = intended(emotion), channels_of_emotion(emotion)
    names = readable()
    meant = np.isin(names, wanted)
    others = np.array([driven.get(name, 0) < UNDRIVEN for name in names]) & ~meant
    levels = [shown(display.faces, person) - rest for display in displays]
    rises = levels[list(displays).index(strong)]
    score_rises = strong.scores - neutral.scores
    score_meant = np.isin(SCORES, wanted)
    counted = np.array([name not in BLIND and not name.startswith("eyeLook") for name in SCORES])
    steps = [0.0, *(float(level[meant].mean()) for level in levels)]
    return {
        "units rise": float((rises[meant] > RISEN).mean()),
        "others move": float(np.abs(rises[others]).mean() / rises[meant].mean()),
        "scores": float(score_rises[score_meant & counted].mean()),
        "scores auc": auc(score_rises[counted], score_meant[counted]),
        "monotone": float(np.mean([b > a for a, b in pairwise(steps)])),
    }


def judged(emotion: str, neutral: Shown, strong: Shown) -> dict[str, float]:
    """What the judge says, against the neutral render; nothing of what it does not know."""
    if emotion not in CLASSES:
        return {}
    rises = strong.verdict - neutral.verdict
    own = CLASSES.index(emotion)
    asked = "rises" if emotion in KNOWN_TO_JUDGE else "rises apart"
    return {"named": float(rises[:-1].argmax() == own), asked: float(rises[own] > 0)}


def who(portrait: Portrait, strong: Shown) -> dict[str, float]:
    """How far the person is from the photo's; nothing without dlib."""
    try:
        own = descriptor(portrait.scene.photo, drawn_face(portrait.scene.photo))
    except MissingExtra:
        return {}
    picks = np.linspace(0, len(strong.images) - 1, LOOKED_AT).astype(int)
    distances = [identity_distance(descriptor(strong.images[i], strong.faces[i]), own) for i in picks]
    return {"identity": float(np.mean(distances))}


def drawn_face(image: Image) -> Face:
    """Errors: BadInput when there is none."""
    face = next(track([image]))
    if face is None:
        raise BadInput("no face can be found in the photo")
    return face


def lips_kept(plain: Motion, felt: Motion) -> dict[str, float]:
    """What an emotion leaves of the lips' movement while they speak."""
    before, after = mouth_of_motion(plain).aperture, mouth_of_motion(felt).aperture
    sealed, speaking = plain["lipSeal"] > 0.95, plain["speaking"] > 0.5
    return {
        "lips kept": correlation(after[speaking], before[speaking]),
        "seals kept": float((after[sealed] < after.max() * 0.1).mean()) if sealed.any() else 1.0,
    }


def region_edits(spoken: Sequence[list[Speech]]) -> Iterator[Row]:
    """An emotion in one region alone: what else of the face moves."""
    for number, speeches in enumerate(spoken):
        plain = motion_with(speeches, "neutral")
        for region, emotion in EDITED.items():
            moved = motion_with(speeches, f"{region}={emotion}:{SHOWN}").values - plain.values
            energy = dict(zip(plain.rig.names, np.square(moved.astype(np.float64)).sum(0), strict=True))
            face = {name: energy[name] for name in FACE.names if name in energy and name != "tongueOut"}
            outside = sum(value for name, value in face.items() if region_of(name) != region)
            yield Row(SUITE, "mien", f"regions/{region} {number + 1}", "leak", outside / sum(face.values()))


def leak_seen(portrait: Portrait, speeches: list[Speech]) -> float:
    """Of a mouth edited alone, the pixels' energy above the bridge of the nose; of brows, that below its base."""
    plain = pictures(portrait, motion_with(speeches, "neutral"))
    faces = list(track(plain))
    leaks = []
    for region, sign, border in (("mouth", 1, ABOVE), ("brows", -1, BELOW)):
        edited = pictures(portrait, motion_with(speeches, f"{region}={EDITED[region]}:{SHOWN}"))
        outside = total = 0.0
        for before, after, face in zip(plain, edited, faces, strict=True):
            if face is not None:
                energy = np.square(after.astype(np.float64) - before).sum((1, 2))
                line = face.points[list(border), 1].mean()
                outside += float(energy[sign * (np.arange(len(energy)) - line) < 0].sum())
                total += float(energy.sum())
        leaks.append(outside / total)
    return float(np.mean(leaks))


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

"""Does the face show what it is told to feel, and is what words and voices express read? Against bars.

The suite ``emotion`` of ``mien evaluate``; sentences with labels in feelings.tsv, which we wrote (of each class every
second one was kept for testing); our own voices, styled, as something to hear: circular, for want of recordings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import mien
from benchmarks.report import Row, at_least, at_most
from mien.core.emotion import EMOTIONS
from mien.core.plan import Speech
from mien.evaluation.peers.all import CAPTURED
from mien.evaluation.report import Report, label
from mien.evaluation.rows import ALL
from mien.evaluation.suites.emotion import REAL, SUITE

TITLE = "Emotion: shown while speaking, and read from words and voices"

NEUTRAL = ("neutral", *EMOTIONS)
RECALLED = 0.5
"""Recall on real clips from which the judge is asked."""

HEARD = (
    "The train to Leeds leaves from platform four. She is wearing a blue coat and carrying a bag. "
    "He asked whether the parcel had come. It takes about twenty minutes to walk there."
)
VOICES = ("af_heart", "am_michael", "bf_emma", "bm_george")


def rows() -> list[Row]:
    report = mien.evaluate(SUITE)
    skipped = [Row(label(skip), f"not measured: {skip.why}") for skip in report.skipped]
    return [*shown(report), same_on_three_faces(), *skipped, *words(), *voices()]


def shown(report: Report) -> Iterator[Row]:
    """What the suite says, over all photos and sentences."""
    figures = defaultdict(list)
    for row in report.rows:
        if row.suite == SUITE and not row.pooled:
            figures[row.system, row.metric].append(row)
    recall = defaultdict(list)
    for row in figures[CAPTURED, "named"]:
        recall[next(e for start, e in REAL.items() if row.clip.split("/")[1].startswith(start))].append(row.value)
    for emotion, found in recall.items():
        yield Row(f"judge's recall on real clips, {emotion}", f"{np.mean(found):.2f} of {len(found)}")
    known = [emotion for emotion, found in recall.items() if np.mean(found) >= RECALLED]

    def of(metric: str, *emotions: str) -> list[float]:
        rows = figures["mien", metric]
        return [r.value for r in rows if not emotions or r.clip.split("/")[1].split(" ")[0] in emotions]

    clips = len(of("units rise"))
    if known:
        what = f"{len(of('rises', *known))} clips of {', '.join(known)}: the judge's probability rises"
        yield at_least(what, float(np.mean(of("rises", *known))), 0.9)
    for emotion in ("fear", "disgust"):
        yield Row(f"{emotion}, which no real clip tells: it rises", f"{np.mean(of('rises apart', emotion)):.2f}")
    yield at_least(f"{clips} clips: action units that rise, read back", float(np.mean(of("units rise"))), 0.9)
    for emotion in EMOTIONS:
        yield Row(f"{emotion}: action units that rise, read back", f"{np.mean(of('units rise', emotion)):.2f}")
    yield at_most("what no unit drives, over how far units rise", float(np.mean(of("others move"))), 0.2, "")
    yield Row("the units by the landmarker's own scores: AUC", f"{np.mean(of('scores auc')):.2f}")
    yield at_least("steps of intensity at which units rise further", float(np.mean(of("monotone"))), 0.95)
    yield at_least("opening of the lips while speaking, r with neutral, worst clip", min(of("lips kept")), 0.9)
    yield at_least("shut lips that stay shut, worst clip", min(of("seals kept")), 1.0)
    if of("identity"):
        yield at_most("identity, L2 to the photo, worst clip", max(of("identity")), 0.6, "")
    yield at_most("region edits: energy outside, of the motion, worst", max(of("leak")), 0.05, "", 3)
    yield at_most("region edits: energy far outside, of the pixels, worst", max(of("leak seen")), 0.05, "", 3)
    assert report.sources(SUITE)[-1] == ALL


def same_on_three_faces() -> Row:
    """The coefficients of one emotion on three photos: motion knows nothing of who it will be drawn as."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "portraits"
    photos = [None, *sorted(folder.glob("*neutral*.png")), *sorted(folder.glob("young*.png"))]
    motions = [mien.say("It was the last one.", portrait=photo, emotion="fear:0.8").motion.values for photo in photos]
    apart = max(float(np.abs(motion - motions[0]).max()) for motion in motions)
    return at_most(f"the same emotion on {len(photos)} faces: largest difference of a coefficient", apart, 0.0, "")


def words() -> Iterator[Row]:
    """Recall on the half of the own sentences that nothing was tuned to."""
    from mien.affect.words import reader

    seen: dict[str, int] = defaultdict(int)
    right = defaultdict(list)
    strong = []
    for line in Path(__file__).with_name("feelings.tsv").read_text("utf-8").splitlines():
        name, text = line.split("\t")
        seen[name] += 1
        half = "kept" if seen[name] % 2 == 0 else "development"
        chances = reader().probabilities(text)
        right[half, name].append(max(chances, key=chances.__getitem__) == name)
        if half == "kept" and name == "neutral":
            strong.append(max(reader().emotion(text).weights.values(), default=0.0))
    for half in ("kept", "development"):
        recall = {name: float(np.mean(right[half, name])) for name in NEUTRAL}
        each = ", ".join(f"{name} {value:.2f}" for name, value in recall.items())
        count = sum(len(right[half, name]) for name in NEUTRAL)
        yield Row(
            f"words, {count} sentences of the {half} half: macro recall (chance .12)",
            f"{np.mean([*recall.values()]):.2f}: {each}",
        )
    yield Row("words, neutral sentences of the kept half: mean intensity shown", f"{np.mean(strong):.2f}")


def voices() -> Iterator[Row]:
    """Our own voices after some neutral sentences (circular), and real recordings of people who talk calmly."""
    from mien.affect.voice import Voice

    recall, confused = {}, {}
    for emotion in NEUTRAL:
        named = []
        for voice in VOICES:
            plain = [*mien.speak(HEARD, voice=voice)]
            felt = [*mien.speak(HEARD, voice=voice, emotion=f"{emotion}:0.8")] if emotion != "neutral" else plain
            heard = [*Voice().felt([*plain, *felt])][len(plain) :]
            named += [strongest(speech) for speech in heard]
        recall[emotion] = np.mean([name == emotion for name in named])
        confused[emotion] = max(set(named), key=named.count)
    each = ", ".join(f"{name} {recall[name]:.2f} (mostly {confused[name]})" for name in NEUTRAL)
    yield Row(
        f"voice, {len(VOICES)} of our own voices styled at 0.8 (circular): macro recall (chance .12)",
        f"{np.mean([*recall.values()]):.2f}: {each}",
    )
    from mien.performance.verbs import aligned

    data = Path(__file__).resolve().parents[2] / "shared" / "data"
    real = [*sorted((data / "grid").glob("*.mpg")), *sorted((data / "styletalk" / "wav").glob("*.wav"))]
    weights = [
        max((w for span in speech.emotion for w in span.value.weights.values()), default=0.0)
        for path in real
        for speech in Voice().felt(aligned(path, None))
    ]
    if weights:
        yield Row(
            f"voice, {len(real)} recordings of people who talk calmly: mean strongest intensity",
            f"{np.mean(weights):.2f}",
        )


def strongest(speech: Speech) -> str:
    """What is felt most in a speech."""
    total: dict[str, float] = defaultdict(float)
    for span in speech.emotion:
        for name, weight in span.value.weights.items():
            total[name] += weight * (span.stop - span.start)
    return max(total, key=total.__getitem__) if total else "neutral"

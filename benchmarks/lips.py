"""Do the lips move as real ones do? Against the clips in ../shared/data/grid and styletalk, with and without text.

Aperture is the distance of the inner lips (landmarks 13, 14), width that of the corners (61, 291), both over face
height; pucker is the landmarker's score. The motion's own distances are read from its blendshapes by what each does
to the same landmarks on face/head.npz. Headline figures are at lag 0; the frozen offsets of the clips' files
(offsets.tsv) give the second ones.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.report import Row, at_least, at_most
from mien.core.phones import IPA_FROM_ARPABET
from mien.core.plan import PROSODY_RATE, Phone, Plan, Prosody, Span, Speech
from mien.core.protocols import Aligner
from mien.core.rig import Motion
from mien.core.track import Audio

TITLE = "Lips: against real clips (Pearson r of aperture / width / pucker)"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RATE = Fraction(25)
LAGS = range(-7, 8)

GRID_WORDS = (
    {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    {"b": "blue", "g": "green", "r": "red", "w": "white"},
    {"a": "at", "b": "by", "i": "in", "w": "with"},
    {},
    dict(zip("123456789z", "one two three four five six seven eight nine zero".split(), strict=True)),
    {"a": "again", "n": "now", "p": "please", "s": "soon"},
)
STYLETALK_TEXTS = {  # recognised by Whisper tiny.en, names and one cut word mended
    "KristiNoem": "Dakota has done a great job fighting the spread of COVID-19. Together we flattened our curve and we "
    "have the hospital capacity to care for those who need it. That's why I've announced a plan to start getting "
    "South Dakota back to normal. This plan continues to rely on South Dakotans to exercise common sense",
    "andrew_clip_1": "My best example was a hairdressing industry where I thought, oh, you're a hairdresser, pretty "
    "hard to build a robot to automate hair cutting, was only. Once I gave a talk on stage, it was before COVID, "
    "and I said this on stage, one of my friends who's a robotics researcher was in the audience, and afterwards "
    "she stood up, and she actually pointed at my head, and she said, you know Andrew, most people's hairstyles I "
    "can't.",
    "andrew_clip_2": "one of the challenges that tech and AI brings to a lot of industries is that it's causing a lot "
    "more industries to become winner-take-most, so we're going to take all types of industries. And so, chicken "
    "farming, right? I'm not working on it. Once upon a time, you could have a pretty nice life as a small-scale "
    "chicken farmer, you know, raising chicken somewhere in the country. But with the rise of the internet, it "
    "allows centralized players.",
    "feifeili_clip1": "times more. And together with Professor Kai Li at Princeton University, we launched the "
    "ImageNet project in 2007.",
    "feifeili_clip2_short": "This idea of using big data to train computer algorithms may seem obvious now. But back "
    "in 2007, it was not so obvious. We were fairly alone on this journey for quite a while.",
    "feifeili_clip3": "One of the most important things for me is not only to advance AI but also to democratize AI.",
}

READ = {  # what a blendshape at 1 does on the head of face/head.npz, face heights; pucker in the landmarker's score
    "aperture": {
        "jawOpen": 0.21, "mouthFunnel": 0.08, "mouthPucker": -0.014, "mouthRollLower": -0.024, "mouthRollUpper": -0.014,
        "mouthLowerDownLeft": 0.015, "mouthLowerDownRight": 0.015, "mouthUpperUpLeft": 0.023,
        "mouthUpperUpRight": 0.023, "mouthSmileLeft": -0.008, "mouthSmileRight": -0.008,
    },
    "width": {
        "jawOpen": -0.07, "mouthFunnel": -0.039, "mouthPucker": -0.060, "mouthStretchLeft": 0.034,
        "mouthStretchRight": 0.034, "mouthSmileLeft": 0.039, "mouthSmileRight": 0.039,
    },
    "pucker": {"mouthPucker": 1.0, "mouthFunnel": 0.3},
}  # fmt: skip


@dataclass(frozen=True)
class Clip:
    """One captured clip. truth : measure -> (n,) at 25 fps; offset : frames by which the truth is late"""

    name: str
    audio: Audio
    text: str
    offset: int
    truth: dict[str, np.ndarray]


@cache
def clips() -> tuple[Clip, ...]:
    from mien.media import read_audio

    with (DATA / "offsets.tsv").open() as file:
        lines = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        offsets = {line[0]: line[1] for line in lines}
    files = [*sorted((DATA / "grid").glob("*.mpg")), *sorted((DATA / "styletalk" / "video").glob("*.mp4"))]
    found = []
    for file in files:
        source = "grid" if file.suffix == ".mpg" else "styletalk"
        sound = file if source == "grid" else DATA / "styletalk" / "wav" / f"{file.stem}.wav"
        text = grid_text(file.stem) if source == "grid" else STYLETALK_TEXTS[file.stem]
        name = f"{source}/{file.stem}"
        found.append(Clip(name, read_audio(sound, rate=16000), text, int(offsets[name]), truth_of(file)))
    return tuple(found)


def grid_text(name: str) -> str:
    """The sentence that a GRID file name stands for; the letter stays a letter.

    >>> grid_text("bbaf2n")
    'bin blue at F two now'
    """
    return " ".join(words.get(letter, letter.upper()) for letter, words in zip(name, GRID_WORDS, strict=True))


def truth_of(path: Path) -> dict[str, np.ndarray]:
    """What the landmarker sees, at 25 fps."""
    from mien.face.landmarks import track
    from mien.media import read_video

    rate, frames = read_video(path)
    seen = []
    for face in track(frame.image for frame in frames):
        if face is None:
            seen.append([np.nan] * 3)
            continue
        points = face.points[:, :2]
        height = np.linalg.norm(points[10] - points[152])
        gaps = [np.linalg.norm(points[a] - points[b]) / height for a, b in ((13, 14), (61, 291))]
        seen.append([*gaps, face.scores["mouthPucker"]])
    values = np.array(seen)
    times = (np.arange(len(values)) + 0.5) / float(rate)
    at = (np.arange(int(times[-1] * RATE)) + 0.5) / float(RATE)
    good = np.isfinite(values[:, 0])
    return {name: np.interp(at, times[good], values[good, i]) for i, name in enumerate(READ)}


def moved(speeches: list[Speech], rate: Fraction = RATE) -> tuple[Motion, tuple[Span[Phone], ...]]:
    """The lips of some speeches in a row, and the phones they were made from."""
    from mien.generators.lips import Lips

    phones: list[Span[Phone]] = []
    before = 0.0
    for speech in speeches:
        phones += [p.moved(before) for p in speech.phones]
        before += speech.seconds
    prosody = Prosody(np.concatenate([s.prosody.values for s in speeches]), PROSODY_RATE)
    frames = int(before * rate)
    sound = Audio.silence(0, 16000)
    plan = Plan(0, frames, rate, sound, phones=tuple(phones), prosody=prosody, horizon=before + 1)
    return Motion.join(list(Lips().animate([plan]))), tuple(phones)


def readings(motion: Motion) -> dict[str, np.ndarray]:
    """The distances that a motion makes, contacts closed."""
    read = {name: sum(c * motion[n] for n, c in parts.items()) for name, parts in READ.items()}
    shut = (1 - motion["lipSeal"]) * (1 - 0.6 * motion["lipTeeth"])
    return {**read, "aperture": np.maximum(read["aperture"], 0) * shut}


def correlation(made: np.ndarray, truth: np.ndarray, offset: int = 0) -> float:
    """Pearson r of made[i] and truth[i + offset]; 0 where either does not move."""
    n = min(len(made), len(truth))
    first, last = max(0, -offset), min(n, len(truth) - offset)
    a, b = made[first:last], truth[first + offset : last + offset]
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 1e-9 and b.std() > 1e-9 else 0.0


def three(values: Callable[[str], float]) -> str:
    return " / ".join(f"{values(name):.2f}" for name in READ)


def rows() -> list[Row]:
    from mien.aligners.hama import Hama
    from mien.aligners.pocketsphinx import PocketSphinx

    if not DATA.is_dir():
        return [Row("no ../shared/data beside this checkout", "not measured")]
    out: list[Row] = []
    aligned: dict[str, dict[str, list[Speech]]] = {}
    for label, aligner in (("with text", PocketSphinx()), ("without text", Hama())):
        aligned[label], cost = timed(aligner, label == "with text")
        out.append(at_most(f"{label}: CPU seconds per second of sound", cost, 0.15, "s", 3))
        out += list(agreement(label, aligned[label]))
    out += list(starts(aligned))
    out += list(closures(aligned["with text"]))
    return out


def timed(aligner: Aligner, with_text: bool) -> tuple[dict[str, list[Speech]], float]:
    """All clips aligned, and the CPU seconds a second of sound took."""
    clips()
    before = time.process_time()
    found = {c.name: list(aligner.align([c.audio], c.text if with_text else None)) for c in clips()}
    return found, (time.process_time() - before) / sum(c.audio.seconds for c in clips())


def agreement(label: str, aligned: dict[str, list[Speech]]) -> Iterator[Row]:
    made = {name: readings(moved(speeches)[0]) for name, speeches in aligned.items()}
    for source in ("grid", "styletalk"):
        mine = [c for c in clips() if c.name.startswith(source)]

        def mean(measure: Callable[[Clip, np.ndarray, str], float], mine: list[Clip] = mine) -> Callable[[str], float]:
            return lambda name: float(np.mean([measure(c, made[c.name][name], name) for c in mine]))

        lag0 = mean(lambda c, m, name: correlation(m, c.truth[name]))
        bar = at_least("", lag0("aperture"), 0.5) if label == "with text" else None
        yield Row(f"{source}, {label}, lag 0", three(lag0), f"aperture {bar.wanted}" if bar else "", bar and bar.ok)
        offset = mean(lambda c, m, name: correlation(m, c.truth[name], c.offset))
        yield Row(f"{source}, {label}, frozen offsets", three(offset))
        best = mean(lambda c, m, name: max(correlation(m, c.truth[name], lag) for lag in LAGS))
        yield Row(f"{source}, {label}, best lag within ±7 frames", three(best))
        speed = mean(lambda c, m, name: correlation(np.diff(m), np.diff(c.truth[name]), c.offset))
        yield Row(f"{source}, {label}, of velocities, frozen offsets", three(speed))
        spread = mean(lambda c, m, name: m.std() / c.truth[name].std())
        yield Row(f"{source}, {label}, ratio of standard deviations", three(spread))
        shuffled = mean(shuffled_correlation)
        yield Row(f"{source}, {label}, the same motion shifted in time (shuffled)", three(shuffled))
        yield Row(f"{source}, a mouth that does not move (static)", three(lambda _: 0.0))


def shuffled_correlation(clip: Clip, made: np.ndarray, name: str) -> float:
    """Mean r over seven shifts of at least half a second, the end going to the front."""
    shifts = np.linspace(0.5 * float(RATE), len(made) - 0.5 * float(RATE), 7).astype(int)
    return float(np.mean([correlation(np.roll(made, s), clip.truth[name], clip.offset) for s in shifts]))


def starts(aligned: dict[str, dict[str, list[Speech]]]) -> Iterator[Row]:
    """Phone starts against StyleTalk's own labels (one a frame of 1/30 s) and against each other."""
    labels = {c.name: styletalk_starts(c.name) for c in clips() if c.name.startswith("styletalk")}
    found = {label: {name: phone_starts(s) for name, s in clip.items()} for label, clip in aligned.items()}
    for label in found:
        yield Row(f"{label}: phone starts against StyleTalk's labels (33 ms steps)", errors(labels, found[label]))
    yield Row("phone starts without text against those with", errors(found["with text"], found["without text"]))


def styletalk_starts(name: str) -> list[tuple[float, str]]:
    folder = DATA / "styletalk"
    names = {number: symbol for symbol, number in json.loads((folder / "phindex.json").read_text()).items()}
    sequence = json.loads((folder / "phoneme" / f"{name.split('/')[1]}_seq.json").read_text())
    symbols = [IPA_FROM_ARPABET.get(names[number], "") for number in sequence]
    return [
        (i / 30, symbol)
        for i, (before, symbol) in enumerate(zip(["", *symbols], symbols, strict=False))
        if symbol and symbol != before
    ]


def phone_starts(speeches: list[Speech]) -> list[tuple[float, str]]:
    return [(p.start, p.value.symbol) for p in moved(speeches)[1]]


def errors(truth: dict[str, list[tuple[float, str]]], found: dict[str, list[tuple[float, str]]]) -> str:
    """The same phone's start nearest in time, where there is one within 150 ms."""
    gaps, total = [], 0
    for name, phones in truth.items():
        for start, symbol in phones:
            near = [t - start for t, other in found[name] if other == symbol and abs(t - start) < 0.15]
            gaps += [min(near, key=abs)] if near else []
            total += 1
    ms = 1000 * np.array(gaps)
    return (
        f"median {np.median(np.abs(ms)):.0f} ms (bias {np.median(ms):+.0f}), {np.mean(np.abs(ms) <= 50):.0%} within "
        f"50 ms, {len(ms) / total:.0%} of {total} found"
    )


def closures(aligned: dict[str, list[Speech]]) -> Iterator[Row]:
    """The motion itself: are p, b, m shut at some frame, open vowels open, silence still?"""
    for rate in (10, 25, 60):
        shut = []
        for speeches in aligned.values():
            motion, phones = moved(speeches, Fraction(rate))
            for p in phones:
                if p.value.symbol in "pbm" and p.stop < motion.times[-1]:
                    near = (motion.times > p.start - 1 / rate) & (motion.times < p.stop + 1 / rate)
                    shut.append(motion["lipSeal"][near].max() == 1)
        yield at_least(f"{len(shut)} p, b, m with a frame of full seal at {rate} fps", float(np.mean(shut)), 1.0)
    still, moving, opened = [], [], []
    for speeches in aligned.values():
        motion, phones = moved(speeches)
        gap = readings(motion)["aperture"]
        silent = np.ones(len(motion), bool)
        for p in phones:
            silent &= (motion.times < p.start - 0.12) | (motion.times > p.stop + 0.45)
            if p.value.symbol in ("ɑ", "æ", "aɪ", "ɔ", "eɪ", "aʊ") and p.stop - p.start > 0.06:
                opened.append(gap[(motion.times >= p.start) & (motion.times <= p.stop)].max() > 0.02)
        still.append(motion["jawOpen"][silent])
        moving.append(motion["jawOpen"][~silent])
    yield Row(f"{len(opened)} open vowels that open beyond 2 % of face height", f"{np.mean(opened):.2f}")
    share = np.var(np.concatenate(still)) / np.var(np.concatenate(moving))
    yield at_most("jaw variance in silence over that in speech", float(share), 0.01, "", 4)

"""What the lips suite of ``mien evaluate`` does not measure: the aligners, and the motion before any face shows it.

The clips, the ruler and the peers are those of mien/evaluation (docs/evaluate.md).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np

from benchmarks.report import Row, at_least, at_most
from mien.core.errors import BadInput
from mien.core.plan import PROSODY_RATE, Phone, Plan, Prosody, Span, Speech
from mien.core.protocols import Aligner
from mien.core.rig import Motion
from mien.core.track import Audio
from mien.evaluation.curves import RATE, mouth_of_motion
from mien.evaluation.data import Clip, Data
from mien.evaluation.metrics.closure import open_vowels, share, shut_in_the_middle

TITLE = "Lips: when phones are, and whether the motion keeps them"


@cache
def clips() -> tuple[Clip, ...]:
    data = Data().clips
    return (*data["grid"], *data["styletalk"])


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


def rows() -> list[Row]:
    from mien.aligners.hama import Hama
    from mien.aligners.pocketsphinx import PocketSphinx

    try:
        clips()
    except BadInput as error:
        return [Row(str(error), "not measured")]
    out: list[Row] = []
    aligned: dict[str, dict[str, list[Speech]]] = {}
    for label, aligner in (("with text", PocketSphinx()), ("without text", Hama())):
        aligned[label], cost = timed(aligner, label == "with text")
        out.append(at_most(f"{label}: CPU seconds per second of sound", cost, 0.15, "s", 3))
    out += list(starts(aligned))
    out += list(closures(aligned["with text"]))
    return out


def timed(aligner: Aligner, with_text: bool) -> tuple[dict[str, list[Speech]], float]:
    """All clips aligned, and the CPU seconds a second of sound took."""
    seconds = sum(clip.audio.seconds for clip in clips())  # decoded before the clock runs
    before = time.process_time()
    found = {c.id: list(aligner.align([c.audio], c.text if with_text else None)) for c in clips()}
    return found, (time.process_time() - before) / seconds


def starts(aligned: dict[str, dict[str, list[Speech]]]) -> Iterator[Row]:
    """Phone starts against StyleTalk's own labels (one a frame of 1/30 s) and against each other."""
    labels = {c.id: [(p.start, p.value.symbol) for p in c.labels] for c in clips() if c.labels}
    found = {label: {name: phone_starts(s) for name, s in clip.items()} for label, clip in aligned.items()}
    for label in found:
        yield Row(f"{label}: phone starts against StyleTalk's labels (33 ms steps)", errors(labels, found[label]))
    yield Row("phone starts without text against those with", errors(found["with text"], found["without text"]))


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
        gap = mouth_of_motion(motion).aperture
        silent = np.ones(len(motion), bool)
        for p in phones:
            silent &= (motion.times < p.start - 0.12) | (motion.times > p.stop + 0.45)
        opened += [not one for one in shut_in_the_middle(gap, float(RATE), open_vowels(phones))]
        still.append(motion["jawOpen"][silent])
        moving.append(motion["jawOpen"][~silent])
    yield Row(f"{len(opened)} open vowels open in their middle", f"{share(opened):.2f}")
    ratio = np.var(np.concatenate(still)) / np.var(np.concatenate(moving))
    yield at_most("jaw variance in silence over that in speech", float(ratio), 0.01, "", 4)

"""What does it cost, and how soon does it begin?"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mien.core.errors import BadInput
from mien.core.retarget import retargeted
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip
from mien.evaluation.peers.all import FLOORS
from mien.evaluation.peers.system import CannotRun
from mien.evaluation.rows import Column, Finding, Layout, Row, Skipped
from mien.evaluation.study import Study, pooled

SUITE = "speed"
LAYOUT = Layout(
    SUITE,
    "Speed",
    "What does it cost, and how soon does it begin? On this machine, in this process, weights loaded; "
    "whole commands are in docs/numbers.md.",
    (
        Column("animate", "sound → motion", "CPU seconds a second of sound, hearing the phones included", "low", 3),
        Column("move", "phones → motion", "CPU seconds a second of motion once the phones are known", "low", 4),
        Column("voice", "voice", "CPU seconds a second of sound", "low"),
        Column("draw", "draw ms", "CPU milliseconds a frame of 512 × 512, one worker", "low", 1),
        Column("frames", "frames / s / core", "what that makes while talking", "high", 0),
        Column("first frame", "first frame s", "from the text to the first segment of pictures, portrait known", "low"),
        Column("skew", "skew ms", "sound against pictures in the finished file", "low", 1),
        Column("memory", "memory MB", "most that this process has held so far", "low", 0),
    ),
)

SENTENCE = "When I read it now, I can hear her voice."
DRAWN = 75
"""Frames drawn to time one."""


def measure(study: Study) -> Iterator[Finding]:
    """Every system's cost of hearing and moving on captured sound; mien's own stages after that."""
    rows: list[Row] = []
    try:
        clips = [c for c in study.clips(SUITE) if isinstance(c, Clip)]
        rows += list(moving(study, clips[:1] if study.fast else clips[-2:]))
    except BadInput as error:
        yield Skipped(SUITE, "", f"sound → motion: {error}")
    rows += list(stages())
    yield from rows
    yield from pooled(rows, study.seed)


def moving(study: Study, clips: list[Clip]) -> Iterator[Row]:
    """Each system twice: hearing the clip anew, then with its phones known."""
    for system in study.systems:
        if system.name in FLOORS:
            continue
        for clip in clips:
            try:
                system.animate(clip)  # warm
                fresh = replace(clip)
                seconds = fresh.audio.seconds  # decoded before the clock runs
                heard, known = (cpu(partial(system.animate, fresh))[0] for _ in range(2))
            except (CannotRun, BadInput):  # said by the lips suite, which runs them all
                continue
            yield Row(SUITE, system.name, clip.id, "animate", heard / seconds)
            yield Row(SUITE, system.name, clip.id, "move", known / seconds)


def stages() -> Iterator[Row]:
    """The voice, the drawing, the first frame and the finished file."""
    from mien.media import read_video, stream_audio
    from mien.performance.verbs import joined, say, speak
    from mien.renderers.portrait import Portrait

    joined(speak("Hello."))  # the voice is loaded
    cost, speech = cpu(lambda: joined(speak(SENTENCE)))
    clip = "text/one sentence"
    yield Row(SUITE, "mien", clip, "voice", cost / speech.seconds)

    take = say(SENTENCE, fps=RATE)
    portrait = Portrait(size=512)
    moving = retargeted(take.motion, portrait.rig)
    list(portrait.render([moving.cut(0, 5)]))  # warm
    some = moving.cut(5, 5 + DRAWN)
    cost, _ = cpu(lambda: sum(1 for _ in portrait.render([some])))
    yield Row(SUITE, "mien", clip, "draw", 1000 * cost / len(some))
    yield Row(SUITE, "mien", clip, "frames", len(some) / cost)

    began = time.perf_counter()
    fresh = say(SENTENCE, fps=RATE)
    stream = fresh.stream()
    next(stream)
    yield Row(SUITE, "mien", clip, "first frame", time.perf_counter() - began)
    stream.close()  # type: ignore[attr-defined]

    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        path = take.save(Path(folder) / "one.mp4")
        rate, frames = read_video(path)
        pictures = sum(1 for _ in frames) / float(rate)
        sound = sum(piece.seconds for piece in stream_audio(path))
    yield Row(SUITE, "mien", clip, "skew", 1000 * abs(sound - pictures))
    yield Row(SUITE, "mien", clip, "memory", peak_memory() / 1e6)


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of some work, all threads of this process and the programs it ran, and what it returns."""
    began = cpu_spent()
    done = work()
    return cpu_spent() - began, done


def cpu_spent() -> float:
    """Seconds so far."""
    ran = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ran.ru_utime + ran.ru_stime


def peak_memory() -> float:
    """Bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)

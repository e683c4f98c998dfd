"""CPU of drawing, one core, while talking: whole frames, their stages, and the least that memory allows; and rest."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import mien
from benchmarks.report import Row, at_least, at_most
from benchmarks.run import scratch
from benchmarks.story import BILABIALS
from mien.core.retarget import retargeted
from mien.core.rig import Motion
from mien.renderers.portrait import PHOTO, Portrait, draw, kernels
from mien.renderers.portrait.inside import Inside
from mien.renderers.portrait.look import Look

TITLE = "Drawing: CPU per frame while talking, default portrait"
BARS = {256: (7.0, 5.0), 512: (14.0, 10.0), 1024: (45.0, 35.0)}
"""Milliseconds a frame that must hold, and that are the goal."""

SCALING, NEW, KNOWN, MEMORY = 1.8, 2.0, 0.2, 400.0
"""Two workers against one; seconds of a portrait's set-up, new and known; megabytes at the peak at 512²."""

FRAMES = 100

STAGES: tuple[tuple[str, Any, str], ...] = (
    ("expression, contacts, lids", draw, "express"),
    ("hair, neck, shoulders: the grid", draw.Artist, "move_grid"),
    ("face map", draw.Artist, "draw_face"),
    ("creases", draw.Artist, "draw_creases"),
    ("warp, shade, blend", kernels, "compose"),
    ("edges of lips and lids", draw.Artist, "soften_edges"),
    ("mouth", Inside, "draw"),
    ("eyes", Look, "draw"),
)

BYTES = 3 + 4 + 16 + 4 + 3 + 3 + (4 + 16) * 0.35 + 8
"""That must move for a pixel: photo, texture, face map, creases, background, picture; the face (a third of the frame)
drawn into map and depth; creases and depth cleared."""

SET_UP = """
import sys, time
from mien.renderers.portrait import Portrait
Portrait(size=256)  # what is loaded once: models, the head
began = time.perf_counter()
Portrait(sys.argv[1], size=512)
print(time.perf_counter() - began, file=sys.stderr)
"""

DRAW = """
import sys
import numpy as np
from fractions import Fraction
from mien.core.rig import Motion
from mien.renderers.portrait import Portrait
portrait = Portrait(sys.argv[1], size=512)
values = np.tile(portrait.rig.rest, (20, 1))
values[:, portrait.rig.find("jawOpen")] = 0.3
list(portrait.render([Motion(values, Fraction(25), 0, portrait.rig)]))
peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(1024 * int(peak[0]), file=sys.stderr)
"""


def talking() -> Motion:
    """A few seconds of ordinary talk."""
    return mien.animate(mien.speak(BILABIALS), emotion="happy:0.6").cut(10, 10 + FRAMES)


def milliseconds(portrait: Portrait, motion: Motion) -> float:
    """CPU of a frame, one worker, median."""
    moving = retargeted(motion, portrait.rig)
    list(portrait.render([moving.cut(moving.start, moving.start + 5)]))  # warm
    spent, before = [], time.process_time()
    for _ in portrait.render([moving]):
        now = time.process_time()
        spent.append(1000 * (now - before))
        before = now
    return statistics.median(spent)


def frames_a_second(portrait: Portrait, motion: Motion, workers: int) -> float:
    """By the clock."""
    moving = retargeted(motion, portrait.rig)
    list(portrait.render([moving.cut(moving.start, moving.start + 5)], workers=workers))
    began = time.perf_counter()
    count = sum(1 for _ in portrait.render(moving.split(5), workers=workers))
    return count / (time.perf_counter() - began)


@contextmanager
def clocks(spent: dict[str, float]) -> Iterator[None]:
    """While it lasts, the seconds in each stage are added up."""

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **more: Any) -> Any:
            began = time.perf_counter()
            result = function(*arguments, **more)
            spent[name] += time.perf_counter() - began
            return result

        return run

    with ExitStack() as stack:
        for name, place, attribute in STAGES:
            stack.enter_context(patch.object(place, attribute, timed(name, getattr(place, attribute))))
        yield


def stages(size: int, motion: Motion) -> Iterator[Row]:
    """Where the time of a frame goes."""
    portrait = Portrait(size=size)
    moving = retargeted(motion, portrait.rig)
    list(portrait.render([moving]))
    spent: dict[str, float] = defaultdict(float)
    began = time.perf_counter()
    with clocks(spent):
        list(portrait.render([moving]))
    whole = time.perf_counter() - began
    for name, _, _ in STAGES:
        yield Row(f"{size}², stage: {name}", f"{1000 * spent[name] / FRAMES:.2f} ms")
    rest = whole - sum(spent.values())
    yield Row(f"{size}², stage: all else", f"{1000 * rest / FRAMES:.2f} ms")


def bandwidth() -> float:
    """Bytes a second that one core reads and writes: a copy of what no cache holds, the best of five."""
    source = np.ones(1 << 25, np.float32)
    target = np.empty_like(source)
    best = 0.0
    for _ in range(5):
        began = time.perf_counter()
        np.copyto(target, source)
        best = max(best, 2 * source.nbytes / (time.perf_counter() - began))
    return best


def rows() -> list[Row]:
    motion, speed = talking(), bandwidth()
    out = [Row("memory, one core, a copy", f"{speed / 1e9:.1f} GB/s")]
    for size, (bar, goal) in BARS.items():
        portrait = Portrait(size=size)
        took = milliseconds(portrait, motion)
        out.append(at_most(f"{size}², one worker, median (goal {goal:g})", took, bar, "ms CPU", 1))
        floor = 1000 * BYTES * size**2 / speed
        out.append(Row(f"{size}², what memory allows", f"{floor:.2f} ms; a frame takes {took / floor:.0f} times that"))
        ratio = frames_a_second(portrait, motion, 2) / frames_a_second(portrait, motion, 1)
        out.append(at_least(f"{size}², two workers against one", ratio, SCALING, "times as fast"))
    for size in (512, 1024):
        out += stages(size, motion)
    see_through = milliseconds(Portrait(size=512, background="none"), motion)
    out.append(Row("512², one worker, see-through", f"{see_through:.1f} ms CPU"))
    out += set_up()
    portrait = Portrait(size=512)
    rest = retargeted(Motion.at_rest(1, rate=25), portrait.rig)
    image = next(iter(portrait.render([rest]))).image
    difference = int(np.abs(image.astype(int) - portrait.scene.photo).max())
    out.append(at_most("rest against the photo, largest difference", difference, 0, "levels", 0))
    return out


def set_up() -> list[Row]:
    """A portrait that was never seen, and one that was; and what drawing one takes of memory."""
    with scratch() as folder:
        new = {"MIEN_CACHE": str(folder)}
        seconds = [said(SET_UP, new) for _ in range(2)]
        fresh, known = said(DRAW, {"MIEN_CACHE": str(folder / "other")}), said(DRAW, new)
    return [
        at_most("set-up of a new portrait, models loaded", seconds[0], NEW, "s"),
        at_most("the same, seen before", seconds[1], KNOWN, "s"),
        at_most("peak memory, a new portrait and 20 frames at 512²", fresh / 1e6, MEMORY, "MB", 0),
        at_most("peak memory, a known one", known / 1e6, MEMORY, "MB", 0),
    ]


def said(code: str, environment: dict[str, str]) -> float:
    """The number a program says on stderr."""
    command = [sys.executable, "-c", code, str(Path(PHOTO))]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return float(done.stderr.split()[-1])

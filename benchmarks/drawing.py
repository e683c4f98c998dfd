"""CPU of drawing, one core, while talking; and what the portrait keeps: rest, identity of order, size on disk."""

from __future__ import annotations

import time

import numpy as np

import mien
from benchmarks.report import Row, at_most
from benchmarks.story import BILABIALS
from mien.core.retarget import retargeted
from mien.core.rig import Motion
from mien.renderers.portrait import Portrait

TITLE = "Drawing: CPU per frame while talking, default portrait"
BARS = {512: 30.0}
FRAMES = 100


def talking() -> Motion:
    """A few seconds of ordinary talk."""
    return mien.animate(mien.speak(BILABIALS), emotion="happy:0.6").cut(10, 10 + FRAMES)


def milliseconds(portrait: Portrait, motion: Motion, workers: int = 1) -> tuple[float, float]:
    """CPU and wall milliseconds a frame."""
    moving = retargeted(motion, portrait.rig)
    list(portrait.render([moving.cut(moving.start, moving.start + 5)], workers=workers))  # warm
    wall, cpu = time.perf_counter(), time.process_time()
    n = sum(1 for _ in portrait.render(moving.split(5), workers=workers))
    return 1000 * (time.process_time() - cpu) / n, 1000 * (time.perf_counter() - wall) / n


def rows() -> list[Row]:
    motion = talking()
    out = []
    for size in (256, 512, 1024):
        portrait = Portrait(size=size)
        cpu, wall = milliseconds(portrait, motion)
        name = f"{size}², one worker"
        out.append(at_most(name, cpu, BARS[size], "ms CPU", 1) if size in BARS else Row(name, f"{cpu:.1f} ms CPU"))
        _, two = milliseconds(portrait, motion, workers=2)
        out.append(Row(f"{size}², two workers against one", f"{wall / two:.2f} times as fast"))
    cpu, _ = milliseconds(Portrait(size=512, background="none"), motion)
    out.append(Row("512², one worker, see-through", f"{cpu:.1f} ms CPU"))
    portrait = Portrait(size=512)
    rest = retargeted(Motion.at_rest(1, rate=25), portrait.rig)
    image = next(iter(portrait.render([rest]))).image
    difference = int(np.abs(image.astype(int) - portrait.scene.photo).max())
    out.append(at_most("rest against the photo, largest difference", difference, 0, "levels", 0))
    return out

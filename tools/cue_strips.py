#!/usr/bin/env python
"""Strips of cues acted out, to look at: a row of frames each.

    python tools/cue_strips.py OUT.png nod "look left" wink:1.2 … [--photo PHOTO] [--seed 0]

docs/cues.webp: nod shake "turn left" "tilt right" "look left" "wink left" "raise brows" sigh laugh shrug
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from mien.core.cues import CUES, cue
from mien.core.mix import mix
from mien.core.plan import Plan, Span, no_prosody
from mien.core.retarget import retargeted
from mien.core.rig import Motion
from mien.core.track import Audio
from mien.performance.verbs import default_generators
from mien.renderers.portrait import Portrait

RATE, AT, FRAMES, SIDE = Fraction(25), 1.0, 8, 112


def row(renderer: Portrait, told: str, seed: int) -> Image.Image:
    """Frames from just before a cue to its end, with its name."""
    name, _, amount = told.partition(":")
    span = Span(AT, AT, cue(name, float(amount or 1)))
    plan = Plan(0, 150, RATE, Audio.silence(0, 16000), cues=(span,), prosody=no_prosody(0), horizon=float("inf"))
    motion = Motion.join(mix([plan], default_generators(seed)))
    seconds = CUES[name].seconds + 0.5
    out = Image.new("RGB", (FRAMES * SIDE, SIDE))
    for i in range(FRAMES):
        at = int(25 * (AT - 0.04 + seconds * i / (FRAMES - 1)))
        image = next(iter(renderer.render([retargeted(motion.cut(at, at + 1), renderer.rig)]))).image
        height, width = image.shape[:2]
        face = image[int(0.08 * height) : int(0.65 * height), int(0.235 * width) : int(0.805 * width), :3]
        out.paste(
            Image.fromarray(np.ascontiguousarray(face)).resize((SIDE, SIDE), Image.Resampling.LANCZOS), (i * SIDE, 0)
        )
    ImageDraw.Draw(out).text((5, 3), told, "white", stroke_width=1, stroke_fill="black")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("cues", nargs="+")
    parser.add_argument("--photo")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    renderer = Portrait(options.photo, size=512)
    rows = [row(renderer, told, options.seed) for told in options.cues]
    sheet = Image.new("RGB", (FRAMES * SIDE, SIDE * len(rows)))
    for i, one in enumerate(rows):
        sheet.paste(one, (0, i * SIDE))
    sheet.save(options.out, quality=80)


if __name__ == "__main__":
    main()

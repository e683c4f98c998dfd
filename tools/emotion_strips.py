"""Strips of the eight emotions, shuffled and unlabelled, for fresh eyes to name.

    python tools/emotion_strips.py FOLDER [--portrait PHOTO] [--seed N]

Writes strips-1.png and strips-2.png (rows A to H, five moments of the same
sentence each, said with the same sound) and key.json (which row is which).
"""

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import mien
from mien.core.emotion import EMOTIONS
from mien.core.plan import Speech
from mien.core.retarget import retargeted
from mien.renderers.portrait import Portrait

TEXT = "I went to the market this morning, and I met somebody I had not seen for years."
MOMENTS = 5
INTENSITY = 0.8


def strip(emotion: str, speeches: list[Speech], portrait: Portrait) -> np.ndarray:
    """One row: moments of the sentence, evenly spread, on the face alone."""
    felt = "neutral" if emotion == "neutral" else f"{emotion}:{INTENSITY}"
    motion = retargeted(mien.animate(speeches, emotion=felt), portrait.rig)
    moments = (np.linspace(0.15, 0.92, MOMENTS) * len(motion)).astype(int)
    frames = [frame.image for frame in portrait.render([motion.with_values(motion.values[moments])])]
    return np.concatenate([frame[77:385, 103:410] for frame in frames], axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--portrait")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    order = ["neutral", *EMOTIONS]
    random.Random(options.seed).shuffle(order)
    speeches = [replace(speech, emotion=()) for speech in mien.speak(TEXT)]
    portrait = Portrait(options.portrait)
    rows = [strip(emotion, speeches, portrait) for emotion in order]
    options.folder.mkdir(parents=True, exist_ok=True)
    for half in (0, 4):
        sheet = Image.fromarray(np.concatenate(rows[half : half + 4]))
        pen = ImageDraw.Draw(sheet)
        for i, letter in enumerate("ABCDEFGH"[half : half + 4]):
            pen.text((8, i * rows[0].shape[0] + 4), letter, "yellow", font_size=32, stroke_width=2, stroke_fill="black")
        sheet.save(options.folder / f"strips-{half // 4 + 1}.png")
    (options.folder / "key.json").write_text(json.dumps(dict(zip("ABCDEFGH", order, strict=True))))


main()

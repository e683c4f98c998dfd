"""The picture in docs/emotion.md: python tools/emotion_picture.py. Made by the product, nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import mien
from mien.core.emotion import EMOTIONS
from mien.core.retarget import retargeted
from mien.renderers.portrait import Portrait

TEXT = "I went to the market this morning, and I met somebody I had not seen for years."
MOMENT, AWAKE = 0.63, 0.35
"""Of the sentence, shared by all: the same sound under every face."""

OTHERS = ("happy:0.3", "sad:0.5,fear:0.4", "brows=sad:0.8,mouth=happy:0.6", "valence=-0.5,arousal=0.5")
ACROSS, SIDE = 4, 240

speeches = [replace(speech, emotion=()) for speech in mien.speak(TEXT)]
portrait = Portrait(label="synthetic")
images = []
for emotion in ("neutral", *(f"{name}:0.8" for name in EMOTIONS), *OTHERS):
    for seed in range(9):  # the first with which nobody blinks just then
        motion = mien.animate(speeches, emotion=emotion, seed=seed)
        at = int(MOMENT * len(motion))
        if motion["eyeBlinkLeft"][at] < AWAKE:
            break
    (frame,) = portrait.render([retargeted(motion.cut(at, at + 1), portrait.rig)])
    picture = Image.fromarray(frame.image[86:376, 111:401]).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    ImageDraw.Draw(picture).text((6, SIDE - 18), emotion, "white", font_size=13, stroke_width=2, stroke_fill="black")
    images.append(np.asarray(picture))
rows = [np.concatenate(images[i : i + ACROSS], axis=1) for i in range(0, len(images), ACROSS)]
sheet = Image.fromarray(np.concatenate(rows))
ImageDraw.Draw(sheet).text((6, 4), "synthetic", "white", font_size=13, stroke_width=2, stroke_fill="black")
out = Path(__file__).parents[1] / "docs" / "emotion.webp"
sheet.save(out, quality=80, method=6)
print(f"{out}: {out.stat().st_size / 1e3:.0f} kB")

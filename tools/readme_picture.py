"""The moving picture in README.md: python tools/readme_picture.py. Made by the product, nothing else."""

from pathlib import Path

from PIL import Image

import mien

TEXT = "I was only a photograph, until somebody gave me something to say."
SIZE = 320
EVERY = 2
"""Frames skipped: 12.5 a second are enough for a page, at half the bytes."""

take = mien.say(TEXT, emotion="happy:0.8", size=SIZE, label=True)
frames = [frame for segment in take.stream() for frame in segment.frames][::EVERY]
images = [Image.fromarray(frame.image) for frame in frames]
out = Path(__file__).parents[1] / "docs" / "demo.webp"
images[0].save(out, save_all=True, append_images=images[1:], duration=40 * EVERY, loop=0, quality=60, method=6)
print(f"{out}: {len(images)} pictures, {out.stat().st_size / 1e6:.2f} MB")

"""The picture in docs/lips.md: python tools/lips_picture.py. A sentence: frames, its phones, how far the lips part."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import mien
from mien.core.plan import Phone, Span
from mien.core.retarget import retargeted
from mien.evaluation.curves import mouth_of_motion

TEXT = "Maybe you have to show them the boat first."
SHOWN = (0, 1, 3, 5, 7, 8, 12, 14, 15, 21)
"""Phones of the text that are seen, at their middles."""

MOUTH = (192, 195, 352, 325)
"""Of a picture of 512 pixels: left, top, right, bottom."""

TILE, PLOT, EDGE = (180, 146), 150, 24
SPELT = {
    "eɪ": "ay",
    "oʊ": "oh",
    "æ": "a",
    "ɛ": "e",
    "ʃ": "sh",
    "ð": "th",
    "ə": "uh",
    "ɝ": "ur",
    "i": "ee",
    "u": "oo",
    "j": "y",
}
"""For people who do not read phonetic letters."""

INK, LINE, SEALED = "#222222", "#2563a8", "#f3c9c4"

take = mien.say(TEXT, seed=3)
motion = retargeted(take.motion, take.renderer.rig)
opening = mouth_of_motion(take.motion).aperture
rate, phones = float(motion.rate), take.phones
begin, end = phones[0].start - 0.15, phones[-1].stop + 0.25
wide = TILE[0] * (len(SHOWN) // 2)


def across(seconds: float) -> float:
    return EDGE + (seconds - begin) / (end - begin) * (wide - 2 * EDGE)


def spelt(phone: Span[Phone]) -> str:
    return SPELT.get(phone.value.symbol, phone.value.symbol)


tiles = []
for number in SHOWN:
    phone = phones[number]
    frame = round((phone.start + phone.stop) / 2 * rate - 0.5)
    image = Image.fromarray(next(iter(take.renderer.render([motion.cut(frame, frame + 1)]))).image)
    image = image.crop(MOUTH).resize(TILE, Image.Resampling.LANCZOS)
    ImageDraw.Draw(image).text((8, 4), spelt(phone), fill="white", stroke_fill="black", stroke_width=2, font_size=22)
    tiles.append(np.asarray(image))
rows = [np.concatenate(tiles[i : i + len(SHOWN) // 2], axis=1) for i in (0, len(SHOWN) // 2)]

plot = Image.new("RGB", (wide, PLOT), "white")
draw = ImageDraw.Draw(plot)
floor, high = PLOT - 34, 0.85 * (PLOT - 40) / opening.max()
for phone in phones:
    if phone.value.symbol in "pbm":
        draw.rectangle((across(phone.start), 8, across(phone.stop), floor), fill=SEALED)
    draw.text(
        ((across(phone.start) + across(phone.stop)) / 2, floor + 14), spelt(phone), fill=INK, anchor="mm", font_size=15
    )
moments = [(n, (n + 0.5) / 25) for n in range(len(opening)) if begin <= (n + 0.5) / 25 <= end]
draw.line([(across(t), floor - high * opening[n]) for n, t in moments], fill=LINE, width=3, joint="curve")
draw.line((EDGE, floor, wide - EDGE, floor), fill=INK)
draw.text((EDGE, 6), "how far the lips part; shaded: p b m", fill=INK, font_size=13)
draw.text((wide - EDGE, 6), "all frames synthetic", fill=INK, font_size=13, anchor="ra")

out = Path(__file__).parents[1] / "docs" / "lips.webp"
Image.fromarray(np.concatenate([*rows, np.asarray(plot)])).save(out, quality=78, method=6)
print(f"{out}: {out.stat().st_size / 1e3:.0f} kB; {' '.join(f'{i}:{p.value.symbol}' for i, p in enumerate(phones))}")

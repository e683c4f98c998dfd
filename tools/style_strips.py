"""The picture in docs/style.md, one sentence in several styles: python tools/style_strips.py [OUT [PORTRAIT]]"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import mien
from mien.core.retarget import retargeted
from mien.core.rig import Motion

TEXT = "Of course I remember. You told me about it only this morning."
STYLES = (
    "as usual", "tired, sarcastic, nods a lot", "very dramatic", "shy, mumbling", "arrogant", "friendly",
    "jaw=1.6, lips=0.5, brow_lift=1", "smile=0.8, asymmetry=0.9",
)  # fmt: skip
MOMENTS = (0.16, 0.3, 0.58, 0.7, 0.84)
PORTRAIT = sys.argv[2] if len(sys.argv) > 2 else None
CROP = np.s_[95:395, 120:400]
"""The head, of a picture of 512 pixels."""
OUT = Path(__file__).parents[1] / "docs" / "style.webp"


def strip(style: str) -> np.ndarray:
    """Moments of the sentence, the face alone."""
    take = mien.say(TEXT, style=None if style == "as usual" else style, portrait=PORTRAIT)
    motion = retargeted(take.motion, take.renderer.rig)
    moments = [motion.cut(int(m * len(motion)), int(m * len(motion)) + 1) for m in MOMENTS]
    return np.concatenate([picture(take, one)[CROP] for one in moments], axis=1)


def picture(take: mien.Take, one: Motion) -> np.ndarray:
    return next(iter(take.renderer.render([one]))).image


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    strips = [strip(style) for style in STYLES]
    sheet = Image.fromarray(np.concatenate(strips))
    sheet = sheet.resize((sheet.width * 3 // 5, sheet.height * 3 // 5), Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(sheet)
    for i, style in enumerate(STYLES):
        at = (6, i * strips[0].shape[0] * 3 // 5 + 2)
        pen.text(at, style, "white", font_size=16, stroke_width=3, stroke_fill="black")
    sheet.save(out, quality=70, method=6)
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


main()

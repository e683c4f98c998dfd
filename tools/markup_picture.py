"""The picture in docs/markup.md: python tools/markup_picture.py. One take, six of its moments, by the product alone."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import mien
from mien.core.retarget import retargeted

TEXT = (
    "[happy 0.8]I am so glad you came![/happy] [pause 0.4] [look left]Who is that over there?[/look] [pause 0.3] "
    "[surprise 0.9]Oh, *really*?[/surprise] [pause 1] [angry 0.7]I told you not to bring him.[/angry] [pause 1.5] "
    "[sad 0.8]Well, he is an old man by now.[/sad] [pause 1.8] [smile]Never mind, [wink] my dear.[/smile]"
)
SHOWN = (("[happy]", "glad", 0.2), ("[look left]", "over", 0.1), ("[surprise]", "really?", 0.2),
         ("[angry]", "not", 0.12), ("[sad]", "old", 0.2), ("[wink]", "my", 0.14))  # fmt: skip
"""What was typed, the word it is seen at, and seconds after that word begins."""

FACE = (103, 77, 410, 385)
"""Of a picture of 512 pixels: left, top, right, bottom."""

take = mien.say(TEXT, label=True, seed=3)
motion = retargeted(take.motion, take.renderer.rig)
tiles = []
for tag, word, after in SHOWN:
    begins = next(w.start for w in take.words if w.value.strip("*") == word)
    frame = round((begins + after) * float(motion.rate))
    image = Image.fromarray(next(iter(take.renderer.render([motion.cut(frame, frame + 1)]))).image).crop(FACE)
    ImageDraw.Draw(image).text((8, 6), tag, fill="white", stroke_fill="black", stroke_width=2, font_size=18)
    tiles.append(np.asarray(image))
out = Path(__file__).parents[1] / "docs" / "markup.webp"
sheet = np.concatenate([np.concatenate(tiles[i : i + 3], axis=1) for i in (0, 3)])
Image.fromarray(sheet).save(out, quality=75, method=6)
print(f"{out}: {out.stat().st_size / 1e3:.0f} kB")

"""The same motion for a game engine, and edited. Run: python examples/02_motion/motion.py [FOLDER]"""

import sys
from pathlib import Path

import numpy as np

import mien

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")

motion = mien.animate(mien.speak("One motion, any face.", voice="tone"), emotion="surprise:0.6", fps=60)
motion.save(folder / "surprised.csv")  # Live Link Face: Unreal, Unity and Blender read it

wink = mien.Motion.at_rest(len(motion), rate=motion.rate, rig=motion.rig.only(["eyeBlinkLeft"]))
values = np.zeros((len(motion), 1), np.float32)
values[30:42, 0] = np.hanning(12)
winking = wink.with_values(values).over(motion)
winking.save(folder / "winking.npz")

again = mien.load(folder / "winking.npz")
print(f"{len(again)} frames at {again.rate} per second, the wink closes to {again['eyeBlinkLeft'][30:42].max():.2f}")

"""Are the lips shut in p, b and m? Read back from the pixels of finished videos, by the landmarker."""

from __future__ import annotations

import numpy as np

import mien
from benchmarks.report import Row, at_least
from benchmarks.run import scratch
from benchmarks.story import BILABIALS, PARAGRAPH
from mien.core.emotion import EMOTIONS
from mien.evaluation.metrics.closure import bilabials, closures, open_vowels, share, shut_in_the_middle

TITLE = "Seal: lips shut in p, b, m, read back from finished video"
UPPER, LOWER, TOP, CHIN = 13, 14, 10, 152
"""Landmarks: inner lips, top of the face, chin."""


def gaps(path: str) -> np.ndarray:
    """(n,) the inner-lip gap of each frame over face height."""
    from mien.face.landmarks import track
    from mien.media import read_video

    _, frames = read_video(path)
    out = []
    for face in track(frame.image for frame in frames):
        if face is None:
            out.append(np.nan)
            continue
        gap = np.linalg.norm(face.points[UPPER, :2] - face.points[LOWER, :2])
        out.append(gap / np.linalg.norm(face.points[TOP, :2] - face.points[CHIN, :2]))
    return np.array(out)


def rows() -> list[Row]:
    out = []
    with scratch() as folder:
        for text, name in ((BILABIALS, "full of p, b, m"), (PARAGRAPH, "an ordinary text")):
            for emotion in ("neutral", *EMOTIONS) if text == BILABIALS else ("neutral", "happy"):
                take = mien.say(text, emotion=None if emotion == "neutral" else f"{emotion}:0.8")
                phones, rate = take.phones, float(take.rate)
                gap = gaps(str(take.save(folder / f"{emotion}.mp4")))
                found = np.isfinite(gap).mean()
                gap = np.nan_to_num(gap, nan=1.0)  # where no face is seen none is seen to be shut
                closed, vowels = bilabials(phones), open_vowels(phones)
                what = f"{name}, {emotion}"
                recall = share(closures(gap, rate, closed))
                out.append(at_least(f"{what}: {len(closed)} p, b, m with a shut frame", recall, 0.95))
                false = share(shut_in_the_middle(gap, rate, vowels))
                seen = f"{false:.2f}; face found {found:.2f}"
                bar = ("≤ 0.05", false <= 0.05) if text == PARAGRAPH else ("", None)  # some there are two frames long
                out.append(Row(f"{what}: {len(vowels)} open vowels shut in their middle", seen, *bar))
    return out

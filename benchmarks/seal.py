"""Are the lips shut in p, b and m? Read back from the pixels of finished videos, by the landmarker."""

from __future__ import annotations

import numpy as np

import mien
from benchmarks.report import Row, at_least
from benchmarks.run import scratch
from benchmarks.story import BILABIALS
from mien.core.emotion import EMOTIONS

TITLE = "Seal: lips shut in p, b, m, read back from finished video"
SHUT = 0.02
"""Inner-lip gap that counts as shut, as a share of face height."""
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


def share_shut(gap: np.ndarray, spans: list[tuple[float, float]], rate: float) -> float:
    """Share of the spans that have a frame which begins or lies in them and is shut."""
    shut = 0
    for start, stop in spans:
        first, last = int(start * rate), int(np.ceil(stop * rate))
        shut += bool((gap[first : max(last, first + 1)] < SHUT).any())
    return shut / len(spans)


def rows() -> list[Row]:
    out = []
    with scratch() as folder:
        for emotion in ("neutral", *EMOTIONS):
            take = mien.say(BILABIALS, emotion=None if emotion == "neutral" else f"{emotion}:0.8")
            phones = take.phones
            gap = gaps(str(take.save(folder / f"{emotion}.mp4")))
            rate = float(take.rate)
            closed = [(s.start, s.stop) for s in phones if s.value.symbol in ("p", "b", "m")]
            vowels = [(s.start, s.stop) for s in phones if s.value.symbol in ("ɑ", "æ", "aɪ", "ɔ", "eɪ", "aʊ")]
            recall = at_least(
                f"{emotion}: {len(closed)} p, b, m with a shut frame", share_shut(gap, closed, rate), 0.95
            )
            middles = [((a + b) / 2, (a + b) / 2 + 1e-6) for a, b in vowels if b - a > 0.06]
            false = share_shut(gap, middles, rate)  # at its edges a vowel shares frames with its neighbours' closures
            found = np.isfinite(gap).mean()
            out.append(
                Row(
                    recall.what,
                    f"{recall.value}; middles of open vowels {false:.2f}; face found {found:.2f}",
                    recall.wanted,
                    recall.ok,
                )
            )
    return out

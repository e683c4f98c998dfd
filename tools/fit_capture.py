#!/usr/bin/env python
"""Fits mien/trackers/channels.npz: the table that turns what the landmarker sees into channels.

    python tools/fit_capture.py --portraits FOLDER [--keep FOLDER] [--only-report]

Portraits (pictures of faces in a folder, and the packaged one) perform known channels, the landmarker reads them
back, and a ridge regression learns the way back. Each figure printed is for a portrait that was left out of the fit.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from capture_renders import CHANNELS, SINGLES, SPOKEN_FRAMES, read_back

from mien.core.retarget import eyes_in_head
from mien.core.rig import FULL, Motion
from mien.face.landmarks import SCORES, Face
from mien.face.pose import person_from
from mien.trackers.features import LOWER, POINTS, UPPER, features, mirrored, swapped

OUT = Path(__file__).resolve().parents[1] / "mien" / "trackers" / "channels.npz"
NAMES = (*CHANNELS, "gazePitch", "gazeYaw")
RIDGE = 0.5
"""Of the features' own variance; .03 to 1 tried: flat."""

USUAL = (0.05, 0.1)
"""How far features usually go: displacements, centimetres, and scores. Not their spread in the renders, where some
scores hardly stir that do in real faces."""

ON_SKIN = {"brow": UPPER, "eye": UPPER, "gaze": UPPER}
"""What channels are read from, by how their names begin; the nose and the cheeks from everything, others from below."""

Example = tuple[np.ndarray, np.ndarray, np.ndarray]


def example(values: np.ndarray, points: np.ndarray, scores: np.ndarray, seen: np.ndarray) -> Example:
    """(n, f) features less those at rest, (n, c) what was drawn, (n,) which frames were seen."""
    person = person_from(list(points[:4]))
    pose, rows = None, []
    for point, score in zip(points, scores, strict=True):
        face = Face(point, 1.0)
        face.__dict__["scores"] = dict(zip(SCORES, score, strict=True))
        pose = person.pose(point, pose) if point.any() else pose
        rows.append(features(face, person, pose)[0] if point.any() else np.zeros(len(mirrored()[0]), np.float32))
    x = np.array(rows)
    return x - x[:4].mean(0), drawn(values), seen


def drawn(values: np.ndarray) -> np.ndarray:
    """(n, c) what shows of the drive: sealed lips take the jaw back, gaze is the eyes' in the head."""
    pitch, yaw = eyes_in_head(Motion(values.astype(np.float32), 25, 0, FULL))
    columns = {name: values[:, FULL.find(name)] for name in CHANNELS} | {"gazePitch": pitch, "gazeYaw": yaw}
    columns["jawOpen"] = columns["jawOpen"] * (1 - 0.85 * values[:, FULL.find("lipSeal")])
    return np.stack([columns[name] for name in NAMES], axis=1)


def masks() -> np.ndarray:
    """(f, c) which feature may say something about which channel."""
    out = np.zeros((len(mirrored()[0]), len(NAMES)), bool)
    for c, name in enumerate(NAMES):
        whole = name.startswith(("nose", "cheekSquint", "eyeSquint"))
        near = UPPER | LOWER if whole else ON_SKIN.get(_beginning(name), LOWER)
        out[: 3 * len(POINTS), c] = np.repeat([p in near for p in POINTS], 3)
        above = _beginning(name) in ON_SKIN
        out[3 * len(POINTS) :, c] = [whole or (_beginning(s) in ON_SKIN) == above for s in SCORES]
    return out


def _beginning(name: str) -> str:
    return next((start for start in ON_SKIN if name.startswith(start)), "")


def fitted(examples: list[Example]) -> np.ndarray:
    """(f, c) by ridge regression, left and right alike; no column may fall short of what it should reach."""
    index, sign = mirrored()
    other = [NAMES.index(swapped(name)) for name in NAMES]
    turn = np.where([name == "gazeYaw" for name in NAMES], -1, 1)
    xs, ys = [], []
    for x, y, seen in examples:
        xs += [x[seen], x[seen][:, index] * sign]
        ys += [y[seen], y[seen][:, other] * turn]
    x, y = np.concatenate(xs), np.concatenate(ys)
    spread = np.where(np.arange(x.shape[1]) < 3 * len(POINTS), *USUAL)
    x = x / spread
    normal, right, allowed = x.T @ x, x.T @ y, masks()
    out = np.zeros((x.shape[1], len(NAMES)))
    for c in range(len(NAMES)):
        on = allowed[:, c]
        out[on, c] = np.linalg.solve(normal[np.ix_(on, on)] + RIDGE * len(x) * np.eye(on.sum()), right[on, c])
    guess = x @ out
    gain = (y**2).sum(0) / np.maximum((guess * y).sum(0), 1e-9)  # ridge shrinks: an expression drawn at 1 reads as 1
    gain[[name.startswith("gaze") for name in NAMES]] = 1  # a gaze that is larger than it was is worse than a smaller
    return np.asarray(out * np.clip(gain, 1, 2.5) / spread[:, None], np.float32)


def report(examples: dict[str, Example]) -> None:
    """r by channel, mean over portraits that were left out: in talk, and as the channel alone rises."""
    talk, alone, gains = [], [], []
    for name in examples:
        table = fitted([e for other, e in examples.items() if other != name])
        x, y, seen = examples[name]
        guess = x @ table
        part = SPOKEN_FRAMES & seen
        talk.append([_r(guess[part, c], y[part, c]) for c in range(len(NAMES))])
        alone.append([_r(guess[f, c], y[f, c]) for c, f in enumerate(own_sweeps(seen))])
        gains.append([_slope(guess[f, c], y[f, c]) for c, f in enumerate(own_sweeps(seen))])
    print(f"{'channel':22} {'talk':>6} {'alone':>6} {'gain':>6}")
    columns = [np.nanmean(np.array(v, float), axis=0) for v in (talk, alone, gains)]
    for c in np.argsort(-np.nan_to_num(columns[0])):
        print(f"{NAMES[c]:22} " + " ".join(f"{v[c]:6.2f}" for v in columns))


def own_sweeps(seen: np.ndarray) -> list[np.ndarray]:
    """For each channel, the frames at rest and those in which it, or its pair, works alone."""
    return [(SINGLES.get(name, np.zeros(len(seen), bool))) & seen for name in NAMES]


def _r(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if len(a) > 2 and b.std() > 0.015 else np.nan


def _slope(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.polyfit(b, a, 1)[0]) if len(a) > 2 and b.std() > 0.015 else np.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portraits", type=Path, required=True, help="a folder of photos")
    parser.add_argument("--keep", type=Path, help="keeps what was read back here, for another run")
    parser.add_argument("--without", default="", help="names of portraits to pass over, with commas")
    parser.add_argument("--only-report", action="store_true", help="prints, and leaves the table as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        examples = {}
        photos = [None, *sorted(options.portraits.glob("*.png")), *sorted(options.portraits.glob("*.jpg"))]
        for seed, photo in enumerate(photos):
            name = "packaged" if photo is None else photo.stem
            if name in options.without.split(","):
                continue
            path = folder / f"{name}.npz"
            if not path.exists():
                values, points, scores, seen = read_back(photo, seed)
                np.savez(path, values=values, points=points, scores=scores, seen=seen)
            with np.load(path) as data:
                examples[name] = example(*(data[k] for k in ("values", "points", "scores", "seen")))
            print(f"{name}: {examples[name][2].mean():.1%} of the frames seen")
    report(examples)
    if options.only_report:
        return
    np.savez_compressed(OUT, names=np.array(NAMES), table=fitted(list(examples.values())).astype(np.float16))
    print(f"{OUT}: {OUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()

"""From what was read in each picture to motion: relative to the person's rest, smooth, bridged, with contacts.

Works on a whole clip at once, so that nothing lags: a frame is 60 numbers, an hour 25 MB.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.retarget import Columns, gaze_from_eyes, looks_from_gaze, soft_limit
from mien.core.rig import CAPTURE, HEAD, Motion
from mien.core.rotation import matrices_from_vectors
from mien.core.track import Floats
from mien.trackers.smooth import bridged, smoothed

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ASSET = Path(__file__).with_name("channels.npz")
"""Made by tools/fit_capture.py from our own renders."""

CAMERA = 0.7
"""Metres from the camera to the head at rest, as in the portrait renderer: one lens cannot tell size from distance."""

NECK, NECK_LIMIT = 3.3, 0.02
"""Radians a metre, and metres: a joint of the neck that seems to sink or rise is mostly a pitch that was misread, for
heads nod about it. On the StyleTalk clips the pitch's r rises from .85 to .88, on our own talk from .78 to .91."""

LEVER = 0.09
"""Metres from that joint forward to the face, whose place is what is really seen."""

RESTING = 0.1
"""Share of the frames, those in which least is going on, from which the person's rest is taken."""

FEWEST_RESTING, MOST_RESTING = 3, 60
"""Frames of rest."""

SECONDS = {"face": 0.2, "head": 0.3, "gaze": 0.2}
"""Windows of smoothing."""

NOTHING = 0.03
"""Weight up to which a channel is taken for jitter."""

SHUT_SHARE = 0.45
"""Of an eye's usual opening: what the landmarker shows of a shut eye is this or less."""

BASE, BASE_LEVEL, BASE_RANGE = 0.5, 70, (0.55, 1.3)
"""The opening an eye blinks from: this percentile of the seconds around, within this range of the person's usual one.
It takes care of lids that follow the gaze, and of squinting."""

BLINK_FROM, BLINK_TO = 0.2, 0.85
"""Closings below are jitter, above are whole."""

HELD_FROM, HELD_LIMIT = 0.06, 0.6
"""Lids held low, as in sadness or sleepiness: what the regression reads over the seconds around, less jitter, up to
where it would be a blink. There and back, lids r .85 -> .97; on the six StyleTalk clips it reads .02 in the mean, the
most of it where somebody looks down."""

WINK = 0.5
"""Difference between the lids from which they are two movements."""

HIDDEN = 0.5
"""Blink from which an iris is not to be seen."""

LIPS_SHUT = 0.15
"""Centimetres that the landmarker may leave between shut lips. A mouth that never shuts further is open."""

TOUCH = (0.06, 0.2)
"""Centimetres between the lips beyond the clip's smallest at which they touch, and no longer do."""

OPENERS = {
    "jawOpen": 3.5, "mouthFunnel": 0.6, "mouthLowerDownLeft": 0.35, "mouthLowerDownRight": 0.35,
    "mouthUpperUpLeft": 0.45, "mouthUpperUpRight": 0.45,
}  # fmt: skip
"""Centimetres by which each channel at 1 parts the lips: of our own renders, read back, mean of three portraits."""

WIDENERS = {"mouthSmile": 0.5, "mouthDimple": 0.48, "mouthStretch": 0.3}
NARROWERS = {"mouthPucker": 0.85, "mouthFunnel": 0.9}
WIDTH_BESIDES = {"jawOpen": -0.5, "mouthUpperUpLeft": 0.2, "mouthUpperUpRight": 0.2}
"""Centimetres by which each channel at 1 (of one side, where there are two) makes the mouth broader or less broad: as
above, by regression on five portraits."""

BROADER = ("mouthStretch", "mouthSmile")
"""What shares in a breadth that is seen and that no channel accounts for, as in a spoken ee."""

WIDTH_TRUST = 0.6
"""Share of a difference between the breadth seen and the breadth said that is put right."""

MOST_SCALED = 1.6
"""By how much all openers together may be raised to part the lips as far as is seen; the jaw does the rest."""

TALKING = (0.15, 0.4)
"""Centimetres the lips have to part nearby for shut lips to be a contact and no rest."""

NEARBY = 0.35
"""Seconds."""


@cache
def table() -> tuple[tuple[str, ...], Floats]:
    """Names of the channels (c,) and the features' share in each (f, c)."""
    with np.load(ASSET) as file:
        return tuple(map(str, file["names"])), file["table"].astype(np.float32)


def row_length() -> int:
    """Numbers kept of a frame: channels, openings, rotation vector, origin, scale, score."""
    return len(table()[0]) + 4 + 3 + 3 + 1 + 1


class Rows:
    """(n, k) rows as named columns. seen : (n,)"""

    def __init__(self, rows: npt.NDArray[np.floating], seen: Flags) -> None:
        names = table()[0]
        self.seen = seen
        self.rows = rows.astype(np.float64)
        self.channels, self.openings, self.turns, self.origins, scale, score = np.split(
            self.rows, np.cumsum([len(names), 4, 3, 3, 1]), axis=1
        )
        self.scale, self.score = scale[:, 0], score[:, 0]

    def __len__(self) -> int:
        return len(self.rows)


def motion_from_rows(rows: Rows, rate: Fraction, start: int, neutral: int | None) -> Motion:
    """The clip in the rig CAPTURE. neutral : a frame to take for rest, counted from the first; None finds it"""
    fps = float(rate)
    resting = _resting(rows) if neutral is None else np.array([neutral])
    blinks = _blinks(rows, resting, fps)
    columns = _face(rows, resting, fps) | _head(rows, resting, neutral is None, fps)
    columns |= {"eyeBlinkLeft": blinks[:, 0], "eyeBlinkRight": blinks[:, 1], "lipSeal": _seal(rows, fps)}
    columns |= _broad(rows, columns, resting, neutral is None, fps)
    columns |= _parted(rows, columns, resting, neutral is None, fps)
    columns["mouthClose"] = np.minimum(columns["mouthClose"], columns["jawOpen"])
    columns |= _gaze(rows, columns, blinks, resting, neutral is None, fps)
    columns["confidence"] = rows.score * rows.seen
    known = [name for name in CAPTURE.names if name in columns]
    found = np.stack([columns[name] for name in known], axis=1).astype(np.float64)
    filled = bridged(found, rows.seen, fps, np.zeros(len(known)))
    filled[:, known.index("confidence")] = columns["confidence"]
    columns = {name: filled[:, i] for i, name in enumerate(known)}
    columns |= looks_from_gaze(columns)
    values = np.tile(CAPTURE.rest, (len(rows), 1))
    for name, column in columns.items():
        values[:, CAPTURE.find(name)] = column
    return Motion(values, rate, start, CAPTURE).clipped()


def _resting(rows: Rows) -> npt.NDArray[np.int64]:
    """Frames in which the lips are shut or nearly, the eyes open, and brows and mouth where they mostly are."""
    seen = np.flatnonzero(rows.seen)
    channels, openings = rows.channels[seen], rows.openings[seen]
    usual = np.median(channels, axis=0)
    spread = np.abs(channels - usual).mean(0) + 1e-3
    unrest = (np.abs(channels - usual) / spread).mean(1)
    lips = openings[:, 2]
    unrest += 3 * (lips - lips.min()) / (lips.std() + 0.02)
    lids = openings[:, :2].mean(1)
    unrest += 5 * np.clip((np.median(lids) - lids) / (np.median(lids) + 1e-6) - 0.1, 0, None)
    count = int(np.clip(RESTING * len(seen), FEWEST_RESTING, MOST_RESTING))
    return np.asarray(seen[np.argsort(unrest, kind="stable")[:count]], np.int64)


def _face(rows: Rows, resting: npt.NDArray[np.int64], fps: float) -> Columns:
    names = table()[0]
    values = rows.channels - rows.channels[resting].mean(0)
    values = _smoothed_where_seen(values, rows.seen, fps, SECONDS["face"])
    values = np.clip((values - NOTHING) / (1 - NOTHING), 0, 1)
    return {name: values[:, i] for i, name in enumerate(names) if not name.startswith(("gaze", "eyeBlink"))}


def _head(rows: Rows, resting: npt.NDArray[np.int64], auto: bool, fps: float) -> Columns:
    """Turned and moved from rest: the middle of the clip, or the frame that was named."""
    turns = _smoothed_where_seen(rows.turns, rows.seen, fps, SECONDS["head"])
    origins = _smoothed_where_seen(
        np.column_stack([rows.origins[:, :2], np.log(np.maximum(rows.scale, 1e-6))]), rows.seen, fps, SECONDS["head"]
    )
    at = rows.seen if auto else resting
    rest, place = np.median(turns[at], axis=0), np.median(origins[at], axis=0)
    moved = vectors_from_matrices(matrices_from_vectors(turns) @ matrices_from_vectors(rest[None])[0].T)
    across = (origins[:, :2] - place[:2]) / np.exp(place[2])
    sunk = soft_limit(across[:, 1], NECK_LIMIT)
    moved[:, 0] -= NECK * sunk
    across[:, 1] -= NECK * LEVER * sunk
    nearer = CAMERA * (1 - np.exp(place[2] - origins[:, 2]))
    return dict(zip(HEAD.names, np.column_stack([moved, across, nearer]).T, strict=True))


def vectors_from_matrices(matrices: Array) -> Array:
    """(n, 3, 3) -> (n, 3) rotation vectors, radians, of angles below a half turn."""
    axis = np.stack([matrices[:, 2, 1] - matrices[:, 1, 2], matrices[:, 0, 2] - matrices[:, 2, 0],
                     matrices[:, 1, 0] - matrices[:, 0, 1]], axis=1) / 2  # fmt: skip
    sine = np.linalg.norm(axis, axis=1)
    angle = np.arctan2(sine, (np.trace(matrices, axis1=1, axis2=2) - 1) / 2)
    return np.asarray(axis * np.where(sine > 1e-9, angle / np.maximum(sine, 1e-12), 1.0)[:, None])


def _blinks(rows: Rows, resting: npt.NDArray[np.int64], fps: float) -> Array:
    """(n, 2) left and right, 0..1, from how far the lids are apart."""
    lids = rows.openings[:, :2]
    if not rows.seen.any():
        return np.zeros_like(lids)
    usual = np.median(lids[resting], axis=0)
    shut = np.minimum(np.percentile(lids[rows.seen], 1, axis=0), SHUT_SHARE * usual)
    filled = np.where(rows.seen[:, None], lids, usual)
    base = np.clip(_rolling(filled, round(BASE * fps), BASE_LEVEL), BASE_RANGE[0] * usual, BASE_RANGE[1] * usual)
    closed = np.clip((base - filled) / np.maximum(base - shut, 1e-6), 0, 1)
    both = closed.mean(1, keepdims=True)
    apart = np.clip(np.abs(closed[:, :1] - closed[:, 1:]) / WINK - 0.5, 0, 1)
    closed = both + apart * (closed - both)
    closed = np.clip((closed - BLINK_FROM) / (BLINK_TO - BLINK_FROM), 0, 1)
    return np.asarray(np.maximum(closed, _held(rows, resting, fps)))


def _held(rows: Rows, resting: npt.NDArray[np.int64], fps: float) -> Array:
    """(n, 1) how low both lids are held, 0..1: no blink and, as the regression knows, neither gaze nor squint."""
    names = table()[0]
    lids = rows.channels[:, [names.index("eyeBlinkLeft"), names.index("eyeBlinkRight")]].mean(1, keepdims=True)
    lids = np.where(rows.seen[:, None], lids - lids[resting].mean(), 0)
    slow = _rolling(lids, round(BASE * fps), 50)
    return np.clip((slow - HELD_FROM) / (1 - HELD_FROM), 0, HELD_LIMIT)


def _rolling(values: Array, half: int, percentile: float) -> Array:
    """(n, c) the percentile of the frames around each."""
    half = max(1, min(half, len(values) - 1))
    padded = np.pad(values, ((half, half), (0, 0)), mode="reflect") if len(values) > half else values
    if len(padded) < 2 * half + 1:
        return np.tile(np.percentile(values, percentile, axis=0), (len(values), 1))
    out = np.empty_like(values)
    for start in range(0, len(values), 4096):  # in blocks: an hour at once would not fit
        block = padded[start : start + 4096 + 2 * half]
        views = np.lib.stride_tricks.sliding_window_view(block, 2 * half + 1, axis=0)
        out[start : start + len(views)] = np.percentile(views, percentile, axis=-1)
    return out


def _broad(rows: Rows, columns: Columns, resting: npt.NDArray[np.int64], auto: bool, fps: float) -> Columns:
    """What makes the mouth broad or narrow, brought nearer to the breadth that is seen."""
    breadth = _smoothed_where_seen(rows.openings[:, 3:], rows.seen, fps, SECONDS["face"])[:, 0]
    seen = breadth - np.sum([size * columns[name] for name, size in WIDTH_BESIDES.items()], axis=0)
    at_rest = float(seen[resting].mean())
    if auto and rows.seen.any():  # who never rests is known by the usual breadth as well
        at_rest = max(at_rest, (at_rest + float(np.median(seen[rows.seen]))) / 2)
    seen = seen - at_rest
    sides = {f"{name}{side}": size for name, size in WIDENERS.items() for side in ("Left", "Right")}
    wide = np.sum([size * columns[name] for name, size in sides.items()], axis=0)
    narrow = np.sum([size * columns[name] for name, size in NARROWERS.items()], axis=0)
    miss = WIDTH_TRUST * (seen - wide + narrow)
    less_narrow = np.clip(1 - np.maximum(miss, 0) / np.maximum(narrow, 1e-6), 0, 1)
    broader = np.maximum(miss - narrow, 0)
    less_wide = np.clip(1 + np.minimum(miss, 0) / np.maximum(wide, 1e-6), 0, 1)
    narrower = np.maximum(-miss - wide, 0)
    scale = np.minimum(less_wide + broader / np.maximum(wide, 1e-6), MOST_SCALED)
    out = {name: columns[name] * scale for name in sides} | {name: columns[name] * less_narrow for name in NARROWERS}
    for side in ("Left", "Right"):
        left = np.maximum(broader - wide * np.maximum(scale - less_wide, 0), 0)
        for name in BROADER:
            out[f"{name}{side}"] = out[f"{name}{side}"] + left / (2 * len(BROADER) * WIDENERS[name])
    out["mouthPucker"] = out["mouthPucker"] + narrower / NARROWERS["mouthPucker"]
    return {name: np.clip(column, 0, 1) for name, column in out.items()}


def _parted(rows: Rows, columns: Columns, resting: npt.NDArray[np.int64], auto: bool, fps: float) -> Columns:
    """The openers, corrected so that together they part the lips as far as is seen: what counts most is measured."""
    gap = _smoothed_where_seen(rows.openings[:, 2:3], rows.seen, fps, SECONDS["face"])[:, 0]
    gap = np.clip(gap - (_shut_lips(rows) if auto else rows.openings[resting, 2].mean()), 0, None)
    said = np.sum([size * columns[name] for name, size in OPENERS.items()], axis=0)
    scale = np.clip(gap / np.maximum(said, 1e-6), 0, MOST_SCALED)
    out = {name: columns[name] * scale for name in OPENERS}
    out["jawOpen"] = out["jawOpen"] + np.maximum(gap - said * scale, 0) / OPENERS["jawOpen"]
    return {name: np.clip(column, 0, 1) for name, column in out.items()}


def _shut_lips(rows: Rows) -> float:
    """Centimetres between lips that are shut, as the landmarker sees them: the clip's smallest, in round figures."""
    return min(float(np.percentile(rows.openings[rows.seen, 2], 2)), LIPS_SHUT) if rows.seen.any() else 0.0


def _seal(rows: Rows, fps: float) -> Array:
    """(n,) lips that touch while there is speech around; lips shut at rest are no contact."""
    lips = rows.openings[:, 2]
    if not rows.seen.any():
        return np.zeros_like(lips)
    least = _shut_lips(rows)
    filled = np.where(rows.seen, lips, least)
    half = max(1, round(NEARBY * fps))
    padded = np.pad(filled, half, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1).max(1)
    return np.asarray((1 - _step(filled - least, TOUCH)) * _step(around - least, TALKING))


def _step(values: Array, span: tuple[float, float]) -> Array:
    """0 below the span, 1 above it, smooth between."""
    t = np.clip((values - span[0]) / (span[1] - span[0]), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _gaze(
    rows: Rows, columns: Columns, blinks: Array, resting: npt.NDArray[np.int64], auto: bool, fps: float
) -> Columns:
    """Where the eyes look, in the neck's frame; 0 is where they mostly do, or did in the frame that was named."""
    names = table()[0]
    eyes = rows.channels[:, [names.index("gazePitch"), names.index("gazeYaw")]]
    visible = rows.seen & (blinks.max(1) < HIDDEN)
    at = visible if visible.any() else rows.seen
    eyes = eyes - (np.median(eyes[at], axis=0) if auto else eyes[resting].mean(0))
    eyes = bridged(eyes, visible, fps, np.zeros(2))
    eyes = np.clip(_smoothed_where_seen(eyes, rows.seen, fps, SECONDS["gaze"]), -0.8, 0.8)
    return {name: np.asarray(v, np.float64) for name, v in gaze_from_eyes(columns, eyes[:, 0], eyes[:, 1]).items()}


def _smoothed_where_seen(values: Array, seen: Flags, fps: float, seconds: float) -> Array:
    """Each stretch with a face for itself: what was not seen says nothing about its neighbours."""
    out = values.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(int)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        out[start:stop] = smoothed(values[start:stop], fps, seconds)
    return out

"""From sound to what the mouth does: a few small networks over what Whisper hears and a spectrum, and their mean.

Sound is taken in windows on a fixed grid, so that what comes out never depends on how it came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.products import product
from mien.core.track import Audio
from mien.core.trained import Tensors, Trained, read_trained
from mien.language.mel import BANDS, log_mel
from mien.language.whisper import HEARD_AT, states

Floats = npt.NDArray[np.float32]

MODEL, MODEL_AT_ONCE = (Path(__file__).with_name(f"heard{kind}.safetensors") for kind in ("", "_at_once"))
"""Made by ``mien train lips``; what they were fitted on is in the .json beside them."""

KIND = "mien.lips/3"

RATE = 25
"""Frames a second inside the network."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """How sound is listened to, in frames.

    A window has ``before`` of past and ``after`` of future round the ``block`` of frames it answers for. The networks
    look ``told`` frames ahead, for lips are early, and with ``around`` of the three taps of each layer further: 0 for
    none, 1 for one. What they look at then is in ``following`` blocks more. ``next`` is 1 if moments between two frames
    are mixed of both, 0 if of the two before, a frame late. ``layers`` of Whisper's are asked.
    """

    before: int = 60
    block: int = 20
    after: int = 20
    told: int = 1
    next: int = 1
    around: int = 1
    following: int = 1
    layers: int = 2

    @property
    def length(self) -> int:
        """Frames of a window."""
        return self.before + self.block + self.after

    @property
    def own(self) -> slice:
        """The frames of a window that it answers for."""
        return slice(self.before, self.before + self.block)

    @property
    def preceding(self) -> int:
        """Blocks before one that its frames depend on."""
        return -(-PAST // self.block)

    @property
    def behind(self) -> int:
        """Frames before one whose sound is still needed, once it was heard."""
        return self.before + (self.preceding + 2) * self.block

    @property
    def ahead(self) -> float:
        """Seconds of future that a moment may depend on."""
        return (self.block * (1 + self.following) + self.after + self.next) / RATE

    @property
    def is_live(self) -> bool:
        """Whether nothing may wait: what is heard goes out at once."""
        return not self.following

    @property
    def reach(self) -> int:
        """Frames of future that a frame depends on, of those that the networks are given."""
        return self.told + self.around * (sum(SPREADS) + 1)


AT_LEISURE = Hearing()
"""For files."""

AT_ONCE = Hearing(before=34, block=2, after=1, told=1, next=0, around=0, following=0, layers=1)
"""For live sound: nothing waits longer than 0.12 s."""

SAMPLES = HEARD_AT // RATE
"""In a frame."""

SPREADS = (1, 2, 4, 8)
"""Distances between the three taps of each layer."""

PAST = 2 * sum(SPREADS) + 1
"""Frames of the past that a frame depends on, at most."""

SMOOTH = np.array([0.25, 0.5, 0.25], np.float32)
"""Over three frames, of networks that look to both sides: what they are not sure of trembles."""

QUIET = 0.003
"""Level (root mean square) below which sound is not turned up any more."""

OUTPUTS = ("jaw", "lower", "upper", "spread", "pucker", "funnel")
"""What comes out, as in lips_table.ARTICULATORS."""

MEASURES = ("aperture", "width")
"""What is heard as well, of face height, from shut lips and the breadth at rest: articulators are put right by it."""

OPENS = {"jaw": 0.213, "lower": 0.030, "upper": 0.047, "funnel": 0.080}
WIDENS = {"jaw": -0.068, "spread": 0.063, "pucker": -0.060, "funnel": -0.039}
"""What each articulator at 1 adds to the lips' opening and breadth, of face height: read off the head."""

MOST_SCALED = 1.6
"""By how much all openers may be raised together to part the lips as far as is heard; the jaw does the rest."""

TRUST = {"spread": 0.75, "pucker": 0.15}
"""Share of a difference of breadth that each puts right: most by the spread, for rounding is heard well by itself."""


@dataclass(frozen=True, eq=False)
class Net:
    """Networks of one shape. tensors : name -> array, as trained, the networks side by side"""

    tensors: dict[str, Floats]
    hearing: Hearing = AT_LEISURE

    def __call__(self, heard: Floats, first: int = 0, count: int | None = None) -> Floats:
        """(count, OUTPUTS) blendshape weights for (n, states and bands) as features() makes them, from a frame on.

        The last hearing.reach frames lack what comes after them, the first PAST what came before. Each layer is worked
        out where those frames depend on it and nowhere else: for the two of a live block that is half of it.
        """
        if not self.hearing.around:
            return self._shapes(self._made(heard, first, count))
        last = len(heard) if count is None else first + count
        low, high = max(first - 1, 0), min(last + 1, len(heard))
        made = self._made(heard, low, high - low)
        made = np.concatenate([made[:1]] * (first == low) + [made] + [made[-1:]] * (last == high))
        return self._shapes(sum(share * made[k : k + last - first] for k, share in enumerate(SMOOTH)))

    def _made(self, heard: Floats, first: int, count: int | None) -> Floats:
        """(count, OUTPUTS and MEASURES) the mean of the networks."""
        t = self.tensors
        x = moved(self._seen((heard - t["in.middle"]) / t["in.spread"]), -self.hearing.told)
        _, nets, size, _ = t["0.weight"].shape
        hidden = np.maximum(product(x, t["in.weight"]) + t["in.bias"], 0)
        hidden = np.ascontiguousarray(hidden.reshape(len(x), nets, size).swapaxes(0, 1))
        last = len(x) if count is None else first + count
        for i, (own, taps, beyond) in enumerate(_dependence(len(x), first, last, self.hearing.around)):
            seen = hidden[:, taps]
            if beyond is not None:
                seen[:, beyond] = 0
            one, two, three = seen.swapaxes(0, 1) @ t[f"{i}.weight"]
            hidden = hidden[:, own] + np.maximum(t[f"{i}.bias"][:, None] + one + two + three, 0)
        return np.asarray((hidden @ t["out.weight"] + t["out.bias"][:, None]).mean(0), np.float32)

    def _shapes(self, made: Floats) -> Floats:
        out = made * self.tensors["out.spread"] + self.tensors["out.middle"]
        n = len(OUTPUTS)
        return put_right(np.clip(out[:, :n], 0, 1), np.maximum(out[:, n], 0), out[:, n + 1])

    def _seen(self, heard: Floats) -> Floats:
        """Whisper's states, if there are any, on what varies most in them, beside the bands."""
        basis = self.tensors.get("basis.weight")
        if basis is None:
            return heard
        return np.concatenate([product(heard[:, : len(basis)], basis), heard[:, len(basis) :]], axis=1)


Rows = npt.NDArray[np.int64]


@lru_cache(maxsize=16)
def _dependence(
    length: int, first: int, last: int, around: int
) -> list[tuple[Rows, Rows, npt.NDArray[np.bool_] | None]]:
    """Of each layer: (r,) its rows, and (3, r) those that its taps look at, as places among the rows of the one before;
    and (3, r) where these look beyond all rows, None if they nowhere do.

    length : rows of the first; [first, last) : rows wanted of the last
    """
    wanted = [list(range(first, last))]
    for spread in reversed(SPREADS):
        reached = {row + (around - tap) * spread for row in wanted[0] for tap in range(3)} | {*wanted[0]}
        wanted.insert(0, sorted(row for row in reached if 0 <= row < length))
    wanted[0] = list(range(length))
    out = []
    for spread, before, rows in zip(SPREADS, wanted, wanted[1:], strict=False):
        place = {row: i for i, row in enumerate(before)}
        taps = [[place.get(row + (around - tap) * spread, -1) for row in rows] for tap in range(3)]
        beyond = np.array(taps) < 0
        out.append((np.array([place[row] for row in rows]), np.array(taps), beyond if beyond.any() else None))
    return out


def put_right(shapes: Floats, aperture: Floats, width: Floats) -> Floats:
    """Articulators (n, OUTPUTS) that part and widen the lips as far as was heard. aperture, width : (n,)"""
    out = dict(zip(OUTPUTS, shapes.T.astype(np.float64), strict=True))
    said = sum(size * out[name] for name, size in OPENS.items())
    scale = np.minimum(aperture / np.maximum(said, 1e-6), MOST_SCALED)
    for name in OPENS:
        out[name] = out[name] * scale
    out["jaw"] = out["jaw"] + np.maximum(aperture - said * scale, 0) / OPENS["jaw"]
    miss = width - sum(size * out[name] for name, size in WIDENS.items())
    for name, share in TRUST.items():
        out[name] = out[name] + share * miss / WIDENS[name]
    return np.asarray(np.clip(np.stack([out[name] for name in OUTPUTS], axis=1), 0, 1), np.float32)


def moved(x: Floats, by: int) -> Floats:
    """The same, ``by`` frames later, or earlier below 0; nothing where it was. x : (…, n, c)"""
    out = np.zeros_like(x)
    n = x.shape[-2]
    out[..., max(by, 0) : max(n + min(by, 0), 0), :] = x[..., max(-by, 0) : max(n - max(by, 0), 0), :]
    return out


def features(samples: npt.NDArray[np.floating], layers: int) -> Floats:
    """(n, states and bands) of a window of sound, (n * SAMPLES,) at HEARD_AT. layers : of Whisper's"""
    length = len(samples) // SAMPLES
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    even = (samples * (0.1 / max(level, QUIET))).astype(np.float32)
    known = states(even, layers).reshape(length, 2, -1).mean(1)
    bands = log_mel(Audio(even, Fraction(HEARD_AT))).reshape(length, 2, -1, BANDS).mean(2).reshape(length, 2 * BANDS)
    bands = (bands - bands.mean(0)) / (bands.std(0) + 0.5)
    return np.concatenate([known, bands], axis=1).astype(np.float32)


@lru_cache(maxsize=3)
def learned(path: Path = MODEL) -> Trained[Net]:
    """Errors: BadInput for a file that is damaged or of another version."""
    return read_trained(path, KIND, "lips", net_from)


def net_from(tensors: Tensors) -> Net:
    """Errors: ValueError, KeyError for what does not fit."""
    if tensors["out.middle"].shape != (len(OUTPUTS) + len(MEASURES),):
        raise ValueError(f"it has {tensors['out.middle'].shape} outputs")
    steps = {name: tensors[f"{name}.step"] for name in tensors if f"{name}.step" in tensors}
    plain = {name: values * steps.get(name, 1) for name, values in tensors.items() if not name.endswith(".step")}
    return Net(plain, Hearing(*(int(n) for n in plain["hearing"])))

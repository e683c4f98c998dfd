"""How somebody moves, in numbers: a style code, read from any motion, captured or made.

Each number has a plain unit (weights, radians, metres, a second, a minute), so that a saved code can be read. Two codes
are compared number by number, each by what tells people apart: how much it differs between clips over how much between
the two halves of one (tools/fit_style.py measured both).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput, WrongUse
from mien.core.files import atomic_output
from mien.core.retarget import retargeted
from mien.core.rig import ARKIT, Motion

Array = npt.NDArray[np.float64]

KIND = "mien.code/2"
RATE = 25
SCALE = Path(__file__).with_name("scale.json")


def _both(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}{side}" for name in names for side in ("Left", "Right"))


MOVEMENTS: Mapping[str, tuple[str, ...]] = {
    "jaw": ("jawOpen",),
    "lower_lip": _both("mouthLowerDown"),
    "upper_lip": _both("mouthUpperUp"),
    "rounding": ("mouthPucker", "mouthFunnel"),
    "smile": _both("mouthSmile"),
    "stretch": _both("mouthStretch"),
    "dimple": _both("mouthDimple"),
    "frown": _both("mouthFrown"),
    "chin_raise": ("mouthShrugLower", "mouthShrugUpper"),
    "press": _both("mouthPress"),
    "roll": ("mouthRollLower", "mouthRollUpper"),
    "brows_up": ("browInnerUp", *_both("browOuterUp")),
    "brows_down": _both("browDown"),
    "squint": _both("eyeSquint"),
    "cheeks": _both("cheekSquint"),
    "sneer": _both("noseSneer"),
    "wide": _both("eyeWide"),
}
"""What is read as one: the mean of these channels. Its ``reach`` is its standard deviation, its ``rest`` its mean."""

SKEWED = {
    "lower_lip": "mouthLowerDown", "upper_lip": "mouthUpperUp", "smile": "mouthSmile", "brows_up": "browOuterUp",
    "brows_down": "browDown", "mouth": "mouth", "jaw": "jaw",
}  # fmt: skip
"""``skew``: how much more the own left does of each, in the mean."""

TURNS = ("headPitch", "headYaw", "headRoll", "headX", "headY", "headZ", "gazePitch", "gazeYaw")
"""``reach`` of each, and ``speed`` of the angles: the mean of its size a second."""

ANGLES = ("headPitch", "headYaw", "headRoll", "gazePitch", "gazeYaw")

SMOOTH = np.hanning(7)[1:-1] / np.hanning(7)[1:-1].sum()
"""Over 0.2 s, as tracked faces are smoothed: made and captured motion are then alike in what trembles."""

SHORTEST = 0.8
"""Seconds of a face from which anything is read."""

SHUT, LONGEST = 0.25, 0.8
"""A blink rises this far above the lids' median, for at most so many seconds."""

HELD = 30
"""Percentile of the lids' closure at which they are held between blinks."""


@dataclass(frozen=True)
class Code:
    """A style in numbers. numbers : "reach.jaw" -> 0.12 …, all of NAMES; seconds : of motion it was read from"""

    numbers: Mapping[str, float]
    seconds: float = 0.0

    def __post_init__(self) -> None:
        missing = [name for name in NAMES if name not in self.numbers]
        if missing:
            raise BadInput(f"a style code needs {len(NAMES)} numbers; missing: {', '.join(missing[:4])}")
        object.__setattr__(self, "numbers", MappingProxyType({n: float(self.numbers[n]) for n in NAMES}))

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]

    def save(self, path: str | Path) -> None:
        """As TOML, a section a kind of number."""
        lines = [f'kind = "{KIND}"', f"seconds = {self.seconds:.3f}"]
        for kind in KINDS:
            lines += ["", f"[{kind}]"]
            lines += [f"{n.partition('.')[2]} = {v:.6g}" for n, v in self.numbers.items() if n.startswith(f"{kind}.")]
        with atomic_output(Path(path)) as temporary:
            temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")

    @classmethod
    def from_table(cls, table: Mapping[str, object], name: str) -> Code:
        """From a file's content. Errors: BadInput when a number is missing or none."""
        if table.get("kind") != KIND:
            raise BadInput(f"{name} is no style code: wanted kind {KIND!r}, found {table.get('kind')!r}")
        try:
            numbers = {f"{k}.{n}": float(v) for k in KINDS for n, v in table[k].items()}  # type: ignore[attr-defined]
            code = cls(numbers, float(table["seconds"]))  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(f"{name} is not a style code mien can read: {error}") from None
        if not np.isfinite([*code.numbers.values()]).all():
            raise BadInput(f"{name} holds a value that is not a number")
        return code


def load_code(path: str | Path) -> Code:
    """A saved code. Errors: BadInput."""
    return Code.from_table(read_toml(path), Path(path).name)


def read_toml(path: str | Path) -> dict[str, object]:
    """A TOML file of any kind. Errors: BadInput."""
    path = Path(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"no such file: {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {path}: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} is not TOML: {error}") from None


def code_from_motion(motion: Motion) -> Code:
    """What a stretch of motion shows of a style; of captured motion without what a tracker adds.

    Brows, cheeks and lids that are drawn still are seen to tremble, most of all in a talking face.
    Errors: BadInput for less than SHORTEST seconds of a face.
    """
    code = measured(motion)
    return Code(as_drawn(code.numbers, seen_in_addition()), code.seconds) if "confidence" in motion.rig else code


def measured(motion: Motion) -> Code:
    """The numbers of the motion as it is; of a captured one, of the frames in which a face was seen.

    Errors: BadInput for less than SHORTEST seconds of a face.
    """
    seen = motion["confidence"] > 0.3 if "confidence" in motion.rig else np.ones(len(motion), bool)
    if seen.sum() < SHORTEST * motion.rate:
        raise BadInput(
            f"a style is read from {SHORTEST:g} s of a face at least, here are {float(seen.sum() / motion.rate):.1f}"
        )
    whole = retargeted(motion.with_values(motion.values[seen]), ARKIT).resample(RATE)
    values = whole.values.astype(np.float64)
    smooth = np.stack([np.convolve(v, SMOOTH, "valid") for v in values.T], axis=1)
    columns = {name: smooth[:, i] for i, name in enumerate(whole.rig.names)}
    lids = (whole["eyeBlinkLeft"] + whole["eyeBlinkRight"]).astype(np.float64) / 2
    numbers: dict[str, float] = {}
    for name, channels in MOVEMENTS.items():
        curve = np.mean([columns[c] for c in channels], axis=0)
        numbers[f"reach.{name}"], numbers[f"rest.{name}"] = curve.std(), curve.mean()
    for name, channel in SKEWED.items():
        numbers[f"skew.{name}"] = (columns[f"{channel}Left"] - columns[f"{channel}Right"]).mean() / 2
    for name in TURNS:
        numbers[f"reach.{name}"] = columns[name].std()
        if name in ANGLES:
            numbers[f"speed.{name}"] = np.abs(np.diff(columns[name])).mean() * RATE
    numbers["rest.lids"] = float(np.percentile(lids, HELD))
    numbers["rate.blinks"] = 60 * blinks_in(lids) / whole.seconds
    return Code(numbers, whole.seconds)


def as_drawn(numbers: Mapping[str, float], more: Mapping[str, float]) -> dict[str, float]:
    """Captured numbers without ``more`` that a tracker adds: of what moves in squares, as it is of what rests."""
    return {name: _without(name, value, more[name]) for name, value in numbers.items()}


def _without(name: str, value: float, more: float) -> float:
    if name.startswith(MOVING):
        return float(np.sqrt(max(value**2 - more**2, 0.0)))
    return max(value - more, 0.0) if name.startswith("rest.") else value


def blinks_in(lids: Array) -> int:
    """How many times the lids shut and open. lids : (n,) closure at RATE"""
    shut = np.concatenate([[False], lids > np.median(lids) + SHUT, [False]])
    starts, stops = np.flatnonzero(shut[1:] & ~shut[:-1]), np.flatnonzero(~shut[1:] & shut[:-1])
    return int(((stops - starts) <= LONGEST * RATE).sum())


KINDS = ("reach", "rest", "skew", "speed", "rate")
MOVING = ("reach.", "speed.")
NAMES = (
    *(f"{kind}.{name}" for name in MOVEMENTS for kind in ("reach", "rest")),
    *(f"skew.{name}" for name in SKEWED),
    *(f"reach.{name}" for name in TURNS),
    *(f"speed.{name}" for name in ANGLES),
    "rest.lids",
    "rate.blinks",
)

# --- how alike two are ----------------------------------------------------------------------------

FLOORS = {"reach": 0.02, "turn": 0.005, "speed": 0.03}
"""What is added before a logarithm: about what a tracker trembles by."""


def felt(code: Code) -> Array:
    """(k,) the numbers as they are told apart: reaches and speeds by ratio, rests and rates by their square roots."""
    return np.array([_felt(name, value) for name, value in code.numbers.items()])


def _felt(name: str, value: float) -> float:
    kind, _, what = name.partition(".")
    if kind in ("reach", "speed"):
        return float(np.log(max(value, 0.0) + FLOORS["turn" if kind == "reach" and what in TURNS else kind]))
    return float(np.sign(value) * np.sqrt(abs(value)))


@cache
def _measured() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = json.loads(SCALE.read_text())
    return table


def seen_in_addition() -> Mapping[str, float]:
    """What of each number a tracker adds to motion that mien draws (tools/fit_style.py)."""
    return _measured()["seen in addition"]


def scale() -> tuple[Array, Array]:
    """(k,) how much each felt number differs between the halves of a clip, and how much more between clips."""
    table = _measured()
    return np.array([table["within"][n] for n in NAMES]), np.array([table["between"][n] for n in NAMES])


def weights(within: Array, between: Array) -> Array:
    """(k,) of squared differences: in units of the noise, times the share of what is seen that is no noise."""
    return np.asarray(between**2 / (within**2 * (within**2 + between**2)))


def distance(a: Code, b: Code) -> float:
    """How unlike two styles are; about 1 between the halves of one clip."""
    within, between = scale()
    each = weights(within, between)
    share = each * within**2
    return float(np.sqrt((each * (felt(a) - felt(b)) ** 2).sum() / (2 * share.sum())))


def blended_codes(codes: Iterable[tuple[Code, float]]) -> Code:
    """Between codes: reaches, speeds and rates by their weighted geometric mean, the others by the arithmetic one.

    Errors: WrongUse without a weight above 0.
    """
    given = [(code, weight) for code, weight in codes if weight > 0]
    total = sum(weight for _, weight in given)
    if not given:
        raise WrongUse("a blend of styles needs at least one weight above 0")
    numbers = {}
    for name in NAMES:
        values, parts = np.array([c[name] for c, _ in given]), np.array([w / total for _, w in given])
        if name.partition(".")[0] in ("reach", "speed", "rate"):
            numbers[name] = float(np.exp(parts @ np.log(np.maximum(values, 1e-6))))
        else:
            numbers[name] = float(parts @ values)
    return Code(numbers, sum(c.seconds for c, _ in given))

"""mien train lips: fits the network that hears what the mouth does (mien/generators/heard_net.py), in plain numpy.

The loss is that of a trial (docs/lips.md): squared error of the curve and of its changes, and how far both are from
correlating; AdamW (Loshchilov & Hutter 2019) with a cosine schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.evaluation.curves import mouth_of_clip, seen
from mien.evaluation.data import Clip, Data
from mien.face.landmarks import Face
from mien.generators.heard_lightly import heard_lightly
from mien.generators.heard_net import (
    AT_LEISURE,
    KIND,
    MEASURES,
    MODEL,
    OUTPUTS,
    RATE,
    SAMPLES,
    SPREADS,
    Hearing,
    features,
    moved,
)
from mien.language.mel import BANDS
from mien.trackers.channels import motion_from_rows
from mien.trackers.landmarks import Reader
from mien.training.model import DATA, FOLDS, card_of, enough, fit_folds, save
from mien.training.roughened import roughened

Floats = npt.NDArray[np.float32]
Tensors = dict[str, Floats]

SUREST = 5.0
"""SyncNet's confidence from which a generated clip is believed."""

NAMES = (*OUTPUTS, *MEASURES, "pucker score")
"""What is learned; the last for what it teaches alone, and thrown away."""

WEIGHT = {"aperture": 2.0, "width": 2.0, "pucker score": 2.0, "jaw": 2.0}

SHUT, RESTING = 0.05, 0.1
"""Quantile of a clip's openings that is taken for shut, and share of its frames, the most shut, that show its rest."""

FIT_STEPS = 10
"""Of progress that one network is, a clip that is read being one."""

HIDDEN, KEPT, NETS = 48, 96, 4
EPOCHS, RATE_OF_LEARNING, DECAY, DROPPED = 40, 2e-3, 1e-2, 0.25

CHANGING = 0.3
"""Weight of how little the changes correlate."""

ROUGH, AS_IT_IS = 8, 0.3
"""Roughened versions of each clip, and how often the clip itself is taken."""

EPOCHS_BEFORE, FURTHEST, DEARER = 15, 2, 0.02
"""The rounds of a first network that says where each clip's pictures belong, how many frames they may be moved, and by
how much r must rise for one: the offsets of generated clips are known as one for all of them."""

LARGER = 1.25
"""By which what comes out is spread: a mean over what could have been said moves too little."""

FINEST = 1e-6
"""Step of weights that are all 0: half precision still holds it."""

Taken = tuple[Floats, Floats, Floats]
"""heard (frames, f), wanted (frames, NAMES), known (frames,) of one version of a clip."""


@dataclass(frozen=True, eq=False)
class Example:
    """One clip. heard : (frames, f), each as its own window heard it

    wanted : (frames, NAMES) z-scores; known : (frames,) 0..1; rough : the same of its roughened versions

    middle, spread : (NAMES,) of the clip's own
    """

    id: str
    group: str
    heard: Floats
    wanted: Floats
    known: Floats
    middle: Floats
    spread: Floats
    rough: tuple[Taken, ...] = ()

    @property
    def versions(self) -> list[Taken]:
        return [(self.heard, self.wanted, self.known), *self.rough]


def train_lips(
    folder: str | Path | None = None,
    output: str | Path = MODEL,
    *,
    hearing: Hearing = AT_LEISURE,
    seed: int = 0,
    progress: Callable[[float, float | None], None] | None = None,
) -> Path:
    """Fit on every clip that may be fitted on, and once without each fold, so that any clip can be asked about unheard.

    hearing : how much of past and future it has; without layers of Whisper it hears bands alone, as a LightEar does
    The others as for train_sync(). Errors: BadInput where there are too few clips.
    """
    data = Data(folder)
    clips = [c for source in DATA for c in data.found[source].clips if c.confidence is None or c.confidence >= SUREST]
    tell = progress or (lambda done, of: None)
    steps = len(clips) + FIT_STEPS * (FOLDS + 1)
    examples = []
    for i, clip in enumerate(clips):
        tell(i, steps)
        try:
            examples.append(example(clip, hearing, np.random.default_rng([seed, i])))
        except BadInput:  # hardly a face, one from the side, no sound: it teaches nothing
            continue
    enough(examples, "lips")
    tensors, folds = fit_folds(
        examples,
        lambda chosen: packed(fitted(chosen, seed, hearing)),
        seed,
        lambda n: tell(len(clips) + FIT_STEPS * n, steps),
    )
    heard = "Whisper's states and log-mel" if hearing.layers else "log-mel"
    what = f"articulators from {heard}, the mean of temporal convolutions"
    config = asdict(hearing) | {
        "hidden": HIDDEN, "kept": KEPT if hearing.layers else 0, "nets": NETS, "epochs": EPOCHS, "rough": ROUGH,
        "larger": LARGER,
    }  # fmt: skip
    return save(Path(output), tensors, card_of(KIND, what, examples, folds, seed, config))


def packed(tensors: Tensors) -> dict[str, npt.NDArray[Any]]:
    """Weights in a byte each, in steps of each column's own size; all else in half the bytes of before."""
    out: dict[str, npt.NDArray[Any]] = {}
    for name, values in tensors.items():
        if not name.endswith("weight"):
            out[name] = values.astype(np.float16)
            continue
        step = np.maximum(np.abs(values).max(axis=-2, keepdims=True) / 127, FINEST).astype(np.float16)
        out[name] = np.clip(np.round(values / step), -127, 127).astype(np.int8)
        out[f"{name}.step"] = step
    return out


def example(clip: Clip, hearing: Hearing = AT_LEISURE, chance: np.random.Generator | None = None) -> Example:
    """With roughened versions if there is ``chance``. Errors: BadInput for a clip without a mouth to be measured."""
    mouth, face = mouth_of_clip(clip.path), seen(clip.path)
    reader = Reader(0)
    for i, points in enumerate(face.points):
        one = Face(points.astype(np.float32), 1.0)
        one.__dict__["scores"] = {name: float(values[i]) for name, values in face.scores.items()}
        reader.read(one)
    motion = motion_from_rows(reader.rows(), Fraction(RATE), 0, None)

    def both(name: str) -> Floats:
        return np.asarray((motion[f"{name}Left"] + motion[f"{name}Right"]) / 2)

    own = {
        "jaw": motion["jawOpen"], "lower": both("mouthLowerDown"), "upper": both("mouthUpperUp"),
        "spread": both("mouthStretch") / 0.65 * 0.5 + both("mouthSmile") / 0.25 * 0.15,
        "pucker": motion["mouthPucker"], "funnel": motion["mouthFunnel"],
    }  # fmt: skip
    still = np.argsort(mouth.aperture, kind="stable")[: max(1, round(RESTING * len(mouth.aperture)))]
    curves = {
        "aperture": np.maximum(mouth.aperture - np.quantile(mouth.aperture, SHUT), 0),
        "width": mouth.width - mouth.width[still].mean(),
        "pucker score": mouth.pucker,
    }
    values = np.stack([(own | curves)[name] for name in NAMES], axis=1)
    middle, spread = values.mean(0), values.std(0)
    z = ((values - middle) / (spread + 1e-4)).astype(np.float32)
    hear = heard_in if hearing.layers else heard_lightly
    heard = hear(clip.audio.values, hearing)
    at = np.arange(len(heard)) + clip.offset
    wanted, known = at_moments(z, at)
    rough = () if chance is None else tuple(rough_version(clip, z, hearing, chance, hear) for _ in range(ROUGH))
    return Example(
        clip.id, clip.speaker, heard, wanted, known, middle.astype(np.float32), spread.astype(np.float32), rough
    )


def rough_version(
    clip: Clip, z: Floats, hearing: Hearing, chance: np.random.Generator, hear: Callable[[Floats, Hearing], Floats]
) -> Taken:
    """A roughened version, windows beginning elsewhere in it. z : (frames, NAMES) of the pictures"""
    sound, speed = roughened(clip.audio.values, chance)
    later = int(chance.integers(hearing.block))
    heard = hear(np.concatenate([np.zeros(later * SAMPLES, np.float32), sound]), hearing)[later:]
    return (heard, *at_moments(z, (np.arange(len(heard)) + 0.5) * speed - 0.5 + clip.offset))


def at_moments(z: Floats, at: npt.NDArray[np.number]) -> tuple[Floats, Floats]:
    """(n, c) the curves between frames, 0 where there are none, and (n,) whether there are some. z : (frames, c)"""
    known = (at >= 0) & (at <= len(z) - 1)
    first = np.clip(np.floor(at).astype(int), 0, len(z) - 1)
    part = (at - first)[:, None]
    values = z[first] * (1 - part) + z[np.minimum(first + 1, len(z) - 1)] * part
    return np.where(known[:, None], values, 0).astype(np.float32), known.astype(np.float32)


def heard_in(samples: npt.NDArray[np.floating], how: Hearing = AT_LEISURE) -> Floats:
    """(frames, f) of a whole recording, silence before and after it."""
    count = int(np.ceil(len(samples) / SAMPLES / how.block))
    padded = np.zeros((how.before + count * how.block + how.after) * SAMPLES, np.float32)
    padded[how.before * SAMPLES :][: len(samples)] = samples[: count * how.block * SAMPLES]
    starts = np.arange(count) * how.block * SAMPLES
    return np.concatenate(
        [features(padded[start : start + how.length * SAMPLES], how.layers)[how.own] for start in starts]
    )


def fitted(examples: Sequence[Example], seed: int, hearing: Hearing = AT_LEISURE) -> Tensors:
    """The tensors of NETS networks, side by side."""
    wide = max(0, examples[0].heard.shape[1] - 2 * BANDS)
    states = np.concatenate([e.heard[:, :wide] for e in examples])
    mean, white = basis_of(states)

    def seen_by_net(heard: Floats) -> Floats:
        """Whisper's states on their principal components, each of variance 1, beside the bands."""
        seen = np.concatenate([(heard[:, :wide] - mean) @ white, heard[:, wide:]], axis=1)
        return moved(seen, -hearing.told)

    ready = [[(seen_by_net(heard), wanted, known) for heard, wanted, known in e.versions] for e in examples]
    first = descended(ready, EPOCHS_BEFORE, hearing, np.random.default_rng([seed, NETS]))
    ready = [in_time(versions, first, hearing) for versions in ready]
    nets = [descended(ready, EPOCHS, hearing, np.random.default_rng([seed, k])) for k in range(NETS)]
    n = len(OUTPUTS) + len(MEASURES)
    # from each state in its own measure, so that a byte is enough for every weight
    spread = np.concatenate([states.std(0) + 1e-6, np.ones(2 * BANDS)]).astype(np.float32)
    return {
        "in.middle": np.concatenate([mean, np.zeros(2 * BANDS)]).astype(np.float32),
        "in.spread": spread,
        **({"basis.weight": spread[:wide, None] * white} if wide else {}),
        "in.weight": np.concatenate([net["in.weight"] for net in nets], axis=1),
        "in.bias": np.concatenate([net["in.bias"] for net in nets]),
        **{
            name: np.stack([net[name] for net in nets], axis=1 if name.endswith("weight") else 0)
            for i in range(len(SPREADS))
            for name in (f"{i}.weight", f"{i}.bias")
        },
        "out.weight": np.stack([net["out.weight"][:, :n] for net in nets]),
        "out.bias": np.stack([net["out.bias"][:n] for net in nets]),
        "out.middle": np.mean([e.middle[:n] for e in examples], axis=0).astype(np.float32),
        "out.spread": (LARGER * np.mean([e.spread[:n] for e in examples], axis=0)).astype(np.float32),
        "hearing": np.array(astuple(hearing), np.float32),
    }


def in_time(versions: list[Taken], net: Tensors, hearing: Hearing) -> list[Taken]:
    """The pictures of a clip moved to where its sound says that they belong."""
    heard, wanted, known = versions[0]
    made, _ = forward(net, heard, hearing)
    judged = [NAMES.index(name) for name in MEASURES]

    def fits(by: int) -> float:
        both = (known * moved(known[:, None], by)[:, 0]) > 0
        there = moved(wanted, by)
        r = [np.corrcoef(made[both, c], there[both, c])[0, 1] for c in judged]
        return float(sum(r)) - DEARER * abs(by)

    by = max(range(-FURTHEST, FURTHEST + 1), key=fits)
    return [(x, moved(w, by), (k * moved(k[:, None], by)[:, 0]).astype(np.float32)) for x, w, k in versions]


def basis_of(states: Floats) -> tuple[Floats, Floats]:
    """The mean of Whisper's states, (n, f), and the principal components, (f, KEPT), each to have variance 1.

    None of either where none were listened to.
    """
    mean = states.mean(0)
    if not mean.size:
        return mean, np.zeros((0, 0), np.float32)
    _, size, axes = np.linalg.svd(states - mean, full_matrices=False)
    return mean, (axes[:KEPT].T / (size[:KEPT] / np.sqrt(len(states)))).astype(np.float32)


def started(inputs: int, outputs: int, chance: np.random.Generator) -> Tensors:
    """Weights before training (He et al. 2015)."""

    def normal(*shape: int, fan: int) -> Floats:
        return chance.normal(0, np.sqrt(2 / fan), shape).astype(np.float32)

    out = {"in.weight": normal(inputs, HIDDEN, fan=2 * inputs), "in.bias": np.zeros(HIDDEN, np.float32)}
    for i in range(len(SPREADS)):
        out[f"{i}.weight"] = normal(3, HIDDEN, HIDDEN, fan=3 * HIDDEN)
        out[f"{i}.bias"] = np.zeros(HIDDEN, np.float32)
    return out | {
        "out.weight": normal(HIDDEN, outputs, fan=2 * HIDDEN), "out.bias": np.zeros(outputs, np.float32)
    }  # fmt: skip


def descended(ready: Sequence[list[Taken]], epochs: int, hearing: Hearing, chance: np.random.Generator) -> Tensors:
    """One network, trained a version of a clip at a time."""
    tensors = started(ready[0][0][0].shape[1], len(NAMES), chance)
    weight = np.array([WEIGHT.get(name, 1.0) for name in NAMES], np.float32)
    first, second = ({k: np.zeros_like(v) for k, v in tensors.items()} for _ in range(2))
    steps = epochs * len(ready)
    step = 0
    for _ in range(epochs):
        for i in chance.permutation(len(ready)):
            versions = ready[int(i)]
            plain = len(versions) == 1 or chance.random() < AS_IT_IS
            x, wanted, known = versions[0 if plain else 1 + int(chance.integers(len(versions) - 1))]
            made, kept = forward(tensors, x, hearing, chance)
            gradients = backward(tensors, loss_slope(made, wanted, known, weight), kept, hearing)
            step += 1
            size = np.sqrt(sum(float((g**2).sum()) for g in gradients.values()))
            rate = RATE_OF_LEARNING * min(1, step / 100) * 0.5 * (1 + np.cos(np.pi * step / steps))
            for name, gradient in gradients.items():
                g = gradient * min(1.0, 1 / (size + 1e-6))
                first[name] = 0.9 * first[name] + 0.1 * g
                second[name] = 0.99 * second[name] + 0.01 * g**2
                move = first[name] / (1 - 0.9**step) / (np.sqrt(second[name] / (1 - 0.99**step)) + 1e-8)
                if name.endswith("weight"):
                    move = move + DECAY * tensors[name]
                tensors[name] = (tensors[name] - rate * move).astype(np.float32)
    return tensors


def loss_slope(made: Floats, wanted: Floats, known: Floats, weight: Floats) -> Floats:
    """d loss / d made, (n, c), of the frames that are known: squared error and ½ (1 - r), of the curves; squared error
    and CHANGING (1 - r), of their changes."""
    n = known.sum()
    follows = (known[1:] * known[:-1])[:, None]
    error = (made - wanted) * known[:, None]
    slope = 2 * error / n
    a, b = ((v - (v * known[:, None]).sum(0) / n) * known[:, None] for v in (made, wanted))
    slope += 0.5 * unlike_slope(a, b)
    moves, wanted_moves = (np.diff(v, axis=0) * follows for v in (a, b))
    change = 2 * np.diff(error, axis=0) * follows / n + CHANGING * unlike_slope(moves, wanted_moves)
    change *= follows
    slope[1:] += change
    slope[:-1] -= change
    return np.asarray(slope * known[:, None] * weight, np.float32)


def unlike_slope(a: Floats, b: Floats) -> Floats:
    """d (1 - r) / d a, (n, c), for columns whose means are 0."""
    size_a, size_b = (np.sqrt((v**2).sum(0)) + 1e-6 for v in (a, b))
    r = (a * b).sum(0) / (size_a * size_b)
    return np.asarray(r * a / size_a**2 - b / (size_a * size_b), np.float32)


Kept = dict[str, Floats]


def forward(
    tensors: Tensors, x: Floats, hearing: Hearing, chance: np.random.Generator | None = None
) -> tuple[Floats, Kept]:
    """(n, c) for (n, f), some of it dropped by chance (Srivastava et al. 2014), and what backward() needs."""

    def dropped(*shape: int) -> Floats:
        if chance is None:
            return np.ones(shape, np.float32)
        return ((chance.random(shape, np.float32) > DROPPED) / (1 - DROPPED)).astype(np.float32)

    x = x * dropped(x.shape[-1])
    hidden = np.maximum(x @ tensors["in.weight"] + tensors["in.bias"], 0)
    kept: Kept = {"x": x, "in": hidden}
    for i in range(len(SPREADS)):
        taps = taps_of(hidden, i, hearing)
        total = sum((tap @ w for tap, w in zip(taps, tensors[f"{i}.weight"], strict=True)), tensors[f"{i}.bias"])
        mask = dropped(*total.shape) * (total > 0)
        kept |= {f"{i}.in": hidden, f"{i}.mask": mask}
        hidden = hidden + total * mask
    kept["out"] = hidden
    return hidden @ tensors["out.weight"] + tensors["out.bias"], kept


def taps_of(hidden: Floats, layer: int, hearing: Hearing) -> list[Floats]:
    """What a layer looks at: (n, HIDDEN) three times, at its distances."""
    return [moved(hidden, (tap - hearing.around) * SPREADS[layer]) for tap in range(3)]


def backward(tensors: Tensors, slope: Floats, kept: Kept, hearing: Hearing) -> Tensors:
    """Gradients of all tensors, by the chain rule."""

    out = {"out.weight": kept["out"].T @ slope, "out.bias": slope.sum(0)}
    down = slope @ tensors["out.weight"].T
    for i in reversed(range(len(SPREADS))):
        through = down * kept[f"{i}.mask"]
        weight = tensors[f"{i}.weight"]
        out[f"{i}.weight"] = np.stack([tap.T @ through for tap in taps_of(kept[f"{i}.in"], i, hearing)])
        out[f"{i}.bias"] = through.sum(0)
        for tap in range(3):
            down = down + moved(through @ weight[tap].T, (hearing.around - tap) * SPREADS[i])
    down = down * (kept["in"] > 0)
    return out | {"in.weight": kept["x"].T @ down, "in.bias": down.sum(0)}

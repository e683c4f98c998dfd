"""mien train lips: fits the network that hears what the mouth does (mien/generators/heard_net.py), in plain numpy.

The loss is that of a trial (docs/lips.md): squared error, how far the curve is from correlating, and
squared error of the changes; AdamW (Loshchilov & Hutter 2019) with a cosine schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass
from fractions import Fraction
from pathlib import Path

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
    delayed,
    features,
    sooner,
    states_wide,
)
from mien.language.whisper import WIDTH
from mien.trackers.channels import motion_from_rows
from mien.trackers.landmarks import Reader
from mien.training.model import DATA, FOLDS, card_of, enough, fit_folds, save

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

HIDDEN, KEPT = 64, 96
EPOCHS, RATE_OF_LEARNING, DECAY, DROPPED = 40, 2e-3, 1e-2, 0.15

LARGER = 1.15
"""By which what comes out is spread: a mean over what could have been said moves too little."""


@dataclass(frozen=True, eq=False)
class Example:
    """One clip. heard : (frames, f), each as its own window heard it

    wanted : (frames, NAMES) z-scores; known : (frames,) 0..1

    middle, spread : (NAMES,) of the clip's own
    """

    id: str
    group: str
    heard: Floats
    wanted: Floats
    known: Floats
    middle: Floats
    spread: Floats


def train_lips(
    folder: str | Path | None = None,
    output: str | Path = MODEL,
    *,
    hearing: Hearing = AT_LEISURE,
    lightly: bool = False,
    seed: int = 0,
    progress: Callable[[float, float | None], None] | None = None,
) -> Path:
    """Fit on every clip that may be fitted on, and once without each fold, so that any clip can be asked about unheard.

    hearing : how much of past and future it has
    lightly : from bands alone, without Whisper
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
            examples.append(example(clip, hearing, lightly=lightly))
        except BadInput:  # hardly a face, one from the side, no sound: it teaches nothing
            continue
    enough(examples, "lips")
    tensors, folds = fit_folds(
        examples,
        lambda chosen: halved(fitted(chosen, seed, hearing)),
        seed,
        lambda n: tell(len(clips) + FIT_STEPS * n, steps),
    )
    heard = "log-mel" if lightly else "Whisper's states and log-mel"
    what = f"articulators from {heard}, causal temporal convolution"
    config = asdict(hearing) | {"hidden": HIDDEN, "kept": 0 if lightly else KEPT, "epochs": EPOCHS, "larger": LARGER}
    return save(Path(output), tensors, card_of(KIND, what, examples, folds, seed, config))


def halved(tensors: Tensors) -> dict[str, npt.NDArray[np.float16]]:
    """In half the bytes, which costs nothing that could be measured."""
    return {name: values.astype(np.float16) for name, values in tensors.items()}


def example(clip: Clip, hearing: Hearing = AT_LEISURE, *, lightly: bool = False) -> Example:
    """Errors: BadInput for a clip that shows no mouth to be measured."""
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
    heard = (heard_lightly if lightly else heard_in)(clip.audio.values, hearing)
    count = len(heard)
    at = np.arange(count) + clip.offset
    known = (at >= 0) & (at < len(z))
    wanted = np.where(known[:, None], z[np.clip(at, 0, len(z) - 1)], 0).astype(np.float32)
    return Example(
        clip.id, clip.speaker, heard, wanted, known.astype(np.float32), middle.astype(np.float32),
        spread.astype(np.float32),
    )  # fmt: skip


def heard_in(samples: npt.NDArray[np.floating], how: Hearing = AT_LEISURE) -> Floats:
    """(frames, f) of a whole recording, silence before and after it."""
    count = int(np.ceil(len(samples) / SAMPLES / how.block))
    padded = np.zeros((how.before + count * how.block + how.after) * SAMPLES, np.float32)
    padded[how.before * SAMPLES :][: len(samples)] = samples[: count * how.block * SAMPLES]
    starts = np.arange(count) * how.block * SAMPLES
    return np.concatenate([features(padded[start : start + how.length * SAMPLES])[how.own] for start in starts])


def fitted(examples: Sequence[Example], seed: int, hearing: Hearing = AT_LEISURE) -> Tensors:
    """The tensors of one network."""
    chance = np.random.default_rng(seed)
    basis = (
        {} if examples[0].heard.shape[1] < WIDTH else basis_of(np.concatenate([e.heard[:, :WIDTH] for e in examples]))
    )
    ready = [(sooner(states_wide(e.heard, basis), hearing.told), e.wanted, e.known) for e in examples]
    tensors = started(ready[0][0].shape[1], len(NAMES), chance)
    descend(tensors, ready, chance)
    n = len(OUTPUTS) + len(MEASURES)
    return {
        **tensors,
        "out.weight": tensors["out.weight"][:, :n],
        "out.bias": tensors["out.bias"][:n],
        "out.middle": np.mean([e.middle[:n] for e in examples], axis=0).astype(np.float32),
        "out.spread": (LARGER * np.mean([e.spread[:n] for e in examples], axis=0)).astype(np.float32),
        "hearing": np.array(astuple(hearing), np.float32),
    } | basis


def basis_of(states: Floats) -> Tensors:
    """The principal components of Whisper's states, (n, WIDTH), each to have variance 1."""
    mean = states.mean(0)
    _, size, axes = np.linalg.svd(states - mean, full_matrices=False)
    white = (axes[:KEPT].T / (size[:KEPT] / np.sqrt(len(states)))).astype(np.float32)
    return {"states.mean": mean.astype(np.float32), "states.white": white}


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


def descend(tensors: Tensors, examples: Sequence[tuple[Floats, Floats, Floats]], chance: np.random.Generator) -> None:
    """Train in place, a clip at a time."""
    weight = np.array([WEIGHT.get(name, 1.0) for name in NAMES], np.float32)
    first, second = ({k: np.zeros_like(v) for k, v in tensors.items()} for _ in range(2))
    steps = EPOCHS * len(examples)
    step = 0
    for _ in range(EPOCHS):
        for i in chance.permutation(len(examples)):
            x, wanted, known = examples[int(i)]
            made, kept = forward(tensors, x, chance)
            gradients = backward(tensors, loss_slope(made, wanted, known, weight), kept)
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


def loss_slope(made: Floats, wanted: Floats, known: Floats, weight: Floats) -> Floats:
    """d loss / d made, (n, c), of the frames that are known: squared error, ½ (1 - r), squared error of the changes."""
    n = known.sum()
    error = (made - wanted) * known[:, None]
    slope = 2 * error / n
    change = np.diff(error, axis=0)
    slope[1:] += 2 * change / n
    slope[:-1] -= 2 * change / n
    a, b = ((v - (v * known[:, None]).sum(0) / n) * known[:, None] for v in (made, wanted))
    size_a, size_b = (np.sqrt((v**2).sum(0)) + 1e-6 for v in (a, b))
    r = (a * b).sum(0) / (size_a * size_b)
    slope -= 0.5 * (b / (size_a * size_b) - r * a / size_a**2)
    return np.asarray(slope * known[:, None] * weight, np.float32)


Kept = dict[str, Floats]


def forward(tensors: Tensors, x: Floats, chance: np.random.Generator) -> tuple[Floats, Kept]:
    """(n, c) for (n, f), some of it dropped by chance (Srivastava et al. 2014), and what backward() needs."""

    def dropped(*shape: int) -> Floats:
        return ((chance.random(shape) > DROPPED) / (1 - DROPPED)).astype(np.float32)

    x = x * dropped(x.shape[-1])
    hidden = np.maximum(x @ tensors["in.weight"] + tensors["in.bias"], 0)
    kept: Kept = {"x": x, "in": hidden}
    for i, spread in enumerate(SPREADS):
        weight = tensors[f"{i}.weight"]
        total = sum(delayed(hidden, tap * spread) @ weight[tap] if tap else hidden @ weight[0] for tap in range(3))
        total = total + tensors[f"{i}.bias"]
        mask = dropped(*total.shape) * (total > 0)
        kept |= {f"{i}.in": hidden, f"{i}.mask": mask}
        hidden = hidden + total * mask
    kept["out"] = hidden
    return hidden @ tensors["out.weight"] + tensors["out.bias"], kept


def backward(tensors: Tensors, slope: Floats, kept: Kept) -> Tensors:
    """Gradients of all tensors, by the chain rule."""

    out = {"out.weight": kept["out"].T @ slope, "out.bias": slope.sum(0)}
    down = slope @ tensors["out.weight"].T
    for i in reversed(range(len(SPREADS))):
        through = down * kept[f"{i}.mask"]
        hidden, weight = kept[f"{i}.in"], tensors[f"{i}.weight"]
        taps = [delayed(hidden, tap * SPREADS[i]) if tap else hidden for tap in range(3)]
        out[f"{i}.weight"] = np.stack([tap.T @ through for tap in taps])
        out[f"{i}.bias"] = through.sum(0)
        for tap in range(3):
            down = down + sooner(through @ weight[tap].T, tap * SPREADS[i])
    down = down * (kept["in"] > 0)
    return out | {"in.weight": kept["x"].T @ down, "in.bias": down.sum(0)}

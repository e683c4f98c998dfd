"""Do the lips move as real ones do?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from mien.core.errors import BadInput
from mien.evaluation.curves import MEASURES, RATE, Array, Mouth, mouth_of_clip, mouth_of_motion
from mien.evaluation.data import Clip
from mien.evaluation.metrics.closure import bilabials, closures, open_vowels, share, shut_in_the_middle
from mien.evaluation.metrics.correlation import correlation, velocity_correlation
from mien.evaluation.metrics.displacement import landmark_distance, largest_squared
from mien.evaluation.metrics.lag import best_lag
from mien.evaluation.metrics.silence import silence_energy
from mien.evaluation.metrics.spread import spread_ratio
from mien.evaluation.peers.all import CAPTURED
from mien.evaluation.peers.system import CannotRun
from mien.evaluation.plot import Line, curves_over_sound
from mien.evaluation.rows import Column, Finding, Layout, Picture, Row, Skipped
from mien.evaluation.study import Study, averaged, pooled

SUITE = "lips"
LAYOUT = Layout(
    SUITE,
    "Lips",
    "Do the lips move as real ones do? r is Pearson's, against captured faces that say the same sound; "
    "names with +text were told the words, the others had the sound alone.",
    (
        Column("aperture", "aperture r", "inner-lip opening, at the clip's frozen picture-to-sound offset", "high"),
        Column("aperture lag 0", "at lag 0", "the same without the offset", "high"),
        Column("aperture best lag", "at best lag", "the same at the best lag within ±7 frames", "high"),
        Column("aperture velocity", "velocity r", "of the changes from frame to frame", "high"),
        Column("aperture spread", "spread", "standard deviation of the opening over the captured one's", "one"),
        Column("width", "width r", "distance of the corners", "high"),
        Column("pucker", "pucker r", "rounding", "high"),
        Column("lmd", "LMD %", "mean distance of 40 lip points, displacements from neutral, % of face height", "low"),
        Column("closure", "p b m shut", "share of p, b, m with a frame of the lips shut", "high"),
        Column("other consonants shut", "t d k … shut", "the same of consonants that do not ask for it: a control"),
        Column(
            "false closure", "vowels shut", "share of open vowels shut in their middle: near the captured one is right"
        ),
        Column("silence", "silence", "variance of the opening in silence over that in speech"),
    ),
)

PLOTTED = ("mien", "mien+text", "openfacefx+text", "energy")
"""Whose curves the page shows beside the captured ones."""


def measure(study: Study) -> Iterator[Finding]:
    """Rows by clip and pooled by source, and the curves over the waveform."""
    rows: list[Row] = []
    stopped: dict[str, str] = {}
    for clip in study.clips(SUITE):
        if isinstance(clip, Skipped):
            yield clip
            continue
        try:
            sound, truth = clip.audio, mouth_of_clip(clip.path)
            rows += rows_of(CAPTURED, clip, [ceilings(truth, clip)])
        except BadInput as error:
            yield Skipped(SUITE, "", f"{clip.id}: {error}")
            continue
        shown = [Line(CAPTURED, early(truth.aperture, clip.offset))]
        for system in study.systems:
            try:
                mouths = [mouth_of_motion(study.animated(system, clip, take)) for take in range(system.takes)]
            except (CannotRun, BadInput) as error:
                stopped.setdefault(system.name, str(error))
                continue
            rows += rows_of(system.name, clip, [figures(mouth, truth, clip) for mouth in mouths])
            if system.name in PLOTTED:
                shown.append(Line(system.name, mouths[0].aperture))
        yield Picture(SUITE, f"{clip.id}: opening of the lips", curves_over_sound(sound, shown, float(RATE)))
    yield from rows
    yield from pooled(rows, study.seed)
    for system_name, why in stopped.items():
        yield Skipped(SUITE, system_name, why)


def rows_of(system: str, clip: Clip, takes: list[dict[str, float]]) -> list[Row]:
    return [Row(SUITE, system, clip.id, name, value) for name, value in averaged(takes).items()]


def figures(made: Mouth, truth: Mouth, clip: Clip) -> dict[str, float]:
    """Every figure of one motion on one clip; one that cannot be told is left out."""
    found: dict[str, float] = {}
    for name in MEASURES:
        found[name] = correlation(made[name], truth[name], clip.offset)
        found[f"{name} lag 0"] = correlation(made[name], truth[name])
        found[f"{name} best lag"] = best_lag(made[name], truth[name])[1]
    found["aperture velocity"] = velocity_correlation(made.aperture, truth.aperture, clip.offset)
    found["aperture spread"] = spread_ratio(made.aperture, truth.aperture, clip.offset)
    found["lmd"] = 100 * landmark_distance(made.lips, truth.lips, clip.offset)
    found["lve"] = 1e4 * largest_squared(made.lips, truth.lips, clip.offset)
    return found | contacts(made.aperture, clip, 0)


def ceilings(truth: Mouth, clip: Clip) -> dict[str, float]:
    """What the captured face itself scores where that is not perfect by definition."""
    return contacts(truth.aperture, clip, clip.offset)


def contacts(gap: Array, clip: Clip, offset: int) -> dict[str, float]:
    rate, phones = float(RATE), clip.phones
    consonants = [p for p in phones if p.value.symbol in "t d n k ɡ s z ʃ l ɹ".split()]
    wanted: dict[str, Callable[[], float]] = {
        "closure": lambda: share(closures(gap, rate, bilabials(phones), offset)),
        "false closure": lambda: share(shut_in_the_middle(gap, rate, open_vowels(phones), offset)),
        "other consonants shut": lambda: share(closures(gap, rate, consonants, offset)),
        "silence": lambda: silence_energy(early(gap, offset), rate, phones),
    }
    found = {}
    for name, figure in wanted.items():
        try:
            found[name] = figure()
        except BadInput:  # a clip without p, b, m or without silence says nothing about them
            continue
    return found


def early(curve: Array, offset: int) -> Array:
    """A captured curve on the clock of its sound, the ends held."""
    return curve[np.clip(np.arange(len(curve)) + offset, 0, len(curve) - 1)]

"""Do the lips move as real ones do?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

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
from mien.evaluation.peers.system import CannotRun, Filmed, NoWords, System
from mien.evaluation.plot import Line, curves_over_sound
from mien.evaluation.rows import ALL_WORDS, Column, Finding, Layout, Picture, Row, Skipped
from mien.evaluation.sources import SOURCES, count, few
from mien.evaluation.study import Study, averaged, overall, pooled

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


@dataclass
class Missed:
    """What could not be measured. why : system and reason -> sources; wordless : source -> clips"""

    why: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    wordless: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, system: System, clip: Clip, error: CannotRun | BadInput) -> None:
        """A system's first reason in a source stands for the others there."""
        if isinstance(error, NoWords):
            self.wordless[clip.source] += [clip.id] * (clip.id not in self.wordless[clip.source])
        elif not any(name == system.name and clip.source in met for (name, _), met in self.why.items()):
            self.why[system.name, str(error)].append(clip.source)

    def said(self) -> Iterator[Skipped]:
        for source, clips in self.wordless.items():
            why = f"what is said in {count(clips)} is not known, so whoever is told the words has no figures there"
            yield Skipped(SUITE, "", f"{source}: {why}: {few(clips)}")
        for (name, why), sources in self.why.items():
            yield Skipped(SUITE, name, why, tuple(sources))


def measure(study: Study) -> Iterator[Finding]:
    """Rows by clip, pooled by source and over all sources, and the curves over the waveform."""
    rows: list[Row] = []
    clips: dict[str, Clip] = {}
    missed = Missed()
    for clip in study.clips(SUITE, tuple(SOURCES)):
        if isinstance(clip, Skipped):
            yield clip
            continue
        try:
            sound, truth = clip.audio, mouth_of_clip(clip.path)
            rows += rows_of(CAPTURED, clip, [ceilings(truth, clip)])
        except BadInput as error:
            yield Skipped(SUITE, "", f"{clip.id}: {error}")
            continue
        clips[clip.id] = clip
        shown = [Line(CAPTURED, early(truth.aperture, clip.offset))]
        for system in study.running(clip.source):
            try:
                mouths = [mouth_of(study, system, clip, take) for take in range(system.takes)]
                # a film is as early or late as the captured one: peers/rendered.py says how that is known
                late = clip.offset if isinstance(system, Filmed) else 0
                rows += rows_of(system.name, clip, [figures(mouth, truth, clip, late) for mouth in mouths])
            except (CannotRun, BadInput) as error:
                missed.note(system, clip, error)
                continue
            if system.name in PLOTTED:
                shown.append(Line(system.name, mouths[0].aperture))
        yield Picture(SUITE, f"{clip.id}: opening of the lips", curves_over_sound(sound, shown, float(RATE)))
    yield from rows
    speakers = {name: clip.speaker for name, clip in clips.items()}
    yield from pooled(rows, study.seed, speakers)
    yield from overall(rows, study.seed, speakers)
    if missed.wordless:
        told = [row for row in rows if clips[row.clip].text is not None]
        yield from overall(told, study.seed, speakers, ALL_WORDS)
    yield from missed.said()


def mouth_of(study: Study, system: System, clip: Clip, take: int) -> Mouth:
    """What a system does with a clip, by the one ruler. Errors: CannotRun, BadInput."""
    if isinstance(system, Filmed):
        return mouth_of_clip(system.film(clip))
    return mouth_of_motion(study.animated(system, clip, take))


def rows_of(system: str, clip: Clip, takes: list[dict[str, float]]) -> list[Row]:
    return [Row(SUITE, system, clip.id, name, value) for name, value in averaged(takes).items()]


def figures(made: Mouth, truth: Mouth, clip: Clip, late: int = 0) -> dict[str, float]:
    """Every figure of one motion on one clip; one that cannot be told is left out.

    late : frames by which what was made is itself late against the sound
    """
    found: dict[str, float] = {}
    offset = clip.offset - late
    for name in MEASURES:
        found[name] = correlation(made[name], truth[name], offset)
        found[f"{name} lag 0"] = correlation(made[name], truth[name])
        found[f"{name} best lag"] = best_lag(made[name], truth[name])[1]
    found["aperture velocity"] = velocity_correlation(made.aperture, truth.aperture, offset)
    found["aperture spread"] = spread_ratio(made.aperture, truth.aperture, offset)
    found["lmd"] = 100 * landmark_distance(made.lips, truth.lips, offset)
    found["lve"] = 1e4 * largest_squared(made.lips, truth.lips, offset)
    return found | contacts(made.aperture, clip, late)


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

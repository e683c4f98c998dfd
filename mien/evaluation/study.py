"""What a suite works with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mien.core.errors import BadInput
from mien.core.rig import Motion
from mien.evaluation.bootstrap import interval
from mien.evaluation.data import WITH_WORDS, Clip, Data
from mien.evaluation.peers.system import Filmed, System
from mien.evaluation.rows import ALL, POOLED, Finding, Row, Skipped

FAST_CLIPS = {
    "styletalk": ("feifeili_clip1", "feifeili_clip3"),
    "mocha": ("27_man_skyline_facing_camera", "38_girl_hold_a_teddy_bear"),
    "vocaset": ("FaceTalk_170809_00138_TA-sentence02",),
}
"""Of these sources a fast run takes only these clips: the shortest, or the surest in sync among those seen from
in front."""

MOST_CLIPS = {"mocha": 16}
"""Of these sources a full run takes so many clips, one of each speaker as far as that goes: more would take longer than
all others together and say hardly more."""


@dataclass(frozen=True)
class Study:
    """One run. folder : the data, None for what lies beside the checkout; fast : fewer clips; seed : of all chance"""

    systems: Sequence[System]
    folder: str | None = None
    fast: bool = False
    seed: int = 0

    @cached_property
    def _made(self) -> dict[tuple[str, str, int], Motion]:
        return {}

    def animated(self, system: System, clip: Clip, take: int = 0) -> Motion:
        """What a system does with a clip; suites that ask for the same share it. Errors: as ``System.animate``."""
        key = (system.name, clip.id, take)
        if key not in self._made:
            self._made[key] = system.animate(clip, take)
        return self._made[key]

    @cached_property
    def data(self) -> Data:
        """Errors: BadInput when there is no data folder."""
        return Data(self.folder)

    def running(self, source: str) -> list[System]:
        """The systems that have something to show for a source's clips."""
        return [s for s in self.systems if not isinstance(s, Filmed) or source in s.sources]

    def clips(self, suite: str, sources: Sequence[str] = WITH_WORDS) -> Iterator[Clip | Skipped]:
        """The talking clips, and what of them is missing."""
        for source in sources:
            found = self.data.found[source]
            if not found.clips and not found.said:
                why = f"{self.data.folder} has no {source} clips: docs/evaluate.md says what goes where"
                yield Skipped(suite, "", why)
            yield from (Skipped(suite, "", f"{source}: {sentence}") for sentence in found.said)
            only, most = FAST_CLIPS.get(source), MOST_CLIPS.get(source)
            if self.fast:
                kept = [c for c in found.clips if only is None or c.path.stem in only]
                yield from kept or found.clips[:2]
                continue
            kept = spread_out(found.clips, most)
            if len(kept) < len(found.clips):
                yield Skipped(suite, "", f"{source}: {len(kept)} of {len(found.clips)} clips taken, for time")
            yield from kept


def spread_out(clips: Sequence[Clip], most: int | None) -> list[Clip]:
    """At most so many clips, evenly from the first ones of each speaker, then from the rest; in their order."""
    if most is None or len(clips) <= most:
        return list(clips)
    firsts = list({c.speaker: c for c in reversed(clips)}.values())[::-1]
    firsts.sort(key=clips.index)
    rest = [c for c in clips if c not in firsts]
    drawn = firsts if len(firsts) <= most else evenly(firsts, most)
    return sorted([*drawn, *evenly(rest, most - len(drawn))], key=clips.index)


def evenly(clips: Sequence[Clip], count: int) -> list[Clip]:
    return [clips[i * len(clips) // count] for i in range(count)]


def pooled(rows: Iterable[Row], seed: int = 0, speakers: Mapping[str, str] | None = None) -> Iterator[Row]:
    """The mean over each source's clips, with its interval. speakers : clip -> who speaks; a clip without is alone"""
    groups: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.suite, row.system, row.clip.split("/")[0], row.metric].append(row)
    for (_, _, source, _), alike in groups.items():
        yield mean_of(alike, source, seed, speakers or {})


def overall(
    rows: Iterable[Row], seed: int = 0, speakers: Mapping[str, str] | None = None, name: str = ALL
) -> Iterator[Row]:
    """The mean over the clips of all sources, for the systems that have the figure in each: others met easier clips.

    name : what the rows' source is called. Nothing where there is one source alone.
    """
    figures: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        figures[row.suite, row.system, row.metric].append(row)
        sources[row.suite, row.metric].add(row.clip.split("/")[0])
    for (suite, _, metric), alike in figures.items():
        wanted = sources[suite, metric]
        if len(wanted) > 1 and {row.clip.split("/")[0] for row in alike} == wanted:
            yield mean_of(alike, name, seed, speakers or {})


def mean_of(rows: Sequence[Row], source: str, seed: int, speakers: Mapping[str, str]) -> Row:
    """One row for several of one system and metric."""
    values = [row.value for row in rows]
    groups = [speakers.get(row.clip, row.clip) for row in rows]
    mean = sum(values) / len(values)
    first = rows[0]
    name = f"{source}/{POOLED}"
    return Row(first.suite, first.system, name, first.metric, mean, interval(values, groups, seed=seed))


def averaged(takes: Sequence[dict[str, float]]) -> dict[str, float]:
    """Figures of several takes as one; a figure that some take lacks is left out.

    >>> averaged([{"r": 1.0, "lag": 2.0}, {"r": 0.0}])
    {'r': 0.5}
    """
    if not takes:
        raise BadInput("no take to average")
    shared = [name for name in takes[0] if all(name in take for take in takes)]
    return {name: sum(take[name] for take in takes) / len(takes) for name in shared}


def split(findings: Iterable[Finding]) -> tuple[list[Row], list[Finding]]:
    """The rows, and everything else."""
    every = list(findings)
    return [f for f in every if isinstance(f, Row)], [f for f in every if not isinstance(f, Row)]

"""What a suite works with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from mien.core.errors import BadInput
from mien.core.rig import Motion
from mien.evaluation.bootstrap import interval
from mien.evaluation.data import Clip, Data
from mien.evaluation.peers.system import System
from mien.evaluation.rows import POOLED, Finding, Row, Skipped

FAST_CLIPS = {"styletalk": ("feifeili_clip1", "feifeili_clip3")}
"""Of these sources a fast run takes only these clips: the shortest."""


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

    def clips(self, suite: str) -> Iterator[Clip | Skipped]:
        """The talking clips, and what of them is missing."""
        for source, found in self.data.clips.items():
            if not found:
                yield Skipped(
                    suite, "", f"{self.data.folder} has no {source} clips: docs/evaluate.md says what goes where"
                )
            only = FAST_CLIPS.get(source) if self.fast else None
            kept = [c for c in found if only is None or c.path.stem in only]
            yield from kept or found[:2]


def pooled(rows: Iterable[Row], seed: int = 0) -> Iterator[Row]:
    """The mean over each source's clips, with its interval."""
    groups: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for row in rows:
        groups[row.suite, row.system, row.clip.split("/")[0], row.metric].append(row.value)
    for (suite, system, source, metric), values in groups.items():
        mean = sum(values) / len(values)
        yield Row(suite, system, f"{source}/{POOLED}", metric, mean, interval(values, seed=seed))


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

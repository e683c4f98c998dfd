"""Clips whose picture and sound belong together, by a known offset: what the sync scorer learns from and is asked."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mien.core.errors import BadInput
from mien.evaluation.data import Data

MOCHA = "mocha"


@dataclass(frozen=True)
class Pair:
    """One clip.

    id         : "grid/bbaf2n"
    group      : clips that share a voice or a sound
    offset     : frames at 25 fps by which the picture is late
    confidence : SyncNet's, where the data states it
    """

    id: str
    group: str
    path: Path
    sound: Path
    offset: int
    confidence: float | None = None


def pairs(data: Data) -> list[Pair]:
    """Every clip of the folder with its sound, by name."""
    talking = [
        Pair(c.id, f"{c.source}/{c.speaker}", c.path, c.sound, c.offset)
        for source in ("grid", "styletalk")
        for c in data.clips[source]
    ]
    return sorted([*talking, *generated(data)], key=lambda pair: pair.id)


def generated(data: Data) -> Iterator[Pair]:
    """The MoCha clips that have a SyncNet confidence; all have one offset."""
    folder = data.folder / MOCHA
    scores, groups = folder / "sync_scores.csv", folder / "sound_groups.tsv"
    if not scores.is_file() or not groups.is_file():
        return
    with groups.open(encoding="utf-8") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        group = {row[0]: row[1] for row in rows if len(row) == 2}
    offset = data.offsets.get(f"{MOCHA}/*", (0, ""))[0]
    with scores.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            try:
                kind, name, confidence = row["category"], row["clip"], float(row["syncnet_confidence"])
            except (KeyError, TypeError, ValueError):
                raise BadInput(f"{scores} must have columns category, clip and syncnet_confidence") from None
            path = folder / kind / f"{name}.mp4"
            if path.is_file() and path.with_suffix(".wav").is_file():
                voice = group.get(f"{kind}_{name}", name)
                yield Pair(
                    f"{MOCHA}/{kind}/{name}", f"{MOCHA}/{voice}", path, path.with_suffix(".wav"), offset, confidence
                )

"""Where captured clips come from: one function per source of the data folder, each saying what it left out and why.

A file that is there but broken is listed all the same; whoever reads it says so.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mien.core.errors import BadInput
from mien.core.phones import IPA_FROM_ARPABET
from mien.evaluation.clip import Clip, Phones, phones_from_labels
from mien.evaluation.transcripts import STYLETALK, VOCASET, grid_text

Offsets = Mapping[str, tuple[int, str]]
"""Clip or "folder/*" -> frames at 25 fps by which its picture is late, and who speaks ("-": the table does not say)."""

FILMS = frozenset((".mp4", ".mpg"))

LABEL_RATE = 30
"""StyleTalk's phone labels per second."""

LEAST_CONFIDENCE = 5.0
"""SyncNet confidence from which a generated face counts as one that says its sound; real news footage has about 7
(Chung & Zisserman 2016), and the offset of the clips below could not be told by other means either."""


@dataclass(frozen=True)
class Found:
    """What a source holds. said : sentences about what was left out or had to be assumed"""

    clips: tuple[Clip, ...] = ()
    said: tuple[str, ...] = ()


def grid(folder: Path, offsets: Offsets) -> Found:
    """Real people, the file name being the transcript."""
    found = named("grid", folder / "grid")
    clips = [
        Clip(name, "grid", speaker, path, path, offset, grid_text(path.stem))
        for name, path in found.items()
        for offset, speaker in [line(offsets, f"grid/{path.stem}") or (0, path.stem)]
    ]
    return Found(tuple(clips), unplaced(offsets, [f"grid/{p.stem}" for p in found.values()]))


def styletalk(folder: Path, offsets: Offsets) -> Found:
    """Real people of public life; sound and phones lie beside the pictures."""
    root = folder / "styletalk"
    found = named("styletalk", root / "video")
    clips, said = [], list(unplaced(offsets, [f"styletalk/{p.stem}" for p in found.values()]))
    for name, path in found.items():
        offset, speaker = line(offsets, f"styletalk/{path.stem}") or (0, path.stem)
        try:
            labels = _labels(root, path.stem)
        except BadInput as error:
            labels = ()
            said.append(str(error))
        sound = beside(path, root / "wav")
        clips.append(Clip(name, "styletalk", speaker, path, sound, offset, STYLETALK.get(path.stem), labels))
    return Found(tuple(clips), tuple(said))


def mocha(folder: Path, offsets: Offsets) -> Found:
    """Generated characters "in the wild", of those that SyncNet finds in sync. Nobody wrote down what they say."""
    every = mocha_with_doubtful(folder, offsets)
    sure = tuple(clip for clip in every.clips if (clip.confidence or 0.0) >= LEAST_CONFIDENCE)
    unsure = [clip.path.stem for clip in every.clips if clip not in sure]
    said = [*every.said, *unplaced(offsets, [clip.id for clip in sure])]
    if unsure:
        said.append(f"{count(unsure)} of SyncNet confidence below {LEAST_CONFIDENCE:g} left out: {few(unsure)}")
    return Found(sure, tuple(said))


def mocha_with_doubtful(folder: Path, offsets: Offsets) -> Found:
    """All of them, with their confidences: what a scorer of sync is asked to rank."""
    root = folder / "mocha"
    films = named("mocha", root)
    if not films:
        return Found()
    if not (root / "sync_scores.csv").is_file():
        return Found(said=("mocha/sync_scores.csv is missing, so nobody knows which of its clips are in sync",))
    scores, (groups, unknown) = _confidences(root / "sync_scores.csv"), _groups(root / "sound_groups.tsv")
    clips: list[Clip] = []
    for name, path in films.items():
        offset, _ = line(offsets, name) or (0, "-")
        # whoever shares a sound is one speaker: their figures rise and fall together
        speaker = f"mocha {groups.get(f'{path.parent.name}_{path.stem}', name)}"
        confidence = scores.get((path.parent.name, path.stem))
        sound = beside(path, path.parent)
        clips.append(Clip(name, "mocha", speaker, path, sound, offset, confidence=confidence))
    return Found(tuple(clips), unknown)


def vocaset(folder: Path, offsets: Offsets) -> Found:
    """Rendered scans of two people; what published systems make of the same sound lies beside (peers/rendered.py)."""
    found = named("vocaset", folder / "vocaset-peers" / "GT")
    clips = [
        Clip(name, "vocaset", path.stem.split("-")[0], path, path, offset, VOCASET.get(path.stem))
        for name, path in found.items()
        for offset, _ in [line(offsets, f"vocaset-peers/GT/{path.stem}") or (0, "-")]
    ]
    return Found(tuple(clips), unplaced(offsets, [f"vocaset-peers/GT/{p.stem}" for p in found.values()]))


SOURCES: dict[str, Callable[[Path, Offsets], Found]] = {
    "grid": grid,
    "styletalk": styletalk,
    "mocha": mocha,
    "vocaset": vocaset,
}


def named(source: str, root: Path) -> dict[str, Path]:
    """Id -> film, of all films at any depth. Those that only their suffix tells apart keep it in their id.

    >>> named("grid", Path("nowhere"))
    {}
    """
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in FILMS and p.is_file())
    whole = [p.relative_to(root).as_posix() for p in paths]
    bare = [p.relative_to(root).with_suffix("").as_posix() for p in paths]
    taken = Counter([*bare, *whole])
    return {f"{source}/{b if taken[b] == 1 else w}": p for b, w, p in zip(bare, whole, paths, strict=True)}


def line(offsets: Offsets, name: str) -> tuple[int, str] | None:
    """A clip's line in offsets.tsv, else the line of a folder that it lies in.

    >>> line({"mocha/*": (-1, "-")}, "mocha/1p/man")
    (-1, '-')
    """
    if name in offsets:
        return offsets[name]
    fitting = [key for key in offsets if key.endswith("/*") and name.startswith(key[:-1])]
    return offsets[max(fitting, key=len)] if fitting else None


def unplaced(offsets: Offsets, names: Iterable[str]) -> tuple[str, ...]:
    """A sentence about the clips without a line in offsets.tsv, where there are some."""
    missing = [name for name in names if line(offsets, name) is None]
    return (f"{count(missing)} not in offsets.tsv taken to be in time: {few(missing)}",) if missing else ()


def beside(film: Path, folder: Path) -> Path:
    """The sound of a film: the .wav of its name in a folder, else the film itself."""
    wav = folder / f"{film.stem}.wav"
    return wav if wav.is_file() else film


def table(path: Path, delimiter: str) -> list[list[str]]:
    """The lines of a text table but comments and empty ones. Errors: BadInput when it cannot be read."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader((one for one in file if not one.startswith("#")), delimiter=delimiter)
            return [cells for cells in lines if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} is no table that can be read: {error}") from None


def count(names: Sequence[str]) -> str:
    return f"{len(names)} clip{'s' if len(names) != 1 else ''}"


def few(names: Sequence[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def _confidences(path: Path) -> dict[tuple[str, str], float]:
    """(folder, clip) -> SyncNet confidence."""
    every = table(path, ",")
    try:
        head, *lines = every
        columns = [head.index(name) for name in ("category", "clip", "syncnet_confidence")]
        return {(row[columns[0]], row[columns[1]]): float(row[columns[2]]) for row in lines}
    except (ValueError, IndexError):
        raise BadInput(f"{path} must have columns category, clip and syncnet_confidence") from None


def _groups(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Clip -> group of those that share a sound, and what there is to say."""
    if not path.is_file():
        return {}, (f"{path.name} is missing, so each clip counts as a speaker and intervals are too narrow",)
    return {row[0]: row[1] for row in table(path, "\t")[1:] if len(row) > 1}, ()


def _labels(root: Path, stem: str) -> Phones:
    """StyleTalk's own phones: runs of equal labels, one label a frame of 1/30 s. Errors: BadInput for others."""
    numbers, sequence = root / "phindex.json", root / "phoneme" / f"{stem}_seq.json"
    if not numbers.is_file() or not sequence.is_file():
        return ()
    try:
        names = {number: symbol for symbol, number in json.loads(numbers.read_text()).items()}
        symbols = [IPA_FROM_ARPABET.get(names.get(n, ""), "") for n in json.loads(sequence.read_text())]
    except (OSError, ValueError, TypeError, AttributeError):
        raise BadInput(f"{stem}: its phone labels cannot be read, so they are aligned instead") from None
    return phones_from_labels(symbols, LABEL_RATE)

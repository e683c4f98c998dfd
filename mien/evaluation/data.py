"""Captured clips in a folder laid out like the project's companion data: grid/, styletalk/, offsets.tsv …

Nothing here is part of the product. A part of the folder that is missing is said, never passed over.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mien.core.errors import BadInput
from mien.core.phones import IPA_FROM_ARPABET
from mien.core.plan import Phone, Span, Speech
from mien.core.track import Audio
from mien.evaluation.transcripts import STYLETALK, grid_text

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
"""Where the companion data lies beside a checkout."""

HEARD_AT = 16000
"""Sample rate of the clips' sound, Hz: what the aligners listen at."""

LABEL_RATE = 30
"""StyleTalk's phone labels per second."""

Phones = tuple[Span[Phone], ...]


@dataclass(frozen=True)
class Clip:
    """One captured clip of somebody speaking.

    id      : "grid/bbaf2n"
    path    : the pictures
    sound   : the file with the sound
    offset  : frames at 25 fps by which the picture is late: made[i] belongs to captured[i + offset]
    text    : what is said, where that is known
    labels  : phones that the data itself states, where it does
    """

    id: str
    source: str
    speaker: str
    path: Path
    sound: Path
    offset: int = 0
    text: str | None = None
    labels: Phones = ()

    @cached_property
    def audio(self) -> Audio:
        from mien.media import read_audio

        return read_audio(self.sound, rate=HEARD_AT)

    @cached_property
    def speech(self) -> tuple[Speech, ...] | None:
        """The sound with its text in time; None where the text is not known."""
        from mien.core.registry import backend

        if self.text is None:
            return None
        return tuple(backend("aligners", "pocketsphinx")().align([self.audio], self.text))

    @cached_property
    def heard(self) -> tuple[Speech, ...]:
        """The sound and the phones heard in it, without the help of a text."""
        from mien.core.registry import backend

        return tuple(backend("aligners", "hama")().align([self.audio], None))

    @cached_property
    def phones(self) -> Phones:
        """Which phone is when, seconds: by the data's own labels, else aligned with the text, else as heard."""
        return self.labels or phones_of(self.speech or self.heard)


def phones_of(speeches: Sequence[Speech]) -> Phones:
    """The phones of speeches that follow each other without a gap."""
    phones: list[Span[Phone]] = []
    begin = 0.0
    for speech in speeches:
        phones += [phone.moved(begin) for phone in speech.phones]
        begin += speech.seconds
    return tuple(phones)


class Data:
    """A data folder. Errors: BadInput when it is not there."""

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else BESIDE
        if not self.folder.is_dir():
            where = "" if folder is not None else " beside this checkout"
            raise BadInput(f"there is no data folder {self.folder}{where}; give one with --data DIR (docs/evaluate.md)")

    @cached_property
    def offsets(self) -> dict[str, tuple[int, str]]:
        """Clip -> frames by which its picture is late, and who speaks."""
        path = self.folder / "offsets.tsv"
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8") as file:
            lines = list(csv.reader((line for line in file if not line.startswith("#")), delimiter="\t"))
        try:
            return {name: (int(offset), speaker) for name, offset, speaker in lines[1:]}
        except ValueError:
            raise BadInput(f"{path} must have three columns, clip, offset and speaker, in every line") from None

    @cached_property
    def clips(self) -> dict[str, tuple[Clip, ...]]:
        """The talking clips of each source, by name; () where there are none."""
        found = {
            "grid": sorted((self.folder / "grid").glob("*.mpg")),
            "styletalk": sorted((self.folder / "styletalk" / "video").glob("*.mp4")),
        }
        return {source: tuple(self._clip(source, path) for path in files) for source, files in found.items()}

    def _clip(self, source: str, path: Path) -> Clip:
        name = f"{source}/{path.stem}"
        offset, speaker = self.offsets.get(name, (0, path.stem))
        if source == "grid":
            return Clip(name, source, speaker, path, path, offset, grid_text(path.stem))
        wav = self.folder / "styletalk" / "wav" / f"{path.stem}.wav"
        sound = wav if wav.is_file() else path
        return Clip(name, source, speaker, path, sound, offset, STYLETALK.get(path.stem), self._labels(path.stem))

    def _labels(self, stem: str) -> Phones:
        """StyleTalk's own phones: runs of equal labels, one label a frame of 1/30 s."""
        folder = self.folder / "styletalk"
        numbers, sequence = folder / "phindex.json", folder / "phoneme" / f"{stem}_seq.json"
        if not numbers.is_file() or not sequence.is_file():
            return ()
        names = {number: symbol for symbol, number in json.loads(numbers.read_text()).items()}
        symbols = [IPA_FROM_ARPABET.get(names.get(n, ""), "") for n in json.loads(sequence.read_text())]
        return phones_from_labels(symbols, LABEL_RATE)


def phones_from_labels(symbols: Sequence[str], rate: float) -> Phones:
    """Runs of equal labels as phones; an empty label is silence.

    >>> [(p.value.symbol, p.start, p.stop) for p in phones_from_labels(["", "m", "m", "i"], 10)]
    [('m', 0.1, 0.3), ('i', 0.3, 0.4)]
    """
    phones: list[Span[Phone]] = []
    begin = 0
    for i in range(1, len(symbols) + 1):
        if i == len(symbols) or symbols[i] != symbols[begin]:
            if symbols[begin]:
                phones.append(Span(begin / rate, i / rate, Phone(symbols[begin])))
            begin = i
    return tuple(phones)

"""Captured clips in a folder laid out like the project's companion data: grid/, styletalk/, offsets.tsv …

Nothing here is part of the product. A part of the folder that is missing is said, never passed over.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from mien.core.errors import BadInput
from mien.evaluation.clip import HEARD_AT, Clip, Phones, phones_from_labels, phones_of
from mien.evaluation.sources import SOURCES, Found, mocha_with_doubtful, table

__all__ = ["BESIDE", "HEARD_AT", "WITH_WORDS", "Clip", "Data", "Phones", "phones_from_labels", "phones_of"]

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
"""Where the companion data lies beside a checkout."""

WITH_WORDS = ("grid", "styletalk")
"""Sources that film real people whose words are known: what every suite takes that does not ask for more."""


class Data:
    """A data folder. Errors: BadInput when it is not there."""

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else BESIDE
        if not self.folder.is_dir():
            where = "" if folder is not None else " beside this checkout"
            raise BadInput(f"there is no data folder {self.folder}{where}; give one with --data DIR (docs/evaluate.md)")

    @cached_property
    def offsets(self) -> dict[str, tuple[int, str]]:
        """Clip, or "folder/*" -> frames by which the picture is late, and who speaks. Errors: BadInput."""
        path = self.folder / "offsets.tsv"
        if not path.is_file():
            return {}
        lines = table(path, "\t")[1:]
        try:
            return {name: (int(offset), speaker) for name, offset, speaker in lines}
        except ValueError:
            raise BadInput(f"{path} must have three columns, clip, offset and speaker, in every line") from None

    @cached_property
    def found(self) -> dict[str, Found]:
        """What each source holds. Errors: BadInput for a table of offsets that is none."""
        offsets = self.offsets
        found = {}
        for source, search in SOURCES.items():
            try:
                found[source] = search(self.folder, offsets)
            except BadInput as error:  # a broken table costs its own source alone
                found[source] = Found(said=(str(error),))
        return found

    def paired(self) -> tuple[Clip, ...]:
        """Every clip whose picture and sound belong together by a known offset, those in doubt included.

        VOCASET's are left out: renders without teeth or tongue. Errors: BadInput for a table that is none.
        """
        known = [clip for clips in self.clips.values() for clip in clips]
        doubtful = mocha_with_doubtful(self.folder, self.offsets).clips
        return tuple(sorted([*known, *doubtful], key=lambda clip: clip.id))

    @cached_property
    def clips(self) -> dict[str, tuple[Clip, ...]]:
        """The clips of people whose words are known, by source; () where there are none."""
        return {source: self.found[source].clips for source in WITH_WORDS}

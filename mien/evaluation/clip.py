"""One captured clip of somebody speaking, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mien.core.plan import Phone, Span, Speech
from mien.core.track import Audio

HEARD_AT = 16000
"""Sample rate of the clips' sound, Hz: what the aligners listen at."""

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
    confidence : SyncNet's that picture and sound belong together, where the data states it
    """

    id: str
    source: str
    speaker: str
    path: Path
    sound: Path
    offset: int = 0
    text: str | None = None
    labels: Phones = ()
    confidence: float | None = None

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

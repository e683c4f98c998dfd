"""Speeches with commands laid on them, or, where nothing is said, a silence long enough for the commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mien.core.plan import PROSODY_RATE, Speech, no_prosody
from mien.core.track import Audio
from mien.language.commands import Command, length, placed

SILENCE_RATE = 24000
"""Sample rate of a performance in which nothing is said, Hz."""


def commanded(speeches: Iterable[Speech], told: Sequence[Command]) -> Iterator[Speech]:
    """The same speeches, each with the cues of the commands that begin in it or in its pause.

    Where "the end" is, is known only when all is spoken: nothing comes before that, except without commands.
    Errors: BadInput for a command at a word that is not said.
    """
    if not told:
        yield from speeches
        return
    every = list(speeches)
    begins = [sum(s.seconds + s.pause for s in every[:i]) for i in range(len(every))]
    words = [word.moved(at) for speech, at in zip(every, begins, strict=True) for word in speech.words]
    cues = placed(told, words, begins[-1] + every[-1].seconds if every else 0.0)
    for i, (speech, at) in enumerate(zip(every, begins, strict=True)):
        until = begins[i + 1] if i + 1 < len(every) else float("inf")
        own = tuple(cue.moved(-at) for cue in cues if (at <= cue.start or i == 0) and cue.start < until)
        yield replace(speech, cues=tuple(sorted(speech.cues + own, key=lambda span: span.start)))


def silence_for(told: Sequence[Command]) -> Speech:
    """As long as the commands take."""
    seconds = length(told)
    audio = Audio.silence(round(seconds * SILENCE_RATE), SILENCE_RATE)
    return Speech(audio, prosody=no_prosody(round(seconds * float(PROSODY_RATE))))

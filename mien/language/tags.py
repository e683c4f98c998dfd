"""What the tags in square brackets say: feelings, ways of speaking, pauses, and things to do."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mien.core.cues import CUES
from mien.core.emotion import DEFAULT_INTENSITY, EMOTIONS, SYNONYMS, Emotion
from mien.core.errors import BadInput, unknown
from mien.core.plan import Cue, Delivery, Reading

LONGEST_PAUSE = 60.0
"""Seconds."""

DELIVERIES: Mapping[str, Delivery] = {
    "whisper": Delivery(whisper=True),
    "slow": Delivery(tempo=0.8),
    "fast": Delivery(tempo=1.25),
    "soft": Delivery(volume=-6.0),
    "loud": Delivery(volume=6.0),
    "low": Delivery(pitch=-3.0),
    "high": Delivery(pitch=3.0),
}
"""Ways of speaking that a tag holds until it is closed."""

PAUSE = 0.5
"""Seconds of a [pause] that does not say."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a tag or an element asks for, where it stands or until it is closed.

    must_close : it says nothing without an end; a cue holds until its end if it has one
    boundary   : "p" a paragraph, "s" a sentence
    """

    emotion: Emotion | None = None
    delivery: Delivery | None = None
    cue: Cue | None = None
    reading: Reading | None = None
    must_close: bool = False
    boundary: str = ""


def known_names() -> list[str]:
    """Every name a tag may have."""
    return sorted({*SYNONYMS, *DELIVERIES, *CUES, "pause", "emotion"})


def tags() -> dict[str, str]:
    """Every tag as it is written, without the brackets, and what it says."""
    feelings = {f"{name} 0..1] … [/{name}": "felt so strongly, until its end" for name in (*EMOTIONS, "neutral")}
    ways = {f"{name}] … [/{name}": what for name, what in WAYS_SAY.items()}
    acts = {name: act.does for name, act in CUES.items()}
    regions = {"emotion brows=sad:0.8,mouth=happy:0.5] … [/emotion": "a feeling for each region of the face"}
    return feelings | regions | ways | {"pause 0.5": "silence, seconds"} | acts


WAYS_SAY = {
    "whisper": "without voice", "slow": "four fifths of the tempo", "fast": "five fourths", "soft": "6 dB softer",
    "loud": "6 dB louder", "low": "three semitones lower", "high": "three semitones higher",
}  # fmt: skip


def meaning_of_tag(words: Sequence[str], number: float | None, unit: str) -> Meaning:
    """words : the name, in one to three words; number : as written, None where none is; unit : "s", "ms", "%" or ""

    Errors: BadInput for a name there is not, or a number out of range.
    """
    name = " ".join(words).lower()
    if name == "pause":
        return Meaning(cue=Cue("pause", _seconds(number, unit)))
    if name.startswith("emotion "):
        name = name.removeprefix("emotion ")
        return Meaning(emotion=_feeling(name, number, unit), must_close=True)
    if name in CUES:
        return Meaning(cue=Cue(name, _amount(number, unit, 1.0)))
    if name in SYNONYMS:
        return Meaning(emotion=_feeling(name, number, unit), must_close=True)
    if name in DELIVERIES:
        if number is not None:
            raise BadInput(f"[{name}] takes no number")
        return Meaning(delivery=DELIVERIES[name], must_close=True)
    near = difflib.get_close_matches(name, known_names(), n=3, cutoff=0.6)
    guess = f": did you mean {' or '.join(f'[{n}]' for n in near)}?" if near else ""
    raise BadInput(f"unknown tag [{name}]{guess} (mien list tags shows all)")


def closes(end: str, name: str) -> bool:
    """Whether [/end] ends the tag of this name: by all of it, its first word, or no name at all.

    >>> closes("", "happy"), closes("look", "look left"), closes("sad", "happy")
    (True, True, False)
    """
    return end in ("", name, name.split()[0]) or (end in SYNONYMS and SYNONYMS[end] == SYNONYMS.get(name))


def _feeling(name: str, number: float | None, unit: str) -> Emotion:
    if name not in SYNONYMS:
        raise unknown("emotion", name, SYNONYMS)
    amount = _amount(number, unit, DEFAULT_INTENSITY)
    return Emotion({} if SYNONYMS[name] == "neutral" else {SYNONYMS[name]: amount})


def _amount(number: float | None, unit: str, default: float) -> float:
    if unit in ("s", "ms"):
        raise BadInput(f"wanted an amount in 0..1, found {number:g}{unit}")
    amount = default if number is None else number / 100 if unit == "%" else number
    if not 0 <= amount <= 1:
        raise BadInput(f"an amount must be in 0..1, found {amount:g}")
    return amount


def _seconds(number: float | None, unit: str) -> float:
    if unit == "%":
        raise BadInput("a pause is stated in seconds")
    seconds = PAUSE if number is None else number / 1000 if unit == "ms" else number
    if not 0 <= seconds <= LONGEST_PAUSE:
        raise BadInput(f"a pause must be in 0..{LONGEST_PAUSE:g} seconds, found {seconds:g}")
    return seconds

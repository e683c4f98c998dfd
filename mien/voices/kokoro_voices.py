"""Kokoro's 28 English voices: who they sound like and how high they speak."""

from __future__ import annotations

from dataclasses import dataclass

ACCENTS = {"a": "American", "b": "British"}
SEXES = {"f": "woman", "m": "man"}


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice.

    grade     : Kokoro's own judgement of its quality, A to F
    median_hz : of F0 in neutral speech, measured over this voice's share of docs/numbers.md
    """

    grade: str
    median_hz: float


VOICES = {  # grades: VOICES.md of Kokoro-82M 1.0
    "af_alloy": Voice("C", 200),
    "af_aoede": Voice("C+", 200),
    "af_bella": Voice("A-", 200),
    "af_heart": Voice("A", 200),
    "af_jessica": Voice("D", 200),
    "af_kore": Voice("C+", 200),
    "af_nicole": Voice("B-", 200),
    "af_nova": Voice("C", 200),
    "af_river": Voice("D", 200),
    "af_sarah": Voice("C+", 200),
    "af_sky": Voice("C-", 200),
    "am_adam": Voice("F+", 110),
    "am_echo": Voice("D", 110),
    "am_eric": Voice("D", 110),
    "am_fenrir": Voice("C+", 110),
    "am_liam": Voice("D", 110),
    "am_michael": Voice("C+", 110),
    "am_onyx": Voice("D", 110),
    "am_puck": Voice("C+", 110),
    "am_santa": Voice("D-", 110),
    "bf_alice": Voice("D", 200),
    "bf_emma": Voice("B-", 200),
    "bf_isabella": Voice("C", 200),
    "bf_lily": Voice("D", 200),
    "bm_daniel": Voice("D", 110),
    "bm_fable": Voice("C", 110),
    "bm_george": Voice("C", 110),
    "bm_lewis": Voice("D+", 110),
}


def description(name: str) -> str:
    """
    >>> description("bf_emma")
    'British woman, quality B-'
    """
    return f"{ACCENTS[name[0]]} {SEXES[name[1]]}, quality {VOICES[name].grade}"

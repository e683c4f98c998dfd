"""Kokoro's 28 English voices: who they sound like and how high they speak."""

from __future__ import annotations

from dataclasses import dataclass

ACCENTS = {"a": "American", "b": "British"}
SEXES = {"f": "woman", "m": "man"}


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice.

    grade     : Kokoro's own judgement of its quality, A to F
    median_hz : of F0 in neutral speech
    level     : RMS while speaking as the network makes it, dB full scale
    Both measured over four sentences.
    """

    grade: str
    median_hz: float
    level: float


VOICES = {  # grades: VOICES.md of Kokoro-82M 1.0
    "af_alloy": Voice("C", 136, -19.7),
    "af_aoede": Voice("C+", 170, -16.1),
    "af_bella": Voice("A-", 179, -20.9),
    "af_heart": Voice("A", 182, -21.3),
    "af_jessica": Voice("D", 197, -20.6),
    "af_kore": Voice("C+", 142, -16.8),
    "af_nicole": Voice("B-", 141, -19.8),
    "af_nova": Voice("C", 153, -24.7),
    "af_river": Voice("D", 175, -19.7),
    "af_sarah": Voice("C+", 179, -19.2),
    "af_sky": Voice("C-", 150, -21.8),
    "am_adam": Voice("F+", 108, -17.0),
    "am_echo": Voice("D", 102, -20.1),
    "am_eric": Voice("D", 149, -19.7),
    "am_fenrir": Voice("C+", 127, -17.4),
    "am_liam": Voice("D", 113, -20.1),
    "am_michael": Voice("C+", 104, -22.2),
    "am_onyx": Voice("D", 86, -20.2),
    "am_puck": Voice("C+", 110, -16.6),
    "am_santa": Voice("D-", 148, -21.3),
    "bf_alice": Voice("D", 204, -18.7),
    "bf_emma": Voice("B-", 178, -18.7),
    "bf_isabella": Voice("C", 202, -16.1),
    "bf_lily": Voice("D", 169, -19.5),
    "bm_daniel": Voice("D", 117, -19.8),
    "bm_fable": Voice("C", 111, -20.9),
    "bm_george": Voice("C", 137, -19.6),
    "bm_lewis": Voice("D+", 95, -21.3),
}


def description(name: str) -> str:
    """
    >>> description("bf_emma")
    'British woman, quality B-'
    """
    return f"{ACCENTS[name[0]]} {SEXES[name[1]]}, quality {VOICES[name].grade}"

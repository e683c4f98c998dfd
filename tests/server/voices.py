"""Somebody who speaks, and a room in which a loudspeaker plays."""

from functools import cache

import numpy as np
from scipy import signal

from mien.core.plan import Utterance
from mien.performance.verbs import voice_maker

OWN = (
    "Once there was a portrait that hung in a quiet hall, and nobody ever looked at it twice. "
    "Then, one night, it blinked, and the hall has not been quiet since."
)
OTHER = "Excuse me, could you stop for a moment? I would like to ask you something about the weather in Paris."


@cache
def spoken(text: str, voice: str = "am_michael") -> np.ndarray:
    """(n,) at 24 kHz."""
    return np.concatenate([s.audio.values for s in voice_maker(voice, 1.0)().speak([Utterance(text)])])


@cache
def person(text: str, voice: str = "am_michael") -> np.ndarray:
    """(n,) at 16 kHz, as a microphone hears somebody near."""
    return signal.resample_poly(spoken(text, voice), 2, 3).astype(np.float32)


def played_back(
    sound: np.ndarray, *, delay: float, reverberation: float, level: float = 0.08, seed: int = 0
) -> np.ndarray:
    """What a microphone hears of a loudspeaker: late, band-passed, with the room's tail and some noise. 16 kHz, (n,)"""
    chance = np.random.default_rng(seed)
    n = int(reverberation * 16000)
    room = chance.normal(size=n) * np.exp(-6.9 * np.arange(n) / n) * 0.12  # -60 dB at the end
    room[0] = 1
    heard = signal.lfilter(
        *signal.butter(2, [200 / 8000, 3800 / 8000], "band"), signal.fftconvolve(sound, room)[: len(sound)]
    )
    heard = np.concatenate([np.zeros(int(delay * 16000)), heard])[: len(sound)]
    return (level * heard / np.abs(heard).max() + chance.normal(0, 0.0015, len(sound))).astype(np.float32)

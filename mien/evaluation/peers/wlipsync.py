"""wlipsync (npm, MIT), the port of uLipSync to the browser, run under Node with its own worklet and WebAssembly.

It needs a profile, what each sound looks like to it, and ships none: "this project does not come with a way to create
these"; one speaks the sounds into uLipSync (Unity) and presses Calib. That is done here with two voices of mien's own
Kokoro and the package's own coefficients, so the profile is not its authors'. The shapes of its five vowels are by
hand, from mien's own table, as for headaudio. Indicative.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from mien.core.errors import MienError
from mien.core.plan import Speech
from mien.core.rig import Motion
from mien.evaluation.data import Clip
from mien.evaluation.peers.nearest import pose
from mien.evaluation.peers.node import Array, Package, curves_from, motion_from_curves
from mien.evaluation.peers.system import CannotRun

PACKAGE = Package("wlipsync", "1.3.1", ("dist/wlipsync-single.js",))

PROFILE = Path(__file__).with_suffix(".json")
"""What ``profile`` makes in two or three minutes: python -m mien.evaluation.peers.wlipsync writes it anew."""

PHONES = {"A": "ɑ", "I": "i", "U": "u", "E": "ɛ", "O": "ɔ"}
"""What its example shows: aa, ih, ou, ee, oh of VRM. Other sounds are the face at rest, as there."""

SOUNDS = {  # name -> phones, and words that have them long
    "A": ("ɑ", "Father's spa. Calm pop, hot pot, top shop. Stop, Bob!"),
    "I": ("i", "She sees these. Cheap tea, deep sea, he keeps bees."),
    "U": ("u", "Who's Sue? Soup too soon, boot, shoot, two tubes."),
    "E": ("ɛ", "Beds, heads. Said Ted, get set, pets, cheques, steps."),
    "O": ("ɔ", "Paws, saws. Thought, caught, bought, fought, laws."),
    "N": ("mn", "Mum's name, none. Noon, moon, man, nine men."),
    "S": ("s", "Sass. Cease, sauce, pass, kiss, this, yes, six."),
}
"""The sounds that uLipSync's manual calibrates, in English."""

VOICES = ("af_heart", "am_michael")
"""A woman and a man. Two of five vowels, N and S make twelve: with fewer, version 1.3.1 computes as many coefficients
of the twelve as there are sounds, and takes the others for 0."""

SLOWLY = 0.5

WINDOW = 1024 / 16000
"""Seconds that one set of coefficients hears: the profile's samples over their rate."""

LOUD = 0.25
"""Share of the loudest window's level above which a sound is taken to be held: phones end in its decay. Of the windows
in the middle of those phones the profile then knows 70 % again, of seven sounds; at 0 and at 0.5 it was below 60 %."""

COUNT = 16
"""Calibrations of a sound: uLipSync's own number."""


class WLipSync:
    """System: the package's vowel weights times its volume, as in its example, each a share of its vowel's shape."""

    name, takes = "wlipsync", 1

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        curves = curves_from(PACKAGE, "wlipsync.mjs", clip.audio, str(PROFILE))
        return motion_from_curves(curves, {name: pose(phone) for name, phone in PHONES.items()}, clip.audio.seconds)


def profile() -> dict[str, Any]:
    """uLipSync's settings of a new profile, calibrated. Errors: CannotRun."""
    entries = [(name, _heard(voice, name)) for voice in VOICES for name in PHONES]
    others = [name for name in SOUNDS if name not in PHONES]
    entries += [(name, np.concatenate([_heard(voice, name) for voice in VOICES])) for name in others]
    return {
        "targetSampleRate": 16000,
        "sampleCount": 1024,
        "melFilterBankChannels": 30,
        "compareMethod": 1,  # L2
        "mfccNum": 12,
        "mfccDataCount": COUNT,
        "useStandardization": False,
        "mfccs": [
            {"name": name, "mfccCalibrationDataList": [{"array": row.tolist()} for row in _some(rows)]}
            for name, rows in entries
        ],
    }


def _some(rows: Array) -> Array:
    """(COUNT, 12) of (n, 12), evenly."""
    return np.asarray(rows[np.linspace(0, len(rows) - 1, COUNT).round().astype(int)])


def _heard(voice: str, name: str) -> Array:
    """(n, 12) coefficients of every window that lies within a phone of the sound, and is loud."""
    phones, words = SOUNDS[name]
    speech = _spoken(words, voice)
    curves = curves_from(PACKAGE, "wlipsync.mjs", speech.audio)
    inside = np.zeros(len(curves.times), bool)
    for phone in speech.phones:
        if phone.value.symbol.rstrip("ː") in phones:
            inside |= (curves.times - WINDOW >= phone.start) & (curves.times <= phone.stop)
    level = np.array([_level(speech, time) for time in curves.times[inside]])
    if not len(level):
        raise CannotRun(f"{PACKAGE.wanted} ships no profile, and {voice} says no {name} long enough to make one")
    return np.asarray(curves.values[inside][level >= LOUD * level.max()])


def _level(speech: Speech, time: float) -> float:
    """Root mean square of the window that ends at a time."""
    rate = float(speech.audio.rate)
    return float(np.sqrt(np.square(speech.audio.values[round((time - WINDOW) * rate) : round(time * rate)]).mean()))


def _spoken(words: str, voice: str) -> Speech:
    from mien.performance.verbs import joined, speak

    try:
        return joined(speak(words, voice=voice, speed=SLOWLY))
    except MienError as error:
        raise CannotRun(
            f"{PACKAGE.wanted} ships no profile, and none can be made without the voice: {error}"
        ) from error


if __name__ == "__main__":
    PROFILE.write_text(json.dumps(profile(), separators=(",", ":")) + "\n", encoding="utf-8")

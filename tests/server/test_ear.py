"""Somebody speaks, a loudspeaker plays: what the ear makes of it."""

import threading
import time
from fractions import Fraction

import numpy as np
import pytest
from scipy import signal

from mien.core.track import Audio
from mien.language.recognition import recognised
from mien.server.ear import Ear
from mien.server.echo import LOOK, Echo
from mien.server.wire import Heard, Now, Said
from tests.server.doubles import Rehearsal
from tests.server.voices import OTHER, OWN, person, played_back, spoken

ROOMS = [(0.03, 0.15), (0.2, 0.3), (0.35, 0.4)]
"""Delay and reverberation, seconds."""


def pcm(samples: np.ndarray) -> bytes:
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def quiet(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.001, round(seconds * 16000)).astype(np.float32)


class Notes:
    """All that an ear told."""

    def __init__(self) -> None:
        self.told, self.done = [], threading.Event()

    def __getattr__(self, name: str):
        def note(value=None) -> None:
            if name != "level":
                self.told.append((name, value))
            if name == "finished":
                self.done.set()

        return note

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.told]


def listened(sound: np.ndarray, played: np.ndarray | None = None, *, size: int = 640, seed: int = 0) -> Notes:
    """An ear that hears ``sound`` while ``played``, at 24 kHz, comes out of the loudspeaker."""
    notes = Notes()
    ear = Ear(notes, seed=seed)
    for i in range(0, len(sound) - size + 1, size):
        at = (i + size) / 16000
        if played is not None:
            a, b = round((at - size / 16000) * 24000), round(at * 24000)
            ear.echo.play(Audio(played[a:b], Fraction(24000), a))
            time.sleep(0.002)  # the ear is a thread: it is not to hear of the future
        ear.hear(pcm(sound[i : i + size]), at)
        while ear._chunks.qsize() > 2:
            time.sleep(0.001)
    while ear._chunks.qsize():
        time.sleep(0.01)
    ear.close()
    return notes


@pytest.mark.parametrize("text", ["Tell me a story about a cat, please.", "Hello, how are you today?"])
def test_words_are_recognised_with_their_marks(text: str) -> None:
    assert recognised(person(text)) == text
    assert recognised(quiet(2.0)) == ""


def test_somebody_who_speaks_is_heard_from_beginning_to_end() -> None:
    notes = listened(np.concatenate([quiet(0.5), person("Tell me a story about a cat, please."), quiet(1.5)]))
    assert notes.names[0] == "begun" and notes.names[-1] == "finished" and "guessed" in notes.names
    assert notes.told[-1][1].replace(",", "") == "Tell me a story about a cat please."


def test_half_a_sentence_is_waited_for() -> None:
    first, second = person("I would like to ask you about the"), person("weather in Paris.")
    notes = listened(np.concatenate([quiet(0.3), first, quiet(0.7), second, quiet(2.0)]))
    assert notes.names.count("begun") == notes.names.count("finished") == 1
    assert "weather in Paris" in notes.told[-1][1]


@pytest.mark.parametrize(("delay", "reverberation"), ROOMS)
def test_it_never_takes_its_own_voice_for_somebodys(delay: float, reverberation: float) -> None:
    own = spoken(OWN, "af_heart")
    heard = played_back(signal.resample_poly(own, 2, 3), delay=delay, reverberation=reverberation)
    assert listened(heard, own).names == []


@pytest.mark.parametrize(("delay", "reverberation"), ROOMS)
@pytest.mark.parametrize("voice", ["am_michael", "af_bella"])
def test_somebody_who_talks_over_it_is_heard_soon(delay: float, reverberation: float, voice: str) -> None:
    own = spoken(OWN, "af_heart")
    echo = played_back(signal.resample_poly(own, 2, 3), delay=delay, reverberation=reverberation, level=0.04)
    other, starts = person(OTHER, voice), 2.5
    first = round(starts * 16000)
    part = other[: len(echo) - first]
    echo[first : first + len(part)] += part
    notes = listened(echo[: first + len(part)], own)
    begun = [at for name, at in notes.told if name == "begun"]
    spoke = starts + np.flatnonzero(np.abs(other) > 0.02)[0] / 16000
    assert begun and spoke - 0.05 <= begun[0] <= spoke + 0.8


@pytest.mark.parametrize("text", [OTHER, "Stop, stop, please stop."])
@pytest.mark.parametrize("own_voice", ["af_heart", "tone"])
def test_with_headphones_any_voice_is_heard_at_once(text: str, own_voice: str) -> None:
    own = spoken(OWN, own_voice)
    other, starts = person(text, "am_michael"), 3.0
    sound = np.concatenate([quiet(starts), other, quiet(0.3)])
    notes = listened(sound, own)
    begun = [at for name, at in notes.told if name == "begun"]
    spoke = starts + np.flatnonzero(np.abs(other) > 0.02)[0] / 16000
    assert begun and spoke - 0.05 <= begun[0] <= spoke + 0.4


LONG = (
    "Last summer we went to the mountains, all of us, with the dog. It rained for three days. Then the sun came out, and "
    "we walked up to the lake. The water was so cold that nobody went in. Well, nobody but my father."
)


def test_it_responds_to_a_long_talk_now_and_then_and_alike_however_its_sound_is_cut() -> None:
    sound = np.concatenate([quiet(0.3), person(LONG), quiet(2.0)])
    found = [
        [cue for name, cue in listened(sound, size=size, seed=5).told if name == "responds"]
        for size in (320, 640, 1600)
    ]
    nods = sum(cue.name == "backchannel" for cue in found[0])
    assert found[0] == found[1] == found[2] and 2 <= nods <= 8, found  # in 14 s with five ends of sentences


def test_music_is_not_responded_to() -> None:
    notes = 220 * 2 ** (np.array([0, 4, 7, 12, 7, 4, -5, 0] * 6) / 12)
    pitch = np.repeat(notes, 5000)
    phase = 2 * np.pi * np.cumsum(pitch) / 16000
    decay = np.exp(-np.tile(np.arange(5000), len(notes)) / 4000)
    sound = 0.2 * decay * sum(np.sin(k * phase) / k for k in range(1, 6))
    assert "responds" not in listened(sound.astype(np.float32)).names


def test_the_echo_of_silence_is_nobody() -> None:
    echo = Echo()
    echo.play(Audio(np.zeros(24000), Fraction(24000), 0))
    assert not echo.is_own(person(OTHER)[8000 : 8000 + round(LOOK * 16000)], 1.0)


def test_a_session_answers_what_was_said_and_is_interrupted_by_a_voice() -> None:
    def say(one: Rehearsal, sound: np.ndarray) -> None:
        for i in range(0, len(sound) - 639, 640):
            one.session.listen(pcm(sound[i : i + 640]), one.clock.now())
            one.go_to(one.clock.now() + 0.04)

    with Rehearsal() as one:
        one.session.open_ear()
        say(one, np.concatenate([quiet(0.3), person("Hello, how are you today?"), quiet(1.2)]))
        one.wait(lambda: any(m.final for m in one.messages(Heard)))
        assert one.messages(Heard)[-1].text == "Hello, how are you today?"
        assert "listening" in [m.state for m in one.messages(Now)]
        one.ready()
        one.go_to(one.clock.now() + 1.2)
        assert one.session.state == "speaking"
        say(one, person("Stop, stop, please stop."))
        one.wait(lambda: one.messages(Said))
        assert one.messages(Said)[-1].interrupted and one.session.state in ("interrupted", "listening")
        nods = [c for p in one.plans for c in p.cues if c.value.name == "backchannel"]
        assert nods

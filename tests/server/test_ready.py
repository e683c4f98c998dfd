"""Speech that comes ready: heard, seen, waited for and interrupted, on a clock that the test moves."""

import numpy as np
import pytest

from mien.core.emotion import Emotion
from mien.core.errors import BadInput
from mien.core.rig import Motion
from mien.server.ready import PATIENCE, Ready, vowels
from mien.server.session import RATE
from mien.server.wire import Now, Quiet, Said
from tests.server.doubles import Rehearsal
from tests.server.voices import spoken

LEAST = 0.2
"""Seconds from the first sound that came to the first frame that moves with it: the bar."""


def bytes_of(sound: np.ndarray) -> bytes:
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def pieces(sound: np.ndarray, rate: int, seconds: float) -> list[bytes]:
    size = round(seconds * rate)
    return [bytes_of(sound[i : i + size]) for i in range(0, len(sound), size)]


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    """From the first sound on, whole fifths of a second, 24 kHz."""
    sound = spoken("Hello there. My mother bakes an apple pie.")
    first = int(np.flatnonzero(np.abs(sound) > 0.02)[0])
    return sound[first:][: (len(sound) - first) // 4800 * 4800]


def heard(one: Rehearsal) -> np.ndarray:
    return np.concatenate([s.segment.audio.values for s in one.stretches])


def send(one: Rehearsal, ready: Ready, chunks: list[bytes], every: float) -> None:
    """One after the other, as they would come."""
    for chunk in chunks:
        ready.put(chunk)
        one.go_to(one.clock.now() + every)


@pytest.mark.parametrize("seconds", [0.02, 0.04, 0.1, 0.2])
def test_ready_speech_is_heard_as_it_was_sent_and_its_lips_move_with_it(voice: np.ndarray, seconds: float) -> None:
    with Rehearsal(lightly=True) as one:
        one.go_to(1.0)
        ready = one.session.speak(24000)
        began = one.clock.now()
        send(one, ready, pieces(voice, 24000, seconds), seconds)
        ready.end()
        one.go_to(one.clock.now() + 1.5)
        sound = heard(one)
        first = int(np.flatnonzero(np.abs(sound) > 0.01)[0])
        assert first / 24000 - began <= LEAST
        assert np.abs(sound[first : first + len(voice)] - voice[: len(sound) - first]).max() < 2e-3
        assert not sound[first + len(voice) :].any()
        jaw = Motion.join([s.segment.motion for s in one.stretches])["jawOpen"]
        assert jaw[: round(began * 25)].max() < 0.03 and jaw[round(began * 25) :].max() > 0.15
        assert jaw[-10:].max() < 0.04
        assert [m.state for m in one.messages(Now)] == ["speaking", "idle"]
        assert one.messages(Said) == [Said("", interrupted=False)]


def test_the_first_frame_that_moves_with_it_is_there_in_a_fifth_of_a_second(voice: np.ndarray) -> None:
    """The tenth of a second for which lips open before a sound is in it."""
    with Rehearsal(lightly=True) as one, Rehearsal() as still:
        for each in (one, still):
            each.go_to(1.0)
        ready, began = one.session.speak(24000), 1.0
        for chunk in pieces(voice, 24000, 0.1)[:6]:
            ready.put(chunk)
            for each in (one, still):
                each.go_to(each.clock.now() + 0.1)
        a, b = (Motion.join([s.segment.motion for s in each.stretches])["jawOpen"] for each in (one, still))
        moved = np.flatnonzero(np.abs(a - b[: len(a)]) > 0.02)[0] / RATE
        assert began <= moved <= began + LEAST


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
def test_any_rate_is_said_at_its_own_speed(rate: int) -> None:
    times = np.arange(rate) / rate
    with Rehearsal(lightly=True) as one:
        ready = one.session.speak(rate)
        for chunk in pieces(0.5 * np.sin(2 * np.pi * 440 * times), rate, 0.05):
            ready.put(chunk)
        ready.end()
        one.go_to(2.0)
        sound = heard(one)
        loud = np.flatnonzero(np.abs(sound) > 0.05)
        assert loud[-1] - loud[0] == pytest.approx(24000, abs=200)
        spectrum = np.abs(np.fft.rfft(sound[loud[0] : loud[0] + 20000]))
        assert spectrum.argmax() * 24000 / 20000 == pytest.approx(440, abs=2)


def test_sound_that_comes_too_slowly_is_waited_for_with_a_shut_mouth_not_chewed(voice: np.ndarray) -> None:
    with Rehearsal(lightly=True) as one:
        ready = one.session.speak(24000)
        send(one, ready, pieces(voice, 24000, 0.1), 0.25)  # at two fifths of the speed
        ready.end()
        one.go_to(one.clock.now() + 4.0)
        loud = np.array([np.abs(s.segment.audio.values).max() > 0 for s in one.stretches])
        rests = np.flatnonzero(np.diff(loud.astype(int)) == -1)
        assert 1 < len(rests) <= 1 + np.ceil(len(voice) / 24000 / 0.3)  # some long rests, not one for each piece
        lengths = [np.argmax(loud[i + 1 :]) / 25 for i in rests[:-1]]
        assert min(lengths) >= 0.3
        jaw = Motion.join([s.segment.motion for s in one.stretches])["jawOpen"]
        for i, length in zip(rests[:-1], lengths, strict=True):
            stop = i + 1 + round(length * 25)
            assert jaw[stop - 4 : stop - 2].max() < 0.05
        assert "thinking" in [m.state for m in one.messages(Now)]


def test_sound_that_comes_too_fast_waits_up_to_the_limit_and_the_rest_is_refused() -> None:
    with Rehearsal(lightly=True, waiting=5.0) as one:
        ready = one.session.speak(24000)
        for _ in range(10):
            ready.put(bytes(24000))
        with pytest.raises(BadInput, match="more than 5 s of speech wait"):
            ready.put(bytes(2))
        one.go_to(2.0)
        ready.put(bytes(24000))  # there is room again
        assert ready.waiting <= 5.0


@pytest.mark.parametrize("moment", [0.5, 0.61])
def test_an_interruption_forgets_what_was_still_to_be_said(voice: np.ndarray, moment: float) -> None:
    with Rehearsal(lightly=True) as one:
        ready = one.session.speak(24000)
        for chunk in pieces(voice, 24000, 0.1):
            ready.put(chunk)
        one.go_to(moment)
        assert np.abs(heard(one)[-4000:]).max() > 0.02
        one.session.interrupt(moment)
        ready.put(pieces(voice, 24000, 0.1)[0])  # it was on its way; nobody is told
        one.go_to(moment + 1.5)
        begun = next(s.segment.start for s in one.stretches if s.epoch == 1) / RATE
        assert begun - moment <= 0.1
        assert not any(s.segment.audio.values.any() for s in one.stretches if s.segment.start / RATE >= begun)
        jaw = Motion.join([s.segment.motion for s in one.stretches])["jawOpen"]
        assert jaw[round((moment + 0.2) * 25) :].max() < 0.04
        assert one.messages(Quiet) == [Quiet(1)] and one.messages(Said) == [Said("", interrupted=True)]
        assert ready.over and not one.session.busy


def test_a_stream_that_goes_silent_is_over_after_a_while() -> None:
    with Rehearsal(lightly=True) as one:
        ready = one.session.speak(24000)
        ready.put(bytes(4800))
        one.go_to(PATIENCE + 1.0)
        assert ready.over and not one.session.busy


def test_a_text_waits_for_ready_speech_to_end_and_a_feeling_goes_with_it(voice: np.ndarray) -> None:
    with Rehearsal(lightly=True) as one:
        one.session.feel(Emotion.parse("happy:0.8"))
        ready = one.session.speak(24000)
        ready.put(bytes_of(voice[:24000]))
        one.session.recite("After that.")
        one.go_to(1.0)
        assert not any(s.words for s in one.stretches)
        ready.end()
        one.go_to(4.0)
        assert " ".join(w.text for s in one.stretches for w in s.words) == "After that."
        smile = Motion.join([s.segment.motion for s in one.stretches])["mouthSmileLeft"]
        assert smile[15:30].mean() > 0.1


def test_what_is_no_speech_is_refused() -> None:
    def now() -> float:
        return 0.0

    for rate in (0, 7999, 48001):
        with pytest.raises(BadInput, match="8000 to 48000 Hz"):
            Ready(rate, out=24000, lead=0.1, now=now, most=1)
    ready = Ready(24000, out=24000, lead=0.1, now=now, most=1)
    for data in (b"", b"abc"):
        with pytest.raises(BadInput, match="16-bit"):
            ready.put(data)


def test_loud_sound_is_one_vowel_without_gaps_and_silence_none() -> None:
    loudness = np.array([0] * 10 + [0.6] * 30 + [0] * 5 + [0.6] * 10 + [0] * 20 + [0.6] * 3, np.float32)
    spans = [(round(s.start, 2), round(s.stop, 2)) for s in vowels(loudness)]
    assert spans == [(0.1, 0.22), (0.22, 0.34), (0.34, 0.46), (0.46, 0.55), (0.75, 0.78)]
    assert list(vowels(np.zeros(50, np.float32))) == []

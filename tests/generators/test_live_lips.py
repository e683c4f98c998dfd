"""Lips of a live session, of speech that comes ready and of speech that is made."""

from fractions import Fraction

import numpy as np
import pytest

from mien.core.plan import Phone, Plan, Span
from mien.core.track import Audio
from mien.generators import heard
from mien.generators.live_lips import LiveLips
from mien.testing import check_generator

RATE, HZ = Fraction(25), Fraction(24000)


def ready(seconds, silent):
    """Plans of a session in which noise comes ready after so many silent seconds, told of from its first frame on."""
    noise = np.random.default_rng(0).normal(scale=0.1, size=int(seconds * HZ)).astype(np.float32)
    whole = Audio(noise, HZ, int(silent * HZ))
    first, last = int(silent * RATE), int((silent + seconds) * RATE)
    for start in range(last):
        begin, end = (int(frame * HZ / RATE) for frame in (start, start + 1))
        known = start >= first
        yield Plan(
            start,
            start + 1,
            RATE,
            whole.cut(begin, end) if known else Audio(np.zeros(end - begin, np.float32), HZ, begin),
            phones=(Span(silent, silent + seconds, Phone("ə")),) if start == first else (),
            ready=whole.cut(begin, whole.stop) if known else None,
            horizon=silent + seconds if known else (start + 1) / float(RATE),
        )


@pytest.mark.parametrize("lightly", [False, True])
def test_live_lips_keep_the_contract_of_a_generator(lightly):
    check_generator(LiveLips(lightly=lightly), seconds=4.0)


@pytest.mark.parametrize("lightly", [False, True])
def test_ready_sound_moves_lips_and_silence_before_it_does_not(lightly):
    values = np.concatenate([m.values for m in LiveLips(lightly=lightly).animate(ready(1.0, silent=2.0))])
    jaw = values[:, LiveLips.rig.find("jawOpen")]
    assert jaw[:45].max() == 0
    assert jaw[52:].max() > 0.02


def test_the_silence_before_speech_is_listened_to_once(monkeypatch):
    heard.in_silence.cache_clear()
    calls = []
    real = heard.features
    monkeypatch.setattr(heard, "features", lambda window, layers: calls.append(window.any()) or real(window, layers))
    for _ in LiveLips().animate(ready(0.5, silent=2.0)):
        pass
    assert calls.count(False) == 1 and calls.count(True) > 3


def test_speech_that_goes_on_after_a_pause_is_heard_in_no_more_work_at_once_than_any_other(monkeypatch):
    calls = []
    real = heard.features
    monkeypatch.setattr(heard, "features", lambda window, layers: calls.append(1) or real(window, layers))

    def again():
        """A second of sound, a second's pause, and sound: each frame of it known as it is said."""
        length = int(HZ / RATE)
        noise = np.random.default_rng(0).normal(scale=0.1, size=75 * length).astype(np.float32)
        noise[25 * length : 50 * length] = 0
        for start in range(71):
            sound = Audio(noise[start * length : (start + 4) * length], HZ, start * length)
            now = sound.cut(start * length, (start + 1) * length)
            yield Plan(start, start + 1, RATE, now, ready=sound, horizon=(start + 4) / float(RATE))

    work = []
    for _ in LiveLips().animate(again()):
        work.append(len(calls))
        calls.clear()
    assert sum(work[:25]) > 5 and sum(work[50:]) > 5
    assert max(work[5:]) <= 2

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.affect.voice import MEASURES, MOST, PROFILES, SPREAD, Voice, measured, phrases, shown, usual_ways
from mien.core.emotion import EMOTIONS, NEUTRAL
from mien.core.plan import Phone, Span, Speech
from mien.core.track import Audio

RATE = 16000


def hum(pitch: float, loud: float, seconds: float = 1.5, wide: float = 1.0, rate: float = 4.0) -> Speech:
    """A voice that hums up and down, a vowel every 1 / rate seconds. pitch : Hz; wide : semitones"""
    times = np.arange(round(seconds * RATE)) / RATE
    hz = pitch * 2 ** (wide / 12 * np.sin(2 * np.pi * 1.3 * times))
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    wave = loud * sum(np.sin(k * phase) / k for k in range(1, 12))
    edges = np.arange(0, seconds, 1 / rate)
    phones = tuple(Span(a, min(a + 1 / rate, seconds), Phone("ɑ")) for a in edges)
    return Speech(Audio(wave.astype(np.float32) / 3, RATE), phones=phones)


CALM = [hum(120, 0.1, wide=w) for w in (1.8, 2.0, 2.2, 2.0, 1.9)]


def test_each_profile_is_most_like_itself() -> None:
    assert set(PROFILES) == set(EMOTIONS)
    for name, profile in PROFILES.items():
        assert set(profile) <= set(MEASURES)
        weights = shown(2.5 * np.array([profile[m] for m in MEASURES])).weights
        assert max(weights, key=weights.__getitem__) == name


@given(st.lists(st.floats(-9, 9), min_size=5, max_size=5))
def test_whatever_is_heard_is_shown_calmly(deviation: list[float]) -> None:
    weights = shown(np.array(deviation)).weights
    assert sum(weights.values()) <= MOST + 0.011


def test_a_speaker_who_stays_the_same_is_neutral_and_one_who_shouts_is_not() -> None:
    heard = [*Voice().felt([*CALM, hum(180, 0.5, wide=4.0, rate=6), hum(95, 0.03, wide=0.6, rate=2)])]
    assert all(not speech.emotion for speech in heard[2:5])
    (loud,), (low,) = heard[5].emotion, heard[6].emotion
    assert set(loud.value.weights) <= {"angry", "happy", "surprise"}
    assert max(low.value.weights, key=low.value.weights.__getitem__) == "sad"


def test_what_comes_later_does_not_change_what_was_said_before() -> None:
    few, more = ([*Voice().felt(speeches)] for speeches in (CALM[:3], [*CALM, hum(200, 0.6)]))
    assert [s.emotion for s in few] == [s.emotion for s in more[:3]]


def test_louder_higher_and_faster_are_measured_as_such() -> None:
    plain, other = measured(hum(120, 0.1), 0, 1.5), measured(hum(240, 0.2, rate=8.0), 0, 1.5)
    assert plain is not None and other is not None
    change = dict(zip(MEASURES, other - plain, strict=True))
    assert change["pitch"] == pytest.approx(12, abs=0.3)
    assert change["loudness"] == pytest.approx(6, abs=0.3)
    assert change["rate"] == pytest.approx(1, abs=0.1)
    assert set(SPREAD) == set(MEASURES)


def test_a_phrase_ends_at_a_pause_and_a_short_one_is_joined() -> None:
    def said(*spans: tuple[float, float]) -> list[tuple[float, float]]:
        return phrases(replace(CALM[0], phones=tuple(Span(a, b, Phone("ɑ")) for a, b in spans)))

    assert said((0, 1), (1.1, 2), (2.6, 4)) == [(0, 2), (2.6, 4)]
    assert said((0, 0.3), (1, 2)) == [(0, 2)]
    assert said((0, 2), (3, 3.2)) == [(0, 3.2)]
    assert said() == []


def test_silence_and_whispering_express_nothing_that_we_know_of() -> None:
    silent = replace(CALM[0], audio=Audio(np.zeros(RATE, np.float32), RATE))
    (heard,) = Voice().felt([silent])
    assert heard.emotion == ()
    assert shown(np.zeros(5)) == NEUTRAL
    assert np.isfinite(usual_ways([])).all()

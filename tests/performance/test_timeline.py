import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.core.emotion import Emotion
from mien.core.errors import WrongUse
from mien.core.plan import Cue, Phone, Plan, Prosody, Span, Speech
from mien.core.track import Audio, sample_at
from mien.performance.timeline import Timeline

RATES = [Fraction(10), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60)]


def speech(seconds: float, *, pause: float = 0.2, level: float = 0.5, sample_rate: int = 8000) -> Speech:
    return Speech(
        Audio(np.full(round(seconds * sample_rate), level, np.float32), Fraction(sample_rate)),
        words=(Span(0.0, seconds, "word"),),
        phones=(Span(0.0, seconds / 2, Phone("m")), Span(seconds / 2, seconds, Phone("i"))),
        prosody=Prosody(np.full((round(seconds * 100), 3), level), Fraction(100)),
        emotion=(Span(0.0, seconds, Emotion.parse("happy")),),
        pause=pause,
    )


def plans_of(*speeches: Speech, rate: Fraction = Fraction(25), **options) -> list[Plan]:
    timeline = Timeline(rate=rate, **options)
    timeline.say(speeches)
    timeline.close()
    return list(timeline.plans())


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RATES), st.lists(st.floats(0.1, 3), min_size=1, max_size=5), st.floats(0.05, 1.0))
def test_plans_tile_the_session_and_carry_exactly_the_sound_of_their_frames(rate, lengths, tick) -> None:
    plans = plans_of(*(speech(s) for s in lengths), rate=rate, tick=tick, lead=0.3, tail=0.5)
    assert plans[0].start == 0
    assert all(b.start == a.stop for a, b in itertools.pairwise(plans))
    for plan in plans:
        assert plan.audio.start == sample_at(plan.start, rate, 8000)
        assert plan.audio.stop == sample_at(plan.stop, rate, 8000)
    sound = Audio.join(p.audio for p in plans)
    assert np.count_nonzero(sound.values) == sum(round(s * 8000) for s in lengths)  # none lost, none twice
    words = [w for p in plans for w in p.words]
    for word, length in zip(words, lengths, strict=True):
        inside = sound.values[round(word.start * 8000) + 1 : round(word.stop * 8000) - 1]
        assert np.all(inside == 0.5) and word.stop - word.start == pytest.approx(length)


@pytest.mark.parametrize("rate", RATES)
def test_sound_and_pictures_are_equally_long_after_ten_minutes(rate: Fraction) -> None:
    plans = plans_of(*[speech(20.0, sample_rate=100)] * 30, rate=rate)
    samples = sum(len(p.audio) for p in plans)
    assert abs(samples / 100 - float(plans[-1].stop / rate)) <= 0.5 / 100


def test_the_tick_changes_nothing_in_what_is_laid_where() -> None:
    whole = [[w for p in plans_of(*[speech(0.7)] * 4, tick=t, lead=0.35) for w in p.words] for t in (0.04, 0.2, 1.0)]
    assert whole[0] == whole[1] == whole[2]


def test_lead_pause_and_tail_are_silence_of_their_length() -> None:
    plans = plans_of(speech(1.0, pause=0.4), speech(1.0, pause=0.1), lead=0.36, tail=0.72)
    loud = np.flatnonzero(Audio.join(p.audio for p in plans).values)
    assert loud[0] == 0.36 * 8000
    assert np.diff(loud).max() - 1 == 0.4 * 8000
    assert plans[-1].end == pytest.approx(0.36 + 2.4 + 0.72, abs=0.04)


def test_spans_are_announced_once_and_never_after_they_begin() -> None:
    plans = plans_of(*[speech(0.9)] * 5, lead=0.3)
    announced = [(p, s) for p in plans for s in p.phones]
    assert len(announced) == 10
    assert all(p.begin <= s.start for p, s in announced)


def test_a_feeling_spans_the_silence_around_its_speech() -> None:
    plans = plans_of(speech(1.0, pause=0.5), speech(1.0, pause=0.3), lead=0.3)
    spans = [s for p in plans for s in p.emotion]
    assert [(round(s.start, 3), round(s.stop, 3)) for s in spans] == [(0.0, 1.8), (1.3, 3.1)]


def test_the_horizon_is_the_end_of_what_is_known_and_endless_at_the_end() -> None:
    plans = plans_of(speech(2.0), speech(2.0))
    assert plans[0].horizon >= 2.0
    assert plans[-1].horizon == float("inf")
    assert all(b.horizon >= a.horizon for a, b in itertools.pairwise(plans))


class VirtualClock:
    """Time that passes only as the test lets it."""

    def __init__(self) -> None:
        self.now, self.at = 0.0, {}

    def wait_until(self, seconds: float) -> None:
        self.now = seconds
        for moment in sorted(m for m in self.at if m <= seconds):
            self.at.pop(moment)()


def live(timeline: Timeline, clock: VirtualClock, seconds: float) -> list[Plan]:
    plans = []
    for plan in timeline.plans():
        plans.append(plan)
        if plan.end >= seconds:
            break
    return plans


class Ready:
    """Speeches that are there at once: stands for a voice that is fast enough."""

    def __init__(self, speeches) -> None:
        self.speeches = list(speeches)

    def poll(self):
        if not self.speeches:
            raise StopIteration
        return self.speeches.pop(0)

    def leave(self) -> None:
        self.speeches.clear()

    def close(self) -> None:
        self.speeches.clear()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.performance.timeline.in_thread", lambda speeches, depth: Ready(speeches))


@pytest.mark.usefixtures("at_once")
def test_a_live_session_goes_on_in_silence_and_answers_after_its_lead() -> None:
    clock = VirtualClock()
    timeline = Timeline(rate=25, clock=clock, lead=0.2)
    clock.at[1.0] = lambda: timeline.say([speech(0.5)])
    plans = live(timeline, clock, 3.0)
    (word,) = [w for p in plans for w in p.words]
    assert 1.0 + 0.2 <= word.start <= 1.0 + 0.2 + 0.2
    assert all(p.horizon >= p.end for p in plans)


@pytest.mark.usefixtures("at_once")
def test_an_interruption_forgets_the_rest_and_starts_an_epoch() -> None:
    clock = VirtualClock()
    timeline = Timeline(rate=25, clock=clock)
    timeline.say([speech(5.0)])
    clock.at[1.0] = timeline.interrupt
    plans = live(timeline, clock, 3.0)
    assert [p.epoch for p in plans] == [0] * 5 + [1] * 10
    sound = Audio.join(p.audio for p in plans).values
    assert sound[: 8000 - 1].all() and not sound[8000 + 1 :].any()


def test_speeches_of_two_sample_rates_do_not_mix() -> None:
    with pytest.raises(WrongUse, match="one sample rate: 8000 Hz so far, now 16000 Hz"):
        plans_of(speech(1.0), speech(1.0, sample_rate=16000))


def test_an_error_of_the_voice_reaches_whoever_pulls() -> None:
    def broken():
        yield speech(0.3)
        raise KeyError("voice")

    timeline = Timeline(rate=25)
    timeline.say(broken())
    timeline.close()
    with pytest.raises(KeyError, match="voice"):
        list(timeline.plans())


def test_nothing_said_is_no_plan() -> None:
    assert plans_of() == []


@pytest.mark.parametrize("moment", [0.4, 0.8, 1.0, 1.2])
def test_what_is_said_right_after_an_interruption_is_heard(moment: float) -> None:
    clock = VirtualClock()
    timeline = Timeline(rate=25, clock=clock, lead=0.12)
    timeline._sources.append(Ready([speech(1.0, level=0.2), speech(1.0, level=0.2)]))

    def change() -> None:
        timeline.interrupt()
        timeline._sources.append(Ready([speech(1.0, level=0.9)]))

    clock.at[moment] = change
    plans = live(timeline, clock, 4.0)
    sound = Audio.join([p.audio for p in plans]).values
    assert np.flatnonzero(sound == np.float32(0.9))[0] == round((moment + 0.12) * 8000)
    assert np.count_nonzero(sound == np.float32(0.9)) == 8000
    assert not np.any(sound[round(moment * 8000) :] == np.float32(0.2))
    assert [p.epoch for p in plans] == [int(p.begin >= moment - 1e-9) for p in plans]


def test_what_a_live_session_feels_and_does_holds_while_nothing_is_said() -> None:
    clock = VirtualClock()
    timeline = Timeline(rate=25, clock=clock, lead=0.12)
    clock.at[0.4] = lambda: (setattr(timeline, "mood", Emotion.parse("sad")), setattr(timeline, "manner", "listen"))
    clock.at[1.0] = lambda: timeline._sources.append(Ready([speech(1.0)]))
    clock.at[3.0] = lambda: (setattr(timeline, "mood", Emotion()), setattr(timeline, "manner", ""))
    clock.at[3.4] = lambda: timeline.gesture(Cue("backchannel"), 0.6)
    plans = live(timeline, clock, 4.0)
    assert all(s.start >= p.begin for p in plans for s in (*p.emotion, *p.cues))  # nothing begins in the past
    felt = [(round(s.start, 2), str(s.value)) for p in plans for s in p.emotion]
    assert felt == [(0.4, "sad:0.7"), (1.0, "happy:0.7"), (2.4, "sad:0.7"), (3.0, "neutral")]
    listening = [s.start for p in plans for s in p.cues if s.value.name == "listen"]
    assert listening == pytest.approx([0.4, 0.6, 0.8, 2.4, 2.6, 2.8])
    assert [(s.start, s.stop) for p in plans for s in p.cues if s.value.name == "backchannel"] == [(3.4, 4.0)]


def test_a_file_has_no_mood_of_its_own() -> None:
    plans = plans_of(speech(1.0), lead=1.0, tail=2.0)
    assert [s.value for p in plans for s in p.emotion] == [Emotion.parse("happy")] and not any(p.cues for p in plans)

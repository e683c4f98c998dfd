"""How a listener answers the melody of what it hears, on sounds whose melody is known."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from mien.core.plan import Cue
from mien.server.rapport import APART, WAIT, Known, Rapport, clearness, deviation
from mien.server.turns import SECONDS, WINDOW, Turns
from tests.language.test_prosody import voice

RATE = 16000
SEEDS = range(12)


def talk(seconds: float, hz: Callable[[np.ndarray], np.ndarray] | None = None, *, level: float = 0.1) -> np.ndarray:
    """Somebody whose pitch wanders, or follows ``hz`` of the time."""
    times = np.arange(round(seconds * RATE)) / RATE
    made = 130 + 25 * np.sin(2 * np.pi * 1.3 * times) if hz is None else hz(times)
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * times)
    return voice(made, level=level).values * syllables.astype(np.float32)


def hush(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.0005, round(seconds * RATE)).astype(np.float32)


def signs(sound: np.ndarray, *, seed: int = 0, likely: Callable[[np.ndarray], bool] | None = None) -> list:
    """(seconds, cue) of a listener who takes all that is loud for a voice."""
    rapport, turns, found = Rapport(seed), Turns(), []
    for i in range(len(sound) // WINDOW):
        window = sound[i * WINDOW : (i + 1) * WINDOW]
        is_voice = float(np.abs(window).max()) > 0.01 if likely is None else likely(window)
        event = turns.step(float(is_voice))
        found += [((i + 1) * SECONDS, cue) for cue in rapport.step(window, voice=is_voice, event=event)]
    return found


def nods(sound: np.ndarray, **options) -> list[float]:
    return [at for at, cue in signs(sound, **options) if cue.name == "backchannel"]


def dipped(at: float, seconds: float = 0.3) -> Callable[[np.ndarray], np.ndarray]:
    """A pitch between 118 and 142 Hz, but at one place, where it is 85."""

    def hz(times: np.ndarray) -> np.ndarray:
        return np.where((times >= at) & (times < at + seconds), 85.0, 130 + 12 * np.sin(2 * np.pi * 9 * times))

    return hz


def test_a_stretch_of_low_pitch_is_nodded_to_seven_tenths_after_it_is_heard() -> None:
    found = [at for seed in SEEDS for at in nods(talk(6, dipped(4.0)), seed=seed)]
    assert 3 <= len(found) <= 9  # some let it pass
    # 0.11 s of low pitch, WAIT, and the window that is heard; the head is down DIP later
    assert all(4.0 + 0.11 + WAIT <= at <= 4.0 + 0.11 + WAIT + 0.1 for at in found)


def test_a_low_stretch_at_a_phrases_end_is_nodded_to_in_the_silence_behind_it_by_nearly_all() -> None:
    sound = np.concatenate([talk(4.3, dipped(4.0)), hush(2.0)])
    found = [nods(sound, seed=seed) for seed in SEEDS]
    assert sum(map(bool, found)) >= 9 and all(4.4 < at < 4.7 for each in found for at in each)


def test_low_pitch_before_seven_tenths_of_speech_is_let_pass() -> None:
    sound = np.concatenate(
        [talk(4.0, lambda t: 130 + 12 * np.sin(2 * np.pi * 9 * t)), hush(1.8), talk(3.0, dipped(0.2))]
    )
    assert not [at for seed in SEEDS for at in nods(sound, seed=seed) if at > 5.0]


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("silence", np.zeros(20 * RATE, np.float32)),
        ("hush", hush(20)),
        ("noise", np.random.default_rng(2).normal(0, 0.1, 20 * RATE).astype(np.float32)),
        ("a hum", voice(np.full(20 * RATE, 120.0)).values),
        ("hums", np.concatenate([np.concatenate([voice(np.full(2 * RATE, 120.0)).values, hush(1)])] * 6)[2 * WINDOW :]),
        ("a siren nobody takes for a voice", talk(20, lambda t: 400 + 200 * np.sin(t))),
    ],
)
def test_what_is_no_talk_is_never_answered(name: str, sound: np.ndarray) -> None:
    deaf = (lambda _: False) if "nobody" in name else None
    assert not [sign for seed in SEEDS for sign in signs(sound, seed=seed, likely=deaf)]


def test_what_is_own_or_no_voice_is_not_answered_nor_learnt_from() -> None:
    assert not [s for seed in SEEDS for s in signs(talk(20), seed=seed, likely=lambda _: False)]


def test_pauses_after_a_clear_ending_are_answered_more_than_those_in_the_middle_of_a_thought() -> None:
    def after(hz: Callable[[np.ndarray], np.ndarray]) -> float:
        wander = lambda t: 130 + 12 * np.sin(2 * np.pi * 9 * t)  # noqa: E731
        sound = np.concatenate([talk(3, lambda t: np.where(t < 2.6, wander(t), hz(t - 2.6))), hush(1.0)])
        return sum(any(at > 3 for at in nods(sound, seed=seed)) for seed in range(40)) / 40

    fall, rise = after(lambda t: 140 - 120 * t), after(lambda t: 120 + 150 * t)
    level = after(lambda t: np.full_like(t, 134.0))
    assert fall > 0.75 and rise > 0.75 and level < 0.55


def test_nods_keep_apart_and_seeds_differ() -> None:
    sound = np.concatenate([np.concatenate([talk(1.6), hush(0.5)]) for _ in range(20)])
    found = [nods(sound, seed=seed) for seed in SEEDS]
    assert all(np.diff(each).min() >= APART for each in found) and len({tuple(each) for each in found}) > 6
    minutes = len(sound) / RATE / 60
    assert all(4 <= len(each) / minutes <= 25 for each in found)  # it pauses every two seconds: the most there is


def test_it_answers_the_same_each_time() -> None:
    sound = np.concatenate([talk(5), hush(0.5), talk(4, dipped(2.0)), hush(0.5)])
    assert signs(sound, seed=3) == signs(sound, seed=3) != []


def test_a_happy_voice_is_answered_with_a_smile_and_an_even_one_is_not() -> None:
    def phrase(base: float, spread: float, level: float) -> np.ndarray:
        made = talk(2.0, lambda t: base * 2 ** (spread * np.sin(2 * np.pi * 1.7 * t) / 12), level=level)
        return np.concatenate([made, hush(0.5)])

    even, happy = phrase(130, 3, 0.08), phrase(190, 8, 0.2)
    smiles = [at for at, cue in signs(np.concatenate([even] * 4 + [happy])) if cue.name == "mirror smile"]
    assert len(smiles) == 1 and smiles[0] > 4 * 2.5 + 2.0
    assert not [c for _, c in signs(np.concatenate([even] * 8)) if c.name == "mirror smile"]


def test_brows_answer_an_accent_now_and_then() -> None:
    def hz(times: np.ndarray) -> np.ndarray:
        return np.where(times % 3 < 0.25, 190.0, 130 + 12 * np.sin(2 * np.pi * 2 * times))

    loud = np.where(np.arange(18 * RATE) / RATE % 3 < 0.25, 2.0, 1.0).astype(np.float32)
    raised = [[at for at, c in signs(talk(18, hz) * loud, seed=s) if c.name == "mirror brows"] for s in SEEDS]
    assert 1 <= np.mean([len(each) for each in raised]) <= 4
    assert all(at % 3 < 0.45 for each in raised for at in each)


def test_the_more_of_a_speaker_is_known_the_more_a_deviation_counts() -> None:
    usual = (80.0, 1.5, 20.0)
    few, many = (deviation((84.0, 1.5, 20.0), [usual] * n) for n in (1, 20))
    assert not deviation(usual, []).any() and 0 < few[0] < many[0] and not many[1:].any()


def test_clearness_needs_a_voice() -> None:
    assert clearness(np.zeros((30, 2))) == clearness(np.zeros((0, 2))) == 0


def test_a_pitch_is_low_only_beside_the_speakers_own() -> None:
    known, chance = Known(), np.random.default_rng(0)
    low = [(90.0, 0.5)] * 11
    assert not known.is_low(low)
    for hz in chance.uniform(100, 160, 400):
        known.add((float(hz), 0.5))
    assert known.is_low(low) and not known.is_low([*low[:-1], (120.0, 0.5)]) and not known.is_low(low[1:])
    for hz in chance.uniform(60, 95, 3000):
        known.add((float(hz), 0.5))
    assert not known.is_low(low)


def test_a_listener_costs_less_than_a_hundredth_of_a_core() -> None:
    rapport, sound, took = Rapport(), talk(10), []
    for _ in range(3):
        began = time.thread_time()
        for i in range(0, len(sound) - WINDOW, WINDOW):
            rapport.step(sound[i : i + WINDOW], voice=True, event=None)
        took.append((time.thread_time() - began) / 10)
    assert min(took) < 0.01


def test_a_cue_is_one_that_a_face_knows() -> None:
    from mien.generators.listening import MIRRORS

    names = {cue.name for seed in SEEDS for _, cue in signs(np.concatenate([talk(5), hush(1)] * 3), seed=seed)}
    assert names and names <= {*MIRRORS} and Cue("backchannel").amount == 1

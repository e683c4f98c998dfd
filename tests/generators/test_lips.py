import time
from fractions import Fraction

import numpy as np
import pytest

from mien.core.phones import PHONES
from mien.core.plan import PROSODY_RATE, Cue, Phone, Plan, Prosody, Span
from mien.core.track import Audio
from mien.generators.lips import AHEAD, Lips
from mien.testing import animated, check_generator, example_plans

RATES = [10, 12, 15, Fraction(24000, 1001), 25, Fraction(30000, 1001), 50, 60]


def spoken(symbols, *, start=1.0, length=0.08, stress=()):
    """Phones one after the other."""
    return tuple(
        Span(start + i * length, start + (i + 1) * length, Phone(symbol, 1 if i in stress else 0))
        for i, symbol in enumerate(symbols.split())
    )


def lips(phones, *, rate=25, seconds=3.0, loudness=0.65, cues=()):
    """Motion of one plan that knows everything."""
    rate = Fraction(rate)
    prosody = np.zeros((int(seconds * 100), 3), np.float32)
    for p in phones:
        prosody[int(p.start * 100) : int(p.stop * 100)] = [loudness, 0, 1]
    frames = int(seconds * rate)
    sound = Audio.silence(0, 16000)
    return animated(
        Lips(),
        [Plan(0, frames, rate, sound, phones=phones, prosody=Prosody(prosody, PROSODY_RATE), cues=cues, horizon=99)],
    )


def during(motion, name, span, margin=0.0):
    """The channel's frames around a span."""
    inside = (motion.times >= span.start - margin) & (motion.times <= span.stop + margin)
    return motion[name][inside]


def test_lips_keep_the_contract_of_a_generator():
    check_generator(Lips())


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("length", [0.02, 0.05, 0.12])
def test_lips_are_shut_in_every_p_b_and_m_at_any_frame_rate(rate, length):
    for shift in np.linspace(0, 0.1, 11):
        phones = spoken("ɑ p ɑ b i m u b l ɑ m p ɑ", start=0.5 + shift, length=length)
        motion = lips(phones, rate=rate, seconds=3)
        for phone in phones:
            if phone.value.symbol in "pbm":
                assert during(motion, "lipSeal", phone, margin=1 / float(rate)).max() == 1


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("symbols", "contact"), [("f v", "lipTeeth"), ("t d n l", "tongueTip"), ("θ ð", "tongueTeeth"), ("k ɡ ŋ", "tongueBack")])  # fmt: skip
def test_every_contact_is_made_at_any_frame_rate(rate, symbols, contact):
    for symbol in symbols.split():
        motion = lips(spoken(f"ɑ {symbol} ɑ", length=0.06), rate=rate)
        assert motion[contact].max() == 1
        assert motion["lipSeal"].max() == 0


def test_vowels_are_not_shut():
    phones = spoken("ɑ i u ɛ oʊ aɪ ə", length=0.12)
    assert lips(phones)["lipSeal"].max() == 0


@pytest.mark.parametrize("rate", [25, 30, 60])
def test_lips_part_in_a_short_vowel_between_two_closures(rate):
    for shift in np.linspace(0, 0.04, 9):
        phones = spoken("m ɑ m ɑ b", start=1 + shift, length=0.1)
        motion = lips(phones, rate=rate, loudness=0.5)
        for vowel in phones[1::2]:
            assert during(motion, "lipSeal", vowel).min() < 0.3


def test_the_jaw_is_shut_in_silence():
    phones = spoken("h ɛ l oʊ", length=0.1) + spoken("w ɝ l d", start=4.0, length=0.1)
    motion = lips(phones, seconds=7)
    silent = np.ones(len(motion), bool)
    for p in phones:
        silent &= (motion.times < p.start - 0.15) | (motion.times > p.stop + 0.45)
    assert np.var(motion["jawOpen"][silent]) < 0.01 * np.var(motion["jawOpen"][~silent])
    assert motion.values[silent].max() < 0.01


def test_the_mouth_does_not_shut_between_two_words():
    phones = spoken("t ɑ", length=0.1) + spoken("t ɑ", start=1.4, length=0.1)
    gap = during(lips(phones, rate=100), "jawOpen", Span(1.2, 1.4, None))
    assert 0.01 < gap.min() < 0.15


def test_loud_speech_opens_the_jaw_and_leaves_rounding_alone():
    phones = spoken("ɑ t u ɑ", length=0.1)
    quiet, loud = lips(phones, loudness=0.2), lips(phones, loudness=0.9)
    assert loud["jawOpen"].max() > 1.3 * quiet["jawOpen"].max()
    assert np.array_equal(loud["mouthPucker"], quiet["mouthPucker"])


def test_rounding_is_taken_up_before_the_consonants_of_stew():
    stew, stay = lips(spoken("s t u")), lips(spoken("s t eɪ"))
    t = spoken("s t u")[1]
    assert during(stew, "mouthPucker", t).min() > 0.1
    assert during(stay, "mouthPucker", t).max() < 0.05


def test_a_diphthong_moves_from_one_shape_to_the_other():
    (vowel,) = spoken("aʊ", length=0.25)
    motion = lips((vowel,), rate=100)
    jaw, pucker = during(motion, "jawOpen", vowel), during(motion, "mouthPucker", vowel)
    assert jaw.argmax() < len(jaw) / 2 < pucker.argmax()


def test_lips_move_before_the_sound_and_no_earlier_than_ahead():
    phones = spoken("u m ɑ", start=1.0)
    motion = lips(phones, rate=100)
    first = motion.times[np.flatnonzero(motion.values.any(axis=1))[0]]
    assert 1.0 - AHEAD <= first < 1.0 - 0.08


def test_the_mouth_parts_for_a_breath():
    motion = lips(spoken("m ɑ", start=1.6), cues=(Span(1.0, 1.4, Cue("breath")),))
    assert 0.05 < during(motion, "jawOpen", Span(1.0, 1.4, None)).max() < 0.2


def test_no_channel_jumps():
    plans = example_plans([1200], rate=Fraction(100))
    motion = animated(Lips(), plans)
    speed = np.abs(np.diff(motion.values, axis=0)) * 100
    contacts = [n in ("lipSeal", "lipTeeth", "tongueTip", "tongueTeeth", "tongueBack") for n in motion.rig.names]
    assert speed[:, ~np.array(contacts)].max() < 13  # full range in no less than 120 ms
    assert speed[:, contacts].max() < 52  # a smooth step of no less than 30 ms


def test_speech_activity_is_full_while_speaking_and_fades_within_half_a_second():
    phones = spoken("h ɛ l oʊ", length=0.1)
    active = lips(phones, seconds=3)["speaking"]
    times = lips(phones, seconds=3).times
    assert active[(times > 1) & (times < 1.4)].min() == 1
    assert active[(times < 0.87) | (times > 1.86)].max() == 0


def test_every_listed_phone_has_a_shape_of_its_own():
    for symbol in PHONES:
        assert lips((Span(1.0, 1.2, Phone(symbol)),)).values.any(), symbol


def test_sounds_of_other_languages_are_read_by_their_nearest_and_the_rest_is_skipped():
    assert np.array_equal(lips(spoken("ʉ"))["mouthPucker"], lips(spoken("u"))["mouthPucker"])
    assert not lips(spoken("? ?")).values.any()


def test_an_interruption_takes_back_what_was_announced():
    phones = spoken("m ɑ " * 12, start=0.5, length=0.1)
    plans = [
        Plan(0, 25, Fraction(25), Audio.silence(0, 16000), phones=phones, horizon=99.0),
        Plan(25, 75, Fraction(25), Audio.silence(0, 16000), horizon=99.0, epoch=1),
    ]
    motion = animated(Lips(), plans)
    assert motion["jawOpen"][15:25].max() > 0.1
    assert motion.values[25 + 12 :].max() < 0.01  # half a second later nothing is left of it
    assert motion["jawOpen"][25 + 3 :].max() < 0.07


def test_lips_take_less_than_three_milliseconds_a_second():
    plans = example_plans([25] * 60)
    before = time.process_time()
    animated(Lips(), plans)
    assert time.process_time() - before < 0.003 * 60

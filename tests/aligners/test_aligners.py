import wave

import numpy as np
import pytest

from mien.aligners.hama import Hama
from mien.aligners.pocketsphinx import PocketSphinx
from mien.core.errors import BadInput, WrongUse
from mien.core.phones import CONSONANTS, PHONES, VOWELS
from mien.core.track import Audio, rate_from
from mien.testing import check_aligner

SAID = "One of the most important things for me is not only to advance AI, but also to democratize AI."
OTHER = "Dakota has done a great job fighting the spread of the virus. Together we flattened our curve."


@pytest.fixture(scope="module")
def clip(shared):
    with wave.open(str(shared / "styletalk" / "wav" / "feifeili_clip3.wav")) as file:
        samples = np.frombuffer(file.readframes(-1), "<i2") / 32768
        return Audio(samples, rate_from(file.getframerate()))


@pytest.fixture(scope="module")
def with_text():
    return PocketSphinx()


@pytest.fixture(scope="module")
def without_text():
    return Hama()


def starts(speeches, symbols):
    """Seconds on the stream at which the phones of these symbols begin."""
    found, before = [], 0.0
    for speech in speeches:
        found += [before + p.start for p in speech.phones if p.value.symbol in symbols]
        before += speech.seconds
    return np.array(found)


def test_pocketsphinx_keeps_the_contract(with_text, clip):
    check_aligner(with_text, clip, SAID)


def test_hama_keeps_the_contract(without_text, clip):
    check_aligner(without_text, clip)


def test_every_written_word_is_found_in_order(with_text, clip):
    (speech,) = with_text.align([clip], SAID)
    assert [w.value for w in speech.words] == SAID.split()
    assert all(a.stop <= b.start + 1e-9 for a, b in zip(speech.words, speech.words[1:], strict=False))


def test_a_word_outside_the_dictionary_gets_phones_from_its_letters(with_text, clip):
    (speech,) = with_text.align([clip], SAID.replace("democratize", "demmokrattize"))
    word = next(w for w in speech.words if w.value == "demmokrattize")
    inside = [p.value.symbol for p in speech.phones if word.start <= p.start < word.stop]
    assert inside[0] == "d" and "m" in inside and "k" in inside


def test_stress_comes_with_the_vowels(with_text, without_text, clip):
    for (speech,) in (with_text.align([clip], SAID), without_text.align([clip])):
        stressed = [p.value.symbol for p in speech.phones if p.value.stress]
        assert stressed and set(stressed) <= VOWELS


def test_lips_close_at_the_same_moments_with_and_without_the_text(with_text, without_text, clip):
    known = starts(with_text.align([clip], SAID), "pbm")
    heard = starts(without_text.align([clip]), "pbm")
    nearest = np.abs(known[:, None] - heard).min(axis=1)
    assert np.mean(nearest <= 0.03) >= 0.8


def test_the_sound_is_handed_on_untouched_whatever_its_rate(without_text, clip):
    sound = Audio(np.repeat(clip.values, 3), rate_from(48000))
    (speech,) = without_text.align([sound])
    assert speech.audio.rate == 48000 and np.array_equal(speech.audio.values, sound.values)
    assert len(speech.phones) > 30


def test_the_result_does_not_depend_on_the_chunks(without_text, clip):
    whole = [p for s in without_text.align([clip]) for p in s.phones]
    parts = [p for s in without_text.align(clip.split(1234)) for p in s.phones]
    assert whole == parts


def test_a_long_recording_comes_in_stretches_that_keep_their_words(with_text, clip):
    three = Audio(np.tile(clip.values, 4), clip.rate)
    speeches = list(with_text.align(three.split(16000), " ".join([SAID] * 4)))
    assert len(speeches) >= 2
    assert np.array_equal(np.concatenate([s.audio.values for s in speeches]), three.values)
    assert [w.value for s in speeches for w in s.words] == SAID.split() * 4
    found = starts(speeches, PHONES).reshape(4, -1) - np.arange(4)[:, None] * clip.seconds
    assert np.median(np.abs(found - found[0])) <= 0.01


def test_another_text_is_noticed(with_text, clip):
    with pytest.raises(BadInput, match="the text does not fit the sound: from 0 s on it should say “Dakota has done"):
        list(with_text.align([clip], OTHER))


def test_a_text_that_is_too_short_or_too_long_is_noticed(with_text, clip):
    for text in ("Hello.", " ".join([SAID] * 5)):
        with pytest.raises(BadInput, match="does not fit the sound"):
            list(with_text.align([clip], text))


def test_silence_has_no_phones(with_text, without_text):
    silence = Audio.silence(32000, 16000)
    (speech,) = without_text.align([silence])
    assert not speech.phones and len(speech.audio) == 32000
    with pytest.raises(BadInput, match="does not fit the sound"):
        list(with_text.align([silence], SAID))


def test_no_sound_gives_no_speech(without_text):
    assert list(without_text.align([])) == []


def test_the_wrong_aligner_for_a_text_says_which_one_is_right(with_text, without_text, clip):
    with pytest.raises(WrongUse, match="use the hama aligner"):
        list(with_text.align([clip]))
    with pytest.raises(WrongUse, match="use pocketsphinx"):
        list(without_text.align([clip], SAID))


def test_telephone_sound_is_heard_and_less_is_refused(without_text):
    tone = Audio(np.zeros(4000), rate_from(8000))
    assert len(list(without_text.align([tone]))) == 1
    loud = Audio(np.random.default_rng(0).normal(0, 0.1, 4000), rate_from(4000))
    with pytest.raises(BadInput, match="at least 8000 Hz, got 4000 Hz"):
        list(without_text.align([loud]))


def test_all_consonants_and_vowels_are_known_sounds(without_text, clip):
    (speech,) = without_text.align([clip])
    assert {p.value.symbol for p in speech.phones} <= CONSONANTS | VOWELS


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 48000])
def test_a_sound_of_a_few_samples_is_handed_on_or_refused(with_text, without_text, rate):
    noise = np.random.default_rng(0).normal(0, 0.1, 2000)
    for n in (1, 2, 39, 40, 41, 80, 120, 160, 239, 240, 241, 480, 719, 1000, 1999, 2000):
        sound = Audio(noise[:n], rate_from(rate))
        (speech,) = without_text.align([sound])
        assert np.array_equal(speech.audio.values, sound.values)
        try:
            (speech,) = with_text.align([sound], "hi")
        except BadInput as error:  # no word is as short as that
            assert "the text does not fit the sound" in str(error)
        else:
            assert np.array_equal(speech.audio.values, sound.values)

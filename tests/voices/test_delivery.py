"""How tags are spoken: delivery, pauses, readings and things to do at their words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mien.core.cues import CUES
from mien.core.emotion import Emotion
from mien.core.plan import Cue, Delivery, Phone, Span, Speech, Utterance
from mien.language.prosody import f0_from_audio
from mien.language.tagged import utterance_from_text
from mien.testing import check_speech
from mien.voices.kokoro import Kokoro
from mien.voices.styling import Style, delivered, whispered
from mien.voices.tone import Tone

SENTENCE = "I never told you that the boat was gone, and my brother is sorry."


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro("af_heart")


def spoken(voice: Kokoro | Tone, text: str) -> list[Speech]:
    made = list(voice.speak([utterance_from_text(text)]))
    for speech in made:
        check_speech(speech)
    return made


def word(speeches: Sequence[Speech], text: str) -> Span[str]:
    return next(w for s in speeches for w in s.words if w.value.strip("*.,") == text)


def phones(speeches: Sequence[Speech]) -> list[Span[Phone]]:
    return [p for s in speeches for p in s.phones]


def test_a_delivery_of_nothing_changes_no_style_and_deliveries_nest() -> None:
    style = Style(pitch=1.1, tempo=0.9, energy=0.3)
    assert delivered(style, Delivery()) == style
    inner, outer = Delivery(tempo=0.8, pitch=2, emphasis=0.5), Delivery(tempo=1.25, pitch=-1, volume=3, emphasis=1)
    assert inner.within(outer) == Delivery(tempo=1.0, pitch=1, volume=3, emphasis=0.5)
    assert delivered(style, Delivery(tempo=0.01, pitch=99, volume=99)).tempo == 0.4, "held within what is understood"


@pytest.mark.parametrize(
    "tag", ["**{}**", "[slow]{}[/]", "[loud]{}[/]", "[whisper]{}[/]", "[happy]{}[/]", "[high]{}[/]"]
)
def test_marking_one_word_moves_no_phone_before_it_and_shifts_those_after_alike(kokoro: Kokoro, tag: str) -> None:
    plain, marked = spoken(kokoro, SENTENCE), spoken(kokoro, SENTENCE.replace("boat", tag.format("boat")))
    was, now = word(plain, "boat"), word(marked, "boat")
    for a, b in zip(phones(plain), phones(marked), strict=True):
        assert a.value == b.value
        if a.stop <= was.start:
            assert b.start == pytest.approx(a.start, abs=0.01)
        if a.start >= was.stop:
            assert b.start - now.stop == pytest.approx(a.start - was.stop, abs=0.08)


def test_emphasis_is_louder_higher_and_longer_and_reduction_the_reverse(kokoro: Kokoro) -> None:
    def measured(text: str) -> tuple[float, float, float]:
        speeches = spoken(kokoro, text)
        here = word(speeches, "boat")
        prosody = speeches[0].prosody.values[round(here.start * 100) : round(here.stop * 100)]
        voiced = prosody[:, 2] > 0.5
        return here.stop - here.start, float(prosody[:, 0].max()), float(prosody[voiced, 1].mean())

    played_down = SENTENCE.replace("boat", "<emphasis level='reduced'>boat</emphasis>")
    reduced = measured(f"<speak>{played_down}</speak>")
    plain, strong = measured(SENTENCE), measured(SENTENCE.replace("boat", "**boat**"))
    for less, more in ((reduced, plain), (plain, strong)):
        assert all(a < b for a, b in zip(less, more, strict=True))


def test_a_whisper_has_no_voice_and_is_understood(kokoro: Kokoro) -> None:
    from mien.evaluation.suites.voice import word_errors

    (plain,), (quiet,) = spoken(kokoro, SENTENCE), spoken(kokoro, f"[whisper]{SENTENCE}[/]")
    share = [float((f0_from_audio(s.audio) > 0).mean()) for s in (plain, quiet)]
    assert share[0] > 0.4 and share[1] < 0.05
    assert (quiet.prosody.voicing < 0.5).all()
    assert word_errors(SENTENCE, quiet) <= 0.2
    (half,) = spoken(kokoro, SENTENCE.replace("my brother is sorry", "[whisper]my brother is sorry[/]"))
    at = round(word([half], "my").start * 100)
    assert (half.prosody.voicing[: at - 30] > 0.5).any() and (half.prosody.voicing[at + 5 :] < 0.5).all()


def test_whispering_keeps_the_level_and_touches_nothing_where_it_is_not_asked_for() -> None:
    sound = np.random.default_rng(0).standard_normal(24000).astype(np.float32) * 0.1
    assert whispered(sound, np.zeros(80, np.float32)) is sound
    made = whispered(sound, np.ones(80, np.float32))
    assert np.std(made[2000:-2000]) == pytest.approx(np.std(sound), rel=0.1)
    half = whispered(sound, np.repeat([0.0, 1.0], 40).astype(np.float32))
    assert np.array_equal(half[:11000], sound[:11000])


@pytest.mark.parametrize("voice", [Tone(), Kokoro("af_heart")], ids=["tone", "kokoro"])
def test_a_pause_lasts_as_long_as_it_says(voice: Kokoro | Tone) -> None:
    speeches = spoken(voice, "I never told you [pause 1.5] that the boat was gone.")
    first, second = speeches
    gap = first.seconds + first.pause + second.phones[0].start - first.phones[-1].stop
    assert gap == pytest.approx(1.5, abs=0.02)
    leading = spoken(voice, "[pause 2][smile] Hello.")
    assert leading[0].seconds == pytest.approx(2.0) and not leading[0].audio.values.any()
    assert [c.value.name for s in leading for c in s.cues if c.value.name != "breath"] == ["smile"]


def test_things_to_do_come_with_the_word_that_follows_or_at_the_end() -> None:
    (speech,) = spoken(Tone(), "[smile] Well, [nod] I [look left]never told[/look] you. [wink]")
    starts = {c.value.name: (c.start, c.stop) for c in speech.cues}
    assert starts["smile"][0] == word([speech], "Well").start
    assert starts["nod"] == (word([speech], "I").start,) * 2
    assert starts["look left"] == (word([speech], "never").start, word([speech], "told").stop)
    assert starts["wink"][0] == word([speech], "you").stop
    assert speech.pause + speech.seconds >= starts["wink"][0] + CUES["wink"].seconds, "there is time to do it"


def test_what_is_held_over_clauses_is_handed_on_in_each() -> None:
    text = "[look left]" + "We walked along the river for a very long time. " * 3 + "[/look] Then we came home."
    speeches = spoken(Tone(), text)
    assert len(speeches) > 2
    held = [[c for c in s.cues if c.value.name == "look left"] for s in speeches]
    assert [len(found) for found in held][:3] == [1, 1, 1] and sum(map(len, held)) < len(speeches) + 1
    assert held[1][0].start == 0.0


def test_an_utterance_may_have_things_to_do_and_nothing_to_say() -> None:
    (speech,) = spoken(Tone(), "[nod]")
    assert speech.seconds == pytest.approx(CUES["nod"].seconds) and speech.cues == (Span(0.0, 0.0, Cue("nod")),)
    (longer,) = spoken(Tone(), "[sad][pause 3][/sad]")
    assert longer.seconds == 3


def test_readings_are_spoken_and_the_words_shown_as_written(kokoro: Kokoro) -> None:
    (speech,) = spoken(kokoro, '<speak>My <phoneme ph="ˈmiːən">mien</phoneme>, <sub alias="as said">a.s.</sub></speak>')
    assert [w.value for w in speech.words] == ["My", "mien,", "a.s."]
    assert [p.value.symbol for p in speech.phones[2:6]] == ["m", "i", "ə", "n"]


def test_a_books_spans_are_looked_at_once() -> None:
    spans = tuple(Span(6 * i, 6 * i + 4, Emotion({"sad": 0.5})) for i in range(4000))
    utterance = Utterance("word. " * 4000, emotions=spans)
    first = next(iter(Tone().speak([utterance])))
    assert first.utterance is not None and len(first.utterance.emotions) < 200

"""Tags in a text and SSML, as an utterance."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.core.cues import CUES
from mien.core.emotion import EMOTIONS, Emotion
from mien.core.errors import BadInput
from mien.core.plan import Cue, Delivery, Reading, Span, Utterance
from mien.language.normalise import normalise
from mien.language.readings import letters_from_ipa
from mien.language.ssml import STYLES
from mien.language.tagged import utterance_from_text
from mien.language.tags import tags


def stretches(made: Utterance) -> dict[str, list[object]]:
    """Every stretch of the text that something is said about -> what."""
    found: dict[str, list[object]] = {}
    for span in (*made.emotions, *made.cues, *made.delivery, *made.readings):
        found.setdefault(made.text[int(span.start) : int(span.stop)], []).append(span.value)
    return found


def ssml(inside: str) -> Utterance:
    return utterance_from_text(f"<speak>{inside}</speak>")


# ------------------------------------------------------------------------------------------- inline tags


def test_a_text_without_tags_is_left_as_it_is() -> None:
    text = "5 < 6 & [1], see [this](http://a.b/c) or <b>that</b>.\n\n- [x] done\n\n[1]: http://a.b"
    assert utterance_from_text(text) == Utterance(text)


def test_a_feeling_holds_from_its_tag_to_its_end() -> None:
    made = utterance_from_text("I am [happy 0.8]so glad[/happy] today.")
    assert made.text == "I am so glad today."
    assert made.emotions == (Span(5, 12, Emotion({"happy": 0.8})),)


def test_tags_nest_and_a_bare_end_closes_the_last() -> None:
    made = utterance_from_text("[joy]one [whisper]two [sad:40%]three[/] four[/] five[/]")
    assert made.text == "one two three four five"
    assert stretches(made) == {
        made.text: [Emotion({"happy": 0.7})],
        "three": [Emotion({"sad": 0.4})],
        "two three four": [Delivery(whisper=True)],
    }


def test_regions_of_the_face_can_feel_apart() -> None:
    made = utterance_from_text("[emotion brows=sad:0.8, mouth=happy:0.5]Well[/emotion]")
    assert made.emotions == (Span(0, 4, Emotion.parse("brows=sad:0.8,mouth=happy:0.5")),)
    assert utterance_from_text("[sad:0.5, fear:0.2]Well[/]").emotions == (
        Span(0, 4, Emotion.parse("sad:0.5,fear:0.2")),
    )


def test_a_thing_to_do_is_for_the_word_that_follows_or_held_to_its_end() -> None:
    made = utterance_from_text("Yes [nod] indeed. [look left]Over there[/look] [WINK 0.5]")
    assert made.text == "Yes indeed. Over there "
    assert made.cues == (
        Span(4, 4, Cue("nod")),
        Span(12, 22, Cue("look left")),
        Span(23, 23, Cue("wink", 0.5)),
    )


def test_a_bare_end_never_ends_a_thing_that_is_done_once() -> None:
    made = utterance_from_text("[happy][nod] well[/] done")
    assert stretches(made) == {"well": [Emotion({"happy": 0.7})], "": [Cue("nod")]}


@pytest.mark.parametrize(
    ("tag", "seconds"), [("pause", 0.5), ("pause 2", 2), ("pause 250ms", 0.25), ("pause .5s", 0.5)]
)
def test_pauses_are_stated_in_seconds(tag: str, seconds: float) -> None:
    assert utterance_from_text(f"a [{tag}] b").cues == (Span(2, 2, Cue("pause", seconds)),)


def test_stars_stress_as_markdown_has_them_and_stay_in_the_text() -> None:
    text = "*So* it **really is** 5 * 3, snake*case, *open and\n\nclosed* here\n\n* item"
    made = utterance_from_text(text)
    assert made.text == text
    assert stretches(made) == {"So": [Delivery(emphasis=0.5)], "really is": [Delivery(emphasis=1.0)]}
    assert [w.text for w in normalise("*So* it")] == ["So", "it"], "and are not spoken"


def test_a_bracket_can_be_written_with_a_backslash() -> None:
    made = utterance_from_text(r"He wrote \[happy\] and \*so\* on, C:\dir")
    assert made.text == r"He wrote [happy] and *so* on, C:\dir"
    assert not stretches(made)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("I am [hapy]glad[/hapy]", "line 1, column 6", "[happy]"),
        ("one\ntwo [happy]three", "line 2, column 5", "[happy] is not closed: end it with [/happy]"),
        ("well [/sad] then", "line 1, column 6", "closes nothing"),
        ("[happy]well[/sad]", "line 1, column 12", "closes nothing"),
        ("[happy 2]well[/]", "line 1, column 1", "0..1"),
        ("[pause 90]well", "line 1, column 1", "0..60"),
        ("[pause 50%]well", "line 1, column 1", "seconds"),
        ("[nod 3s] well", "line 1, column 1", "0..1"),
        ("[whisper 0.5]well[/]", "line 1, column 1", "no number"),
        ("a\n\n[happy and so on", "line 3, column 1", "no ] in its line"),
        ("[Verse 1: the sea]", "line 1, column 1", "no tag"),
        ("[emotion nose=sad:0.5]well[/]", "line 1, column 1", "region"),
        ("ok [emotion joyless]well[/]", "line 1, column 4", "joyless"),
    ],
)
def test_a_bad_tag_is_named_with_its_place_and_lenient_reads_it_as_text(text: str, place: str, says: str) -> None:
    with pytest.raises(BadInput, match=re.escape(place)) as error:
        utterance_from_text(text)
    assert says in str(error.value)
    made = utterance_from_text(text, lenient=True)
    assert made.text and made.text.count("[") + len(made.emotions) >= 1


def test_lenient_holds_an_open_tag_to_the_end() -> None:
    made = utterance_from_text("so [happy 0.5]glad", lenient=True)
    assert made.emotions == (Span(3, 7, Emotion({"happy": 0.5})),)


def test_every_tag_that_is_listed_is_understood() -> None:
    for tag in tags():
        made = utterance_from_text(f"[{tag.replace(' 0..1', ' 0.5').replace('…', 'well')}] there")
        assert "there" in made.text and "[" not in made.text
    assert {*EMOTIONS, *CUES} <= {name.split("]")[0].removesuffix(" 0..1") for name in tags()}


# --------------------------------------------------------------------------------------------------- SSML


def test_ssml_is_told_by_its_root_and_its_blanks_are_one() -> None:
    made = utterance_from_text(
        '<?xml version="1.0"?>\n<!-- by hand -->\n<speak version="1.1" xml:lang="en-US"\n'
        ' xmlns="http://www.w3.org/2001/10/synthesis">\n  Hello &amp; <![CDATA[<you>]]>\n  &#x263a; there\n</speak>'
    )
    assert made.text.strip() == "Hello & <you> ☺ there"


def test_ssml_says_how_it_is_spoken() -> None:
    made = ssml(
        '<prosody rate="fast" pitch="+2st" volume="soft">one <emphasis level="strong">two</emphasis></prosody> '
        '<prosody rate="80%" range="x-high">three</prosody><emphasis>four</emphasis>'
    )
    assert stretches(made) == {
        "one two": [Delivery(tempo=1.25, pitch=2.0, volume=-6.0)],
        "two": [Delivery(emphasis=1.0)],
        "three": [Delivery(tempo=0.8, range=1.8)],
        "four": [Delivery(emphasis=0.5)],
    }


def test_ssml_says_what_is_read_in_another_way() -> None:
    made = ssml(
        '<say-as interpret-as="characters">W3C</say-as>, <sub alias="World Wide Web">WWW</sub>, '
        '<phoneme alphabet="ipa" ph="təˈmɑːtəʊ">tomato</phoneme>, <say-as interpret-as="date" format="dmy">1/2/2024</say-as>'
    )
    assert stretches(made) == {
        "W3C": [Reading("characters")],
        "WWW": [Reading("words", "World Wide Web")],
        "tomato": [Reading("phones", "təˈmɑːtəʊ")],
        "1/2/2024": [Reading("date", "dmy")],
    }
    spoken = [w.spoken for w in normalise(made.text, readings=made.readings)]
    assert spoken == [
        ("W", "three", "C"),
        ("World", "Wide", "Web"),
        ("/təˈmɑːtQ/",),
        ("February", "first", "twenty", "twenty", "four"),
    ]


def test_paragraphs_sentences_breaks_and_marks() -> None:
    made = ssml('<p><s>One</s><s>Two?</s></p><p>Three<break strength="strong"/> four <mark name="here"/>five</p>')
    assert [part.strip() for part in made.text.split("\n\n")] == ["One. Two?", "", "Three four five", ""]
    assert [w.ends_paragraph for w in normalise(made.text)] == [False, True, False, False, True]
    assert [(c.value.name, c.value.amount) for c in made.cues] == [("pause", 0.7), ("mark here", 1.0)]
    assert ssml('a<break time="1500ms"/>b').cues[0].value == Cue("pause", 1.5)


def test_an_empty_element_may_be_written_with_an_end_and_is_done_once() -> None:
    assert (
        ssml('a<break time="1s"></break>b<mark name="x"></mark>').cues
        == ssml('a<break time="1s"/>b<mark name="x"/>').cues
    )
    with pytest.raises(BadInput, match="<break> is not closed|before the end of <break>"):
        ssml('a<break time="1s">b')


def test_express_as_is_a_feeling_and_its_degree_a_factor() -> None:
    made = ssml('<mstts:express-as style="cheerful" styledegree="0.5">yes</mstts:express-as>')
    assert made.emotions == (Span(0, 3, Emotion({"happy": 0.4})),)
    whispered = ssml('<mstts:express-as style="whispering">yes</mstts:express-as>')
    assert whispered.delivery == (Span(0, 3, Delivery(whisper=True)),)
    for style in STYLES:
        assert ssml(f'<mstts:express-as style="{style}" styledegree="2">yes</mstts:express-as>').text == "yes"


def test_tags_in_brackets_work_inside_ssml() -> None:
    assert ssml("[sad]well[/sad] [nod]").emotions == (Span(0, 4, Emotion({"sad": 0.7})),)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("<speak>a <voice name='x'>b</voice></speak>", "column 10", "voice"),
        ("<speak>\n<prosody speed='2'>b</prosody></speak>", "line 2, column 1", "speed"),
        ("<speak><prosody rate='quick'>b</prosody></speak>", "column 8", "quick"),
        ("<speak><prosody pitch='180Hz'>b</prosody></speak>", "column 8", "semitones"),
        ("<speak><break time='1 hour'/>b</speak>", "column 8", "500ms"),
        ("<speak><break time='99s'/>b</speak>", "column 8", "60"),
        ("<speak><emphasis>b</speak>", "column 19", "</speak> comes before the end of <emphasis>"),
        ("<speak>b", "column 1", "<speak> is not closed"),
        ("<speak>a < b</speak>", "column 10", "&lt;"),
        ("<speak>a & b</speak>", "column 10", "&amp;"),
        ("<speak>a &nosuch; b</speak>", "column 10", "&nosuch;"),
        ("<speak><sub>b</sub></speak>", "column 8", "alias"),
        ("<speak><phoneme ph=''>b</phoneme></speak>", "column 8", "sounds"),
        ("<speak><break time='1s' time='2s'/>b</speak>", "column 8", "twice"),
        ("<!-- a --><speak><!DOCTYPE x [<!ENTITY y 'z'>]>b</speak>", "column", ""),
        ("<speak>a</speak></p>", "column 17", "closes nothing"),
    ],
)
def test_bad_ssml_is_named_with_its_place_and_lenient_reads_what_it_can(text: str, place: str, says: str) -> None:
    with pytest.raises(BadInput, match=re.escape(place)) as error:
        utterance_from_text(text)
    assert says in str(error.value)
    assert utterance_from_text(text, lenient=True).text


# ----------------------------------------------------------------------------------------------- readings


def test_sounds_may_be_any_ipa_of_english() -> None:
    assert letters_from_ipa("t͡ʃɝt͡ʃ") == "ʧɜɹʧ"
    assert letters_from_ipa("ˈdʒɔɪ.fəl") == "ˈʤYfəl"
    for bad in ("", "ˈ", "q̃", "1"):
        with pytest.raises(BadInput):
            letters_from_ipa(bad)


def test_what_cannot_be_read_as_asked_is_refused_by_name() -> None:
    for way, written in (("ordinal", "x"), ("date", "99/99/99"), ("digits", "-"), ("cardinal", "many")):
        made = ssml(f'well <say-as interpret-as="{way}">{written}</say-as>')
        with pytest.raises(BadInput, match=way):
            normalise(made.text, readings=made.readings)


# ------------------------------------------------------------------------------------------------ any text

PIECES = st.sampled_from(
    ["[", "]", "[/", "[happy", "[happy]", "[/happy]", "[/]", "[nod]", "[look left]", "[pause 1]", "*", "**", "\\", "\n",
     "\n\n", " ", "a", "word", "é", "😀", "<speak>", "</speak>", "<p>", "</p>", "<break/>", "<", ">", "&", "&amp;", "&#0;",
     "&#99999999;", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE", "=", '"', "'", "0.5", ":", "[emotion brows=sad:0.8]",
     "<prosody rate='", "[[", "]]", "[x]", "(", ")", "\x00", "\u2029"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join))


@given(TEXTS, st.booleans())
def test_no_text_is_a_crash_and_every_span_lies_in_the_text(text: str, as_ssml: bool) -> None:
    text = f"<speak>{text}</speak>" if as_ssml else text
    try:
        strict = utterance_from_text(text)
    except BadInput as error:
        assert re.match(r"line \d+, column \d+: ", str(error))
        strict = None
    made = utterance_from_text(text, lenient=True)
    assert strict is None or strict == made, "lenient changes nothing where nothing is wrong"
    for span in (*made.emotions, *made.cues, *made.delivery, *made.readings):
        assert 0 <= span.start <= span.stop <= len(made.text)


@pytest.mark.parametrize(
    "text",
    ["[" * 50_000, "*a" * 50_000, "[happy]" * 20_000, "[happy]x[/]" * 10_000, "\\" * 50_000, "<speak>" + "<p>" * 20_000,
     "<speak>" + "<!--" * 5_000, "<speak>" + "<![CDATA[" * 5_000, "*" * 50_000, "<speak><a " + "x='" * 20_000],
    ids=lambda t: t[:12],
)  # fmt: skip
def test_hostile_texts_are_read_in_time_that_grows_with_their_length(text: str) -> None:
    began = time.perf_counter()
    utterance_from_text(text, lenient=True)
    assert time.perf_counter() - began < 5

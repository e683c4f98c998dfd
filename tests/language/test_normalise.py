"""What is spoken for what is written."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.core.errors import BadInput
from mien.language.normalise import normalise, spoken_text
from mien.language.rules import LONGEST_WORD

SAYS = {
    # numbers
    "7": "seven",
    "-5": "minus five",
    "3.14": "three point one four",
    "1,234,567": "one million two hundred thirty four thousand five hundred sixty seven",
    "007": "zero zero seven",
    "1st 22nd 103rd": "first twenty second one hundred third",
    "the 1990s and '80s": "the nineteen nineties and eighties",
    "in 1984": "in nineteen eighty four",
    "1500 people": "one thousand five hundred people",
    "1/2 cup, 2½": "one half cup, two and one half",
    "10-20 kg": "ten to twenty kilograms",
    "v 1.2.3": "V one point two point three",
    "Henry VIII, World War II": "Henry the eighth, World War two",
    "call 555-1234": "call five five five one two three four",
    "1920 × 1080": "one thousand nine hundred twenty by one thousand eighty",
    "6'2\"": "six foot two",
    "24/7, 9/11": "twenty four seven, nine eleven",
    "a 3:2 ratio": "a three to two ratio",
    "1,5 litres": "one point five litres",
    "Louis XIV's": "Louis the fourteenth's",
    "in 1066": "in ten sixty six",
    # times and dates
    "5:30": "five thirty",
    "5:30 pm": "five thirty P M",
    "17:05": "seventeen oh five",
    "5:00": "five o'clock",
    "9am-5pm": "nine A M to five P M",
    "at 7 p.m. today": "at seven P M today",
    "May 5, 2024": "May fifth twenty twenty four",
    "12/05/2024": "December fifth twenty twenty four",
    "2024-05-12": "May twelfth twenty twenty four",
    "Jan. 3rd": "January third",
    # units and money
    "150 lbs": "one hundred fifty pounds",
    "1 kg": "one kilogram",
    "20 °C": "twenty degrees Celsius",
    "-5°F": "minus five degrees Fahrenheit",
    "120 km/h": "one hundred twenty kilometers per hour",
    "50%": "fifty percent",
    "5 m²": "five square meters",
    "10k": "ten thousand",
    "$3.50": "three dollars and fifty cents",
    "£1": "one pound",
    "€2.5 million": "two point five million euros",
    "$5k": "five thousand dollars",
    "$5-10": "five to ten dollars",
    "20 USD": "twenty U S dollars",
    "$0.99": "ninety nine cents",
    # short forms
    "Dr. Smith": "Doctor Smith",
    "5 Main St.": "five Main Street.",
    "St. Paul": "Saint Paul",
    "e.g., this": "for example, this",
    "cats, etc.": "cats, et cetera.",
    "No. 5": "number five",
    "The U.S.A. won": "The U S A won",
    "a Ph.D. in C#": "a P H D in C sharp",
    "A/C": "A C",
    "MP3, B2B, COVID-19": "MP three, B two B, COVID nineteen",
    "AT&T, Q&A": "A T and T, Q and A",
    "URLs": "U R L's",
    "Plan A. A dog.": "Plan A. a dog.",
    # addresses
    "https://www.example.com/a?b=1": "example dot com slash A",
    "bob@mail.org": "bob at mail dot org",
    "@jack #GoodMorning": "at jack hashtag Good Morning",
    # letters and marks
    "café, naïve, Łódź": "cafe, naive, Lodz",
    "HELLO THERE": "Hello There",
    "STOP it, NASA": "STOP it, NASA",
    "THE FBI IS HERE; UK, EU": "The FBI Is Here; UK, EU",
    "he/she, well-known": "he she, well known",
    "yes... no!!! -- ok": "yes… no!— okay",
    '"Well," she said': "“Well,” she said",
    "the number π": "the number pi",
    "don’t": "don't",
    # markup, emoji, control characters
    "# Title\nText": "Title Text",
    "**bold** _it_ `code` ~~no~~": "bold it code no",
    "un**believ**able": "unbelievable",
    "[link](http://x.y) ![img](a.png)": "link img",
    "- one\n- two": "one two",
    "| a | b |\n|---|---|": "a, B,",
    "<b>tag</b> &amp; more": "tag and more",
    "hi 🙂 :-) there": "hi there",
    "a\x00b\x07c": "a B C",
    "soft\u00adhyphen": "softhyphen",
}


@pytest.mark.parametrize(("written", "spoken"), SAYS.items(), ids=list(SAYS))
def test_written_forms_are_read_as_people_say_them(written: str, spoken: str) -> None:
    assert spoken_text(normalise(written)) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    {
        "12/05/2024": "the twelfth of May twenty twenty four",
        "205": "two hundred and five",
        "May 5": "May the fifth",
    }.items(),
)
def test_britons_say_dates_and_numbers_their_way(written: str, spoken: str) -> None:
    assert spoken_text(normalise(written, accent="gb")) == spoken


def test_each_word_knows_its_place_in_the_text() -> None:
    text = "**Dr. Smith** paid $3.50 for 5 km — really?"
    words = normalise(text)
    assert [w.text for w in words] == ["Dr.", "Smith", "paid", "$3.50", "for", "5 km", "really"]
    assert all(w.text == text[w.start : w.stop] for w in words)


def test_each_word_is_shown_with_the_marks_around_it() -> None:
    words = normalise('"Hello," she (softly) said — then… **Bold**, word—word; and [one](http://x.y)!')
    assert [w.shown for w in words] == [
        '"Hello,"', "she", "(softly)", "said —", "then…", "Bold,", "word—", "word;", "and", "one!",
    ]  # fmt: skip


def test_blank_lines_headings_and_list_items_end_a_paragraph() -> None:
    words = normalise("# Title\nOne\ntwo\n\nthree\n- four")
    assert [w.text for w in words if w.ends_paragraph] == ["Title", "two", "three", "four"]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Привет мир", "Cyrillic"),
        ("say 世界", "Chinese characters"),
        ("مرحبا", "Arabic"),
        ("ひらがな", "Japanese (Hiragana)"),
        ("한국어", "Korean (Hangul)"),
        ("Καλημέρα", "Greek"),
        ("नमस्ते", "Devanagari"),
    ],
)
def test_a_script_that_cannot_be_read_is_refused_by_name(text: str, script: str) -> None:
    with pytest.raises(
        BadInput, match=rf"is written in {re.escape(script)}; the English voices read Latin script only"
    ):
        normalise(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [("", "empty"), (" \n\t", "empty"), ("... !?", "only punctuation"), ("🙂🙂", "only punctuation"), ("---", "only")],
)
def test_a_text_with_nothing_to_say_is_refused(text: str, what: str) -> None:
    with pytest.raises(BadInput, match=f"there is nothing to say: the text is {what}"):
        normalise(text)


# what people write, denser in the difficult characters than any text is
PIECES = (
    "a I the Dr. etc. e.g. $ € 5 30 1,000 3.14 : / - -- … . , ! ? ( ) [ ] \" ' ’ “ ” # * ** _ ` ~ | < > & @ % ° C km kg "
    "lbs h pm AM May Jan 2024 st nd th s x ½ ² é ß π 🙂 \u200d \ufe0f \u00ad \x00 \n \t http:// www. .com USA VIII O'Neil"
    .split(" ")
)  # fmt: skip
MIXED = st.lists(st.sampled_from(PIECES), max_size=12)
TEXTS = st.one_of(st.text(), MIXED.map("".join), MIXED.map(" ".join))
DOTLESS = st.lists(st.sampled_from([p for p in PIECES if "." not in p]), max_size=12).map(" ".join)
"""A dot after a word may turn it into an abbreviation: "Jan" and "." are not "Jan."."""


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_is_either_words_in_order_or_a_clear_refusal(text: str) -> None:
    try:
        words = normalise(text)
    except BadInput:
        return
    places = [(w.start, w.stop) for w in words]
    assert all(0 <= a < b <= len(text) for a, b in places)
    assert all(b <= c for (_, b), (c, _) in pairwise(places))
    for word in words:
        assert word.spoken
        assert all(re.fullmatch(r"[A-Za-z]+(?:'[A-Za-z]+)*", s) and len(s) <= LONGEST_WORD for s in word.spoken)
        assert set(word.after) <= set(",;:.?!…—”)") and set(word.before) <= set("“(")


@settings(max_examples=400, deadline=None)
@given(DOTLESS)
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    try:
        once = spoken_text(normalise(text))
    except BadInput:
        return
    said = [s.lower() for w in normalise(once) for s in w.spoken]
    assert said == [s.lower() for w in normalise(text) for s in w.spoken]


def test_a_hundred_thousand_characters_take_no_time() -> None:
    assert len(normalise("It was 5:30 in the morning. " * 3600)) == 3600 * 6


LINEAR = 12
"""CPU seconds: four times what the slowest of these takes on a slow machine; in the square of the text, minutes."""


@pytest.mark.parametrize(
    "text",
    ["1" * 20000, "1" * 20000 + "th", "$" + "9" * 9000, "1," * 9000, "1-" * 9000, "a." * 20000, "a@" * 20000, "[" * 9000,
     "*a" * 9000, "<" * 20000, "A " * 9000, "/" * 20000 + "a", "1:2" * 9000, "(a" * 9000, "x^" * 9000, "|a" * 9000],
    ids=lambda text: text[-4:],
)  # fmt: skip
def test_no_long_run_of_anything_takes_long(text: str) -> None:
    before = time.process_time()
    assert normalise(text + " a")
    assert time.process_time() - before < LINEAR


def test_a_page_of_letters_is_cut_into_pieces() -> None:
    (word,) = normalise("a" * 5000)
    assert len(word.spoken) == -(-5000 // LONGEST_WORD)


@pytest.mark.parametrize(
    "piece",
    ["🙂", "~", " ", "(", "[", "<", "|", ".", "$1", "*_[`", "( ", " (  ", "\n", "-", "'", "a-", "a/", "[a](", "|-- ", "A."],
)  # fmt: skip
def test_a_hundred_thousand_characters_of_anything_take_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    before = time.process_time()
    assert normalise(f"word {text} a\nword")
    assert time.process_time() - before < LINEAR


def test_a_long_word_of_many_parts_keeps_them_all() -> None:
    (word,) = normalise("$1" * 500)
    assert (word.text, word.spoken) == ("$1" * 500, ("one", "dollar") * 500)

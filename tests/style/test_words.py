"""Words of style, and the sheet they are printed as."""

import tomllib

import pytest

from mien.core.errors import BadInput, WrongUse
from mien.core.manner import Manner
from mien.core.style import AMOUNTS, Style
from mien.performance.manners import for_ready_motion, manner_of
from mien.style.sheet import manner_from_table, save_sheet, sheet
from mien.style.words import lexicon, manner_from_words


def test_every_word_of_the_lexicon_says_something_and_at_every_degree_it_is_a_style() -> None:
    table = lexicon()
    assert len(table.known) > 500
    for word in table.known:
        spoken = word.replace("-", " ")
        for degree in ("", "very ", "slightly ", "not "):
            manner = manner_from_words(degree + spoken)
            assert degree == "not " or manner.style.changes or manner.emotion.regions or manner.begin or manner.end, (
                word
            )


def test_every_cue_of_the_lexicon_is_one_that_there_is() -> None:
    from mien.core.cues import CUES

    named = {cue for meaning, _ in lexicon().meanings.values() for cue in (meaning.begin, meaning.end) if cue}
    assert named and named <= {*CUES}


def test_the_example_of_the_manual_reads_as_it_is_meant() -> None:
    manner = manner_from_words("tired, sarcastic, nods a lot")
    assert manner.style.nods == 2.5 and manner.style.lids < 0 < manner.style.asymmetry
    assert manner.emotion.at("mouth")["contempt"] > 0.3 and manner.emotion.at("head")["sad"] > 0


@pytest.mark.parametrize("word", ["tired", "nervous", "warm", "dramatic", "shy", "sarcastic"])
def test_degrees_are_in_order(word: str) -> None:
    for name in manner_from_words(word).style.changes:
        usual = AMOUNTS[name].usual
        hardly, slightly, plain, very = (
            abs(getattr(manner_from_words(f"{degree} {word}").style, name) - usual)
            for degree in ("hardly", "slightly", "", "very")
        )
        assert hardly <= slightly <= plain <= very, name
        opposite = getattr(manner_from_words(f"not {word}").style, name) - usual
        assert opposite * (getattr(manner_from_words(word).style, name) - usual) < 0, name


def test_how_often_is_said_before_or_after() -> None:
    assert manner_from_words("hardly blinks").style.blinks == 0.2
    assert manner_from_words("doesn't blink").style.blinks == 0
    assert manner_from_words("nods all the time").style.nods == 3
    assert manner_from_words("raises his eyebrows constantly").style.brows == 3
    assert manner_from_words("looks away often and never nods").style.changes == {"away": 1.8, "nods": 0.0}


def test_order_does_not_matter() -> None:
    one, other = (manner_from_words(t) for t in ("tired, friendly, blinks a lot", "blinks a lot, friendly, tired"))
    assert one.style == other.style and one.emotion == other.emotion


@pytest.mark.parametrize(
    ("text", "said"),
    [("tird", "did you mean 'tired'"), ("very, happy", "how much"), ("happy qqqq", "'qqqq'"), ("", "no style is said")],
)
def test_what_is_not_known_is_said_with_what_is_near(text: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        manner_of(text)


def test_a_sheet_reads_back_as_what_it_was_printed_from(tmp_path) -> None:
    manner = manner_of('tired, "sarcastic", nods a lot, sighs, winks, jaw=1.2')
    save_sheet(manner, tmp_path / "x.toml")
    assert manner_of(tmp_path / "x.toml") == manner == manner_of(str(tmp_path / "x.toml"))
    assert manner_from_table(tomllib.loads(sheet(manner, whole=False)), "") == manner


def test_a_whole_sheet_offers_every_amount_under_its_region() -> None:
    text = sheet(Manner())
    for name, amount in AMOUNTS.items():
        assert f"# {name} = {amount.usual:g}" in text
        edited = tomllib.loads(text.replace(f"# {name} = {amount.usual:g}", f"{name} = {amount.high:g}"))
        assert manner_from_table(edited, "").style == Style(**{name: amount.high})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "mien.motion/1"', "wanted kind"),
        ('kind = "mien.code/2"', "style_from"),
        ('kind = "mien.style/1"\n[mouth]\nbrows = 1.0', r"belongs under \[brows\]"),
        ('kind = "mien.style/1"\n[mouth]\njow = 1.0', "did you mean 'jaw'"),
        ('kind = "mien.style/1"\n[mouht]\njaw = 1.0', "did you mean 'mouth'"),
        ('kind = "mien.style/1"\n[mouth]\njaw = "wide"', "must be a number"),
        ('kind = "mien.style/1"\n[mouth]\nemotion = "hapy"', "did you mean 'happy'"),
        ('kind = "mien.style/1"\nmouth = 3', "must be a section"),
        ('kind = "mien.style/1"\n[cues]\nfirst = ["nod"]', "begin and end"),
        ('kind = "mien.style/1"\n[cues]\nend = ["wnik"]', "did you mean 'wink'"),
        ("[mouth", "is not TOML"),
    ],
)
def test_a_sheet_with_a_mistake_is_refused_with_what_is_wrong(text: str, said: str, tmp_path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        manner_of(path)


def test_amounts_typed_beside_words_are_laid_upon_them() -> None:
    assert manner_of("tired, jaw=2").style.jaw == pytest.approx(2 * manner_of("tired").style.jaw)


def test_ready_motion_takes_what_it_can_of_words_and_refuses_habits_asked_for_by_name() -> None:
    style, left = for_ready_motion(manner_of("tired"))
    assert style.lids < 0 and style.blinks == 1 and "blinks" in left and "emotion" in left
    with pytest.raises(WrongUse, match="cannot be given blinks"):
        for_ready_motion(manner_of("jaw=2,blinks=2"))

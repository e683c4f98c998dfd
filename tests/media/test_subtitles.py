"""Subtitles that can be read: short lines, cut where one breathes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.core.errors import WrongUse
from mien.core.plan import Span
from mien.media import write_subtitles
from mien.media.subtitles import LINE, LINES, LONGEST, srt, subtitles, vtt

TEXT = (
    "The fisherman, who had been out since before dawn, came home with nothing but a story. "
    "Nobody believed him. They laughed, poured him another glass, and asked for more."
)


def spoken(text: str, word: float = 0.3, gap: float = 0.05) -> list[Span[str]]:
    return [Span(i * (word + gap), i * (word + gap) + word, w) for i, w in enumerate(text.split())]


def test_a_text_is_cut_at_its_sentences_and_commas() -> None:
    assert [span.value for span in subtitles(spoken(TEXT))] == [
        "The fisherman,\nwho had been out since before dawn,",
        "came home with nothing but a story.",
        "Nobody believed him.",
        "They laughed, poured him another glass,\nand asked for more.",
    ]


def test_a_pause_begins_a_new_subtitle() -> None:
    words = [Span(0.0, 0.5, "well"), Span(2.0, 2.5, "then")]
    assert [(s.start, s.stop, s.value) for s in subtitles(words)] == [(0.0, 1.0, "well"), (2.0, 3.0, "then")]


words = st.lists(
    st.tuples(
        st.text("abcdefg,.!", min_size=1, max_size=12), st.floats(0.01, 1), st.one_of(st.just(0.0), st.floats(0, 2))
    ),
    max_size=60,
)


@given(words)
def test_nothing_is_lost_and_every_subtitle_can_be_read(drawn: list[tuple[str, float, float]]) -> None:
    spans, now = [], 0.0
    for text, seconds, gap in drawn:
        spans.append(Span(now, now + seconds, text))
        now += seconds + gap
    made = subtitles(spans)
    assert " ".join(span.value for span in made).split() == [span.value for span in spans]
    for span, following in zip(made, [*made[1:], None], strict=False):
        lines = span.value.split("\n")
        assert len(lines) <= LINES and all(len(line) <= LINE for line in lines)
        assert span.stop - span.start <= LONGEST + 1
        assert following is None or span.stop <= following.start + 1e-9


def test_srt_and_vtt_are_written_to_the_letter(tmp_path: Path) -> None:
    spans = [Span(0.0, 1.25, "Tom & Jerry"), Span(3661.5, 3662.0, "a < b")]
    assert srt(spans) == ("1\n00:00:00,000 --> 00:00:01,250\nTom & Jerry\n\n2\n01:01:01,500 --> 01:01:02,000\na < b\n")
    assert vtt(spans) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nTom &amp; Jerry\n\n01:01:01.500 --> 01:01:02.000\na &lt; b\n"
    )
    write_subtitles(tmp_path / "a.srt", spans[:1])
    assert (tmp_path / "a.srt").read_text() == "1\n00:00:00,000 --> 00:00:01,250\nTom & Jerry\n"


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse) as error:
        write_subtitles(tmp_path / "a.sub", [])
    assert str(error.value) == "cannot write subtitles to 'a.sub': the name must end in .srt or .vtt"

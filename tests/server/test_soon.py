"""A speech that begins sooner keeps all that happens in it."""

from __future__ import annotations

import pytest

from mien.core.plan import Cue
from mien.language.tagged import utterance_from_text
from mien.server.soon import sooner
from mien.testing import check_speech
from mien.voices.tone import Tone


def test_what_is_to_be_done_is_done_at_its_word_however_soon_that_comes() -> None:
    (speech,) = Tone().speak([utterance_from_text("[smile] Well, [look left]over[/look] there. [wink]")])
    made = sooner(speech, 0.04)
    check_speech(made)
    by = speech.phones[0].start - made.phones[0].start
    assert by > 0.2 and made.phones[0].start == pytest.approx(0.04, abs=0.01)
    kept = {c.value: c for c in speech.cues if c.value != Cue("breath")}
    assert {c.value for c in made.cues} == set(kept), "the breath has no room left, all else is there"
    for cue in made.cues:
        assert cue.start == pytest.approx(kept[cue.value].start - by) and cue.stop == pytest.approx(
            kept[cue.value].stop - by
        )


def test_a_speech_that_begins_soon_enough_is_left_as_it_is() -> None:
    (speech,) = Tone().speak([utterance_from_text("Hello.")])
    assert sooner(speech, 0.5) is speech

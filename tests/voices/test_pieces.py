import itertools

import numpy as np
import pytest

from mien.core.emotion import Emotion
from mien.core.plan import Speech, Utterance
from mien.performance.verbs import joined
from mien.testing import check_speech, check_voice
from mien.voices.kokoro import Kokoro
from mien.voices.pieces import FIRST, piece

TEXT = "Once there was a portrait that hung in a quiet hall, and nobody ever looked at it. Then it blinked!"


@pytest.fixture(scope="module", params=["neutral", "angry:0.8", "sad:0.8"])
def both(request) -> tuple[list[Speech], list[Speech]]:
    said = Utterance(TEXT, emotion=Emotion.parse(request.param))
    return list(Kokoro(soon=True).speak([said])), list(Kokoro().speak([said]))


def test_it_keeps_the_contract() -> None:
    check_voice(Kokoro(soon=True))


def test_pieces_say_the_words_of_the_whole_when_the_whole_does(both) -> None:
    pieces, clauses = both
    for one in pieces:
        check_speech(one)
    a, b = joined(pieces), joined(clauses)
    assert [w.value for w in a.words] == [w.value for w in b.words]
    assert [p.value for p in a.phones] == [p.value for p in b.phones]
    assert max(abs(x.start - y.start) for x, y in zip(a.phones, b.phones, strict=True)) < 0.05
    assert max(abs(x.stop - y.stop) for x, y in zip(a.phones, b.phones, strict=True)) < 0.1


def test_the_first_piece_is_short_and_only_the_first_clause_is_cut(both) -> None:
    pieces, clauses = both
    assert pieces[0].seconds < FIRST + 1.2
    assert len(pieces) > len(clauses) and pieces[-1].seconds == clauses[-1].seconds
    assert np.array_equal(pieces[-1].audio.values, clauses[-1].audio.values)


def test_pieces_are_as_loud_as_the_whole_and_join_without_a_click(both) -> None:
    pieces, clauses = both
    first = pieces[: len(pieces) - len(clauses) + 1]
    sound = np.concatenate([p.audio.values for p in first])
    whole = clauses[0].audio.values
    assert abs(20 * np.log10(sound.std() / whole.std())) < 3.5
    steps = np.abs(np.diff(sound))
    seams = np.cumsum([len(p.audio) for p in first])[:-1]
    assert max(steps[s - 300 : s + 300].max() for s in seams) <= steps.max() * 0.999 or len(seams) == 0
    assert steps.max() < 2.5 * np.abs(np.diff(whole)).max()


def test_a_speech_cut_anywhere_is_whole_again(both) -> None:
    whole = both[1][0]
    cuts = [0.0, 0.37, 0.9, 1.6, whole.seconds]
    again = [piece(whole, a, b) for a, b in itertools.pairwise(cuts)]
    assert np.array_equal(np.concatenate([p.audio.values for p in again]), whole.audio.values)
    assert np.array_equal(np.concatenate([p.prosody.values for p in again]), whole.prosody.values)
    assert [p.value for s in again for p in s.phones] == [p.value for p in whole.phones]
    assert sum(p.pause for p in again) == whole.pause

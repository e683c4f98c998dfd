import numpy as np
import pytest

import mien
from mien.core.errors import WrongUse
from mien.core.plan import Span, Speech
from mien.core.track import Audio
from mien.language.commands import commands
from mien.performance.commanded import commanded


def clauses() -> list[Speech]:
    return [
        Speech(Audio.silence(16000, 16000), words=(Span(0.1, 0.9, word),), pause=0.5)
        for word in ("one", "two", "three")
    ]


def test_each_speech_gets_the_cues_that_begin_in_it_or_in_its_pause():
    told = commands("nods at 'two', then shakes at 'three', then winks at 1.2 s")
    cues = [[(c.value.name, round(c.start, 2)) for c in s.cues] for s in commanded(clauses(), told)]
    assert cues == [[("wink", 1.2)], [("nod", 0.1)], [("shake", 0.1)]]


def test_without_commands_nothing_waits_and_nothing_changes():
    speeches = iter(clauses())
    assert next(commanded(speeches, ())).cues == ()
    assert len(list(speeches)) == 2


def test_commands_alone_make_a_performance_long_enough_for_them():
    motion = mien.animate(head="nods twice, then turns left at the end")
    assert 2.5 < motion.seconds < 6
    assert motion["headYaw"][-1] > 0.15  # and it is kept to the last frame
    take = mien.say(head="nods twice", voice="tone", renderer="sketch")
    assert take.motion["headPitch"].max() > 0.08
    assert not take.audio.values.any()


def test_a_command_moves_the_head_at_its_word_and_nothing_before():
    text = "Hello my friend, I never saw you before."
    plain, told = (mien.say(text, voice="tone", head=head) for head in (None, 'shakes the head at "never"'))
    at = next(w.start for w in told.words if w.value == "never")
    frame = int(at * 25)
    moved = np.abs(told.motion["headYaw"] - plain.motion["headYaw"])
    assert moved[: frame - 4].max() == 0 and moved[frame : frame + 20].max() > 0.1
    assert np.array_equal(plain.audio.values, told.audio.values)


def test_nothing_to_say_and_nothing_to_do_is_refused():
    with pytest.raises(WrongUse, match="commands"):
        mien.say()
    with pytest.raises(WrongUse, match="commands"):
        mien.animate()

import threading
import time

import numpy as np
import pytest

from mien.core.emotion import Emotion
from mien.core.errors import BadInput, WrongUse
from mien.core.plan import SELF, Utterance
from mien.core.rig import Motion
from mien.core.style import Style
from mien.performance.perform import perform
from mien.performance.verbs import default_generators
from mien.server.session import RATE, OnStage, Session
from mien.server.wire import Heard, Notice, Now, Quiet, Said
from tests.server.doubles import Rehearsal, VirtualClock, cast

COUNT = "/count"

SHUT = 0.04
"""jawOpen below which lips touch on every portrait."""


def sound(one: Rehearsal, since: float = 0.0) -> np.ndarray:
    """(n,) loudness of each stretch that begins at or after a moment."""
    return np.array([np.abs(s.segment.audio.values).max() for s in one.stretches if s.segment.start / RATE >= since])


def mouth(one: Rehearsal) -> Motion:
    return Motion.join([s.segment.motion for s in one.stretches])


def test_an_idle_face_lives_in_silence_with_its_mouth_shut() -> None:
    with Rehearsal() as one:
        one.go_to(4.0)
        motion = mouth(one)
        assert (np.abs(np.diff(motion.values, axis=0)).max(axis=1) > 1e-5).all()
        assert motion["jawOpen"].max() < 0.02 and not sound(one).any()
        assert one.session.state == "idle" and not one.messages(Said, Heard, Quiet, Notice)


def test_an_answer_is_heard_seen_and_remembered() -> None:
    with Rehearsal() as one:
        one.go_to(1.0)
        one.session.hear("The kettle is on.")
        one.ready()
        one.go_to(6.0)
        assert [m.state for m in one.messages(Now)][-2:] == ["speaking", "idle"]
        assert one.messages(Said) == [Said("You said: The kettle is on.", interrupted=False)]
        assert " ".join(w.text for s in one.stretches for w in s.words) == "You said: The kettle is on."
        assert sound(one).max() > 0.1 and mouth(one)["jawOpen"].max() > 0.1
        assert [(u.text, u.speaker) for u in one.session._talk] == [
            ("The kettle is on.", "user"), ("You said: The kettle is on.", SELF),
        ]  # fmt: skip


def test_words_go_with_the_stretch_in_which_they_begin() -> None:
    with Rehearsal() as one:
        one.session.hear("A few words, one after the other.")
        one.ready()
        one.go_to(4.0)
        for stretch in one.stretches:
            for word in stretch.words:
                assert stretch.segment.start / RATE <= word.start + 1e-3 < stretch.segment.stop / RATE + 2e-3


def test_live_frames_are_the_frames_of_a_file_for_the_same_plans() -> None:
    with Rehearsal(seed=5) as one:
        one.session.feel(Emotion.parse("happy:0.5"))
        one.go_to(0.8)
        one.session.hear(COUNT)
        one.ready()
        one.go_to(2.4)
        one.session.interrupt()
        one.go_to(4.0)
        live = one.stretches
        drawn = [image for s in live for image in s.drawn]
    whole = list(perform(one.plans[: len(live)], default_generators(5), one.session.stage.face))
    ran = [f for s in whole for f in s.frames][: len(mouth(one))]
    motion = Motion.join([s.motion for s in whole])
    assert np.array_equal(mouth(one).values, motion.values[: len(mouth(one))])
    assert one.session.stage.held == 0 and len(ran) >= len(drawn) > 80
    shown = [i for s in live for i in range(s.segment.stop - len(s.drawn), s.segment.stop)]
    assert all(np.array_equal(image, ran[i].image) for image, i in zip(drawn, shown, strict=True))


@pytest.mark.parametrize("moment", [1.5, 1.57, 2.0, 2.31])
def test_an_interruption_is_silence_at_once_and_a_closed_mouth_soon(moment: float) -> None:
    with Rehearsal() as one:
        one.session.hear(COUNT)
        one.ready()
        one.go_to(moment)
        assert sound(one)[-3:].max() > 0.05
        one.session.interrupt(moment)
        one.go_to(moment + 1.5)
        begun = next(s.segment.start for s in one.stretches if s.epoch == 1) / RATE
        assert begun - moment <= 0.1  # seconds until there is silence
        assert not sound(one, since=float(begun)).any()
        motion = mouth(one)
        shut = motion["jawOpen"][round((moment + 0.2) * 25) :]
        assert shut.max() < SHUT, shut.max()
        assert one.messages(Quiet) == [Quiet(1)]


def test_an_interrupted_face_closes_its_mouth_without_a_jump() -> None:
    with Rehearsal() as one:
        one.session.hear(COUNT)
        one.ready()
        one.go_to(2.0)
        one.session.interrupt(2.0)
        one.go_to(3.0)
        steps = np.abs(np.diff(mouth(one)["jawOpen"]))
        assert steps[48:].max() <= max(steps[:48].max(), 0.25)


def test_only_what_was_heard_of_an_answer_is_remembered() -> None:
    with Rehearsal() as one:
        one.session.hear(COUNT)
        one.ready()
        one.go_to(2.6)
        words = [w for s in one.stretches for w in s.words]
        heard_until = words[2].stop + 0.01
        one.session.hear("Go on.", at=heard_until)
        (cut,) = one.messages(Said)
        assert cut == Said(" ".join(w.text for w in words[:3]), interrupted=True)
        assert [u.text for u in one.session._talk if u.speaker == SELF] == [cut.text]
        one.ready()
        one.go_to(7.0)
        assert cut.text in one.messages(Said)[1].text  # the agent knew where it was


def test_typing_makes_it_listen_and_a_stop_startles_it() -> None:
    with Rehearsal() as one:
        one.session.attend()
        one.go_to(0.5)
        assert one.session.state == "listening"
        one.go_to(5.0)
        assert one.session.state == "idle"
        one.session.hear(COUNT)
        one.ready()
        one.go_to(7.0)
        one.session.interrupt()
        one.go_to(9.0)
        assert [m.state for m in one.messages(Now)][-3:] == ["speaking", "interrupted", "idle"]


class Failing:
    def reply(self, heard):
        yield Utterance("Well, I.")
        raise WrongUse("the line is dead")


def test_when_the_agent_fails_the_face_says_so_and_goes_on() -> None:
    with Rehearsal(cast(answers=Failing)) as one:
        one.session.hear("Hello?")
        one.ready()
        one.go_to(8.0)
        assert Notice("the line is dead", problem=True) in one.messages(Notice)
        assert one.messages(Said)[-1].text == "Well, I. I am sorry, I cannot answer that right now."
        sad = [s.segment.motion["mouthFrownLeft"].max() for s in one.stretches]
        assert max(sad) > 0.1 and one.session.alive


def test_an_agent_that_says_nothing_leaves_an_idle_face() -> None:
    class Mute:
        def reply(self, heard):
            return iter(())

    with Rehearsal(cast(answers=Mute)) as one:
        one.session.hear("Hello?")
        one.ready()
        one.go_to(1.0)
        assert one.session.state == "idle" and one.messages(Said) == [Said("", interrupted=False)]


def test_a_style_acts_at_once_and_habits_are_refused() -> None:
    with Rehearsal() as one:
        one.session.feel(Emotion.parse("surprise:0.9"))
        one.go_to(2.0)
        raised = mouth(one)["browInnerUp"][-5:].mean()
        one.session.move(Style.parse("brows=0.2"))
        one.go_to(3.5)
        assert mouth(one)["browInnerUp"][-5:].mean() < 0.5 * raised
        with pytest.raises(WrongUse, match="nods"):
            one.session.move(Style.parse("nods=2"))


def test_a_feeling_acts_at_once_and_is_spoken_with() -> None:
    with Rehearsal() as one:
        one.go_to(1.0)
        one.session.feel(Emotion.parse("happy:0.9"))
        one.go_to(2.0)
        smile = mouth(one)["mouthSmileLeft"]
        assert smile[:25].max() < 0.25 < smile[40:].min()
        one.session.feel(Emotion())
        one.go_to(5.0)
        assert mouth(one)["mouthSmileLeft"][-10:].max() < 0.2
    with pytest.raises(WrongUse):
        Session(cast(), clock=VirtualClock(), tell=print).use_voice("nobody")
    with pytest.raises(BadInput):
        Session(cast(), clock=VirtualClock(), tell=print).recite("[happy] …")


def test_another_face_comes_on_stage_without_a_gap() -> None:
    with Rehearsal() as one:
        one.go_to(0.5)
        face = cast(size=320).face_of(None)
        one.session.stage.face = face
        one.go_to(1.0)
        sizes = [image.shape[0] for s in one.stretches for image in s.drawn]
        assert sizes == sorted(sizes) and set(sizes) == {256, 320}
        frames = [i for s in one.stretches for i in range(s.segment.start, s.segment.stop)]
        assert frames == list(range(len(frames)))


class Slow(VirtualClock):
    """Always so much later than it should be."""

    late = 1.0

    def now(self) -> float:
        return super().now() + self.late


def test_what_comes_too_late_is_not_drawn_and_every_frame_has_its_place() -> None:
    clock = Slow()
    stage = OnStage(cast().face(), clock, lambda: True)
    motion = Motion.at_rest(10, rate=25, rig=stage.rig)
    frames = list(stage.render(motion.split(2)))
    assert [f.index for f in frames] == list(range(10))
    assert stage.drawn == 2 and stage.held == 8
    assert all(f.image is frames[1].image for f in frames[2:])


def test_a_closed_session_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with Rehearsal() as one:
        one.session.hear(COUNT)
        one.go_to(0.5)
    until = time.monotonic() + 5
    while (left := set(threading.enumerate()) - before) and time.monotonic() < until:
        time.sleep(0.05)
    assert not left


def test_a_session_thinks_while_its_answer_is_being_made() -> None:
    made = threading.Event()

    class Pensive:
        def reply(self, heard):
            made.wait(20)
            yield Utterance("Yes.")

    with Rehearsal(cast(answers=Pensive)) as one:
        one.session.hear("Is it so?")
        one.go_to(1.0)
        assert one.session.state == "thinking"
        lowered = mouth(one)["browDownLeft"][20:].min()
        made.set()
        one.ready()
        one.go_to(4.0)
        assert [m.state for m in one.messages(Now)] == ["thinking", "speaking", "idle"] and lowered > 0.15


def test_where_others_speak_a_face_at_rest_is_drawn_every_other_time_and_one_that_speaks_always() -> None:
    with Rehearsal(crowded=lambda: True) as one:
        one.go_to(2.0)
        drawn = [len(s.drawn) for s in one.stretches[1:40]]
        assert 18 <= sum(drawn) <= 21 and max(drawn) == 1
        one.session.hear(COUNT)
        one.ready()
        one.go_to(5.0)
        spoken = [len(s.drawn) for s in one.stretches if s.segment.start > 70 and s.segment.start < 110]
        assert min(spoken) == 1

from pathlib import Path

import numpy as np
import pytest

import mien
from mien.core.errors import BadInput, WrongUse
from mien.core.frame import Segment

TEXT = "Bob met Pam. They ate plums, and then they slept."


def sketch(text: str = TEXT, **options) -> mien.Take:
    return mien.say(text, voice="tone", renderer="sketch", size=256, **options)


def test_a_take_is_a_recipe_and_runs_nothing_by_itself() -> None:
    mien.say("Привет", voice="tone")  # would be refused when it ran


def test_sound_words_and_motion_are_on_one_clock_and_computed_once() -> None:
    take = sketch()
    assert take.motion is take.motion and take.plans is take.plans
    assert take.motion.seconds == pytest.approx(take.audio.seconds, abs=0.001)
    assert [w.value.strip(".,") for w in take.words] == [w.strip(".,") for w in TEXT.split()]
    assert all(0 < w.start < w.stop < take.audio.seconds for w in take.words)


def test_lips_are_shut_in_every_b_p_and_m() -> None:
    take = sketch()
    for phone in take.phones:
        if phone.value.symbol in "bpm":
            first, last = int(phone.start * 25), int(np.ceil(phone.stop * 25))
            assert take.motion["lipSeal"][first:last].max() > 0.95


def test_a_stream_gives_what_the_take_gives() -> None:
    take = sketch()
    segments = list(take.stream())
    again = mien.Motion.join(s.motion for s in segments)
    assert np.array_equal(again.values, take.motion.values)
    assert np.array_equal(mien.Audio.join(s.audio for s in segments).values, take.audio.values)
    assert [f.index for s in segments for f in s.frames] == list(range(len(take.motion)))


def test_a_stream_that_is_left_early_stops_its_stages() -> None:
    import threading
    import time

    before = threading.active_count()
    stream = sketch(TEXT * 50).stream()
    assert isinstance(next(stream), Segment)
    del stream
    until = time.monotonic() + 3
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_speech_may_be_handed_from_stage_to_stage() -> None:
    speeches = list(mien.speak(TEXT, voice="tone"))
    motion = mien.animate(speeches, fps=30)
    assert motion.rate == 30 and motion["jawOpen"].max() > 0.1
    take = mien.render(motion, renderer="sketch", size=256)
    assert sum(len(s.frames) for s in take.stream()) == len(motion)


def test_a_stream_that_was_read_already_is_told_from_silence() -> None:
    speeches = mien.speak(TEXT, voice="tone")
    mien.animate(speeches)
    with pytest.raises(BadInput, match="read once"):
        mien.animate(speeches)


def test_emotion_reaches_the_face() -> None:
    happy, neutral = sketch(emotion="happy:0.9").motion, sketch().motion
    assert happy["mouthSmileLeft"].mean() > neutral["mouthSmileLeft"].mean() + 0.3


def test_an_emotion_asked_of_animate_reaches_speech_that_has_its_own() -> None:
    speeches = list(mien.speak(TEXT, voice="tone", emotion="sad"))
    happy = mien.animate(speeches, emotion="happy:0.9")
    assert happy["mouthSmileLeft"].mean() > 0.3 > happy["mouthFrownLeft"].mean()
    assert mien.animate(speeches)["mouthFrownLeft"].mean() > 0.1


def test_motion_alone_has_no_words_and_no_sound() -> None:
    take = mien.render(mien.Motion.at_rest(5, rate=25), renderer="sketch")
    with pytest.raises(WrongUse, match="there are no words in it"):
        _ = take.words
    with pytest.raises(WrongUse, match="there is no sound in it"):
        _ = take.audio


def test_a_whole_take_saves_as_everything_it_can(tmp_path: Path) -> None:
    take = sketch("Hello.")
    for suffix in (".mp4", ".wav", ".npz", ".json", ".csv", ".srt", ".vtt"):
        assert take.save(tmp_path / f"x{suffix}").exists()


def test_chunks_of_a_file_and_of_a_live_stream_give_the_same_motion() -> None:
    from mien.core.mix import mix
    from mien.performance.timeline import Timeline
    from mien.performance.verbs import default_generators

    motions = []
    for tick in (0.04, 0.2, 0.6, 5.0):
        timeline = Timeline(rate=25, tick=tick, tail=0.5)
        timeline.say(mien.speak(TEXT, voice="tone", emotion="sad"))
        timeline.close()
        motions.append(mien.Motion.join(mix(timeline.plans(), default_generators(3))).values)
    assert all(np.array_equal(motions[0], m) for m in motions[1:])


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.webp", "frames/"])
def test_a_take_saves_every_frame_in_every_kind_of_pictures(tmp_path: Path, name: str) -> None:
    take = sketch("Hm.")
    take.save(f"{tmp_path}/{name}")
    assert count_of(tmp_path / name) == len(take.motion)
    assert [p.name for p in tmp_path.iterdir()] == [name.rstrip("/")]


def count_of(path: Path) -> int:
    from PIL import Image

    if path.is_dir():
        return len(list(path.iterdir()))
    if path.suffix in (".gif", ".webp"):
        with Image.open(path) as picture:
            return picture.n_frames
    from mien.media import read_video

    return sum(1 for _ in read_video(path)[1])


def test_a_picture_is_the_middle_frame(tmp_path: Path) -> None:
    from mien.media import read_picture

    take = sketch()
    take.save(tmp_path / "a.png")
    take.save(f"{tmp_path}/frames/")
    middle = tmp_path / "frames" / f"{len(take.motion) // 2:06d}.png"
    assert np.array_equal(read_picture(tmp_path / "a.png"), read_picture(middle))


def test_a_folder_that_holds_something_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(WrongUse, match="new folder"):
        sketch().save(f"{tmp_path}/")

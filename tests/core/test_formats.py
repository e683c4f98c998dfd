import contextlib
import io
import json
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mien
from mien.core.emotion import Emotion
from mien.core.errors import BadInput, MienError, WrongUse
from mien.core.formats import CSV_COLUMNS, load, load_speech, motion_bytes, save_speech
from mien.core.plan import Cue, Phone, Prosody, Span, Speech
from mien.core.rig import ARKIT, FACE, FULL, HEAD, Motion
from mien.core.track import Audio


def some(rate: str = "25", n: int = 40, rig=FULL, start: int = 0) -> Motion:
    values = np.random.default_rng(0).uniform(rig.low, rig.high, (n, len(rig))) * 0.5
    return Motion(values, Fraction(rate), start, rig)


@pytest.mark.parametrize("rate", ["25", "30000/1001", "60"])
@pytest.mark.parametrize("rig", [FULL, ARKIT, FACE, HEAD], ids=lambda r: r.name)
def test_npz_is_lossless(tmp_path: Path, rate: str, rig) -> None:
    motion = some(rate, rig=rig, start=12)
    motion.save(tmp_path / "m.npz")
    again = load(tmp_path / "m.npz")
    assert np.array_equal(again.values, motion.values)
    assert (again.rate, again.start, again.rig) == (motion.rate, motion.start, motion.rig)


def test_json_keeps_everything_to_six_digits(tmp_path: Path) -> None:
    motion = some("30000/1001")
    motion.save(tmp_path / "m.json")
    again = load(tmp_path / "m.json")
    assert np.allclose(again.values, motion.values, atol=6e-7)
    assert (again.rate, again.rig) == (motion.rate, motion.rig)


def test_csv_has_the_columns_of_live_link_face() -> None:
    lines = motion_bytes(some(), ".csv").decode().splitlines()
    header = lines[0].split(",")
    assert header[:4] == ["Timecode", "BlendShapeCount", "EyeBlinkLeft", "EyeLookDownLeft"]
    assert header[-10:] == ["TongueOut", "HeadYaw", "HeadPitch", "HeadRoll", "LeftEyeYaw", "LeftEyePitch",
                            "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll"]  # fmt: skip
    assert len(header) == 63 and len(lines) == 41
    assert lines[26].split(",")[:2] == ["00:00:01:00.000", "61"]


def test_csv_loads_back_as_what_it_kept(tmp_path: Path) -> None:
    from mien.core.retarget import retargeted

    motion = some()
    motion.save(tmp_path / "m.csv")
    again, kept = load(tmp_path / "m.csv"), retargeted(motion, ARKIT)
    assert again.rate == 25 and again.rig == ARKIT
    for name in ("jawOpen", "mouthClose", "browInnerUp", "headYaw", "gazeYaw", "gazePitch", "eyeBlinkLeft"):
        assert np.allclose(again[name], kept[name], atol=2e-4), name


def test_a_csv_of_less_than_a_second_takes_the_rate_it_is_told(tmp_path: Path) -> None:
    some(n=5).save(tmp_path / "m.csv")
    assert load(tmp_path / "m.csv", rate=25).rate == 25


def test_mien_load_is_the_same_function() -> None:
    assert mien.load is load


def bad(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def csv_of(*rows: str) -> bytes:
    return "\n".join([",".join(CSV_COLUMNS), *rows]).encode()


def nan_npz() -> bytes:
    values = np.zeros((2, len(FULL)), np.float32)
    values[1, FULL.find("jawOpen")] = np.nan
    return motion_bytes(Motion(values, Fraction(25)), ".npz")


def zip_of(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


CASES = {
    "nan.npz": (nan_npz(), "nan.npz holds a value that is not a number: jawOpen in frame 1"),
    "empty.npz": (b"", "empty.npz is not a motion file mien can read: the archive is damaged"),
    "text.npz": (b"hello", "text.npz is not a motion file mien can read: the archive is damaged"),
    "other.npz": (zip_of("a.txt", b"x"), "other.npz is not a motion file mien can read: "),
    "broken.json": (b"{", "broken.json is not a motion file mien can read: "),
    "kind.json": (b'{"kind": "mien.motion/9"}', "kind.json is not a motion file mien can read: wanted kind 'mien.motion/1', found 'mien.motion/9'"),
    "list.json": (b"[1]", "list.json is not a motion file mien can read: wanted kind 'mien.motion/1', found None"),
    "head.csv": (b"a,b\n", "head.csv is not a motion file mien can read: its first line is not that of a Live Link Face recording"),
    "short.csv": (csv_of("00:00:00:00.000,61,0"), "short.csv is not a motion file mien can read: line 2 has 3 values instead of 63"),
    "word.csv": (csv_of("00:00:00:00.000,61," + ",".join(["x"] * 61)), "word.csv is not a motion file mien can read: could not convert"),
    "nan.csv": (csv_of("00:00:00:00.000,61," + ",".join(["nan"] * 61)), "nan.csv holds a value that is not a number: eyeBlinkLeft in frame 0"),
    "time.csv": (csv_of("now,61," + ",".join(["0"] * 61)), "time.csv is not a motion file mien can read: "),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_damaged_motion_file_is_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    data, message = CASES[name]
    with pytest.raises(BadInput) as caught:
        load(bad(tmp_path, name, data))
    assert str(caught.value).startswith(message)


def test_an_unknown_suffix_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="motion is read from .npz, .json, .csv, not 'm.bvh'"):
        load(tmp_path / "m.bvh")
    with pytest.raises(BadInput, match="no such file: .*m.npz"):
        load(tmp_path / "m.npz")
    with pytest.raises(WrongUse, match="motion is written as .npz, .json, .csv, not 'm.bvh'"):
        some().save(tmp_path / "m.bvh")


@pytest.mark.parametrize("suffix", [".npz", ".json", ".csv"])
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_motion_file_gets_past_the_door(tmp_path: Path, suffix: str, data) -> None:
    whole = bytearray(motion_bytes(some(n=3), suffix))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    try:
        motion = load(bad(tmp_path, f"fuzz{suffix}", bytes(whole)))
    except MienError:
        return
    assert np.isfinite(motion.values).all()


def speech() -> Speech:
    return Speech(
        Audio.silence(16000, 16000),
        words=(Span(0.1, 0.5, "hé"),),
        phones=(Span(0.1, 0.2, Phone("h")), Span(0.2, 0.5, Phone("eɪ", 1))),
        prosody=Prosody(np.full((100, 3), 0.125), Fraction(100)),
        emotion=(Span(0.0, 1.0, Emotion.parse("happy:0.8,brows=sad:0.5")),),
        cues=(Span(0.0, 0.1, Cue("breath", 0.5)),),
    )


def test_speech_json_loads_back_as_it_was(tmp_path: Path) -> None:
    save_speech(speech(), tmp_path / "s.json")
    again = load_speech(tmp_path / "s.json", speech().audio)
    for name in ("words", "phones", "emotion", "cues"):
        assert getattr(again, name) == getattr(speech(), name)
    assert np.array_equal(again.prosody.values, speech().prosody.values)


def test_speech_json_of_another_sound_is_refused(tmp_path: Path) -> None:
    save_speech(speech(), tmp_path / "s.json")
    with pytest.raises(BadInput, match=r"s.json describes 1.00 s of sound but the sound lasts 2.00 s"):
        load_speech(tmp_path / "s.json", Audio.silence(32000, 16000))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_speech_file_gets_past_the_door(tmp_path: Path, data) -> None:
    save_speech(speech(), tmp_path / "s.json")
    content = json.loads((tmp_path / "s.json").read_text())
    key = data.draw(st.sampled_from(sorted(content)))
    content[key] = data.draw(st.recursive(st.none() | st.floats() | st.text(), lambda s: st.lists(s, max_size=3)))
    (tmp_path / "s.json").write_text(json.dumps(content))
    with contextlib.suppress(MienError):
        load_speech(tmp_path / "s.json", speech().audio)

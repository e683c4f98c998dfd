"""What a user gets for bad input and bad luck: the exact sentence, exit code 1 or 2, nothing half-written."""

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

import mien
from mien.cli import main
from mien.core.formats import motion_bytes
from mien.core.rig import FULL, Motion

PHOTO = Path(mien.__file__).parent / "renderers" / "portrait" / "grace_hopper.jpg"


def photo() -> Pillow.Image:
    return Pillow.open(PHOTO).convert("RGB")


def picture(name: str, made: Callable[[], Pillow.Image], **options: object) -> Callable[[Path], None]:
    return lambda folder: made().save(folder / name, **options)


def data(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None


def two_faces() -> Pillow.Image:
    both = Pillow.new("RGB", (1100, 600), "grey")
    both.paste(photo(), (0, 0))
    both.paste(photo().resize((400, 469)), (600, 60))
    return both


def wav(seconds: float, *, rate: int = 16000, channels: int = 1, level: float = 0.0) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        n = round(seconds * rate) * channels
        file.writeframes((np.random.default_rng(0).normal(0, level, n).clip(-1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def motion(name: str, **channels: float) -> Callable[[Path], None]:
    values = np.tile(FULL.rest, (10, 1))
    for channel, value in channels.items():
        values[3, FULL.find(channel)] = value
    return data(name, motion_bytes(Motion(values, 25), Path(name).suffix))  # type: ignore[arg-type]


SAY = ["say", "Hello", "--voice", "tone", "-o", "out.mp4"]
FACE = [*SAY, "--portrait"]
HEARD = ["say", "-o", "out.csv", "--audio"]
WANTED = "; use a photo of one person, facing the camera, with the whole face in it"

CASES: dict[str, tuple[Callable[[Path], None] | None, list[str], int, str]] = {
    # pictures
    "no face": (
        picture("sky.png", lambda: Pillow.new("RGB", (400, 400), "skyblue")), [*FACE, "sky.png"], 1,
        "no face was found in the picture" + WANTED),
    "a face cut by the border": (
        picture("cut.png", lambda: photo().crop((220, 0, 512, 600))), [*FACE, "cut.png"], 1,
        "the face is cut off at the left of the picture" + WANTED),
    "a face that is too small": (
        picture("small.png", lambda: photo().resize((128, 150))), [*FACE, "small.png"], 1,
        "the face is only "),
    "a tiny picture": (
        picture("tiny.png", lambda: photo().resize((32, 40))), [*FACE, "tiny.png"], 1,
        "tiny.png has 32 x 40 pixels; at least 64 x 64 are needed"),
    "a corrupt picture": (
        data("corrupt.jpg", PHOTO.read_bytes()[:3000]), [*FACE, "corrupt.jpg"], 1,
        "corrupt.jpg is damaged and cannot be read as a picture ("),
    "a picture of zero bytes": (data("zero.png", b""), [*FACE, "zero.png"], 1, "zero.png is empty: 0 bytes"),
    "a text given as picture": (
        data("text.jpg", b"hello there"), [*FACE, "text.jpg"], 1, "text.jpg is a text file, not a picture"),
    "a sound given as picture": (
        data("sound.jpg", wav(1)), [*FACE, "sound.jpg"], 1,
        "sound.jpg is a sound or video file, not a picture; save one picture of it as PNG"),
    "a picture that is not there": (None, [*FACE, "none.jpg"], 1, "there is no file none.jpg"),
    "a folder given as picture": (None, [*FACE, "."], 1, "cannot read .: it is a folder; give a file"),
    # text
    "empty text": (None, ["say", "", "-o", "out.csv"], 1, "there is nothing to say: the text is empty; write at least one word"),
    "only punctuation": (
        None, ["say", "?!…", "-o", "out.csv"], 1,
        "there is nothing to say: the text is only punctuation or symbols; write at least one word"),
    "only emoji": (None, ["say", "🙂🙂", "-o", "out.csv"], 1, "there is nothing to say: the text is only "),
    "another script": (
        None, ["say", "Привет", "-o", "out.csv"], 1,
        "'Привет' (character 1 of the text) is written in Cyrillic; the English voices read Latin script only: "
        "write it in English letters, or leave it out"),
    "a text file that is not there": (
        None, ["say", "--text-file", "none.txt", "-o", "out.csv"], 1,
        "cannot read the text file none.txt: no such file or directory"),
    "a text file in another encoding": (
        data("latin.txt", "déjà".encode("latin-1")), ["say", "--text-file", "latin.txt", "-o", "out.csv"], 1,
        "latin.txt is not a text in UTF-8"),
    "no text at all": (None, ["say", "-o", "out.csv"], 2, 'nothing to say: give a text, as in: mien say "Hello" -o hello.mp4'),
    "sound given as the text": (
        data("mine.wav", wav(1)), ["say", "mine.wav", "-o", "out.csv"], 2,
        "mine.wav is a file: --text-file mine.wav says what is written in it, --audio mine.wav performs a recording"),
    "text given twice": (
        None, ["say", "a", "--text", "b", "-o", "out.csv"], 2,
        "give the text once: as an argument, with --text or with --text-file"),
    # sound
    "corrupt sound": (data("bad.mp3", b"\xff\xfb" + b"\x01\x80" * 999), [*HEARD, "bad.mp3"], 1, "bad.mp3 is damaged"),
    "zero-length sound": (data("zero.wav", wav(0)), [*HEARD, "zero.wav"], 1, "zero.wav "),
    "sound of zero bytes": (data("empty.wav", b""), [*HEARD, "empty.wav"], 1, "empty.wav is empty: 0 bytes"),
    "a text given as sound": (data("text.wav", b"hello"), [*HEARD, "text.wav"], 1, "text.wav is a text file, not sound"),
    "sound that is not there": (None, [*HEARD, "none.wav"], 1, "there is no file none.wav"),
    "text that does not fit the sound": (
        data("noise.wav", wav(4, level=0.1)), [*HEARD, "noise.wav", "--text", "the quick brown fox jumps over the lazy dog"], 1,
        "the text does not fit the sound"),
    # options
    "an unknown voice": (
        None, ["say", "Hello", "--voice", "af_hart", "-o", "out.csv"], 2,
        "unknown voice 'af_hart': did you mean 'af_heart'"),
    "an unknown emotion": (
        None, ["say", "Hello", "--emotion", "hapy:0.5", "-o", "out.csv"], 2,
        "unknown emotion 'hapy': did you mean 'happy'"),
    "an intensity out of range": (
        None, ["say", "Hello", "--emotion", "happy:1.5", "-o", "out.csv"], 2,
        "emotion intensity must be in 0..1, got 'happy:1.5'"),
    "a size that no encoder takes": (None, [*SAY, "--size", "511"], 2, "size must be an even number in 256..1024, got 511"),
    "too many frames": (None, [*SAY, "--fps", "120"], 2, "frames per second must be in 10..60, got 120"),
    "frames that are no number": (
        None, [*SAY, "--fps", "fast"], 2, "frames per second must be a number or a fraction in 10..60, got 'fast'"),
    "frames over zero": (
        None, [*SAY, "--fps", "25/0"], 2, "frames per second must be a number or a fraction in 10..60, got '25/0'"),
    "a speed out of range": (None, [*SAY, "--speed", "9"], 2, "speed must be in 0.5..2, got 9"),
    "an unknown option": (None, [*SAY, "--colour", "red"], 2, "unrecognized arguments: --colour red (see: mien --help)"),
    "an unknown command": (None, ["sing"], 2, "argument COMMAND: invalid choice: 'sing'"),
    # outputs
    "an unknown suffix": (
        None, ["say", "Hello", "-o", "out.avi"], 2,
        "cannot write 'out.avi': the suffix says what is made: .mp4 .webm .gif .webp .png .wav .npz .json .csv .srt .vtt"),
    "no suffix": (None, ["say", "Hello", "-o", "out"], 2, "cannot write 'out': the suffix says what is made"),
    "a missing folder": (
        None, ["say", "Hello", "-o", "none/out.mp4"], 1, "cannot write none/out.mp4: there is no folder none; make it first"),
    "an output that exists": (
        data("out.csv", b"kept"), ["say", "Hello", "-o", "out.csv"], 2,
        "out.csv exists already: use -y to replace it, or give another name"),
    "an output that is the input": (
        data("same.wav", wav(1)), ["say", "--audio", "same.wav", "-o", "same.wav", "-y"], 2,
        "same.wav is an input of this take: give another output"),
    "an animation over its own sound": (
        data("same.npz", wav(1)), ["animate", "same.npz", "-o", "same.npz", "-y"], 2,
        "same.npz is an input of this command: give another output"),
    "subtitles over the story": (
        data("story.srt", b"Hello"), ["say", "--text-file", "story.srt", "-o", "story.srt", "-y"], 2,
        "story.srt is an input of this command: give another output"),
    "words over somebody's words": (
        data("out.speech.json", b"kept"), ["speak", "Hello", "--voice", "tone", "-o", "out.wav"], 2,
        "out.speech.json exists already: use -y to replace it, or give another name"),
    "a folder as output": (
        lambda folder: (folder / "out.npz").mkdir(), ["say", "Hello", "-o", "out.npz", "-y"], 2,
        "cannot write out.npz: it is a folder; give another name"),
    "a name that is too long": (
        None, ["say", "Hello", "-o", "a" * 300 + ".npz"], 1, "the system refused: file name too long"),
    "a voice for a recording": (
        data("in.wav", wav(1)), ["say", "--audio", "in.wav", "--speed", "2", "-o", "out.csv"], 2,
        "a recording keeps its own voice and speed: leave voice and speed out"),
    "a photo for the sketch": (
        None, [*FACE, str(PHOTO), "--renderer", "sketch"], 2,
        "a sketch shows no photo and no label: leave portrait and label out"),
    "a rate over zero": (
        data("m.json", motion_bytes(Motion.at_rest(2, rate=25), ".json").replace(b'"25"', b'"1/0"')),
        ["render", "m.json", "-o", "out.mp4"], 1, "m.json is not a motion file mien can read: "),
    "a video on stdout": (
        None, ["say", "Hello", "-o", "-"], 2,
        "say writes files; for a pipe use speak (sound) or animate (motion)"),
    "speech that is no wav": (None, ["speak", "Hello", "-o", "out.mp3"], 2, "cannot write 'out.mp3': the output must end in .wav"),
    # motion
    "a number that is none": (
        motion("nan.npz", jawOpen=np.nan), ["render", "nan.npz", "-o", "out.mp4"], 1,
        "nan.npz holds a value that is not a number: jawOpen in frame 3"),
    "motion that is not there": (None, ["render", "none.npz", "-o", "out.mp4"], 1, "no such file: none.npz"),
    "motion of another kind": (
        data("m.bvh", b"HIERARCHY"), ["render", "m.bvh", "-o", "out.mp4"], 2,
        "motion is read from .npz, .json, .csv, not 'm.bvh'"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_answered_with_one_sentence(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, command, code, message = CASES[case]
    monkeypatch.chdir(tmp_path)
    if make is not None:
        make(tmp_path)
    before = {p.name: p.is_file() and p.read_bytes() for p in tmp_path.iterdir()}
    assert main(command) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"mien: {message}")
    assert said.err.count("\n") == 1, "one sentence, no traceback"
    assert {p.name: p.is_file() and p.read_bytes() for p in tmp_path.iterdir()} == before, (
        "nothing half-written, nothing lost"
    )


GOOD_PICTURES: dict[str, tuple[Callable[[Path], None], str]] = {
    "grey": (picture("p.png", lambda: photo().convert("L")), "p.png"),
    "16 bit": (picture("p.png", lambda: Pillow.fromarray(np.asarray(photo().convert("L"), np.uint16) * 257)), "p.png"),
    "CMYK": (picture("p.jpg", lambda: photo().convert("CMYK")), "p.jpg"),
    "RGBA": (picture("p.png", lambda: photo().convert("RGBA")), "p.png"),
    "palette": (picture("p.gif", lambda: photo().quantize(64)), "p.gif"),
    "rotated by EXIF": (
        picture("p.jpg", lambda: photo().rotate(90, expand=True), exif=b"Exif\0\0" + bytes.fromhex(
            "4d4d002a00000008000101120003000000010006000000000000")), "p.jpg"),
    "40 megapixels": (picture("p.jpg", lambda: photo().resize((5900, 6900))), "p.jpg"),
    "two faces": (picture("p.png", two_faces), "p.png"),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD_PICTURES)
def test_odd_pictures_work(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, name = GOOD_PICTURES[case]
    monkeypatch.chdir(tmp_path)
    make(tmp_path)
    assert main(["say", "Hi", "--voice", "tone", "--size", "256", "--portrait", name, "-o", "o.mp4", "--quiet"]) == 0
    said = capsys.readouterr().err
    assert said == (
        "mien: there are 2 faces in the picture: the largest is used (--face takes another)\n"
        if case == "two faces"
        else ""
    )
    assert (tmp_path / "o.mp4").stat().st_size > 5000


def pcm(bits: int, rate: int, channels: int, *, is_float: bool = False, level: float = 0.2) -> bytes:
    """A WAV of one second of a buzz, of any sample format."""
    t = np.arange(rate) / rate
    buzz = (np.sign(np.sin(2 * np.pi * 140 * t)) * level)[:, None].repeat(channels, 1).ravel()
    if is_float:
        body = buzz.astype("<f4").tobytes()
    elif bits == 24:
        body = (buzz * 8388607).clip(-8388608, 8388607).astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    else:
        body = (buzz * 32767).clip(-32768, 32767).astype("<i2").tobytes()
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", 3 if is_float else 1, channels, rate, rate * block, block, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(body))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", len(body))
        + body
    )


GOOD_SOUNDS = {
    "silent": wav(1), "8 kHz": pcm(16, 8000, 1), "96 kHz": pcm(16, 96000, 1), "stereo": pcm(16, 44100, 2),
    "24 bit": pcm(24, 48000, 1), "float": pcm(32, 48000, 1, is_float=True), "clipped": pcm(16, 16000, 1, level=3.0),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD_SOUNDS)
def test_odd_sounds_work(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.wav").write_bytes(GOOD_SOUNDS[case])
    assert main(["animate", "in.wav", "-o", "out.npz", "--quiet"]) == 0
    made = mien.load(tmp_path / "out.npz")
    assert len(made) == 25
    if case == "silent":
        assert made["jawOpen"].max() < 0.1


@pytest.mark.parametrize("name", ["a.mp3", "a.ogg", "a.m4a", "a.mkv"])
def test_any_container_works(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import av

    monkeypatch.chdir(tmp_path)
    codec = {"a.mp3": "libmp3lame", "a.ogg": "libopus", "a.m4a": "aac", "a.mkv": "pcm_s16le"}[name]
    with av.open(str(tmp_path / name), "w") as out:
        stream = out.add_stream(codec, rate=48000, layout="mono")
        tone = (np.sin(np.arange(48000) * 0.02) * 0.3).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(tone, "fltp", "mono")
        frame.sample_rate = 48000
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=48000, frame_size=stream.frame_size or 1024
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    assert main(["animate", name, "-o", "out.npz", "--quiet"]) == 0
    assert abs(mien.load(tmp_path / "out.npz").seconds - 1) < 0.1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert main(["say", "Hello", "--voice", "tone", "-o", str(tmp_path / "locked" / "o.csv")]) == 1
    assert "the folder may not be written to" in capsys.readouterr().err


def limited(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A command that may write no file of over 20 kB: stands for a full disk."""
    import resource

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    return subprocess.run(
        [sys.executable, "-m", "mien.cli", *command], cwd=folder, capture_output=True, text=True, preexec_fn=small_files
    )


@pytest.mark.parametrize("name", ["o.mp4", "o.npz", "o.wav"])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    words = "This is long enough to fill the disk. " * 4
    done = limited(["say", words, "--voice", "tone", "--size", "256", "-o", name], tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("mien: cannot write") and done.stderr.count("\n") == 1, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_stopped_leaves_nothing_behind(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "story.txt").write_text("And so on and so forth, until somebody stops it. " * 200)
    child = subprocess.Popen(
        [sys.executable, "-m", "mien.cli", "say", "--text-file", "story.txt", "--voice", "tone", "--size", "256", "-o", "o.mp4"],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it, and hands that on
    )  # fmt: skip
    until = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.0)
    child.send_signal(how)
    began = time.monotonic()
    _, said = child.communicate(timeout=30)
    assert time.monotonic() - began < 8
    assert child.returncode == 1
    assert said.endswith("mien: stopped; nothing was written\n") and said.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["story.txt"]


def test_a_reader_that_goes_away_ends_the_command_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "in.wav").write_bytes(pcm(16, 16000, 1))
    child = subprocess.Popen(
        [sys.executable, "-m", "mien.cli", "animate", "in.wav", "--fps", "60", "-o", "-"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    with child.stderr:
        said = child.stderr.read()
    assert child.wait(timeout=60) == 1
    assert b"Traceback" not in said


def test_two_runs_at_once_write_the_same_file_whole(tmp_path: Path) -> None:
    codes: list[int] = []

    def one() -> None:
        codes.append(main(["say", "Hi", "--voice", "tone", "-o", str(tmp_path / "o.npz"), "-y", "--quiet"]))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0, 0]
    assert len(mien.load(tmp_path / "o.npz")) > 10
    assert [p.name for p in tmp_path.iterdir()] == ["o.npz"]

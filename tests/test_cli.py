import io
import json
import os
import pty
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

import mien
from mien.cli import main
from mien.core.formats import CSV_COLUMNS

TONE = ["--voice", "tone"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("suffix", [".mp4", ".wav", ".npz", ".json", ".csv", ".srt", ".vtt"])
def test_the_suffix_says_what_is_made(here: Path, suffix: str) -> None:
    assert main(["say", "Hello there.", *TONE, "--size", "256", "-o", f"out{suffix}"]) == 0
    assert (here / f"out{suffix}").stat().st_size > 40
    assert [p.name for p in here.iterdir()] == [f"out{suffix}"]


@pytest.mark.parametrize(
    ("suffix", "idle"),
    [(".wav", "mien.renderers"), (".csv", "mien.renderers"), (".srt", "mien.generators"), (".vtt", "av")],
)
def test_only_what_the_suffix_needs_is_loaded(here: Path, suffix: str, idle: str) -> None:
    code = (
        "import sys; from mien.cli import main; "
        f"main(['say', 'Hello', '--voice', 'tone', '-o', 'out{suffix}', '--quiet']); "
        f"sys.exit(any(m == {idle!r} or m.startswith({idle + '.'!r}) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_json_is_one_object_on_stdout_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["say", "Hello", *TONE, "-o", "out.csv", "--json"]) == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert set(result) == {"output", "seconds", "notes", "wall_seconds", "cpu_seconds"}
    assert result["output"] == "out.csv" and result["seconds"] > 0.5
    assert said.err == ""


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["say", "Hello", *TONE, "-o", "out.csv", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_text_comes_from_stdin_and_from_a_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Hello there")))
    assert main(["say", "-", *TONE, "-o", "a.npz", "--quiet"]) == 0
    (here / "t.txt").write_text("Hello there", encoding="utf-8-sig")
    assert main(["say", "--text-file", "t.txt", *TONE, "-o", "b.npz", "--quiet"]) == 0
    assert np.array_equal(mien.load("a.npz").values, mien.load("b.npz").values)


def test_speak_writes_words_and_phones_beside_the_sound_and_animate_uses_them(here: Path) -> None:
    assert main(["speak", "Pam and Bob", *TONE, "-o", "s.wav", "--quiet"]) == 0
    content = json.loads((here / "s.speech.json").read_text())
    assert [w[2] for w in content["words"]] == ["Pam", "and", "Bob"]
    assert main(["animate", "s.wav", "-o", "m.npz", "--quiet"]) == 0
    motion = mien.load("m.npz")
    assert motion["lipSeal"].max() > 0.9
    assert abs(motion.seconds - content["seconds"]) < 0.05


def test_speak_to_stdout_is_a_wav(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["speak", "Hello", *TONE, "-o", "-"]) == 0
    with wave.open(io.BytesIO(capsysbinary.readouterr().out)) as file:
        assert file.getnframes() > 1000


def test_animate_to_stdout_is_a_live_link_recording(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    main(["speak", "Hello", *TONE, "-o", "s.wav", "--quiet"])
    assert main(["animate", "s.wav", "-o", "-"]) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[0].split(",") == CSV_COLUMNS and len(lines) > 10


def test_rendering_motion_over_sound_keeps_the_sound_from_its_beginning(here: Path) -> None:
    main(["speak", "Hello there", *TONE, "-o", "s.wav", "--quiet"])
    main(["animate", "s.wav", "-o", "m.csv", "--quiet"])
    assert main(["render", "m.csv", "--audio", "s.wav", "--size", "256", "-o", "r.mp4", "--quiet"]) == 0
    from mien.media import read_audio

    made, given = read_audio("r.mp4", rate=16000).values, read_audio("s.wav", rate=16000).values
    lag = int(np.correlate(made, given[4000:12000], "valid").argmax()) - 4000
    assert abs(lag) <= 16  # a millisecond


@pytest.mark.parametrize("fps", ["10", "24000/1001", "30000/1001", "60"])
def test_any_frame_rate_comes_out_exact(fps: str) -> None:
    from mien.core.track import rate_from
    from mien.media import read_video

    assert main(["say", "Hi", *TONE, "--size", "256", "--fps", fps, "-o", "v.mp4", "--quiet"]) == 0
    rate, frames = read_video("v.mp4")
    assert rate == rate_from(fps)
    assert sum(1 for _ in frames) > 5


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_take() -> None:
    for name, seed in (("a.npz", "1"), ("b.npz", "1"), ("c.npz", "2")):
        main(["say", "The same again, please.", *TONE, "--seed", seed, "-o", name, "--quiet"])
    a, b, c = (mien.load(name).values for name in ("a.npz", "b.npz", "c.npz"))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_several_takes_are_numbered_and_differ_and_the_first_is_the_one_of_the_seed(here: Path) -> None:
    say = ["say", "Hello there, my friend.", *TONE, "--seed", "7"]
    assert main([*say, "--takes", "3", "-o", "a.npz"]) == 0
    assert main([*say, "-o", "b.npz"]) == 0
    takes = [np.asarray(mien.load(here / f"a-{i}.npz").values) for i in (1, 2, 3)]
    assert np.array_equal(takes[0], mien.load(here / "b.npz").values)
    assert all(not np.array_equal(takes[i], takes[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    assert main([*say, "--takes", "2", "-o", "a.npz"]) == 2  # they are there already
    assert main([*say, "--takes", "0", "-o", "c.npz"]) == 2


def test_a_head_can_be_commanded_with_and_without_words(here: Path) -> None:
    assert main(["say", "Hello there.", *TONE, "--head", "nods at there", "-o", "a.npz"]) == 0
    assert main(["say", "--head", "nods twice", "--renderer", "sketch", "-o", "b.mp4", "--size", "256"]) == 0
    assert main(["animate", "--head", "shakes the head", "-o", "c.csv"]) == 0
    assert main(["animate", "--head", "shkaes the head", "-o", "d.csv"]) == 2


def test_replacing_needs_a_yes() -> None:
    Path("out.csv").write_text("old")
    assert main(["say", "Hello", *TONE, "-o", "out.csv"]) == 2
    assert Path("out.csv").read_text() == "old"
    assert main(["say", "Hello", *TONE, "-o", "out.csv", "-y"]) == 0
    assert Path("out.csv").read_text() != "old"


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("\n", 2)])
def test_on_a_terminal_replacing_is_asked_about(answer: str, code: int) -> None:
    Path("out.csv").write_text("old")
    parent, child = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "mien.cli", "say", "Hello", *TONE, "-o", "out.csv"],
        stdin=child,
        stdout=child,
        stderr=child,
    )
    os.close(child)
    os.write(parent, answer.encode())
    assert running.wait(timeout=60) == code
    shown = os.read(parent, 4096).decode()
    os.close(parent)
    assert "out.csv exists. Replace it? [y/N]" in shown
    assert (Path("out.csv").read_text() == "old") == (code == 2)


@pytest.mark.parametrize("kind", ["voices", "emotions", "renderers", "generators", "models"])
def test_list_names_what_there_is(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", kind]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 2
    assert main(["list", kind, "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == [line.split()[0] for line in lines]


def test_28_voices_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "voices", "--json"])
    names = json.loads(capsys.readouterr().out)
    assert sum(name[:3] in ("af_", "am_", "bf_", "bm_") for name in names) == 28


def test_doctor_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert "BAD" not in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"mien {mien.__version__}\n"


LOSES_IT = """
import ctypes, signal, sys, time
from mien.cli import heed_signals
heed_signals()

@ctypes.CFUNCTYPE(None)
def library():  # as numba's, which Python enters from C and cannot leave with an exception
    signal.raise_signal(signal.SIGTERM)
    sum(range(1000))

try:
    library()
    time.sleep(20)
    print("never told")
except KeyboardInterrupt:
    print("told")
"""


def test_an_interrupt_that_a_library_loses_is_raised_again_and_nothing_is_said_of_it() -> None:
    done = subprocess.run([sys.executable, "-c", LOSES_IT], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("told\n", "")


def test_a_style_in_words_is_printed_saved_edited_and_given_back(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--style", "tired, nods a lot", "--save-style", "x.toml"]
    assert main(["say", "Hello there.", *TONE, *words, "-o", "a.npz"]) == 0
    printed = capsys.readouterr().err
    assert "[head]" in printed and "nods = 2.5" in printed
    assert main(["say", "Hello there.", *TONE, "--style", "x.toml", "-o", "b.npz", "--quiet"]) == 0
    assert np.array_equal(mien.load("a.npz").values, mien.load("b.npz").values)
    (here / "x.toml").write_text((here / "x.toml").read_text().replace("lids = -0.45", "lids = 0"))
    assert main(["say", "Hello there.", *TONE, "--style", "x.toml", "-o", "c.npz", "--quiet"]) == 0
    before, after = mien.load("a.npz"), mien.load("c.npz")
    changed = [n for n in before.rig.names if not np.array_equal(before[n], after[n])]
    assert changed and all(name.startswith("eye") for name in changed)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--style", "tird"], "did you mean 'tired'"),
        (["--style", "jaw=9"], "must be in 0..3"),
        (["--style", "nowhere.toml"], "no such file: nowhere.toml"),
        (["--style-from", "nowhere.mp4"], "there is no clip nowhere.mp4"),
        (["--style", "clip.mp4"], "--style-from clip.mp4"),
        (["--save-style", "x.toml"], "there is no style to save"),
        (["--style", "tired", "--save-style", "x.txt"], "must end in .toml"),
    ],
)
def test_a_style_that_there_is_not_is_refused_with_a_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    assert main(["say", "Hello", *TONE, *given, "-o", "a.npz"]) in (1, 2)
    assert said in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_style_of_motion_on_disk_and_of_its_saved_code_is_the_same(here: Path) -> None:
    mien.animate(mien.speak("Mama may remember a hundred things.", voice="tone"), style="jaw=2,head=2").save("a.npz")
    from mien.performance.mimic import code_of

    code_of(Path("a.npz")).save("a.toml")
    for name in ("a.npz", "a.toml"):
        assert main(["say", "Hello", *TONE, "--style-from", name, "-o", f"{name}.csv", "--quiet"]) == 0
    one, other = (mien.load(f"{name}.csv") for name in ("a.npz", "a.toml"))
    assert np.abs(one.values - other.values).max() < 0.02
    assert main(["say", "Hello", *TONE, "--style-from", "a.npz", "-o", "a.npz", "-y"]) == 2


def test_render_says_what_of_a_style_is_left_out(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mien.say("Hello", voice="tone").motion.save("a.npz")
    assert main(["render", "a.npz", "--style", "tired", "--renderer", "sketch", "-o", "a.png"]) == 0
    assert "keeps its own articulation, blinks" in capsys.readouterr().err
    assert main(["render", "a.npz", "--style", "blinks=2", "--renderer", "sketch", "-o", "b.png"]) == 2

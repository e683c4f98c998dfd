"""Peers under Node: fetched once, whole or not at all; what they say is moved faithfully; what fails is said."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mien.core.track import Audio
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip
from mien.evaluation.peers import node
from mien.evaluation.peers.all import systems
from mien.evaluation.peers.headaudio import PACKAGE, PHONES, HeadAudio
from mien.evaluation.peers.nearest import pose
from mien.evaluation.peers.node import (
    Curves,
    Package,
    curves_from,
    curves_from_json,
    installed,
    motion_from_curves,
)
from mien.evaluation.peers.system import CannotRun
from mien.evaluation.peers.wlipsync import PACKAGE as WLIPSYNC
from mien.evaluation.peers.wlipsync import WLipSync
from mien.media import write_wav

TOY = Package("toy", "1.0.0", ("main.js",))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no memory of what failed."""
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(node, "_failures", {})
    return tmp_path / "cache"


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    """Two seconds and a bit: silence, then a buzz with formants near those of an i, then silence."""
    times = np.arange(33000) / 16000
    voiced = (times > 0.5) & (times < 1.5)
    buzz = sum(np.cos(2 * np.pi * 120 * k * times) / (1 + abs(120 * k - 400) / 200) for k in range(1, 60))
    sound = Audio((0.1 * voiced * buzz).clip(-1, 1).astype(np.float32), Fraction(16000))
    path = tmp_path / "buzz.wav"
    write_wav(path, sound)
    return Clip("own/buzz", "own", "nobody", path, path)


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with both packages in it, by npm; one that cannot fetch them skips."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIEN_CACHE", str(folder))
        for package in (PACKAGE, WLIPSYNC):
            try:
                installed(package)
            except CannotRun as why:
                pytest.skip(f"needs node, and npm with a network: {why}")
    return folder


def npm_that(does: Callable[[Path], None], calls: list[list[str]]) -> Callable[..., Any]:
    """subprocess.run of an npm that leaves what ``does`` writes in its --prefix."""

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        calls.append(command)
        does(Path(command[command.index("--prefix") + 1]))
        return subprocess.CompletedProcess(command, 0, b"", b"")

    return run


def whole(prefix: Path) -> None:
    folder = prefix / "node_modules" / "toy"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": "1.0.0"}))
    (folder / "main.js").write_text("1")


@pytest.fixture
def npm(cache: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """node and npm are there, and npm installs the toy; what it was called with."""
    calls: list[list[str]] = []
    monkeypatch.setattr(shutil, "which", lambda name: f"/somewhere/{name}")
    monkeypatch.setattr(subprocess, "run", npm_that(whole, calls))
    return calls


def test_both_are_in_the_list_of_systems() -> None:
    assert {"headaudio", "wlipsync"} <= systems().keys()


@pytest.mark.parametrize("system", [HeadAudio(), WLipSync()])
@pytest.mark.parametrize("missing", ["node", "npm"])
def test_a_missing_program_is_said_with_what_to_install(
    system: HeadAudio | WLipSync, missing: str, clip: Clip, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == missing else f"/somewhere/{name}")
    with pytest.raises(CannotRun, match=rf"{missing} is not on the PATH: install Node.js"):
        system.animate(clip)


def test_a_package_is_installed_once_pinned_and_without_running_its_scripts(npm: list[list[str]]) -> None:
    assert installed(TOY) == installed(TOY) == TOY.folder
    (command,) = npm
    assert command[-1] == "toy@1.0.0" and "--ignore-scripts" in command


@pytest.mark.parametrize("lacking", ["main.js", "package.json", "everything"])
def test_a_half_done_install_is_mended(lacking: str, npm: list[list[str]]) -> None:
    whole(TOY.home)
    if lacking == "everything":
        shutil.rmtree(TOY.home / "node_modules")
    else:
        (TOY.folder / lacking).unlink()
    assert not TOY.is_whole()
    assert (installed(TOY) / "main.js").is_file() and TOY.is_whole() and len(npm) == 1


def test_what_a_killed_install_left_is_in_nobodys_way(npm: list[list[str]]) -> None:
    part = TOY.home.with_name(TOY.home.name + ".part")
    whole(part)
    assert not TOY.is_whole()
    installed(TOY)
    assert TOY.is_whole() and not part.exists()


def test_another_version_is_not_taken_for_the_one_wanted(npm: list[list[str]]) -> None:
    whole(TOY.home)
    (TOY.folder / "package.json").write_text(json.dumps({"version": "0.9.0"}))
    assert not TOY.is_whole()


def test_an_npm_that_installs_nothing_is_not_believed(npm: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", npm_that(lambda prefix: None, npm))
    with pytest.raises(CannotRun, match=r"without main\.js"):
        installed(TOY)


def test_a_failed_install_says_why_leaves_nothing_and_is_not_tried_for_every_clip(
    npm: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        npm.append(command)
        return subprocess.CompletedProcess(command, 1, b"", b"npm error code ENOTFOUND\nnpm error getaddrinfo failed\n")

    monkeypatch.setattr(subprocess, "run", fail)
    for _ in range(2):
        with pytest.raises(CannotRun, match=r"npm install toy@1\.0\.0 failed \(getaddrinfo failed\); with a network"):
            installed(TOY)
    assert len(npm) == 1 and [p.suffix for p in TOY.home.parent.iterdir()] in ([], [".lock"])


def test_an_install_that_hangs_is_given_up(npm: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], *, timeout: float, **_: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(CannotRun, match="was not done in 120 s"):
        installed(TOY)


@pytest.mark.parametrize(
    "printed",
    ["", "not a table", "[]", '{"names": ["a"], "times": [], "values": []}',
     '{"names": ["a"], "times": [0], "values": [[1, 2]]}', '{"names": ["a"], "times": [0], "values": [[null]]}'],
)  # fmt: skip
def test_what_is_no_table_of_numbers_is_refused(printed: str) -> None:
    with pytest.raises(CannotRun, match="toy"):
        curves_from_json(printed, TOY)


def test_curves_are_read_at_the_middle_of_each_frame_and_poses_add_up() -> None:
    times = np.arange(61) / 60
    curves = Curves(("a", "b", "c"), times, np.stack([times, 0.25 + 0 * times, 1 + 0 * times], 1))
    poses = {"a": {"jawOpen": 0.5}, "b": {"jawOpen": 0.4, "mouthPucker": 8.0}}
    motion = motion_from_curves(curves, poses, 1.0)
    assert np.allclose(motion["jawOpen"], 0.5 * (np.arange(25) + 0.5) / 25 + 0.1, atol=1e-6)
    assert (motion["mouthPucker"] == 1).all(), "no channel beyond its range"
    assert np.ptp(motion["mouthFunnel"]) == 0, "a curve without a pose moves nothing"


def test_every_viseme_of_headaudio_but_silence_has_a_shape_and_the_bilabial_one_is_sealed() -> None:
    assert all(pose(phone) for phone in PHONES.values()) and len(PHONES) == 14
    assert pose(PHONES["PP"])["lipSeal"] == 1


@pytest.fixture
def real(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(fetched))


@pytest.mark.usefixtures("real")
def test_headaudio_itself_moves_the_mouth_in_the_sound_and_rests_in_silence(clip: Clip) -> None:
    motion = HeadAudio().animate(clip)
    assert len(motion) == int(clip.audio.seconds * RATE) == 51
    assert np.isfinite(motion.values).all() and motion.values.min() >= 0 and motion.values.max() <= 1
    moved = np.abs(motion.values - motion.rig.rest).max(1)
    assert moved[:12].max() < 0.01 < 0.1 < moved[20:35].max() and moved[-5:].max() < 0.01
    assert np.array_equal(motion.values, HeadAudio().animate(clip).values), "nothing depends on the clock"


def profile_of(curves: Curves) -> dict[str, Any]:
    """A buzz is an A; eleven sounds are nothing like it."""
    row = curves.values[len(curves.values) // 2]
    rows = [("A", row), *((f"other {i}", -row * (i + 1)) for i in range(11))]
    return {
        "targetSampleRate": 16000, "sampleCount": 1024, "melFilterBankChannels": 30, "compareMethod": 1, "mfccNum": 12,
        "mfccDataCount": 1, "useStandardization": False,
        "mfccs": [{"name": name, "mfccCalibrationDataList": [{"array": r.tolist()}]} for name, r in rows],
    }  # fmt: skip


@pytest.mark.usefixtures("real")
def test_wlipsync_itself_knows_again_the_sound_it_was_calibrated_with(
    clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = curves_from(WLIPSYNC, "wlipsync.mjs", clip.audio)
    assert heard.values.shape[1] == 12 and np.ptp(heard.values, axis=0).min() > 0, "all twelve coefficients"
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(profile_of(heard)))
    monkeypatch.setattr("mien.evaluation.peers.wlipsync.PROFILE", path)
    motion = WLipSync().animate(clip)
    assert len(motion) == 51 and np.isfinite(motion.values).all()
    assert motion.values.min() >= 0 and motion.values.max() <= 1
    jaw = motion["jawOpen"]
    assert jaw[:12].max() < 0.01 < 0.1 < jaw[22:35].min(), "shut in silence, an A in the buzz"


@pytest.mark.usefixtures("real")
def test_a_driver_that_fails_says_with_what() -> None:
    silent = Audio(np.zeros(1600, np.float32), Fraction(16000))
    with pytest.raises(CannotRun, match=r"headaudio@0\.1\.0 under node nothing\.mjs failed"):
        curves_from(PACKAGE, "nothing.mjs", silent)

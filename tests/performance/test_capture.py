"""The verb capture: what it takes and what it says when it cannot."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import mien
from mien.cli import main
from mien.core.errors import BadInput, WrongUse
from mien.core.frame import Frame, Image, Segment
from mien.core.rig import CAPTURE, FULL, Motion
from mien.core.track import Audio
from mien.media import VideoWriter, write_png
from mien.renderers.portrait import Portrait

RATE = Fraction(30000, 1001)


@pytest.fixture(scope="module")
def images() -> list[Image]:
    values = np.tile(FULL.rest, (18, 1))
    values[:, FULL.find("jawOpen")] = 0.3 * (np.arange(18) % 6 > 2)
    values[:, FULL.find("headRoll")] = np.linspace(-0.1, 0.1, 18)
    return [frame.image for frame in Portrait(size=256).render([Motion(values, RATE, 0, FULL)])]


@pytest.fixture(scope="module")
def video(images: list[Image], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("capture") / "silent.mp4", images)


def save(path: Path, images: list[Image]) -> Path:
    n = len(images)
    frames = [Frame(np.ascontiguousarray(image), i, RATE) for i, image in enumerate(images)]
    with VideoWriter(path, rate=RATE) as writer:
        writer.write(Segment(0, n, RATE, Audio.silence(0, 48000), Motion.at_rest(n, rate=RATE), frames))
    return path


def turned(path: Path, out: Path) -> Path:
    """The same file with a flag that says to show it a quarter turned (ISO 14496-12, the matrix of tkhd)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    matrix = [0, 0x10000, 0, -0x10000, 0, 0, 256 << 16, 0, 0x40000000]
    data[at : at + 36] = b"".join(v.to_bytes(4, "big", signed=True) for v in matrix)
    out.write_bytes(data)
    return out


def test_a_silent_video_keeps_its_clock(video: Path) -> None:
    motion = mien.capture(video)
    assert (motion.rate, len(motion), motion.rig.names) == (RATE, 18, CAPTURE.names)
    assert np.corrcoef(motion["headRoll"], np.linspace(-1, 1, 18))[0, 1] > 0.9


def test_a_rotation_flag_is_followed(video: Path, images: list[Image], tmp_path: Path) -> None:
    lying = save(tmp_path / "lying.mp4", [np.rot90(image) for image in images])
    motion = mien.capture(turned(lying, tmp_path / "turned.mp4"), neutral=0)
    upright = mien.capture(video, neutral=0)
    assert np.abs(motion["headRoll"] - upright["headRoll"]).max() < 0.03


def test_a_tall_picture_is_as_good_as_a_wide_one(images: list[Image], tmp_path: Path) -> None:
    tall = [np.pad(image, ((150, 106), (0, 0), (0, 0))) for image in images]
    assert (mien.capture(save(tmp_path / "tall.mp4", tall))["confidence"] > 0.5).all()


def test_broken_frames_are_bridged(video: Path, tmp_path: Path) -> None:
    data = bytearray(video.read_bytes())
    middle = data.index(b"mdat") + len(data) // 2
    data[middle : middle + 300] = bytes(300)
    (tmp_path / "broken.mp4").write_bytes(data)
    motion = mien.capture(tmp_path / "broken.mp4")
    assert np.isfinite(motion.values).all() and len(motion) >= 12


def test_a_folder_of_pictures_is_a_clip_in_the_order_of_its_numbers(images: list[Image], tmp_path: Path) -> None:
    for i, image in enumerate(images[:12]):
        write_png(tmp_path / f"{i}.png", image)
    motion = mien.capture(tmp_path, fps=12)
    assert (motion.rate, len(motion)) == (12, 12)
    assert (np.diff(motion["headRoll"]) > -0.005).all(), "2.png comes before 10.png"


def test_a_folder_with_two_sizes_is_refused(images: list[Image], tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", images[0])
    write_png(tmp_path / "b.png", images[0][:200])
    with pytest.raises(BadInput, match=r"of one size: b.png has 256 x 200, a.png has 256 x 256"):
        mien.capture(tmp_path)


def test_each_misuse_is_one_sentence(video: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no pictures in the folder"):
        mien.capture(tmp_path)
    with pytest.raises(BadInput, match="there is no file"):
        mien.capture(tmp_path / "none.mp4")
    with pytest.raises(WrongUse, match="neutral must be auto or the number of a frame"):
        mien.capture(video, neutral="first")
    with pytest.raises(WrongUse, match="a video has its own clock"):
        mien.capture(video, fps=25)
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(BadInput, match="text file"):
        mien.capture(tmp_path / "notes.mp4")


@pytest.mark.parametrize("suffix", [".npz", ".json", ".csv"])
def test_the_command_writes_what_load_reads(
    video: Path, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"me{suffix}"
    assert main(["capture", str(video), "-o", str(out), "--json", "--quiet"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["frames"] == 18 and result["seen"] == 1 and result["fps"] == "30000/1001"
    assert len(mien.load(out)) == 18
    assert main(["capture", str(video), "-o", str(out)]) == 2, "it is not replaced unasked"


def test_progress_is_told_to_the_end(video: Path) -> None:
    told: list[float] = []
    mien.capture(video, progress=lambda done, _: told.append(done))
    assert told == sorted(told) and told[-1] == pytest.approx(18 / float(RATE))

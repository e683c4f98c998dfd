"""What is written to an mp4 is there when it is read back: when, how bright, how loud; or nothing is there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mien.core.errors import BadInput, OutputFailed, WrongUse
from mien.core.frame import Frame, Image, Segment
from mien.core.rig import Motion
from mien.core.track import Audio, sample_at
from mien.media import VideoWriter, read_audio, read_video
from mien.media.loudness import integrated_loudness
from tests.media.unsigned import unsigned

GREY = np.full((64, 64, 3), 128, np.uint8)
WHITE = np.full((64, 64, 3), 255, np.uint8)


def segments(images: list[Image], rate: Fraction, sound: np.ndarray, sound_rate: int, step: int) -> Iterator[Segment]:
    """All pictures and their share of the sound, ``step`` frames at a time."""
    for start in range(0, len(images), step):
        stop = min(start + step, len(images))
        first, last = sample_at(start, rate, sound_rate), sample_at(stop, rate, sound_rate)
        frames = [Frame(images[i], i, rate) for i in range(start, stop)]
        audio = Audio(sound[first:last], Fraction(sound_rate), first)
        yield Segment(start, stop, rate, audio, Motion.at_rest(0, rate=rate), frames)


def save(path: Path, images: list[Image], *, rate: str = "25", sound: np.ndarray | None = None, step: int = 7) -> Path:
    exact = Fraction(rate)
    sound = np.zeros(0, np.float32) if sound is None else sound
    with VideoWriter(path, rate=exact) as writer:
        for segment in segments(images, exact, sound, 24000, step):
            writer.write(segment)
    return path


def speechlike(seconds: float) -> np.ndarray:
    """Syllables of a buzz, 24 kHz."""
    t = np.arange(round(seconds * 24000)) / 24000
    buzz = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 20))
    return (0.02 * buzz * np.sin(2 * np.pi * 2 * t) ** 2).astype(np.float32)


@pytest.mark.parametrize("rate", ["10", "25", "60", "24000/1001", "30000/1001"])
def test_every_frame_is_there_at_the_exact_rate(tmp_path: Path, rate: str) -> None:
    path = save(tmp_path / "a.mp4", [GREY] * 61, rate=rate)
    found, frames = read_video(path)
    assert found == Fraction(rate)
    assert [frame.index for frame in frames] == list(range(61))


def test_a_flash_and_a_click_at_one_moment_stay_together(tmp_path: Path) -> None:
    rate, flash = Fraction(30000, 1001), 37
    images = [GREY] * 60
    images[flash] = WHITE
    sound = np.zeros(sample_at(60, rate, 24000), np.float32)
    sound[sample_at(flash, rate, 24000)] = 0.5
    path = save(tmp_path / "a.mp4", images, rate="30000/1001", sound=sound)
    bright = [frame.image.mean() for frame in read_video(path)[1]]
    heard = read_audio(path, rate=48000)
    assert int(np.argmax(bright)) == flash
    assert np.argmax(np.abs(heard.values)) / 48000 == pytest.approx(flash / float(rate), abs=0.001)


def test_players_that_know_no_edit_lists_start_both_within_a_frame(tmp_path: Path) -> None:
    path = save(tmp_path / "a.mp4", [GREY] * 50, sound=speechlike(2))
    with av.open(str(path)) as container:
        assert [stream.start_time for stream in container.streams] == [0, 0]
        seconds = [float(stream.duration * stream.time_base) for stream in container.streams]
    assert seconds[0] == 2 and seconds[1] == pytest.approx(2, abs=0.025)


def test_colours_come_back_as_bt709_says(tmp_path: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    colours[0] = [[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255],
                  [255, 0, 255]]  # fmt: skip
    chart = np.kron(colours, np.ones((32, 32, 1), np.uint8))
    path = save(tmp_path / "a.mp4", [chart] * 5)
    with av.open(str(path)) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.color_primaries, codec.color_trc, codec.colorspace, codec.color_range) == (1, 1, 1, 1)
        assert (codec.profile, codec.pix_fmt) == ("High", "yuv420p")
        planes = next(container.decode(video=0)).to_ndarray()
    rgb = colours / 255
    luma = rgb @ [0.2126, 0.7152, 0.0722]
    np.testing.assert_allclose(planes[16:256:32, 16::32], 16 + 219 * luma, atol=3)
    blue = planes[256:320].reshape(128, 128)[8::16, 8::16]
    np.testing.assert_allclose(blue, 128 + 224 * (rgb[..., 2] - luma) / 1.8556, atol=4)
    back = next(read_video(path)[1]).image[16::32, 16::32]
    assert np.abs(back.astype(int) - colours).mean() < 3


def test_sound_is_at_sixteen_lufs_below_full_scale(tmp_path: Path) -> None:
    path = save(tmp_path / "a.mp4", [GREY] * 100, sound=speechlike(4))
    heard = read_audio(path)
    assert heard.rate == 48000
    assert integrated_loudness([heard]) == pytest.approx(-16, abs=0.3)
    assert np.abs(heard.values).max() < 0.95


def test_silence_stays_silent(tmp_path: Path) -> None:
    path = save(tmp_path / "a.mp4", [GREY] * 25, sound=np.zeros(24000, np.float32))
    assert np.abs(read_audio(path).values).max() < 1e-4


def test_without_sound_there_is_no_sound_stream(tmp_path: Path) -> None:
    with av.open(str(save(tmp_path / "a.mp4", [GREY] * 5))) as container:
        assert not container.streams.audio


def test_the_file_does_not_depend_on_how_it_was_cut(tmp_path: Path) -> None:
    fine = save(tmp_path / "a.mp4", [GREY, WHITE] * 20, sound=speechlike(1.6), step=1)
    coarse = save(tmp_path / "b.mp4", [GREY, WHITE] * 20, sound=speechlike(1.6), step=100)
    assert unsigned(fine) == unsigned(coarse)


def test_the_file_says_that_it_is_synthetic_and_nothing_else(tmp_path: Path) -> None:
    path = save(tmp_path / "a.mp4", [GREY] * 25, sound=speechlike(1))
    data = path.read_bytes()
    assert not [word for word in (b"x264", b"Lavf", b"Lavc", str(tmp_path).encode()) if word in data]
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        notes = {k: v for k, v in container.metadata.items() if "brand" not in k and k != "minor_version"}
    assert notes == {"comment": "Synthetic media made with mien"}


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_whatever_goes_wrong_the_output_is_as_it_was(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"before")
    with pytest.raises(type(error)), VideoWriter(path, rate=25) as writer:
        for segment in segments([GREY] * 30, Fraction(25), speechlike(1.2), 24000, 5):
            writer.write(segment)
        raise error
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([GREY[:1]], "a video's pictures need 2 pixels each way, got 64 x 1"),
        ([GREY, GREY[:32]], "the pictures of a video must be of one size: 64 x 32 came after 64 x 64"),
        ([], "cannot write {path}: no picture came"),
    ],
)
def test_each_misuse_is_one_sentence(tmp_path: Path, images: list[Image], message: str) -> None:
    path = tmp_path / "a.mp4"
    with pytest.raises((WrongUse, BadInput)) as error:
        save(path, images)
    assert str(error.value) == message.format(path=path)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_named_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed) as error, VideoWriter(tmp_path / "none" / "a.mp4", rate=25):
        raise AssertionError("not reached")
    assert str(error.value) == (
        f"cannot write {tmp_path / 'none' / 'a.mp4'}: there is no folder {tmp_path / 'none'}; make it first"
    )


FULL_DISK = """
import resource, sys
from fractions import Fraction
import numpy as np
from mien.core.errors import OutputFailed
from mien.core.frame import Frame, Segment
from mien.core.rig import Motion
from mien.core.track import Audio
from mien.media import VideoWriter

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
rng = np.random.default_rng(0)
try:
    with VideoWriter(sys.argv[1], rate=25) as writer:
        for i in range(100):
            image = rng.integers(0, 256, (128, 128, 3), dtype=np.uint8)
            frame = Frame(image, i, Fraction(25))
            writer.write(Segment(i, i + 1, Fraction(25), Audio.silence(0, 24000), Motion.at_rest(0, rate=25), [frame]))
except OutputFailed as error:
    sys.stdout.write(str(error))
"""


def test_a_disk_with_no_room_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    run = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True)
    assert run.stdout == f"cannot write {path}: the file grew larger than this disk allows"
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory use where Linux tells it")
def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    def resident() -> float:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    noise = np.random.default_rng(0).integers(0, 256, (8, 128, 128, 3), dtype=np.uint8)
    with VideoWriter(tmp_path / "a.mp4", rate=25) as writer:
        sizes = []
        for i in range(800):
            audio = Audio.silence(960, 24000, 960 * i)
            frame = Frame(noise[i % 8], i, Fraction(25))
            writer.write(Segment(i, i + 1, Fraction(25), audio, Motion.at_rest(0, rate=25), [frame]))
            sizes.append(resident())
    assert sizes[-1] - sizes[300] < 8


def test_missing_pictures_are_filled_so_that_the_rate_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        for i in [*range(20), *range(25, 50)]:
            frame = av.VideoFrame.from_ndarray(WHITE if i >= 25 else GREY, format="rgb24")
            frame.pts = i
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    frames = list(read_video(path)[1])
    assert [frame.index for frame in frames] == list(range(50))
    assert frames[24].image.mean() == pytest.approx(128, abs=4)
    assert frames[26].image.mean() == pytest.approx(255, abs=4)


def test_a_video_filmed_on_its_side_is_set_upright(tmp_path: Path) -> None:
    top_white = GREY.copy()
    top_white[:32] = 255
    path = save(tmp_path / "a.mp4", [np.ascontiguousarray(np.rot90(top_white))])
    data = path.read_bytes()
    one, minus = b"\0\1\0\0", b"\xff\xff\0\0"
    upright, clockwise = one + bytes(12) + one, bytes(4) + one + bytes(4) + minus + bytes(4)
    track = data.index(upright, data.index(b"tkhd"))  # the track's display matrix, ISO/IEC 14496-12
    path.write_bytes(data[:track] + clockwise + data[track + len(clockwise) :])
    assert np.abs(next(read_video(path)[1]).image.astype(int) - top_white).mean() < 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "{path} is empty: 0 bytes"),
        (b"once upon a time\n" * 9, "{path} is a text file, not video"),
        (b"\0\xff" * 5000, "{path} is damaged or not a video file that can be read (Invalid data found when processing "
                           "input)"),
    ],
)  # fmt: skip
def test_each_unusable_video_is_refused_with_its_reason(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "film"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        read_video(path)
    assert str(error.value) == message.format(path=path)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    noise = list(np.random.default_rng(0).integers(0, 256, (10, 64, 64, 3), dtype=np.uint8))
    return save(tmp_path_factory.mktemp("film") / "a.mp4", noise, sound=speechlike(0.4)).read_bytes()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    length=st.floats(0, 1),
    cut=st.booleans(),
)
def test_damaged_videos_are_read_or_refused(tmp_path: Path, film: bytes, changes, length: float, cut: bool) -> None:
    data = bytearray(film)
    for where, value in changes:
        data[int(where**3 * (len(data) - 1))] = value
    path = tmp_path / "film"
    path.write_bytes(data[: int(length * len(data))] if cut else data)
    try:
        for frame in read_video(path)[1]:
            assert frame.index < 10_000
    except BadInput as error:
        assert str(path) in str(error)


@pytest.mark.parametrize("rate", ["25", "30000/1001"])
def test_a_webm_has_every_frame_and_its_sound_in_time(tmp_path: Path, rate: str) -> None:
    seconds, flash = 3, 30
    images = [WHITE if i == flash else GREY for i in range(round(seconds * Fraction(rate)))]
    sound = np.zeros(seconds * 24000, np.float32)
    at = sample_at(flash, Fraction(rate), 24000)
    sound[at : at + 1000] = 0.5 * np.sin(np.arange(1000))
    path = save(tmp_path / "a.webm", images, rate=rate, sound=sound)
    _, frames = read_video(path)
    bright = [frame.image.mean() for frame in frames]
    assert len(bright) == len(images)
    assert int(np.argmax(bright)) == flash
    heard = read_audio(path, rate=24000).values
    assert np.flatnonzero(np.abs(heard) > 0.2)[0] == pytest.approx(at, abs=0.02 * 24000)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_video_says_in_the_iptcs_words_that_it_is_synthetic_and_nothing_of_who_made_it(
    tmp_path: Path, suffix: str
) -> None:
    data = save(tmp_path / f"a{suffix}", [GREY] * 5, sound=speechlike(0.2)).read_bytes()
    assert b"compositeSynthetic" in data
    assert str(tmp_path).encode() not in data
    assert b"Lavc" not in data


def test_a_video_of_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="webm"):
        VideoWriter(tmp_path / "a.avi", rate=25)

"""Sound of every kind comes out as mono float at the rate asked for, exact in time, or is refused with one sentence."""

import io
import logging
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mien.core.errors import BadInput, OutputFailed
from mien.core.track import Audio
from mien.media import is_silent, read_audio, resample, stream_audio, write_wav
from mien.media.sound import wav_bytes


def tone(seconds: float = 1.0, rate: int = 48000, hertz: float = 440, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def encode(path: Path | io.BytesIO, channels: np.ndarray, rate: int, codec: str, form: str, container: str) -> None:
    """channels : (c, n) -1..1"""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(channels)]
    with av.open(path if isinstance(path, io.BytesIO) else str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        convert = av.AudioResampler(format=form, layout=layout, rate=rate)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(channels, np.float32), format="fltp", layout=layout)
        frame.sample_rate = rate
        size = stream.codec_context.frame_size or 1024
        fifo = av.AudioFifo()
        for part in convert.resample(frame) + convert.resample(None):
            part.pts = None
            fifo.write(part)
        at = 0
        while (piece := fifo.read(size, partial=True)) is not None:
            piece.pts, piece.time_base = at, Fraction(1, rate)  # by which the container knows the codec's delay
            at += piece.samples
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))


KINDS = {  # suffix: codec, sample format, container, rate, largest error
    "wav16": ("pcm_s16le", "s16", "wav", 48000, 1e-4),
    "wav24": ("pcm_s24le", "s32", "wav", 96000, 1e-4),
    "wav_float": ("pcm_f32le", "flt", "wav", 44100, 1e-4),
    "wav8": ("pcm_u8", "u8", "wav", 8000, 0.01),
    "flac": ("flac", "s16", "flac", 44100, 1e-4),
    "mp3": ("libmp3lame", "fltp", "mp3", 44100, 0.03),
    "ogg": ("libopus", "flt", "ogg", 48000, 0.05),
    "m4a": ("aac", "fltp", "ipod", 44100, 0.05),
    "mkv": ("pcm_s16le", "s16", "matroska", 48000, 1e-4),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_tone_at_the_same_time(tmp_path: Path, kind: str) -> None:
    codec, form, container, rate, error = KINDS[kind]
    encode(tmp_path / kind, tone(rate=rate)[None], rate, codec, form, container)
    audio = read_audio(tmp_path / kind, rate=24000)
    assert audio.rate == 24000 and audio.start == 0
    assert len(audio) == pytest.approx(24000, abs=1300)  # lossy codecs work in blocks
    inner = slice(2000, 22000)
    assert np.abs(audio.values[inner] - tone(rate=24000)[inner]).max() < error


def test_a_file_keeps_its_own_rate_unless_asked(tmp_path: Path) -> None:
    encode(tmp_path / "a", tone(rate=8000)[None], 8000, "pcm_s16le", "s16", "wav")
    audio = read_audio(tmp_path / "a")
    assert audio.rate == 8000 and len(audio) == 8000


def test_stereo_is_the_mean_of_its_channels(tmp_path: Path) -> None:
    encode(tmp_path / "a", np.stack([tone(), 0 * tone()]), 48000, "pcm_f32le", "flt", "wav")
    np.testing.assert_allclose(read_audio(tmp_path / "a").values, tone() / 2, atol=1e-6)


@pytest.mark.parametrize("silence", [0.0, 1.7])
def test_of_two_channels_that_cancel_each_other_the_left_is_heard(tmp_path: Path, silence: float) -> None:
    sound = np.concatenate([np.zeros(round(silence * 48000), np.float32), tone(2.3)])
    encode(tmp_path / "a", np.stack([sound, -0.9 * sound]), 48000, "pcm_f32le", "flt", "wav")
    made = read_audio(tmp_path / "a")
    assert np.array_equal(made.values, sound)
    for seconds in (0.03, 0.5):
        assert np.array_equal(Audio.join(stream_audio(tmp_path / "a", None, seconds)).values, made.values)


def test_whether_channels_cancel_is_decided_once_for_a_file(tmp_path: Path) -> None:
    both, apart = np.stack([tone(1.5), tone(1.5)]), np.stack([tone(1.5), -tone(1.5)])
    encode(tmp_path / "a", np.concatenate([both, apart], axis=1), 48000, "pcm_f32le", "flt", "wav")
    values = read_audio(tmp_path / "a").values
    np.testing.assert_allclose(values, np.concatenate([tone(1.5), 0 * tone(1.5)]), atol=1e-6)


@pytest.mark.parametrize("rate", [None, 16000])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_no_number_or_beyond_full_scale_is_handed_on_within_it(
    tmp_path: Path, rate: int | None, channels: int
) -> None:
    sound = np.stack([tone()] * channels)
    sound[:, 1000:1005] = [np.nan, 1e30, -1e30, np.inf, -np.inf]
    encode(tmp_path / "a", sound, 48000, "pcm_f32le", "flt", "wav")
    values = read_audio(tmp_path / "a", rate=rate).values
    assert np.isfinite(values).all() and np.abs(values).max() <= 1
    if rate is None:
        assert values[1000:1005].tolist() == [0, 1, -1, 1, -1]
        assert np.array_equal(values[1005:], tone()[1005:])


def test_streaming_gives_the_very_same_samples(tmp_path: Path) -> None:
    encode(tmp_path / "a", tone(2.3)[None], 48000, "pcm_s16le", "s16", "wav")
    whole = read_audio(tmp_path / "a", rate=16000)
    chunks = list(stream_audio(tmp_path / "a", 16000, 0.1))
    assert {len(chunk) for chunk in chunks} == {1600}
    assert np.array_equal(Audio.join(chunks).values, whole.values)
    assert len(whole) == round(2.3 * 16000)


@pytest.mark.parametrize(("source", "target"), [(24000, 48000), (44100, 48000), (96000, 16000), (8000, 24000)])
@pytest.mark.parametrize("n", [300, 44107])
def test_resampling_moves_nothing_and_counts_exactly(source: int, target: int, n: int) -> None:
    impulse = np.zeros(n, np.float32)
    impulse[n // 2] = 1
    pieces = Audio(impulse, Fraction(source)).split(1000)
    made = Audio.join(resample(pieces, target))
    assert len(made) == round(n * target / source)
    energy = made.values.astype(float) ** 2
    where = (np.arange(len(made)) * energy).sum() / energy.sum()
    assert where == pytest.approx(n // 2 * target / source, abs=0.02)


def test_resampling_does_not_depend_on_the_cut() -> None:
    sound = Audio(np.random.default_rng(0).normal(0, 0.1, 30000).astype(np.float32), Fraction(24000))
    fine, coarse = (Audio.join(resample(sound.split(size), 48000)).values for size in (77, 9999))
    assert np.array_equal(fine, coarse)


def test_sound_that_begins_after_the_picture_keeps_its_place(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mkv"), "w") as file:
        video, audio = file.add_stream("mpeg4", rate=25), file.add_stream("pcm_s16le", rate=48000, layout="mono")
        video.width = video.height = 64
        for i in range(25):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            picture.pts = i
            file.mux(video.encode(picture))
        frame = av.AudioFrame.from_ndarray((tone() * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, 24000, Fraction(1, 48000)
        file.mux([*video.encode(), *audio.encode(frame), *audio.encode()])
    values = read_audio(tmp_path / "a.mkv").values
    assert len(values) == 72000
    assert np.abs(values[:24000]).max() == 0 and np.abs(values[24000:] - tone()).max() < 1e-3


def test_a_damaged_stretch_is_left_out_with_a_note(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    encode(tmp_path / "a", tone(3)[None], 44100, "flac", "s16", "flac")
    data = bytearray((tmp_path / "a").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    (tmp_path / "a").write_bytes(data)
    with caplog.at_level(logging.WARNING):
        assert read_audio(tmp_path / "a").seconds > 1.5


def test_silence_is_read_and_known(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", Audio.silence(8000, 16000))
    assert is_silent(read_audio(tmp_path / "a.wav"))
    assert not is_silent(Audio(tone(), Fraction(48000)))


def test_a_wav_comes_back_to_the_last_bit_and_carries_nothing_else(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(-32768, 32768, 5000).astype(np.float32) / 32768
    write_wav(tmp_path / "a.wav", Audio(values, Fraction(24000)))
    assert np.array_equal(read_audio(tmp_path / "a.wav").values, values)
    assert (tmp_path / "a.wav").stat().st_size == 44 + 2 * 5000


def test_a_wav_too_loud_is_clipped_not_wrapped(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", Audio(np.array([-2, 2, 1], np.float32), Fraction(8000)))
    assert read_audio(tmp_path / "a.wav").values.tolist() == [-1, 32767 / 32768, 32767 / 32768]


def test_a_wav_can_go_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_wav("-", Audio.silence(10, 8000))
    assert capfdbinary.readouterr().out[:4] == b"RIFF"


def test_a_wav_cannot_be_written_into_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed):
        write_wav(tmp_path / "none" / "a.wav", Audio.silence(10, 8000))


def silent_film() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        video = container.add_stream("mpeg4", rate=25)
        video.width = video.height = 64
        container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        container.mux(video.encode())
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "{path} is empty: 0 bytes"),
        (b"Hello there.\n" * 20, "{path} is a text file, not sound"),
        (wav_bytes(Audio.silence(0, 8000)), "{path} holds no sound: 0 samples"),
        (silent_film(), "{path} has no sound in it"),
        (b"\0\xff" * 5000, "{path} is damaged or not a sound file that can be read (Invalid data found when "
                           "processing input)"),
    ],
    ids=["zero bytes", "text", "no samples", "video without sound", "anything"],
)  # fmt: skip
def test_each_unusable_sound_is_refused_with_its_reason(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "speech.wav"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        read_audio(path, rate=16000)
    assert str(error.value) == message.format(path=path)


def test_a_missing_sound_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        read_audio(tmp_path / "none.wav")
    assert str(error.value) == f"there is no file {tmp_path / 'none.wav'}"


def seed(kind: str) -> bytes:
    codec, form, container, rate, _ = KINDS[kind]
    file = io.BytesIO()
    encode(file, tone(0.3, rate)[None], rate, codec, form, container)
    return file.getvalue()


SEEDS = {kind: seed(kind) for kind in ("wav16", "flac", "mp3", "ogg", "mkv")}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(SEEDS)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    length=st.floats(0, 1),
    cut=st.booleans(),
)
@example(kind="mp3", changes=[(0.603515625, 36)], length=0.0, cut=False)  # another rate amid sound
def test_damaged_sound_is_read_or_refused(tmp_path: Path, kind: str, changes, length: float, cut: bool) -> None:
    data = bytearray(SEEDS[kind])
    for where, value in changes:
        data[int(where**3 * (len(data) - 1))] = value
    path = tmp_path / "sound"
    path.write_bytes(data[: int(length * len(data))] if cut else data)
    try:
        for chunk in stream_audio(path, 16000):
            assert np.isfinite(chunk.values).all() and chunk.stop < 16000 * 3600
    except BadInput as error:
        assert str(path) in str(error)

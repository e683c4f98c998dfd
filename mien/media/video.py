"""Video out and in: H.264 and AAC in mp4, VP9 and Opus in WebM, picture and sound on one clock."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from mien.core.errors import BadInput, OutputFailed, WrongUse
from mien.core.files import atomic_output
from mien.core.frame import Frame, Image, Segment
from mien.core.track import Audio, Rate, rate_from
from mien.media.loudness import gain_to_target, limited
from mien.media.marks import COMMENT, SOURCE_TYPE, mp4_box
from mien.media.opening import check_readable, complaints
from mien.media.provenance import sign
from mien.media.sound import resample

SOUND_RATE = 48000
"""Hz of the sound in a video."""

SOUND_BITS = 128_000
"""Bits a second: with the encoder's fast search what AAC adds to speech lies 42 dB below it."""


@dataclass(frozen=True)
class Format:
    """How a file of one suffix is encoded. sound_block : samples the sound's encoder takes at a time

    alpha : whether pictures may be see-through
    """

    container: str
    pictures: str
    picture_options: Mapping[str, str]
    sound: str
    sound_options: Mapping[str, str]
    sound_block: int
    alpha: bool = False


FORMATS: Mapping[str, Format] = {
    # x264: 2.5 ms a frame at 512 x 512 and 38.6 dB; veryfast takes 4.2 ms for 38.2 dB in half the bytes
    ".mp4": Format(
        "mp4", "libx264", {"preset": "superfast", "crf": "18", "profile": "high"}, "aac", {"aac_coder": "fast"}, 1024
    ),
    # VP9 as for live video: good quality takes ten times as long
    ".webm": Format(
        "webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "7", "crf": "24", "b": "0", "row-mt": "1"},
        "libopus", {}, 960, alpha=True,
    ),
}  # fmt: skip
"""Suffix -> format. WebM is free of the patents and of the GPL library that mp4 brings."""


GREATEST_GAP = 250
"""Frames a missing stretch of a video may last; beyond, its time stamps are broken."""


class VideoWriter:
    """Segments into a video, by the suffix: yuv420p, BT.709; sound of 48 kHz, mono, at -16 LUFS.

    .mp4 is H.264 high and AAC, fast start; .webm is VP9 and Opus.

    The pictures are encoded as they come. The sound waits in a file without a name until its loudness is known; then
    one gain holds for all of it. The file appears when it is complete and signed; when the block raises, nothing does.

    with VideoWriter("out.mp4", rate=25) as writer:
        for segment in segments:
            writer.write(segment)
    """

    def __init__(self, path: str | Path, *, rate: Rate) -> None:
        self._path, self._rate = Path(path), rate_from(rate)
        self._stack = ExitStack()
        if self._path.suffix.lower() not in FORMATS:
            raise WrongUse(f"a video's name ends in {' or '.join(FORMATS)}, got {self._path.name!r}")
        self._format = FORMATS[self._path.suffix.lower()]

    def __enter__(self) -> Self:
        with ExitStack() as stack:  # undone if one of these fails
            self._temporary = stack.enter_context(atomic_output(self._path))
            folder = self._path.parent  # on the disk that has room for the output
            pictures, sound = (stack.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(2))
            self._pictures = stack.enter_context(_PictureFile(pictures, self._rate, self._format))
            self._sound = _SoundFile(sound)
            self._stack = stack.pop_all()
        return self

    def write(self, segment: Segment) -> None:
        """Add a stretch; segments follow each other. Errors: WrongUse for pictures that do not fit."""
        self._sound.write(segment.audio)
        for frame in segment.frames:
            self._pictures.write(frame.image)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self._finish()

    def _finish(self) -> None:
        if not self._pictures.count:
            raise BadInput(f"cannot write {self._path}: no picture came")
        _join(self._temporary, self._format, self._pictures.packets(), self._sound.replay)
        _check_whole(self._temporary, self._path)
        sign(self._temporary)


class _PictureFile:
    """Encoded pictures in a file."""

    def __init__(self, file: IO[bytes], rate: Fraction, form: Format) -> None:
        self.count = 0
        self._file, self._rate, self._format = file, rate, form
        self._container: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._container is not None:
            with suppress(Exception):  # after a failure there is already an error to tell of
                self._container.close()

    def write(self, image: Image) -> None:
        """image : (h, w, 3 or 4) RGB(A), all alike; an odd side loses its last line, for video has none"""
        import av
        from av.video.reformatter import ColorRange, Colorspace, Interpolation

        if self._container is None:
            self._open(image)
        if image.shape[:2] != self._size:
            (h, w), (height, width) = image.shape[:2], self._size
            raise WrongUse(f"the pictures of a video must be of one size: {w} x {h} came after {width} x {height}")
        height, width = image.shape[0] & ~1, image.shape[1] & ~1
        image = np.ascontiguousarray(image[:height, :width])
        raw = av.VideoFrame.from_ndarray(image, format="rgb24" if image.shape[2] == 3 else "rgba")
        frame = self._convert.reformat(
            raw,
            format=self._pixels,
            interpolation=Interpolation.AREA,
            src_color_range=ColorRange.JPEG,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        frame.pts, frame.time_base = self.count, 1 / self._rate
        self.count += 1
        self._container.mux(self._stream.encode(frame))

    def _open(self, image: Image) -> None:
        import av
        from av.video.reformatter import VideoReformatter

        self._size = image.shape[:2]
        h, w = image.shape[0] & ~1, image.shape[1] & ~1
        if not h or not w:
            raise WrongUse(f"a video's pictures need 2 pixels each way, got {image.shape[1]} x {image.shape[0]}")
        self._convert = VideoReformatter()
        form = self._format
        if image.shape[2] == 4 and not form.alpha:
            raise WrongUse(f"an .{form.container} cannot be see-through: write .webm, .webp, .png or a folder of PNGs")
        self._pixels = "yuva420p" if image.shape[2] == 4 else "yuv420p"
        self._container = av.open(self._file, "w", format=form.container)
        self._stream = self._container.add_stream(form.pictures, rate=self._rate, options=dict(form.picture_options))
        codec = self._stream.codec_context
        codec.width, codec.height, codec.pix_fmt, codec.thread_count = w, h, self._pixels, 2
        codec.time_base = 1 / self._rate
        codec.color_primaries = codec.color_trc = codec.colorspace = 1  # BT.709, ITU-T H.273
        codec.color_range = 1  # 16..235

    def packets(self) -> IO[bytes]:
        """The file, complete and rewound."""
        self._container.mux(self._stream.encode())
        self._container.close()
        self._file.seek(0)
        return self._file


class _SoundFile:
    """Sound as it came, in a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rate = Fraction(SOUND_RATE)

    def write(self, audio: Audio) -> None:
        if len(audio):
            if self._file.tell() and audio.rate != self._rate:
                raise WrongUse(f"the sound of a video must be at one rate: {audio.rate} Hz came after {self._rate}")
            self._rate = audio.rate
            self._file.write(audio.values.tobytes())

    def replay(self) -> Iterator[Audio]:
        """From the beginning, at SOUND_RATE."""
        return resample(self._pieces(), SOUND_RATE)

    def _pieces(self) -> Iterator[Audio]:
        self._file.seek(0)
        start = 0
        while data := self._file.read(4 * SOUND_RATE):
            values = np.frombuffer(data, np.float32)
            yield Audio(values, self._rate, start)
            start += len(values)


def _join(path: Path, form: Format, pictures: IO[bytes], replay: Any) -> None:
    """Pictures and sound in one file, interleaved, without a word about who made it with what."""
    import av

    options = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if form.container == "mp4" else {})
    with av.open(pictures) as source, av.open(str(path), "w", format=form.container, options=options) as out:
        out.metadata["comment"] = COMMENT
        if form.container == "webm":
            out.metadata["digital_source_type"] = SOURCE_TYPE
        shown = source.streams.video[0]
        video = out.add_stream_from_template(shown)
        plain = "filter_units=remove_types=6" if form.pictures == "libx264" else "null"  # x264's own SEI message
        no_notes = av.BitStreamFilterContext(plain, shown, video)
        sound = _Encoder(out, form, limited(replay(), gain_to_target(replay)))
        for packet in source.demux(shown):
            if packet.dts is None:  # the demuxer's last word
                continue
            sound.until(float(packet.dts * packet.time_base))
            for plain_packet in no_notes.filter(packet):
                plain_packet.stream = video
                out.mux(plain_packet)
        sound.until(float("inf"))
    if form.container == "mp4":
        with path.open("ab") as file:
            file.write(mp4_box())


class _Encoder:
    """Sound into a container, up to a moment. No stream is made where there is no sound."""

    def __init__(self, container: Any, form: Format, pieces: Iterator[Audio]) -> None:
        self._container, self._blocks = container, _blocks(pieces, form.sound_block)
        self._next = next(self._blocks, None)
        if self._next is not None:
            options = dict(form.sound_options)
            self._stream = container.add_stream(form.sound, rate=SOUND_RATE, layout="mono", options=options)
            self._stream.codec_context.bit_rate = SOUND_BITS
            self._stream.codec_context.flags |= 1 << 23  # bit exact: the encoder does not name itself

    def until(self, seconds: float) -> None:
        """Encode what begins before a moment."""
        while self._next is not None and self._next.time < seconds:
            self._container.mux(self._stream.encode(self._next))
            self._next = next(self._blocks, None)
            if self._next is None:
                self._container.mux(self._stream.encode(None))


def _blocks(pieces: Iterator[Audio], size: int) -> Iterator[Any]:
    """PyAV frames of as many samples as the encoder takes at a time; their times tell the muxer of its delay."""
    import av

    waiting, at = np.zeros(0, np.float32), 0
    for piece in pieces:
        waiting = np.concatenate([waiting, piece.values])
        while len(waiting) >= size:
            yield _block(av, waiting[:size], at)
            waiting, at = waiting[size:], at + size
    if len(waiting):
        yield _block(av, waiting, at)


def _block(av: Any, values: Any, at: int) -> Any:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(values[None]), format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, at, Fraction(1, SOUND_RATE)
    return frame


def _check_whole(temporary: Path, path: Path) -> None:
    """A full disk can go unnoticed while a container is closed: see that the file can be opened."""
    import av

    try:
        with av.open(str(temporary)) as container:
            if container.streams.video[0].frames > 0 or next(container.decode(video=0), None) is not None:
                return
    except (av.FFmpegError, IndexError):
        pass
    raise OutputFailed(f"cannot write {path}: what was written is not complete; is the disk full?")


def read_video(path: str | Path) -> tuple[Fraction, Iterator[Frame]]:
    """A video's rate and its pictures, upright, one for every index at that rate.

    Where the file has no picture for an index the one before is repeated, where it has several the first is taken.
    Its sound: ``read_audio(path)``, which begins with the first picture.
    Errors: BadInput when the file is missing, damaged or has no pictures, at the latest at the first frame.
    """
    path = Path(path)
    check_readable(path)
    import av

    with complaints(path, "video"), av.open(str(path)) as container:
        if not container.streams.video:
            raise BadInput(f"{path} has no pictures in it")
        stream = container.streams.video[0]
        found = stream.average_rate or stream.guessed_rate
        if not found or not 1 <= found <= 240:
            raise BadInput(f"{path} does not say how many pictures a second it has")
        rate = rate_from(Fraction(found))
    return rate, _pictures(path, rate)


def _pictures(path: Path, rate: Fraction) -> Iterator[Frame]:
    import av

    with complaints(path, "video"), av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        begin, index, image = None, 0, None
        for packet in container.demux(stream):
            try:
                decoded = packet.decode()
            except av.InvalidDataError:  # the picture before stands in for what cannot be decoded
                continue
            for frame in decoded:
                time = frame.time if frame.time is not None else index / float(rate)
                begin = time if begin is None else begin
                place = round((time - begin) * float(rate))
                if place < index:
                    continue
                while image is not None and index < min(place, index + GREATEST_GAP):
                    yield Frame(image, index, rate)
                    index += 1
                image = _upright(frame)
                yield Frame(image, index, rate)
                index += 1
        if image is None:
            raise BadInput(f"{path} is damaged: none of its pictures can be decoded")


def _upright(frame: Any) -> Image:
    """(h, w, 3) RGB, turned as the camera was."""
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), turns))

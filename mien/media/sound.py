"""Sound in and out: any container and codec becomes mono float at the rate asked for.

Resampling is libswresample's, by PyAV: without delay, and the same however the sound was cut
(tests/media/test_sound.py). What is handed on is finite and within -1..1, whatever the file holds.
"""

from __future__ import annotations

import logging
import struct
import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.errors import BadInput
from mien.core.files import atomic_output
from mien.core.track import Audio, Floats
from mien.media.opening import check_readable, complaints

log = logging.getLogger(__name__)

LATEST_START = 10.0
"""Seconds a file's sound may begin after its picture; more is a broken time stamp, not silence to be kept."""

SILENT = 10 ** (-60 / 20)
"""Peak below which there is nothing to hear: -60 dB full scale, the noise floor of a quiet 10-bit recording."""


CANCELS = 0.1
"""Energy of the mean of two channels over the mean of theirs, below which they cancel each other: one was recorded
upside down. Channels that have nothing in common give 0.5, the same in both 1."""

Channels = tuple[Floats, Fraction]
"""(c, n) decoded samples in -1..1, and their rate in Hz."""


def read_audio(path: str | Path, *, rate: int | None = None) -> Audio:
    """All of a file's sound, mono, at ``rate`` Hz or its own. Begins with the picture where there is one.

    Errors: BadInput when the file is missing, damaged or holds no sound.
    """
    return Audio.join(stream_audio(path, rate))


def stream_audio(path: str | Path, rate: int | None = None, chunk_seconds: float = 1.0) -> Iterator[Audio]:
    """A file's sound in pieces of ``chunk_seconds``, however long it is in constant memory; as ``read_audio``."""
    path = Path(path)
    check_readable(path)
    pieces = _decoded(path)
    if rate is not None:
        pieces = resample(pieces, rate)
    empty = True
    for piece in _recut(pieces, chunk_seconds):
        empty = False
        yield piece
    if empty:
        raise BadInput(f"{path} holds no sound: 0 samples")


def stated_seconds(path: str | Path) -> float | None:
    """How long a file says it is; None where it does not say. Errors: BadInput when it cannot be opened."""
    import av

    path = Path(path)
    check_readable(path)
    with complaints(path, "sound"), av.open(str(path)) as container:
        return container.duration / av.time_base if container.duration else None


def is_silent(audio: Audio) -> bool:
    """Whether there is nothing to hear: no sample above -60 dB full scale."""
    return bool(np.abs(audio.values).max(initial=0) < SILENT)


def resample(pieces: Iterable[Audio], rate: int) -> Iterator[Audio]:
    """The same sound at another rate, exactly round(n * rate / its own) samples from n in all.

    Pieces must follow each other; what comes out begins at 0 on the clock.
    """
    import av

    resampler, own, taken, given = None, Fraction(rate), 0, 0
    for piece in pieces:
        own = piece.rate
        if own == rate:
            yield piece.at(given)
            given += len(piece)
            continue
        if resampler is None:
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        taken += len(piece)
        values = _values(resampler.resample(_frame(piece)))
        yield Audio(values, Fraction(rate), given)
        given += len(values)
    if resampler is not None:
        wanted = round(taken * rate / own) - given
        tail = _values(resampler.resample(None))[: max(wanted, 0)]
        yield Audio(np.pad(tail, (0, max(wanted - len(tail), 0))), Fraction(rate), given)


def _frame(audio: Audio) -> Any:
    import av

    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(audio.values[None]), format="fltp", layout="mono")
    frame.sample_rate = int(audio.rate)
    return frame


def _values(frames: list[Any]) -> Floats:
    parts = [frame.to_ndarray()[0] for frame in frames]
    return _clipped(np.concatenate(parts)) if parts else np.zeros(0, np.float32)


def _clipped(values: npt.NDArray[Any]) -> Floats:
    """What is not a number is 0, what is beyond full scale is full scale."""
    return np.asarray(np.clip(np.nan_to_num(values, posinf=1, neginf=-1), -1, 1), np.float32)


def _recut(pieces: Iterable[Audio], seconds: float) -> Iterator[Audio]:
    """In pieces of equal length but for the last, whatever came."""
    kept: list[Audio] = []
    for piece in pieces:
        kept.append(piece)
        size = max(1, round(piece.rate * Fraction(seconds)))
        if kept[-1].stop - kept[0].start >= size:
            *whole, rest = Audio.join(kept).split(size)
            yield from whole
            kept = [rest]
    if kept and kept[-1].stop > kept[0].start:
        yield Audio.join(kept)


def _decoded(path: Path) -> Iterator[Audio]:
    """Mono pieces at the file's own rate."""
    given = 0
    for values, rate in _mixed(_channels(path)):
        yield Audio(values, rate, given)
        given += len(values)


def _mixed(pieces: Iterable[Channels]) -> Iterator[tuple[Floats, Fraction]]:
    """The mean of the channels, or the left of two that cancel each other.

    Which of these holds for the whole file: it is decided on its first second with sound, as it was decoded.
    """
    # the mean, not libswresample's mix: that adds 3 dB to what both channels share
    stream, held = iter(pieces), list[Channels]()
    for values, rate in stream:
        if not held and (len(values) != 2 or np.abs(values).max(initial=0) < SILENT):
            yield values.mean(0), rate
            continue
        held.append((values, rate))
        if sum(v.shape[1] for v, _ in held) >= rate:
            break
    left = _cancel([v for v, _ in held if len(v) == 2])
    for values, rate in chain(held, stream):
        yield (values[0] if left else values.mean(0)), rate


def _cancel(stereo: list[Floats]) -> bool:
    mixed = sum(float(np.square(v.mean(0), dtype=np.float64).sum()) for v in stereo)
    own = sum(float(np.square(v, dtype=np.float64).sum()) / 2 for v in stereo)
    return mixed < CANCELS * own


def _channels(path: Path) -> Iterator[Channels]:
    """All channels at the file's own rate. What cannot be decoded amid sound is left out, with a note."""
    import av

    with complaints(path, "sound"), av.open(str(path)) as container:
        if not container.streams.audio:
            raise BadInput(f"{path} has no sound in it")
        stream = container.streams.audio[0]
        as_float: dict[tuple[str, str], Any] = {}  # of each sample format and channels; rate and channels stay
        rate, given, skipped = Fraction(0), 0, 0
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.InvalidDataError:
                skipped += 1
                continue
            for frame in frames:
                rate = rate or Fraction(frame.sample_rate)
                if frame.sample_rate != rate:  # a damaged header, amid sound
                    skipped += 1
                    continue
                if given == 0 and (gap := _gap(frame, container)):
                    given = round(gap * rate)
                    yield np.zeros((1, given), np.float32), rate
                kind = frame.format.name, frame.layout.name
                if kind not in as_float:
                    as_float[kind] = av.AudioResampler(format="fltp")
                values = _clipped(np.concatenate([f.to_ndarray() for f in as_float[kind].resample(frame)], axis=1))
                yield values, rate
                given += values.shape[1]
        if skipped and given:
            log.warning("%s is damaged: %d pieces of its sound are left out", path, skipped)
        if skipped and not given:
            raise BadInput(f"{path} is damaged: none of its sound can be decoded")


def _gap(first: Any, container: Any) -> float:
    """Seconds the sound begins after the picture, where there is a picture."""
    pictures = [s for s in container.streams.video if s.start_time is not None and s.time_base is not None]
    if not pictures or first.time is None:
        return 0.0
    late = float(first.time - pictures[0].start_time * pictures[0].time_base)
    return late if 0 < late < LATEST_START else 0.0


def write_wav(path: str | Path, audio: Audio) -> None:
    """16-bit PCM, nothing else in the file. path : "-" is standard output. Errors: OutputFailed."""
    data = wav_bytes(audio)
    if str(path) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with atomic_output(path) as temporary:
        temporary.write_bytes(data)


def wav_bytes(audio: Audio) -> bytes:
    """A whole WAV file, 16-bit PCM. What is beyond -1..1 is clipped."""
    samples = np.clip(np.round(audio.values * 32768), -32768, 32767).astype("<i2").tobytes()
    rate = int(audio.rate)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body

"""A session's sound and pictures as tracks of WebRTC, played out evenly: the sound is the clock, as in the page.

A browser evens out what a line does, slowly; were it to even out what a busy machine does as well, its buffers of
sound and of pictures would grow apart. So the sound goes out as by a metronome, 20 ms at a time: where none is there,
there is silence, and all that follows is that much later, until silence can be cut short. Pictures go with sound.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, CodecContext, VideoFrame

from mien.core.frame import Image
from mien.core.track import Audio

Floats = npt.NDArray[np.float32]

PACKET = Fraction(20, 1000)
"""Seconds of sound in a packet of Opus, and between two."""

LEAST, MOST, STEP, LESS = 0.06, 0.4, 0.03, 0.002
"""Seconds of sound held ready at least and at most; by which that grows after a gap, and shrinks in silence."""

SLACK = 0.06
"""Seconds it may be behind before silence is cut short."""

SILENCE = 0.002
"""Amplitude below which nothing is lost."""

BITRATE = 40_000
"""Of Opus, bits a second: speech of 24 kHz, transparent."""

VIDEO_CLOCK = 90_000
"""Hz of pictures' times in RTP."""

OPUS_CLOCK = 48_000
"""Hz of the sound's times in RTP, whatever its own rate is (RFC 7587, 4.1)."""

LATE = 0.04
"""Seconds after its sound from which on a picture is not coded any more: there is a later one soon."""


class Playout:
    """What is sent when. rate : Hz of the sound, one that Opus knows; clock : seconds"""

    def __init__(self, rate: int, clock: Callable[[], float]) -> None:
        self._rate, self._size, self._clock = rate, int(PACKET * rate), clock
        self._blocks: deque[tuple[int, Floats]] = deque()  # (first sample on the session's clock, samples)
        self._rest, self._at = np.zeros(0, np.float32), 0
        self._frames: deque[tuple[float, Image]] = deque()
        self._notes: deque[tuple[float, Callable[[], None]]] = deque()
        self._resume: float | None = None  # when (clock) what is there is played
        self._playing = False
        self.target, self.gaps = LEAST, 0
        self.ticks = 0  # packets that went out
        self.at = 0.0
        """Seconds of the session that have gone out."""

    def add(self, audio: Audio, frames: Iterable[tuple[float, Image]] = ()) -> None:
        """What comes next. frames : (seconds of the session, picture), in order"""
        if audio.start != self._at + len(self._rest):
            self._rest, self._at = np.zeros(0, np.float32), audio.start
        values = np.concatenate([self._rest, audio.values])
        whole = len(values) // self._size * self._size
        fresh = [(self._at + i, values[i : i + self._size]) for i in range(0, whole, self._size)]
        self._rest, self._at = values[whole:], self._at + whole
        if self._resume is None and not self._blocks:
            self._resume = self._clock() + self.target
        ready = len(self._blocks) * float(PACKET)
        if (
            self._resume is None
            and ready > self.target + SLACK
            and not any(is_loud(v) for _, v in [*self._blocks, *fresh])
        ):
            for _ in range(round((ready - self.target) / float(PACKET))):
                self._blocks.popleft()
            self.target = max(LEAST, self.target - LESS)
        self._blocks += fresh
        self._frames += frames

    def when(self, at: float, then: Callable[[], None]) -> None:
        """Call this when that second of the session goes out, or was left out."""
        self._notes.append((at, then))

    def clear(self) -> None:
        """What waits is not to be heard any more."""
        self._blocks.clear()
        self._rest, self._at, self._resume, self._playing = np.zeros(0, np.float32), 0, None, False

    def next(self) -> tuple[Floats, list[tuple[float, Image]]]:
        """20 ms of sound, and (seconds since the first of all packets, picture) of the pictures that go with it."""
        now = self.ticks * float(PACKET)
        self.ticks += 1
        if self._resume is not None and self._clock() >= self._resume:
            self._resume = None
        if self._resume is not None or not self._blocks:
            if self._playing:  # it ran dry
                self.gaps, self.target = self.gaps + 1, min(self.target + STEP, MOST)
            self._playing = False
            return np.zeros(self._size, np.float32), []
        self._playing = True
        start, values = self._blocks.popleft()
        begin, self.at = start / self._rate, (start + self._size) / self._rate
        due = []
        while self._frames and self._frames[0][0] < self.at - 1e-6:
            at, image = self._frames.popleft()
            if at > begin - 1e-6:  # not of what was cut
                due.append((now + at - begin, image))
        while self._notes and self._notes[0][0] < self.at:
            self._notes.popleft()[1]()
        return values, due


def is_loud(values: Floats) -> bool:
    return bool(np.abs(values).max(initial=0.0) > SILENCE)


class Metronome:
    """The one clock of a connection's sound and pictures: it begins with the first packet of sound."""

    def __init__(self) -> None:
        self.began: float | None = None  # on the event loop's clock
        self.since = 0.0  # the same, seconds since 1970

    def begin(self) -> float:
        """When the first packet was due, seconds of the event loop's clock."""
        if self.began is None:
            self.began, self.since = asyncio.get_running_loop().time(), time.time()
        return self.began


class Timed(MediaStreamTrack):
    """A track that knows how far its sender has come: what was given is sent before more is asked for."""

    clock = 0
    """Hz of its times in RTP."""

    def __init__(self, metronome: Metronome) -> None:
        super().__init__()
        self.metronome = metronome
        self.given: float | None = None  # seconds of the metronome at which the last thing that was given is due
        self.idle = False  # whether all that was given has been sent

    async def recv(self) -> Any:
        if self.readyState != "live":
            raise MediaStreamError
        self.idle = True
        self.given, given = await self.next()
        self.idle = False
        return given

    async def next(self) -> tuple[float, Any]:
        """What is due next, when it is, and its place on the metronome, seconds."""
        raise NotImplementedError


class Sound(Timed):
    """Packets of Opus by the metronome; the pictures that go with them are handed on."""

    kind, clock = "audio", OPUS_CLOCK

    def __init__(self, playout: Playout, pictures: Pictures, rate: int) -> None:
        super().__init__(pictures.metronome)
        self._playout, self._pictures, self._opus = playout, pictures, Opus(rate)

    async def next(self) -> tuple[float, Any]:
        loop, index = asyncio.get_running_loop(), self._playout.ticks
        due = self.metronome.begin() + index * float(PACKET)
        if (wait := due - loop.time()) > 0:
            await asyncio.sleep(wait)
        values, due_pictures = self._playout.next()
        for picture_at, image in due_pictures:
            self._pictures.add(image, picture_at)
        return index * float(PACKET), self._opus.coded(values, index)


class Opus:
    """Coded here: mono as it is, so that nothing is resampled and no time is lost on the way. rate : Hz"""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        codec: Any = CodecContext.create("libopus", "w")
        codec.sample_rate, codec.layout, codec.format, codec.bit_rate = rate, "mono", "s16", BITRATE
        # a lost packet is in the next one, too (RFC 6716, 2.1.7)
        codec.options = {"application": "voip", "frame_duration": "20", "fec": "1", "packet_loss": "5"}
        self._codec = codec

    def coded(self, values: Floats, index: int) -> Any:
        """The packet of that index. values : PACKET of samples"""
        sound = np.clip(np.rint(values * 32767), -32768, 32767).astype(np.int16)
        frame = AudioFrame.from_ndarray(sound[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = self.rate, index * len(values), Fraction(1, self.rate)
        (packet,) = self._codec.encode(frame)
        packet.pts, packet.time_base = index * len(values), Fraction(1, self.rate)
        return packet


class Pictures(Timed):
    """Frames; aiortc codes them, as large as the line bears. Only the latest waits for the coder."""

    kind, clock = "video", VIDEO_CLOCK

    def __init__(self, metronome: Metronome) -> None:
        super().__init__(metronome)
        self._latest: tuple[float, Image] | None = None
        self._there = asyncio.Event()
        self.dropped = 0

    def add(self, image: Image, at: float) -> None:
        """Its sound goes out now. at : seconds since the first packet of sound"""
        self.dropped += self._latest is not None
        self._latest = at, image
        self._there.set()

    def stop(self) -> None:
        super().stop()
        self._there.set()

    async def next(self) -> tuple[float, Any]:
        while True:
            await self._there.wait()
            self._there.clear()
            if self.readyState != "live":
                raise MediaStreamError
            if self._latest is None:
                continue
            (at, image), self._latest = self._latest, None
            if asyncio.get_running_loop().time() > self.metronome.begin() + at + LATE:
                self.dropped += 1
                continue
            frame: Any = VideoFrame.from_ndarray(np.ascontiguousarray(image[..., :3]), format="rgb24")
            frame.pts, frame.time_base = round(at * VIDEO_CLOCK), Fraction(1, VIDEO_CLOCK)
            return at, frame

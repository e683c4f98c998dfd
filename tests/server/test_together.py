"""Sound and pictures over WebRTC stay together on a machine that has no time: marked sound, marked pictures, aiortc."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtcpSenderInfo, RtcpSrPacket

from mien.core.frame import Segment
from mien.core.rig import FULL, Motion
from mien.core.track import Audio
from mien.server.reports import ntp_from_seconds, on_the_metronome
from mien.server.session import Session, Stretch
from mien.server.tracks import LATE, Metronome, Pictures
from tests.server.serving import served
from tests.server.test_rtc import Viewer, run

RATE, SOUND = Fraction(25), 24000
BITS, SIDE = 12, 240
STEP, TONES = 3, 24
"""Frames for which a tone lasts, and tones that follow each other before they come again: 2.9 s."""


def marked_picture(index: int) -> np.ndarray:
    """Its index in black and white bars."""
    bars = np.array([index >> bit & 1 for bit in range(BITS)], np.uint8) * 200 + 25
    return np.ascontiguousarray(np.broadcast_to(np.repeat(bars, SIDE // BITS)[None, :, None], (SIDE, SIDE, 3)))


def picture_index(image: np.ndarray) -> int:
    bars = image.mean(axis=(0, 2)).reshape(BITS, -1).mean(axis=1)
    return sum(1 << bit for bit in range(BITS) if bars[bit] > 128)


def hz(step: int) -> float:
    return 500.0 + 100 * (step % TONES)


def marked_sound(index: int) -> Audio:
    """The tone of a frame: another each STEP frames; whole periods, so that none clicks."""
    times = np.arange(index * 960, (index + 1) * 960) / SOUND
    return Audio((0.4 * np.sin(2 * np.pi * hz(index // STEP) * times)).astype(np.float32), Fraction(SOUND), index * 960)


def tone(samples: np.ndarray) -> int | None:
    """Which tone, of TONES; None where there is none. samples : (n,) int16 at 48 kHz"""
    if np.abs(samples.astype(int)).max() < 3000:
        return None
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 9600))
    return round((int(spectrum.argmax()) * 5 - 500) / 100)


def stretch(index: int) -> Stretch:
    motion = Motion(np.zeros((1, len(FULL)), np.float32), RATE, index, FULL)
    return Stretch(Segment(index, index + 1, RATE, marked_sound(index), motion, ()), 0, (), (marked_picture(index),))


class Reports:
    """The last pair of NTP and RTP time of each kind that a viewer was told, as a browser uses it."""

    def __init__(self, viewer: Viewer) -> None:
        self.told: dict[str, tuple[int, int]] = {}
        for transceiver in viewer.connection.getTransceivers():
            self._follow(transceiver.receiver, transceiver.kind)

    def _follow(self, receiver, kind: str) -> None:
        heard = receiver._handle_rtcp_packet

        async def hear(packet) -> None:
            if isinstance(packet, RtcpSrPacket):
                self.told[kind] = packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp
            await heard(packet)

        receiver._handle_rtcp_packet = hear
        receiver._RTCRtpReceiver__timestamp_mapper.map = lambda timestamp: timestamp  # not from the first one on

    def seconds(self, kind: str, pts: int) -> float:
        """When the sender says this was."""
        ntp, rtp = self.told[kind]
        away = (pts - rtp + 2**31) % 2**32 - 2**31
        return ntp / 2**32 + away / (48000 if kind == "audio" else 90000)


BURN = """
import os, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
while True: pass
"""
"""Never rests, but ends with whoever started it, however that ended."""


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """As many processes that never rest."""
    burning = [subprocess.Popen([sys.executable, "-c", BURN], stdin=subprocess.PIPE) for _ in range(count)]
    try:
        yield
    finally:
        for process in burning:
            with process:  # closes its stdin, and waits
                process.kill()


async def skews(seconds: float) -> tuple[list[float], list[int | None], int]:
    """Seconds by which each picture is after its sound by what the sender says; the tones that came; and pictures."""
    async with served() as (server, _, http), Viewer(http) as viewer:
        (room,) = server.rooms.values()
        loop, reports = asyncio.get_running_loop(), Reports(viewer)
        began, sounds, pictures = loop.time(), [], []
        for index in range(round(seconds * RATE)):
            await asyncio.sleep(max(0.0, began + index / 25 - loop.time()))
            room._tell(stretch(index))
            if len(reports.told) == 2:
                sounds += [(reports.seconds("audio", pts), tone(s)) for _, pts, s in viewer.sounds]
                pictures += [(reports.seconds("video", pts), picture_index(i)) for _, pts, i in viewer.pictures]
            viewer.sounds.clear()
            viewer.pictures.clear()
        return compared(sounds, pictures), [t for _, t in sounds], len(pictures)


def compared(sounds: list[tuple[float, int | None]], pictures: list[tuple[float, int]]) -> list[float]:
    """For each picture whose tone came, seconds by which it is after its place in that tone, from the tone's nearer end:
    what ran dry for a moment in the middle of it shifts the other."""
    found = []
    for at, index in pictures:
        mine = [when for when, which in sounds if which == index // STEP % TONES and abs(when - at) < 1.4]
        if mine:
            into = index % STEP / 25
            found.append(min(at - min(mine) - into, at - max(mine) - 0.02 + STEP / 25 - into, key=abs))
    return found


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "step", lambda self: 1.0)  # nothing is told but what the test tells


@pytest.mark.parametrize("load", [0, 2])
def test_on_a_busy_machine_pictures_keep_within_40_ms_of_their_sound_and_no_sound_is_lost(load: int) -> None:
    async def test() -> None:
        with busy(load * (os.cpu_count() or 1)):
            late, tones, pictures = await skews(8)
        assert len(late) > 0.5 * pictures > 10
        assert max(map(abs, late)) <= 0.04, (sorted(late)[:5], sorted(late)[-5:])
        steps = [t for t, before in pairwise(t for t in tones if t is not None) if t != before]
        assert len(steps) > 20 and np.all(np.diff(steps) % TONES == 1)  # no tone is missing, none comes twice

    run(test, 90)


def test_every_report_pairs_the_clocks_alike_however_late_it_is_sent() -> None:
    async def test() -> None:
        found: dict[str, set[tuple[int, int]]] = {"audio": set(), "video": set()}
        with busy(os.cpu_count() or 1):
            async with served() as (server, _, http), Viewer(http) as viewer:
                (room,) = server.rooms.values()
                loop, reports = asyncio.get_running_loop(), Reports(viewer)
                began = loop.time()
                for index in range(150):
                    await asyncio.sleep(max(0.0, began + index / 25 - loop.time()))
                    room._tell(stretch(index))
                    for kind, pair in reports.told.items():
                        found[kind].add(pair)
        for kind, rate in (("audio", 48000), ("video", 90000)):
            pairs = sorted(found[kind])
            assert len(pairs) > 2
            for ntp, rtp in pairs[1:]:
                passed = (rtp - pairs[0][1]) % 2**32 / rate
                assert abs((ntp - pairs[0][0]) / 2**32 - passed) < 1e-5

    run(test, 60)


def test_only_the_latest_picture_waits_and_one_that_is_late_is_not_coded() -> None:
    async def test() -> None:
        metronome = Metronome()
        pictures, loop = Pictures(metronome), asyncio.get_running_loop()
        metronome.began = loop.time() - 1.0
        for at in (0.92, 0.96, 1.0):
            pictures.add(marked_picture(round(at * 25)), at)
        frame = await pictures.recv()
        assert frame.pts == 90000 and pictures.dropped == 2
        pictures.add(marked_picture(0), loop.time() - metronome.began - LATE - 0.01)
        waiting = asyncio.ensure_future(pictures.recv())
        await asyncio.sleep(0.05)
        assert not waiting.done() and pictures.dropped == 3
        now = loop.time() - metronome.began
        pictures.add(marked_picture(1), now)
        assert (await waiting).pts == round(now * 90000)
        pictures.stop()
        with pytest.raises(MediaStreamError):
            await pictures.recv()

    run(test, 10)


def test_a_report_before_anything_was_sent_is_kept_back() -> None:
    class Sender:
        def __init__(self) -> None:
            self.said: list[RtcpSrPacket] = []

        async def _send_rtcp(self, packets: list[RtcpSrPacket]) -> None:
            self.said += packets

    async def test() -> None:
        metronome = Metronome()
        sender, track = Sender(), Pictures(metronome)
        metronome.since = 1000.0
        on_the_metronome(sender, track)

        async def report(rtp: int, count: int) -> None:
            await sender._send_rtcp([RtcpSrPacket(1, RtcpSenderInfo(0, rtp, count, 0))])

        await report(0, 0)
        track.given, track.idle = 2.0, False
        await report(7, 1)
        assert sender.said == []
        track.idle = True
        await report(7, 1)  # two seconds of the metronome are 7 with this sender
        track.given, track.idle = 3.0, False
        await report(7 + 45000, 1)  # the next is being coded: of this one the time is known as well
        assert [p.sender_info.ntp_timestamp for p in sender.said] == [
            ntp_from_seconds(1002.0),
            ntp_from_seconds(1002.5),
        ]

    run(test, 10)

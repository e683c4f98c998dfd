"""What a browser receives of mien serve: recorded there, captured by mien itself, and compared with what was made."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction

import aiohttp
import av
import numpy as np
import numpy.typing as npt
from scipy import signal

from benchmarks.live import cpu_seconds, server
from benchmarks.report import Row, at_least, at_most
from mien.core.frame import Frame
from mien.core.registry import backend
from mien.server.client import Piece, live
from tests.server.browser import Page, opened

TITLE = "Live as a browser receives it: recorded in Chromium, captured, compared with what was made"

TEXT = "Mama and papa went by boat, far away from home. Open the window, my baby, and show me the blue sky above."

APART, ALIKE = 60, 0.7
"""Bars: milliseconds between picture and sound (a frame and a half); r of the mouth's opening."""

OVER = {"websocket": "mien.player === mien.local", "webrtc": "mien.player !== mien.local"}

STREAM = {
    "webrtc": "document.getElementById('video').srcObject",
    "websocket": """(() => { const to = mien.player.context.createMediaStreamDestination();
        mien.player.gain.connect(to); const seen = document.getElementById('face').captureStream(25);
        return new MediaStream([...seen.getTracks(), ...to.stream.getTracks()]) })()""",
}

RECORD = """(() => { window.chunks = []; window.recorder = new MediaRecorder(%s,
    { mimeType: 'video/webm;codecs=vp8,opus', videoBitsPerSecond: 4000000 });
    recorder.ondataavailable = (e) => chunks.push(e.data); recorder.start(1000); return true })()"""

STOP = """new Promise((done) => { recorder.onstop = async () => { const reader = new FileReader();
    reader.onload = () => done(reader.result.split(',')[1]); reader.readAsDataURL(new Blob(chunks)) };
    recorder.stop() })"""

RATE = 25
HZ, LOUDNESS = 8000, 200
"""Hz at which sounds are heard, and their loudness compared."""

WINDOW = 2 * LOUDNESS
"""Values of loudness by which a moment is found: 2 s."""

MOST = 0.4
"""Seconds that the mouth may be from its sound and still be found."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Received:
    """late : seconds that the picture is after its sound; mouth : r of its opening there; sound : r of what was heard

    latency : seconds from a text to its first sound, as the page says; worst : seconds of skew, as the page says; cpu :
    of the server for a second, while it speaks
    """

    late: float
    mouth: float
    sound: float
    latency: float
    worst: float
    cpu: float


@dataclass
class Made:
    """What the session performed: opening at each frame, and sound."""

    jaw: dict[int, float]
    sound: dict[int, npt.NDArray[np.int16]]


@asynccontextmanager
async def truth(address: str, session: str) -> AsyncIterator[Made]:
    """Listens to the session beside the page."""
    made = Made({}, {})

    async def motions(http: aiohttp.ClientSession) -> None:
        async with http.get(f"{address}v1/sessions/{session}/motion") as motion:
            jaw = json.loads(await motion.content.readline())["channels"].index("jawOpen")
            async for line in motion.content:
                found = json.loads(line)
                made.jaw[found["index"]] = found["values"][jaw]

    async def sounds() -> None:
        async with live(address, session=session, pictures=False) as client:
            async for item in client:
                if isinstance(item, Piece):
                    made.sound[item.media.sample] = np.frombuffer(item.sound, "<i2")

    async with aiohttp.ClientSession() as http:
        tasks = [asyncio.create_task(motions(http)), asyncio.create_task(sounds())]
        await asyncio.sleep(0.3)
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)


async def gone_over(page: Page, transport: str) -> None:
    """Somebody clicks, and after some seconds the page trusts the line; on a busy machine at another click."""
    await page.until("window.mien && mien.player.counts.shown > 5", 40)
    for left in reversed(range(3)):
        await page.click("#text")
        try:
            await page.until(f"mien.player.awake && mien.player.counts.shown > 5 && {OVER[transport]}", 35)
            return
        except AssertionError:
            if not left:
                raise


async def received(page: Page, address: str, transport: str, *, pid: int = 0) -> Received:
    """A page that is open at ``address`` over that transport, its session saying TEXT."""
    state = "document.getElementById('state').dataset.state"
    await gone_over(page, transport)
    async with truth(address, await page.ask("mien.client.session")) as made:
        assert await page.ask(RECORD % STREAM[transport])
        await page.type(f"/say {TEXT}")
        await page.until(f"{state} === 'speaking'", 40)
        began, cpu = time.perf_counter(), cpu_seconds(pid) if pid else 0.0
        await page.until(f"{state} === 'idle'", 60)
        used = (cpu_seconds(pid) - cpu) / (time.perf_counter() - began) if pid else 0.0
        await asyncio.sleep(0.7)
        recording = base64.b64decode(await page.ask(STOP))
    latency = int(await page.ask("document.getElementById('latency').dataset.ms")) / 1000
    return compared(recording, made, latency, await page.ask("mien.player.worst"), used)


def compared(recording: bytes, made: Made, latency: float, worst: float, cpu: float) -> Received:
    """Where its sound is on the session's clock, second by second, and how far from there its mouth is."""
    jaw, sound = opening(recording), loudness(heard(recording))
    first = min(made.sound)
    whole = np.zeros(max(made.sound) + 24000 - first)
    for at, part in made.sound.items():
        whole[at - first : at - first + len(part)] = part
    whole = loudness(signal.resample_poly(whole, HZ, 24000))
    times, places, alike = [], [], []
    for start in range(0, len(sound) - WINDOW, WINDOW // 4):
        part = sound[start : start + WINDOW]
        if np.mean(part > 0.1 * sound.max()) > 0.5:
            place, r = best(part, whole)
            times.append((start + WINDOW / 2) / LOUDNESS)
            places.append((place + WINDOW / 2) / LOUDNESS + first / 24000)
            alike.append(r)
    # what the mouth does, and what it should do when that is heard; a frame stands for its middle
    moments = np.arange(times[0] - 0.5, times[-1] + 0.5, 1 / LOUDNESS)
    session = moments + np.interp(moments, times, np.subtract(places, times))
    indices = sorted(made.jaw)
    wanted = np.interp(session, (np.array(indices) + 0.5) / RATE, [made.jaw[k] for k in indices])
    seen = (np.arange(len(jaw)) + 0.5) / RATE
    lags = np.arange(-MOST, MOST + 1e-9, 1 / LOUDNESS)
    rs = [float(np.corrcoef(np.interp(moments + lag, seen, jaw), wanted)[0, 1]) for lag in lags]
    k = int(np.argmax(rs))
    return Received(float(lags[k]), rs[k], float(np.median(alike)), latency, worst, cpu)


def loudness(sound: Doubles) -> Doubles:
    """LOUDNESS values a second."""
    size = HZ // LOUDNESS
    return np.sqrt(np.mean(sound[: len(sound) // size * size].reshape(-1, size) ** 2, axis=1))


def best(part: Doubles, whole: Doubles) -> tuple[int, float]:
    """Where a part lies in the whole, and r there."""
    windows = np.lib.stride_tricks.sliding_window_view(whole, len(part))
    centred = windows - windows.mean(axis=1, keepdims=True)
    mine = part - part.mean()
    r = centred @ mine / (np.linalg.norm(centred, axis=1) * np.linalg.norm(mine) + 1e-9)
    return int(np.argmax(r)), float(r.max())


def opening(recording: bytes) -> Doubles:
    """jawOpen of the face in a recording, as mien captures it, RATE a second."""
    times, images = [], []
    with av.open(io.BytesIO(recording)) as file:
        for frame in file.decode(video=0):
            times.append(float(frame.time))
            images.append(frame.to_ndarray(format="rgb24"))
    at = np.arange(round(times[-1] * RATE)) / RATE + 0.5 / RATE
    shown = np.maximum(np.searchsorted(times, at, side="right") - 1, 0)
    frames = [Frame(images[k], i, Fraction(RATE)) for i, k in enumerate(shown)]
    motions = list(backend("trackers", "landmarks")().track(frames))
    return np.concatenate([m["jawOpen"] for m in motions]).astype(np.float64)


def heard(recording: bytes) -> Doubles:
    """(n,) samples at HZ, silence where nothing was recorded."""
    resampler, parts, start = av.AudioResampler(format="s16", layout="mono", rate=HZ), [], None
    with av.open(io.BytesIO(recording)) as file:
        for frame in file.decode(audio=0):
            start = float(frame.time) if start is None else start
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    return np.concatenate([np.zeros(round((start or 0) * HZ)), *parts]).astype(np.float64)


async def one(transport: str) -> Received:
    async with server(512) as (address, process), opened(f"{address}?transport={transport}") as page:
        return await received(page, address, transport, pid=process.pid)


def rows() -> list[Row]:
    found = []
    for transport, name in (("websocket", "WebSocket"), ("webrtc", "WebRTC")):
        got = asyncio.run(one(transport))
        found += [
            at_most(f"{name}: picture from its sound, as recorded", abs(1000 * got.late), APART, "ms", 0),
            at_least(f"{name}: r of the mouth's opening, captured from the recording", got.mouth, ALIKE),
            at_most(f"{name}: picture from its sound at worst, as the page measures", 1000 * got.worst, 40, "ms", 0),
            Row(f"{name}: text in → first sound heard, as the page measures", f"{1000 * got.latency:.0f} ms"),
            Row(f"{name}: server's CPU of a second while it speaks, 512²", f"{got.cpu:.2f} s"),
        ]
    return found

"""mien serve as a client meets it, over its sockets: how soon it speaks, stops, and how evenly it moves."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import numpy as np
from scipy import signal as filters

from benchmarks.report import Row, at_least, at_most
from benchmarks.run import MIEN
from mien.core.plan import Utterance
from mien.server.client import Live, Piece, live
from mien.server.wire import Ear, Heard, Interrupt, Perform, Say
from mien.voices.kokoro import Kokoro

TITLE = "Live: mien serve over its own sockets, server and client on one machine"

HELD = 0.07
"""Seconds that the page holds ready (LEAST in web/player.js): what is seen and heard is so much later."""

SHUT = 0.04
"""jawOpen below which lips touch."""

TEXTS = ("Hello!", "How are you?", "Tell me a story.", "Do you know a joke?", "The kettle is on.", "It rains again.")

FIRST, READY, SILENT, CLOSED, GAP, TURN, MOTIONS = 700, 200, 100, 200, 80, 1.8, 50
"""Bars: milliseconds from text to sound, from ready sound to the first frame of it, from an interruption to silence and
to a closed mouth, between frames (p99); seconds from the end of somebody's speech to the answer; sessions of motion
alone for each core."""


@dataclass
class Log:
    """What came when, seconds on the wall clock."""

    pieces: list[tuple[float, Piece]] = field(default_factory=list)
    others: list[tuple[float, object]] = field(default_factory=list)


@asynccontextmanager
async def server(size: int, sessions: int = 40) -> AsyncIterator[tuple[str, subprocess.Popen[str]]]:
    """One of its own. What it says goes to a file: a pipe that nobody reads fills up, and then it stands still."""
    command = [MIEN, "serve", "--port", "0", "--sessions", str(sessions), "--size", str(size)]
    folder = tempfile.TemporaryDirectory(prefix="mien-serve-")
    log = Path(folder.name, "log")
    with log.open("w") as said:
        process = subprocess.Popen(command, stderr=said, text=True)
    try:
        while not (words := log.read_text().split())[2:]:
            assert process.poll() is None, f"the server did not start: {' '.join(words)}"
            await asyncio.sleep(0.05)
        address = words[2]
        async with aiohttp.ClientSession() as http:
            for _ in range(600):
                async with http.get(f"{address}readyz") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.1)
        yield address, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        text = log.read_text()
        folder.cleanup()
        if "Traceback" in text:
            print(f"the server complained:\n{text[-8000:]}", file=sys.stderr)


async def keep(session: Live, log: Log) -> None:
    async for item in session:
        (log.pieces if isinstance(item, Piece) else log.others).append((time.perf_counter(), item))


@asynccontextmanager
async def logged(address: str, **options: bool) -> AsyncIterator[tuple[Live, Log]]:
    async with live(address, **options) as session:
        log = Log()
        reading = asyncio.create_task(keep(session, log))
        try:
            yield session, log
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading


def is_loud(piece: Piece) -> bool:
    return bool(piece.sound) and int(np.abs(np.frombuffer(piece.sound, "<i2")).max()) > 300


async def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    for _ in range(int(seconds / 0.005)):
        if true():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError("what was waited for did not happen")


async def first_sounds(address: str) -> tuple[list[float], list[float]]:
    """Seconds from a text to the first sound and to the first picture of that stretch, as they arrive."""
    sounds, pictures = [], []
    async with logged(address) as (session, log):
        await asyncio.sleep(2)
        for text in TEXTS:
            began, seen = time.perf_counter(), len(log.pieces)
            await session.send(Say(text))
            await until(lambda seen=seen: any(is_loud(p) for _, p in log.pieces[seen:]))  # type: ignore[misc]
            at, _ = next((t, p) for t, p in log.pieces[seen:] if is_loud(p))
            sounds.append(at - began)
            await asyncio.sleep(1)
            pictures.append(next(t for t, p in log.pieces[seen:] if t >= at and p.pictures) - began)
            await session.send(Interrupt())
            await asyncio.sleep(1.5)
    return sounds, pictures


async def interruptions(address: str) -> tuple[list[float], list[float]]:
    """Seconds from an interruption to the first silent stretch, and to the first frame with a shut mouth after it."""
    silent, shut = [], []
    async with logged(address) as (session, log), aiohttp.ClientSession() as http:
        frames: list[tuple[float, dict[str, object]]] = []

        async def read() -> None:
            async with http.get(f"{address}v1/sessions/{session.welcome.session}/motion") as motion:
                names = json.loads(await motion.content.readline())["channels"]
                jaw = names.index("jawOpen")
                async for line in motion.content:
                    found = json.loads(line)
                    frames.append((time.perf_counter(), {"epoch": found["epoch"], "jaw": found["values"][jaw]}))

        reading = asyncio.create_task(read())
        for i in range(8):
            seen = len(log.pieces)
            await session.send(Say("/count"))
            await until(lambda seen=seen, i=i: sum(is_loud(p) for _, p in log.pieces[seen:]) > 6 + i)  # type: ignore[misc]
            began, epoch = time.perf_counter(), log.pieces[-1][1].media.epoch
            await session.send(Interrupt())
            await asyncio.sleep(1.2)
            silent.append(next(t for t, p in log.pieces if p.media.epoch > epoch and not is_loud(p)) - began)
            after = [(t, f["jaw"]) for t, f in frames if f["epoch"] > epoch]  # type: ignore[operator]
            last_open = max((k for k, (_, jaw) in enumerate(after) if jaw >= SHUT), default=-1)  # type: ignore[operator]
            shut.append(after[last_open + 1][0] - began)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    return silent, shut


def gaps(pieces: list[tuple[float, Piece]], counts: Callable[[float], bool] = lambda at: True) -> list[float]:
    """Seconds between frames as the page would show them: at their time on the sound's clock, or when they come.

    pieces : each with when it came; counts : whether a gap is, by the seconds of the session at its end
    """
    shown: list[tuple[float, float]] = []
    arrived, first = pieces[0]
    offset = arrived + HELD - first.media.start / 25
    for at, piece in pieces:
        frame = piece.media.stop - len(piece.pictures)
        for i in range(len(piece.pictures)):
            moment = (frame + i) / 25
            if at <= offset + moment + 0.04:
                shown.append((moment, max(at, offset + moment)))
    return [then - before for (_, before), (moment, then) in itertools.pairwise(shown) if counts(moment)]


async def speaking(
    address: str, process: subprocess.Popen[str], others: int, seconds: float
) -> tuple[list[float], float, float]:
    """One session speaks, others live beside it. Gaps of the one that speaks, CPU of a second, megabytes."""
    async with logged(address) as (session, log):
        opened = [logged(address) for _ in range(others)]
        for one in opened:
            await one.__aenter__()
        await session.send(Perform("One two three four five, once I caught a fish alive. " * 12))
        await until(lambda: any(is_loud(p) for _, p in log.pieces))
        log.pieces.clear()
        began, cpu = time.perf_counter(), cpu_seconds(process.pid)
        await asyncio.sleep(seconds)
        used = (cpu_seconds(process.pid) - cpu) / (time.perf_counter() - began)
        memory = megabytes(process.pid)
        for one in opened:
            await one.__aexit__(None, None, None)
    return gaps(log.pieces), used, memory


async def turns(address: str) -> list[float]:
    """Seconds from the end of somebody's speech to the first sound of the answer."""
    voice = Kokoro("am_michael")
    found = []
    async with logged(address) as (session, log):
        await session.send(Ear(True))
        await asyncio.sleep(3)
        for text in ("Hello, how are you today?", "Tell me a story, please.", "What is your name?"):
            sound = np.concatenate([s.audio.values for s in voice.speak([Utterance(text)])])
            spoken = filters.resample_poly(sound, 2, 3)
            last = np.flatnonzero(np.abs(spoken) > 0.01)[-1] / 16000
            data = (np.concatenate([spoken, np.zeros(16000 * 20)]) * 32767).astype("<i2")
            began, seen = time.perf_counter(), len(log.pieces)
            for k, at in enumerate(range(0, len(data) - 639, 640)):
                await asyncio.sleep(max(0.0, began + 0.04 * (k + 1) - time.perf_counter()))
                head = struct.pack("<d", float("nan"))
                await session._socket.send_bytes(head + data[at : at + 640].tobytes())
                if any(is_loud(p) for _, p in log.pieces[seen:]):
                    break
            heard = [m.text for _, m in log.others if isinstance(m, Heard) and m.final]
            at, _ = next((t, p) for t, p in log.pieces[seen:] if is_loud(p))
            found.append(at - began - last)
            assert heard, "nothing was understood"
            await session.send(Interrupt())
            await asyncio.sleep(2)
    return found


async def ready_firsts(address: str, seconds: float, *, pictures: bool) -> list[float]:
    """Seconds from the first sound that was sent to the first stretch in which it is heard, with what is seen of it.

    seconds : in a piece of sound, sent as a microphone would bring them
    """
    from benchmarks.load import RATE, ready_speech

    sound, found = ready_speech(), []
    sound = sound[2 * int(np.flatnonzero(np.abs(np.frombuffer(sound, "<i2")) > 600)[0]) :][: 2 * RATE]
    size = 2 * round(seconds * RATE)
    async with AsyncExitStack() as opened:
        http = await opened.enter_async_context(aiohttp.ClientSession())
        session = ""
        if not pictures:
            async with http.post(f"{address}v1/sessions") as answer:
                session = (await answer.json())["session"]
        one = await opened.enter_async_context(live(address, session=session, pictures=pictures))
        log = Log()
        reading = asyncio.create_task(keep(one, log))
        await asyncio.sleep(2)
        for _ in range(6):
            seen, began = len(log.pieces), time.perf_counter()

            async def pieces(began: float = began) -> AsyncIterator[bytes]:
                for n, at in enumerate(range(0, len(sound), size)):
                    await asyncio.sleep(max(0.0, began + n * seconds - time.perf_counter()))
                    yield sound[at : at + size]

            def there(seen: int = seen) -> list[float]:
                return [t for t, p in log.pieces[seen:] if is_loud(p) and (p.pictures or not pictures)]

            await one.speak(pieces(), RATE)
            await until(there)
            found.append(there()[0] - began)
            await asyncio.sleep(1.5)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    return found


HOURS = 8
"""Of a session on virtual time."""


def simulated(hours: float) -> tuple[float, float, int]:
    """Megabytes after a tenth and at the end, and frames that are missing, of a session that speaks by turns."""
    from benchmarks.load import ready_speech
    from mien.server.cast import Cast
    from mien.server.session import RATE, UNSEEN, Session, Stretch

    class Virtual:
        at = 0.0

        def now(self) -> float:
            return self.at

        def wait_until(self, seconds: float) -> None:
            self.at = max(self.at, seconds)

        def stop(self) -> None:
            pass

    frames, clock, sound = 0, Virtual(), ready_speech()

    def tell(item: object) -> None:
        nonlocal frames
        if isinstance(item, Stretch):
            frames += item.segment.stop - item.segment.start

    cast = Cast(renderer="sketch", voice="tone", size=256)
    session = Session(cast, clock=clock, tell=tell, tick=UNSEEN, lightly=True, watched=lambda: False)
    steps, early = round(hours * 3600 / UNSEEN), 0.0
    for n in range(steps):
        clock.at = n * UNSEEN
        if n % 150 == 0:
            ready = session.speak(24000)
            ready.put(sound)
            ready.end()
        session.step()
        if n == steps // 10:
            early = megabytes(os.getpid())
    session.close()
    return early, megabytes(os.getpid()), int(steps * UNSEEN * RATE) - frames


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        parts = file.read().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) / 1000 for line in file if line.startswith("VmRSS"))


def milliseconds(values: list[float], share: float = 0.5) -> float:
    return 1000 * float(np.quantile(values, share))


async def at_512() -> list[Row]:
    async with server(512) as (address, process):
        sounds, pictures = await first_sounds(address)
        silent, shut = await interruptions(address)
        spoke, used, memory = await speaking(address, process, 0, 20)
        answered = await turns(address)
    held = 1000 * HELD
    return [
        at_most(
            f"text in → first sound heard, median of {len(sounds)} (the page's {held:.0f} ms included)",
            milliseconds(sounds) + held,
            FIRST,
            "ms",
            0,
        ),
        Row("the same, slowest", f"{milliseconds(sounds, 1) + held:.0f} ms"),
        at_most("text in → first moving frame of it seen, median", milliseconds(pictures) + held, FIRST, "ms", 0),
        at_most(
            f"interruption → silent stretch there, slowest of {len(silent)} (the page itself is silent at once)",
            milliseconds(silent, 1),
            SILENT,
            "ms",
            0,
        ),
        at_most(
            "interruption → shut mouth seen, median (the page's time included)",
            milliseconds(shut) + held,
            CLOSED,
            "ms",
            0,
        ),
        Row("the same, slowest", f"{milliseconds(shut, 1) + held:.0f} ms"),
        at_most("512², speaking: gap between frames, p99", milliseconds(spoke, 0.99), GAP, "ms", 0),
        Row("512², speaking: CPU of a second, voice included", f"{used:.2f} s"),
        Row("512², speaking: memory of the server", f"{memory:.0f} MB"),
        at_most(
            "somebody stops speaking → first sound of the answer, median of 3", statistics.median(answered), TURN, "s"
        ),
    ]


async def at_384() -> list[Row]:
    from benchmarks.load import load

    async with server(384) as (address, process):
        spoke, used, memory = await speaking(address, process, 3, 20)
        firsts = {size: await ready_firsts(address, size, pictures=True) for size in (0.02, 0.1, 0.2)}
        unseen = await ready_firsts(address, 0.1, pictures=False)
    many = await load(0, 40, 20)
    early, late, missing = simulated(HOURS)
    return [
        at_most(
            "384², one speaks and three idle: gap between its frames, p99", milliseconds(spoke, 0.99), GAP, "ms", 0
        ),
        Row("384², one speaks and three idle: CPU of a second, memory", f"{used:.2f} s, {memory:.0f} MB"),
        *(
            at_most(
                f"ready sound in, pieces of {1000 * size:.0f} ms → first frame of it there, median of {len(found)}",
                milliseconds(found),
                READY,
                "ms",
                0,
            )
            for size, found in firsts.items()
        ),
        at_most(
            "the same, slowest of all", milliseconds([f for found in firsts.values() for f in found], 1), READY, "ms", 0
        ),
        Row("motion alone: ready sound in → first stretch of it there, median", f"{milliseconds(unseen):.0f} ms"),
        at_least(
            "sessions of motion alone for each core, all speaking from ready sound", 40 / many.cpu, MOTIONS, "", 0
        ),
        Row(
            "40 of them: from one stretch to the next (200 ms), p99; memory of the server at first, at the end",
            f"{milliseconds(many.late, 0.99):.0f} ms; {many.memory[0]:.0f}, {many.memory[-1]:.0f} MB",
        ),
        Row(f"{HOURS} hours on virtual time: memory after the first tenth, at the end", f"{early:.0f}, {late:.0f} MB"),
        at_most("the same: frames that are missing", missing, 0, "", 0),
    ]


def rows() -> list[Row]:
    async def both() -> list[Row]:
        return [*await at_512(), *await at_384()]

    run: Callable[[], Awaitable[list[Row]]] = both
    return asyncio.run(run())  # type: ignore[arg-type]

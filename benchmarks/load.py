"""python -m benchmarks load: people who talk to mien serve over real sockets, interrupt it, vanish: what they get.

Every one of --sessions is a page: it asks, is answered, interrupts, speaks into its microphone, sends ready speech,
loses its connection, comes back. Each of --motion is a client that draws itself: it sends ready speech and reads the
motion, leaves with or without a word, and is followed by another.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import struct
import time
from bisect import bisect_right
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import numpy as np
from scipy.signal import resample_poly

from benchmarks.live import HELD, cpu_seconds, gaps, is_loud, megabytes, server
from mien.core.plan import Utterance
from mien.server.client import Live, Piece, live
from mien.server.wire import Ear, Interrupt, Now, Perform, Say
from mien.voices.kokoro import Kokoro

RATE = 24000
PIECE = 0.1
"""Seconds of ready speech sent at a time."""

TEXTS = ("/count", "Tell me a story.", "How are you?", "What is this?", "/joke")


@dataclass
class Seen:
    """What clients met: seconds, but for counts."""

    first: list[float] = field(default_factory=list)  # from a text, or the first ready sound, to the first sound
    gaps: list[float] = field(default_factory=list)  # between pictures of a face that speaks
    rests: list[float] = field(default_factory=list)  # of one that does not: while another speaks every other is drawn
    skews: list[float] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)  # motion, behind its own clock
    frames: int = 0
    missing: int = 0
    vanished: int = 0
    visits: int = 0
    failures: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # megabytes, every second
    open: list[int] = field(default_factory=list)  # files and sockets of the server, every second
    threads: list[int] = field(default_factory=list)
    left: str = ""  # what of it was there when everybody had gone
    left_sessions: int = 0
    cpu: float = 0.0


def ready_speech() -> bytes:
    """Some seconds of it, 16-bit at RATE."""
    text = "Good morning. My mother bakes an apple pie, and we all have some of it when it is done."
    sound = np.concatenate([s.audio.values for s in Kokoro("am_michael").speak([Utterance(text)])])
    return (sound * 32767).astype("<i2").tobytes()


async def in_time(sound: bytes, until: float = 0.0) -> AsyncIterator[bytes]:
    """Pieces of it as a microphone would bring them, once, and over and over until a moment on the wall clock."""
    size, began, n = 2 * round(PIECE * RATE), time.perf_counter(), 0
    while n == 0 or time.perf_counter() < until:
        for at in range(0, len(sound), size):
            yield sound[at : at + size]
            n += 1
            await asyncio.sleep(max(0.0, began + n * PIECE - time.perf_counter()))


async def into_microphone(one: Live, sound: bytes) -> None:
    """Ready speech as a microphone of 16 kHz brings it, and a second of silence."""
    heard = resample_poly(np.frombuffer(sound, "<i2").astype(np.float32), 2, 3).clip(-32768, 32767).astype("<i2")
    data, began = np.concatenate([heard, np.zeros(16000, "<i2")]), time.perf_counter()
    await one.send(Ear(True))
    for k, at in enumerate(range(0, len(data) - 639, 640)):
        await asyncio.sleep(max(0.0, began + 0.04 * k - time.perf_counter()))
        await one._socket.send_bytes(struct.pack("<d", float("nan")) + data[at : at + 640].tobytes())
    await one.send(Ear(False))


async def page(
    address: str, sound: bytes, until: float, seen: Seen, chance: random.Random, talking: float, token: str
) -> None:
    """One person. talking : share of the time in which they want something"""
    session = ""
    while time.perf_counter() < until:
        try:
            async with live(address, session=session, token=token) as one:
                session = one.welcome.session
                seen.visits += 1
                if not await visit(one, sound, until, seen, chance, talking):
                    seen.vanished += 1
                    one._socket._response.connection.transport.abort()
            await asyncio.sleep(chance.uniform(0.1, 1.0))
        except (aiohttp.ClientError, ConnectionError, StopAsyncIteration) as error:
            seen.failures.append(repr(error)[:80])
            session = ""
            await asyncio.sleep(1)


async def visit(one: Live, sound: bytes, until: float, seen: Seen, chance: random.Random, talking: float) -> bool:
    """Talk until the end, or until the connection is to be lost: False."""
    pieces: list[tuple[float, Piece]] = []
    states = [(0.0, "idle")]  # since when, seconds of the session

    async def read() -> None:
        async for item in one:
            if isinstance(item, Piece):
                pieces.append((time.perf_counter(), item))
            elif isinstance(item, Now):
                states.append((item.at, item.state))

    reading = asyncio.create_task(read())
    try:
        while time.perf_counter() < until:
            await asyncio.sleep(chance.expovariate(1) * 3 * (1 - talking) + 0.5)
            before, began, kind = len(pieces), time.perf_counter(), chance.random()
            was_quiet = not any(is_loud(p) for t, p in pieces if t > began - 0.5)
            if kind < 0.1:
                await into_microphone(one, sound)
            elif kind < 0.4:
                await one.send(Say(chance.choice(TEXTS)))
            elif kind < 0.6:
                await one.send(Perform("[happy] What a lovely day it is today!"))
            else:
                speaking = asyncio.create_task(one.speak(in_time(sound), RATE))
            while time.perf_counter() < began + 4 and not any(is_loud(p) for _, p in pieces[before:]):
                await asyncio.sleep(0.01)
            if was_quiet and kind >= 0.1:
                loud = [t for t, p in pieces[before:] if is_loud(p)]
                seen.first += [loud[0] - began] if loud else []
                asked = "ready speech" if kind >= 0.6 else "a performance" if kind >= 0.4 else "a text"
                seen.failures += [] if loud else [f"nothing was heard of {asked} for 4 s"]
            await asyncio.sleep(chance.uniform(0.2, 4))
            if chance.random() < 0.4:
                epoch, told = (pieces[-1][1].media.epoch if pieces else 0), time.perf_counter()
                await one.send(Interrupt())
                await asyncio.sleep(0.4)
                after = [t for t, p in pieces if p.media.epoch > epoch]
                seen.stopped += [after[0] - told] if after else []
            if kind >= 0.6:
                with suppress(ConnectionError, TimeoutError):
                    await asyncio.wait_for(speaking, 2 * len(sound) / (2 * RATE))
            take(pieces, states, seen)
            if reading.done():
                raise ConnectionError("the session ended")
            if chance.random() < 0.1:
                return False
        return True
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def take(pieces: list[tuple[float, Piece]], states: list[tuple[float, str]], seen: Seen) -> None:
    """Count what came, and forget it. states : since when, seconds of the session"""

    def speaks(at: float) -> bool:
        return states[max(0, bisect_right(states, at, key=lambda state: state[0]) - 1)][1] == "speaking"

    if len(pieces) > 2:
        seen.gaps += gaps(pieces, speaks)
        seen.rests += gaps(pieces, lambda at: not speaks(at))
        for _, piece in pieces:
            media = piece.media
            seen.skews.append(abs(media.sample / media.sample_rate - media.start / 25))
            seen.frames += media.stop - media.start
            seen.missing += media.stop - media.start - len(piece.pictures)
    del pieces[:-1], states[:-2]  # the last may be of a moment that is still to come


async def drawers(
    http: aiohttp.ClientSession, sound: bytes, until: float, seen: Seen, chance: random.Random, stay: float
) -> None:
    """Clients of motion alone, one after the other. stay : seconds that each is there, on average"""
    while (now := time.perf_counter()) < until:
        leaves = min(until, now + 3 + chance.expovariate(1 / stay))
        await drawer(http, sound, leaves, seen, vanishes=chance.random() < 0.3)
        await asyncio.sleep(min(chance.uniform(0.1, 1.0), max(0.0, until - time.perf_counter())))


async def drawer(
    http: aiohttp.ClientSession,
    sound: bytes,
    until: float,
    seen: Seen,
    *,
    idle: float = 0.0,
    vanishes: bool = False,
) -> None:
    """A client of motion alone that speaks all the time, after ``idle`` seconds. vanishes : in the middle of a word"""
    seen.visits += 1
    speaking: asyncio.Task[object] | None = None
    one = ""
    try:
        async with http.post("/v1/sessions") as answer:
            if answer.status != 201:
                seen.failures.append((await answer.text())[:80])
                return
            one = f"/v1/sessions/{(await answer.json())['session']}"
        async with http.get(f"{one}/motion", headers={"Accept": "application/msgpack"}) as motion:
            came: list[float] = []
            await asyncio.sleep(idle)
            post = http.post(
                f"{one}/speech", data=in_time(sound, until), headers={"Content-Type": f"audio/pcm;rate={RATE}"}
            )
            speaking = asyncio.ensure_future(post)
            while time.perf_counter() < until:
                data = await asyncio.wait_for(motion.content.readany(), 5)
                if not data:
                    seen.failures.append("the motion ended")
                    return
                came.append(time.perf_counter())
            seen.late += list(np.diff(came[10:]))
            if vanishes and motion.connection is not None and motion.connection.transport is not None:
                seen.vanished += 1
                one = ""
                motion.connection.transport.abort()
    except (aiohttp.ClientError, TimeoutError) as error:
        seen.failures.append(repr(error)[:80])
    finally:
        if speaking is not None:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
        if one:
            with suppress(aiohttp.ClientError):
                await http.delete(one)


def entries(pid: int, what: str) -> int:
    """How many files and sockets ("fd") or threads ("task") a process has."""
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())


async def watch(pid: int, until: float, seen: Seen) -> None:
    """What the server holds every second, its CPU over the whole time after the first seconds."""
    await asyncio.sleep(min(3.0, (until - time.perf_counter()) / 4))
    began, cpu = time.perf_counter(), cpu_seconds(pid)
    while time.perf_counter() < until - 0.5:
        seen.memory.append(megabytes(pid))
        seen.open.append(entries(pid, "fd"))
        seen.threads.append(entries(pid, "task"))
        await asyncio.sleep(1)
    seen.cpu = (cpu_seconds(pid) - cpu) / (time.perf_counter() - began)


GONE = 40
"""Seconds after which the server has forgotten whoever vanished (Limits.absent is 30)."""


async def settled(http: aiohttp.ClientSession, pid: int) -> tuple[int, str]:
    """Sessions that are left when nobody is there any more, and all else."""
    await asyncio.sleep(GONE)
    async with http.get("/metrics") as answer:
        text = await answer.text()
    sessions = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("mien_sessions "))
    files, threads = (entries(pid, what) for what in ("fd", "task"))
    return sessions, f"{sessions} sessions, {files} files and sockets, {threads} threads, {megabytes(pid):.0f} MB"


async def load(
    sessions: int,
    motion: int,
    seconds: float,
    *,
    size: int = 384,
    seed: int = 0,
    talking: float = 0.5,
    address: str = "",
    stay: float = 0.0,
    settle: bool = False,
) -> Seen:
    """What they met of a server of their own, or of one that is there, of which nothing but that is seen.

    address : of that one, as mien serve prints it
    stay    : seconds after which a client of motion alone leaves and another comes, on average; 0 : they all stay
    settle  : look what is left when everybody has gone
    """
    sound, seen = ready_speech(), Seen()
    async with AsyncExitStack() as opened:
        pid, token = 0, ""
        if address:
            address, _, token = address.partition("?token=")
        else:  # who vanished has a place for half a minute more
            places = sessions + motion + (round(60 / stay + 2) * motion if stay else 0)
            address, process = await opened.enter_async_context(server(size, places))
            pid = process.pid
        http = await opened.enter_async_context(
            aiohttp.ClientSession(
                address,
                connector=aiohttp.TCPConnector(limit=0),
                headers={"Authorization": f"Bearer {token}"} if token else {},
            )
        )
        until = time.perf_counter() + seconds
        chances = [random.Random(f"{seed} {i}") for i in range(sessions + motion)]
        people = [page(address, sound, until, seen, chance, talking, token) for chance in chances[:sessions]]
        faces = [
            drawers(http, sound, until, seen, chance, stay) if stay else drawer(http, sound, until, seen, idle=0.05 * i)
            for i, chance in enumerate(chances[sessions:])
        ]
        watching = [watch(pid, until, seen)] if pid else []
        await asyncio.gather(*people, *faces, *watching)
        if pid and settle:
            seen.left_sessions, seen.left = await settled(http, pid)
    return seen


def percentiles(name: str, values: list[float]) -> str:
    if not values:
        return f"{name}: none"
    shares = " / ".join(f"{1000 * float(np.quantile(values, q)):.0f}" for q in (0.5, 0.95, 0.99, 1.0))
    return f"{name}, p50 / p95 / p99 / most: {shares} ms ({len(values)})"


LOOKS = 7
"""Moments, the first and the last among them, of which is told what the server held."""


def course(values: list[float] | list[int]) -> tuple[str, str]:
    """Minutes, and what there was then: the median of the ten seconds around. values : of each second"""
    at = np.linspace(0, len(values) - 1, LOOKS).round().astype(int)
    found = [statistics.median(values[max(0, i - 5) : i + 5]) for i in at]
    return " / ".join(f"{i / 60:.1f}" for i in at), " / ".join(f"{value:.0f}" for value in found)


def over_time(seen: Seen) -> str:
    """What the server held in the course of time."""
    if len(seen.memory) < LOOKS:
        return "in the course of time: too short"
    held = {"MB": seen.memory, "files": seen.open, "threads": seen.threads}
    return f"after {course(seen.memory)[0]} min: " + "; ".join(f"{course(v)[1]} {name}" for name, v in held.items())


def told(seen: Seen) -> str:
    """The report."""
    lines = [
        percentiles(f"asked → first sound (a page holds {1000 * HELD:.0f} ms more)", seen.first),
        percentiles("interrupted → the answer is gone", seen.stopped),
        percentiles("between pictures of a face that speaks", seen.gaps),
        percentiles("between pictures of one that does not", seen.rests),
        percentiles("sound against pictures", seen.skews),
        percentiles("between stretches of motion alone", seen.late),
        f"pictures left out: {seen.missing} of {seen.frames}",
        f"connections: {seen.visits}, {seen.vanished} of them lost on purpose",
        f"server: {seen.cpu:.2f} CPU seconds a second; memory {seen.memory[0]:.0f} MB at first, "
        f"{seen.memory[-1]:.0f} at the end, {max(seen.memory):.0f} at most" if seen.memory else "server: not looked at",
        over_time(seen),
        f"when everybody had gone: {seen.left or 'not looked at'}",
        f"failures: {len(seen.failures)} {sorted(set(seen.failures))[:5]}",
    ]  # fmt: skip
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks load", description=__doc__)
    parser.add_argument("--sessions", type=int, default=4, help="pages (4)")
    parser.add_argument("--motion", type=int, default=0, help="clients of motion alone (0)")
    parser.add_argument("--minutes", type=float, default=1.0, help="(1)")
    parser.add_argument("--size", type=int, default=384, help="pixels of a side (384)")
    parser.add_argument("--talking", type=float, default=0.5, help="how much they want, 0..1 (0.5)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stay", type=float, default=40.0, help="seconds that a client of motion alone is there (40)")
    parser.add_argument("--address", default="", help="that mien serve printed (default: a server of its own)")
    asked = parser.parse_args(arguments)
    print(told(asyncio.run(load(
        asked.sessions, asked.motion, 60 * asked.minutes, size=asked.size, seed=asked.seed, talking=asked.talking,
        address=asked.address, stay=asked.stay, settle=True,
    ))))  # fmt: skip

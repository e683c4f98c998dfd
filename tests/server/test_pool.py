"""Many sessions on one thread: everybody's turn comes, whoever is stuck holds up nobody, and nothing grows."""

import gc
import threading
import time
import tracemalloc

import numpy as np
import pytest

from mien.core.rig import ARKIT, Motion
from mien.core.track import sample_at
from mien.server.frames import JSON, MSGPACK, frames, head
from mien.server.pool import Pool
from mien.server.session import RATE, SAMPLE_RATE, UNSEEN, Session, Stretch
from mien.server.wire import Now, Said
from tests.server.doubles import Rehearsal, VirtualClock, cast


class Turns:
    """A performer that counts its turns, and may get stuck in one."""

    def __init__(self, count: int, seconds: float = 0.01, stuck: float = 0.0) -> None:
        self.left, self._seconds, self._stuck, self.at = count, seconds, stuck, []

    def step(self):
        self.at.append(time.monotonic())
        if self._stuck and len(self.at) == 3:
            time.sleep(self._stuck)
        self.left -= 1
        return self._seconds if self.left else None


def until(true) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_everybodys_turn_comes_and_at_the_end_no_thread_is_left() -> None:
    pool, all_of_them = Pool(), [Turns(20) for _ in range(30)]
    for one in all_of_them:
        pool.add(one)
    until(lambda: not any(one.left for one in all_of_them))
    until(lambda: not [t for t in threading.enumerate() if t.name == "mien-pool"])
    again = Turns(3)
    pool.add(again)
    until(lambda: not again.left)


def test_whoever_is_stuck_holds_up_nobody_and_goes_on_afterwards() -> None:
    pool, stuck, others = Pool(), Turns(5, stuck=1.5), [Turns(200) for _ in range(3)]
    for one in (stuck, *others):
        pool.add(one)
    until(lambda: not any(one.left for one in (stuck, *others)))
    assert max(np.diff(one.at).max() for one in others) < 0.8
    assert len(stuck.at) == 5


class Virtual(VirtualClock):
    """It waits for nobody: who steps has moved it."""

    def wait_until(self, seconds: float) -> None:
        assert self.now() >= seconds - 1e-9


def stepped(seconds: float, tell, *, talk=lambda session, at: None) -> Session:
    """A session on virtual time, a stretch after the other; talk : told before each"""
    session = Session(cast(), clock=Virtual(), tell=tell, tick=UNSEEN, lightly=True, watched=lambda: False)
    at = 0.0
    while at < seconds:
        session.clock.go_to(at)
        talk(session, at)
        assert session.step() is not None
        at = round(at + UNSEEN, 6)
    session.close()
    return session


def test_stepped_motion_is_the_motion_of_threads() -> None:
    told: list = []
    stepped(4.0, told.append)
    own = Motion.join([s.segment.motion for s in told if isinstance(s, Stretch)])
    with Rehearsal() as one:
        one.go_to(4.0)
        other = Motion.join([s.segment.motion for s in one.stretches])
    assert np.array_equal(own.values[:100], other.values[:100])


def test_a_session_that_fails_ends_alone() -> None:
    told: list = []
    session = stepped(1.0, told.append)
    assert session.step() is None and not session.alive
    broken = Session(cast(), clock=Virtual(), tell=told.append, tick=UNSEEN, lightly=True, watched=lambda: False)
    broken._update = None
    assert broken.step() is None and not broken.alive


def test_a_long_session_neither_drifts_nor_grows() -> None:
    """Two minutes of ready speech and silence in turn; benchmarks live does it for eight hours."""
    sizes, ends, stretches = [], [], []
    chance = np.random.default_rng(0)
    piece = (chance.normal(0, 3000, 4800) * np.hanning(4800)).astype("<i2").tobytes()
    streams: list = []

    def talk(session, at: float) -> None:
        if at % 20 == 0:
            streams.append(session.speak(24000))
        if at % 20 < 8:
            streams[-1].put(piece)
        elif at % 20 == 8:
            streams.pop().end()
        if at % 30 == 20:
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])

    def tell(item) -> None:
        if isinstance(item, Stretch):
            segment = item.segment
            stretches.append(segment.stop - segment.start)
            assert segment.audio.start == sample_at(segment.start, RATE, SAMPLE_RATE)
            ends[:] = [segment.stop]
        elif isinstance(item, (Said, Now)):
            kinds[type(item)] = kinds.get(type(item), 0) + 1

    kinds: dict = {}
    tracemalloc.start()
    stepped(120.0, tell, talk=talk)
    tracemalloc.stop()
    assert ends == [120 * 25] and sum(stretches) == ends[0]
    assert kinds[Said] == 6
    assert sizes[-1] <= max(sizes[:-1]) + 300_000  # caches fill and empty


def test_frames_are_the_same_in_json_and_in_messagepack() -> None:
    import json

    motion = Motion(np.random.default_rng(0).uniform(0, 0.5, (3, len(Motion.at_rest(1, rate=25).rig))), 25, 7)
    lines = [json.loads(line) for line in frames(motion, 2, JSON).splitlines()]
    packed = list(unpacked(frames(motion, 2, MSGPACK)))
    assert [f["index"] for f in lines] == [7, 8, 9] and lines[0]["at"] == pytest.approx(0.28)
    for line, one in zip(lines, packed, strict=True):
        assert one["values"] == pytest.approx(line["values"], abs=1e-5)
        assert {k: v for k, v in one.items() if k != "values"} == {k: v for k, v in line.items() if k != "values"}
    (first,) = unpacked(head(MSGPACK))
    assert first == json.loads(head(JSON)) and first["channels"] == list(ARKIT.names)


def unpacked(data: bytes):
    """What MessagePack says, of the kinds that are used (https://github.com/msgpack/msgpack/blob/master/spec.md)."""
    import struct

    at = 0

    def take(form: str):
        nonlocal at
        (value,) = struct.unpack_from(form, data, at)
        at += struct.calcsize(form)
        return value

    def item():
        kind = take("B")
        if kind & 0xF0 == 0x80:
            return {item(): item() for _ in range(kind & 15)}
        if kind & 0xE0 == 0xA0:
            return text(kind & 31)
        if kind == 0xDC:
            return [item() for _ in range(take(">H"))]
        return take({0xCA: ">f", 0xCB: ">d", 0xCE: ">I"}[kind])

    def text(length: int) -> str:
        nonlocal at
        at += length
        return data[at - length : at].decode()

    while at < len(data):
        yield item()

"""A session and those who watch it: what it tells is handed to each, and nobody holds up another."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mien.core.track import Audio
from mien.media.jpeg import jpeg_from_image
from mien.server.cast import Cast
from mien.server.clock import WallClock
from mien.server.limits import Limits
from mien.server.session import TICK, UNSEEN, Session, Stretch
from mien.server.wire import Media, bytes_from

log = logging.getLogger(__name__)

GOING, ASLEEP = 1001, 4000
"""Codes with which a socket is closed: the server ends; nobody was there, come back when somebody is."""


class Parcel:
    """A stretch, ready to be sent; made once for all who watch."""

    def __init__(self, stretch: Stretch, *, coded: bool = True, raw: bool = True) -> None:
        """coded : somebody wants its pictures as JPEG; raw : as they are

        Without raw they are let go, thirty times the size of their JPEG: a slow client's outbox may hold hundreds.
        """
        self.pictures = [jpeg_from_image(image) for image in stretch.drawn] if coded else []
        frameless = replace(stretch.segment, frames=())
        self.stretch = replace(stretch, segment=frameless, drawn=stretch.drawn if raw else ())

    @cached_property
    def sound(self) -> bytes:
        return samples_from(self.stretch.segment.audio).tobytes()

    @cached_property
    def media(self) -> Media:
        stretch, segment = self.stretch, self.stretch.segment
        return Media(
            stretch.epoch, segment.start, segment.stop, str(segment.rate), segment.audio.start, len(segment.audio),
            round(segment.audio.rate), [len(p) for p in self.pictures], list(stretch.words),
        )  # fmt: skip

    def packed(self, *, pictures: bool) -> bytes:
        """The binary message."""
        if pictures:
            return bytes_from(self.media, self.sound, self.pictures)
        return bytes_from(replace(self.media, pictures=[]), self.sound, [])


def samples_from(audio: Audio) -> npt.NDArray[np.int16]:
    """(n,) 16-bit little-endian samples."""
    return np.clip(np.rint(audio.values * 32767), -32768, 32767).astype("<i2")


class Outbox:
    """What one client is still to be sent. Fed by the session's threads, emptied on the event loop."""

    def __init__(self, limits: Limits, *, pictures: bool, coded: bool = True) -> None:
        self._loop, self._limits = asyncio.get_running_loop(), limits
        self._items: deque[object] = deque()
        self._there = asyncio.Event()
        self.pictures, self.ended, self.lost, self.code = pictures, False, False, GOING
        self.coded = pictures and coded  # as JPEG
        self.unsent = 0  # pictures that were left out

    def put(self, item: object) -> None:
        """From any thread, also one that has not yet heard that the server is gone."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._put, item)

    def _put(self, item: object) -> None:
        if self.ended:
            return
        if len(self._items) > self._limits.lost:
            self.lost = self.ended = True
            self._items.clear()
        else:
            self._items.append(item)
        self._there.set()

    def end(self, code: int = 0) -> None:
        """Nothing more is sent. code : with which a socket is closed"""
        self.ended, self.code = True, code or self.code
        self._there.set()

    @property
    def is_asleep(self) -> bool:
        """Whether it ended because nobody was there."""
        return self.code == ASLEEP

    async def take(self) -> tuple[object, bool] | None:
        """The next thing to send and whether its pictures are to go with it; None at the end."""
        while not self._items and not self.ended:
            self._there.clear()
            await self._there.wait()
        if not self._items:
            return None
        item = self._items.popleft()
        on_time = sum(isinstance(i, Parcel) for i in self._items) <= self._limits.behind
        if isinstance(item, Parcel) and self.pictures and not on_time:
            self.unsent += len(item.pictures)
        return item, self.pictures and on_time


class Room:
    """A session by an id that nobody can guess."""

    def __init__(
        self,
        cast: Cast,
        limits: Limits,
        *,
        seen: bool = True,
        name: str = "",
        crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        """seen : somebody will want pictures; name : that its id begins with; crowded : as of Session"""
        self.id = f"{name}-{secrets.token_urlsafe(16)}" if name else secrets.token_urlsafe(16)
        self.limits = limits
        self.outboxes: list[Outbox] = []
        self.seen = time.monotonic()
        self.left: float | None = time.monotonic()
        """When the last client went, on the monotonic clock; None while there is one."""
        self.session = Session(
            cast,
            clock=WallClock(),
            tell=self._tell,
            watched=lambda: self.is_watched,
            seed=secrets.randbelow(2**31),
            tick=TICK if seen else UNSEEN,
            lightly=not seen,  # Whisper's encoder takes a twentieth of a core: too much where fifty are on one
            crowded=crowded,
            waiting=limits.ready,
        )

    @property
    def is_watched(self) -> bool:
        """Whether anybody wants pictures."""
        return any(outbox.pictures for outbox in self.outboxes)

    def _tell(self, item: object) -> None:
        outboxes = tuple(self.outboxes)
        if isinstance(item, Stretch):
            coded, raw = (any(o.pictures and o.coded == how for o in outboxes) for how in (True, False))
            item = Parcel(item, coded=coded, raw=raw)
        for outbox in outboxes:
            outbox.put(item)

    def join(self, *, pictures: bool, coded: bool = True) -> Outbox:
        """coded : pictures are wanted as JPEG"""
        outbox = Outbox(self.limits, pictures=pictures, coded=coded)
        self.outboxes.append(outbox)
        self.left = None
        return outbox

    def leave(self, outbox: Outbox) -> None:
        if outbox in self.outboxes:
            self.outboxes.remove(outbox)
        outbox.end()
        if not self.outboxes:
            self.left = time.monotonic()

    def touch(self) -> None:
        """Somebody gave a sign."""
        self.seen = time.monotonic()

    def is_over(self, now: float) -> bool:
        """Whether nobody needs it any more. now : on the monotonic clock"""
        away = self.left is not None and now - max(self.left, self.seen) > self.limits.absent
        return away or self.is_asleep(now) or not self.session.alive

    def is_asleep(self, now: float) -> bool:
        """Whether nobody has given a sign for too long."""
        return now - self.seen > self.limits.idle

    def close(self) -> None:
        code = ASLEEP if self.is_asleep(time.monotonic()) else GOING
        for outbox in tuple(self.outboxes):
            outbox.end(code)
        self.session.close()

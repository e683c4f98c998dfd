"""A session over WebRTC: VP8 or H.264 and Opus out, a microphone in, the messages of wire.py on a data channel."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcconfiguration import RTCBundlePolicy
from av import AudioResampler

from mien.core.errors import BadInput, MienError
from mien.server.ice import checked, listens_on, own_addresses
from mien.server.limits import Pace
from mien.server.reports import on_the_metronome
from mien.server.room import Outbox, Parcel, Room
from mien.server.session import SAMPLE_RATE
from mien.server.tracks import Metronome, Pictures, Playout, Sound
from mien.server.wire import EAR_RATE, Ice, Notice, Over, PageMessage, Quiet, Welcome, message_from, text_from

log = logging.getLogger(__name__)

CONNECTING, VANISHED, LOOK = 15.0, 8.0, 2.0
"""Seconds that a peer has to come, after which one that sends nothing is gone (a browser reports on what it gets every
second), and between two looks."""

GOODBYE, CLOSING = 0.1, 5.0
"""Seconds that the last message has to go out, and that all the rest may take."""

HEADS = 5
"""Stretches to one whose head is sent even though no word begins in it: by them the page knows the session's time."""

AWAY = 0.2
"""Seconds from a packet that goes out to what comes in as it is heard: the page's buffer, and the microphone's way."""

STUFFED = 1_000_000
"""Bytes of messages that may wait for a peer that takes none."""


class Peers:
    """Who comes over WebRTC: one for each session, a new one in the place of an old.

    host : what is listened on; servers : STUN and TURN; obey : does what a message asks for
    """

    def __init__(self, host: str, servers: tuple[Ice, ...], obey: Callable[[Room, PageMessage], None]) -> None:
        self._host, self._servers, self._obey = host, servers, obey
        self._peers: dict[str, Peer] = {}
        self._paces: dict[str, Pace] = {}
        self._turn = asyncio.Lock()  # one at a time: gathering addresses is work, and waits for nobody's

    async def answer(self, room: Room, offer: str, welcome: Welcome) -> str:
        """Somebody wants to see this session. Returns the answer, SDP. Errors: BadInput."""
        relayed = any(server.urls.startswith("turn") for server in self._servers)
        offer = checked(offer, relayed=relayed, host=self._host)
        if not self._paces.setdefault(room.id, Pace(1.0)).allows(time.monotonic()):
            raise BadInput("more than an offer a second; try again later")
        async with self._turn:
            await self.leave(room)
            peer = Peer(room, self._obey, welcome, self._servers, own_addresses(self._host))
            self._peers[room.id] = peer
            try:
                return await peer.answer(offer)
            except BaseException:
                await self.leave(room)
                raise

    async def leave(self, room: Room) -> None:
        """Whoever watches this session goes."""
        peer = self._peers.pop(room.id, None)
        if peer is not None:
            await peer.close()

    async def forget(self, room: Room) -> None:
        """The session is over."""
        self._paces.pop(room.id, None)
        await self.leave(room)

    def __len__(self) -> int:
        return sum(not peer.gone for peer in self._peers.values())


class Peer:
    """One connection, from its offer until it is closed by anybody."""

    def __init__(
        self,
        room: Room,
        obey: Callable[[Room, PageMessage], None],
        welcome: Welcome,
        servers: tuple[Ice, ...],
        addresses: list[str] | None,
    ) -> None:
        self._room, self._obey, self._welcome, self._addresses = room, obey, welcome, addresses
        ice = [RTCIceServer(s.urls, s.username or None, s.credential or None) for s in servers]
        self._connection = RTCPeerConnection(RTCConfiguration(ice, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._playout = Playout(SAMPLE_RATE, asyncio.get_running_loop().time)
        self._pictures = Pictures(Metronome())
        self._sound = Sound(self._playout, self._pictures, SAMPLE_RATE)
        self._channel: Any = None
        self._agent: Any = None
        self._outbox: Outbox | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._heads = 0
        self._closing: asyncio.Task[None] | None = None
        self.gone = False

    async def answer(self, offer: str) -> str:
        """Errors: BadInput for what is no offer."""
        connection = self._connection
        connection.on("track", self._track)
        connection.on("datachannel", self._opened)
        connection.on("connectionstatechange", self._changed)
        connection.addTransceiver(self._sound, "sendrecv")
        connection.addTransceiver(self._pictures, "sendonly")
        sound, pictures = connection.getTransceivers()
        on_the_metronome(sound.sender, self._sound)
        on_the_metronome(pictures.sender, self._pictures)
        self._agent = sound.receiver.transport.transport._connection  # one for all: MAX_BUNDLE
        listens_on(self._agent, self._addresses)
        try:
            await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            await connection.setLocalDescription(await connection.createAnswer())
        except Exception as error:  # whatever a parser of text from elsewhere may throw
            raise BadInput(f"this offer cannot be answered ({str(error) or type(error).__name__})") from None
        self._begin(self._watch())
        return str(connection.localDescription.sdp)

    def _begin(self, work: Any) -> None:
        self._tasks.append(asyncio.ensure_future(work))

    def _changed(self) -> None:
        state = self._connection.connectionState
        if state == "connected" and self._outbox is None and not self.gone:
            self._playout.clear()
            self._outbox = self._room.join(pictures=True, coded=False)
            self._begin(self._feed(self._outbox))
        elif state in ("failed", "closed"):
            self._end()

    def _end(self) -> None:
        self._closing = self._closing or asyncio.ensure_future(self._close())

    async def close(self) -> None:
        """From any state, by anybody, any number of times; when this is done nothing is left of it."""
        self._end()
        if self._closing is not None:
            await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self.gone = True
        if self._outbox is not None:
            self._room.leave(self._outbox)
            self._say(Over(asleep=self._outbox.is_asleep))
            await asyncio.sleep(GOODBYE)
        for task in self._tasks:
            task.cancel()
        try:
            await asyncio.wait_for(self._connection.close(), CLOSING)
        except Exception as error:  # half open, from an offer that was nonsense: its sockets go all the same
            log.info("a peer ended in disorder: %r", error)
        if self._agent is not None:
            await self._agent.close()

    async def _watch(self) -> None:
        """It must come soon, and give signs of itself."""
        heard, since = -1, time.monotonic() + CONNECTING - VANISHED
        while not self.gone:
            await asyncio.sleep(LOOK)
            report = await self._connection.getStats()
            now = sum(entry.packetsReceived for entry in report.values() if entry.type == "transport")
            if now != heard and self._connection.connectionState == "connected":
                heard, since = now, time.monotonic()
            elif time.monotonic() - since > VANISHED:
                self._end()
                return

    # -------------------------------------------------------------------------------------------- out

    async def _feed(self, outbox: Outbox) -> None:
        while (taken := await outbox.take()) is not None:
            item, on_time = taken
            if isinstance(item, Parcel):
                self._perform(item, seen=on_time)
            else:
                if isinstance(item, Quiet):
                    self._playout.clear()
                self._say(item)
        self._end()

    def _perform(self, parcel: Parcel, *, seen: bool) -> None:
        segment, drawn = parcel.stretch.segment, parcel.stretch.drawn if seen else ()
        times = [float(frame / segment.rate) for frame in range(segment.stop - len(drawn), segment.stop)]
        self._playout.add(segment.audio, zip(times, drawn, strict=True))
        self._heads += 1
        if parcel.media.words or self._heads % HEADS == 0:
            head = replace(parcel.media, pictures=[], samples=0)
            self._playout.when(float(segment.start / segment.rate), lambda: self._say(head))

    def _say(self, message: object) -> None:
        channel = self._channel
        if channel is None or channel.readyState != "open":
            return
        if channel.bufferedAmount > STUFFED:
            log.info("a peer took no messages and was left")
            self._end()
        else:
            channel.send(text_from(message))

    # --------------------------------------------------------------------------------------------- in

    def _opened(self, channel: Any) -> None:
        if self._channel is not None:
            channel.close()
            return
        self._channel = channel
        pace = Pace(self._room.limits.rate)
        channel.on("message", lambda data: self._told(data, pace))
        self._say(self._welcome)

    def _told(self, data: object, pace: Pace) -> None:
        self._room.touch()
        try:
            if not isinstance(data, str) or len(data) > self._room.limits.message:
                raise BadInput(f"a message must be a text of at most {self._room.limits.message} bytes")
            if not pace.allows(time.monotonic()):
                raise BadInput(f"more than {pace.rate:g} messages a second; the last one was left out")
            self._obey(self._room, message_from(data))
        except MienError as error:
            self._say(Notice(str(error), problem=True))

    def _track(self, track: Any) -> None:
        if track.kind == "audio":
            self._begin(self._hear(track))

    async def _hear(self, track: Any) -> None:
        resampler = AudioResampler(format="s16", layout="mono", rate=EAR_RATE)
        with suppress(MediaStreamError):
            while True:
                for part in resampler.resample(await track.recv()):
                    self._room.session.listen(
                        part.to_ndarray().astype("<i2").tobytes(), max(0.0, self._playout.at - AWAY)
                    )

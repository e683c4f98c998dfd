"""The server: pages, sockets and the HTTP API of live sessions; it moves bytes and decides nothing about faces."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from ssl import SSLContext
from typing import NamedTuple

from aiohttp import WSMsgType, web

from mien.core.emotion import Emotion
from mien.core.errors import BadInput, MienError, WrongUse
from mien.core.style import AS_USUAL, Style
from mien.server.api import Api
from mien.server.cast import Cast
from mien.server.guard import Guard
from mien.server.heaps import few_heaps
from mien.server.limits import Limits, Pace
from mien.server.pool import Pool
from mien.server.ready import Ready
from mien.server.room import Outbox, Parcel, Room
from mien.server.rtc import Peers
from mien.server.session import RATE, SAMPLE_RATE, Session
from mien.server.wire import (
    VERSION,
    Ear,
    Feel,
    Ice,
    Interrupt,
    Move,
    Notice,
    PageMessage,
    Perform,
    Say,
    Speak,
    Spoken,
    Typing,
    Use,
    Welcome,
    message_from,
    sound_from,
    speech_from,
    text_from,
)

log = logging.getLogger(__name__)

WEB = Path(__file__).with_name("web")

FILES = {
    "/": ("index.html", "text/html"),
    "/style.css": ("style.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/player.js": ("player.js", "text/javascript"),
    "/remote.js": ("remote.js", "text/javascript"),
    "/head.js": ("head.js", "text/javascript"),
    "/three.js": ("three.js", "text/javascript"),
    "/client.js": ("client.js", "text/javascript"),
    "/microphone.js": ("microphone.js", "text/javascript"),
    "/ear.js": ("ear.js", "text/javascript"),
    "/wire.ts": ("wire.ts", "text/plain"),
}
"""Everything there is to be had as a file."""

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'",
}

PARTING = 3.0
"""Seconds that clients have to take what is still on its way to them when the server ends."""

LONGEST_NAME = 32
"""Characters of a process's name."""

SWEEP = 2.0
"""Seconds between looks for sessions that nobody needs."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Frames(NamedTuple):
    """Of sessions that are over."""

    drawn: int = 0
    held: int = 0


class Server:
    """Rooms and who may enter them. cast : who performs; guard : who may come in; ice : servers for WebRTC

    name : of this process among several: ids of its sessions begin with it, so that a balancer finds it again
    """

    def __init__(
        self, cast: Cast, guard: Guard, limits: Limits | None = None, ice: tuple[Ice, ...] = (), *, name: str = ""
    ) -> None:
        if name and not (name.isascii() and name.isalnum() and len(name) <= LONGEST_NAME):
            raise WrongUse(f"a name has at most {LONGEST_NAME} letters and digits, got {name[:40]!r}")
        self.cast, self.guard, self.limits, self.ice, self.name = cast, guard, limits or Limits(), ice, name
        self.peers = Peers(guard.host, ice, obey)
        self.rooms: dict[str, Room] = {}
        self.ready, self.failed = asyncio.Event(), asyncio.Event()
        self.failure: Exception | None = None
        self.draining = False
        self.opened = self.refused = 0
        self.gone = Frames()
        self._pool = Pool()
        self._ending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._answered], client_max_size=self.limits.upload)
        for path in FILES:
            app.router.add_get(path, self._file)
        app.router.add_get("/head.glb", self._head)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._readiness)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/v1/live", self._live)
        app.router.add_routes(Api(self).routes())
        app.on_startup.append(self._start)
        app.on_shutdown.append(self._end)
        return app

    # ---------------------------------------------------------------------------------- its own life

    async def _start(self, _: web.Application) -> None:
        self._tasks = [asyncio.create_task(self._warm()), asyncio.create_task(self._sweep())]

    async def _warm(self) -> None:
        try:
            await in_thread_of_pool(self.cast.warm)
        except Exception as error:
            self.failure = error
            self.failed.set()
        self.ready.set()

    async def _sweep(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), SWEEP)
            for room in [r for r in self.rooms.values() if r.is_over(time.monotonic())]:
                await self.close(room)

    async def drain(self) -> None:
        """No new sessions; those who speak may finish, within the limit."""
        self.draining = True
        until = time.monotonic() + self.limits.drain
        while time.monotonic() < until and any(r.session.busy for r in self.rooms.values()):
            await asyncio.sleep(0.1)

    async def _end(self, _: web.Application) -> None:
        warming, sweeping = self._tasks
        warming.cancel()
        self._ending.set()
        # It is not cancelled: a session that it is just closing would go on for ever.
        await asyncio.gather(sweeping, *(self.close(room) for room in tuple(self.rooms.values())))

    # --------------------------------------------------------------------------------------- rooms

    async def open(self, *, seen: bool = True) -> Room:
        """A new session. seen : somebody will want pictures

        Errors: web.HTTPServiceUnavailable when there is no place.
        """
        if self.draining or len(self.rooms) >= self.limits.sessions:
            self.refused += 1
            why = "the server is about to end" if self.draining else f"all {self.limits.sessions} sessions are taken"
            raise web.HTTPServiceUnavailable(text=f"{why}; try again later", headers={"Retry-After": "10"})
        await self.ready.wait()
        if self.failure is not None:
            raise web.HTTPServiceUnavailable(text=f"the face cannot come: {self.failure}")
        room = Room(self.cast, self.limits, seen=seen, name=self.name, crowded=self._is_crowded)
        self.rooms[room.id] = room
        self.opened += 1
        if seen:
            room.session.start()
        else:
            self._pool.add(room.session)
        log.info("session opened", extra={"sessions": len(self.rooms)})
        return room

    def _is_crowded(self) -> bool:
        """Whether somebody speaks who is to be drawn: he comes first."""
        return any(room.session.state == "speaking" and room.is_watched for room in tuple(self.rooms.values()))

    def room(self, request: web.Request) -> Room:
        """Errors: web.HTTPNotFound."""
        room = self.rooms.get(request.match_info.get("id", ""))
        if room is None:
            raise web.HTTPNotFound(text="there is no such session, or it is over")
        return room

    async def close(self, room: Room) -> None:
        if self.rooms.pop(room.id, None) is not None:
            stage = room.session.stage
            self.gone = Frames(self.gone.drawn + stage.drawn, self.gone.held + stage.held)
        await in_thread_of_pool(room.close)
        await self.peers.forget(room)

    # --------------------------------------------------------------------------------- plain requests

    @web.middleware
    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Strangers are turned away, errors become sentences, and every answer has its headers."""
        try:
            self.guard.check(request)
            response = await handler(request)
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=error.text, headers=_only(error.headers, "Retry-After"))
        except MienError as error:
            response = web.Response(status=400, text=str(error))
        except ConnectionError:  # whoever asked is gone; aiohttp would log how, every time
            response = web.Response(status=400, text="the connection was lost")
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name, kind = FILES[request.path]
        response = web.Response(body=(WEB / name).read_bytes(), content_type=kind, charset="utf-8")
        self.guard.let_in(request, response)
        return response

    async def _head(self, _: web.Request) -> web.StreamResponse:
        """The head that pages draw themselves, as glTF."""
        from mien.face.gltf import head_glb

        data = await asyncio.get_running_loop().run_in_executor(None, head_glb)
        return web.Response(body=data, content_type="model/gltf-binary")

    async def _health(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text="ok\n")

    async def _readiness(self, _: web.Request) -> web.StreamResponse:
        ready = self.ready.is_set() and self.failure is None and not self.draining
        return web.Response(text="ready\n" if ready else "not ready\n", status=200 if ready else 503)

    async def _metrics(self, _: web.Request) -> web.StreamResponse:
        stages = [room.session.stage for room in self.rooms.values()]
        lines = {
            "mien_sessions": len(self.rooms),
            "mien_clients": sum(len(room.outboxes) for room in self.rooms.values()),
            "mien_peers": len(self.peers),
            "mien_sessions_opened_total": self.opened,
            "mien_sessions_refused_total": self.refused,
            "mien_frames_drawn_total": self.gone.drawn + sum(s.drawn for s in stages),
            "mien_frames_held_total": self.gone.held + sum(s.held for s in stages),
        }
        kinds = {name: "counter" if name.endswith("_total") else "gauge" for name in lines}
        return web.Response(text="".join(f"# TYPE {n} {kinds[n]}\n{n} {value}\n" for n, value in lines.items()))

    # -------------------------------------------------------------------------------------- live

    async def _live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=self.limits.message, compress=False)
        try:
            room = self.rooms.get(request.query.get("session", "")) or await self.open(
                seen=request.query.get("pictures") != "no"
            )
        except web.HTTPServiceUnavailable as error:  # a page cannot read why a socket was refused, so it is told
            if self.draining:
                raise  # but of a server that is about to end nobody need hear: a balancer asks the next one
            await socket.prepare(request)
            await socket.send_str(text_from(Notice(error.text or "not now", problem=True)))
            await socket.close(code=1013)
            return socket
        await socket.prepare(request)
        outbox = room.join(pictures=request.query.get("pictures") != "no")
        await socket.send_str(text_from(self.welcome(room)))
        sending = asyncio.create_task(_send(socket, outbox))
        try:
            await self._receive(socket, room)
        finally:
            room.leave(outbox)
            sending.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await sending
        return socket

    def welcome(self, room: Room) -> Welcome:
        """What a client is told first."""
        session, cast = room.session, self.cast
        return Welcome(
            VERSION, room.id, session.voice, cast.voices(), str(session.emotion), cast.emotions, cast.agent,
            str(RATE), cast.size, SAMPLE_RATE, list(self.ice),
        )  # fmt: skip

    async def _receive(self, socket: web.WebSocketResponse, room: Room) -> None:
        pace, mouth = Pace(self.limits.rate), Mouth(room.session)
        try:
            async for message in socket:
                room.touch()
                try:
                    if message.type is WSMsgType.BINARY:
                        if (speech := speech_from(message.data)) is not None:
                            mouth.put(speech)
                        else:
                            at, sound = sound_from(message.data)
                            room.session.listen(sound, at)
                    elif message.type is WSMsgType.TEXT:
                        if not pace.allows(time.monotonic()):
                            raise BadInput(f"more than {self.limits.rate:g} messages a second; the last was left out")
                        told = message_from(message.data)
                        mouth.obey(told) if isinstance(told, (Speak, Spoken)) else obey(room, told)
                except MienError as error:
                    await socket.send_str(text_from(Notice(str(error), problem=True)))
        finally:
            mouth.end()


class Mouth:
    """The ready speech of one connection, a stream at a time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stream: Ready | None = None
        self._full = False  # and that was said

    def obey(self, message: Speak | Spoken) -> None:
        """Errors: BadInput."""
        self.end()
        if isinstance(message, Speak):
            self._stream, self._full = self._session.speak(message.rate), False

    def put(self, sound: bytes) -> None:
        """Errors: BadInput, of what does not fit once a stream."""
        if self._stream is None:
            raise BadInput('ready speech must be announced, as in {"type": "speak", "rate": 24000}')
        try:
            self._stream.put(sound)
        except BadInput:
            if not self._full:
                self._full = True
                raise

    def end(self) -> None:
        if self._stream is not None:
            self._stream.end()
        self._stream = None


def obey(room: Room, message: PageMessage) -> None:
    """Do what a message asks for. Errors: MienError."""
    session = room.session
    match message:
        case Say(text, at):
            if not text.strip():
                raise BadInput("there is nothing to answer in an empty text")
            session.hear(text.strip(), at)
        case Perform(text):
            session.recite(text)
        case Typing(at):
            session.attend(at)
        case Interrupt(at):
            session.interrupt(at)
        case Feel(emotion):
            session.feel(Emotion.parse(emotion))
        case Move(style):
            session.move(Style.parse(style) if style.strip() else AS_USUAL)
        case Use(voice):
            session.use_voice(voice)
        case Ear(on):
            session.open_ear() if on else session.close_ear()
        case Speak() | Spoken():
            raise BadInput("ready speech comes over a WebSocket, or as the body of a POST to the session's speech")


async def _send(socket: web.WebSocketResponse, outbox: Outbox) -> None:
    with suppress(ConnectionError):
        while (taken := await outbox.take()) is not None:
            item, pictures = taken
            if isinstance(item, Parcel):
                await socket.send_bytes(item.packed(pictures=pictures))
            else:
                await socket.send_str(text_from(item))
        if outbox.lost:
            log.info("a client was too slow and was left")
        await socket.close(code=outbox.code)


async def in_thread_of_pool(work: Callable[[], None]) -> None:
    await asyncio.get_running_loop().run_in_executor(None, work)


def _only(headers: object, name: str) -> dict[str, str]:
    value = headers.get(name) if hasattr(headers, "get") else None
    return {} if value is None else {name: value}


# ------------------------------------------------------------------------------------------ running


def serve(
    cast: Cast,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str = "",
    name: str = "",
    limits: Limits | None = None,
    ice: tuple[Ice, ...] = (),
    tls: SSLContext | None = None,
    told: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then let those who speak finish.

    port : 0 takes a free one; name : as of Server; ice : STUN and TURN servers; tls : for HTTPS
    told : gets the address once it is open
    Errors: WrongUse for an address that is open to others and no token, or one that is taken.
    """
    few_heaps()
    guard = Guard(host, token, secure=tls is not None)
    asyncio.run(_serve(Server(cast, guard, limits, ice, name=name), host, port, tls, told))


async def _serve(server: Server, host: str, port: int, tls: SSLContext | None, told: Callable[[str], None]) -> None:
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    async with serving(server, host, port, tls) as address:
        told(address)
        waiting = [asyncio.create_task(event.wait()) for event in (over, server.failed)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
    if server.failure is not None:
        raise server.failure


@asynccontextmanager
async def served(
    cast: Cast, *, guard: Guard | None = None, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None
) -> AsyncIterator[str]:
    """The same within a program: gives the address, and drains at the end. Errors: WrongUse."""
    async with serving(Server(cast, guard or Guard(host), limits), host, port) as address:
        yield address


@asynccontextmanager
async def serving(server: Server, host: str, port: int, tls: SSLContext | None = None) -> AsyncIterator[str]:
    """A server that listens. Errors: WrongUse."""
    runner = web.AppRunner(server.app(), access_log=None, handle_signals=False, shutdown_timeout=PARTING)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, ssl_context=tls).start()
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise WrongUse(f"cannot listen on {host}:{port} ({why}); give another --port") from None
        yield server.guard.address(runner.addresses[0][1])
        await server.drain()
    finally:
        await runner.cleanup()

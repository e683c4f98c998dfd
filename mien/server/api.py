"""The HTTP API: sessions without a page, their events and motion as streams, and speech in OpenAI's shape."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from aiohttp import web

from mien.agents.tags import utterance_from
from mien.core.errors import BadInput, MienError
from mien.core.plan import Speech
from mien.core.track import Audio
from mien.media.coded import FORMATS, coded
from mien.performance.verbs import joined, voice_maker
from mien.server.frames import JSON, MSGPACK, frames, head
from mien.server.openapi import described
from mien.server.ready import Ready
from mien.server.room import Parcel, Room, samples_from
from mien.server.session import SAMPLE_RATE
from mien.server.wire import LONGEST_TEXT, Opened, made, message_of, text_from

if TYPE_CHECKING:
    from mien.server.app import Server

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds that a body may take to come."""

OPENAI_VOICES = {
    "alloy": "af_alloy",
    "echo": "am_echo",
    "fable": "bm_fable",
    "onyx": "am_onyx",
    "nova": "af_nova",
    "shimmer": "af_sky",
}
"""OpenAI's names of voices; mien's own are taken as well."""


class Api:
    """Handlers, each a few lines between HTTP and a session."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._heavy = asyncio.Semaphore(2)  # photos and texts that are worked on at a time

    def routes(self) -> list[web.RouteDef]:
        one = "/v1/sessions/{id}"
        return [
            web.post("/v1/sessions", self.open),
            web.delete(one, self.close),
            web.post(f"{one}/messages", self.message),
            web.post(f"{one}/offer", self.offer),
            web.post(f"{one}/speech", self.say),
            web.put(f"{one}/portrait", self.portrait),
            web.get(f"{one}/events", self.events),
            web.get(f"{one}/motion", self.motion),
            web.post("/v1/audio/speech", self.speech),
            web.get("/v1/openapi.json", self.describe),
        ]

    async def open(self, request: web.Request) -> web.StreamResponse:
        asked = made(Opened, await _json(request) if request.can_read_body else {})
        room = await self.server.open(seen=False)
        try:
            if asked.voice is not None:
                room.session.use_voice(asked.voice)
            if asked.emotion is not None:
                room.session.feel(asked.feeling)
        except MienError:
            await self.server.close(room)
            raise
        return _answer(text_from(self.server.welcome(room)), status=201)

    async def close(self, request: web.Request) -> web.StreamResponse:
        await self.server.close(self.server.room(request))
        return web.Response(status=204)

    async def message(self, request: web.Request) -> web.StreamResponse:
        from mien.server.app import obey

        room = self.server.room(request)
        room.touch()
        obey(room, message_of(await _json(request)))
        return _answer("{}", status=202)

    async def offer(self, request: web.Request) -> web.StreamResponse:
        """WebRTC: an offer as SDP for an answer as SDP."""
        room = self.server.room(request)
        room.touch()
        try:
            offer = (await _body(request)).decode()
        except UnicodeDecodeError:
            raise BadInput("an offer must be a session description (SDP)") from None
        answer = await self.server.peers.answer(room, offer, self.server.welcome(room))
        return web.Response(text=answer, status=201, content_type="application/sdp")

    async def portrait(self, request: web.Request) -> web.StreamResponse:
        """Another photo from now on; what mien check says of it is the answer."""
        room = self.server.room(request)
        room.touch()
        data = await _body(request)
        advice = await self._worked(lambda: _exchange(room, data))
        return _answer(json.dumps(advice), status=200 if advice["verdict"] != "poor" else 422)

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Ready speech as the body: raw as it comes (audio/pcm;rate=24000), or a file of any kind, whole."""
        room = self.server.room(request)
        room.touch()
        if request.content_type in RAW:
            ready = room.session.speak(_rate(request))
            try:
                await _poured(request, room, ready)
            finally:
                ready.end()
        else:
            data = await _body(request)
            sound = await self._worked(lambda: _decoded(data, self.server.limits.ready))
            ready = room.session.speak(round(sound.rate))
            ready.put(samples_from(sound).tobytes())
            ready.end()
        return _answer(json.dumps({"seconds": round(ready.taken / ready.rate, 3)}))

    async def events(self, request: web.Request) -> web.StreamResponse:
        async with _stream(request, self.server.room(request), "text/event-stream") as (response, items):
            await response.write(f"data: {text_from(self.server.welcome(self.server.room(request)))}\n\n".encode())
            async for item in items:
                if not isinstance(item, Parcel):
                    await response.write(f"data: {text_from(item)}\n\n".encode())
        return response

    async def motion(self, request: web.Request) -> web.StreamResponse:
        kind = MSGPACK if "msgpack" in request.headers.get("Accept", "") else JSON
        async with _stream(request, self.server.room(request), kind) as (response, items):
            await response.write(head(kind))
            async for item in items:
                if isinstance(item, Parcel):
                    await response.write(frames(item.stretch.segment.motion, item.stretch.epoch, kind))
        return response

    async def speech(self, request: web.Request) -> web.StreamResponse:
        """OpenAI's: {"input", "voice", "response_format", "speed"}; "model" is not looked at."""
        asked = await _json(request)
        text, voice, form = asked.get("input"), asked.get("voice", "nova"), asked.get("response_format", "mp3")
        speed = asked.get("speed", 1.0)
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            raise BadInput(f"input must be a text of at most {LONGEST_TEXT} characters")
        if not isinstance(voice, str) or form not in FORMATS:
            raise BadInput(f"voice must be a name, response_format one of {', '.join(FORMATS)}")
        if not isinstance(speed, (int, float)) or not 0.5 <= speed <= 2:
            raise BadInput("speed must be in 0.5..2")
        data = await self._worked(lambda: _spoken(text, OPENAI_VOICES.get(voice, voice), float(speed), form))
        return web.Response(body=data, content_type=FORMATS[form][0])

    async def describe(self, _: web.Request) -> web.StreamResponse:
        return _answer(json.dumps(described()))

    async def _worked(self, work: Callable[[], T]) -> T:
        async with self._heavy:
            return await asyncio.get_running_loop().run_in_executor(None, work)


SIP = 0.2
"""Seconds of a body that are taken at a time."""

RAW = ("audio/pcm", "audio/l16", "application/octet-stream")
"""Kinds of a body that is 16-bit little-endian mono samples and nothing else."""


def _rate(request: web.Request) -> int:
    """Hz. Errors: BadInput."""
    given = request.content_type and request.headers["Content-Type"].partition("rate=")[2].split(";")[0].strip()
    if given and not given.isdecimal():
        raise BadInput(f"rate must be a number of Hz, as in audio/pcm;rate=24000, got {given[:20]!r}")
    return int(given or SAMPLE_RATE)


async def _poured(request: web.Request, room: Room, ready: Ready) -> None:
    """A body into the mouth, as fast as it is said: whoever sends more waits. Errors: BadInput for half a sample."""
    rest, size = b"", 2 * round(ready.rate * SIP)
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                data = await request.content.readany()
        except TimeoutError:
            raise web.HTTPRequestTimeout(text="the speech did not go on in time") from None
        room.touch()
        rest += data
        whole = len(rest) // 2 * 2
        for at in range(0, whole, size):
            while ready.waiting > room.limits.ready / 2 and not ready.over:
                room.touch()
                await asyncio.sleep(0.05)
            ready.put(rest[at : min(at + size, whole)])
        rest = rest[whole:]
        if not data or ready.over:
            break
    if rest:
        raise BadInput("the last sample is half: speech comes as 16-bit samples")


def _decoded(data: bytes, most: float) -> Audio:
    """Errors: BadInput for what is no sound, or too long."""
    from mien.media.sound import stream_audio

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "sound")
        file.write_bytes(data)
        pieces: list[Audio] = []
        try:
            for piece in stream_audio(file, SAMPLE_RATE):
                pieces.append(piece)
                if piece.stop > most * SAMPLE_RATE:
                    raise BadInput(
                        f"the sound is longer than {most:g} s; send it raw, in pieces (audio/pcm;rate=24000)"
                    )
        except BadInput as error:
            raise BadInput(str(error).replace(str(file), "the body")) from None
    return Audio.join(pieces)


def _spoken(text: str, voice: str, speed: float, form: str) -> bytes:
    utterance, _ = utterance_from(text)
    if utterance is None:
        raise BadInput("there is nothing to say in input")
    speech: Speech = joined(voice_maker(voice, speed)().speak([utterance]))
    return coded(speech.audio, form)


def _exchange(room: Room, data: bytes) -> dict[str, Any]:
    """Bring a photo on stage, if it will do. Returns what there is to say about it."""
    from mien.media.picture import read_picture
    from mien.performance.check import check

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "photo")
        file.write_bytes(data)
        try:
            image = read_picture(file)
        except BadInput as error:
            raise BadInput(str(error).replace(str(file), "the photo")) from None
    advice = check(image)
    found = {**advice.as_json(), "notes": advice.notes}
    if advice.verdict != "poor":
        room.session.stage.face = room.session.cast.face_of(image)
    return found


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="the body did not come in time") from None


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        found = json.loads(await _body(request))
    except (ValueError, RecursionError):
        raise BadInput("the body must be JSON") from None
    if not isinstance(found, dict):
        raise BadInput("the body must be a JSON object")
    return found


def _answer(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="application/json")


@asynccontextmanager
async def _stream(
    request: web.Request, room: Room, kind: str
) -> AsyncIterator[tuple[web.StreamResponse, AsyncIterator[object]]]:
    """A response that lasts, and what the session tells meanwhile."""
    response = web.StreamResponse(headers={"Content-Type": kind, "Cache-Control": "no-store"})
    outbox = room.join(pictures=False)

    async def items() -> AsyncIterator[object]:
        while (taken := await outbox.take()) is not None:
            yield taken[0]

    try:
        await response.prepare(request)
        yield response, items()
    except (ConnectionError, asyncio.CancelledError):
        pass
    finally:
        room.leave(outbox)

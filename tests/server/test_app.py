"""The server over real sockets: who may come in, what they may do, and that nobody harms another."""

import asyncio
import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import aiohttp
import av
import numpy as np
import pytest
from PIL import Image

from mien.core.errors import WrongUse
from mien.core.rig import ARKIT
from mien.renderers.portrait import PHOTO
from mien.server.app import Server
from mien.server.client import Piece, live
from mien.server.guard import Guard
from mien.server.limits import Limits, Pace
from mien.server.openapi import described
from mien.server.room import Outbox, Parcel
from mien.server.wire import Feel, Heard, Interrupt, Notice, Now, Quiet, Said, Say, Speak, Use
from tests.server.doubles import cast
from tests.server.serving import served

TOKEN = "a-token-that-nobody-guesses"


def run(test) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))


def test_a_program_talks_to_it_as_the_page_does() -> None:
    async def test() -> None:
        async with served() as (server, address, _), live(address) as session:
            assert session.welcome.session in server.rooms and "tone" in session.welcome.voices
            await session.send(Say("Good morning."))
            seen, sound, words = 0, b"", []
            async for item in session:
                if isinstance(item, Piece):
                    seen += len(item.pictures)
                    sound += item.sound
                    words += [w.text for w in item.media.words]
                elif isinstance(item, Said):
                    break
            assert item == Said("Hello! How nice to see somebody. Ask me something, or type slash help.", False)
            assert " ".join(words) == item.text and seen > 50
            assert np.abs(np.frombuffer(sound, "<i2")).max() > 3000
            picture = Image.open(io.BytesIO((await session.until(Piece)).pictures[-1]))
            assert picture.size == (256, 256)

    run(test)


def test_an_interruption_comes_back_at_once_as_an_epoch() -> None:
    async def test() -> None:
        async with served() as (_, address, _), live(address) as session:
            await session.send(Say("/count"))
            while np.abs(np.frombuffer((await session.until(Piece)).sound, "<i2")).max() < 1000:
                pass
            began = time.monotonic()
            await session.send(Interrupt())
            quiet = await session.until(Quiet)
            took = time.monotonic() - began
            later = [await session.until(Piece) for _ in range(10)]
            assert quiet.epoch == 1 and took < 0.3
            assert all(not any(p.sound) for p in later if p.media.epoch == 1) and later[-1].media.epoch == 1

    run(test)


@pytest.mark.parametrize("path", ["/", "/v1/live", "/v1/sessions", "/metrics", "/page.js"])
@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": ""}]
)
def test_pages_from_elsewhere_get_nothing(path: str, headers: dict[str, str]) -> None:
    async def test() -> None:
        async with served() as (server, _, http):
            for method in ("GET", "POST"):
                async with http.request(method, path, headers=headers) as answer:
                    assert answer.status == 403 or (answer.status == 400 and not headers.get("Host", "x"))
            assert not server.rooms

    run(test)


def test_with_a_token_only_who_knows_it_comes_in() -> None:
    async def test() -> None:
        async with served(token=TOKEN) as (server, address, http):
            for path in ("/", "/v1/live", "/metrics", "/v1/openapi.json", f"/?token={TOKEN[:-1]}", "/?token=%C3%A9"):
                async with http.get(path) as answer:
                    assert answer.status == 401, path
            for path in ("/healthz", "/readyz"):
                async with http.get(path) as answer:
                    assert answer.status in (200, 503)
            async with http.get(f"/?token={TOKEN}") as answer:
                assert answer.status == 200 and answer.cookies["mien_token"]["httponly"]
            async with aiohttp.ClientSession() as other, live(address, token=TOKEN, http=other) as session:
                assert session.welcome.session in server.rooms

    run(test)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_other_addresses_need_a_token(host: str) -> None:
    with pytest.raises(WrongUse, match="--token"):
        Guard(host)
    assert Guard(host, TOKEN).address(8000).endswith(f"?token={TOKEN}")
    with pytest.raises(WrongUse, match="16"):
        Guard(host, "short")


@pytest.mark.parametrize(
    "path",
    [
        "/../app.py",
        "/web/index.html",
        "/..%2fapp.py",
        "/%2e%2e/app.py",
        "/page.js/",
        "//etc/passwd",
        "/v1/sessions/../x",
    ],
)
def test_there_is_nothing_else_to_be_had(path: str) -> None:
    async def test() -> None:
        async with served() as (_, address, http), http.get(f"{address}{path}") as answer:
            assert answer.status in (404, 405)

    run(test)


def test_everything_sent_has_its_headers_and_pages_load_nothing_from_elsewhere() -> None:
    async def test() -> None:
        async with served() as (_, _, http):
            for path in ("/", "/nothing", "/v1/openapi.json"):
                async with http.get(path) as answer:
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"
                    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            async with http.get("/") as answer:
                page = await answer.text()
        assert "http://" not in page.replace("http://www.w3.org/2000/svg", "") and "https://" not in page

    run(test)


def test_no_more_sessions_than_there_is_place_for() -> None:
    async def test() -> None:
        async with served(Limits(sessions=1)) as (server, address, http), live(address) as first:
            async with http.post("/v1/sessions") as answer:
                assert answer.status == 503 and answer.headers["Retry-After"]
                assert "1 sessions are taken" in await answer.text()
            async with live(address, session=first.welcome.session) as again:  # an old one may be come back to
                assert again.welcome.session == first.welcome.session
            assert server.refused == 1
            async with http.ws_connect("/v1/live") as socket:  # a page is told why
                assert "sessions are taken" in (await socket.receive_json())["text"]
                await socket.receive()
                assert socket.close_code == 1013

    run(test)


def test_a_face_that_cannot_come_says_why_and_is_never_ready() -> None:
    async def test() -> None:
        async with served(voice="nobody") as (server, _, http):
            await server.failed.wait()
            async with http.get("/readyz") as answer:
                assert answer.status == 503
            async with http.post("/v1/sessions") as answer:
                assert answer.status == 503 and "nobody" in await answer.text()

    run(test)


def junk(chance: random.Random):
    yield from (
        "",
        "{",
        "null",
        "[1]",
        '{"type":"say"}',
        '{"type":"use","voice":"nobody"}',
        '{"type":"feel","emotion":"x"}',
        '{"type":"move","style":"jaw=99"}',
        '{"type":"move","style":"nods=2"}',
    )
    yield from ('{"type":"perform","text":"..."}', '{"type":"say","text":"  "}', b"", b"\0" * 9, chance.randbytes(500))
    for _ in range(20):
        yield chance.randbytes(chance.randrange(60)).decode("latin-1")


def test_malformed_messages_are_answered_with_a_sentence_and_harm_nobody() -> None:
    async def test() -> None:
        async with served(Limits(rate=1000)) as (_, address, http), live(address) as bystander:
            async with http.ws_connect("/v1/live") as socket:
                for message in junk(random.Random(0)):
                    await (socket.send_bytes if isinstance(message, bytes) else socket.send_str)(message)
                notices = 0
                while notices < 25:
                    found = await socket.receive(timeout=10)
                    if found.type is aiohttp.WSMsgType.TEXT and json.loads(found.data)["type"] == "notice":
                        notices += 1
                await socket.send_str("x" * 100_000)  # more than a message may have
                while (found := await socket.receive(timeout=10)).type in (
                    aiohttp.WSMsgType.TEXT,
                    aiohttp.WSMsgType.BINARY,
                ):
                    pass
                assert socket.close_code == 1009
            await bystander.send(Say("Still there?"))
            assert (await bystander.until(Heard)).text == "Still there?"

    run(test)


def test_who_floods_is_slowed_down_and_told_so() -> None:
    async def test() -> None:
        async with served(Limits(rate=5)) as (_, address, _), live(address) as session:
            for _ in range(40):
                await session.send(Feel("happy"))
            notice = await session.until(Notice)
            assert "more than 5 messages a second" in notice.text

    run(test)
    pace = Pace(5)
    assert [pace.allows(0.0) for _ in range(11)] == [True] * 10 + [False]
    assert pace.allows(0.2) and not pace.allows(0.2)


def test_a_client_that_does_not_read_gets_no_pictures_and_is_left_at_last() -> None:
    async def test() -> None:
        limits = Limits(behind=3, lost=20)
        async with served() as (_, address, _), live(address):
            pass
        outbox = Outbox(limits, pictures=True)
        parcel = Parcel.__new__(Parcel)
        parcel.pictures = [b"x"]
        for _ in range(10):
            outbox._put(parcel)
        with_pictures = [(await outbox.take())[1] for _ in range(10)]
        assert with_pictures == [False] * 6 + [True] * 4 and outbox.unsent == 6
        for _ in range(30):
            outbox._put(parcel)
        assert outbox.lost and await outbox.take() is None

    run(test)


def test_raw_pictures_wait_only_for_those_who_draw_from_them() -> None:
    async def parcel_with_pictures(outbox: Outbox) -> Parcel:
        while True:
            item, _ = await outbox.take() or (None, False)
            if isinstance(item, Parcel) and (item.pictures or item.stretch.drawn):
                return item

    async def test() -> None:
        async with served() as (server, address, _), live(address):
            (room,) = server.rooms.values()
            slow = room.join(pictures=True)
            as_jpeg = await asyncio.wait_for(parcel_with_pictures(slow), 10)
            assert as_jpeg.pictures and not as_jpeg.stretch.drawn and not as_jpeg.stretch.segment.frames
            over_webrtc = room.join(pictures=True, coded=False)
            both = await asyncio.wait_for(parcel_with_pictures(over_webrtc), 10)
            assert both.pictures and both.stretch.drawn and not both.stretch.segment.frames

    run(test)


def test_a_session_that_outlives_the_server_tells_nobody_and_breaks_nothing() -> None:
    async def joined() -> Outbox:
        return Outbox(Limits(), pictures=True)

    asyncio.run(joined()).put("too late")  # its loop is closed


def test_sessions_that_nobody_needs_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.server.app.SWEEP", 0.3)

    async def test() -> None:
        async with served(Limits(absent=0.3, idle=3.0)) as (server, address, _):
            async with live(address):
                assert len(server.rooms) == 1
            await asyncio.sleep(1.5)
            assert not server.rooms
            async with live(address) as session:
                with contextlib.suppress(ConnectionError):
                    while True:
                        await asyncio.wait_for(session.until(Piece), 10)
                assert not server.rooms

    run(test)


def test_a_session_that_is_just_ending_as_the_server_ends_does_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end waits for a thread, as on a busy machine; the server waits for it."""
    monkeypatch.setattr("mien.server.app.SWEEP", 0.3)
    sessions = []

    async def test() -> None:
        loop, go_on = asyncio.get_running_loop(), threading.Event()
        async with served(Limits(absent=0.1)) as (server, _, http):
            async with http.post("/v1/sessions") as answer:
                assert answer.status == 201
            sessions.extend(room.session for room in server.rooms.values())
            for _ in range(64):
                loop.run_in_executor(None, go_on.wait, 10)
            while server.rooms:
                await asyncio.sleep(0.01)
            loop.call_later(0.5, go_on.set)

    run(test)
    assert [session.alive for session in sessions] == [False]


def test_clients_that_die_in_mid_word_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.server.app.SWEEP", 0.3)
    before = set(threading.enumerate())

    async def test() -> None:
        chance = random.Random(3)
        async with served(Limits(absent=0.2, sessions=6)) as (server, address, _), live(address) as steady:
            for _ in range(3):
                async with aiohttp.ClientSession() as http:
                    sockets = [await http.ws_connect(f"{address}/v1/live") for _ in range(3)]
                    for socket in sockets:
                        await socket.send_str('{"type":"say","text":"/count"}')
                    await asyncio.sleep(chance.uniform(0.1, 0.9))
                    for socket in sockets:
                        socket._response.connection.transport.abort()
                await asyncio.sleep(1.5)
            assert len(server.rooms) == 1
            await steady.send(Say("And you?"))
            assert (await steady.until(Heard)).text == "And you?"

    run(test)
    until = time.monotonic() + 10
    while (
        left := {t for t in set(threading.enumerate()) - before if t.name.startswith("mien")}
    ) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def test_the_api_opens_a_session_tells_what_happens_and_ends_it() -> None:
    async def test() -> None:
        async with served() as (server, _, http):
            async with http.post("/v1/sessions", json={"voice": "tone", "emotion": "happy:0.5"}) as answer:
                assert answer.status == 201
                session = (await answer.json())["session"]
            one = f"/v1/sessions/{session}"
            async with http.get(f"{one}/events") as events:
                await events.content.readline()
                async with http.post(f"{one}/messages", json={"type": "say", "text": "The kettle."}) as answer:
                    assert answer.status == 202
                told = []
                async for line in events.content:
                    if line.startswith(b"data: "):
                        told.append(json.loads(line[6:]))
                        if told[-1]["type"] == "said":
                            break
            assert {"type": "heard", "text": "The kettle.", "final": True} in told
            assert told[-1] == {"type": "said", "text": "You said: The kettle.", "interrupted": False}
            async with http.post(f"{one}/messages", json={"type": "say"}) as answer:
                assert answer.status == 400 and "needs text" in await answer.text()
            async with http.delete(one) as answer:
                assert answer.status == 204 and not server.rooms
            async with http.delete(one) as answer:
                assert answer.status == 404
            async with http.post("/v1/sessions", json={"voice": "nobody"}) as answer:
                assert answer.status == 400 and not server.rooms

    run(test)


def test_motion_comes_as_arkit_frames_on_the_clock_of_the_sound() -> None:
    async def test() -> None:
        async with served() as (server, _, http):
            async with http.post("/v1/sessions") as answer:
                session = (await answer.json())["session"]
            async with http.get(f"/v1/sessions/{session}/motion") as motion:
                head = json.loads(await motion.content.readline())
                assert head["channels"] == list(ARKIT.names)
                await http.post(f"/v1/sessions/{session}/messages", json={"type": "perform", "text": "Mama, papa."})
                frames = [json.loads(await motion.content.readline()) for _ in range(60)]
            assert [f["index"] for f in frames] == list(range(frames[0]["index"], frames[0]["index"] + 60))
            assert all(f["at"] == pytest.approx(f["index"] / 25, abs=1e-4) for f in frames)
            jaw = [f["values"][head["channels"].index("jawOpen")] for f in frames]
            assert max(jaw) > 0.15
            assert server.rooms[session].session.stage.drawn <= 5  # nobody looks, so nothing is drawn

    run(test)


@pytest.mark.parametrize("form", ["mp3", "opus", "flac", "wav", "pcm"])
def test_speech_in_openais_shape(form: str) -> None:
    async def test() -> None:
        async with served() as (_, _, http):
            asked = {"model": "any", "input": "Good morning, everybody.", "voice": "tone", "response_format": form}
            async with http.post("/v1/audio/speech", json=asked) as answer:
                data = await answer.read()
                assert answer.status == 200 and answer.content_type.startswith("audio/")
        if form == "pcm":
            seconds, loud = len(data) / 48000, np.abs(np.frombuffer(data, "<i2")).max() / 32767
        else:
            with av.open(io.BytesIO(data)) as file:
                frames = [f.to_ndarray() for f in file.decode(audio=0)]
                rate = file.streams.audio[0].rate
            whole = np.concatenate([f.ravel() for f in frames]).astype(np.float64)
            seconds, loud = len(whole) / rate, np.abs(whole).max()
        assert 1.0 < seconds < 3.5 and loud > 0.1

    run(test)


@pytest.mark.parametrize(
    "asked", [{}, {"input": 3}, {"input": "a", "response_format": "exe"}, {"input": "a", "speed": 9}, {"input": "..."},
              {"input": "a", "voice": "nobody"}, {"input": "a" * 9000}],
)  # fmt: skip
def test_speech_that_cannot_be_is_refused(asked: dict) -> None:
    async def test() -> None:
        async with served() as (_, _, http), http.post("/v1/audio/speech", json=asked) as answer:
            assert answer.status == 400 and len(await answer.text()) < 3000

    run(test)


def bomb() -> bytes:
    file = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    return file.getvalue()


def test_another_photo_comes_on_stage_and_what_is_none_does_not() -> None:
    async def test() -> None:
        limits = Limits(upload=2_000_000)
        async with served(limits, renderer="portrait") as (server, address, http), live(address) as session:
            one = f"/v1/sessions/{session.welcome.session}/portrait"
            stage = server.rooms[session.welcome.session].session.stage
            before = stage.face
            for data, status in ((b"no picture", 400), (bomb(), 400), (bytes(3_000_000), 413)):
                async with http.put(one, data=io.BytesIO(data)) as answer:
                    assert answer.status == status, await answer.text()
                    assert "/tmp" not in await answer.text()
            assert stage.face is before
            async with http.put(one, data=PHOTO.read_bytes()) as answer:
                assert answer.status == 200
                found = await answer.json()
            assert found["verdict"] in ("good", "usable") and stage.face is not before
            assert (await session.until(Piece)).media

    run(test)


def test_the_description_of_the_api_is_whole() -> None:
    text = json.dumps(described())
    names = described()["components"]["schemas"]
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.split('"')[0] in names
    server = Server(cast(), Guard("127.0.0.1"))
    asyncio.run(_noted(server, described()["paths"]))


async def _noted(server: Server, paths: dict) -> None:
    routes = {r.resource.canonical for r in server.app().router.routes() if r.resource.canonical.startswith("/v1/")}
    assert routes - {"/v1/live", "/v1/openapi.json"} == set(paths)


def test_metrics_count_what_happens() -> None:
    async def test() -> None:
        async with served() as (_, address, http), live(address) as session:
            await session.until(Piece)
            async with http.get("/metrics") as answer:
                lines = dict(
                    line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if not line.startswith("#")
                )
            assert lines["mien_sessions"] == "1" and int(lines["mien_frames_drawn_total"]) > 0

    run(test)


def test_a_voice_and_a_feeling_can_be_changed_in_the_middle() -> None:
    async def test() -> None:
        async with served() as (server, address, _), live(address) as session:
            await session.send(Use("tone"))
            await session.send(Feel("sad:0.4"))
            await session.send(Say("Hm."))
            assert (await session.until(Now)).state in ("thinking", "speaking")
            (room,) = server.rooms.values()
            assert str(room.session.emotion) == "sad:0.4"

    run(test)


def test_mien_serve_says_where_and_ends_in_peace_when_told_to() -> None:
    command = [
        sys.executable,
        "-m",
        "mien.cli",
        "serve",
        "--port",
        "0",
        "--renderer",
        "sketch",
        "--voice",
        "tone",
        "--size",
        "256",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stderr is not None
    line = process.stderr.readline()
    address = line.split()[2]

    async def test() -> None:
        async with live(address) as session:
            await session.send(Say("Good morning."))
            await session.until(Heard)
            process.send_signal(signal.SIGTERM)
            said = await session.until(Said)
            assert not said.interrupted  # it finished its sentence

    run(test)
    assert process.wait(15) == 0
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


@pytest.mark.parametrize(
    "arguments",
    [["--host", "0.0.0.0"], ["--agent", "openai"], ["--agent", "nobody"], ["--voice", "x"], ["--port", "99999"]],
)
def test_what_cannot_be_served_is_refused_in_a_sentence(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mien.cli", "serve", *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and done.stderr.startswith("mien: ") and "Traceback" not in done.stderr


def tone(seconds: float, rate: int = 24000) -> bytes:
    times = np.arange(round(seconds * rate)) / rate
    return (8000 * np.sin(2 * np.pi * 220 * times) * (1 + np.sin(8 * np.pi * times)) / 2).astype("<i2").tobytes()


async def heard_of(session, seconds: float) -> np.ndarray:
    """(n,) sound from the first that is loud on."""
    parts: list[np.ndarray] = []
    async for item in session:
        if isinstance(item, Piece):
            samples = np.frombuffer(item.sound, "<i2")
            if parts or np.abs(samples).max(initial=0) > 100:
                parts.append(samples)
            if sum(map(len, parts)) > seconds * 24000:
                break
    return np.concatenate(parts)


def test_ready_speech_is_said_as_it_comes_over_a_socket() -> None:
    async def chunks():
        sound = tone(1.2, 16000)
        for at in range(0, len(sound), 3200):
            yield sound[at : at + 3200]
            await asyncio.sleep(0.1)

    async def test() -> None:
        async with served() as (_, address, _), live(address) as session:
            sending = asyncio.create_task(session.speak(chunks(), 16000))
            sound = await heard_of(session, 2.0)
            await sending
            loud = np.flatnonzero(np.abs(sound) > 300)
            assert 1.1 <= (loud[-1] - loud[0]) / 24000 <= 1.4

    run(test)


@pytest.mark.parametrize("kind", ["audio/pcm;rate=16000", "audio/wav"])
def test_ready_speech_is_said_from_the_body_of_a_request(kind: str) -> None:
    from mien.core.track import Audio
    from mien.media.sound import wav_bytes

    raw = tone(1.0, 16000)
    audio = Audio(np.frombuffer(raw, "<i2").astype(np.float32) / 32768, 16000)
    data = raw if kind.startswith("audio/pcm") else wav_bytes(audio)

    async def test() -> None:
        async with served() as (_, address, http), live(address) as session:
            one = f"/v1/sessions/{session.welcome.session}/speech"
            async with http.post(one, data=data, headers={"Content-Type": kind}) as answer:
                assert answer.status == 200, await answer.text()
                assert (await answer.json())["seconds"] == pytest.approx(1.0, abs=0.01)
            loud = np.flatnonzero(np.abs(await heard_of(session, 1.5)) > 300)
            assert 0.9 <= (loud[-1] - loud[0]) / 24000 <= 1.1

    run(test)


@pytest.mark.parametrize("ends", ["is lost", "stalls"])
def test_ready_speech_that_breaks_off_is_no_error_of_the_server(ends: str, caplog, monkeypatch) -> None:
    from mien.server import api

    monkeypatch.setattr(api, "PATIENCE", 0.3)

    async def test() -> None:
        async def body():
            yield tone(0.2)
            if ends == "stalls":
                await asyncio.sleep(2)
            raise ConnectionResetError

        async with served() as (server, address, http), live(address) as session:
            one = f"/v1/sessions/{session.welcome.session}/speech"
            try:
                async with http.post(one, data=body(), headers={"Content-Type": "audio/pcm"}) as answer:
                    assert (answer.status, await answer.text()) == (408, "the speech did not go on in time")
            except aiohttp.ClientError:
                assert ends == "is lost"
            await asyncio.sleep(0.3)
            room = next(iter(server.rooms.values()))
            assert room.session.alive

    run(test)
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "WARNING")]


def test_a_body_that_comes_faster_than_it_is_said_is_taken_no_faster() -> None:
    async def test() -> None:
        async with served(Limits(ready=2.0)) as (_, address, http), live(address) as session:
            one = f"/v1/sessions/{session.welcome.session}/speech"
            began = time.monotonic()
            async with http.post(one, data=io.BytesIO(tone(3.0)), headers={"Content-Type": "audio/pcm"}) as answer:
                assert answer.status == 200 and (await answer.json())["seconds"] == 3.0
            assert time.monotonic() - began > 1.0  # what may not wait here waits there

    run(test)


def test_speech_that_cannot_be_said_is_refused_in_a_sentence_and_once() -> None:
    async def test() -> None:
        async with served(Limits(ready=1.0)) as (_, address, http), live(address) as session:
            one = f"/v1/sessions/{session.welcome.session}/speech"
            for kind, data, word in (
                ("audio/pcm;rate=7", b"ab", "8000 to 48000"), ("audio/pcm;rate=x", b"ab", "number of Hz"),
                ("audio/pcm", b"abc", "half"), ("audio/wav", b"no sound at all", "the body"),
                ("audio/flac", bomb()[:2000], "the body"),
            ):  # fmt: skip
                async with http.post(one, data=data, headers={"Content-Type": kind}) as answer:
                    text = await answer.text()
                    assert answer.status == 400 and word in text and "/tmp" not in text, text
            await session._socket.send_bytes(b"speaking" + bytes(200))
            assert "must be announced" in (await session.until(Notice)).text
            await session.send(Speak(24000))
            for _ in range(20):
                await session._socket.send_bytes(b"speaking" + bytes(24000))
            assert "wait to be said" in (await session.until(Notice)).text
            await session._socket.send_bytes(b"speaking" + b"a")
            await session.send(Say("Still there?"))
            kinds = (Heard, Notice)
            async for item in session:
                if isinstance(item, kinds):
                    assert isinstance(item, Heard)  # and no notice for each of the twenty
                    break

    run(test)


def test_ids_of_sessions_begin_with_the_name_of_their_process() -> None:
    async def test() -> None:
        server = Server(cast(), Guard("127.0.0.1"), name="b2")
        server.ready.set()
        room = await server.open(seen=False)
        assert room.id.startswith("b2-") and len(room.id) > 20
        await server.close(room)

    run(test)
    for name in ("a-b", "ä", "x" * 33, "a b"):
        with pytest.raises(WrongUse, match="letters and digits"):
            Server(cast(), Guard("127.0.0.1"), name=name)

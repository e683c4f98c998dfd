"""Two processes of mien serve behind the balancers' configurations as they are shipped, but for ports and paths."""

import asyncio
import contextlib
import io
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from mien.server.client import Live, live
from mien.server.wire import Now, Perform, Said
from tests.server.test_app import run, tone

SHIPPED = Path(__file__).resolve().parents[2] / "examples" / "05_balanced"

PROGRAMS = {"nginx": "nginx-light", "caddy": "caddy"}
"""Balancers, and Debian's packages of them."""

OVER = "there is no such session, or it is over"


def needed(name: str) -> str:
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(f"no {name} on this machine: tests of its configuration need it (Debian: apt-get install {PROGRAMS[name]})")  # fmt: skip
    return program


def free_port() -> int:
    """None of those that outgoing connections are given: one that is free while its process is dead stays so."""
    for port in random.sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


@contextlib.contextmanager
def running(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """A program and whatever it starts; at the end nothing of it is left."""
    with log.open("wb") as told:
        process = subprocess.Popen(
            command, stdout=told, stderr=told, env=os.environ | environment, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


async def answers(address: str, path: str) -> None:
    """Wait until it does, with 200."""
    async with aiohttp.ClientSession(address) as http:
        for _ in range(400):
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(path) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)
    raise AssertionError(f"nothing at {address}{path}")


class Two:
    """Processes named a and b. Use as a context."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, contextlib.ExitStack()
        self._ports = {name: free_port() for name in "ab"}
        self._processes: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Two":
        for name in "ab":
            self.start(name)
        asyncio.run(self.ready())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, name: str) -> None:
        if name in self._processes:
            self._processes[name].wait(20)
        options = f"--name {name} --port {self._ports[name]} --sessions 30 --renderer sketch --voice tone --size 256"
        command = [sys.executable, "-m", "mien.cli", "serve", *options.split()]
        self._processes[name] = self._stack.enter_context(running(command, self._folder / f"{name}.log"))

    def kill(self, name: str) -> None:
        self._processes[name].kill()
        self._processes[name].wait()

    def end(self, name: str) -> None:
        """As a person ends it: whom it has may finish."""
        self._processes[name].terminate()

    async def ready(self) -> None:
        for name in "ab":
            await answers(self.at(name), "/readyz")

    def at(self, name: str) -> str:
        """Where a process is itself."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def behind(self, text: str) -> str:
        """A configuration with the ports of these."""
        return text.replace("127.0.0.1:8001", self.at("a")[7:]).replace("127.0.0.1:8002", self.at("b")[7:])


def nginx(folder: Path, two: Two, port: int) -> list[str]:
    """The command. A user may not write where nginx writes by default."""
    text = two.behind((SHIPPED / "nginx.conf").read_text()).replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"    {kind}_temp_path {folder / kind};\n" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(text.replace("http {\n", f"http {{\n{paths}"))
    return [needed("nginx"), "-c", str(file), "-g", f"pid {folder / 'pid'}; error_log stderr; daemon off;"]


def caddy(folder: Path, two: Two, port: int) -> list[str]:
    """The command, by HTTP: there is no certificate for this machine."""
    text = two.behind((SHIPPED / "Caddyfile").read_text()).replace("face.example.org", f"http://127.0.0.1:{port}")
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n" + text)
    return [needed("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]


def homes(folder: Path) -> dict[str, str]:
    return {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    with Two(tmp_path_factory.mktemp("two")) as started:
        yield started


@pytest.fixture(scope="module", params=[nginx, caddy], ids=lambda made: made.__name__)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a balancer in front of the two."""
    needed(request.param.__name__)  # before anything is started
    folder, port = tmp_path_factory.mktemp("balancer"), free_port()
    command = request.param(folder, request.getfixturevalue("two"), port)
    with running(command, folder / "log", **homes(folder)):
        asyncio.run(answers(f"http://127.0.0.1:{port}", "/healthz"))
        yield f"http://127.0.0.1:{port}"


class Client:
    """Of a balancer. Use as a context: what it opened it ends, or each costs a fiftieth of a core for half a minute."""

    def __init__(self, address: str) -> None:
        self._address, self._opened = address, list[str]()

    async def __aenter__(self) -> "Client":
        self.http = aiohttp.ClientSession(self._address)
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self.http:
            for one in self._opened:
                async with self.http.delete(f"/v1/sessions/{one}"):
                    pass

    async def open(self) -> str:
        """A session without a page."""
        async with self.http.post("/v1/sessions") as answer:
            assert answer.status == 201, await answer.text()
            self._opened.append((await answer.json())["session"])
        return self._opened[-1]

    @contextlib.asynccontextmanager
    async def page(self, session: str = "") -> AsyncIterator[Live]:
        """A page's connection, to a new session or an old one."""
        async with live(self._address, session=session, pictures=False, http=self.http) as page:
            self._opened.append(page.welcome.session)
            yield page

    async def one_of_each(self) -> dict[str, str]:
        """A session by the name of its process."""
        made: dict[str, str] = {}
        for _ in range(30):
            if len(made) < 2:
                made.setdefault((one := await self.open())[0], one)
        assert set(made) == {"a", "b"}
        return made


async def told(http: aiohttp.ClientSession, session: str) -> tuple[int, str]:
    """How a message to a session is answered."""
    async with http.post(f"/v1/sessions/{session}/messages", json={"type": "feel", "emotion": "happy"}) as answer:
        return answer.status, await answer.text()


async def count(two: Two, name: str) -> int:
    """Sessions that a process ever opened."""
    async with aiohttp.ClientSession(two.at(name)) as http, http.get("/metrics") as answer:
        return int((await answer.text()).split("\nmien_sessions_opened_total ")[1].split()[0])


def test_new_sessions_are_spread(address: str) -> None:
    async def test() -> None:
        async with Client(address) as client, contextlib.AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(client.page()) for _ in range(4)]
            assert {page.welcome.session[:2] for page in pages} == {"a-", "b-"}
            assert await client.one_of_each()  # those without a page, too

    run(test)


def test_whatever_is_asked_of_a_session_meets_its_own_process(two: Two, address: str) -> None:
    async def test() -> None:
        async with Client(address) as client:
            http, made = client.http, await client.one_of_each()
            for name, other in ("ab", "ba"):
                async with aiohttp.ClientSession(two.at(other)) as elsewhere:
                    assert await told(elsewhere, made[name]) == (404, OVER)  # only its own knows it
            before = [await count(two, name) for name in "ab"]
            for _ in range(10):
                for one in made.values():
                    assert (await told(http, one))[0] == 202
                    async with client.page(one) as again:
                        assert again.welcome.session == one
            assert [await count(two, name) for name in "ab"] == before
            for one in made.values():
                async with http.delete(f"/v1/sessions/{one}") as answer:
                    assert answer.status == 204
                assert await told(http, one) == (404, OVER)

    run(test)


def test_motion_comes_as_it_is_made(address: str) -> None:
    async def lags(http: aiohttp.ClientSession, one: str) -> list[float]:
        """Seconds between a frame's moment and its arrival, beside the first's."""
        found: list[float] = []
        async with http.get(f"/v1/sessions/{one}/motion") as answer:
            async for line in answer.content:
                if (frame := json.loads(line))["type"] == "motion":
                    found.append(time.monotonic() - frame["at"])
                if len(found) == 30:
                    break
        return [lag - found[0] for lag in found]

    async def test() -> None:
        async with Client(address) as client:
            http, made = client.http, await client.one_of_each()
            for found in await asyncio.gather(*(lags(http, one) for one in made.values())):
                assert len(found) == 30 and -0.8 < min(found) <= max(found) < 0.8  # not 1.2 s at once

    run(test)


def test_ready_speech_is_heard_and_told_of_while_it_is_still_sent(address: str) -> None:
    async def test() -> None:
        async with Client(address) as client:
            http, made = client.http, await client.one_of_each()
            await asyncio.gather(*(spoken(http, one) for one in made.values()))

    async def spoken(http: aiohttp.ClientSession, one: str) -> None:
        there, begun = asyncio.Event(), asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield tone(0.5)
            await asyncio.wait_for(begun.wait(), 10)  # neither that nor what is told back may be held up
            yield tone(0.1)

        async def listen() -> None:
            async with http.get(f"/v1/sessions/{one}/events") as events:
                async for line in events.content:
                    there.set()
                    if b'"speaking"' in line:
                        return begun.set()

        listening = asyncio.create_task(listen())
        await there.wait()
        speech = {"data": body(), "headers": {"Content-Type": "audio/pcm"}}
        async with http.post(f"/v1/sessions/{one}/speech", **speech) as answer:
            assert answer.status == 200 and await answer.json() == {"seconds": 0.6}
        await listening

    run(test)


def test_what_one_client_breaks_sends_no_other_elsewhere(address: str) -> None:
    async def test() -> None:
        async with Client(address) as client:
            http, made = client.http, await client.one_of_each()
            for one in made.values():
                host, port = address[7:].split(":")
                for body in (b"zz\r\n", b"fff\r\n" + bytes(100)):  # no chunk, and a part of one
                    reader, writer = await asyncio.open_connection(host, int(port))
                    writer.write(
                        f"POST /v1/sessions/{one}/speech HTTP/1.1\r\nHost: {host}:{port}\r\n"
                        "Content-Type: audio/pcm\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
                        + body
                    )
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(12), 0.2)
                    writer.transport.abort()
                    assert [(await told(http, each))[0] for each in made.values()] == [202, 202]
                large = io.BytesIO(bytes(17_000_000))
                async with (
                    aiohttp.ClientSession(address) as another,  # its connection is closed, as more was to come on it
                    another.put(f"/v1/sessions/{one}/portrait", data=large) as answer,
                ):
                    assert answer.status == 413 and "16000000" in await answer.text()  # mien's own limit
                assert [(await told(http, each))[0] for each in made.values()] == [202, 202]

    run(test)


def test_a_process_that_is_about_to_end_lets_its_own_finish_and_newcomers_go_elsewhere(two: Two, address: str) -> None:
    async def test() -> None:
        async with Client(address) as client:
            made = await client.one_of_each()
            async with client.page(made["a"]) as page:
                await page.send(Perform("One two three four five, once I caught a fish alive."))
                while (await page.until(Now)).state != "speaking":
                    pass
                two.end("a")
                await asyncio.sleep(1.5)  # Caddy asks once a second
                for _ in range(4):
                    async with client.page() as other:
                        assert other.welcome.session.startswith("b-")
                assert not (await page.until(Said)).interrupted
            two.start("a")
            await two.ready()

    run(test)


def test_of_a_process_that_is_gone_clients_get_a_new_session_and_when_it_is_back_so_do_others(
    two: Two, address: str
) -> None:
    async def test() -> None:
        async with Client(address) as client:
            http, made = client.http, await client.one_of_each()
            gone = made["a"]
            async with client.page(gone) as page:
                two.kill("a")
                with pytest.raises(ConnectionError):
                    await page.until(Said)
            async with client.page(gone) as page:
                assert page.welcome.session.startswith("b-")  # while it is there, nobody has fewer than who is gone
                new = [await client.open() for _ in range(6)]
                for _ in range(3):
                    async with client.page() as other:
                        new.append(other.welcome.session)
                assert {one[:2] for one in new} == {"b-"}
                assert await told(http, gone) == (404, OVER)
                async with http.post(f"/v1/sessions/{gone}/speech", data=tone(0.1)) as answer:
                    assert (answer.status, await answer.text()) == (404, OVER)
                async with http.get(f"/v1/sessions/{gone}/motion") as answer:
                    assert (answer.status, await answer.text()) == (404, OVER)
                assert (await told(http, made["b"]))[0] == 202

                two.start("a")
                await two.ready()
                until = time.monotonic() + 15
                while not (one := await client.open()).startswith("a-"):
                    assert time.monotonic() < until
                    await asyncio.sleep(0.1)
                assert (await told(http, one))[0] == 202  # every way to it knows that it is back

    run(test)


def test_the_caddyfile_is_valid_as_it_is(tmp_path: Path) -> None:
    file = str(SHIPPED / "Caddyfile")
    for command in (["validate", "--config", file, "--adapter", "caddyfile"], ["fmt", file]):
        done = subprocess.run(
            [needed("caddy"), *command], capture_output=True, text=True, env=os.environ | homes(tmp_path)
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout == Path(file).read_text()

"""Against a small server that really streams."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mien.agents.openai import KEY, OpenAI
from mien.core.errors import MienError, WrongUse
from mien.core.plan import SELF, Utterance
from mien.testing import check_agent

HELLO = ["[hap", "py:0.8] Hello", " there. ", "How are", " you? ", "[sad:0.4]", " I was", " alone."]


@contextmanager
def endpoint(tokens, *, status: int = 200, pause: float = 0.0, raw: bytes | None = None):
    """A server that writes ``tokens`` one event at a time; gives its address and what it was asked."""
    asked, gone = [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, body, dict(self.headers)))
            self.send_response(status)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            try:
                if raw is not None:
                    self.wfile.write(raw)
                    return
                for token in tokens:
                    event = json.dumps({"choices": [{"delta": {"content": token}}]})
                    self.wfile.write(f": ping\n\ndata: {event}\n\n".encode())
                    self.wfile.flush()
                    time.sleep(pause)
                self.wfile.write(b'data: {"choices":[{"delta":{}}]}\n\ndata: [DONE]\n\n')
            except OSError:
                gone.set()

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked, gone
    finally:
        server.shutdown()
        server.server_close()


def talk(address: str, *heard: Utterance) -> list[Utterance]:
    return list(OpenAI(address, "small").reply(heard or (Utterance("Hi", "user"),)))


def test_it_keeps_the_contract() -> None:
    with endpoint(HELLO) as (address, _, _):
        check_agent(OpenAI(address, "small"))


def test_an_answer_is_spoken_sentence_by_sentence_with_its_feelings() -> None:
    with endpoint(HELLO) as (address, _, _):
        said = talk(address)
    assert [(u.text, str(u.emotions[0].value if u.emotions else u.emotion)) for u in said] == [
        ("Hello there.", "happy:0.8"), ("How are you?", "happy:0.8"), ("I was alone.", "sad:0.4"),
    ]  # fmt: skip


def test_the_first_sentence_is_there_before_the_last_is_written() -> None:
    with endpoint(HELLO, pause=0.25) as (address, _, _):
        began = time.monotonic()
        coming = OpenAI(address, "small").reply([Utterance("Hi", "user")])
        assert next(coming).text == "Hello there."
        first = time.monotonic() - began
        list(coming)
        assert first < 0.6 * (time.monotonic() - began)


def test_who_leaves_an_answer_ends_it_at_the_server() -> None:
    with endpoint(["Yes. "] * 1000, pause=0.01) as (address, _, gone):
        coming = OpenAI(address, "small").reply([Utterance("Hi", "user")])
        next(coming)
        coming.close()
        assert gone.wait(5)


def test_the_model_is_told_what_was_really_said_and_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "secret")
    with endpoint(HELLO) as (address, asked, _):
        talk(address, Utterance("Hi", "user"), Utterance("Hello the", SELF), Utterance("Stop", "user"))
    (path, body, headers) = asked[0]
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer secret" and body["stream"] is True
    assert [(m["role"], m["content"]) for m in body["messages"][1:]] == [
        ("user", "Hi"), ("assistant", "Hello the"), ("user", "Stop"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"status": 404, "raw": b"no such model"}, "404.*no such model"),
        ({"raw": b"data: {\n\n"}, "no chat completion"), ({"raw": b"data: [1]\n\n"}, "no chat completion"),
        ({"raw": b'data: {"error": "out of memory"}\n\n'}, "out of memory"),
    ],
)  # fmt: skip
def test_what_goes_wrong_there_is_said_in_a_sentence(options: dict, why: str) -> None:
    with endpoint([], **options) as (address, _, _), pytest.raises(MienError, match=why):
        talk(address)


def test_nobody_there_is_said_in_a_sentence() -> None:
    with pytest.raises(MienError, match="cannot be reached"):
        talk("http://127.0.0.1:9/v1")


@pytest.mark.parametrize("address", ["", "localhost:11434", "file:///etc/passwd", "ftp://host/v1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(WrongUse, match="base URL"):
        OpenAI(address, "small")

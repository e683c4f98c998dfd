"""The page of mien rig: what it serves, to whom, and that a face that was pointed out is kept whole or not at all."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mien.face.points import guessed, read_points
from mien.pointing.server import LARGEST, Pointing

IMAGE = np.full((400, 600, 3), 90, np.uint8)


class Served:
    """A page that runs, and a way to ask it."""

    def __init__(self, out: Path) -> None:
        self.out, self.page = out, Pointing(IMAGE, guessed(IMAGE.shape), out, said="go")
        self.thread = threading.Thread(target=self.page.serve)
        self.thread.start()
        _, _, self.host, self.secret, _ = self.page.address.split("/")

    def ask(
        self, path: str, body: str | None = None, secret: str | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection(self.host, timeout=5)
        target = f"/{self.secret if secret is None else secret}/{path}"
        connection.request("GET" if body is None else "POST", target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path / "face.json")
    yield made
    made.page.saved.set()
    made.thread.join(5)
    assert not made.thread.is_alive()


def sent() -> str:
    return json.dumps({"size": [600, 400], "points": guessed(IMAGE.shape)})


def test_what_is_saved_is_read_again_as_it_was_and_the_page_ends(served: Served) -> None:
    assert served.ask("save", sent())[:2] == (200, b"saved")
    served.thread.join(5)
    assert not served.thread.is_alive()
    for name, at in read_points(served.out, IMAGE.shape).items():
        assert at == pytest.approx(guessed(IMAGE.shape)[name], abs=0.06)


def test_the_page_and_its_picture_come_to_who_knows_the_secret(served: Served) -> None:
    status, page, headers = served.ask("")
    assert status == 200 and b"Where is the face?" in page and headers["Cache-Control"] == "no-store"
    assert served.ask("picture.png")[1].startswith(b"\x89PNG")
    assert json.loads(served.ask("about.json")[1])["size"] == [600, 400]


@pytest.mark.parametrize("path", ["", "picture.png", "about.json"])
@pytest.mark.parametrize(
    ("secret", "headers"),
    [
        ("wrong", {}),
        ("", {}),
        ("%C3%A9", {}),
        (None, {"Host": "evil.example"}),
        (None, {"Origin": "http://evil.example"}),
    ],
)
def test_nobody_else_is_told_anything(served: Served, path: str, secret: str | None, headers: dict[str, str]) -> None:
    assert served.ask(path, secret=secret, **headers)[:2] == (404, b"not found")


@pytest.mark.parametrize("path", ["../face.json", "page.html", "save", "about.json/", "picture.png?x", "%2e%2e/x"])
def test_there_is_nothing_else_to_be_had(served: Served, path: str) -> None:
    assert served.ask(path)[0] == 404


@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ("[]", 400), (sent().replace("chin", "tail"), 400), ("x" * (LARGEST + 1), 404)]
)
def test_what_is_no_face_is_not_saved_and_the_page_goes_on(served: Served, body: str, status: int) -> None:
    assert served.ask("save", body)[0] == status
    assert not served.out.exists() and served.thread.is_alive()
    assert served.ask("about.json")[0] == 200


def test_a_stranger_cannot_save(served: Served) -> None:
    assert served.ask("save", sent(), Origin="http://evil.example")[0] == 404
    assert served.ask("save", sent(), secret="wrong")[0] == 404
    assert not served.out.exists()


def test_what_cannot_be_written_is_told_to_the_page(tmp_path: Path) -> None:
    made = Served(tmp_path / "none" / "face.json")
    status, said, _ = made.ask("save", sent())
    made.page.saved.set()
    made.thread.join(5)
    assert status == 400 and b"there is no folder" in said


def test_it_listens_on_the_loopback_alone(served: Served) -> None:
    assert served.host.startswith("127.0.0.1:")

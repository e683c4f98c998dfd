"""The page's server: on the loopback alone, for one picture, until the points are saved.

Whoever wants anything of it must know the secret in its address; a page from elsewhere that guesses the port gets
nothing, and neither does a name that was made to point here (DNS rebinding).
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from mien.core.errors import BadInput, OutputFailed
from mien.core.files import atomic_output
from mien.core.frame import Image
from mien.face.points import NEEDED, OPTIONAL, Points, checked

PAGE = Path(__file__).with_name("page.html")

HOST = "127.0.0.1"

LARGEST = 100_000
"""Bytes of what is sent to be saved."""

PATIENCE = 20
"""Seconds a browser may take to say what it wants."""


class Pointing:
    """One picture and the points on it.

    image : (h, w, 3); points : where they lie at first; found : whether they lie on a face, which needs no more than to
    be put right; out : where they are saved; said : what a saved file is for
    """

    def __init__(self, image: Image, points: Points, out: Path, *, found: bool = False, said: str = "") -> None:
        self.secret = secrets.token_urlsafe(16)
        self.saved = threading.Event()
        self._image, self._out = image, out
        height, width = image.shape[:2]
        self._about = {
            "size": [width, height], "points": points, "needed": list(NEEDED), "optional": list(OPTIONAL),
            "found": found, "said": said,
        }  # fmt: skip
        self._server = ThreadingHTTPServer((HOST, 0), partial(_Handler, self))
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{HOST}:{self._server.server_address[1]}/{self.secret}/"

    def serve(self) -> None:
        """Until the points are saved, or KeyboardInterrupt."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            while not self.saved.wait(0.2):  # a wait without end would not hear Ctrl-C on every system
                pass
        finally:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """Kind and content of what lies at a path behind the secret."""
        makers: dict[str, tuple[str, Callable[[], bytes]]] = {
            "": ("text/html; charset=utf-8", PAGE.read_bytes),
            "about.json": ("application/json", lambda: json.dumps(self._about).encode()),
            "picture.png": ("image/png", self._picture),
        }
        if path not in makers:
            return None
        kind, make = makers[path]
        return kind, make()

    def _picture(self) -> bytes:
        file = BytesIO()
        Pillow.fromarray(self._image).save(file, "PNG", compress_level=1)
        return file.getvalue()

    def save(self, data: bytes) -> None:
        """Errors: BadInput for what is not a face's points, OutputFailed."""
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            raise BadInput("what came is no JSON") from None
        points = checked(found, self._image.shape)
        kept = {"size": self._about["size"], "points": {name: [round(v, 1) for v in at] for name, at in points.items()}}
        with atomic_output(self._out) as temporary:
            temporary.write_text(json.dumps(kept, indent=1) + "\n")


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE

    def __init__(self, pointing: Pointing, *arguments: Any) -> None:
        self._pointing = pointing
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = self._asked()
        answer = None if path is None else self._pointing.answer(path)
        if answer is None:
            self._send(404, "text/plain", b"not found")
        else:
            self._send(200, *answer)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self._asked() != "save" or not length.isascii() or not length.isdigit() or int(length) > LARGEST:
            self._send(404, "text/plain", b"not found")
            return
        try:
            self._pointing.save(self.rfile.read(int(length)))
        except (BadInput, OutputFailed) as error:
            self._send(400, "text/plain; charset=utf-8", str(error).encode())
            return
        self._send(200, "text/plain", b"saved")
        self._pointing.saved.set()

    def _asked(self) -> str | None:
        """What is asked for behind the secret; None for whoever does not know it or came by another name."""
        port = self.server.server_port  # type: ignore[attr-defined]
        if self.headers.get("Host") not in (f"{HOST}:{port}", f"localhost:{port}"):
            return None
        if self.headers.get("Origin") not in (None, f"http://{HOST}:{port}", f"http://localhost:{port}"):
            return None
        _, secret, *rest = [*self.path.split("/", 2), ""]
        known = secrets.compare_digest(secret.encode(), self._pointing.secret.encode())
        return rest[0] if known else None

    def _send(self, code: int, kind: str, content: bytes) -> None:
        self.send_response(code)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(content))), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def version_string(self) -> str:
        return "mien"

    def log_message(self, *_: Any) -> None:
        """Nothing: the terminal is the user's."""

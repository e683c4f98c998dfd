"""Who may come in: on the loopback this machine, elsewhere whoever knows the token; never a page from elsewhere."""

from __future__ import annotations

import ipaddress
import secrets
from urllib.parse import urlsplit

from aiohttp import web

from mien.core.errors import WrongUse

COOKIE = "mien_token"

OPEN = ("/healthz", "/readyz")
"""What anybody may ask, such as a balancer."""

SHORTEST = 16
"""Characters of a token."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """host : what is listened on; token : what a stranger must know; secure : by HTTPS

    Errors: WrongUse for an address that others reach, without a token.
    """

    def __init__(self, host: str, token: str = "", *, secure: bool = False) -> None:
        if not token and not is_loopback(host):
            made = secrets.token_urlsafe(24)
            raise WrongUse(f"others can reach {host}: give a token they must know, as in: --token {made}")
        if token and len(token) < SHORTEST:
            raise WrongUse(f"a token must have at least {SHORTEST} characters, got {len(token)}")
        self.host, self._token, self._scheme = host, token, "https" if secure else "http"

    def address(self, port: int) -> str:
        """What to open in a browser."""
        name = f"[{self.host}]" if ":" in self.host else "127.0.0.1" if self.host == "0.0.0.0" else self.host
        return f"{self._scheme}://{name}:{port}/" + (f"?token={self._token}" if self._token else "")

    def check(self, request: web.Request) -> None:
        """Errors: web.HTTPForbidden, web.HTTPUnauthorized."""
        asked = urlsplit(f"//{request.headers.get('Host', '')}")
        if not self._token and not is_loopback(asked.hostname or ""):
            raise web.HTTPForbidden(text="this server is for this machine alone")  # a name made to point here
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != asked.netloc:
            raise web.HTTPForbidden(text="a page from elsewhere may not use this server")
        if self._token and request.path not in OPEN and not self._knows(request):
            raise web.HTTPUnauthorized(text="a token is needed: open the address that mien serve printed")

    def _knows(self, request: web.Request) -> bool:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        given = (bearer, request.query.get("token", ""), request.cookies.get(COOKIE, ""))
        return any(secrets.compare_digest(one.encode(), self._token.encode()) for one in given)

    def let_in(self, request: web.Request, response: web.Response) -> None:
        """Whoever came with the token in the address need not show it again."""
        if self._token and request.query.get("token"):
            response.set_cookie(COOKIE, self._token, httponly=True, samesite="Strict", secure=request.secure)

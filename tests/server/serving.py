"""A server of a test's own, over real sockets."""

import contextlib

import aiohttp
from aiohttp import web

from mien.server.app import Server
from mien.server.guard import Guard
from mien.server.limits import Limits
from mien.server.wire import Ice
from tests.server.doubles import cast


@contextlib.asynccontextmanager
async def served(
    limits: Limits | None = None, *, host: str = "127.0.0.1", token: str = "", ice: tuple[Ice, ...] = (), **options
):
    """A server in this process on a free port, its address, and a client."""
    server = Server(cast(**options), Guard(host, token), limits, ice)
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    address = f"http://{host}:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession(address) as http:
        try:
            yield server, address, http
        finally:
            await runner.cleanup()

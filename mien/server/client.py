"""A client in Python: what the page is in JavaScript, for programs, load generators and tests.

async with live("http://127.0.0.1:8000/") as session:
    await session.send(Say("Hello"))
    async for item in session:
        ...
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from mien.server.wire import (
    FROM_SERVER,
    Media,
    PageMessage,
    Speak,
    Spoken,
    Welcome,
    bytes_from_speech,
    media_from,
    name_of,
    text_from,
)

_KINDS = {name_of(kind): kind for kind in FROM_SERVER}


@dataclass(frozen=True)
class Piece:
    """A stretch: sound as 16-bit samples, pictures as JPEG."""

    media: Media
    sound: bytes
    pictures: list[bytes]


class Live:
    """A session that is connected to; iterate over it for messages (wire.py) and Pieces, in order."""

    def __init__(self, socket: ClientWebSocketResponse, welcome: Welcome) -> None:
        self._socket, self.welcome = socket, welcome

    async def send(self, message: PageMessage) -> None:
        await self._socket.send_str(text_from(message))

    async def speak(self, sound: AsyncIterator[bytes], rate: int) -> None:
        """Have ready speech said as it comes: 16-bit little-endian mono sound. rate : Hz"""
        await self.send(Speak(rate))
        async for piece in sound:
            await self._socket.send_bytes(bytes_from_speech(piece))
        await self.send(Spoken())

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                yield Piece(*media_from(message.data))
            elif message.type is WSMsgType.TEXT:
                yield message_from_server(message.data)

    async def until(self, kind: type) -> Any:
        """The next of a kind; what comes before it is passed over. Errors: ConnectionError at the end."""
        async for item in self:
            if isinstance(item, kind):
                return item
        raise ConnectionError(f"the session ended before there was a {kind.__name__}")


def message_from_server(text: str) -> Any:
    """A message of the server; fields that this client does not know are left out."""
    found = json.loads(text)
    kind = _KINDS[found.pop("type")]
    return kind(**{name: value for name, value in found.items() if name in kind.__slots__})


@asynccontextmanager
async def live(
    address: str, *, session: str = "", token: str = "", pictures: bool = True, http: ClientSession | None = None
) -> AsyncIterator[Live]:
    """A session at an address that ``mien serve`` printed: a new one, or an old one by its id."""
    query = {"session": session, "pictures": "yes" if pictures else "no"}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    own = ClientSession() if http is None else None
    client = own or http
    assert client is not None
    try:
        url = f"{address.split('?')[0].rstrip('/')}/v1/live"
        async with client.ws_connect(url, params=query, headers=headers, max_msg_size=0) as socket:
            yield Live(socket, message_from_server(await socket.receive_str()))
    finally:
        if own is not None:
            await own.close()

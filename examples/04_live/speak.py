"""Have a live face say speech that is there already, piece by piece, and keep how it moves. Writes motion.jsonl."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from mien.core.plan import Utterance
from mien.performance.verbs import voice_maker
from mien.server.app import served
from mien.server.cast import Cast
from mien.server.room import samples_from

RATE = 24000


async def speech() -> AsyncIterator[bytes]:
    """What a voice of yours would send: 16-bit mono sound in pieces of a tenth of a second, in their own time."""
    for part in voice_maker("tone", 1.0)().speak([Utterance("This was said somewhere else, and is only shown here.")]):
        for piece in part.audio.split(RATE // 10):
            yield samples_from(piece).tobytes()
            await asyncio.sleep(0.1)


async def main() -> None:
    # a server of our own, on a free port; to use one that runs already, leave this line out and give its address
    async with (
        served(Cast(voice="tone", renderer="sketch", size=256)) as address,
        aiohttp.ClientSession(address) as http,
    ):
        async with http.post("/v1/sessions") as opened:
            one = f"/v1/sessions/{(await opened.json())['session']}"
        async with http.get(f"{one}/motion") as motion:
            kind = {"Content-Type": f"audio/pcm;rate={RATE}"}
            async with http.post(f"{one}/speech", data=speech(), headers=kind) as said:
                print(await said.text())
            lines = [await motion.content.readline() for _ in range(100)]
    Path("motion.jsonl").write_bytes(b"".join(lines))


asyncio.run(main())

"""Talk to a live face from a program: ask, listen, keep the sound. Writes answer.wav."""

import asyncio
import contextlib
from fractions import Fraction

import numpy as np

from mien.core.track import Audio
from mien.media import write_wav
from mien.server.app import served
from mien.server.cast import Cast
from mien.server.client import Piece, live
from mien.server.wire import Said, Say


async def main() -> None:
    # a server of our own, on a free port; to use one that runs already, leave this line out and give its address
    async with served(Cast(voice="tone", renderer="sketch", size=256)) as address, live(address) as session:
        await session.send(Say("Tell me a joke."))
        sound = []
        async with contextlib.aclosing(aiter(session)) as items:
            async for item in items:
                if isinstance(item, Piece):
                    sound.append(np.frombuffer(item.sound, "<i2"))
                elif isinstance(item, Said):
                    print(item.text)
                    break
    write_wav("answer.wav", Audio(np.concatenate(sound) / 32768, Fraction(session.welcome.sample_rate)))


asyncio.run(main())

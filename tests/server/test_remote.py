"""The page over WebRTC, in a real browser."""

import asyncio

from tests.server.browser import opened
from tests.server.test_page import SHOWN, STATE, TALK, served

LINE = "--disable-features=WebRtcHideLocalIpsWithMdns"
OVER = "mien.player !== mien.local"


def test_the_page_goes_over_to_webrtc_and_talks_as_before() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(f"{address}?transport=webrtc") as page:
            await page.until(f"{SHOWN} > 5 && {OVER}")
            await page.ask("document.getElementById('text').focus()")
            await page.type("The kettle is on.")
            await page.until(f"{STATE} === 'speaking'")
            await page.until(f"{STATE} === 'idle'")
            await page.until(f"JSON.stringify({TALK}).includes('kettle is on.\"]]')")
            assert await page.ask(TALK) == [["user", "The kettle is on."], ["face", "You said: The kettle is on."]]
            assert 0 < int(await page.ask("document.getElementById('latency').dataset.ms")) < 10_000
            assert len(server.peers) == 1
            (room,) = server.rooms.values()
            assert len(room.outboxes) == 1  # the socket was left
            assert not await page.ask("document.getElementById('video').muted") and page.errors == []

    asyncio.run(look())

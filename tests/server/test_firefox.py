"""The page in Firefox: what differs between browsers. Nothing here needs a loudspeaker, without which Firefox plays no sound."""

import asyncio
import socket

import pytest

from benchmarks.received import OVER
from tests.server.firefox import opened
from tests.server.test_head import CHOOSE
from tests.server.test_page import PIXELS, SHOWN, STATE, TALK, loses_its_line, served

PANEL = "[...document.querySelectorAll('.numbers dd')].map(e => e.textContent)"

MICROPHONE = {"media__navigator__streams__fake": True, "media__navigator__permission__disabled": True}
"""A whistle, and nobody is asked."""


def own_address() -> str:
    """Of this machine among others: Firefox has no WebRTC with the loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            pytest.skip("this machine has no network, and Firefox no WebRTC with 127.0.0.1")
        return str(one.getsockname()[0])


def test_firefox_shows_a_living_face_that_answers_and_can_be_interrupted() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(address) as page:
            await page.size(390, 844)  # of a phone
            await page.until(f"{SHOWN} > 5")
            assert await page.ask("document.documentElement.scrollWidth <= innerWidth")
            seen = {await page.ask(PIXELS) for _ in range(8) if await asyncio.sleep(0.1) is None}
            assert len(seen) > 4  # it moves
            await page.click("#text")
            await page.type("The kettle is on.")
            await page.until(f"JSON.stringify({TALK}).includes('said: The kettle is on.\"]]')")
            assert 0 < int(await page.ask("document.getElementById('latency').dataset.ms")) < 10_000
            await page.until(f"{STATE} === 'idle'")
            await page.type("/count")
            await page.until(f"JSON.stringify({TALK}).includes('one, two')")
            await page.press("Escape")
            await page.until(f"{STATE} === 'interrupted' || {STATE} === 'idle'")
            kind, text = (await page.ask(TALK))[-1]
            (room,) = server.rooms.values()
            assert kind == "face cut" and text == room.session._talk[-1].text and "twenty" not in text
            assert not [shown for shown in await page.ask(PANEL) if "NaN" in shown] and page.errors == []

    asyncio.run(look())


def test_firefox_connects_again_to_the_same_session() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(address) as page:
            await loses_its_line(page, server)

    asyncio.run(look())


def test_in_firefox_a_microphone_does_not_wait_for_loudspeakers() -> None:
    async def look() -> None:
        never = "() => { AudioContext.prototype.resume = () => new Promise(() => {}) }"
        async with served() as (server, address), opened("about:blank", **MICROPHONE) as page:
            await page.before(never)  # as where there are none
            await page.go(address)
            await page.until(f"{SHOWN} > 5")
            (room,) = server.rooms.values()
            await page.click("#mic")
            await page.until("document.getElementById('mic').getAttribute('aria-pressed') === 'true'")
            await page.until("!document.getElementById('level').hidden")
            await page.click("#mic")
            await page.until("document.getElementById('level').hidden")
            assert room.session._ear is None and page.errors == []

    asyncio.run(look())


def test_firefox_goes_over_to_webrtc_and_its_figures_are_figures() -> None:
    token = "known-to-whoever-tests"

    async def look() -> None:
        host = own_address()
        async with served(host=host, token=token) as (server, address), opened(f"{address}?token={token}") as page:
            await page.until(f"{SHOWN} > 5")
            await page.click("#text")
            await page.until(f"{SHOWN} > 5 && {OVER['webrtc']}", 40)
            (room,) = server.rooms.values()
            assert len(server.peers) == 1 and len(room.outboxes) == 1  # the socket was left
            await page.type("The kettle is on.")
            await page.until(f"JSON.stringify({TALK}).includes('said: The kettle is on.\"]]')")
            shown = await page.ask(SHOWN)
            await page.until(f"{SHOWN} > {shown + 5} && mien.player.delay !== 0.1")
            assert not [shown for shown in await page.ask(PANEL) if "NaN" in shown] and page.errors == []

    asyncio.run(look())


def test_where_firefox_cannot_draw_the_head_it_says_so_and_the_photo_stays() -> None:
    async def look() -> None:
        async with served() as (_, address), opened(address, webgl__disabled=True) as page:
            await page.until(f"{SHOWN} > 5")
            await page.ask(CHOOSE % "head")
            await page.until(f"{TALK}.some(l => l[0] === 'notice problem' && l[1].includes('WebGL'))", 40)
            assert await page.ask("document.getElementById('look').value") == "photo"
            shown = await page.ask(SHOWN)
            await page.until(f"{SHOWN} > {shown + 5}")

    asyncio.run(look())

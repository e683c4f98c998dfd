"""The page over WebRTC, in a real browser."""

import asyncio

import pytest

from benchmarks.received import OVER as WAYS
from benchmarks.received import Received, gone_over, received
from mien.server.limits import Limits
from tests.server.browser import opened
from tests.server.test_page import SHOWN, STATE, TALK, served

OVER = WAYS["webrtc"]


def test_the_page_goes_over_to_webrtc_and_talks_as_before() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(f"{address}?transport=webrtc") as page:
            await gone_over(page, "webrtc")
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


@pytest.mark.parametrize("transport", ["websocket", "webrtc"])
def test_what_is_recorded_in_the_browser_moves_in_time_with_its_sound(transport: str) -> None:
    async def look() -> Received:
        face = {"renderer": "portrait", "voice": "af_heart", "size": 256}
        async with served(**face) as (_, address), opened(f"{address}?transport={transport}") as page:
            got = await received(page, address, transport)
            assert page.errors == []
            return got

    found = []
    for _ in range(3):  # a machine that is taken away from under it for a second tells nothing
        found.append(got := asyncio.run(look()))
        # what was made is what was heard and seen, within two frames, of which the recorder takes one
        if got.sound > 0.8 and got.mouth > 0.6 and abs(got.late) <= 0.08:
            return
    raise AssertionError(found)


def test_when_webrtc_is_lost_the_socket_goes_on_with_the_same_session_and_webrtc_comes_back() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(f"{address}?transport=webrtc") as page:
            await gone_over(page, "webrtc")
            (room,) = server.rooms.values()
            await page.ask("window.first = mien.player; true")
            (peer,) = server.peers._peers.values()
            for protocol in peer._agent._protocols:  # as when the network drops
                protocol.transport.abort()
            await page.until(f"{STATE} === 'lost' || mien.player === mien.local")
            await page.until("mien.local.counts.shown > 0 && mien.player === mien.local")
            await gone_over(page, "webrtc")
            assert await page.ask("mien.player !== first")
            assert list(server.rooms) == [room.id] and len(server.peers) == 1
            await page.ask("document.getElementById('text').focus()")
            await page.type("The kettle is on.")
            await page.until(f"JSON.stringify({TALK}).includes('kettle is on.\"]]')")

    asyncio.run(look())


def test_where_webrtc_never_comes_the_socket_is_enough() -> None:
    async def look() -> None:
        async with served() as (server, address), opened("about:blank") as page:
            await page.call(
                "Page.addScriptToEvaluateOnNewDocument",
                source="RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {})",
            )
            await page.call("Page.navigate", url=f"{address}?transport=webrtc")
            await page.until(f"{SHOWN} > 5")
            await page.ask("document.getElementById('text').focus()")
            await page.type("The kettle is on.")
            await page.until(f"JSON.stringify({TALK}).includes('kettle is on.\"]]')")
            assert not await page.ask(OVER) and len(server.rooms) == 1 and page.errors == []

    asyncio.run(look())


LATE = """RTCPeerConnection.prototype.getStats = (real => async function () {
  const found = new Map(await real.call(this));
  for (const [id, one] of found)
    if (one.type === 'inbound-rtp' && one.kind === 'video')
      found.set(id, { ...one, estimatedPlayoutTimestamp: one.estimatedPlayoutTimestamp - 200 });
  return found;
})(RTCPeerConnection.prototype.getStats)"""


def test_a_line_whose_pictures_are_late_is_not_gone_over_to() -> None:
    async def look() -> None:
        async with served() as (server, address), opened("about:blank") as page:
            await page.call("Page.addScriptToEvaluateOnNewDocument", source=LATE)
            await page.call("Page.navigate", url=f"{address}?transport=webrtc")
            await page.until(f"{SHOWN} > 5")
            await page.click("#text")
            await page.until("document.getElementById('video').videoWidth > 0")
            await asyncio.sleep(5)  # twice as long as where they are in time
            assert not await page.ask(OVER) and len(server.peers) == 1
            await page.type("The kettle is on.")
            await page.until(f"JSON.stringify({TALK}).includes('kettle is on.\"]]')")
            assert page.errors == []

    asyncio.run(look())


def test_over_webrtc_it_is_silent_at_once_when_interrupted_and_falls_asleep_for_good() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(f"{address}?transport=webrtc") as page:
            await gone_over(page, "webrtc")
            await page.type("/count")
            await page.until(f"JSON.stringify({TALK}).includes('one, two')")
            await page.press("Escape", 27)
            assert await page.ask("document.getElementById('video').muted")
            await page.until(f"{STATE} === 'interrupted' || {STATE} === 'idle'")
            await page.until("!document.getElementById('video').muted", 3)
            talk = await page.ask(TALK)
            assert talk[1][0] == "face cut" and "twenty" not in talk[1][1]
            (room,) = server.rooms.values()
            room.limits = Limits(idle=1.0)
            await page.until(f"{STATE} === 'asleep'", 30)
            await asyncio.sleep(1)
            assert await page.ask(STATE) == "asleep" and not server.rooms and page.errors == []
            await page.press("a", 65)
            await page.until(f"{STATE} === 'idle'")

    asyncio.run(look())

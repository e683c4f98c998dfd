"""The page in a real browser: what a person sees, hears and does."""

import asyncio
import contextlib
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mien.core.plan import Utterance
from mien.core.track import Audio
from mien.media import write_wav
from mien.server.limits import Limits
from tests.server import serving
from tests.server.browser import opened
from tests.server.voices import spoken

LOUD = "--autoplay-policy=user-gesture-required"
"""As browsers do outside of tests: no sound before a click or a key."""


@contextlib.asynccontextmanager
async def served(limits: Limits | None = None, **options):
    """A server in this process, and its page."""
    async with serving.served(limits, **options) as (server, address, _):
        yield server, f"{address}/"


SHOWN = "window.mien && mien.player.counts.shown"
PIXELS = """(() => { const c = document.getElementById('face'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  let sum = 0; for (let i = 0; i < d.length; i += 97) sum = (sum * 31 + d[i]) >>> 0; return sum })()"""
STATE = "document.getElementById('state').dataset.state"
TALK = "[...document.querySelectorAll('#transcript li:not(.hint)')].map(l => [l.className, l.textContent])"


def test_a_living_face_is_shown_at_once_and_answers_what_is_typed() -> None:
    async def look() -> None:
        async with served() as (_, address), opened(address, LOUD) as page:
            await page.until(f"{SHOWN} > 5")
            assert await page.ask(STATE) == "idle"
            seen = {await page.ask(PIXELS) for _ in range(8) if await asyncio.sleep(0.1) is None}
            assert len(seen) > 4  # it moves
            assert not await page.ask("mien.player.awake")
            await page.ask("document.getElementById('text').focus()")
            await page.type("The kettle is on.")
            await page.until(f"{STATE} === 'speaking'")
            assert await page.ask("mien.player.awake")
            await page.until("mien.player.sources.size > 0")
            await page.until(f"{STATE} === 'idle'")
            await page.until(f"JSON.stringify({TALK}).includes('kettle is on.\"]]')")
            assert await page.ask(TALK) == [["user", "The kettle is on."], ["face", "You said: The kettle is on."]]
            assert 0 < int(await page.ask("document.getElementById('latency').dataset.ms")) < 10_000
            assert 0 < await page.ask("mien.player.worst") <= 0.04  # seconds a picture was ever from its sound
            assert page.errors == []

    asyncio.run(look())


@pytest.mark.parametrize("how", ["button", "escape", "typing"])
def test_it_is_interrupted_by_a_button_a_key_or_by_typing(how: str) -> None:
    async def look() -> None:
        async with served() as (server, address), opened(address) as page:
            await page.until(f"{SHOWN} > 5")
            await page.ask("document.getElementById('text').focus()")
            await page.type("/count")
            await page.until("mien.player.sources.size > 0")
            await page.until(f"JSON.stringify({TALK}).includes('one, two')")
            match how:
                case "button":
                    await page.click("#stop")
                case "escape":
                    await page.press("Escape", 27)
                case "typing":
                    await page.type("w", enter=False)
            assert await page.ask("mien.player.sources.size") == 0  # no sound is left to be played
            await page.until(f"{STATE} === '{'listening' if how == 'typing' else 'interrupted'}' || {STATE} === 'idle'")
            await asyncio.sleep(0.5)
            assert await page.ask("mien.player.sources.size") == 0
            talk = await page.ask(TALK)
            (room,) = server.rooms.values()
            assert talk[1][0] == "face cut" and talk[1][1] == room.session._talk[-1].text
            assert "twenty" not in talk[1][1] and page.errors == []

    asyncio.run(look())


def test_a_microphone_is_heard_answered_and_interrupts(tmp_path: Path) -> None:
    silence = np.zeros(3 * 24000, np.float32)
    hello, stop = spoken("Hello, how are you today?"), spoken("Stop, stop, please stop.")
    said = [silence, hello, *[silence] * 3, stop, silence]  # time for a slow machine to begin its answer
    file = tmp_path / "said.wav"
    write_wav(file, Audio(np.concatenate(said), Fraction(24000)))
    flags = (
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={file}%noloop",
    )  # fmt: skip

    class Talkative:
        def reply(self, heard):
            yield from [Utterance("Thank you very much, I am quite well, and I could talk about that for long.")] * 9
            yield Utterance("Indeed.")

    async def look() -> None:
        async with served(answers=Talkative) as (server, address), opened(address, *flags) as page:
            await page.size(1280, 800)
            await page.until(f"{SHOWN} > 5")
            await page.click("#mic")
            assert await page.until("document.getElementById('mic').getAttribute('aria-pressed') === 'true'")
            await page.until(f"{TALK}.some(l => l[0] === 'user' && /how are you/i.test(l[1]))", 30)
            await page.until(f"{STATE} === 'speaking'")
            await page.until(f"{TALK}.some(l => l[0] === 'face cut')", 30)
            (room,) = server.rooms.values()
            assert room.session._talk[1].text.startswith("Thank you")
            assert "Indeed" not in room.session._talk[1].text and page.errors == []
            await page.click("#mic")
            await page.until("document.getElementById('level').hidden")
            assert room.session._ear is None

    asyncio.run(look())


def test_pickers_act_and_the_theme_changes() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(address) as page:
            await page.until(f"{SHOWN} > 5")
            (room,) = server.rooms.values()
            for select, value in (("voice", "af_bella"), ("emotion", "sad")):
                await page.ask(f"(() => {{ const s = document.getElementById('{select}'); s.value = '{value}';"
                               " s.dispatchEvent(new Event('change')) })()")  # fmt: skip
            await asyncio.sleep(0.3)
            assert room.session.voice == "af_bella" and str(room.session.emotion) == "sad:0.7"
            ink = "getComputedStyle(document.body).backgroundColor"
            before = await page.ask(ink)
            await page.click("#theme")
            assert await page.ask(ink) != before and page.errors == []

    asyncio.run(look())


async def loses_its_line(page, server) -> None:
    """And comes back to the same session."""
    await page.until(f"{SHOWN} > 5")
    (room,) = server.rooms.values()
    for outbox in tuple(room.outboxes):  # as when the network drops
        room.leave(outbox)
    await page.until(f"{STATE} === 'lost'")
    await page.until(f"{STATE} === 'idle'")
    shown = await page.ask(SHOWN)
    await page.until(f"{SHOWN} > {shown + 5}")
    assert list(server.rooms) == [room.id] and page.errors == []


def test_it_connects_again_to_the_same_session() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(address) as page:
            await loses_its_line(page, server)

    asyncio.run(look())


def test_a_page_that_nobody_looks_at_falls_asleep_and_is_woken_by_a_key() -> None:
    async def look() -> None:
        async with served(Limits(idle=2.0)) as (server, address), opened(address) as page:
            await page.until(f"{SHOWN} > 5")
            await page.until(f"{STATE} === 'asleep'")
            await asyncio.sleep(1)
            assert await page.ask(STATE) == "asleep" and not server.rooms
            await page.press("a", 65)
            await page.until(f"{STATE} === 'idle'")
            assert len(server.rooms) == 1 and page.errors == []

    asyncio.run(look())


@pytest.mark.parametrize(("width", "height", "phone"), [(1280, 800, False), (390, 844, True)])
def test_everything_fits_and_everything_has_a_name(width: int, height: int, phone: bool) -> None:
    async def look() -> None:
        async with served() as (_, address), opened(address) as page:
            await page.size(width, height, phone=phone)
            await page.until(f"{SHOWN} > 5")
            assert await page.ask("document.documentElement.scrollWidth <= innerWidth")
            visible = "[...document.querySelectorAll('#face, #text, #send, #mic, #stop')].every(e => {"
            visible += " const r = e.getBoundingClientRect(); return r.width > 30 && r.bottom <= innerHeight && r.right <= innerWidth })"
            assert await page.ask(visible)
            tree = await page.call("Accessibility.getFullAXTree")
            for node in tree["nodes"]:
                if node["role"]["value"] in ("button", "textbox", "combobox", "slider", "image", "log", "status"):
                    named = node["name"]["value"] or node["role"]["value"] in ("status",)
                    assert named or node.get("ignored"), node

    asyncio.run(look())


def test_nobody_is_left_when_the_server_ends() -> None:
    before = set(threading.enumerate())

    async def look() -> None:
        async with served() as (server, address), opened(address) as page:
            await page.until(f"{SHOWN} > 5")
            assert len(server.rooms) == 1

    asyncio.run(look())
    left = [t for t in set(threading.enumerate()) - before if t.name.startswith("mien")]
    for thread in left:
        thread.join(3)  # what is drawing now may finish its frame
    assert not [t for t in left if t.is_alive()]

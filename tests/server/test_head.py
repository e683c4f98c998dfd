"""The head that the page draws itself."""

import asyncio

from tests.server.browser import opened
from tests.server.test_page import SHOWN, STATE, served

SOFT = ("--enable-unsafe-swiftshader", "--use-angle=swiftshader")
"""A graphics card in software."""

CHOOSE = (
    """(() => { const s = document.getElementById('look'); s.value = '%s'; s.dispatchEvent(new Event('change')) })()"""
)


def test_a_head_is_drawn_in_the_page_in_time_with_its_sound_and_the_server_draws_nothing() -> None:
    async def look() -> None:
        async with served() as (server, address), opened(address, *SOFT) as page:
            await page.size(390, 500)
            await page.until(f"{SHOWN} > 5")
            (room,) = server.rooms.values()
            await page.ask(CHOOSE % "head")
            await page.until("mien.head.shown > 3", 40)
            assert await page.ask("document.getElementById('face').hidden && !document.getElementById('model').hidden")
            drawn = room.session.stage.drawn
            await page.ask("""(() => { window.far = []; window.jaw = 0; const draw = mien.head.draw.bind(mien.head);
                mien.head.draw = () => { const before = mien.head.drawn; draw(); const h = mien.head;
                  if (h.drawn !== before) { far.push(mien.player.at - h.drawn);
                    jaw = Math.max(jaw, h.jaw) } } })()""")
            await page.click("#text")
            await page.type("/count")
            await page.until("jaw > 0.1 && far.length > 5", 40)
            assert room.session.stage.drawn == drawn  # nobody wants its pictures
            await page.press("Escape", 27)
            far = sorted(await page.ask("far"))
            assert far[len(far) // 2] < 0.3 and far[0] > -0.05  # what is drawn was current as its drawing began
            await page.ask(CHOOSE % "photo")
            await page.until(f"{STATE} !== 'lost' && !document.getElementById('face').hidden")
            before = await page.ask(SHOWN)
            await page.until(f"{SHOWN} > {before} + 5")
            assert list(server.rooms) == [room.id] and page.errors == []

    asyncio.run(look())

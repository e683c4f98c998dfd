"""A real Firefox without a window, driven by WebDriver BiDi over a WebSocket: a page as browser.py's, as far as tests need it."""

import asyncio
import base64
import json
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.server.tab import Tab

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)

QUIET = {
    "app.update.enabled": False, "browser.safebrowsing.downloads.remote.enabled": False, "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore", "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False, "media.gmp-manager.updateEnabled": False, "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}  # fmt: skip
"""It asks nobody for anything."""

KEYS = {"Enter": "\ue007", "Escape": "\ue00c"}


def needed() -> str:
    if FIREFOX is None:
        pytest.skip("no Firefox on this machine: these tests need one (Debian: apt-get install firefox-esr)")
    return FIREFOX


class Page(Tab):
    """A tab of Firefox."""

    def happened(self, method: str, params: dict) -> None:
        if method == "log.entryAdded" and params["level"] == "error":
            self.errors.append(params["text"])

    async def begin(self) -> None:
        await self.call("session.new", capabilities={})
        await self.call("session.subscribe", events=["log.entryAdded"])
        self._tab = (await self.call("browsingContext.getTree"))["contexts"][0]["context"]

    async def go(self, address: str) -> None:
        await self.call("browsingContext.navigate", context=self._tab, url=address, wait="interactive")

    async def before(self, script: str) -> None:
        """A function that runs in every page before its own scripts."""
        await self.call("script.addPreloadScript", functionDeclaration=script)

    async def ask(self, expression: str):
        """The value of an expression in the page; a promise is waited for."""
        found = await self.call(
            "script.evaluate", expression=f"(async () => JSON.stringify(await ({expression})) ?? null)()",
            target={"context": self._tab}, awaitPromise=True,
        )  # fmt: skip
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return json.loads(found["result"].get("value") or "null")

    async def _act(self, kind: str, *steps: dict) -> None:
        actions = [{"type": kind, "id": kind, "actions": [*steps]}]
        await self.call("input.performActions", context=self._tab, actions=actions)

    async def type(self, text: str, *, enter: bool = True) -> None:
        """As a person does, key by key, but at once: each call waits until the page was drawn."""
        await self.press(*text, *["Enter"] * enter)

    async def press(self, *keys: str) -> None:
        values = [KEYS.get(key, key) for key in keys]
        await self._act("key", *({"type": way, "value": value} for value in values for way in ("keyDown", "keyUp")))

    async def click(self, selector: str) -> None:
        x, y = await self.place(selector)
        down, up = ({"type": f"pointer{how}", "button": 0} for how in ("Down", "Up"))
        await self._act("pointer", {"type": "pointerMove", "x": round(x), "y": round(y)}, down, up)

    async def size(self, width: int, height: int) -> None:
        await self.call("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height})

    async def picture(self, path: Path) -> None:
        found = await self.call("browsingContext.captureScreenshot", context=self._tab)
        path.write_bytes(base64.b64decode(found["data"]))


@asynccontextmanager
async def opened(address: str, **settings: object):
    """A page in a browser of its own. settings : of about:config, with __ for a dot"""
    program = needed()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        wanted = {**QUIET, **{name.replace("__", "."): value for name, value in settings.items()}}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items()]
        Path(folder, "user.js").write_text("\n".join(lines))
        process = await asyncio.create_subprocess_exec(
            program, "--headless", "--remote-debugging-port", "0", "--profile", folder, "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = await _port(Path(folder, "WebDriverBiDiServer.json"))
            async with (
                aiohttp.ClientSession() as http,
                http.ws_connect(f"ws://127.0.0.1:{port}/session", max_msg_size=0) as socket,
            ):
                page = Page(socket)
                await page.begin()
                await page.go(address)
                yield page
        finally:
            process.terminate()
            await process.wait()


async def _port(file: Path) -> int:
    for _ in range(1200):
        if file.is_file() and (text := file.read_text()).endswith("}"):
            return json.loads(text)["ws_port"]
        await asyncio.sleep(0.05)
    raise AssertionError("Firefox did not start")

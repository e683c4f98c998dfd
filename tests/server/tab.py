"""A browser's tab that is driven over a WebSocket, as every browser is asked alike."""

import asyncio

import aiohttp


class Tab:
    """A tab. Errors of its scripts and what its console calls an error are kept in ``errors``."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._count, self._waiting = socket, 0, {}
        self.errors: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            found = message.json()
            if "id" in found:
                self._waiting.pop(found["id"]).set_result(found)
            else:
                self.happened(found["method"], found["params"])

    def happened(self, method: str, params: dict) -> None:
        """The browser tells of something nobody asked for."""
        raise NotImplementedError

    async def ask(self, expression: str):
        """The value of an expression in the page; a promise is waited for."""
        raise NotImplementedError

    async def call(self, method: str, **params):
        self._count += 1
        self._waiting[self._count] = asyncio.get_running_loop().create_future()
        future = self._waiting[self._count]
        await self._socket.send_json({"id": self._count, "method": method, "params": params})
        found = await asyncio.wait_for(future, 30)
        assert "error" not in found, found
        return found["result"]

    async def until(self, expression: str, seconds: float = 20.0):
        """The value of an expression once it is true."""
        for _ in range(round(seconds / 0.05)):
            if value := await self.ask(expression):
                return value
            await asyncio.sleep(0.05)
        raise AssertionError(f"never true within {seconds} s: {expression}; errors: {self.errors}")

    async def place(self, selector: str) -> list[float]:
        """x, y of the middle of an element, which is scrolled into view."""
        return await self.ask(f"(() => {{ const e = document.querySelector('{selector}'); e.scrollIntoView();"
                              " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()")  # fmt: skip

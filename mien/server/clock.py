"""The wall clock of a session."""

from __future__ import annotations

import threading
import time


class WallClock:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._over = threading.Event()

    def now(self) -> float:
        return time.monotonic() - self._began

    def wait_until(self, seconds: float) -> None:
        self._over.wait(max(0.0, seconds - self.now()))

    def stop(self) -> None:
        """Nobody waits any more."""
        self._over.set()

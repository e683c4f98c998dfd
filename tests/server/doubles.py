"""Time that a test lets pass, and who performs without any weights."""

import threading
import time

from mien.server.cast import Cast
from mien.server.session import RATE, Session, Stretch

PATIENCE = 60.0
"""Seconds of real time after which a test gives up waiting."""


class VirtualClock:
    """It stands still until the test lets it go on."""

    def __init__(self) -> None:
        self._allowed, self._over, self._moved = 0.0, False, threading.Condition()

    def now(self) -> float:
        return self._allowed

    def wait_until(self, seconds: float) -> None:
        with self._moved:
            self._moved.wait_for(lambda: self._over or self._allowed >= seconds - 1e-9, timeout=PATIENCE)

    def go_to(self, seconds: float) -> None:
        with self._moved:
            self._allowed = max(self._allowed, seconds)
            self._moved.notify_all()

    def stop(self) -> None:
        with self._moved:
            self._over = True
            self._moved.notify_all()


def cast(**options) -> Cast:
    return Cast(**{"renderer": "sketch", "voice": "tone", "size": 256, **options})


class Rehearsal:
    """A session on a virtual clock, and all it told. Use as a context."""

    def __init__(self, performers: Cast | None = None, *, seed: int = 0, **options) -> None:
        self.clock, self.told = VirtualClock(), []
        self.session = Session(performers or cast(), clock=self.clock, tell=self.told.append, seed=seed, **options)
        self.plans, update = [], self.session._update
        self.session._update = lambda plan: (self.plans.append(plan), update(plan))

    def __enter__(self):
        self.session.start()
        return self

    def __exit__(self, *_) -> None:
        self.session.close()

    @property
    def stretches(self) -> list[Stretch]:
        return [item for item in self.told if isinstance(item, Stretch)]

    def messages(self, *kinds: type) -> list:
        return [item for item in self.told if isinstance(item, kinds)]

    def go_to(self, seconds: float) -> None:
        """Until everything that begins before ``seconds`` has been told, step by step."""
        while self.clock.now() < seconds - 1e-9:
            self.clock.go_to(min(self.clock.now() + 0.04, seconds))
            self.wait(lambda: self.stretches and self.stretches[-1].segment.stop / RATE > self.clock.now())

    def wait(self, true) -> None:
        until = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < until and self.session.alive, f"never true; told {self.messages(object)[-3:]}"
            time.sleep(0.001)

    def ready(self) -> None:
        """Until the first words of an answer are there to be laid."""
        sources = self.session.timeline._sources
        self.wait(lambda: sources and (sources[-1]._pipe.queue.qsize() or sources[-1]._pipe.done.is_set()))

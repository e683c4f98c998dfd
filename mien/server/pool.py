"""Many sessions on one thread: those of which only motion is wanted take turns, each when its next stretch is due.

Another thread looks whether one of them is stuck. Then a new thread goes on with the others, so nobody is held up.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import Protocol

STUCK = 0.1
"""Seconds a stretch may take before the others go on without waiting for it; it takes a few thousandths."""


class Performer(Protocol):
    def step(self) -> float | None:
        """One stretch. Returns seconds until the next is due, None when there is none."""


class Pool:
    """Its threads are there while there is somebody to take turns."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Performer]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._there = 0  # performers
        self._worker: threading.Thread | None = None
        self._began: float | None = None  # since when the worker is at its present stretch

    def add(self, performer: Performer) -> None:
        """From now on it takes its turns."""
        with self._changed:
            self._there += 1
            self._put(performer, 0.0)
            if self._worker is None:
                self._replace()
                threading.Thread(target=self._watch, daemon=True, name="mien-pool").start()
            self._changed.notify_all()

    def _put(self, performer: Performer, seconds: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._count), performer))

    def _replace(self) -> None:
        self._began = None
        self._worker = threading.Thread(target=self._work, daemon=True, name="mien-pool")
        self._worker.start()

    def _work(self) -> None:
        me = threading.current_thread()
        while (performer := self._next(me)) is not None:
            seconds = performer.step()
            with self._changed:
                if seconds is None:
                    self._there -= 1
                else:
                    self._put(performer, seconds)
                if self._worker is me:
                    self._began = None
                self._changed.notify_all()

    def _next(self, me: threading.Thread) -> Performer | None:
        """Who is due, when it is; None when this thread is not needed any more."""
        with self._changed:
            while self._worker is me:
                if not self._there:
                    self._worker = None
                    break
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._began = time.monotonic()
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
            return None

    def _watch(self) -> None:
        while True:
            time.sleep(STUCK / 2)
            with self._changed:
                if self._worker is None:
                    return
                if self._began is not None and time.monotonic() - self._began > STUCK:
                    self._replace()

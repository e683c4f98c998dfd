"""Stages side by side: the whole of "streaming"."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

POLL = 0.05
"""Seconds between looks at the stop token while waiting: far below what a person notices."""


class Stop(threading.Event):
    """A token shared by all stages of one performance: once set, every stage ends."""


def in_thread(
    items: Iterable[T],
    *,
    depth: int = 4,
    stop: Stop | None = None,
    stale: Callable[[T], bool] | None = None,
) -> Threaded[T]:
    """The same items, made in a thread of their own, at most ``depth`` ahead.

    An exception of the source comes out here; leaving this iterator (or setting ``stop``) ends the
    source, which is closed in its own thread, and joins it within a second. What ``stale`` says is
    out of date when it would be handed on is dropped: the rest of an interrupted answer.
    """
    return Threaded(items, depth, stop or Stop(), stale)


class Threaded(Generic[T], Iterator[T]):
    """What ``in_thread`` gives: an iterator that can also be asked without waiting."""

    def __init__(self, items: Iterable[T], depth: int, stop: Stop, stale: Callable[[T], bool] | None) -> None:
        self._queue: queue.Queue[tuple[str, Any]] = queue.Queue(depth)
        self._stop, self._stale = stop, stale
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(iter(items),), daemon=True, name="mien-stage")
        self._thread.start()

    def _ended(self) -> bool:
        return self._stop.is_set() or self._left.is_set()

    def _put(self, kind: str, value: Any = None) -> bool:
        while not self._ended():
            try:
                self._queue.put((kind, value), timeout=POLL)
                return True
            except queue.Full:
                continue
        return False

    def _run(self, source: Iterator[T]) -> None:
        try:
            for item in source:
                if not self._put("item", item):
                    break
            self._put("end")
        except BaseException as error:
            self._put("error", error)
        finally:
            if hasattr(source, "close"):
                source.close()

    def __next__(self) -> T:
        while True:
            try:
                return self._taken(self._queue.get(timeout=POLL))
            except queue.Empty:
                if self._ended() or (not self._thread.is_alive() and self._queue.empty()):
                    self.close()
                    raise StopIteration from None

    def poll(self) -> T | None:
        """The next item if it is there already, else None. Raises StopIteration at the end."""
        try:
            return self._taken(self._queue.get_nowait())
        except queue.Empty:
            return None

    def _taken(self, entry: tuple[str, Any]) -> T:
        kind, value = entry
        if kind == "item":
            if self._stale is not None and self._stale(value):
                raise queue.Empty  # as if it had not come
            return value  # type: ignore[no-any-return]
        self.close()
        if kind == "error":
            raise value
        raise StopIteration

    def close(self) -> None:
        """End the source and wait for it, a second at most."""
        self._left.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)

    def __del__(self) -> None:
        self._left.set()

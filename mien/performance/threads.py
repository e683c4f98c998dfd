"""Stages side by side: the whole of "streaming"."""

from __future__ import annotations

import atexit
import os
import queue
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

POLL = 0.05
"""Seconds between looks at the stop token while waiting: far below what a person notices."""


class Stop(threading.Event):
    """A token shared by all stages of one performance: once set, every stage ends."""

    error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        """End every stage; whoever pulls the last one gets the first error."""
        self.error = self.error or error
        self.set()


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


class _Pipe:
    """What the two ends share. The thread knows no more, so a dropped iterator is noticed."""

    def __init__(self, depth: int, stop: Stop) -> None:
        self.queue: queue.Queue[tuple[Any, bool]] = queue.Queue(depth)
        self.stop, self.left, self.done = stop, threading.Event(), threading.Event()

    @property
    def ended(self) -> bool:
        return self.stop.is_set() or self.left.is_set()

    def put(self, value: Any, *, last: bool = False) -> bool:
        while not self.ended:
            try:
                self.queue.put((value, last), timeout=POLL)
                return True
            except queue.Full:
                continue
        return False


def _run(source: Iterator[Any], pipe: _Pipe) -> None:
    try:
        for item in source:
            if not pipe.put(item):
                break
        pipe.put(None, last=True)
    except BaseException as error:
        pipe.stop.fail(error)
    finally:
        pipe.done.set()
        if hasattr(source, "close"):
            source.close()


class Threaded(Generic[T], Iterator[T]):
    """What ``in_thread`` gives: an iterator that can also be asked without waiting."""

    def __init__(self, items: Iterable[T], depth: int, stop: Stop, stale: Callable[[T], bool] | None) -> None:
        self._pipe, self._stale = _Pipe(depth, stop), stale
        self._thread = threading.Thread(target=_run, args=(iter(items), self._pipe), daemon=True, name="mien-stage")
        _STAGES[self._thread] = self._pipe
        self._thread.start()

    def __next__(self) -> T:
        while True:
            try:
                return self._taken(*self._pipe.queue.get(timeout=POLL))
            except queue.Empty:
                self._end_when_ended()

    def poll(self) -> T | None:
        """The next item if it is there already, else None. Raises StopIteration at the end."""
        try:
            return self._taken(*self._pipe.queue.get_nowait())
        except queue.Empty:
            self._end_when_ended()
            return None

    def _taken(self, value: Any, last: bool) -> T:
        if last:
            self.close()
            raise StopIteration
        if self._stale is not None and self._stale(value):
            raise queue.Empty  # as if it had not come
        return value  # type: ignore[no-any-return]

    def _end_when_ended(self) -> None:
        pipe = self._pipe
        if pipe.ended or (pipe.done.is_set() and pipe.queue.empty()):
            self.close()
            if pipe.stop.error is not None:
                raise pipe.stop.error
            raise StopIteration

    def leave(self) -> None:
        """End the source, without waiting for what it is in the middle of."""
        self._pipe.left.set()

    def close(self) -> None:
        """End the source and wait for it, a second at most."""
        self.leave()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)

    def __del__(self) -> None:
        self._pipe.left.set()


POLITE = 5
"""By which the priority of a thread is lowered that gives way: a third of the processor where two want all of it."""


def give_way() -> None:
    """From now on this thread lets others go first: what is made ahead can wait, what is seen and heard cannot.

    Only Linux has priorities of threads; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        own = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, own, min(19, os.getpriority(os.PRIO_PROCESS, own) + POLITE))


_STAGES: weakref.WeakKeyDictionary[threading.Thread, _Pipe] = weakref.WeakKeyDictionary()

PATIENCE = 10.0
"""Seconds to wait at exit for stages in the middle of a network's run, which cannot be stopped."""


@atexit.register
def _leave() -> None:
    """End every stage before the interpreter goes: native code must not find it gone."""
    for pipe in list(_STAGES.values()):
        pipe.left.set()
    until = time.monotonic() + PATIENCE
    for thread in list(_STAGES):
        thread.join(timeout=max(0.0, until - time.monotonic()))


def any_running() -> bool:
    """Whether a stage is still at work."""
    return any(thread.is_alive() for thread in list(_STAGES))

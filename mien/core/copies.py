"""One stream for several readers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def copies(items: Iterable[T], count: int) -> list[Iterator[T]]:
    """The same items for ``count`` readers, each forgotten once all have it.

    itertools.tee keeps them in blocks of 57 until the last one of a block was read: of a live session's sound and
    prosody that is eleven seconds.
    """
    source = iter(items)
    waiting: list[deque[T]] = [deque() for _ in range(count)]

    def read(own: deque[T]) -> Iterator[T]:
        while True:
            if not own:
                try:
                    item = next(source)
                except StopIteration:
                    return
                for each in waiting:
                    each.append(item)
                del item
            yield own.popleft()

    return [read(own) for own in waiting]

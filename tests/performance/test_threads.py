import os
import sys
import threading
import time

import pytest

from mien.performance.threads import POLITE, Stop, give_way, in_thread


def alive() -> int:
    return sum(t.name == "mien-stage" and t.is_alive() for t in threading.enumerate())


def settled(count: int = 0) -> bool:
    until = time.monotonic() + 1.0
    while alive() > count and time.monotonic() < until:
        time.sleep(0.01)
    return alive() <= count


def test_items_come_out_in_order_from_another_thread() -> None:
    def source():
        for i in range(100):
            yield i, threading.current_thread().name

    out = list(in_thread(source()))
    assert [i for i, _ in out] == list(range(100))
    assert {name for _, name in out} == {"mien-stage"}


def test_no_more_than_its_depth_is_made_ahead() -> None:
    made = []

    def source():
        for i in range(100):
            made.append(i)
            yield i

    stage = in_thread(source(), depth=3)
    next(stage)
    time.sleep(0.3)
    assert len(made) <= 3 + 2  # what was taken, the queue, and one in the hand
    stage.close()


def test_an_exception_of_the_source_comes_out_after_the_items_before_it() -> None:
    def source():
        yield 1
        raise KeyError("lost")

    stage = in_thread(source())
    assert next(stage) == 1
    with pytest.raises(KeyError, match="lost"):
        next(stage)
    with pytest.raises(KeyError, match="lost"):
        next(stage)
    assert settled()


def test_leaving_closes_the_source_in_its_own_thread_within_a_second() -> None:
    closed = []

    def source():
        try:
            while True:
                yield 0
        finally:
            closed.append(threading.current_thread().name)

    stage = in_thread(source())
    next(stage)
    began = time.monotonic()
    stage.close()
    assert time.monotonic() - began < 1
    assert closed == ["mien-stage"] and settled()


def test_the_stop_token_ends_every_stage_of_a_chain() -> None:
    stop = Stop()

    def forever():
        while True:
            yield 0

    chain = in_thread(in_thread(in_thread(forever(), stop=stop), stop=stop), stop=stop)
    next(chain)
    stop.set()
    assert len(list(chain)) <= 20
    assert settled()


def test_what_is_stale_when_it_would_be_handed_on_is_dropped() -> None:
    epoch = [0]
    stage = in_thread(iter([(0, "a"), (0, "b"), (1, "c")]), stale=lambda item: item[0] < epoch[0])
    assert next(stage) == (0, "a")
    epoch[0] = 1
    assert next(stage) == (1, "c")


def test_poll_never_waits() -> None:
    gate = threading.Event()

    def source():
        gate.wait()
        yield 1

    stage = in_thread(source())
    assert stage.poll() is None
    gate.set()
    until = time.monotonic() + 1
    got = None
    while got is None and time.monotonic() < until:
        got = stage.poll()
    assert got == 1


def test_a_chain_that_is_dropped_leaves_no_thread_behind() -> None:
    before = alive()

    def forever():
        while True:
            yield 0

    stage = in_thread(in_thread(forever()))
    next(stage)
    del stage
    assert settled(before)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
def test_a_thread_that_gives_way_does_so_alone() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def source():
        give_way()
        yield priority()

    before = priority()
    assert list(in_thread(source())) == [min(19, before + POLITE)]
    assert priority() == before
    assert list(in_thread(priority() for _ in range(1))) == [before]

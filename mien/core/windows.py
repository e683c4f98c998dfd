"""Plans with their surroundings: what gives every windowed generator streaming for free."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from mien.core.plan import PROSODY_RATE, Plan, Prosody, Span, no_prosody
from mien.core.track import frame_at

T = TypeVar("T")
Spans = tuple[Span[T], ...]

BEHIND = 2.0
"""How far back a window reaches unless asked otherwise, seconds."""


def windows(plans: Iterable[Plan], *, ahead: float, behind: float = BEHIND) -> Iterator[Plan]:
    """The same frames, each plan now knowing its past and at most ``ahead`` seconds of future.

    Spans come whole; there are those that end after ``begin - behind`` and start before
    ``end + ahead``; of cues also those that began after one of them. Prosody is cut to
    [begin - behind, end + ahead] and padded with silence. A plan is held back until its horizon
    reaches ``end + ahead`` (or no more plans come), so what is seen never depends on how much is
    known. For motion that is the same however the plans were cut, a span may act on no frame that
    ends earlier than ``ahead`` before its start.

    When an epoch begins, what was announced beyond its first frame is forgotten.
    """
    known = _Known()
    held: deque[Plan] = deque()
    epoch = 0
    for plan in plans:
        if plan.epoch != epoch:
            epoch = plan.epoch
            known.forget_from(plan.begin)
        known.add(plan)
        held.append(plan)
        while held and (plan.horizon >= held[0].end + ahead or plan.epoch != held[0].epoch):
            yield known.around(held.popleft(), ahead, behind)
        known.forget_before((held[0] if held else plan).begin - behind)
    while held:
        yield known.around(held.popleft(), ahead, behind)


class _Known:
    """Everything announced so far that may still matter."""

    def __init__(self) -> None:
        self.words: Spans[str] = ()
        self.phones: Spans[Any] = ()
        self.emotion: Spans[Any] = ()
        self.cues: Spans[Any] = ()
        self.prosody = no_prosody(0)

    def add(self, plan: Plan) -> None:
        for name in ("words", "phones", "emotion", "cues"):
            if fresh := getattr(plan, name):
                setattr(self, name, getattr(self, name) + fresh)
        if len(plan.prosody):
            self.prosody = _joined(self.prosody, plan.prosody)

    def forget_from(self, moment: float) -> None:
        for name in ("words", "phones", "emotion", "cues"):
            kept = [s if s.stop <= moment else replace(s, stop=moment) for s in getattr(self, name) if s.start < moment]
            setattr(self, name, tuple(kept))
        self.prosody = self.prosody.cut(self.prosody.start, frame_at(moment, PROSODY_RATE))

    def forget_before(self, moment: float) -> None:
        for name in ("words", "phones", "emotion"):
            spans = getattr(self, name)
            over = next((i for i, span in enumerate(spans) if span.stop > moment), len(spans))
            if over:
                setattr(self, name, spans[over:])
        self.cues = _standing(self.cues, moment)
        self.prosody = self.prosody.cut(frame_at(moment, PROSODY_RATE), self.prosody.stop)

    def around(self, plan: Plan, ahead: float, behind: float) -> Plan:
        first, last = plan.begin - behind, plan.end + ahead
        return Plan(
            plan.start,
            plan.stop,
            plan.rate,
            plan.audio,
            _between(self.words, first, last),
            _between(self.phones, first, last),
            _padded(self.prosody, frame_at(first, PROSODY_RATE), frame_at(last, PROSODY_RATE)),
            _between(self.emotion, first, last),
            _standing(tuple(s for s in self.cues if s.start < last), first),
            plan.interlocutor,
            plan.ready,
            plan.horizon,
            plan.epoch,
        )


def _between(spans: Spans[T], first: float, last: float) -> Spans[T]:
    return tuple([s for s in spans if s.stop > first and s.start < last])


def _standing(spans: Spans[T], first: float) -> Spans[T]:
    """Those that end after ``first``, and those begun since the earliest of these: one cue may have ended another."""
    if not spans:
        return spans
    since = min((s.start for s in spans if s.stop > first), default=np.inf)
    return tuple(s for s in spans if s.stop > first or s.start >= since)


def _joined(before: Prosody, after: Prosody) -> Prosody:
    """One track; a gap is silence, an overlap belongs to the later one."""
    if not len(before):
        return after
    start = min(before.start, after.start)
    values = np.zeros((after.stop - start, 3), np.float32)
    kept = before.cut(start, after.start)
    values[kept.start - start : kept.stop - start] = kept.values
    values[after.start - start :] = after.values
    return Prosody(values, PROSODY_RATE, start)


def _padded(prosody: Prosody, start: int, stop: int) -> Prosody:
    values = np.zeros((stop - start, 3), np.float32)
    inside = prosody.cut(start, stop)
    if len(inside):
        values[inside.start - start : inside.stop - start] = inside.values
    return Prosody(values, PROSODY_RATE, start)

"""The only clock: lays speeches one after the other and cuts what is known into plans."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil, inf
from typing import Protocol

import numpy as np

from mien.core.emotion import NEUTRAL, Emotion
from mien.core.errors import WrongUse
from mien.core.plan import PROSODY_RATE, Cue, Plan, Prosody, Span, Speech, no_prosody
from mien.core.track import Audio, Rate, rate_from, sample_at
from mien.performance.threads import in_thread

TICK = 0.2
"""Seconds per plan: also the grain of a live stream, small against what a listener notices."""

FORESIGHT = 0.6
"""Seconds of speech known beyond a plan's end, where there is more: more than any generator's
``ahead``, so that nothing downstream has to wait."""

SILENCE_RATE = 24000
"""Sample rate of a timeline on which nothing has been said yet, Hz."""


MOOD = 1.0
"""Seconds for which a mood is announced at a time: few spans, and it is left behind soon enough."""


class Clock(Protocol):
    """Session time. A file has none: it runs as fast as it is pulled."""

    def wait_until(self, seconds: float) -> None: ...


class Source(Protocol):
    """Where speeches come from: an iterator that can be asked without waiting."""

    def __next__(self) -> Speech: ...

    def poll(self) -> Speech | None:
        """The next one if it is there already, else None. Raises StopIteration at the end."""

    def leave(self) -> None:
        """Nobody wants the rest. It is not waited for."""

    def close(self) -> None:
        """The same, waited for a little."""


class Timeline:
    """Speeches on one session clock.

    rate  : frames per second
    tick  : seconds per plan
    clock : paces plans in real time; None for a file
    lead  : seconds of life before the first word
    tail  : seconds of life after the last, at least

    A live session sets, at any time and from any thread, ``mood``, what is felt while nothing is said, and ``manner``,
    the name of a cue that holds while nothing is said ("listen", "think").
    """

    def __init__(
        self,
        *,
        rate: Rate,
        tick: float = TICK,
        clock: Clock | None = None,
        lead: float = 0.0,
        tail: float = 0.0,
    ) -> None:
        self.rate, self.clock, self.lead, self.tail = rate_from(rate), clock, lead, tail
        self.epoch = self._heeded = 0
        self.mood: Emotion = NEUTRAL
        self.manner = ""
        self._mooded = 0.0, NEUTRAL  # until when which mood is announced
        self._gestures: deque[tuple[Cue, float]] = deque()
        self._ticks = max(1, round(tick * self.rate))
        self._lock = threading.Condition()
        self._sources: deque[Source] = deque()
        self._closed = False
        self._laid = _Laid()

    def say(self, speeches: Iterable[Speech]) -> None:
        """Have these said after all that is already to be said; they are made in a thread of their own."""
        self.take(in_thread(speeches, depth=2))

    def take(self, source: Source) -> None:
        """Have said what comes from there, after all that is already to be said."""
        with self._lock:
            self._sources.append(source)
            self._lock.notify_all()

    def interrupt(self) -> None:
        """Forget whatever has not been planned yet; the next plan starts a new epoch in silence.

        What is being made is left where it is: nobody waits for a network in the middle of its run.
        """
        with self._lock:
            dropped = list(self._sources)
            self._sources.clear()
            self.epoch += 1
        for source in dropped:
            source.leave()

    def gesture(self, cue: Cue, seconds: float) -> None:
        """A cue that begins with the next plan and lasts so long."""
        self._gestures.append((cue, seconds))

    @property
    def pending(self) -> bool:
        """Whether there is something that is still to come or being made."""
        return bool(self._sources)

    def close(self) -> None:
        """Nothing more will be said: plans end after the last speech."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()

    def plans(self) -> Iterator[Plan]:
        """What is known about each tick of the session, in order, without gaps."""
        at = 0
        try:
            while True:
                now, stop = float(at / self.rate), at + self._ticks
                if self.clock is not None:
                    self.clock.wait_until(now)
                more = self._pull(float(stop / self.rate) + FORESIGHT, now)
                if not more:
                    stop = min(stop, ceil(round(self._laid.end(self.tail) * self.rate, 6)))
                if stop <= at:
                    return
                # nothing starts sooner after a silence than the lead, so silence is foreseen that far
                horizon = max(self._laid.known, float(stop / self.rate) + self.lead) if more else inf
                yield self._lived(self._laid.plan(at, stop, self.rate, horizon, self._heeded))
                at = stop
        finally:
            for source in self._sources:
                source.close()

    def _lived(self, plan: Plan) -> Plan:
        """A plan with the mood and the manner of a live session, where nothing is said."""
        cues = [Span(plan.begin, plan.begin + seconds, cue) for cue, seconds in _taken(self._gestures)]
        emotion = plan.emotion
        if self._laid.known <= plan.begin:
            if self.manner:
                cues.append(Span(plan.begin, plan.end, Cue(self.manner)))
            until, announced = self._mooded
            if announced != self.mood or (self.mood != NEUTRAL and until <= plan.end):
                self._mooded = plan.begin + MOOD, self.mood
                emotion = (*emotion, Span(plan.begin, plan.begin + MOOD, self.mood))
        elif self._mooded[1] != NEUTRAL:
            self._mooded = 0.0, self._mooded[1]  # it is announced anew when the speech is over
        return replace(plan, cues=(*plan.cues, *cues), emotion=emotion) if cues or emotion != plan.emotion else plan

    def _heed(self, now: float) -> None:
        """Forget what was laid before an interruption, and nothing that was laid after it."""
        if self.epoch != self._heeded:
            self._heeded = self.epoch
            self._mooded = 0.0, self._mooded[1]  # the mood was announced for longer, and is forgotten with the rest
            self._laid.forget_from(now)

    def _pull(self, until: float, now: float) -> bool:
        """Lay speeches, none before ``now`` and the lead, until they reach ``until``. Returns whether more may come.

        A file waits for each; a live session takes what is there.
        """
        while True:
            with self._lock:
                self._heed(now)
                if self._laid.known >= until:
                    break
                while not self._sources and not self._closed and self.clock is None:
                    self._lock.wait()
                source, epoch = (self._sources[0] if self._sources else None), self.epoch
            if source is None:
                break
            try:
                speech = next(source) if self.clock is None else source.poll()
            except StopIteration:
                with self._lock:
                    if self._sources and self._sources[0] is source:
                        self._sources.popleft()
                continue
            if speech is None:
                break
            if epoch == self.epoch:  # a feeling that came live may not begin in the past
                self._laid.add(speech, now + self.lead, 0.0 if self.clock is None else now)
        return bool(self._sources) or not self._closed


class _Laid:
    """Speeches with their place in session time; what plans still need of them."""

    def __init__(self) -> None:
        self.known = 0.0  # seconds up to which everything is final, pauses included
        self.spoken = 0.0  # end of the last speech
        self.sample_rate = SILENCE_RATE
        self._sounds: deque[tuple[Audio, bool]] = deque()  # and whether it came ready
        self._fresh: list[Speech] = []  # announced with the next plan, already in session time

    def end(self, tail: float) -> float:
        """When the performance ends, seconds."""
        return max(self.known, self.spoken + tail) if self.spoken else 0.0

    def add(self, speech: Speech, earliest: float, since: float) -> None:
        """Lay a speech after what is laid, but not before ``earliest``; it may be felt from ``since`` on."""
        sample_rate = round(speech.audio.rate)
        if self.spoken and sample_rate != self.sample_rate:
            raise WrongUse(f"one timeline has one sample rate: {self.sample_rate} Hz so far, now {sample_rate} Hz")
        self.sample_rate = sample_rate
        start = round(max(self.known, earliest) * sample_rate)
        at = start / sample_rate
        self._sounds.append((speech.audio.at(start), speech.ready))
        self._fresh.append(_moved(speech, at, max(self.spoken, since)))
        self.spoken = at + speech.seconds
        self.known = self.spoken + speech.pause

    def forget_from(self, moment: float) -> None:
        sample = round(moment * self.sample_rate)
        cut = ((sound.cut(sound.start, sample), ready) for sound, ready in self._sounds)
        self._sounds = deque((part, ready) for part, ready in cut if len(part))
        self._fresh.clear()
        self.known = self.spoken = min(self.known, moment)

    def plan(self, start: int, stop: int, rate: Fraction, horizon: float, epoch: int) -> Plan:
        fresh, self._fresh = self._fresh, []
        first = sample_at(start, rate, self.sample_rate)
        return Plan(
            start,
            stop,
            rate,
            self._audio(first, sample_at(stop, rate, self.sample_rate)),
            words=tuple(s for speech in fresh for s in speech.words),
            phones=tuple(s for speech in fresh for s in speech.phones),
            prosody=joined_prosody([speech.prosody for speech in fresh]),
            emotion=tuple(s for speech in fresh for s in speech.emotion),
            cues=tuple(s for speech in fresh for s in speech.cues),
            ready=self._ready(first, horizon),
            horizon=horizon,
            epoch=epoch,
        )

    def _audio(self, start: int, stop: int) -> Audio:
        while self._sounds and self._sounds[0][0].stop <= start:
            self._sounds.popleft()
        return self._sum((sound for sound, _ in self._sounds), start, stop)

    def _ready(self, start: int, horizon: float) -> Audio | None:
        """What came ready, as far as a generator may look at most."""
        sounds = [sound for sound, ready in self._sounds if ready]
        if not sounds:
            return None
        return self._sum(sounds, start, round(min(horizon, sounds[-1].stop / self.sample_rate) * self.sample_rate))

    def _sum(self, sounds: Iterable[Audio], start: int, stop: int) -> Audio:
        out = np.zeros(max(stop - start, 0), np.float32)
        for sound in sounds:
            part = sound.cut(start, start + len(out))
            out[part.start - start : part.stop - start] = part.values
        return Audio(out, Fraction(self.sample_rate), start)


def _taken(items: deque[tuple[Cue, float]]) -> Iterator[tuple[Cue, float]]:
    while items:
        yield items.popleft()


def _moved(speech: Speech, at: float, since: float) -> Speech:
    """A speech in session time. Its feeling fills the silence before it, from ``since``, and its pause."""
    emotion = [span.moved(at) for span in speech.emotion]
    if emotion:
        emotion[0] = replace(emotion[0], start=min(emotion[0].start, since))
        emotion[-1] = replace(emotion[-1], stop=max(emotion[-1].stop, at + speech.seconds + speech.pause))
    return replace(
        speech,
        words=tuple(span.moved(at) for span in speech.words),
        phones=tuple(span.moved(at) for span in speech.phones),
        cues=tuple(span.moved(at) for span in speech.cues),
        emotion=tuple(emotion),
        prosody=speech.prosody.at(speech.prosody.start + round(at * PROSODY_RATE)),
    )


def joined_prosody(parts: list[Prosody]) -> Prosody:
    """Prosody of several speeches with silence between."""
    parts = [p for p in parts if len(p)]
    if not parts:
        return no_prosody(0)
    start = parts[0].start
    values = np.zeros((parts[-1].stop - start, 3), np.float32)
    for part in parts:
        values[part.start - start : part.stop - start] = part.values
    return Prosody(values, PROSODY_RATE, start)

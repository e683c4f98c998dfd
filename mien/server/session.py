"""One live session: what was heard and said, what the face does now, and the performance as it is made.

Threads, no asyncio: whoever has a session calls its methods from any thread, and ``tell`` is called from its own. The
performance itself is the one of files (performance/perform.py) on a clock.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from typing import Protocol

import numpy as np

from mien.agents.tags import utterance_from
from mien.core.emotion import NEUTRAL, Emotion
from mien.core.errors import BadInput, MienError
from mien.core.frame import Frame, Image, Segment
from mien.core.manner import Manner
from mien.core.plan import SELF, Cue, Plan, Span, Speech, Utterance
from mien.core.protocols import Agent, Renderer
from mien.core.retarget import retargeted
from mien.core.rig import Motion
from mien.core.style import AS_USUAL, Style
from mien.generators.listening import REACH
from mien.generators.live_lips import LiveLips
from mien.performance.manners import for_ready_motion
from mien.performance.perform import moved, perform
from mien.performance.threads import Stop, give_way
from mien.performance.timeline import Clock, Timeline
from mien.performance.verbs import default_generators
from mien.server.cast import Cast
from mien.server.ear import Ear
from mien.server.ready import Ready
from mien.server.soon import sooner
from mien.server.wire import Heard, Level, Notice, Now, Quiet, Said, State, Word

log = logging.getLogger(__name__)

RATE = Fraction(25)

SAMPLE_RATE = 24000
"""Hz of a live session's sound."""

TICK, UNSEEN = 0.04, 0.2
"""Seconds per plan, one frame: what an interruption waits for at most. And of a session of which only the motion is
wanted: a quarter of the work (docs/numbers.md)."""

NEARLY = 0.08
"""Seconds of a word that may be missing for it to count as heard."""

READY = 0.04
"""Seconds of silence before the first sound of an answer: the intake of breath is taken while it is being made."""

BREATH = 0.5
"""Seconds of that intake."""

LATE = 0.12
"""Seconds behind its time from which on a stretch is not drawn: pictures are dropped, sound never is."""

STARTLED = 0.7
"""Seconds for which a session that was interrupted is just that."""

ATTENTIVE = 4.0
"""Seconds for which it listens after the last sign of somebody."""

REMEMBERED = 200
"""Utterances of a conversation that an agent is told; the oldest are forgotten."""

SORRY = Utterance("I am sorry, I cannot answer that right now.", SELF, emotion=Emotion.parse("sad:0.6"))
"""Said when the agent fails."""

MANNERS: dict[State, str] = {"listening": "listen", "interrupted": "listen", "thinking": "think"}


AT_REST: tuple[State, ...] = ("idle", "listening")


class LiveClock(Clock, Protocol):
    def now(self) -> float: ...

    def stop(self) -> None: ...


@dataclass(frozen=True)
class Stretch:
    """A segment as it is handed on. drawn : the pictures of it that are new, the last ones"""

    segment: Segment
    epoch: int
    words: tuple[Word, ...]
    drawn: tuple[Image, ...]


class Session:
    """A face that lives, listens and answers.

    tell    : gets messages (wire.py) and Stretches, in order, from threads of the session
    watched : whether anybody wants pictures now
    tick    : seconds per plan
    lightly : ready speech is heard without Whisper's encoder
    crowded : whether others need the processor more now: a face at rest is then drawn every other time
    waiting : seconds of ready speech that may wait to be said
    """

    def __init__(
        self,
        cast: Cast,
        *,
        clock: LiveClock,
        tell: Callable[[object], None],
        watched: Callable[[], bool] = lambda: True,
        seed: int = 0,
        tick: float = TICK,
        lightly: bool = False,
        crowded: Callable[[], bool] = lambda: False,
        waiting: float = 60.0,
    ) -> None:
        self.clock, self.voice, self.emotion, self.style = clock, cast.voice, NEUTRAL, AS_USUAL
        self.cast, self._tell, self._seed = cast, tell, seed
        self._agent: Agent = cast.who_answers()
        generators = [LiveLips(lightly=lightly), *default_generators(seed)[1:]]
        self.timeline = Timeline(rate=RATE, tick=tick, clock=clock, lead=max(g.ahead for g in generators))
        self.stage = OnStage(cast.face(), clock, watched, lambda: self.state in AT_REST and crowded())
        self._lock = threading.RLock()
        self._talk: deque[Utterance] = deque(maxlen=REMEMBERED)
        self._spoken: list[Span[str]] = []  # words of the present answer
        self._sounds = inf, -inf  # from when until when it is heard, seconds
        self._waiting = waiting
        self._words: deque[Span[str]] = deque()  # words to be handed on with their sound
        self._epochs: deque[tuple[int, int]] = deque([(0, 0)])  # (first frame, epoch)
        self._answering = False
        self._startled = self._attentive = -1.0
        self.state: State = "idle"
        self.latency: float | None = None
        self._asked: float | None = None
        self._ear: Ear | None = None
        self._stop = Stop()
        self._generators = generators
        self._seen: Image | None = None  # the last picture that was handed on
        self._turns = self._in_turns()
        self._thread = threading.Thread(target=self._run, daemon=True, name="mien-session")

    def start(self) -> None:
        """Perform, in threads of its own."""
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether it is answering."""
        return self._answering

    @property
    def alive(self) -> bool:
        """Whether it performs."""
        return not self._stop.is_set()

    def close(self) -> None:
        """End every thread of it."""
        self.close_ear()
        self._stop.set()
        self.clock.stop()
        self.timeline.interrupt()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=3)

    # ------------------------------------------------------------------------------- what it is told

    def hear(self, text: str, at: float | None = None) -> None:
        """Somebody said this: it is answered. at : seconds of the session that they had heard"""
        with self._lock:
            self.interrupt(at, startled=False)
            self._talk.append(Utterance(text, "user"))
            self._tell(Heard(text, final=True))
            self._begin(self._agent.reply(tuple(self._talk)))

    def recite(self, text: str) -> None:
        """Say this, tags included, after whatever is being said. Errors: BadInput where there is nothing to say."""
        utterance, _ = utterance_from(text)
        if utterance is None:
            raise BadInput("there is nothing to say in this text")
        with self._lock:
            self._begin(iter([utterance]))

    def speak(self, rate: int) -> Ready:
        """Say what comes, ready made, after whatever is being said. rate : Hz. Errors: BadInput."""
        ready = Ready(
            rate,
            out=SAMPLE_RATE,
            lead=self.timeline.lead,
            now=self.clock.now,
            most=self._waiting,
            felt=lambda: self.emotion,
        )
        with self._lock:
            self._asked, self._answering = self.clock.now(), True
            self.timeline.take(ready)
        return ready

    def listen(self, sound: bytes, at: float | None) -> None:
        """16-bit sound of a microphone at 16 kHz. at : seconds of the session that were being heard as it ended"""
        ear = self._ear
        if ear is not None:
            ear.hear(sound, at)

    def open_ear(self) -> None:
        """A microphone was switched on."""
        with self._lock:
            if self._ear is None:
                self._ear = Ear(self, seed=self._seed)

    def close_ear(self) -> None:
        """It was switched off."""
        with self._lock:
            ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    # ----------------------------------------------------------------------------- what its ear tells

    def begun(self, at: float | None) -> None:
        """Somebody begins to speak: barge-in."""
        self.attend(at)

    def guessed(self, text: str) -> None:
        self._attentive = self.clock.now() + ATTENTIVE
        if text:
            self._tell(Heard(text, final=False))

    def responds(self, cue: Cue) -> None:
        """A sign of listening; somebody who speaks, or thinks of an answer, gives none."""
        if not self._answering:
            self.timeline.gesture(cue, REACH)

    def finished(self, text: str) -> None:
        if text:
            self.hear(text)

    def level(self, level: Level) -> None:
        if level.voice and not level.own and self._attentive > 0:
            self._attentive = max(self._attentive, self.clock.now() + 1.0)
        self._tell(level)

    def _begin(self, utterances: Iterator[Utterance]) -> None:
        self._asked = self.clock.now()
        if not self._answering:
            self.timeline.gesture(Cue("breath"), BREATH)
        self._answering = True
        self.timeline.say(self._voiced(utterances))

    def attend(self, at: float | None = None) -> None:
        """Somebody is about to say something: it stops and listens."""
        with self._lock:
            self._attentive = self.clock.now() + ATTENTIVE
            self.interrupt(at)

    def interrupt(self, at: float | None = None, *, startled: bool = True) -> None:
        """Be quiet and forget the rest; what was heard of it is kept."""
        with self._lock:
            if not self._answering:
                return
            self.timeline.interrupt()
            self._tell(Quiet(self.timeline.epoch))
            self._finish(self.clock.now() if at is None else at, interrupted=True)
            if startled:
                self._startled = self.clock.now() + STARTLED

    def feel(self, emotion: Emotion) -> None:
        """From now on, in all that says nothing else."""
        self.emotion = self.timeline.mood = emotion

    def move(self, style: Style) -> None:
        """From now on. Errors: WrongUse for a habit: those are told to generators, which a session has already."""
        for_ready_motion(Manner(style))
        self.style = style

    def use_voice(self, name: str) -> None:
        """From the next answer on. Errors: WrongUse."""
        self.cast.check_voice(name)
        self.voice = name

    # -------------------------------------------------------------------------------- what it says

    def _voiced(self, utterances: Iterator[Utterance]) -> Iterator[Speech]:
        """Speech of an answer; when the agent fails, the face says so. In a thread of its own."""
        give_way()  # a voice takes a core for a second; pictures and sound on their way then came late
        voice, first, epoch = self.cast.speaker(self.voice), True, self.timeline.epoch
        try:
            for speech in voice.speak(self._felt(utterances)):
                yield sooner(speech, READY) if first else speech
                first = False
        except Exception as error:
            if epoch != self.timeline.epoch:
                return  # nobody waits for it any more
            if not isinstance(error, MienError):
                log.exception("an answer failed")
            self._tell(Notice(str(error) if isinstance(error, MienError) else "The answer failed.", problem=True))
            try:
                yield from voice.speak([SORRY])
            except Exception:
                log.exception("the voice failed")
        finally:
            if hasattr(utterances, "close"):
                utterances.close()

    def _felt(self, utterances: Iterator[Utterance]) -> Iterator[Utterance]:
        for utterance in utterances:
            yield replace(utterance, emotion=self.emotion) if utterance.emotion == NEUTRAL else utterance

    def _finish(self, until: float, *, interrupted: bool) -> None:
        """The present answer is over: what was heard of it by ``until`` becomes part of the talk."""
        text = " ".join(word.value for word in self._spoken if word.stop <= until + NEARLY)
        if text:
            self._talk.append(Utterance(text, SELF))
        self._tell(Said(text, interrupted))
        self._spoken.clear()
        self._sounds = inf, -inf
        self._answering = False

    # ---------------------------------------------------------------------------------- what it does

    def _watched(self) -> Iterator[Plan]:
        """The timeline's plans; the state follows from them."""
        for plan in self.timeline.plans():
            with self._lock:
                if plan.epoch != self._epochs[-1][1]:
                    self._epochs.append((plan.start, plan.epoch))
                    self._words = deque(w for w in self._words if w.start < plan.begin)
                if plan.epoch == self.timeline.epoch:
                    self._spoken += plan.words
                    self._words += plan.words
                    for start, stop in _sounding(plan):
                        self._sounds = min(self._sounds[0], start), max(self._sounds[1], stop)
                self._update(plan)
            yield plan

    def _update(self, plan: Plan) -> None:
        first, last = self._sounds
        if first - 0.2 < plan.end and plan.begin < last:
            state: State = "speaking"
        elif self.timeline.pending:
            state = "thinking"
        elif plan.begin < self._startled:
            state = "interrupted"
        elif plan.begin < self._attentive:
            state = "listening"
        else:
            state = "idle"
        if self._answering and not self.timeline.pending and plan.begin >= last:
            self._finish(inf, interrupted=False)
        if self._asked is not None and first < plan.end:
            self.latency, self._asked = self.clock.now() - self._asked, None
        if state != self.state:
            self.state = state
            self.timeline.manner = MANNERS.get(state, "")
            self._tell(Now(state, plan.begin))

    def _run(self) -> None:
        try:
            for segment in perform(
                self._watched(), self._generators, self.stage, workers=1, style=lambda: self.style, stop=self._stop
            ):
                self._hand_on(segment)
        except Exception:
            self._fail()
        finally:
            self._stop.set()

    def _fail(self) -> None:
        log.exception("a session failed")
        self._tell(Notice("The session failed; please reload.", problem=True))

    def step(self) -> float | None:
        """The next stretch, in the thread of whoever calls; instead of start(), for many on one thread (pool.py).

        Returns seconds until the next one is due; None at the end.
        """
        try:
            segment = None if self._stop.is_set() else next(self._turns, None)
            if segment is not None:
                self._hand_on(segment)
                return max(0.0, float(segment.stop / segment.rate) - self.clock.now())
        except Exception:
            self._fail()
        self._stop.set()
        self._turns.close()
        return None

    def _in_turns(self) -> Generator[Segment, None, None]:
        """The performance without threads; drawn only while somebody looks."""
        given: deque[Motion] = deque()
        frames = self.stage.render(_taken(given))
        for segment in moved(self._watched(), self._generators, lambda: self.style):
            if self.stage.is_watched:
                given.append(retargeted(segment.motion, self.stage.rig))
                segment = replace(segment, frames=tuple(itertools.islice(frames, len(segment.motion))))
            yield segment

    def _hand_on(self, segment: Segment) -> None:
        with self._lock:
            while len(self._epochs) > 1 and self._epochs[1][0] <= segment.start:
                self._epochs.popleft()
            epoch, end = self._epochs[0][1], float(segment.stop / segment.rate)
            words = []
            while self._words and self._words[0].start < end:
                word = self._words.popleft()
                words.append(Word(round(word.start, 3), round(word.stop, 3), word.value))
        drawn = []
        for frame in segment.frames:
            if frame.image is not self._seen:
                drawn.append(frame.image)
                self._seen = frame.image
        if epoch != self.timeline.epoch:  # interrupted: time goes on, in silence and without this picture
            segment, epoch, words, drawn = silenced(segment), self.timeline.epoch, [], []
        if (ear := self._ear) is not None:
            ear.echo.play(segment.audio)
        self._tell(Stretch(segment, epoch, tuple(words), tuple(drawn)))


def _sounding(plan: Plan) -> Iterator[tuple[float, float]]:
    """From when until when something is said, as far as a plan tells, seconds."""
    if plan.words:
        yield plan.words[0].start, plan.words[-1].stop
    if plan.ready is not None and len(plan.ready):
        yield float(plan.ready.start / plan.ready.rate), float(plan.ready.stop / plan.ready.rate)


def silenced(segment: Segment) -> Segment:
    """The same time, nothing heard or seen."""
    return replace(segment, audio=segment.audio.with_values(np.zeros_like(segment.audio.values)), frames=())


class OnStage:
    """Renderer: whoever is on stage, who can be exchanged; what comes too late is not drawn but held.

    sparing : whether every other frame is enough now

    A frame that was not drawn has the very image of the one before it.
    """

    def __init__(
        self,
        face: Renderer,
        clock: LiveClock,
        watched: Callable[[], bool],
        sparing: Callable[[], bool] = lambda: False,
    ) -> None:
        self.face, self._clock, self._watched, self._sparing, self.rig = face, clock, watched, sparing, face.rig
        self.drawn = self.held = 0

    def render(self, motions: Iterable[Motion], *, workers: int = 1) -> Iterator[Frame]:
        face: Renderer | None = None
        given: deque[Motion] = deque()
        frames: Iterator[Frame] = iter(())
        last: Image | None = None
        for motion in motions:
            if face is not self.face:
                face, given = self.face, deque()
                frames = face.render(_taken(given))
            elif last is not None and (self._is_late(motion) or not self._watched() or self._is_spared(motion)):
                self.held += len(motion)
                yield from (Frame(last, i, motion.rate) for i in range(motion.start, motion.stop))
                continue
            given.append(motion)
            self.drawn += len(motion)
            for frame in itertools.islice(frames, len(motion)):
                last = frame.image
                yield frame

    @property
    def is_watched(self) -> bool:
        return self._watched()

    def _is_spared(self, motion: Motion) -> bool:
        return motion.start % 2 == 1 and len(motion) == 1 and self._sparing()

    def _is_late(self, motion: Motion) -> bool:
        return self._clock.now() > float(motion.stop / motion.rate) + LATE


def _taken(given: deque[Motion]) -> Iterator[Motion]:
    """What is given, as it comes; it is asked only when something is there."""
    while given:
        yield given.popleft()

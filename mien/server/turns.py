"""When somebody speaks, pauses, and has finished: from how likely each 32 ms of sound is speech."""

from __future__ import annotations

import re
from collections import deque
from typing import Literal

Event = Literal["begin", "pause", "end"]

WINDOW = 512
"""Samples at 16 kHz that the voice activity is asked about, 32 ms."""

SECONDS = WINDOW / 16000

SPEECH, SILENCE = 0.5, 0.35
"""Probability from which on a window is speech, and below which it is none; between them it is as before."""

ONSET, AMONG = 4, 6
"""Windows of speech among the last few that begin a turn: 130 ms, less is a click or a cough."""

PAUSE = 0.26
"""Seconds of silence after which it is worth recognising what was said so far."""

FINISHED, OPEN = 0.65, 1.4
"""Seconds of silence that end a turn: after what can be the end of a sentence, and after what cannot."""

LONGEST = 26.0
"""Seconds of a turn."""

HANGING = re.compile(
    r"(\b(and|or|but|so|because|if|when|the|a|an|to|of|for|with|that|um|uh|er|i mean|like)|,|…|\.\.\.|-)\W*$", re.I
)
"""How a sentence ends that is not over."""


def is_open(text: str) -> bool:
    """Whether more is to come after such words.

    >>> is_open("I would like to"), is_open("I would like to know."), is_open("")
    (True, False, True)
    """
    return not text.strip() or bool(HANGING.search(text.strip().rstrip(".")))


class Turns:
    """One person's turns. ``patience`` : seconds of silence that end the present one; set it as words become known"""

    def __init__(self) -> None:
        self.speaking = False
        self.patience = OPEN
        self._recent: deque[bool] = deque(maxlen=AMONG)
        self._voice = False
        self._quiet = self._length = 0.0

    def step(self, probability: float, *, own: bool = False) -> Event | None:
        """The next window. own : it is the face's own voice, which is nobody's turn"""
        if probability >= SPEECH:
            self._voice = True
        elif probability < SILENCE:
            self._voice = False
        voice = self._voice and not own
        self._recent.append(voice)
        if not self.speaking:
            if sum(self._recent) < ONSET:
                return None
            self.speaking, self.patience = True, OPEN
            self._quiet = self._length = 0.0
            return "begin"
        self._length += SECONDS
        before, self._quiet = self._quiet, 0.0 if voice else self._quiet + SECONDS
        if self._quiet >= self.patience or self._length >= LONGEST:
            self.speaking = False
            self._recent.clear()
            return "end"
        return "pause" if before < PAUSE <= self._quiet else None

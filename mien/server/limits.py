"""What one server gives: every limit has an answer that says what it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """sessions : at a time
    idle     : seconds without a sign of anybody after which a session ends
    absent   : seconds that a session is kept for somebody whose connection was lost
    upload   : bytes of a photo or of sound that is sent
    message  : bytes of a message
    ready    : seconds of ready speech that may wait to be said
    rate     : messages a second, sound not counted; twice as many may come at once
    behind   : stretches (40 ms) a client may be behind before it gets no pictures
    lost     : stretches a client may be behind before it is left
    drain    : seconds that running answers may take when the server is to end
    """

    sessions: int = 8
    idle: float = 900.0
    absent: float = 30.0
    upload: int = 16_000_000
    message: int = 64_000
    ready: float = 60.0
    rate: float = 20.0
    behind: int = 10
    lost: int = 500
    drain: float = 12.0


class Pace:
    """A token bucket: how often something may happen."""

    def __init__(self, rate: float) -> None:
        self.rate, self._tokens, self._last = rate, 2 * rate, 0.0

    def allows(self, now: float) -> bool:
        """Whether it may happen once more. now : seconds on any clock"""
        self._tokens = min(2 * self.rate, self._tokens + (now - self._last) * self.rate)
        self._last = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

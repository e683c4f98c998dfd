"""Hair that hangs, and what hangs in it, comes a little after the head: a spring from frame to frame."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mien.renderers.portrait.kernels import compiled

Array = npt.NDArray[np.float64]

FREQUENCY, DAMPING = 2.6, 0.5
"""Hertz, and the share of critical damping: shoulder-long hair swings back once, and then hardly."""

STEP = 1 / 120
"""Seconds of one step of the spring at most: it then comes out alike at every frame rate."""

CUT = np.array([0.12, 0.12, 0.12, 0.03, 0.03, 0.05])
"""Radians and metres from one frame to the next beyond which no head has moved but the picture was cut."""

SETTLED = 1e-6
"""Radians or metres, and those a second, below which the spring is at rest: then rest is the photo again."""


class Trail:
    """Where hanging hair would have the head be; carries on from one stretch of motion to the next."""

    def __init__(self) -> None:
        self._place: Array | None = None
        self._speed = np.zeros(6)
        self._last = np.zeros(6)

    def follow(self, head: npt.NDArray[np.floating], rate: float) -> npt.NDArray[np.float32]:
        """(n, 6) after the head's (n, 6): rotation vector and shift, at a frame rate."""
        out = np.empty((len(head), 6), np.float32)
        count = max(1, int(np.ceil(1 / rate / STEP)))
        for i, target in enumerate(head.astype(np.float64)):
            if self._place is None or (np.abs(target - self._last) > CUT).any():
                self._place, self._speed, self._last = target.copy(), np.zeros(6), target
            swing(self._place, self._speed, self._last, target, count, 1 / rate / count)
            if np.abs(self._place - target).max() < SETTLED and np.abs(self._speed).max() < SETTLED:
                self._place, self._speed = target.copy(), np.zeros(6)
            self._last = target
            out[i] = self._place
        return out


@compiled
def swing(place: Array, speed: Array, start: Array, end: Array, count: int, seconds: float) -> None:
    """So many steps of a spring whose other end goes from start to end, in place; all (6,).

    Velocity first (semi-implicit Euler: it never gains energy).
    """
    pull = 2 * np.pi * FREQUENCY
    for k in range(count):
        for a in range(place.shape[0]):
            target = start[a] + (end[a] - start[a]) * (k + 1) / count
            speed[a] += seconds * (pull * pull * (target - place[a]) - 2 * DAMPING * pull * speed[a])
            place[a] += seconds * speed[a]

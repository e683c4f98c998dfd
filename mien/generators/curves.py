"""The few shapes in time that movements are made of; elementwise, so chunks of any size agree."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def eased(times: Doubles, start: float, seconds: float) -> Doubles:
    """0 before ``start``, 1 after ``start + seconds``, between them the reach of least jerk.

    Flash & Hogan (1985), "The coordination of arm movements". times : (n,) seconds. Returns (n,)

    >>> eased(np.array([0.0, 1.0, 1.5, 2.0, 9.0]), 1.0, 1.0).tolist()
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    x = np.minimum(np.maximum((times - start) / seconds, 0.0), 1.0)
    return np.asarray(x * x * x * (x * (6 * x - 15) + 10), np.float64)


def eased_at(moment: float, start: float, seconds: float) -> float:
    """The same at one moment, to the last bit."""
    x = min(max((moment - start) / seconds, 0.0), 1.0)
    return x * x * x * (x * (6 * x - 15) + 10)


def stroke(times: Doubles, start: float, rise: float, hold: float, fall: float) -> Doubles:
    """Up within ``rise`` seconds, there for ``hold``, back within ``fall``. times : (n,). Returns (n,) in 0..1

    >>> stroke(np.array([0.0, 0.2, 0.3, 0.8]), 0.0, 0.2, 0.1, 0.5).tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    return eased(times, start, rise) - eased(times, start + rise + hold, fall)

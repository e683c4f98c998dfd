"""A command as a user runs it: wall and CPU seconds and peak memory of the whole process."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIEN = str(Path(sys.executable).with_name("mien"))


@dataclass(frozen=True)
class Cost:
    """wall, cpu : seconds; memory : bytes at the peak"""

    wall: float
    cpu: float
    memory: int


def cost(*command: str, environment: dict[str, str] | None = None) -> Cost:
    """Run a command to its end. Fails loudly when the command does."""
    began = time.perf_counter()
    with open(os.devnull, "w") as nothing:
        child = os.posix_spawn(
            command[0],
            list(command),
            {**os.environ, **(environment or {})},
            file_actions=[(os.POSIX_SPAWN_DUP2, nothing.fileno(), 1)],
        )
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * unit)


def median(costs: list[Cost]) -> Cost:
    """Each figure's own median."""
    middle = len(costs) // 2
    return Cost(*(sorted(getattr(c, name) for c in costs)[middle] for name in ("wall", "cpu", "memory")))


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
        yield Path(folder)

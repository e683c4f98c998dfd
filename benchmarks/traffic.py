"""Half an hour of real traffic over real sockets: does anything grow, drift, or stay behind? Takes 31 minutes."""

from __future__ import annotations

import asyncio
import statistics

from benchmarks.live import GAP, milliseconds
from benchmarks.load import course, load
from benchmarks.report import Row, at_most

TITLE = "Traffic: thirty minutes of mien serve, talked to, interrupted, listened to, left in mid-word"

MINUTES, PAGES, FACES, TALKING, STAY = 30, 2, 2, 0.1, 40.0
"""How long; pages and clients of motion alone at a time; how much the former want; seconds that one of the latter is
there, on average."""

SETTLED = 10
"""Minutes until everything that is kept for good has been needed: models, and as many sessions as there will be."""

GROWTH, SKEW = 15, 40
"""Bars: megabytes from the five minutes after SETTLED to the last five; milliseconds."""


def rows() -> list[Row]:
    seen = asyncio.run(load(PAGES, FACES, 60 * MINUTES, size=256, talking=TALKING, stay=STAY, settle=True))
    return [
        Row("pages at 256² and clients of motion alone, at a time", f"{PAGES} and {FACES}"),
        Row("connections, and how many of them were lost on purpose", f"{seen.visits}, {seen.vanished}"),
        Row(f"memory after {course(seen.memory)[0]} minutes, MB", course(seen.memory)[1]),
        at_most("growth: the last five minutes over minutes 10 to 15, medians", growth(seen.memory), GROWTH, "MB", 0),
        Row("the same, most at any time", f"{max(seen.memory):.0f} MB"),
        Row("threads at these moments", course(seen.threads)[1]),
        Row("files and sockets at these moments", course(seen.open)[1]),
        at_most("when everybody had gone: sessions", seen.left_sessions, 0, "", 0),
        Row("when everybody had gone", seen.left),
        at_most("a face that speaks: gap between pictures shown, p99", milliseconds(seen.gaps, 0.99), GAP, "ms", 0),
        Row("one that does not (drawn every other time while another speaks): the same",
            f"{milliseconds(seen.rests, 0.99):.0f} ms"),
        at_most("sound against pictures, most", milliseconds(seen.skews, 1), SKEW, "ms", 0),
        Row("between stretches of motion alone (200 ms), p99", f"{milliseconds(seen.late, 0.99):.0f} ms"),
        at_most(f"failures{which(seen.failures)}", len(seen.failures), 0, "", 0),
        Row("CPU of a second", f"{seen.cpu:.2f} s"),
    ]  # fmt: skip


def which(failures: list[str]) -> str:
    return f" ({', '.join(sorted(set(failures)))[:200]})" if failures else ""


def growth(memory: list[float]) -> float:
    """Megabytes. memory : of each second"""
    early, late = memory[60 * SETTLED : 60 * (SETTLED + 5)], memory[-300:]
    return statistics.median(late) - statistics.median(early) if early else float("nan")

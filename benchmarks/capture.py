"""Does capture see what is there? The suite ``capture`` of ``mien evaluate``, against bars."""

from __future__ import annotations

from collections.abc import Iterator

import mien
from benchmarks.report import Row, at_least
from mien.evaluation.report import Report, label
from mien.evaluation.suites.capture import BACK, SUITE, UNSEEN

TITLE = "Capture: heads and faces of real clips, our own renders read back"

FOUND, AGREES, SPEED = 0.98, 0.9, 30.0


def rows() -> list[Row]:
    report = mien.evaluate(SUITE)
    return [*real(report), *back(report), *(Row(label(skip), f"not measured: {skip.why}") for skip in report.skipped)]


def real(report: Report) -> Iterator[Row]:
    """Faces found, heads, speed, source by source."""
    for source in report.sources(SUITE):
        figures = {
            metric: row.value for (system, metric), row in report.found(SUITE, source).items() if system == "mien"
        }
        if "found" in figures:
            yield at_least(f"{source}: share of frames with the face", figures["found"], FOUND)
        for angle in ("pitch", "yaw", "roll"):
            if angle in figures:
                yield at_least(f"{source}: head {angle}, r, all frames", figures[f"all {angle}"], AGREES, digits=3)
                yield Row(f"{source}: head {angle}, r, mean over clips", f"{figures[angle]:.3f}")
        if "fps" in figures:
            yield at_least(f"{source}: frames a second of one core, whole capture", figures["fps"], SPEED, "fps", 0)


def back(report: Report) -> Iterator[Row]:
    """Each channel that portraits performed."""
    for (channel, metric), row in report.found(SUITE, BACK).items():
        if metric == "back" and channel in UNSEEN:
            yield Row(f"{BACK}: {channel}, r", f"{row.value:.2f}, listed as not seen well")
        elif metric == "back":
            yield at_least(f"{BACK}: {channel}, r", row.value, AGREES)

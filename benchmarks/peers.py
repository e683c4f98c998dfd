"""The other suites of ``mien evaluate``: portrait, emotion, dynamics, voice, speed (docs/evaluate.md)."""

from __future__ import annotations

import mien
from benchmarks.report import Row, rows_from

TITLE = "Evaluate: picture, emotion, dynamics, voice and speed, beside floors and peers"
SUITES = ("portrait", "emotion", "dynamics", "voice", "speed")


def rows() -> list[Row]:
    report = mien.evaluate(*SUITES)
    return [row for layout in report.layouts for row in rows_from(report, layout)]

"""Is a style read from a clip its own, do we move towards it? The suite ``style`` of ``mien evaluate``, with bars."""

from __future__ import annotations

import mien
from benchmarks.report import Row, at_least
from mien.evaluation.report import label
from mien.evaluation.suites.style import SUITE

TITLE = "Style: read from clips, and moved towards"

NEAREST, CLOSED = 0.8, 0.7


def rows() -> list[Row]:
    report = mien.evaluate(SUITE)
    out = []
    for source in report.sources(SUITE):
        found = {(system, metric): row.value for (system, metric), row in report.found(SUITE, source).items()}
        clips = found.get(("captured", "clips"), 0)
        for metric, what in (
            ("pairs", "of two clips, one's halves are the nearer"),
            ("nearest", "its half is the nearest"),
        ):
            if ("captured", metric) in found:
                out.append(at_least(f"{source}, {clips:.0f} clips: {what}", found["captured", metric], NEAREST))
        if ("mien", "closed") in found:
            out.append(
                at_least(f"{source}: gap to the clip closed, what amounts steer", found["mien", "closed"], CLOSED)
            )
            out.append(Row(f"{source}: gap of the whole code closed", f"{found['mien', 'closed whole']:.2f}"))
        seen = {system: value for (system, metric), value in found.items() if metric == "follows seen"}
        if seen:
            each = ", ".join(f"{name} {r:.2f}" for name, r in sorted(seen.items(), key=lambda item: -item[1]))
            out.append(
                Row("in finished video, captured again: r of each statistic with the clips' own, over clips", each)
            )
    return [*out, *(Row(label(skip), f"not measured: {skip.why}") for skip in report.skipped)]

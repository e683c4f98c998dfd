#!/usr/bin/env python
"""Are the instruments whole? Runs ``mien evaluate --fast`` and looks at what must hold whatever the scores are.

    python tools/check_instruments.py [-o REPORT]

It never fails on a score: only where a still face scores, where shifted motion is not worse, where a captured face is
not perfect against itself, where a figure is no number, or where a suite brings no figure without saying why.
Without the companion data beside the checkout it says so and passes.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import mien
from mien.core.errors import BadInput
from mien.evaluation.curves import mouth_of_clip
from mien.evaluation.data import Data
from mien.evaluation.harness import SUITES
from mien.evaluation.report import Report
from mien.evaluation.suites.lips import figures
from mien.evaluation.suites.sync import FINDS

CHANCE = 0.35
"""r of motion at wrong times stays below: GRID's clips are all silence, speech, silence, which alone gives .31."""


def broken(report: Report) -> Iterator[str]:
    """What cannot be, in sentences."""
    for row in report.rows:
        if not math.isfinite(row.value):
            yield f"{row.suite}: {row.metric} of {row.system} on {row.clip} is {row.value}"
    explained = {skip.suite for skip in report.skipped}
    for suite in SUITES:
        if suite != "blind" and suite not in explained and not any(r.suite == suite for r in report.rows):
            yield f"{suite}: no figure, and no reason why"
    pooled = [row for row in report.rows if row.pooled]
    for suite, system, metric, holds, must in RULES:
        for row in pooled:
            if (row.suite, row.system, row.metric) == (suite, system, metric) and not holds(row.value):
                yield f"{suite}, {row.clip}: {metric} of {system} is {row.value:.3f}; {must}"


Rule = tuple[str, str, str, Callable[[float], bool], str]
RULES: tuple[Rule, ...] = (
    ("lips", "static", "aperture", lambda v: abs(v) < 1e-9, "a still face has none"),
    ("lips", "static", "aperture spread", lambda v: abs(v) < 1e-9, "a still face has none"),
    ("lips", "shuffled", "aperture", lambda v: abs(v) < CHANCE, "motion at wrong times is chance"),
    ("sync", "captured", "in time", lambda v: v >= FINDS, "captured faces are in time with themselves"),
    ("sync", "static", "in time", lambda v: abs(v) < 1e-9, "a still face is never in time"),
    ("portrait", "static", "rest", lambda v: abs(v) < 1e-9, "the photo is the photo"),
    ("portrait", "static", "read back", lambda v: abs(v) < 1e-9, "a still picture obeys nobody"),
    ("dynamics", "static", "head speed", lambda v: abs(v) < 1e-9, "a still head does not move"),
)
"""Suite, system, metric, what must hold of the mean over clips, and why."""


def against_itself() -> Iterator[str]:
    """The lips' figures of a captured face against that very face."""
    for clips in Data().clips.values():
        for clip in clips[:1]:
            truth = mouth_of_clip(clip.path)
            found = figures(truth, truth, clip)
            for name, perfect in (("aperture lag 0", 1), ("width lag 0", 1), ("pucker lag 0", 1)):
                if abs(found[name] - perfect) > 1e-6:
                    yield f"{clip.id} against itself: {name} is {found[name]:.6f}, not {perfect}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, metavar="REPORT", help="keep the report there")
    options = parser.parse_args()
    try:
        Data()
    except BadInput as error:
        print(f"instruments not checked: {error}")
        return 0
    report = mien.evaluate(fast=True, progress=lambda name: print(f"measuring {name} …", flush=True))
    if options.output:
        report.save(options.output)
    print(report.table())
    faults = [*broken(report), *against_itself()]
    for fault in faults:
        print(f"BROKEN {fault}")
    print(f"instruments: {len(report.rows)} figures, {len(report.skipped)} skipped, {len(faults)} broken")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

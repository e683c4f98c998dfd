"""mien evaluate: suites of measurements, ours beside named peers, on the same clips."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mien.core.errors import BadInput, MissingExtra, MissingWeights, WrongUse, unknown
from mien.evaluation.peers.all import chosen
from mien.evaluation.peers.system import CannotRun
from mien.evaluation.report import Report, commit, machine
from mien.evaluation.rows import Finding, Layout, Page, Picture, Row, Skipped
from mien.evaluation.study import Study

log = logging.getLogger(__name__)

SUITES = ("lips", "capture", "sync", "portrait", "emotion", "style", "dynamics", "voice", "speed", "blind")
"""Each a module of mien/evaluation/suites with LAYOUT and measure(study)."""


def evaluate(
    *suites: str,
    systems: Sequence[str] | None = None,
    data: str | Path | None = None,
    fast: bool = False,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Measure, and report. What cannot be measured here is in the report as skipped, with the reason.

    suites   : of SUITES; all of them without names
    systems  : names of peers (mien/evaluation/peers); all of them when None. The floors are always there.
    data     : the folder with the captured clips; None is the one beside the checkout
    fast     : fewer clips
    progress : called with the name of each suite as it begins
    Errors: WrongUse for an unknown suite or system.
    """
    for name in suites:
        if name not in SUITES:
            raise unknown("suite", name, SUITES)
    if not 0 <= seed < 2**32:
        raise WrongUse(f"seed must be a whole number from 0 on, got {seed}")
    study = Study(chosen(systems), None if data is None else str(data), fast, seed)
    findings: list[Finding] = []
    layouts: list[Layout] = []
    for name in suites or SUITES:
        if progress is not None:
            progress(name)
        module = importlib.import_module(f"mien.evaluation.suites.{name}")
        layouts.append(module.LAYOUT)
        findings += run(name, module, study)
    return Report(
        rows=[f for f in findings if isinstance(f, Row)],
        skipped=[f for f in findings if isinstance(f, Skipped)],
        pictures=[f for f in findings if isinstance(f, Picture)],
        pages=[f for f in findings if isinstance(f, Page)],
        layouts=layouts,
        about={
            "date": date.today().isoformat(),
            "machine": machine(),
            "commit": commit(),
            "data": study.folder or "the companion data beside the checkout",
            "fast": fast,
            "seed": seed,
        },
    )


def run(name: str, module: Any, study: Study) -> Iterator[Finding]:
    """A suite's findings; what it lacks as a whole becomes a finding too."""
    try:
        yield from module.measure(study)
    except (BadInput, CannotRun, MissingExtra, MissingWeights) as error:
        yield Skipped(name, "", str(error))

"""The check that CI runs on the instruments can fail, and does not fail on a score."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mien.evaluation.harness import SUITES
from mien.evaluation.report import Report
from mien.evaluation.rows import Row, Skipped

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from check_instruments import broken


def report(*rows: Row, silent: tuple[str, ...] = ()) -> Report:
    skipped = [Skipped(suite, "", "left out here") for suite in SUITES if suite not in silent]
    return Report(rows=rows, skipped=skipped, pictures=[], layouts=[], about={})


def test_bad_scores_are_no_fault_of_the_instruments() -> None:
    assert not list(broken(report(Row("lips", "mien", "grid/*", "aperture", -0.5))))


@pytest.mark.parametrize(
    "row",
    [
        Row("lips", "static", "grid/*", "aperture", 0.2),
        Row("lips", "shuffled", "grid/*", "aperture", 0.6),
        Row("sync", "captured", "grid/*", "in time", 0.5),
        Row("lips", "mien", "grid/bbaf2n", "aperture", float("nan")),
    ],
)
def test_what_cannot_be_is_a_fault(row: Row) -> None:
    (fault,) = broken(report(row))
    assert row.metric in fault


def test_a_suite_without_a_figure_must_say_why() -> None:
    assert list(broken(report(silent=("lips",)))) == ["lips: no figure, and no reason why"]

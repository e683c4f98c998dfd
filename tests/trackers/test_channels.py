"""Lids: a blink is short, lids held low stay low, and what is not seen moves nothing."""

from __future__ import annotations

import numpy as np

from mien.trackers.channels import Rows, _blinks, row_length, table

FPS = 25.0
OPEN = 0.27
"""Gap of an open eye over its breadth, as the landmarker sees it."""


def rows(lids: np.ndarray, read: np.ndarray) -> Rows:
    """lids : (n,) openings of both eyes; read : (n,) the regression's eyeBlink*"""
    names = table()[0]
    values = np.zeros((len(lids), row_length()))
    for side in ("Left", "Right"):
        values[:, names.index(f"eyeBlink{side}")] = read
    values[:, len(names) : len(names) + 2] = lids[:, None]
    return Rows(values, np.ones(len(lids), np.bool_))


def test_lids_held_low_for_seconds_stay_low_and_a_blink_among_them_is_whole() -> None:
    low = np.arange(200) >= 100
    lids, read = np.where(low, 0.19, OPEN), np.where(low, 0.3, 0.0)
    lids[150:153], read[150:153] = 0.04, 1.0
    both = _blinks(rows(lids, read), np.array([2]), FPS)
    assert both[:80].max() == 0
    assert 0.2 < both[120:145].min() <= both[120:145].max() < 0.3
    assert both[150:153].min() == 1


def test_what_the_regression_reads_by_a_hair_is_jitter() -> None:
    read = np.random.default_rng(0).normal(0, 0.04, 200)
    read[2] = 0
    assert _blinks(rows(np.full(200, OPEN), read), np.array([2]), FPS).max() < 0.02

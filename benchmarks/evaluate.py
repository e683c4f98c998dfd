"""Every suite of ``mien evaluate``, as it writes itself (docs/evaluate.md)."""

from __future__ import annotations

import sys

import mien
from mien.evaluation.report import Report

TITLE = "Evaluate: beside peers and floors, on the same clips, by the same ruler"


def report() -> Report:
    return mien.evaluate(progress=lambda name: print(f"measuring {name} …", file=sys.stderr))

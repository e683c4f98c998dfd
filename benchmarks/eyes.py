"""What fresh eyes called shuffled, unlabelled strips of the eight emotions (tools/emotion_strips.py draws them).

The answers are kept in eyes.json. Viewers so far are fresh sessions of a vision model that saw the pictures and nothing
else, not people; each name could be given once, so some rows may have been named by elimination.
"""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.report import Row

TITLE = "Fresh eyes: emotions named from unlabelled strips (viewers: a vision model that saw nothing else)"


def rows() -> list[Row]:
    out = []
    for sheet, answers in json.loads(Path(__file__).with_suffix(".json").read_text()).items():
        key = answers.pop("key")
        for viewer, said in answers.items():
            right = sum(said[row] == emotion for row, emotion in key.items())
            out.append(Row(f"{sheet}: {viewer}", f"{right} of {len(key)}", "≥ 6 of 8", right >= 6))
    return out

"""What people answered in the blind test."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from mien.core.errors import BadInput
from mien.evaluation.rows import Row

KIND = "mien.answers/1"
SUITE = "blind"
LEVEL = 1.96
"""Standard deviations of a 95 % interval."""


def score(*paths: str | Path) -> list[Row]:
    """Share of pairs in which ours was chosen over each other system, and of emotions named right, by all people.

    paths : one file of answers each
    Errors: BadInput for a file that is not the blind test's answers, or is not complete.
    """
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for path in paths:
        for what, right in judgements(Path(path)):
            found[what].append(right)
    return [
        Row(SUITE, system, "people/*", metric, sum(right) / len(right), wilson(sum(right), len(right)))
        for (system, metric), right in found.items()
    ]


def judgements(path: Path) -> list[tuple[tuple[str, str], bool]]:
    """One person's: (system, what was asked), and whether the answer was for it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        key = json.loads(base64.b64decode(data["key"], validate=True))
        answers = data["answers"]
        if data["kind"] != KIND or len(answers) != len(key):
            raise ValueError(f"{len(answers)} answers to {len(key)} questions")
        return [judgement(question, answer) for question, answer in zip(key, answers, strict=True)]
    except FileNotFoundError:
        raise BadInput(f"no such file: {path}") from None
    except (OSError, ValueError, KeyError, TypeError, IndexError, StopIteration) as error:
        raise BadInput(f"{path} does not hold the blind test's answers: {error}") from None


def judgement(question: dict[str, Any], answer: Any) -> tuple[tuple[str, str], bool]:
    shown = question["shown"]
    if question["kind"] != "pair":
        return ("mien", "emotion named"), answer == shown[0]
    ours = next(i for i, name in enumerate(shown) if name.startswith("mien"))
    return (shown[ours], f"chosen over {shown[1 - ours]}"), shown[int(answer)] == shown[ours]


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927).

    >>> [round(v, 2) for v in wilson(5, 10)]
    [0.24, 0.76]
    """
    share, z2 = right / count, LEVEL**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = LEVEL / (1 + z2 / count) * (share * (1 - share) / count + z2 / (4 * count**2)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)

"""What people answered in the blind test."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from pathlib import Path

from mien.core.errors import BadInput
from mien.evaluation.rows import Row

KIND = "mien.answers/1"
SUITE = "blind"
LEVEL = 1.96
"""Standard deviations of a 95 % interval."""


def score(path: str | Path) -> list[Row]:
    """Share of pairs in which each system was chosen over another, and of emotions named right.

    Errors: BadInput for a file that is not the blind test's answers, or is not complete.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        key = json.loads(base64.b64decode(data["key"], validate=True))
        answers = data["answers"]
        if data["kind"] != KIND or len(answers) != len(key):
            raise ValueError(f"{len(answers)} answers to {len(key)} questions")
        found: dict[tuple[str, str], list[bool]] = defaultdict(list)
        for question, answer in zip(key, answers, strict=True):
            shown = question["shown"]
            if question["kind"] == "pair":
                ours = next(i for i, name in enumerate(shown) if name.startswith("mien"))
                found[shown[ours], f"chosen over {shown[1 - ours]}"].append(shown[int(answer)] == shown[ours])
            else:
                found["mien", "emotion named"].append(answer == shown[0])
    except FileNotFoundError:
        raise BadInput(f"no such file: {path}") from None
    except (OSError, ValueError, KeyError, TypeError, IndexError, StopIteration) as error:
        raise BadInput(f"{path} does not hold the blind test's answers: {error}") from None
    return [
        Row(SUITE, system, "people/*", metric, sum(right) / len(right), wilson(sum(right), len(right)))
        for (system, metric), right in found.items()
    ]


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927).

    >>> [round(v, 2) for v in wilson(5, 10)]
    [0.24, 0.76]
    """
    share, z2 = right / count, LEVEL**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = LEVEL / (1 + z2 / count) * (share * (1 - share) / count + z2 / (4 * count**2)) ** 0.5
    return middle - half, middle + half

"""How much of what was said was understood?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from mien.core.errors import BadInput


def edits(wanted: Sequence[Hashable], found: Sequence[Hashable]) -> int:
    """Fewest insertions, deletions and replacements between two sequences (Levenshtein 1966).

    >>> edits("kitten", "sitting")
    3
    """
    before = list(range(len(found) + 1))
    for i, a in enumerate(wanted, 1):
        now = [i]
        for j, b in enumerate(found, 1):
            now.append(min(before[j] + 1, now[-1] + 1, before[j - 1] + (a != b)))
        before = now
    return before[-1]


def error_rate(wanted: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Edits over what was wanted. Errors: BadInput when nothing was wanted."""
    if not wanted:
        raise BadInput("an error rate needs at least one word that was wanted")
    return edits(wanted, found) / len(wanted)

"""The few errors a user can meet; each is a built-in one too, so ``except ValueError`` works.

A message says what was wanted, what came and what to do next.
"""

import difflib
from collections.abc import Iterable


class MienError(Exception):
    """Anything mien refuses or fails at; the command line prints its text and exits with ``code``."""

    code = 1


class WrongUse(MienError, ValueError):
    """The caller asked for something that does not exist or does not fit: exit code 2."""

    code = 2


class BadInput(MienError, ValueError):
    """A file or a text cannot be used as it is: exit code 1."""


class OutputExists(WrongUse, FileExistsError):
    """The output is already there and nobody allowed replacing it."""


class OutputFailed(MienError, OSError):
    """The output could not be written; nothing half-written is left behind."""


class MissingWeights(MienError, FileNotFoundError):
    """Model data that is not on this machine and could not be fetched."""


class MissingExtra(MienError, ImportError):
    """A backend whose package is not installed."""


def unknown(kind: str, name: str, known: Iterable[str]) -> WrongUse:
    """The error for a name that is not in a list, naming the nearest ones.

    >>> str(unknown("emotion", "hapy", ["happy", "sad"]))
    "unknown emotion 'hapy': did you mean 'happy'? (there are: happy, sad)"
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    guess = f": did you mean {' or '.join(map(repr, near))}?" if near else ""
    return WrongUse(f"unknown {kind} {name!r}{guess} (there are: {', '.join(names) or 'none'})")

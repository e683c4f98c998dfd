"""What a file is, when it is not what was hoped for."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mien.core.errors import BadInput

HEAD = 4096
"""Bytes looked at."""


def check_readable(path: Path) -> None:
    """Errors: BadInput when the file is missing, a folder, a pipe or device, empty or not to be read."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise BadInput(f"cannot read {path}: it is a folder; give a file")
        if not stat.S_ISREG(mode):  # files are opened more than once, and what came through a pipe is gone
            raise BadInput(f"{path} is not a regular file (a pipe or a device): save it to a file first")
        if not head(path):
            raise BadInput(f"{path} is empty: 0 bytes")
    except FileNotFoundError:
        raise BadInput(f"there is no file {path}") from None
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror or error}") from None


def head(path: Path) -> bytes:
    """The first bytes."""
    with path.open("rb") as file:
        return file.read(HEAD)


def is_text(path: Path) -> bool:
    """Whether the file begins like a text."""
    start = head(path)
    if b"\0" in start:
        return False
    try:
        start[: HEAD - 4].decode("utf-8")  # the cut may lie within a character
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def complaints(path: Path, kind: str) -> Iterator[None]:
    """PyAV's errors about a file that should be of a kind ("sound", "video"), as one sentence each: BadInput."""
    import av

    try:
        yield
    except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        if isinstance(error, BadInput):
            raise
        if is_text(path):
            raise BadInput(f"{path} is a text file, not {kind}") from None
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise BadInput(f"{path} is damaged or not a {kind} file that can be read ({reason})") from error

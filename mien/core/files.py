"""Writing files so that an output is either whole or not there."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mien.core.errors import OutputFailed


@contextmanager
def atomic_output(path: str | Path) -> Iterator[Path]:
    """A temporary path in the output's own folder; it becomes ``path`` at the end of the block.

    When the block raises, whatever it raises, the temporary file is deleted and ``path`` is as it was.
    The temporary name keeps the suffix, which writers go by.
    Errors: OutputFailed where the folder is missing or cannot be written, or the disk is full.
    """
    path = Path(path)
    # hidden, and of a length that fits even when the output's own name is as long as names may be
    temporary = path.with_name(f".mien-{secrets.token_hex(6)}{path.suffix}")
    try:
        with _output_errors(path, temporary):
            _check_place(path)
            temporary.touch()
            yield temporary
            temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink()


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise OutputFailed(f"cannot write {path}: it is a folder; give a file name")
    if not path.parent.is_dir():
        raise OutputFailed(f"cannot write {path}: there is no folder {path.parent}; make it first")


REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "the folder may not be written to",
    errno.EPERM: "the folder may not be written to",
    errno.EROFS: "the disk is read-only",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EFBIG: "the file grew larger than this disk allows",
}


@contextmanager
def _output_errors(path: Path, temporary: Path) -> Iterator[None]:
    """What the system says about the file being written, as OutputFailed; about other files it passes through."""
    try:
        yield
    except OutputFailed:
        raise
    except OSError as error:
        about_another = error.filename is not None and Path(error.filename) not in (path, temporary)
        if about_another or error.errno not in REASONS:
            raise
        raise OutputFailed(f"cannot write {path}: {REASONS[error.errno]}") from error

"""Arrays that took long to make, kept in the cache folder: what the landmarker saw of a clip is read once a machine.

A file that is damaged, of another version, or that cannot be written costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.errors import OutputFailed
from mien.core.files import atomic_output
from mien.core.weights import cache_folder

log = logging.getLogger(__name__)

Arrays = dict[str, npt.NDArray[np.floating]]


def kept(kind: str, version: str, source: Path, make: Callable[[], Arrays]) -> Arrays:
    """What ``make`` returns, or returned before for a file of the same bytes.

    kind, version : name what is kept; another version is made anew
    Errors: those of ``make``, which are not kept.
    """
    digest = hashlib.sha256(f"{kind} {version} ".encode() + source.read_bytes()).hexdigest()
    path = cache_folder() / kind / f"{digest[:32]}.npz"
    found = _read(path)
    if found is not None:
        return found
    made = make()
    with suppress(OSError, OutputFailed):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_output(path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **made)
    return made


def _read(path: Path) -> Arrays | None:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        log.info("%s is made anew: %s", path.name, error)
        return None

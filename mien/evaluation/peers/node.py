"""Peers made for the browser: an npm package, fetched on demand, run under Node by a small driver beside this file.

A driver gets the package's folder, raw float32 sound and its rate, and prints the curves that the package itself
computes. What a browser would have is in webaudio.mjs. Not dependencies: node and npm must be on the PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.rig import Motion
from mien.core.track import Audio
from mien.core.weights import cache_folder
from mien.evaluation.curves import RATE
from mien.evaluation.peers.system import CannotRun

Array = npt.NDArray[np.float64]

HERE = Path(__file__).parent

CONTEXT_RATE = 48000
"""Hz of the sound that a package hears: what a browser's audio context runs at, whatever the file was."""

INSTALL_SECONDS, RUN_SECONDS = 120, 120
"""Longer than that and it is given up: a package is some 100 kB, a clip takes about a second."""

NPM_OPTIONS = "--ignore-scripts --no-audit --no-fund --no-progress --loglevel=error --fetch-retries=1".split()


@dataclass(frozen=True, slots=True)
class Package:
    """What npm installs. name, version : as npm has them; needs : files in it without which it is not whole"""

    name: str
    version: str
    needs: tuple[str, ...]

    @property
    def home(self) -> Path:
        """Where it is installed, its version in the name."""
        return cache_folder() / "node" / f"{self.name.replace('/', '-')}-{self.version}"

    @property
    def folder(self) -> Path:
        """The package itself."""
        return self.home / "node_modules" / self.name

    @property
    def wanted(self) -> str:
        return f"{self.name}@{self.version}"

    def is_whole(self) -> bool:
        """Whether it is here, of this version, with all it needs."""
        try:
            stated = json.loads((self.folder / "package.json").read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return stated.get("version") == self.version and all((self.folder / file).is_file() for file in self.needs)


@dataclass(frozen=True)
class Curves:
    """What a driver prints. names : of the columns; times : (n,) seconds; values : (n, c)"""

    names: tuple[str, ...]
    times: Array
    values: Array


def installed(package: Package) -> Path:
    """The package's folder, installed first if it is not on this machine yet or not whole there.

    Errors: CannotRun when node or npm is missing, or the package cannot be installed.
    """
    _program("node", package)
    if not package.is_whole():
        with _only_one_process(package):
            if not package.is_whole():  # another process may have installed it while this one waited
                _install(package)
    return package.folder


def curves_from(package: Package, driver: str, audio: Audio, *arguments: str) -> Curves:
    """What the package makes of the sound, at CONTEXT_RATE. driver : name of an .mjs file beside this one

    Errors: CannotRun.
    """
    from mien.media import resample

    folder, node = installed(package), _program("node", package)
    sound = np.concatenate([piece.values for piece in resample([audio], CONTEXT_RATE)])
    with tempfile.TemporaryDirectory(prefix="mien-") as scratch:
        path = Path(scratch) / "sound.f32"
        sound.astype("<f4").tofile(path)
        printed = _run(
            [node, str(HERE / driver), str(folder), str(path), str(CONTEXT_RATE), *arguments],
            f"{package.wanted} under node {driver}",
            RUN_SECONDS,
        )
    return curves_from_json(printed, package)


def curves_from_json(printed: str, package: Package) -> Curves:
    """Errors: CannotRun for what is no finite table."""
    try:
        found = json.loads(printed)
        names, times = tuple(found["names"]), np.array(found["times"], np.float64)
        values = np.array(found["values"], np.float64).reshape(len(times), len(names))
    except (ValueError, KeyError, TypeError) as error:
        raise CannotRun(f"{package.wanted} printed what is no table of curves ({error})") from error
    if not len(times) or not np.isfinite(values).all():
        raise CannotRun(f"{package.wanted} printed curves that are empty or not numbers")
    return Curves(names, times, values)


def motion_from_curves(curves: Curves, poses: Mapping[str, Mapping[str, float]], seconds: float) -> Motion:
    """Poses by the weights of their curves, added up, read at the middle of each frame.

    poses : curve -> channel -> weight; a curve without a pose moves nothing
    """
    motion = Motion.at_rest(int(seconds * RATE), rate=RATE)
    values = motion.values.astype(np.float64)
    for name, curve in zip(curves.names, curves.values.T, strict=True):
        height = np.interp(motion.times, curves.times, curve)
        for channel, weight in poses.get(name, {}).items():
            values[:, motion.rig.find(channel)] += weight * height
    return motion.with_values(np.clip(values, motion.rig.low, motion.rig.high))


def _program(name: str, package: Package) -> str:
    if found := shutil.which(name):
        return found
    raise CannotRun(
        f"{package.wanted} runs under Node and {name} is not on the PATH: install Node.js 20 or newer, with npm"
    )


def _install(package: Package) -> None:
    """Into a folder of its own, which gets the name only when it is whole."""
    _before_failed(package)
    part = package.home.with_name(package.home.name + ".part")
    try:
        for left in (part, package.home):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        part.mkdir(parents=True)
        command = [_program("npm", package), "install", "--prefix", str(part), *NPM_OPTIONS, package.wanted]
        _run(command, f"npm install {package.wanted}", INSTALL_SECONDS, advice="with a network, try again")
        part.replace(package.home)
    except CannotRun as error:
        _failures[package.home] = str(error)
        raise
    except OSError as error:
        raise CannotRun(_not_writable(package, error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if not package.is_whole():
        raise CannotRun(f"npm installed {package.wanted} without {', '.join(package.needs)} in it")


_failures: dict[Path, str] = {}
"""What failed in this process: not every clip of a run waits for npm's patience again."""


def _before_failed(package: Package) -> None:
    if package.home in _failures:
        raise CannotRun(_failures[package.home])


def _not_writable(package: Package, error: OSError) -> str:
    return (
        f"{package.wanted} cannot be kept in {package.home.parent} ({error.strerror or error}); "
        "set MIEN_CACHE to a folder that can be written"
    )


@contextmanager
def _only_one_process(package: Package) -> Iterator[None]:
    from filelock import FileLock

    lock = FileLock(package.home.with_name(package.home.name + ".lock"))
    try:
        package.home.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise CannotRun(_not_writable(package, error)) from error
    try:
        yield
    finally:
        lock.release()


def _run(command: list[str], what: str, seconds: float, *, advice: str = "") -> str:
    """What a program prints. Errors: CannotRun with the line of its complaint that says most."""
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, env=_surroundings(), check=False
        )
    except subprocess.TimeoutExpired:
        raise CannotRun(f"{what} was not done in {seconds:g} s{_and(advice)}") from None
    except OSError as error:
        raise CannotRun(f"{what} could not be started ({error.strerror or error})") from error
    if done.returncode:
        raise CannotRun(f"{what} failed ({_reason(done.stderr.decode('utf-8', 'replace'))}){_and(advice)}")
    return done.stdout.decode("utf-8", "replace")


def _and(advice: str) -> str:
    return f"; {advice}" if advice else ""


def _surroundings() -> dict[str, str]:
    """NODE_OPTIONS of whoever calls could load anything into the driver."""
    return {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}


def _reason(complaint: str) -> str:
    """The line that says most: node's names the error, npm's first ones only its code.

    >>> _reason("npm error code E404\\nnpm error 404 Not Found - GET x")
    '404 Not Found - GET x'
    >>> _reason("file.mjs:3\\n  throw new Error('no');\\nError: no\\n    at file.mjs:3")
    'Error: no'
    """
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    npm = [line.removeprefix("npm error").strip() for line in lines if line.startswith("npm error")]
    telling = [line for line in npm if not line.startswith(("code", "syscall", "errno"))]
    named = [line for line in lines if "Error" in line and "throw" not in line]
    return (telling or npm or named or lines or ["it gave no reason"])[0]

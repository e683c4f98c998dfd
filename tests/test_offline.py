"""After the first run nothing needs a network: tested with the network cut off."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mien.cli import main
from tests.media.unsigned import unsigned

SAY = ["say", "Bath is far.", "--voice", "bf_emma", "--size", "256", "-y", "-o"]


def cut_off() -> list[str]:
    """A prefix that runs a command in a network namespace without any interface."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("cutting the network off needs Linux's unshare")
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a user make network namespaces")
    return ["unshare", "-rn"]


def test_after_the_first_run_everything_works_without_a_network(tmp_path: Path) -> None:
    prefix = cut_off()
    assert main([*SAY, str(tmp_path / "first.mp4"), "--quiet"]) == 0  # fetches what is missing
    command = [*prefix, sys.executable, "-m", "mien.cli", *SAY, str(tmp_path / "second.mp4")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert unsigned(tmp_path / "second.mp4") == unsigned(tmp_path / "first.mp4")


def test_a_first_run_without_a_network_says_what_is_missing_and_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))
    command = [*cut_off(), sys.executable, "-m", "mien.cli", *SAY, str(tmp_path / "out.mp4")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "MB" in done.stderr and "mien models get" in done.stderr
    assert not (tmp_path / "out.mp4").exists()

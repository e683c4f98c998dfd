"""Outputs are whole or not there."""

import errno
from pathlib import Path

import pytest

from mien.core.errors import OutputFailed
from mien.core.files import atomic_output


def test_the_output_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with atomic_output(path) as temporary:
        temporary.write_text("all of it")
        assert temporary.suffix == ".csv" and not path.exists()
    assert path.read_text() == "all of it"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), GeneratorExit()])
def test_whatever_goes_wrong_nothing_changes(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(type(error)), atomic_output(path) as temporary:
        temporary.write_text("half")
        raise error
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_each_failure_of_the_disk_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with pytest.raises(OutputFailed) as error, atomic_output(path) as temporary:
        raise OSError(errno.ENOSPC, "No space left on device", str(temporary))
    assert str(error.value) == f"cannot write {path}: the disk is full"
    assert list(tmp_path.iterdir()) == []


def test_an_error_about_another_file_passes_through(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), atomic_output(tmp_path / "out.csv"):
        raise PermissionError(errno.EACCES, "Permission denied", "an input")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none" / "out.csv"
    with pytest.raises(OutputFailed) as error, atomic_output(path):
        pass
    assert str(error.value) == f"cannot write {path}: there is no folder {path.parent}; make it first"


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed) as error, atomic_output(tmp_path):
        pass
    assert str(error.value) == f"cannot write {tmp_path}: it is a folder; give a file name"

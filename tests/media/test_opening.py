"""What is no file of the wanted kind is refused in one sentence."""

import os
import sys
from pathlib import Path

import pytest

from mien.core.errors import BadInput
from mien.media.opening import check_readable


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among its files")
def test_a_pipe_is_refused_without_waiting_for_what_comes_through_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    with pytest.raises(BadInput) as error:
        check_readable(pipe)
    assert str(error.value) == f"{pipe} is not a regular file (a pipe or a device): save it to a file first"


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="needs /dev/fd")
def test_what_comes_through_a_pipe_is_left_in_it() -> None:
    out, into = os.pipe()
    try:
        os.write(into, b"sound")
        with pytest.raises(BadInput, match="a pipe or a device"):
            check_readable(Path(f"/dev/fd/{out}"))
        assert os.read(out, 5) == b"sound"
    finally:
        os.close(out)
        os.close(into)


def test_a_file_a_folder_an_empty_file_and_nothing_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "empty").touch()
    check_readable(tmp_path / "file")
    for path, message in (("", "it is a folder"), ("empty", "is empty: 0 bytes"), ("none", "there is no file")):
        with pytest.raises(BadInput, match=message):
            check_readable(tmp_path / path)

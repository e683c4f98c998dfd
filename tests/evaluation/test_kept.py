"""What was made once is read back bit for bit; whatever happens to the file costs time alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien.evaluation.kept import kept


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"pictures")
    return path


class Maker:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> dict[str, np.ndarray]:
        self.calls += 1
        return {"a": np.random.default_rng(0).random((5, 3), np.float32)}


def test_the_same_file_is_made_once(source: Path) -> None:
    make = Maker()
    first, second = (kept("seen", "1", source, make) for _ in range(2))
    assert make.calls == 1
    np.testing.assert_array_equal(first["a"], second["a"])


def test_other_bytes_or_another_version_are_made_anew(source: Path) -> None:
    make = Maker()
    kept("seen", "1", source, make)
    kept("seen", "2", source, make)
    source.write_bytes(b"other pictures")
    kept("seen", "1", source, make)
    assert make.calls == 3


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"nonsense" * 100])
def test_a_damaged_file_is_made_anew(source: Path, damage: bytes) -> None:
    make = Maker()
    kept("seen", "1", source, make)
    (only,) = (source.parent / "cache" / "seen").iterdir()
    only.write_bytes(damage)
    np.testing.assert_array_equal(kept("seen", "1", source, make)["a"], make()["a"])


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(source: Path) -> None:
    (source.parent / "cache").write_text("a file where the folder should be")
    assert kept("seen", "1", source, Maker())["a"].shape == (5, 3)

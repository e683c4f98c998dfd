"""mien evaluate at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mien.cli import main


def test_a_report_is_written_even_where_nothing_can_be_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report"
    arguments = ["evaluate", "lips", "--data", str(tmp_path), "--fast", "-o", str(out)]
    assert main(arguments) == 0
    assert "Not measured" in capsys.readouterr().out
    assert {p.name for p in out.iterdir()} == {"report.json", "index.html", "numbers.md"}
    assert main(arguments) == 2 and "-y" in capsys.readouterr().err
    assert main([*arguments, "-y", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "mien.report/1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evaluate", "lips"], "-o report/"),
        (["evaluate", "lips", "-o", "-"], "-o report/"),
        (["evaluate", "nonsense", "-o", "report"], "unknown suite"),
        (["evaluate", "lips", "--system", "nobody", "-o", "report"], "unknown system"),
        (["evaluate", "lips", "--seed", "-1", "-o", "report"], "seed"),
        (["evaluate", "--score", "nowhere.json"], "no such file"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) in (1, 2)
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_report_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["evaluate", "lips", "--data", str(tmp_path), "-o", str(tmp_path / "file" / "report")]) == 1
    assert "cannot make the folder" in capsys.readouterr().err

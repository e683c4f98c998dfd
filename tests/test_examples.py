"""Every example runs, as its first line says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("01_say/say.py", "hello.mp4"),
        ("02_motion/motion.py", "winking.npz"),
        ("03_own_renderer/bars.py", "bars.mp4"),
        ("04_live/talk.py", "answer.wav"),
        ("04_live/speak.py", "motion.jsonl"),
    ],
)
def test_an_example_runs_and_writes_what_it_says(tmp_path: Path, script: str, output: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:mien", EXAMPLES / script],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, env={**os.environ, "OMP_NUM_THREADS": "2"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / output).stat().st_size > 1000


def test_every_example_is_tested() -> None:
    there = {f"{p.parent.name}/{p.name}" for p in EXAMPLES.glob("*/*.py")}
    assert there == {
        "01_say/say.py", "02_motion/motion.py", "03_own_renderer/bars.py", "04_live/talk.py", "04_live/speak.py",
    }  # fmt: skip

"""Whole commands, as a user runs them, on two idle cores."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.report import Row, at_least, at_most
from benchmarks.run import MIEN, Cost, cost, median, scratch
from benchmarks.story import TEN_SECONDS
from mien.core.weights import cache_folder

TITLE = "Speed: whole commands"
REPEATS = 3


def forget_portraits() -> None:
    """Make every portrait a new one."""
    for path in (cache_folder() / "portraits").glob("*"):
        path.unlink()


def measured(*arguments: str, forget: bool = False) -> Cost:
    costs = []
    for _ in range(REPEATS):
        if forget:
            forget_portraits()
        costs.append(cost(MIEN, *arguments, "-y", "--quiet"))
    return median(costs)


def row(what: str, taken: Cost, bar: float) -> Row:
    base = at_most(what, taken.wall, bar, "s wall", 1)
    return Row(base.what, f"{base.value}, {taken.cpu:.1f} s CPU, {taken.memory / 1e6:.0f} MB", base.wanted, base.ok)


def rows() -> list[Row]:
    out = []
    with scratch() as folder:
        wav, mp4 = str(folder / "a.wav"), str(folder / "a.mp4")
        cost(MIEN, "speak", TEN_SECONDS, "-o", wav, "-y", "--quiet")
        seconds = json.loads((folder / "a.speech.json").read_text())["seconds"]
        (folder / "a.speech.json").unlink()  # the recording is to be heard, not looked up
        out.append(Row("length of the speech", f"{seconds:.1f} s"))
        new = measured("say", TEN_SECONDS, "-o", mp4, forget=True)
        out.append(row("text → mp4, 512², 25 fps, new portrait", new, 12))
        out.append(row("text → mp4, known portrait", measured("say", TEN_SECONDS, "-o", mp4), 12))
        out.append(row("recording → mp4, new portrait", measured("say", "--audio", wav, "-o", mp4, forget=True), 10))
        out.append(row("recording → mp4, known portrait", measured("say", "--audio", wav, "-o", mp4), 8))
        csv = measured("say", "--audio", wav, "-o", str(folder / "a.csv"))
        out.append(row("recording → csv", csv, 2.5))
        out.append(at_most("peak memory, text → mp4", new.memory / 1e6, 1200, "MB", 0))
    out.append(at_most("import mien", import_seconds(), 0.1, "s", 3))
    out.append(at_least("motion alone, one core, plans of a file (0.6 s)", motion_speed(15), 100, "× real time", 0))
    out.append(
        at_least("motion alone, one core, plans of a live session (0.2 s)", motion_speed(5), 100, "× real time", 0)
    )
    return out


def import_seconds() -> float:
    python = str(Path(MIEN).with_name("python"))
    bare, full = (median([cost(python, "-c", code) for _ in range(5)]).wall for code in ("pass", "import mien"))
    return full - bare


def motion_speed(tick: int) -> float:
    """Seconds of motion per CPU second, all generators mixed, on one core."""
    import time

    from mien.core.mix import mix
    from mien.performance.verbs import default_generators
    from mien.testing import example_plans

    plans = example_plans([tick] * (1500 // tick))
    list(mix(plans[:20], default_generators(0)))  # warm
    began = time.process_time()
    list(mix(plans, default_generators(0)))
    return 60 / (time.process_time() - began)

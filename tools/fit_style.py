"""How far each number of a style code can be trusted: python tools/fit_style.py [--data DIR]

Writes mien/style/scale.json. Each clip of grid/, styletalk/ and mocha/ (style-clips/ are for measuring only) is
captured once and its motion cut in the middle. ``within`` is how much a number differs between the two halves,
``between`` how much more between clips; ``seen in addition`` what the tracker adds to motion that is drawn on the
portraits and captured again.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

import mien
from mien.core.formats import load
from mien.evaluation.data import Data
from mien.evaluation.sources import named
from mien.evaluation.suites.style import FOLDERS, MEASURED_ONLY, TEXT, pair_of, spreads
from mien.performance.capture import capture
from mien.style.code import MOVING, NAMES, SCALE, Code, felt, measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data")
    data = Data(parser.parse_args().data)
    pairs = [
        pair_of(name, source, path)
        for source, folder in FOLDERS.items()
        if source != MEASURED_ONLY
        for name, path in named(source, data.folder / folder).items()
    ]
    within, between = spreads(np.array([[felt(half) for half in pair.halves] for pair in pairs]))
    content = {
        "clips": len(pairs),
        "data": [source for source in FOLDERS if source != MEASURED_ONLY],
        "within": dict(zip(NAMES, within.round(5).tolist(), strict=True)),
        "between": dict(zip(NAMES, between.round(5).tolist(), strict=True)),
        "seen in addition": seen_in_addition(sorted((data.folder / "portraits").glob("*.png"))),
    }
    SCALE.write_text(json.dumps(content, indent=1) + "\n")
    print(f"{SCALE}: {len(pairs)} clips")


def seen_in_addition(portraits: list[Path]) -> dict[str, float]:
    """How much more each number is in captured videos than in the motion that they were drawn from, over portraits."""
    made, seen = [], []
    with tempfile.TemporaryDirectory() as folder:
        motion, video = Path(folder) / "talk.npz", Path(folder) / "talk.mp4"
        for seed, portrait in enumerate(portraits):
            take = mien.say(TEXT, portrait=portrait, seed=seed)
            take.save(motion)
            take.save(video)
            made.append(measured(load(motion)))
            seen.append(measured(capture(video)))
            print(portrait.name)
    return {name: round(added(name, made, seen), 5) for name in NAMES}


def added(name: str, made: list[Code], seen: list[Code]) -> float:
    """Of reaches and speeds in squares, of what rests as it is; a portrait has no side that it favours, nor blinks."""
    if name.startswith(MOVING):
        return float(np.sqrt(max(0.0, np.mean([s[name] ** 2 - m[name] ** 2 for m, s in zip(made, seen, strict=True)]))))
    return float(np.mean([s[name] - m[name] for m, s in zip(made, seen, strict=True)])) if "rest." in name else 0.0


main()

"""How far each number of a style code can be trusted: python tools/fit_style.py [--data DIR]

Writes mien/style/scale.json. Each clip of grid/, styletalk/ and mocha/ (style-clips/ are for measuring only) is
captured once and its motion cut in the middle. ``within`` is how much a number differs between the two halves,
``between`` how much more between clips.
"""

import argparse
import json

import numpy as np

from mien.evaluation.data import Data
from mien.evaluation.sources import named
from mien.evaluation.suites.style import FOLDERS, MEASURED_ONLY, pair_of, spreads
from mien.style.code import NAMES, SCALE, felt


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
    }
    SCALE.write_text(json.dumps(content, indent=1) + "\n")
    print(f"{SCALE}: {len(pairs)} clips")


main()

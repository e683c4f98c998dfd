"""python -m benchmarks [SECTION …]: measure, and write docs/numbers.md. Without names: every section."""

import argparse
import importlib

from benchmarks.report import keep

SECTIONS = ("speed", "drawing", "seal", "lips", "peers", "eyes", "voice", "capture", "long")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("section", nargs="*", choices=[*SECTIONS, []], help=f"of {', '.join(SECTIONS)}")
    for name in parser.parse_args().section or SECTIONS:
        module = importlib.import_module(f"benchmarks.{name}")
        rows = module.rows()
        keep(name, module.TITLE, f"python -m benchmarks {name}", rows)
        print(f"\n{module.TITLE}")
        for row in rows:
            verdict = {True: "met", False: "MISSED", None: ""}[row.ok]
            print(f"  {row.what}: {row.value}  {row.wanted}  {verdict}")


main()

"""python -m benchmarks [SECTION …]: measure, and write docs/numbers.md. Without names: every section."""

import argparse
import importlib
import subprocess
import sys

from benchmarks.report import keep, keep_report

SECTIONS = (
    "speed", "drawing", "portrait", "seal", "evaluate", "lips", "heard", "capture", "emotion", "style", "dynamics",
    "eyes", "voice", "live", "listener", "traffic", "received", "long",
)  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["load"]:
        from benchmarks.load import main as load

        load(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("section", nargs="*", choices=[*SECTIONS, []], help=f"of {', '.join(SECTIONS)}")
    names = parser.parse_args().section or SECTIONS
    if len(names) > 1:  # each in a process of its own: a child's peak memory begins at what its parent holds
        for name in names:
            subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)
        return
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        if hasattr(module, "report"):
            report = module.report()
            keep_report(name, module.TITLE, f"python -m benchmarks {name}", report)
            print(report.table())
            continue
        rows = module.rows()
        keep(name, module.TITLE, f"python -m benchmarks {name}", rows)
        print(f"\n{module.TITLE}")
        for row in rows:
            verdict = {True: "met", False: "MISSED", None: ""}[row.ok]
            print(f"  {row.what}: {row.value}  {row.wanted}  {verdict}")


if __name__ == "__main__":
    main()

"""Rows of figures, kept in results.json and shown in docs/numbers.md."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from mien.evaluation.markdown import markdown
from mien.evaluation.report import Report, machine

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
NUMBERS = HERE.parent / "docs" / "numbers.md"

HEAD = """# Numbers

Every figure here was written by `python -m benchmarks` (`make bench`), one section a command; misses are marked.
The section Evaluate is what `mien evaluate` itself writes (`report/numbers.md`).
Machines differ: what counts is a figure against its bar and against its peers in the same section.
"""


@dataclass(frozen=True)
class Row:
    """One figure. wanted : the bar as text, empty for what is only reported; ok : None where there is no bar"""

    what: str
    value: str
    wanted: str = ""
    ok: bool | None = None


def at_most(what: str, value: float, bar: float, unit: str, digits: int = 2) -> Row:
    return Row(what, f"{value:.{digits}f} {unit}", f"≤ {bar:g} {unit}", bool(value <= bar))


def at_least(what: str, value: float, bar: float, unit: str = "", digits: int = 2) -> Row:
    return Row(what, f"{value:.{digits}f} {unit}".strip(), f"≥ {bar:g} {unit}".strip(), bool(value >= bar))


def keep_report(name: str, title: str, command: str, report: Report) -> None:
    """Store a report of ``mien evaluate`` as it writes itself."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results[name] = {"title": title, "command": command, "markdown": markdown(report)}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    NUMBERS.write_text(page(results))


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    return done.stdout.strip() or "?"


def keep(name: str, title: str, command: str, rows: list[Row]) -> None:
    """Store one section and write the page anew."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results[name] = {
        "title": title,
        "command": command,
        "machine": machine(),
        "commit": commit(),
        "date": date.today().isoformat(),
        "rows": [asdict(row) for row in rows],
    }
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    NUMBERS.write_text(page(results))


def page(results: dict) -> str:
    parts = [HEAD]
    for section in results.values():
        if "markdown" in section:
            parts.append(f"\n## {section['title']}\n\n{section['markdown']}")
            continue
        parts.append(
            f"\n## {section['title']}\n\n`{section['command']}` · {section['date']}, commit {section['commit']}, "
            f"{section['machine']}\n\n| what | figure | bar | |\n|---|---|---|---|\n"
        )
        mark = {True: "met", False: "**missed**", None: ""}
        parts += [f"| {r['what']} | {r['value']} | {r['wanted']} | {mark[r['ok']]} |\n" for r in section["rows"]]
    return "".join(parts)

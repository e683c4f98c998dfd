"""A report: figures with the machine and commit they were measured on, as a table, as JSON and as a page."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.core.errors import OutputFailed
from mien.core.files import atomic_output
from mien.evaluation.rows import Layout, Page, Picture, Row, Skipped

KIND = "mien.report/1"


@dataclass(frozen=True)
class Report:
    """What was measured. about : date, machine, commit, data folder's name, seed, fast"""

    rows: Sequence[Row]
    skipped: Sequence[Skipped]
    pictures: Sequence[Picture]
    layouts: Sequence[Layout]
    about: dict[str, Any]
    pages: Sequence[Page] = ()

    def table(self) -> str:
        """All pooled figures as text, and what was skipped."""
        parts = [part for layout in self.layouts for part in self._tables(layout)]
        if self.skipped:
            parts.append("Not measured:\n" + "\n".join(f"  {label(skip)}: {skip.why}" for skip in self.skipped))
        return "\n\n".join(parts)

    def _tables(self, layout: Layout) -> Iterator[str]:
        for source in self.sources(layout.suite):
            titles, lines = self.cells(layout, source)
            table = [["", *titles], *lines]
            widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
            text = [
                "  ".join(
                    cell.ljust(w) if i == 0 else cell.rjust(w)
                    for i, (cell, w) in enumerate(zip(line, widths, strict=True))
                )
                for line in table
            ]
            yield f"{layout.title}, {source}\n" + "\n".join("  " + line for line in text)

    def sources(self, suite: str) -> list[str]:
        """Where a suite's pooled figures come from, in order of appearance."""
        return list(dict.fromkeys(r.clip.split("/")[0] for r in self.rows if r.suite == suite and r.pooled))

    def cells(self, layout: Layout, source: str) -> tuple[list[str], list[list[str]]]:
        """Column titles, and a line per system: its name and its figures; "–" where there is none."""
        found = self.found(layout.suite, source)
        columns = [c for c in layout.columns if any(metric == c.metric for _, metric in found)]
        systems = self.systems(layout, source)
        lines = [
            [s, *(f"{found[s, c.metric].value:.{c.digits}f}" if (s, c.metric) in found else "–" for c in columns)]
            for s in systems
        ]
        skipped = [
            s.system
            for s in self.skipped
            if s.suite == layout.suite and s.system and s.system not in systems and source in (s.sources or (source,))
        ]
        lines += [[name, *(["skipped"] * len(columns))] for name in dict.fromkeys(skipped)]
        return [c.title for c in columns], lines

    def systems(self, layout: Layout, source: str) -> list[str]:
        """Who has a figure there, in order of appearance."""
        return list(dict.fromkeys(system for system, _ in self.found(layout.suite, source)))

    def found(self, suite: str, source: str) -> dict[tuple[str, str], Row]:
        """System and metric -> pooled row."""
        return {
            (r.system, r.metric): r
            for r in self.rows
            if r.suite == suite and r.pooled and r.clip.split("/")[0] == source
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": KIND,
            **self.about,
            "rows": [
                {
                    "suite": r.suite,
                    "system": r.system,
                    "clip": r.clip,
                    "metric": r.metric,
                    "value": round(r.value, 6),
                    "interval": [round(v, 6) for v in r.interval] if r.interval else None,
                }
                for r in self.rows
            ],
            "skipped": [{"suite": s.suite, "system": s.system, "why": s.why} for s in self.skipped],
        }

    def save(self, folder: str | Path) -> Path:
        """Write report.json, index.html and numbers.md. Errors: OutputFailed."""
        from mien.evaluation.markdown import markdown
        from mien.evaluation.page import page

        folder = made(folder)
        write(folder / "report.json", json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n")
        write(folder / "index.html", page(self))
        write(folder / "numbers.md", markdown(self))
        for one in self.pages:
            write(folder / one.name, one.html)
        return folder

    def save_sheets(self, folder: str | Path) -> None:
        """Write the contact sheets as files. Errors: OutputFailed."""
        folder = made(folder)
        for picture in self.pictures:
            if picture.jpeg:
                name = "".join(c if c.isalnum() else "-" for c in f"{picture.suite}-{picture.title}").strip("-")
                with atomic_output(folder / f"{name}.jpg") as temporary:
                    temporary.write_bytes(picture.jpeg)


def check_folder(folder: str | Path) -> None:
    """Before anything is measured: can this folder be made? Errors: OutputFailed."""
    path = Path(folder).absolute()
    nearest = next(p for p in (path, *path.parents) if p.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise OutputFailed(f"cannot make the folder {folder}: {nearest} is no folder that can be written to")


def made(folder: str | Path) -> Path:
    """The folder, which is there from now on."""
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFailed(f"cannot make the folder {path}: {(error.strerror or 'it failed').lower()}") from None
    return path


def label(skip: Skipped) -> str:
    return f"{skip.suite}, {skip.system}" if skip.system else skip.suite


def write(path: Path, text: str) -> None:
    with atomic_output(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def machine() -> str:
    """The processor, in words."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    cores = f"{len(names)} cores, {names[0]}" if names else platform.processor() or platform.machine()
    return f"{cores}, Python {platform.python_version()}"


def commit() -> str:
    """The checkout's commit, with a + where it is changed; the version for an installed package."""
    import mien

    here = Path(__file__).parent
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"], capture_output=True, text=True, cwd=here, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return mien.__version__
    return done.stdout.strip() or mien.__version__

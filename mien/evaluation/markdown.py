"""The report as Markdown: what docs/numbers.md and a pull request show."""

from __future__ import annotations

from collections.abc import Iterator

from mien.evaluation.report import Report, label
from mien.evaluation.rows import Column, Layout, Row


def markdown(report: Report) -> str:
    """Every suite's tables, what was not measured, and on which machine and commit."""
    about = report.about
    fast = " --fast" if about["fast"] else ""
    parts = [
        f"`mien evaluate{fast} --seed {about['seed']}` · {about['date']}, commit {about['commit']}, "
        f"{about['machine']}. In brackets: 95 % bootstrap interval of the mean over clips."
    ]
    parts += [part for layout in report.layouts for part in tables(report, layout)]
    if report.skipped:
        parts.append("Not measured:\n\n" + "\n".join(f"- {label(skip)}: {skip.why}" for skip in report.skipped))
    return "\n\n".join(parts) + "\n"


def tables(report: Report, layout: Layout) -> Iterator[str]:
    sources = report.sources(layout.suite)
    if sources:
        yield f"### {layout.title}\n\n{layout.purpose}"
    for source in sources:
        found = report.found(layout.suite, source)
        columns = [c for c in layout.columns if any(metric == c.metric for _, metric in found)]
        yield "\n".join(
            [
                "| " + " | ".join([source, *(column.title for column in columns)]) + " |",
                "|---" + "|--:" * len(columns) + "|",
                *(
                    "| " + " | ".join([system, *(cell(found.get((system, c.metric)), c) for c in columns)]) + " |"
                    for system in report.systems(layout, source)
                ),
            ]
        )


def cell(row: Row | None, column: Column) -> str:
    """A figure with its interval, where the interval says more than the figure."""
    if row is None:
        return "–"
    text = f"{row.value:.{column.digits}f}"
    if row.interval is None or row.interval[0] == row.interval[1]:
        return text
    return f"{text} ({row.interval[0]:.{column.digits}f} … {row.interval[1]:.{column.digits}f})"

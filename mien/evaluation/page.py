"""The report as one page that fetches nothing: tables with intervals, curves, pictures."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from mien.evaluation.peers.all import CAPTURED, FLOORS, GUESS
from mien.evaluation.report import Report, label
from mien.evaluation.rows import Column, Layout, Row

TOGGLE = """
document.addEventListener("click", event => {
  const key = event.target.closest(".key");
  if (!key) return;
  key.classList.toggle("off");
  const name = [...key.classList].find(c => c.startsWith("s-"));
  const curves = key.closest("figure").querySelectorAll("svg ." + name);
  curves.forEach(curve => { curve.style.display = key.classList.contains("off") ? "none" : ""; });
});
"""

NO_PEERS = (*FLOORS, CAPTURED, GUESS)

OPEN_PICTURES = 2
"""Of each suite's pictures so many are shown at once, the rest when asked for."""


def page(report: Report) -> str:
    """The whole page."""
    links = "".join(f'<a href="#{layout.suite}">{escape(layout.title)}</a>' for layout in report.layouts)
    body = "".join(section(report, layout) for layout in report.layouts)
    about = report.about
    fast = " · a fast run, on fewer clips" if about.get("fast") else ""
    return document(
        "How well does it move?",
        f"<h1>How well does it move?</h1><p>Each figure is a mean over the clips of a source, the range under it a "
        f"95 % bootstrap interval over who speaks in them. Shaded: the best system of a column. <em>captured</em> is "
        f"the real face read by the same ruler, <em>static</em> a face at rest, <em>shuffled</em> right movements at "
        f"wrong times.</p><p class=about>{escape(str(about['date']))} · commit {escape(str(about['commit']))} · "
        f"{escape(str(about['machine']))} · seed {about['seed']}{fast}</p><nav>{links}</nav>{missing(report)}{body}",
        TOGGLE,
    )


def document(title: str, body: str, script: str = "") -> str:
    css = files("mien.evaluation").joinpath("page.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><title>{escape(title)}</title><style>{css}</style><body>{body}'
        f"<script>{script}</script></body></html>\n"
    )


def missing(report: Report) -> str:
    """What was not measured, first of all."""
    if not report.skipped:
        return ""
    lines = "".join(f"<dt>{escape(label(skip))}</dt><dd>{escape(skip.why)}</dd>" for skip in report.skipped)
    return f"<h3>Not measured</h3><dl>{lines}</dl>"


def section(report: Report, layout: Layout) -> str:
    tables = "".join(table(report, layout, source) for source in report.sources(layout.suite))
    meanings = "".join(
        f"<dt>{escape(column.title)}</dt><dd>{escape(column.meaning)}{wanted(column)}</dd>" for column in layout.columns
    )
    return (
        f'<section id="{layout.suite}"><h2>{escape(layout.title)}</h2><p>{escape(layout.purpose)}</p>{tables}'
        f"<details><summary>What the columns mean</summary><dl>{meanings}</dl></details>{pictures(report, layout)}"
        f"</section>"
    )


def wanted(column: Column) -> str:
    words = {"high": "higher is better", "low": "lower is better", "one": "1 is best", "half": ".5 is best"}
    return f"; {words[column.better]}" if column.better else ""


def table(report: Report, layout: Layout, source: str) -> str:
    """One source's pooled figures."""
    titles, lines = report.cells(layout, source)
    found = report.found(layout.suite, source)
    columns = [c for c in layout.columns if c.title in titles]
    best = {column.metric: winners(column, found) for column in columns}
    head = "".join(f'<th title="{escape(c.meaning)}">{escape(c.title)}</th>' for c in columns)
    rows = []
    for system, *cells in lines:
        kind = ' class="floor"' if system in NO_PEERS else ""
        shown = "".join(
            cell(text, found.get((system, c.metric)), c, system in best[c.metric])
            for text, c in zip(cells, columns, strict=True)
        )
        rows.append(f"<tr{kind}><th>{escape(system)}</th>{shown}</tr>")
    clips = {
        r.clip for r in report.rows if r.suite == layout.suite and not r.pooled and r.clip.startswith(f"{source}/")
    }
    counted = f' <span class="soft">{len(clips)} clips</span>' if clips else ""  # none of its own: several sources
    return (
        f'<h3>{escape(source)}{counted}</h3><div class="wide"><table>'
        f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def cell(text: str, row: Row | None, column: Column, best: bool) -> str:
    if row is None:
        return f'<td class="none">{text}</td>'
    low, high = row.interval or (row.value, row.value)
    interval = f"<small>{low:.{column.digits}f} … {high:.{column.digits}f}</small>" if high > low else ""
    return f"<td{' class=best' if best else ''}>{text}{interval}</td>"


def winners(column: Column, found: dict[tuple[str, str], Row]) -> set[str]:
    """The systems with the best figure as shown; floors and the captured face do not compete."""
    goal = {"high": lambda v: -v, "low": lambda v: v, "one": lambda v: abs(v - 1), "half": lambda v: abs(v - 0.5)}
    if column.better not in goal:
        return set()
    values = {
        system: round(goal[column.better](row.value), column.digits)
        for (system, metric), row in found.items()
        if metric == column.metric and system not in NO_PEERS
    }
    return {system for system, value in values.items() if len(values) > 1 and value == min(values.values())}


def pictures(report: Report, layout: Layout) -> str:
    shown = [
        f"<figure style='margin:1rem 0'><figcaption><strong>{escape(p.title)}</strong></figcaption>{p.body}</figure>"
        for p in report.pictures
        if p.suite == layout.suite
    ]
    if len(shown) <= OPEN_PICTURES:
        return "".join(shown)
    rest = "".join(shown[OPEN_PICTURES:])
    more = f"<details><summary>{len(shown) - OPEN_PICTURES} more</summary>{rest}</details>"
    return "".join(shown[:OPEN_PICTURES]) + more

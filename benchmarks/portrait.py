"""Does one photo become a face that obeys and stays who it is? The suite ``portrait`` of ``mien evaluate`` and bars.

Portraits and clips are those of the suite; where they are not there, the packaged photo alone is measured.
"""

from __future__ import annotations

from collections.abc import Iterator

import mien
from benchmarks.report import Row, at_least, at_most
from mien.evaluation.report import Report, label
from mien.evaluation.suites.portrait import SUITE

TITLE = "Portrait: rest, identity, obedience, real clips drawn again"

MEAN, WORST = 0.25, 0.40
"""dlib's L2 to the photo over forty poses."""

AGREES = 0.9
"""r of a channel driven in steps with what is read back, mean over portraits; on each it must rise at every step."""

Figures = dict[str, float]
"""Portrait or clip -> value."""


def rows() -> list[Row]:
    report = mien.evaluate(SUITE)
    return [
        *whole(report),
        *channels(report),
        *again(report),
        *(Row(label(skip), f"not measured: {skip.why}") for skip in report.skipped),
    ]


def figures(report: Report, source: str, metric: str, system: str = "mien") -> Figures:
    """One figure of a system, portrait by portrait or clip by clip."""
    found = (row for row in report.rows if not row.pooled and row.clip.startswith(f"{source}/"))
    return {row.clip.split("/", 1)[1]: row.value for row in found if (row.system, row.metric) == (system, metric)}


def whole(report: Report) -> Iterator[Row]:
    """What holds for each portrait, the worst one named."""
    for metric, what, unit, digits in (
        ("rest", "largest difference to the photo at rest", "levels", 0),
        ("flicker", "change from frame to frame where nobody is, talking", "levels", 3),
        ("lost", "poses of forty in which no face is found", "poses", 0),
    ):
        if found := figures(report, "portraits", metric):
            name = highest(found)
            yield named(at_most(f"{what}, worst of {len(found)} portraits", found[name], 0, unit, digits), name, found)
    if means := figures(report, "portraits", "poses"):
        yield at_most(
            f"identity, dlib to the photo, forty poses, mean of {len(means)} portraits", mean(means), MEAN, "L2"
        )
    if farthest := figures(report, "portraits", "farthest"):
        name = highest(farthest)
        yield named(at_most("identity, worst pose of all", farthest[name], WORST, "L2"), name, farthest)
    for metric, what in (("identity", "identity while talking"), ("others", "the same to the other photos")):
        if found := figures(report, "portraits", metric):
            yield Row(f"{what}, dlib, mean", f"{mean(found):.2f} L2")


def channels(report: Report) -> Iterator[Row]:
    """Each channel driven at 0, .25, .5, .75, 1 and read back by the tracker."""
    found = [row for row in report.rows if row.suite == SUITE and not row.pooled and row.metric == "channel r"]
    for channel in dict.fromkeys(row.system for row in found):
        r = {row.clip.split("/", 1)[1]: row.value for row in found if row.system == channel}
        rises = figures(report, "channels", "channel steps", channel)
        worst, against = min(r, key=lambda name: r[name]), [name for name, up in rises.items() if not up]
        told = f"r {mean(r):.2f}, worst {r[worst]:.2f} ({worst}); rises on {len(rises) - len(against)} of {len(rises)}"
        told += f", not on {', '.join(against)}" if against else ""
        yield Row(f"{channel}, read back", told, f"r ≥ {AGREES:g}, rises on all", mean(r) >= AGREES and not against)


def again(report: Report) -> Iterator[Row]:
    """Real clips drawn again from one of their frames, beside that frame held still."""
    for metric, what, digits, higher in (
        ("mouth psnr", "mouth PSNR, dB", 1, True),
        ("ssim", "SSIM", 3, True),
        ("lmd", "LMD of the lips, % of face height", 2, False),
    ):
        ours, held = (figures(report, "re-enactment", metric, system) for system in ("mien", "static"))
        for clip, value in ours.items():
            better = value > held[clip] if higher else value < held[clip]
            side = "above" if higher else "below"
            told, wanted = f"{value:.{digits}f}", f"{side} {held[clip]:.{digits}f}, one frame held"
            yield Row(f"{clip} drawn again: {what}", told, wanted, better)
    for clip, value in figures(report, "re-enactment", "aperture").items():
        yield at_least(f"{clip} drawn again: opening of the lips, r", value, AGREES)


def mean(found: Figures) -> float:
    return sum(found.values()) / len(found)


def highest(found: Figures) -> str:
    return max(found, key=lambda name: found[name])


def named(row: Row, name: str, found: Figures) -> Row:
    """The same, saying on which one it is, where they differ."""
    return Row(row.what, f"{row.value} ({name})", row.wanted, row.ok) if len(set(found.values())) > 1 else row

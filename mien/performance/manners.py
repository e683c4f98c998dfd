"""What --style and --style-from ask for, as one manner."""

from __future__ import annotations

from pathlib import Path

from mien.core.errors import WrongUse
from mien.core.manner import PLAIN, Manner
from mien.core.style import AMOUNTS, Style
from mien.style.code import Code

Asked = str | Path | Style | Manner
"""Amounts ``jaw=1.2,head=0.5``, words ``tired, nods a lot``, both, or a saved sheet ``x.toml``."""

Clips = str | Path | Code
"""Files to take a style from: see mimic.style_from()."""


def manner_of(style: Asked | None = None, style_from: Clips | None = None, *, seed: int = 0) -> Manner:
    """One manner of both: what is asked for is laid upon what a clip shows.

    seed : of the performance, whose temperament a clip's style replaces

    Errors: WrongUse for words or amounts that there are not; BadInput for files that cannot be read.
    """
    asked = PLAIN if style is None else _asked(style)
    if style_from is None:
        return asked
    from mien.performance.mimic import style_from as taken

    said = "" if isinstance(style_from, Code) else f"from {', '.join(p.name for p in files_of(None, style_from))}"
    return asked.upon(Manner(taken(style_from, seed=seed), said=said))


def _asked(style: Asked) -> Manner:
    if isinstance(style, Manner):
        return style
    if isinstance(style, Style):
        return Manner(style)
    text = str(style)
    if isinstance(style, Path) or text.lower().endswith(".toml"):
        from mien.style.code import read_toml
        from mien.style.sheet import manner_from_table

        return manner_from_table(read_toml(text), Path(text).name)
    if text.lower().endswith((".mp4", ".mov", ".webm", ".npz")):
        raise WrongUse(f"a style from a clip is asked for as style_from (--style-from {text})")
    amounts = [part for part in text.split(",") if "=" in part]
    words = ", ".join(part.strip() for part in text.split(",") if "=" not in part and part.strip())
    if not amounts and not words:
        raise WrongUse(f"no style is said: give amounts ({', '.join(list(AMOUNTS)[:3])} …), words or a .toml file")
    read = PLAIN
    if words:
        from mien.style.words import manner_from_words

        read = manner_from_words(words)
    return Manner(Style.parse(",".join(amounts))).upon(read) if amounts else read


def for_ready_motion(manner: Manner) -> tuple[Style, tuple[str, ...]]:
    """The amounts that ready motion can be given, and the names of what it cannot: its habits and emotion are its own.

    Errors: WrongUse where amounts were asked for by name and one of them is a habit, or nothing is left.
    """
    changes = manner.style.changes
    left = [name for name in changes if AMOUNTS[name].habit]
    left += [
        what for what, there in (("emotion", manner.emotion.regions), ("cues", manner.begin + manner.end)) if there
    ]
    able = {name: value for name, value in changes.items() if not AMOUNTS[name].habit}
    if left and (not able or not manner.said):
        names = ", ".join(name for name, amount in AMOUNTS.items() if not amount.habit)
        raise WrongUse(f"ready motion cannot be given {', '.join(left)}, say and animate can; here are {names}")
    return Style(**able), tuple(left)


def files_of(style: Asked | None = None, style_from: Clips | None = None) -> list[Path]:
    """The files that are read for a style."""
    found = []
    if isinstance(style, Path) or (isinstance(style, str) and style.lower().endswith(".toml")):
        found.append(Path(style))
    if isinstance(style_from, str | Path):
        from mien.performance.mimic import weighted

        found += [path for path, _ in weighted(str(style_from))]
    return found

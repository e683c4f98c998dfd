"""A manner as a sheet that can be edited: TOML with a section a region. A line acts on the region it stands under."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.core.cues import cue
from mien.core.emotion import REGIONS, Emotion
from mien.core.errors import BadInput, MienError, WrongUse, unknown
from mien.core.files import atomic_output
from mien.core.manner import Manner
from mien.core.plan import Cue
from mien.core.style import AMOUNTS, Style
from mien.style.code import KIND as CODE

KIND = "mien.style/1"
SECTIONS = ("mouth", "cheeks", "brows", "eyes", "head", "voice")
assert set(SECTIONS) == set(REGIONS)


def sheet(manner: Manner, *, whole: bool = True) -> str:
    """The text of a sheet. whole : also what is as usual, as comments to be edited"""
    lines = [f'kind = "{KIND}"']
    if manner.said:
        lines += [f"said = {_quoted(manner.said)}  # what this was read from; only the lines below count"]
    for section in SECTIONS:
        body = _amounts(manner.style, section, whole)
        felt = dict(manner.emotion.at(section))
        if felt:
            body.append(f"emotion = {_quoted(','.join(f'{n}:{round(w, 3):g}' for n, w in felt.items()))}")
        if body:
            lines += ["", f"[{section}]", *body]
    cues = [
        f"{when} = [{', '.join(_quoted(f'{c.name}:{round(c.amount, 3):g}') for c in given)}]"
        for when, given in (("begin", manner.begin), ("end", manner.end))
        if given
    ]
    if cues:
        lines += ["", "[cues]", *cues]
    return "\n".join(lines) + "\n"


def _amounts(style: Style, section: str, whole: bool) -> list[str]:
    out = []
    for name, amount in AMOUNTS.items():
        value = getattr(style, name)
        if amount.region == section and (whole or value != amount.usual):
            line = f"{'# ' if value == amount.usual else ''}{name} = {value:g}"
            out.append(f"{line:<24}# {amount.low:g}..{amount.high:g}: {amount.says}" if whole else line)
    return out


def _quoted(text: str) -> str:
    return '"' + "".join(c if c >= " " else " " for c in text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def save_sheet(manner: Manner, path: str | Path) -> None:
    """Write a sheet; nothing half-written is left behind."""
    with atomic_output(Path(path)) as temporary:
        temporary.write_text(sheet(manner), encoding="utf-8")


def manner_from_table(table: Mapping[str, Any], name: str) -> Manner:
    """What a sheet says. Errors: BadInput, naming the file, the section and what is possible."""
    try:
        return _manner(table)
    except MienError as error:
        raise BadInput(f"{name} is not a style mien can read: {error}") from None


def _manner(table: Mapping[str, Any]) -> Manner:
    if table.get("kind") != KIND:
        code = "; a style code of a clip goes to style_from (--style-from)" if table.get("kind") == CODE else ""
        raise BadInput(f"wanted kind {KIND!r}, found {table.get('kind')!r}{code}")
    amounts: dict[str, float] = {}
    regions: dict[str, Mapping[str, float]] = {}
    for section, body in table.items():
        if section in ("kind", "said", "cues"):
            continue
        if section not in SECTIONS:
            raise unknown("section", section, (*SECTIONS, "cues"))
        if not isinstance(body, Mapping):
            raise WrongUse(f"{section} must be a section: [{section}]")
        for name, value in body.items():
            if name == "emotion":
                regions[section] = Emotion.parse(str(value)).weights
            else:
                amounts[name] = _amount(section, name, value)
    cues = table.get("cues", {})
    if not isinstance(cues, Mapping) or set(cues) - {"begin", "end"}:
        raise WrongUse("[cues] has two lines, begin and end, each a list of names")
    begin, end = (tuple(_cue(text) for text in cues.get(when, ())) for when in ("begin", "end"))
    return Manner(Style(**amounts), Emotion({}, regions), begin, end, str(table.get("said", "")))


def _amount(section: str, name: str, value: object) -> float:
    if name not in AMOUNTS:
        raise unknown("style amount", name, (n for n, a in AMOUNTS.items() if a.region == section))
    if AMOUNTS[name].region != section:
        raise WrongUse(f"{name} stands under [{section}], it belongs under [{AMOUNTS[name].region}]")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongUse(f"{name} must be a number, got {value!r}")
    return float(value)


def _cue(text: object) -> Cue:
    name, colon, number = str(text).partition(":")
    try:
        amount = float(number) if colon else 1.0
    except ValueError:
        raise WrongUse(f"a cue is a name and how much, as in nod:0.5, not {text!r}") from None
    return cue(name, amount)

"""How somebody performs, as named amounts: what differs between people who say the same thing.

Factors are 1 as usual; levels are 0 as usual. Some act on ready motion (core/styled.py), so that they suit any motion
and can change while it plays; the others are habits that the generators are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from math import exp, log
from types import MappingProxyType

from mien.core.errors import WrongUse, unknown


@dataclass(frozen=True, slots=True)
class Amount:
    """One named amount. usual : 1 for a factor, 0 for a level; region : of the face, the only one it moves; habit :
    whether generators are told it, else it acts on ready motion"""

    region: str
    says: str
    low: float = 0.0
    high: float = 3.0
    usual: float = 1.0
    habit: bool = False


def _level(region: str, says: str) -> Amount:
    return Amount(region, says, -1.0, 1.0, 0.0)


def _habit(region: str, says: str, low: float = 0.0, high: float = 3.0) -> Amount:
    return Amount(region, says, low, high, 1.0, True)


AMOUNTS: Mapping[str, Amount] = MappingProxyType(
    {
        "jaw": Amount("mouth", "how far the jaw opens"),
        "lips": Amount("mouth", "how far the lips part and spread"),
        "rounding": Amount("mouth", "how far the lips round"),
        "smile": _level("mouth", "the corners of the mouth: -1 down, 1 up"),
        "tension": _level("mouth", "the lips between words: -1 slack, 1 pressed"),
        "asymmetry": _level("mouth", "the mouth's own left does more: 1; its right: -1"),
        "articulation": _habit("mouth", "mumbled below 1, crisp above", 0.3, 2.0),
        "loudness": _habit("mouth", "how much the opening follows loudness"),
        "cheeks": _level("cheeks", "raised, as in a warm smile: 1; what raises them held back: -1"),
        "brows": Amount("brows", "how far the brows go", high=5.0),
        "brow_lift": _level("brows", "where the brows rest: -1 low, 1 high"),
        "brow_asymmetry": _level("brows", "the own left brow does more: 1; the right: -1"),
        "lids": _level("eyes", "the lids: -1 hang, 1 wide open"),
        "squint": _level("eyes", "narrowed: 1; what narrows them held back: -1"),
        "blinks": _habit("eyes", "how often the eyes blink", 0.0, 4.0),
        "gaze": Amount("eyes", "how far the eyes go when they go", high=5.0),
        "away": _habit("eyes", "how often the eyes leave the camera; the head follows a little"),
        "head": Amount("head", "how far the head moves"),
        "chin": _level("head", "-1 on the chest, 1 raised"),
        "nods": _habit("head", "how many accents are nodded to", 0.0, 4.0),
        "pace": _habit("head", "how quickly the head wanders", 0.3, 3.0),
    }
)
"""Every amount, by region. A new one is a line here, a field below and what it does."""


@dataclass(frozen=True, slots=True)
class Style:
    """Amounts; see AMOUNTS for what each does and its range. Errors: WrongUse for one outside its range.

    >>> Style.parse("jaw=1.2, head=0.5").head
    0.5
    """

    jaw: float = 1.0
    lips: float = 1.0
    rounding: float = 1.0
    smile: float = 0.0
    tension: float = 0.0
    asymmetry: float = 0.0
    articulation: float = 1.0
    loudness: float = 1.0
    cheeks: float = 0.0
    brows: float = 1.0
    brow_lift: float = 0.0
    brow_asymmetry: float = 0.0
    lids: float = 0.0
    squint: float = 0.0
    blinks: float = 1.0
    gaze: float = 1.0
    away: float = 1.0
    head: float = 1.0
    chin: float = 0.0
    nods: float = 1.0
    pace: float = 1.0

    def __post_init__(self) -> None:
        for name, amount in AMOUNTS.items():
            value = getattr(self, name)
            if not amount.low <= value <= amount.high:  # also refuses nan
                raise WrongUse(f"style {name} must be in {amount.low:g}..{amount.high:g}, got {value:g}")

    @property
    def changes(self) -> dict[str, float]:
        """The amounts that are not as usual."""
        return {n: v for n, a in AMOUNTS.items() if (v := getattr(self, n)) != a.usual}

    def __str__(self) -> str:
        return ",".join(f"{name}={value:g}" for name, value in self.changes.items()) or "as usual"

    @classmethod
    def parse(cls, text: str) -> Style:
        """From ``NAME=AMOUNT[,…]``. Errors: WrongUse for an unknown name (near ones are named) or amount."""
        amounts: dict[str, float] = {}
        for part in text.split(","):
            name, _, number = (piece.strip() for piece in part.partition("="))
            if name not in AMOUNTS:
                raise unknown("style amount", name, AMOUNTS)
            try:
                amounts[name] = float(number)
            except ValueError:
                raise WrongUse(f"style {name} must be a number, got {number!r}") from None
        return cls(**amounts)

    @classmethod
    def nearest(cls, amounts: Mapping[str, float]) -> Style:
        """Of these amounts, each brought into its range."""
        return cls(**{n: min(max(v, AMOUNTS[n].low), AMOUNTS[n].high) for n, v in amounts.items()})

    def upon(self, other: Style) -> Style:
        """Both at once: factors multiply, levels add, within their ranges.

        >>> str(Style(jaw=1.5, smile=0.5).upon(Style(jaw=0.5, smile=0.2, head=2)))
        'jaw=0.75,smile=0.7,head=2'
        """
        both = {}
        for name, amount in AMOUNTS.items():
            mine, theirs = getattr(self, name), getattr(other, name)
            both[name] = round(mine * theirs if amount.usual else mine + theirs, 4)
        return Style.nearest(both)


LEAST_FACTOR = 0.05
"""A factor of 0 counts as this where a mean of factors is taken."""


def blended(styles: Iterable[tuple[Style, float]]) -> Style:
    """Between styles: factors by their weighted geometric mean, levels by the arithmetic one. weights : above 0

    >>> str(blended([(Style(jaw=2.0), 1.0), (Style(jaw=0.5, smile=0.5), 1.0)]))
    'smile=0.25'
    """
    given = list(styles)
    total = sum(weight for _, weight in given)
    if not given or total <= 0:
        raise WrongUse("a blend of styles needs at least one weight above 0")
    mixed = replace(given[0][0])
    values = {}
    for name, amount in AMOUNTS.items():
        parts = [(getattr(style, name), weight / total) for style, weight in given]
        if amount.usual:
            values[name] = round(exp(sum(w * log(max(v, LEAST_FACTOR)) for v, w in parts)), 6)
        else:
            values[name] = round(sum(w * v for v, w in parts), 6)
    return replace(mixed, **values)


AS_USUAL = Style()

assert tuple(f.name for f in fields(Style)) == tuple(AMOUNTS)

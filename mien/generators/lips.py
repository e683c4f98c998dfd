"""Lips, jaw and tongue from phones: dominance functions with an asymmetric reach, then contacts.

Each phone has a shape (lips_table.py) and a dominance over time that rises before it and outlasts it; what the
mouth does is the dominance-weighted mean of the shapes, rest being one more, weak shape (Cohen & Massaro 1993).
Jaw and lips have separate reaches, loudness opens the jaw (Edwards et al. 2016). Contacts are pulses of their
own that no frame rate can miss. All kernels have an end, so a frame depends on ``ahead`` seconds of future and
no more, and is the same however the plans were cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.core.phones import VOWELS, nearest
from mien.core.plan import PROSODY_RATE, Cue, Phone, Plan, Prosody, Span
from mien.core.rig import ARTICULATION, FACE, Motion, Rig
from mien.core.style import AS_USUAL, Style
from mien.core.windows import windows
from mien.generators.lips_table import ALIKE, ARTICULATORS, CHANNELS, CONTACTS, DIPHTHONGS, DOMINANCE, GLIDE, SHAPES

Array = npt.NDArray[np.float64]
Moments = Array | float
Opening = Callable[[Array], Array]
"""(n,) how far the lips were heard to part at (n,) moments, seconds."""

AHEAD = 0.12
"""Seconds of future a frame may depend on: the longest reach below, and the latency from a microphone."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a phone is felt around its span, seconds: from ``before`` it, full after ``onset``, waning over the last
    ``offset``, until ``after`` it. ``rest`` : dominance of the mouth at rest, a full vowel being 1."""

    before: float
    onset: float
    offset: float
    after: float
    rest: float

    def articulated(self, how: float) -> Reach:
        """Of somebody who mumbles (below 1), whose phones insist less against rest and are felt further, or speaks
        crisply (above 1), the reverse (Lindblom 1990, hypo- and hyperarticulation); before a phone at most AHEAD."""
        if how == 1:
            return self
        wide = how**-WIDENING
        return Reach(
            min(self.before * wide, AHEAD),
            self.onset * wide,
            self.offset * wide,
            self.after * wide,
            self.rest * how**-RESTING,
        )


WIDENING, RESTING = 0.5, 2.0
"""Powers of articulation: at .5 phones reach 1.4 times as far and rest weighs 4 times as much; at 2, the reverse."""

OPENING = Reach(0.10, 0.14, 0.14, 0.10, 0.14)
SHAPING = Reach(0.12, 0.14, 0.05, 0.14, 0.5)
"""Fitted as the table was. Rounding and spreading are taken up earlier and kept longer than opening."""

ACTIVITY = Reach(0.12, 0.0, 0.0, 0.45, 0.0)
"""How long speech activity outlasts a phone: gaps between words must not let a smile flicker."""

OPENERS = ("jaw", "lower", "upper")
QUIETEST, PER_LOUDNESS = 0.65, 0.56
"""Share of the table's opening at loudness 0, and what each unit of loudness adds: 1 at .63, an ordinary voice."""

ORDINARY = (1 - QUIETEST) / PER_LOUDNESS
"""Loudness of an ordinary voice, at which no style changes the opening."""

STRESSED = 1.3
"""Dominance of a stressed vowel over an unstressed one; fitted likewise."""

CLOSING, OPENING_UP = 0.045, 0.045
"""Seconds from open to contact and back, for what phones or hearing have not brought together already. In the same
clips lips take .07 and .06 in all; so slow a seal on top of that cost r of velocity, and short vowels their opening."""

SHORTEST = 0.03
"""Seconds a contact takes at least to be made or broken."""

SMOOTHED, NEXT = 0.04, 1 / float(PROSODY_RATE)
"""Seconds of loudness averaged on either side: opening follows syllables, not pitch periods; and a step of prosody."""

PARTED = {"jaw": 0.06, "lower": 0.20}
"""The mouth at rest between words; it shuts as speech activity ends. Fitted likewise: speakers do not close
their lips in short pauses."""

BREATH = {"jaw": 0.10, "lower": 0.12, "upper": 0.03}
"""The mouth parted for a breath before speaking."""

_ROWS = {name: i for i, name in enumerate(SHAPES)}
_TABLE = np.array(list(SHAPES.values()))
_IS_OPENER = np.array([name in OPENERS for name in ARTICULATORS])
_OPENS = np.array([name not in ("spread", "pucker", "funnel") for name in ARTICULATORS])
_PARTED = np.array([PARTED.get(name, 0.0) for name in ARTICULATORS])
_BREATH = np.array([BREATH.get(name, 0.0) for name in ARTICULATORS])
_MIXER = tuple(tuple((ARTICULATORS.index(name), share) for name, share in parts.items()) for parts in CHANNELS.values())


class Lips:
    """Generator: mouth, jaw, tongue contacts and speech activity. style : its articulation and loudness"""

    rig = Rig("lips", FACE.only(CHANNELS).channels + ARTICULATION.channels)
    ahead = AHEAD

    def __init__(self, *, style: Style = AS_USUAL) -> None:
        self.style = style

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        """Motion of the plans' frames."""
        for plan in windows(plans, ahead=self.ahead):
            yield Motion(mouth_of(plan, style=self.style), plan.rate, plan.start, self.rig)


def mouth_of(
    plan: Plan,
    heard: tuple[Array, Array] | None = None,
    style: Style = AS_USUAL,
    *,
    opening: Opening | None = None,
    ahead: float = AHEAD,
) -> npt.NDArray[np.float32]:
    """(n, c) in Lips.rig.

    heard   : (n, 6) the first articulators as they were heard in the sound; and (n,) how far that is to be believed,
        the phones saying the rest
    opening : where it is heard to be least, near a phone that seals the lips, they seal
    ahead   : seconds of future that may be looked at, AHEAD or more; ``opening`` is asked PLACING ahead
    """
    times, phones, frame = plan.times, _listed(plan.phones), 1 / float(plan.rate)
    active, sealed = _activity(phones, times), _contact(phones, SEAL, times, frame)
    if heard is not None and opening is not None:
        sealed += heard[1] * (_contact(phones, SEAL, times, frame, opening) - sealed)
    pose = _coarticulated(_sounds(phones), times, active, plan.prosody, style)
    if heard is not None:
        opens, sure = _IS_OPENER[: heard[0].shape[1]], heard[1][:, None]
        near = [_believed(phones, plan.prosody, times, after, ahead)[:, None] for after in (AFTER, AFTER + RELAXED)]
        shapes = heard[0] * np.where(_OPENS[: len(opens)], *near)
        if style.loudness != 1:
            shapes[:, opens] *= _opened(plan.prosody, times, style)[:, None] / _opened(plan.prosody, times)[:, None]
        shapes[:, ARTICULATORS.index("spread")] *= 1 - DRAWN_IN * sealed
        columns = slice(shapes.shape[1])
        pose[:, columns] += sure * (shapes - pose[:, columns])
    pose = _with_breath(pose, plan.cues, times)
    channels = np.zeros((len(times), len(Lips.rig)))
    for column, parts in enumerate(_MIXER):
        for articulator, share in parts:
            channels[:, column] += share * pose[:, articulator]
    for column, name in enumerate(ARTICULATION.names, len(_MIXER)):
        known = {"speaking": active, SEAL: sealed}
        channels[:, column] = known[name] if name in known else _contact(phones, name, times, frame)
    return channels.astype(np.float32)


def _listed(phones: Sequence[Span[Phone]]) -> list[Span[Phone]]:
    """Sounds of other languages as the nearest one listed; what is no sound is skipped."""
    return [
        span if symbol == span.value.symbol else Span(span.start, span.stop, Phone(symbol, span.value.stress))
        for span in phones
        if (symbol := nearest(span.value.symbol))
    ]


# --- shapes and their mixture ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sound:
    """A stretch with one shape. row : in the table; opening, shaping : dominance"""

    start: float
    stop: float
    row: int
    opening: float
    shaping: float


def _sounds(phones: Sequence[Span[Phone]]) -> list[_Sound]:
    """Phones as shapes: diphthongs in two."""
    sounds = []
    for span in phones:
        symbol = span.value.symbol
        weight = STRESSED if span.value.stress else 1.0
        opening, shaping = (weight * d for d in DOMINANCE.get(symbol, (1.0, 1.0)))
        first, second = DIPHTHONGS.get(symbol, (symbol, ""))
        turn = span.start + GLIDE * (span.stop - span.start) if second else span.stop
        sounds.append(_Sound(span.start, turn, _ROWS[ALIKE.get(first, first)], opening, shaping))
        if second:
            sounds.append(_Sound(turn, span.stop, _ROWS[second], opening, shaping))
    return sounds


def _coarticulated(
    sounds: Sequence[_Sound], times: Array, active: Array, prosody: Prosody, style: Style = AS_USUAL
) -> Array:
    """(n, a) the weighted mean of all shapes at each moment, opened by loudness. active : (n,) speech activity"""
    pose = np.zeros((len(times), len(ARTICULATORS)))
    opened, shaped = (reach.articulated(style.articulation) for reach in (OPENING, SHAPING))
    near = [s for s in sounds if s.start - AHEAD < times[-1] and s.stop + shaped.after > times[0]]
    numbers = np.array([(s.start, s.stop, s.opening, s.shaping) for s in near]).reshape(-1, 4, 1)
    start, stop, opening, shaping = numbers.swapaxes(0, 1)
    shape = _TABLE[np.array([s.row for s in near], int)]
    for reach, weight, columns in ((opened, opening, _OPENS), (shaped, shaping, ~_OPENS)):
        dominance = weight * _bump(times, start, stop, reach)
        pose[:, columns] = _mean(dominance, shape[:, columns], reach.rest, active[:, None] * _PARTED[columns])
    pose[:, _IS_OPENER] *= _opened(prosody, times, style)[:, None]
    return pose


def _opened(prosody: Prosody, times: Array, style: Style = AS_USUAL) -> Array:
    """(n,) factor on the opening: 1 for an ordinary voice, more for a loud one"""
    return np.maximum(0, 1 + style.loudness * PER_LOUDNESS * (_loudness(prosody, times) - ORDINARY))


def _bump(times: Array, start: Moments, stop: Moments, reach: Reach) -> Array:
    """(k, n) how much each of k spans is felt at each of n times, 0..1; start, stop : (k, 1)"""
    half = (stop - start) / 2
    up = _step(times, start - reach.before, start + np.minimum(reach.onset, half))
    down = _step(times, stop - np.minimum(reach.offset, half), stop + reach.after)
    return np.asarray(up * (1 - down), np.float64)


def _step(times: Array, begin: Moments, end: Moments) -> Array:
    """0 until ``begin``, 1 from ``end``, smooth between."""
    x = np.minimum(
        np.maximum((times - begin) / np.maximum(end - begin, 1e-6), 0.0), 1.0
    )  # np.clip takes twice the time
    return np.asarray(x * x * (3 - 2 * x), np.float64)


def _mean(dominance: Array, shapes: Array, rest: float, at_rest: Array) -> Array:
    """(n, a) shapes (k, a) weighted by dominance (k, n), and the shape at rest (n, a) by ``rest``. Summed span by
    span, so that a span without dominance changes no bit of it."""
    total, weight = rest * at_rest, np.full(dominance.shape[1], rest)
    for d, shape in zip(dominance, shapes, strict=True):
        total += d[:, None] * shape
        weight += d
    return np.asarray(total / weight[:, None], np.float64)


def _loudness(prosody: Prosody, times: Array) -> Array:
    """(n,) loudness around each moment, 0..1"""
    rate = float(prosody.rate)
    middle = np.floor(times * rate).astype(int) - prosody.start
    steps = round(SMOOTHED * rate)
    total = np.zeros(len(times))
    for row in prosody.loudness[np.clip(middle + np.arange(-steps, steps + 1)[:, None], 0, len(prosody) - 1)]:
        total += row
    return np.asarray(total / (2 * steps + 1), np.float64)


def _with_breath(pose: Array, cues: Sequence[Span[Cue]], times: Array) -> Array:
    """The pose, the mouth parted where a breath is drawn."""
    for cue in cues:
        if cue.value.name == "breath" and cue.start < times[-1] and cue.stop + AHEAD > times[0]:
            middle = (cue.start + cue.stop) / 2
            parted = _step(times, cue.start, middle)
            parted *= 1 - _step(times, middle, cue.stop + AHEAD)
            pose = np.maximum(pose, cue.value.amount * parted[:, None] * _BREATH)
    return pose


# --- contacts and activity ------------------------------------------------------------------------


SEAL = "lipSeal"

GRID, NEAR, HELD, LONGEST = 0.04, 0.04, 0.04, 0.2
"""Of seals that are put where the opening was heard to be least: seconds between moments that are compared, round a
phone of which there may be so many more, for phones are found to a frame; that it holds; and of a phone that count, for
an m that is hummed begins with lips that shut."""

PLACING = AHEAD + LONGEST + NEAR
"""Seconds ahead of a frame, at most, at which the opening is asked for."""


def _contact(
    phones: Sequence[Span[Phone]],
    name: str,
    times: Array,
    frame: float,
    opening: Opening | None = None,
) -> Array:
    """(n,) how far a contact is made, 0..1.

    frame : seconds; each contact holds for one at least; opening : where that is least it is made, without by the phone
    """
    made = np.zeros(len(times))
    for i, span in enumerate(phones):
        if (of_it := CONTACTS.get(span.value.symbol)) is None:
            continue
        contact, amount, *share = of_it
        if contact != name or span.start - AHEAD > times[-1] or span.stop + NEAR + frame + HELD < times[0] - OPENING_UP:
            continue
        begin, end = (opening and _least(span, opening)) or _shared(span, *share)
        short = max(0.0, frame + 1e-6 - (end - begin))
        begin = max(begin - short / 2, span.start - AHEAD + CLOSING)
        end = max(end + short / 2, begin + frame + 1e-6)
        closing = begin - _ramp(CLOSING, phones[i - 1] if i else None, span)
        opened = end + _ramp(OPENING_UP, phones[i + 1] if i + 1 < len(phones) else None, span)
        made = np.maximum(made, amount * _step(times, closing, begin) * (1 - _step(times, end, opened)))
    return made


def _shared(span: Span[Phone], first: float, last: float) -> tuple[float, float]:
    """From when until when a contact of these shares of its phone is held, seconds."""
    length = span.stop - span.start
    return span.start + first * length, max(span.start + last * length, span.stop - OPENING_UP)


def _least(span: Span[Phone], opening: Opening) -> tuple[float, float] | None:
    """The same for a seal that is put where the opening was heard to be least, on a grid: the same for every frame.
    None where nothing was heard."""
    stop = min(span.stop, span.start + LONGEST)
    first, last = (span.start - NEAR) / GRID - 0.5, (stop + NEAR) / GRID - 0.5
    moments = (np.arange(np.ceil(first), np.floor(last) + 1) + 0.5) * GRID
    near = moments[np.argsort(np.abs(moments - (span.start + stop) / 2), kind="stable")]  # of equal ones the nearest
    heard = opening(near)
    at = float(near[int(np.argmin(heard))])
    return (at - HELD / 2, at + HELD / 2) if heard.any() else None


def _ramp(seconds: float, neighbour: Span[Phone] | None, span: Span[Phone]) -> float:
    """How long closing or opening takes: less beside a short vowel, which must be seen between two closures."""
    touches = neighbour and min(abs(neighbour.stop - span.start), abs(span.stop - neighbour.start)) < SHORTEST
    if neighbour is None or not touches or neighbour.value.symbol not in VOWELS:
        return seconds
    return min(seconds, max(SHORTEST, (neighbour.stop - neighbour.start) / 2))


DRAWN_IN = 0.5
"""Share of the spread that was heard which sealing takes back: the jaw rises for it, which alone would draw the corners
apart, and people's draw in."""

PARTING = Reach(0.06, 0.0, 0.0, 0.25, 0.0)
BEFORE, AFTER, RELAXED = 0.24, 0.2, 0.3
"""Lips that were heard are believed so many seconds before speech, for people part their lips before they speak, and
after it; PARTING says how fast belief comes and goes beyond. Spread and rounding are RELAXED longer: the lips shut,
their corners follow."""

PAUSE, GRAIN = 0.8, 0.04
"""Seconds for which lips may go on being believed between two stretches of speech (who stops for a breath keeps them
parted), and steps in which that is looked at."""

SOUNDING, STEPS = 0.15, 7
"""Seconds before what is loud in which lips are believed, and moments that are looked at there."""

AUDIBLE = (0.2, 0.4)
"""Loudness between which sound begins to count as speech, whether a phone was found in it or not."""


def _believed(phones: Sequence[Span[Phone]], prosody: Prosody, times: Array, after: float, ahead: float) -> Array:
    """(n,) as _sounding(), and in a pause that is shorter than PAUSE where ``ahead`` is enough to know that it is."""
    pause = min(PAUSE, ahead - BEFORE)
    if pause <= 0:
        return _sounding(phones, prosody, times, after, ahead)
    half = round(pause / 2 / GRAIN)
    around = np.arange(-2 * half, 2 * half + 1)[:, None] * GRAIN
    moments, which = np.unique(np.round(times + around, 9), return_inverse=True)  # at 25 fps frames share them
    near = _sounding(phones, prosody, np.asarray(moments, np.float64), after, ahead - pause)[
        which.reshape(len(around), -1)
    ]
    count = 2 * half + 1  # a pause is closed as a gap is in a picture: the least of what is the most around
    most = np.max([near[k : k + count] for k in range(count)], axis=0)
    return np.asarray(most.min(axis=0), np.float64)


def _sounding(phones: Sequence[Span[Phone]], prosody: Prosody, times: Array, after: float, ahead: float) -> Array:
    """(n,) 0 far from any speech .. 1 in it, BEFORE it, and ``after`` it. ahead : seconds that may be looked at"""
    # what each of the two looks at lies further ahead than the moment that it is asked about
    by_phones = max(0.0, min(BEFORE, ahead - PARTING.before))
    by_sound = max(0.0, min(SOUNDING, ahead - SMOOTHED - NEXT))
    share = np.linspace(0, 1, STEPS)[:, None]
    loud = _step(_loudness(prosody, (times - after + share * (after + by_sound)).ravel()), *AUDIBLE)
    said = _activity([Span(p.start - by_phones, p.stop + after, p.value) for p in phones], times, PARTING)
    return np.asarray(np.maximum(loud.reshape(STEPS, -1).max(axis=0), said), np.float64)


def _activity(phones: Sequence[Span[Phone]], times: Array, reach: Reach = ACTIVITY) -> Array:
    """(n,) 0 silence .. 1 speech"""
    first, last = times.min(), times.max()
    near = [(p.start, p.stop) for p in phones if p.start - reach.before < last and p.stop + reach.after > first]
    if not near:
        return np.zeros(len(times))
    start, stop = np.array(near).T[:, :, None]
    return np.asarray(_bump(times, start, stop, reach).max(axis=0), np.float64)

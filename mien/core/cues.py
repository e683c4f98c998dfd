"""The things a face can be told to do by name: what a writer types, ``Cue.name`` carries and generators act out.

Left and right are the character's own. A cue is a Span: one of (nearly) no length is done once and takes
its usual time; a longer one is held, or gone on with, as long as the span lasts. ``amount`` 1 is plainly
visible, 0.5 is slight, MOST is as much as there is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf

from mien.core.errors import WrongUse, unknown
from mien.core.plan import Cue, Span

MOST = 1.5
"""Largest amount."""

POINT = 0.05
"""Seconds: a span shorter than this is a moment, and what is done there takes its usual time."""


@dataclass(frozen=True, slots=True)
class Act:
    """seconds : how long it usually takes, to the moment it is let go; does : what one sees

    rest : seconds from there until it can be seen to be done again
    """

    seconds: float
    does: str
    rest: float = 0.5


CUES = {
    "nod": Act(0.6, "the head goes down and up once, with a little rebound; a longer span nods on", rest=0.15),
    "shake": Act(0.8, "the head goes to one side, the other and back: no; a longer span shakes on", rest=0.15),
    "tilt left": Act(1.2, "the head tips onto its own left shoulder"),
    "tilt right": Act(1.2, "the head tips onto its own right shoulder"),
    "turn left": Act(1.4, "the head turns to its own left, the eyes stay on the viewer"),
    "turn right": Act(1.4, "the head turns to its own right, the eyes stay on the viewer"),
    "turn up": Act(1.2, "the chin is lifted"),
    "turn down": Act(1.2, "the head is lowered"),
    "turn back": Act(0.6, "ends a turn, a tilt or a lean that is still held"),
    "lean in": Act(1.6, "the head comes nearer"),
    "lean back": Act(1.6, "the head draws back"),
    "look left": Act(1.1, "the eyes go to the own left, the head a little with them"),
    "look right": Act(1.1, "the eyes go to the own right"),
    "look up": Act(1.1, "the eyes go up"),
    "look down": Act(1.1, "the eyes go down"),
    "look away": Act(1.1, "the eyes leave the viewer for one side or the other"),
    "look camera": Act(1.6, "the eyes are on the viewer and stay there"),
    "wink": Act(0.3, "one lid closes, the cheek helps; which one is the character's habit"),
    "wink left": Act(0.3, "the own left lid closes, the cheek helps"),
    "wink right": Act(0.3, "the own right lid closes, the cheek helps"),
    "blink": Act(0.3, "both lids close and open"),
    "close eyes": Act(1.0, "both lids close and stay so"),
    "wide eyes": Act(0.9, "the lids are drawn up"),
    "squint": Act(1.0, "the lids narrow"),
    "raise brows": Act(0.8, "both brows go up"),
    "raise brow": Act(1.0, "one brow goes up: sceptical"),
    "frown": Act(1.1, "the brows are drawn down and together"),
    "smile": Act(1.6, "a smile that reaches the eyes"),
    "purse lips": Act(0.9, "the lips are drawn together and forward"),
    "press lips": Act(0.8, "the lips are pressed together"),
    "puff cheeks": Act(0.9, "the cheeks fill with air"),
    "wrinkle nose": Act(0.8, "the nose wrinkles and the upper lip goes up"),
    "drop jaw": Act(0.9, "the mouth falls open"),
    "shrug": Act(0.8, "the shoulders go up, the head tips, the mouth says: who knows"),
    "breath": Act(0.5, "a breath in that one sees"),
    "sigh": Act(2.4, "a deep breath in and a long one out; shoulders and lids sink"),
    "laugh": Act(1.6, "a smile, and laughter in chest, shoulders, jaw and head"),
    "swallow": Act(0.6, "the lips press and the chin moves"),
}
"""Every cue by its name."""


def cue(name: str, amount: float = 1.0) -> Cue:
    """A cue whose name exists. Errors: WrongUse for an unknown name (it tells the nearest) or amount.

    >>> cue("nod")
    Cue(name='nod', amount=1.0)
    """
    if name not in CUES:
        raise unknown("cue", name, CUES)
    if not 0 <= amount <= MOST:
        raise WrongUse(f"the amount of {name!r} must be in 0..{MOST:g}, got {amount:g}")
    return Cue(name, amount)


def lasting(span: Span[Cue]) -> Span[Cue]:
    """The same with the time it takes, where the span is a moment.

    >>> lasting(Span(2.0, 2.0, Cue("nod"))).stop
    2.6
    """
    if span.stop - span.start >= POINT or span.value.name not in CUES:
        return span
    return replace(span, stop=span.start + CUES[span.value.name].seconds)


def called(spans: Iterable[Span[Cue]], *names: str) -> list[Span[Cue]]:
    """The cues of these names in order, each with the time it takes."""
    found = [lasting(span) for span in spans if span.value.name in names]
    return sorted(found, key=lambda span: (span.start, span.value.name))


def in_turn(spans: Iterable[Span[Cue]], *names: str) -> list[Span[Cue]]:
    """The same where one takes over from the other: each ends when the next begins.

    >>> [(s.value.name, s.stop) for s in in_turn([Span(0, 4, Cue("turn left")), Span(1, 2, Cue("turn back"))],
    ...                                          "turn left", "turn back")]
    [('turn left', 1), ('turn back', 2)]
    """
    found = called(spans, *names)
    later = [*(span.start for span in found[1:]), inf]
    return [replace(span, stop=min(span.stop, then)) for span, then in zip(found, later, strict=False)]

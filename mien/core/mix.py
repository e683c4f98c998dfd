"""One motion from many generators, by the rules in docs/motion.md.

add      contributions add up, as differences from rest
yield    as add, but what does not come from the lips gives way while speech goes on
replace  the last generator that writes the channel has it
contact  the strongest; the renderer or ``retarget`` closes what it names, after all sums
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from mien.core.copies import copies
from mien.core.plan import Plan
from mien.core.protocols import Generator
from mien.core.rig import FULL, Motion, Rig
from mien.core.track import Floats

Indices = npt.NDArray[np.int64]

GIVE_WAY = 0.6
"""Share of a yielding contribution that is lost at full speech activity: enough for closures and
vowels to survive a broad smile, little enough for the smile to be seen (docs/numbers.md)."""

CORNERS = tuple(
    f"mouth{shape}{side}" for shape in ("Smile", "Frown", "Dimple", "Stretch") for side in ("Left", "Right")
)
CORNERS += ("mouthLeft", "mouthRight")
CORNERS_GIVE_WAY = 0.15
"""The corners of the mouth colour speech without opening it, so less is lost: at 0.6 a smile and contempt
could not be named from a still in mid-speech, at 0.3 they can, at 0.15 the judge of mien evaluate emotion sees a
spoken smile rise half as far again; lips and seals are kept all the same (r .94 and more in every emotion)."""


def combine(parts: Sequence[Motion], rig: Rig = FULL) -> Motion:
    """The sum of motions of the same frames, each channel by its rule, clipped to its range."""
    first = parts[0]
    values = np.tile(rig.rest, (len(first), 1))
    speaking = np.zeros(len(first), np.float32)
    for part in parts:
        if "speaking" in part.rig:
            speaking = np.maximum(speaking, part["speaking"])
    for part in parts:
        own = "speaking" in part.rig
        for rule, lost, columns, targets, rest in _columns(part.rig, rig):
            given = part.values[:, columns]
            match rule:
                case "add":
                    values[:, targets] += given - rest
                case "yield":
                    values[:, targets] += (given - rest) * (1.0 if own else 1 - lost * speaking[:, None])
                case "replace":
                    values[:, targets] = given
                case "contact":
                    values[:, targets] = np.maximum(values[:, targets], given)
    values = np.clip(values, rig.low, rig.high)
    for side in ("Left", "Right"):
        if f"eyeWide{side}" in rig and f"eyeBlink{side}" in rig:  # wide eyes blink too, and shut when they do
            values[:, rig.index[f"eyeWide{side}"]] *= 1 - values[:, rig.index[f"eyeBlink{side}"]]
    return Motion(values, first.rate, first.start, rig)


@cache
def _columns(given: Rig, rig: Rig) -> list[tuple[str, float, Indices, Indices, Floats]]:
    """Channels of ``given`` that mix alike: their rule, the share they lose, columns, places in ``rig``, rest."""
    alike: dict[tuple[str, float], list[str]] = {}
    for channel in given.channels:
        if channel.name in rig:
            lost = CORNERS_GIVE_WAY if channel.name in CORNERS else GIVE_WAY
            alike.setdefault((channel.rule, lost if channel.rule == "yield" else 0.0), []).append(channel.name)
    out = []
    for (rule, lost), names in alike.items():
        columns, targets = (np.array([r.find(n) for n in names]) for r in (given, rig))
        out.append((rule, lost, columns, targets, given.rest[columns]))
    return out


def mix(plans: Iterable[Plan], generators: Sequence[Generator], rig: Rig = FULL) -> Iterator[Motion]:
    """Motion of all generators together, in ``rig``, as far as every one of them has come."""
    shared = copies(plans, max(len(generators), 1))
    for chunks in together([g.animate(own) for g, own in zip(generators, shared, strict=False)]):
        yield combine(chunks, rig)
    if not generators:
        for plan in shared[0]:
            yield Motion.at_rest(plan.stop - plan.start, rate=plan.rate, rig=rig, start=plan.start)


def together(streams: Sequence[Iterator[Motion]]) -> Iterator[list[Motion]]:
    """Chunks of several streams cut so that they cover the same frames."""
    held: list[Motion | None] = [None] * len(streams)
    while streams:
        for i, stream in enumerate(streams):
            while held[i] is None:
                chunk = next(stream, None)
                if chunk is None:
                    return
                held[i] = chunk if len(chunk) else None
        chunks = [chunk for chunk in held if chunk is not None]
        start, stop = chunks[0].start, min(chunk.stop for chunk in chunks)
        yield [chunk.cut(start, stop) for chunk in chunks]
        held = [chunk.cut(stop, chunk.stop) if chunk.stop > stop else None for chunk in chunks]

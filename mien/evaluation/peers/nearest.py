"""One mouth shape per phone, held from its start to its end: visemes without coarticulation.

The shapes are mien's own table, so what differs from mien is the dynamics alone.
"""

from __future__ import annotations

import numpy as np

from mien.core.phones import nearest
from mien.core.rig import Motion
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip, phones_of
from mien.evaluation.peers.ours import said
from mien.generators.lips_table import ALIKE, ARTICULATORS, CHANNELS, CONTACTS, DIPHTHONGS, SHAPES


class Nearest:
    """System: the shape of the phone in the middle of each frame."""

    takes = 1

    def __init__(self, *, with_text: bool) -> None:
        self.with_text = with_text
        self.name = "nearest+text" if with_text else "nearest"

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        speeches = said(clip, with_text=self.with_text)
        motion = Motion.at_rest(int(sum(s.seconds for s in speeches) * RATE), rate=RATE)
        values = motion.values.copy()
        for phone in phones_of(speeches):
            inside = (motion.times >= phone.start) & (motion.times < phone.stop)
            for name, weight in pose(phone.value.symbol).items():
                values[inside, motion.rig.find(name)] = weight
        return motion.with_values(values)


def pose(symbol: str) -> dict[str, float]:
    """Channel -> weight of one phone; the first shape of a diphthong."""
    listed = nearest(symbol)
    if listed is None:
        return {}
    first = DIPHTHONGS.get(listed, (listed,))[0]
    shape = dict(zip(ARTICULATORS, SHAPES[ALIKE.get(first, first)], strict=True))
    weights = {name: sum(shape[a] * share for a, share in parts.items()) for name, parts in CHANNELS.items()}
    if listed in CONTACTS:
        contact, amount, _, _ = CONTACTS[listed]
        weights[contact] = amount
    return {name: float(np.clip(weight, 0, 1)) for name, weight in weights.items()}

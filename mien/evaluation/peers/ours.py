"""mien itself, as a user gets it: all generators, from sound alone or with the words."""

from __future__ import annotations

from zlib import crc32

from mien.core.plan import Speech
from mien.core.rig import Motion
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip
from mien.evaluation.peers.system import NoWords


class Mien:
    """System: ``mien animate``; another clip or take is another seed, as it would be another person.

    at_once : the lips are heard as in live sound
    Of a clip that the lips were fitted on, they are heard by a network that heard neither it nor its voice.
    """

    takes = 1

    def __init__(self, *, with_text: bool, at_once: bool = False) -> None:
        self.with_text, self.at_once = with_text, at_once
        self.name = "mien+text" if with_text else "mien"

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        from mien.generators.heard import HeardLips
        from mien.generators.heard_net import MODEL, MODEL_AT_ONCE, learned
        from mien.performance.take import Source, Take
        from mien.performance.verbs import default_generators, no_renderer

        speeches = said(clip, with_text=self.with_text)
        lips = HeardLips(learned(MODEL_AT_ONCE if self.at_once else MODEL).for_clip(clip.id))
        source = Source(
            rate=RATE,
            speeches=lambda: iter(speeches),
            generators=lambda: [lips, *default_generators(crc32(f"{clip.id} {take}".encode()))[1:]],
            renderer=no_renderer,
        )
        return Take(source).motion


def said(clip: Clip, *, with_text: bool) -> tuple[Speech, ...]:
    """The clip's phones as the condition allows."""
    if not with_text:
        return clip.heard
    if clip.speech is None:
        raise NoWords(f"the text of {clip.id} is not known")
    return clip.speech

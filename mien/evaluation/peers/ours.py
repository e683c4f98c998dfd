"""mien itself, as a user gets it: all generators, from sound alone or with the words."""

from __future__ import annotations

from mien.core.plan import Speech
from mien.core.rig import Motion
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip
from mien.evaluation.peers.system import NoWords


class Mien:
    """System: ``mien animate``; another take is another seed."""

    takes = 1

    def __init__(self, *, with_text: bool) -> None:
        self.with_text = with_text
        self.name = "mien+text" if with_text else "mien"

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        from mien.performance.verbs import animate

        return animate(said(clip, with_text=self.with_text), seed=take, fps=RATE)


def said(clip: Clip, *, with_text: bool) -> tuple[Speech, ...]:
    """The clip's phones as the condition allows."""
    if not with_text:
        return clip.heard
    if clip.speech is None:
        raise NoWords(f"the text of {clip.id} is not known")
    return clip.speech

"""mien itself, as a user gets it: all generators, from sound alone or with the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from zlib import crc32

from mien.core.plan import Speech
from mien.core.rig import Motion
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip
from mien.evaluation.peers.system import NoWords

if TYPE_CHECKING:
    from mien.generators.heard import HeardLips

Way = Literal["files", "at once", "lightly"]


class Mien:
    """System: ``mien animate``; another clip or take is another seed, as it would be another person.

    way : how its lips are heard: as in files, or as in live sound, "at once" or "lightly"; or not at all, by the
          phones alone, as text is spoken: those of the clip's text where it has one
    Of a clip that the lips were fitted on, they are heard by a network that heard neither it nor its voice.
    """

    takes = 1

    def __init__(self, *, with_text: bool, way: Way | Literal["phones"] = "files") -> None:
        self.with_text, self.way = with_text, way
        self.name = "mien+text" if with_text else "mien"

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        from mien.core.registry import backend
        from mien.performance.take import Source, Take
        from mien.performance.verbs import default_generators, no_renderer

        if self.way == "phones":
            speeches, lips = clip.speech or clip.heard, backend("generators", "lips")()
        else:
            speeches, lips = said(clip, with_text=self.with_text), lips_heard(self.way, clip.id)
        source = Source(
            rate=RATE,
            speeches=lambda: iter(speeches),
            generators=lambda: [lips, *default_generators(crc32(f"{clip.id} {take}".encode()))[1:]],
            renderer=no_renderer,
        )
        return Take(source).motion


def lips_heard(way: Way, clip: str | None = None) -> HeardLips:
    """Lips as they are heard in one of the ways, by a network that did not hear this clip."""
    from mien.generators.heard import HeardLips
    from mien.generators.heard_lightly import MODEL_LIGHT, HeardLightly
    from mien.generators.heard_net import MODEL, MODEL_AT_ONCE, learned

    kind, model = {
        "files": (HeardLips, MODEL), "at once": (HeardLips, MODEL_AT_ONCE), "lightly": (HeardLightly, MODEL_LIGHT),
    }[way]  # fmt: skip
    found = learned(model)
    return kind(found.whole if clip is None else found.for_clip(clip))


def said(clip: Clip, *, with_text: bool) -> tuple[Speech, ...]:
    """The clip's phones as the condition allows."""
    if not with_text:
        return clip.heard
    if clip.speech is None:
        raise NoWords(f"the text of {clip.id} is not known")
    return clip.speech

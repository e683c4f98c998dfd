"""What is asked of a performance beside its words: a mood, commands, a manner; laid on speech in one order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mien.core.emotion import Emotion
from mien.core.manner import Manner, feeling_beside, in_manner, with_cues
from mien.core.plan import Speech, Utterance
from mien.language.commands import Command, commands
from mien.performance.commanded import commanded
from mien.performance.manners import Asked, Clips, manner_of
from mien.performance.moods import Mood, asked, felt_in_sound, felt_in_text
from mien.performance.recorded import with_tags


@dataclass(frozen=True)
class Direction:
    """mood : what is felt, or that it is to be read; told : commands; manner : a style, with what it feels and does"""

    mood: Mood
    told: tuple[Command, ...]
    manner: Manner

    def text(self, utterance: Utterance) -> Utterance:
        """An utterance for a voice, which speaks as is felt; what it makes of it is for acted()."""
        return in_manner(felt_in_text(utterance, self.mood), self.manner)

    def sound(self, speeches: Iterable[Speech], said: Utterance | None = None) -> Iterator[Speech]:
        """Speeches that are ready. said : the text of a recording, whose tags come before the mood"""
        felt = with_tags(felt_in_sound(speeches, self.mood), said)
        return self.acted(feeling_beside(felt, self.manner.emotion))

    def acted(self, speeches: Iterable[Speech]) -> Iterator[Speech]:
        """The same, with what there is to do."""
        return with_cues(commanded(speeches, self.told), self.manner.begin, self.manner.end)


def direction(
    emotion: str | Emotion | None,
    head: str | None,
    style: Asked | None,
    style_from: Clips | None,
    *,
    seed: int,
    has_sound: bool,
) -> Direction:
    """Parameters as of mien.say(); has_sound : whether there is a voice already.

    Errors: WrongUse, BadInput for what there is not.
    """
    told = () if head is None else tuple(commands(head))
    return Direction(asked(emotion, has_sound=has_sound), told, manner_of(style, style_from, seed=seed))

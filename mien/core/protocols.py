"""What each kind of backend must offer. A stage is a generator method: Iterable in, Iterator out.

A clip is a stream of one chunk, so files and live are one code path. ``mien/testing.py`` has a
contract check for each protocol.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from mien.core.frame import Frame
from mien.core.plan import Plan, Speech, Utterance
from mien.core.rig import Motion, Rig
from mien.core.track import Audio


@runtime_checkable
class Voice(Protocol):
    """Text to speech. One Speech per clause, as soon as it is spoken."""

    def speak(self, utterances: Iterable[Utterance]) -> Iterator[Speech]: ...


@runtime_checkable
class Aligner(Protocol):
    """Recorded sound to speech: what is said when, with the text's help where it is known."""

    def align(self, sound: Iterable[Audio], text: str | None = None) -> Iterator[Speech]: ...


@runtime_checkable
class Generator(Protocol):
    """Plans to motion in the channels of ``rig``.

    ``ahead`` : seconds of future a frame may depend on. The motion's frames tile the plans' frames
    and are bit-identical however the plans were cut.
    """

    rig: Rig
    ahead: float

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]: ...


@runtime_checkable
class Tracker(Protocol):
    """A face in pictures to motion."""

    def track(self, frames: Iterable[Frame]) -> Iterator[Motion]: ...


@runtime_checkable
class Renderer(Protocol):
    """Motion to pictures, in order, one per motion frame. ``rig`` : the channels it reads."""

    rig: Rig

    def render(self, motions: Iterable[Motion], *, workers: int = 1) -> Iterator[Frame]: ...


@runtime_checkable
class Agent(Protocol):
    """Who answers. ``heard`` : what has been said so far, in order, the last by the person to be answered.

    An agent keeps nothing between replies: its own utterances (``speaker`` is ``core.plan.SELF``) come back to it as
    they were really said, so that it knows where it was interrupted. Whoever stops pulling ends the reply.
    """

    def reply(self, heard: Iterable[Utterance]) -> Iterator[Utterance]: ...

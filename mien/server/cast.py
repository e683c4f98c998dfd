"""What sessions share: voices, portraits and who answers, made once and used by all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mien.agents.tags import utterance_from
from mien.core.emotion import EMOTIONS
from mien.core.errors import unknown
from mien.core.frame import Image
from mien.core.protocols import Agent, Renderer, Voice
from mien.core.registry import backend, names
from mien.generators import live_lips
from mien.performance.verbs import Look, renderer_maker, voice_maker


@dataclass
class Cast:
    """Who performs and who answers.

    renderer, portrait, size, voice : as for mien say
    agent   : a name for the page
    answers : makes the agent
    """

    renderer: str = "portrait"
    portrait: str | None = None
    size: int = 512
    voice: str = "af_heart"
    agent: str = "script"
    answers: Callable[[], Agent] | None = None
    _voices: dict[str, Voice] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _face: Renderer | None = None

    def speaker(self, name: str) -> Voice:
        """A voice by name, the same one for everybody. Errors: WrongUse."""
        with self._lock:
            if name not in self._voices:
                self._voices[name] = voice_maker(name, 1.0, soon=True)()
            return self._voices[name]

    def voices(self) -> dict[str, str]:
        """Every voice and who it sounds like."""
        known: dict[str, str] = dict(backend("voices", "kokoro").voices())
        return known | {name: name for name in names("voices") if name != "kokoro"}

    def check_voice(self, name: str) -> None:
        """Errors: WrongUse."""
        if name not in self.voices():
            raise unknown("voice", name, self.voices())

    @property
    def emotions(self) -> list[str]:
        return ["neutral", *EMOTIONS]

    def face(self) -> Renderer:
        """What draws, unless a session brings its own photo."""
        with self._lock:
            if self._face is None:
                self._face = self.face_of(self.portrait)
            return self._face

    def face_of(self, photo: str | Image | None) -> Renderer:
        """What draws a photo. Errors: BadInput where it shows no usable face."""
        look = Look(self.size, False, "face", None, None, "keep")
        return renderer_maker(self.renderer, photo, look)()  # type: ignore[arg-type]

    def who_answers(self) -> Agent:
        made: Any = backend("agents", "script")() if self.answers is None else self.answers()
        agent: Agent = made
        return agent

    def warm(self) -> None:
        """Have everything loaded before somebody waits for it."""
        self.face()
        greeting, _ = utterance_from("[happy] Hello, and good day to you!")  # its tags load their grammar
        for _ in self.speaker(self.voice).speak(filter(None, [greeting])):
            pass
        live_lips.warm()

"""An agent behind any endpoint that speaks OpenAI's chat completions: Ollama, llama.cpp, vLLM, or OpenAI itself.

The answer is read as it is written, and spoken sentence by sentence; tags such as [happy:0.8] become what is felt.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from mien.agents.tags import sentences, utterance_from
from mien.core.emotion import EMOTIONS, NEUTRAL
from mien.core.errors import MienError, WrongUse
from mien.core.plan import SELF, Utterance

PERSONA = (
    "You are a person on a video call. Answer in one to three short spoken sentences, without lists, markup or emoji. "
    f"Begin a sentence with a tag such as [happy:0.6] whenever what you feel changes; there are {', '.join(EMOTIONS)} "
    "and [neutral], from 0 to 1. If your last answer ends in the middle, you were interrupted there."
)
"""What the model is told of itself unless told otherwise."""

KEY = "OPENAI_API_KEY"
"""Environment variable with the key that the endpoint asks for, if it does."""

PATIENCE = 30.0
"""Seconds without a word after which an endpoint is given up."""

MOST = 8000
"""Characters of one answer that are spoken: ten minutes."""

LONGEST_LINE = 1_000_000
"""Bytes of one event."""


class OpenAI:
    """Agent: a language model behind an endpoint like OpenAI's.

    base_url : up to "/v1"; model : its name there; persona : the system message
    The key is read from OPENAI_API_KEY.
    Errors: WrongUse for an address that is none; MienError while answering, when the endpoint fails.
    """

    def __init__(self, base_url: str, model: str, *, persona: str = PERSONA, patience: float = PATIENCE) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise WrongUse(f"the base URL must be like http://127.0.0.1:11434/v1, got {base_url!r}")
        if not model:
            raise WrongUse("which model should answer? give its name with --model")
        self.base_url, self.model, self.persona, self.patience = base_url.rstrip("/"), model, persona, patience

    def reply(self, heard: Iterable[Utterance]) -> Iterator[Utterance]:
        """One utterance a sentence, as soon as it is written."""
        emotion = NEUTRAL
        for sentence in sentences(self._written(heard)):
            utterance, emotion = utterance_from(sentence, emotion)
            if utterance is not None:
                yield utterance

    def _written(self, heard: Iterable[Utterance]) -> Iterator[str]:
        """The answer in pieces, as they come."""
        turns = [{"role": "assistant" if u.speaker == SELF else "user", "content": u.text} for u in heard]
        asked = {"model": self.model, "messages": [{"role": "system", "content": self.persona}, *turns], "stream": True}
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        request = Request(f"{self.base_url}/chat/completions", json.dumps(asked).encode(), headers, method="POST")
        length = 0
        try:
            with urlopen(request, timeout=self.patience) as answer:
                for piece in pieces(answer):
                    yield piece
                    length += len(piece)
                    if length > MOST:
                        return
        except HTTPError as error:
            said = error.read(300).decode(errors="replace").strip()
            raise MienError(f"the model's server refused: {error.code} {error.reason}. {said}") from None
        except (URLError, OSError) as error:
            why = getattr(error, "reason", error)
            raise MienError(f"the model's server at {self.base_url} cannot be reached: {why}") from None


def pieces(lines: Any) -> Iterator[str]:
    """The text in a stream of server-sent events. lines : has readline(size). Errors: MienError."""
    while line := lines.readline(LONGEST_LINE):
        data = line.strip().removeprefix(b"data:").strip()
        if data == b"[DONE]":
            return
        if not line.startswith(b"data:"):
            continue
        try:
            found = json.loads(data)
            if "error" in found:
                raise MienError(f"the model failed: {str(found['error'])[:300]}")
            for choice in found.get("choices", [])[:1]:
                yield choice.get("delta", {}).get("content") or ""
        except (ValueError, AttributeError, TypeError):
            raise MienError("the model's server sent something that is no chat completion") from None

"""The agent without a model: a few small talks, commands that show every control, and an echo for all else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mien.agents.tags import utterance_from
from mien.core.emotion import EMOTIONS
from mien.core.errors import WrongUse
from mien.core.plan import SELF, Utterance

TALKS = (  # what was heard -> what is said; the first that fits
    (r"\b(hello|hi|hey|good (morning|evening|day))\b",
     "[happy:0.7] Hello! How nice to see somebody. [neutral] Ask me something, or type slash help."),
    (r"\bhow are you\b", "[happy:0.5] Quite well, thank you. I have been sitting here, breathing. And you?"),
    (r"\b(your name|who are you|what are you)\b",
     "I am a photograph that learned to speak. [happy:0.6] They call me mien."),
    (r"\bjoke\b", "[happy:0.4] Why are mirrors good company? [happy:0.9] They always reflect before they answer!"),
    (r"\bstory\b",
     "[neutral] There was once a portrait that hung in a quiet hall. [sad:0.6] Nobody ever looked at it twice. "
     "[surprise:0.7] Then, one night, it blinked! [happy:0.8] And since then the hall has not been quiet at all."),
    (r"\b(sad|unhappy|terrible|awful|lonely)\b", "[sad:0.6] I am sorry to hear that. [neutral] Tell me more?"),
    (r"\b(thank you|thanks)\b", "[happy:0.6] You are very welcome."),
    (r"\b(bye|goodbye|good night|see you)\b", "[sad:0.3] Goodbye. [happy:0.5] Come back soon!"),
)  # fmt: skip

SAMPLES = {
    "happy": "I am so glad that you came!",
    "sad": "I miss those long afternoons.",
    "angry": "I told you not to touch that!",
    "fear": "Did you hear that noise?",
    "disgust": "Something in here has gone bad.",
    "surprise": "You did all this for me?",
    "contempt": "Well, what did you expect?",
}
"""A sentence for each emotion, which says nothing of it by its words alone."""

HELP = (
    "You can type a feeling after a slash, such as slash happy. [neutral] Slash emotions shows them all, slash count "
    "counts until you stop me, and slash say repeats what you write, tags included."
)


class Script:
    """Agent: small talk by a table, commands that show every control, and otherwise your own words."""

    repeatable = True

    def reply(self, heard: Iterable[Utterance]) -> Iterator[Utterance]:
        """One utterance a sentence or so. Errors: WrongUse for a command that there is not."""
        said = list(heard)
        text = said[-1].text.strip() if said else ""
        for part in _answer(text, said[:-1]):
            utterance, _ = utterance_from(part)
            if utterance is not None:
                yield utterance


def _answer(text: str, before: list[Utterance]) -> Iterator[str]:
    if text.startswith("/"):
        yield from _command(*(text[1:].split(maxsplit=1) or ["help"]))
        return
    asked = text.lower()
    if re.search(r"\b(go on|continue|where were we)\b", asked):
        last = next((u.text for u in reversed(before) if u.speaker == SELF and u.text), "")
        yield f"The last thing that I said was: {last}" if last else "I had not said anything yet."
        return
    for pattern, answer in TALKS:
        if re.search(pattern, asked):
            yield answer
            return
    yield f"You said: {text}" if text else "I did not hear anything."


def _command(name: str, rest: str = "") -> Iterator[str]:
    match name.lower():
        case "help":
            yield HELP
        case "emotions":
            yield from (f"[{emotion}:0.8] {sentence}" for emotion, sentence in SAMPLES.items())
        case "count":
            yield from (", ".join(NUMBERS[i : i + 5]) + "." for i in range(0, len(NUMBERS), 5))
        case "say":
            yield rest or "You gave me nothing to say."
        case emotion if emotion in EMOTIONS:
            yield f"[{emotion}:0.8] {rest or SAMPLES[emotion]}"
        case "neutral":
            yield f"[neutral] {rest or 'I feel nothing in particular.'}"
        case other:
            raise WrongUse(f"There is no command {other}. Type slash help.")


NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()

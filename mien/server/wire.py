"""What the page and the server say to each other, defined once.

Messages are JSON objects with a ``type``; sound and pictures come as one binary message, ``Media``. The page's types
(web/wire.ts) are written from here: python -m mien.server.wire. Whatever does not fit is refused with a sentence.
"""

from __future__ import annotations

import json
import struct
import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, asdict, dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from mien.core.emotion import Emotion
from mien.core.errors import BadInput

VERSION = 1
"""Of the protocol: raise it when a message changes its meaning or loses a field."""

State = Literal["idle", "listening", "thinking", "speaking", "interrupted"]

# ------------------------------------------------------------------------------------ from the page


@dataclass(frozen=True, slots=True)
class Say:
    """Words for the face to answer. at : seconds of the session that have been heard, if it is speaking"""

    text: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Perform:
    """Words for the face to say itself, tags included: nobody is asked."""

    text: str


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody types: the face listens, and stops if it was speaking. at : as in Say"""

    at: float | None = None


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Be quiet. at : as in Say"""

    at: float | None = None


@dataclass(frozen=True, slots=True)
class Feel:
    """What is felt from now on, as for --emotion: "happy:0.6", "neutral"."""

    emotion: str


@dataclass(frozen=True, slots=True)
class Move:
    """How it moves from now on, as amounts of --style that suit ready motion: "jaw=1.2,head=0.5"; "" is as usual."""

    style: str


@dataclass(frozen=True, slots=True)
class Use:
    """The voice to speak with from the next answer on."""

    voice: str


@dataclass(frozen=True, slots=True)
class Ear:
    """Sound of a microphone follows, or no longer does, as binary messages (see ``sound_from``)."""

    on: bool


@dataclass(frozen=True, slots=True)
class Speak:
    """Ready speech follows as binary messages (see ``speech_from``), to be said as it comes. rate : Hz, 8000..48000"""

    rate: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """It was all sent."""


# ------------------------------------------------------------------------------------ from the server


@dataclass(frozen=True, slots=True)
class Ice:
    """A STUN or TURN server, as a browser's RTCPeerConnection takes it."""

    urls: str
    username: str
    credential: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first message. rate : frames a second, a fraction; sample_rate : Hz of what is heard; ice : for WebRTC"""

    version: int
    session: str
    voice: str
    voices: dict[str, str]
    emotion: str
    emotions: list[str]
    agent: str
    rate: str
    size: int
    sample_rate: int
    ice: list[Ice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Now:
    """What the face does. at : seconds of the session"""

    state: State
    at: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood of somebody's speech. final : they have finished, and it will be answered"""

    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that is over, as it was really said. interrupted : more was to come"""

    text: str
    interrupted: bool


@dataclass(frozen=True, slots=True)
class Quiet:
    """An interruption: media of earlier epochs are not to be played any more."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know. problem : it went wrong"""

    text: str
    problem: bool


@dataclass(frozen=True, slots=True)
class Over:
    """The last message of a data channel. asleep : nobody was there, come back when somebody is"""

    asleep: bool


@dataclass(frozen=True, slots=True)
class Level:
    """Of the microphone. loudness : 0 silence .. 1 loud; voice : somebody speaks; own : it is the face itself"""

    loudness: float
    voice: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Word:
    """start, stop : seconds of the session"""

    start: float
    stop: float
    text: str


@dataclass(frozen=True, slots=True)
class Media:
    """One stretch of performance: frames [start, stop) at ``rate`` and their sound.

    sample, samples : place on the session's clock, and count, of 16-bit little-endian mono sound at ``sample_rate``
    pictures : bytes of each JPEG, in order, the last ones of the stretch; fewer than frames when some were dropped
    words    : that begin in it
    """

    epoch: int
    start: int
    stop: int
    rate: str
    sample: int
    samples: int
    sample_rate: int
    pictures: list[int] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opened:
    """How a session is opened over HTTP; what is left out is as the server was started."""

    voice: str | None = None
    emotion: str | None = None

    @property
    def feeling(self) -> Emotion:
        return Emotion.parse(self.emotion)


@dataclass(frozen=True, slots=True)
class MotionHead:
    """The first line of a session's motion. channels : names of the values; rate : frames a second, a fraction"""

    channels: list[str]
    rate: str


@dataclass(frozen=True, slots=True)
class Motion:
    """One frame of it. index : on the session's clock; at : its beginning there, seconds: the sound's clock, too"""

    index: int
    at: float
    epoch: int
    values: list[float]


FROM_PAGE = (Say, Perform, Typing, Interrupt, Feel, Move, Use, Ear, Speak, Spoken)
FROM_SERVER = (Welcome, Now, Heard, Said, Quiet, Notice, Over, Level, Media)

PageMessage = Say | Perform | Typing | Interrupt | Feel | Move | Use | Ear | Speak | Spoken
ServerMessage = Welcome | Now | Heard | Said | Quiet | Notice | Over | Level

LONGEST_TEXT = 4000
"""Characters of a message's text."""


def name_of(kind: type) -> str:
    """What a message calls itself."""
    return kind.__name__.lower()


_KINDS = {name_of(kind): kind for kind in FROM_PAGE}


def text_from(message: Any) -> str:
    """A message as JSON."""
    return json.dumps({"type": name_of(type(message)), **asdict(message)}, ensure_ascii=False)


def message_from(text: str) -> PageMessage:
    """A message of the page. Errors: BadInput for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput("a message must be JSON") from None
    if not isinstance(found, dict):
        raise BadInput("a message must be a JSON object with a type")
    return message_of(found)


def message_of(found: dict[str, Any]) -> PageMessage:
    """The same, once its JSON is read."""
    kind = found.pop("type", None)
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadInput(f"a message's type must be one of {', '.join(_KINDS)}")
    return typing.cast(PageMessage, made(_KINDS[kind], found))


def made(kind: type, found: dict[str, Any]) -> Any:
    """A dataclass of what came as JSON, every field checked. Errors: BadInput."""
    hints, name = get_type_hints(kind), name_of(kind)
    unknown = set(found) - set(hints)
    if unknown:
        raise BadInput(f"{name} knows no {', '.join(sorted(map(repr, unknown)))}; it has {', '.join(hints) or 'none'}")
    for part in fields(kind):
        if part.name not in found:
            if part.default is MISSING:
                raise BadInput(f"{name} needs {part.name}")
            continue
        if not _fits(found[part.name], hints[part.name]):
            raise BadInput(f"{name}.{part.name} must be {_typescript(hints[part.name])}")
        if isinstance(found[part.name], str) and len(found[part.name]) > LONGEST_TEXT:
            raise BadInput(f"{name}.{part.name} must have at most {LONGEST_TEXT} characters")
    return kind(**found)


def _fits(value: Any, hint: Any) -> bool:
    if get_origin(hint) in (types.UnionType, typing.Union):
        return any(_fits(value, part) for part in get_args(hint))
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9 and isfinite(value)
    return isinstance(value, hint) and (hint is bool or not isinstance(value, bool))


# ------------------------------------------------------------------------------------------- binary

HEAD = struct.Struct("<I")
"""Length of the JSON in front of a binary message's sound and pictures, bytes."""


def bytes_from(media: Media, sound: bytes, pictures: list[bytes]) -> bytes:
    """One binary message: length of the head, head, sound, pictures."""
    head = text_from(media).encode()
    return b"".join([HEAD.pack(len(head)), head, sound, *pictures])


def media_from(data: bytes) -> tuple[Media, bytes, list[bytes]]:
    """The same back, for clients in Python."""
    (size,) = HEAD.unpack_from(data)
    head = json.loads(data[HEAD.size : HEAD.size + size])
    head.pop("type")
    head["words"] = [Word(**word) for word in head["words"]]
    media, at = Media(**head), HEAD.size + size
    sound, at = data[at : at + 2 * media.samples], at + 2 * media.samples
    pictures = []
    for length in media.pictures:
        pictures.append(data[at : at + length])
        at += length
    return media, sound, pictures


SPEECH = b"speaking"
"""What a binary message with ready speech begins with; read as a float64 it is no time of a session."""


def bytes_from_speech(sound: bytes) -> bytes:
    """A binary message of the page: 16-bit little-endian mono sound at the rate that ``Speak`` named."""
    return SPEECH + sound


def speech_from(data: bytes) -> bytes | None:
    """The sound of such a message; None where it is another kind."""
    return data[len(SPEECH) :] if data.startswith(SPEECH) else None


EAR_RATE = 16000
"""Hz of a microphone's sound."""


def sound_from(data: bytes) -> tuple[float | None, bytes]:
    """A binary message of the page: seconds of the session being heard (float64, NaN where unknown), 16-bit sound.

    Errors: BadInput.
    """
    if len(data) < 10 or len(data) % 2 or len(data) > 8 + 2 * EAR_RATE:
        raise BadInput("sound comes as a float64 of 8 bytes and at most a second of 16-bit samples at 16 kHz")
    (at,) = struct.unpack_from("<d", data)
    return (float(at) if isfinite(at) and 0 <= at < 1e9 else None), data[8:]


# --------------------------------------------------------------------------------------- TypeScript

PAGE_TYPES = Path(__file__).with_name("web") / "wire.ts"

_SIMPLE = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def _typescript(hint: Any) -> str:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    inner = [_typescript(part) for part in get_args(hint)] if get_origin(hint) is not Literal else []
    match get_origin(hint):
        case typing.Literal:
            return " | ".join(json.dumps(value) for value in get_args(hint))
        case origin if origin is list:
            return f"{inner[0]}[]"
        case origin if origin is dict:
            return f"Record<{inner[0]}, {inner[1]}>"
        case origin if origin in (types.UnionType, typing.Union):
            return " | ".join(inner)
    return str(hint.__name__)


def typescript() -> str:
    """The page's types."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "// Written from mien/server/wire.py by: python -m mien.server.wire. A test says that they agree."
    yield f"\nexport const VERSION = {VERSION};\n"
    for kind in (Word, Ice, Opened, *FROM_PAGE, *FROM_SERVER, MotionHead, Motion):
        about = " ".join((kind.__doc__ or "").split())
        yield f"/** {about} */"
        yield f"export interface {kind.__name__} {{"
        if kind not in (Word, Ice, Opened):
            yield f"  type: {json.dumps(name_of(kind))};"
        hints = get_type_hints(kind)
        for part in fields(kind):
            optional = "?" if kind in (Opened, *FROM_PAGE) and part.default is not MISSING else ""
            yield f"  {part.name}{optional}: {_typescript(hints[part.name])};"
        yield "}\n"
    yield f"export type PageMessage = {' | '.join(k.__name__ for k in FROM_PAGE)};"
    yield f"export type ServerMessage = {' | '.join(k.__name__ for k in FROM_SERVER)};"


if __name__ == "__main__":
    PAGE_TYPES.write_text(typescript(), encoding="utf-8")

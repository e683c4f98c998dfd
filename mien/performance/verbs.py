"""The verbs: what ``mien.say``, ``speak``, ``animate`` and ``render`` do; the command line calls these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.core.emotion import Emotion
from mien.core.errors import BadInput, WrongUse, unknown
from mien.core.framing import FACE, PHOTO, checked_size
from mien.core.plan import Speech, Utterance
from mien.core.protocols import Generator, Renderer, Voice
from mien.core.registry import backend, names
from mien.core.retarget import head_within
from mien.core.rig import Motion
from mien.core.style import AS_USUAL, Style
from mien.core.styled import styled
from mien.core.track import Audio, Rate, rate_from
from mien.language.tagged import utterance_from_text
from mien.performance.commanded import silence_for
from mien.performance.direction import direction
from mien.performance.manners import Asked, Clips, files_of, for_ready_motion, manner_of
from mien.performance.moods import asked, felt_in_text
from mien.performance.take import Source, Take
from mien.performance.timeline import Timeline, joined_prosody

if TYPE_CHECKING:
    from mien.face.check import Which

VOICE = "af_heart"
RATE = 25
LIVELY = ("expression", "blinks", "gaze", "head", "breath", "idle", "gestures", "listening")
"""Who moves the face besides the lips, each with its own chance."""

LEAD = 0.1
"""Seconds of stillness before anything; the voice itself adds the time to breathe in."""

TAIL = 0.7
"""Seconds from the last word to the last frame: the mouth closes and the feeling is still there."""

CHARACTERS_PER_SECOND = 14.5
"""Of written English, spoken at speed 1 (measured on the story in the tests); only guesses the time left."""

LABEL = "synthetic"
"""What is written into a labelled picture."""

ALIGN_RATE = 16000
"""Sample rate that aligners listen at, Hz."""


def say(
    text: str | None = None,
    *,
    audio: str | Path | None = None,
    portrait: str | Path | None = None,
    voice: str = VOICE,
    emotion: str | Emotion | None = None,
    head: str | None = None,
    style: Asked | None = None,
    style_from: Clips | None = None,
    speed: float = 1.0,
    seed: int = 0,
    size: int | None = None,
    fps: Rate = RATE,
    label: bool = False,
    framing: str = FACE,
    face: Which | None = None,
    landmarks: str | Path | None = None,
    background: str = "keep",
    renderer: str = "portrait",
    lenient: bool = False,
) -> Take:
    """A face that says something: a recipe, nothing has run yet.

    text     : what is said, with tags or in SSML (docs/markup.md); with ``audio``, the words of the recording
    audio    : a recording to perform instead of a voice
    portrait : a photo of a face; None is the public-domain portrait that mien brings along
    voice    : see ``mien list voices``
    emotion  : "happy:0.8", "brows=sad,mouth=happy:0.5", "valence=0.6,arousal=0.4", "auto" …: docs/emotion.md
    head     : commands as a track: "nods twice, then turns left at the end"; enough by itself (docs/head-and-eyes.md)
    style    : amounts "jaw=1.2,head=0.5", words "tired, nods a lot", or a saved style.toml (docs/style.md)
    style_from : a clip or motion whose style is taken; several blend as "a.mp4:0.3,b.mp4:0.7"
    speed    : 0.5..2 of the voice's own
    seed     : another seed moves another way
    size     : pixels, 256..1024, even (512); of a whole photo the longer side, up to 4096 (its own)
    fps      : 10..60, exact fractions as "30000/1001"
    label    : write "synthetic" into the picture
    framing  : face, a square round the head; or photo, the whole photo, of which a part moves
    face     : which one of several: 1 is the largest, (x, y) the one nearest to this pixel
    landmarks : a file that says where the face is, for one that is not found by itself; mien rig makes it
    background : keep, blur, none (see-through), a colour as #rrggbb, or the name of a picture
    lenient  : tags that do not exist are read out as text
    Errors: WrongUse at once for options that do not exist, BadInput at once for tags that do not; BadInput
    when the take runs.
    """
    directed = direction(emotion, head, style, style_from, seed=seed, has_sound=audio is not None)
    rate = checked_rate(fps)
    look = Look(size, label, framing, face, landmarks, background)
    if not 0.5 <= speed <= 2:
        raise WrongUse(f"speed must be in 0.5..2, got {speed:g}")
    if audio is None and text is None and not directed.told:
        raise WrongUse("nothing to say: give a text, a recording as audio, or commands for the head")
    recording = None if audio is None else Path(audio)
    if recording is not None and (voice != VOICE or speed != 1):
        raise WrongUse("a recording keeps its own voice and speed: leave voice and speed out")
    speeches: Callable[[], Iterator[Speech]]
    if recording is None and text is None:
        silence = silence_for(directed.told)
        speeches = lambda: directed.sound([silence])  # noqa: E731
        seconds = silence.seconds + LEAD + TAIL
    elif recording is None:
        make_voice = voice_maker(voice, speed)
        utterance = utterance_from_text(text or "", lenient=lenient)
        speeches = lambda: directed.acted(make_voice().speak([directed.text(utterance)]))  # noqa: E731
        seconds = len(utterance.text) / CHARACTERS_PER_SECOND / speed + LEAD + TAIL
    else:
        heard = recording
        said = None if text is None else utterance_from_text(text, lenient=lenient)
        speeches = lambda: directed.sound(aligned(heard, said), said)  # noqa: E731
        seconds = None
    return Take(
        Source(
            rate=rate,
            speeches=speeches,
            generators=lambda: default_generators(
                seed, lips="lips" if recording is None else "heard", style=directed.manner.style
            ),
            style=directed.manner.style,
            renderer=renderer_maker(renderer, portrait, look),
            sound=recording,
            lead=LEAD if recording is None else 0.0,
            tail=TAIL if recording is None else 0.0,
            seconds=seconds,
            inputs=tuple(Path(p) for p in (portrait, landmarks, audio, *files_of(style, style_from)) if p is not None),
        )
    )


def speak(
    text: str,
    *,
    voice: str = VOICE,
    emotion: str | Emotion | None = None,
    speed: float = 1.0,
    lenient: bool = False,
) -> Iterator[Speech]:
    """Text to sound with words and phones in time: one Speech per clause, as soon as it is spoken."""
    if not 0.5 <= speed <= 2:
        raise WrongUse(f"speed must be in 0.5..2, got {speed:g}")
    mood = asked(emotion, has_sound=False)
    utterance = utterance_from_text(text, lenient=lenient)
    return voice_maker(voice, speed)().speak([felt_in_text(utterance, mood)])


def animate(
    speech: Speech | Iterable[Speech] | str | Path | None = None,
    *,
    text: str | None = None,
    emotion: str | Emotion | None = None,
    head: str | None = None,
    style: Asked | None = None,
    style_from: Clips | None = None,
    seed: int = 0,
    fps: Rate = RATE,
    lenient: bool = False,
) -> Motion:
    """Speech, or a sound file (with or without its .speech.json beside it), to motion in the full rig.

    head : commands as for say(); enough without speech
    """
    directed = direction(emotion, head, style, style_from, seed=seed, has_sound=True)
    rate = checked_rate(fps)
    lips, said = "lips", None
    if isinstance(speech, (str, Path)):
        path = Path(speech)
        if text is not None or not path.with_suffix(".speech.json").is_file():  # else a voice's, whose phones are known
            lips = "heard"
        said = None if text is None else utterance_from_text(text, lenient=lenient)
        speeches: Iterable[Speech] = known_or_aligned(path, said)
    elif speech is not None:
        speeches = [speech] if isinstance(speech, Speech) else speech
    elif directed.told:
        speeches = [silence_for(directed.told)]
    else:
        raise WrongUse("nothing to animate: give speech, a sound file, or commands for the head")
    source = Source(
        rate=rate,
        speeches=lambda: directed.sound(speeches, said),
        generators=lambda: default_generators(seed, lips=lips, style=directed.manner.style),
        style=directed.manner.style,
        renderer=no_renderer,
    )
    return Take(source).motion


def render(
    motion: Motion | str | Path,
    *,
    portrait: str | Path | None = None,
    audio: str | Path | None = None,
    style: Asked | None = None,
    size: int | None = None,
    label: bool = False,
    framing: str = FACE,
    face: Which | None = None,
    landmarks: str | Path | None = None,
    background: str = "keep",
    renderer: str = "portrait",
    fps: Rate | None = None,
) -> Take:
    """Motion on a face, with a recording's sound under it where one is given.

    style : as of say(), of which what acts on ready motion is taken: no habits, no emotion
    """
    from mien.core.formats import load

    look = Look(size, label, framing, face, landmarks, background)
    inputs = [Path(p) for p in (portrait, landmarks, audio, motion, *files_of(style)) if isinstance(p, (str, Path))]
    moving = motion if isinstance(motion, Motion) else load(motion, rate=None if fps is None else checked_rate(fps))
    if not len(moving):
        raise BadInput("the motion has no frames")
    if "confidence" in moving.rig:  # captured: a head in a video turns further than one photo can be turned
        moving = head_within(moving)
    moving = styled(moving, for_ready_motion(manner_of(style))[0])
    return Take(
        Source(
            rate=checked_rate(moving.rate),
            motion=moving,
            renderer=renderer_maker(renderer, portrait, look),
            sound=None if audio is None else Path(audio),
            seconds=moving.seconds,
            inputs=tuple(inputs),
        )
    )


def checked_rate(fps: Rate) -> Fraction:
    """A frame rate that videos have."""
    try:
        rate = rate_from(fps)
    except (ValueError, ZeroDivisionError):
        raise WrongUse(f"frames per second must be a number or a fraction in 10..60, got {fps!r}") from None
    if not 10 <= rate <= 60:
        raise WrongUse(f"frames per second must be in 10..60, got {fps}")
    return rate


@dataclass(frozen=True)
class Look:
    """How a face is shown; see say(). Errors: WrongUse for a size or a framing that there is not."""

    size: int | None
    label: bool
    framing: str
    face: Which | None
    landmarks: str | Path | None
    background: str

    def __post_init__(self) -> None:
        checked_size(self.size, self.framing)
        if isinstance(self.face, int) and self.face < 1:
            raise WrongUse(f"faces are counted from 1, got {self.face}")
        if self.framing == PHOTO and self.background != "keep":
            raise WrongUse("another background needs the framing face: a whole photo keeps its own")


def default_generators(seed: int, *, lips: str = "lips", style: Style = AS_USUAL) -> Sequence[Generator]:
    """Everything that moves a face. Lips leave nothing to chance.

    lips  : "lips" follow the phones, which a voice knows exactly; "heard" follow the sound, as recordings want it
    style : whose habits those generators have that know of style
    """

    def made(name: str, **more: Any) -> Generator:
        kind = backend("generators", name)
        if "style" in signature(kind).parameters:
            more["style"] = style
        generator: Generator = kind(**more)
        return generator

    return [made(lips), *(made(name, seed=seed) for name in LIVELY)]


def renderer_maker(name: str, portrait: str | Path | None, look: Look) -> Callable[[], Renderer]:
    """Checks the names now, builds the renderer later."""
    if name not in names("renderers"):
        raise unknown("renderer", name, names("renderers"))
    usual: dict[str, Any] = {"framing": FACE, "face": None, "landmarks": None, "background": "keep"}
    more = {key: getattr(look, key) for key, value in usual.items() if getattr(look, key) != value}
    for key in more:
        if key not in signature(backend("renderers", name)).parameters:
            raise WrongUse(f"the renderer {name} knows no {key} but its own")
    size = checked_size(look.size, look.framing)
    if size is not None:
        more["size"] = size

    def make() -> Renderer:
        made = backend("renderers", name)
        drawing: Renderer = made(portrait, label=LABEL if look.label else "", **more)
        return drawing

    return make


def no_renderer() -> Renderer:
    raise WrongUse("this take has no pictures")


def voice_maker(name: str, speed: float, *, soon: bool = False) -> Callable[[], Voice]:
    """Checks the name now, loads the voice later. A name is a Kokoro voice or another backend's.

    soon : somebody waits for the first word
    """
    backends = names("voices")
    if name in backends and name != "kokoro":
        return lambda: backend("voices", name)(speed=speed)
    kokoro = backend("voices", "kokoro")
    if name != "kokoro" and name not in kokoro.voices():
        raise unknown("voice", name, [*kokoro.voices(), *(n for n in backends if n != "kokoro")])
    return lambda: kokoro(VOICE if name == "kokoro" else name, speed=speed, soon=soon)


def aligned(path: Path, said: Utterance | None) -> Iterator[Speech]:
    """A recording, heard: with its text by pocketsphinx, without by hama."""
    from mien.media import stream_audio

    aligner = backend("aligners", "hama" if said is None else "pocketsphinx")()
    sound: Iterator[Audio] = stream_audio(path, ALIGN_RATE)
    heard: Iterator[Speech] = aligner.align(sound, said.text if said else None)
    return heard


def known_or_aligned(path: Path, said: Utterance | None) -> Iterator[Speech]:
    """A recording by its .speech.json where there is one, else heard."""
    from mien.core.formats import load_speech
    from mien.media import read_audio

    notes = path.with_suffix(".speech.json")
    if said is None and notes.is_file():
        return iter([load_speech(notes, read_audio(path, rate=ALIGN_RATE))])
    return aligned(path, said)


def joined(speeches: Iterable[Speech]) -> Speech:
    """One Speech of several, with their pauses between them, as a timeline lays them."""
    timeline = Timeline(rate=100)
    timeline.say(speeches)
    timeline.close()
    plans = list(timeline.plans())
    if not plans:
        raise BadInput("nothing was said")
    return Speech(
        Audio.join(p.audio for p in plans),
        words=tuple(s for p in plans for s in p.words),
        phones=tuple(s for p in plans for s in p.phones),
        emotion=tuple(s for p in plans for s in p.emotion),
        cues=tuple(s for p in plans for s in p.cues),
        prosody=joined_prosody([p.prosody for p in plans]),
    )

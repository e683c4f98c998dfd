"""A take: a recipe for a performance that runs what is asked of it, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from mien.core.errors import BadInput, OutputExists, WrongUse
from mien.core.formats import MOTION_SUFFIXES, save_motion
from mien.core.frame import Frame, Segment
from mien.core.mix import mix
from mien.core.plan import Phone, Plan, Span, Speech
from mien.core.protocols import Generator, Renderer
from mien.core.retarget import retargeted
from mien.core.rig import Motion
from mien.core.style import AS_USUAL, Style
from mien.core.styled import stylize
from mien.core.track import Audio
from mien.performance.perform import drawn, perform, segments_from_motion, sounded
from mien.performance.threads import Stop, in_thread
from mien.performance.timeline import Timeline

VIDEO, ANIMATION, PICTURE, FOLDER = (".mp4", ".webm"), (".gif", ".webp"), ".png", ""
PICTURED = (*VIDEO, *ANIMATION, PICTURE, FOLDER)
"""Suffixes of what shows a face; a name that ends in a slash is a folder for one PNG a frame."""

SUFFIXES = (*VIDEO, *ANIMATION, PICTURE, ".wav", *MOTION_SUFFIXES, ".srt", ".vtt")
"""What a take can be saved as, besides a folder."""

TICK = 0.6
"""Seconds per plan of a file: nobody waits for one, and fewer, longer ones cost less."""

SOUND_RATE = 48000
"""Sample rate of finished sound, Hz."""

Progress = Callable[[float, float | None], None]
"""Called with the seconds done and, where it is known, the seconds in all."""


@dataclass(frozen=True)
class Source:
    """Where a take's plans or motion come from; nothing runs before it is asked for.

    speeches   : makes what is said, anew at every call; None for ready motion
    generators : makes the generators
    renderer   : makes the renderer
    style      : whose amounts are laid on their motion
    motion     : ready motion, for re-rendering
    sound      : a recording to lay under the picture as it is, from its beginning
    seconds    : how long it will be, where that is known or can be guessed
    inputs     : files that must not be overwritten
    """

    rate: Fraction
    renderer: Callable[[], Renderer]
    speeches: Callable[[], Iterator[Speech]] | None = None
    generators: Callable[[], Sequence[Generator]] = tuple
    style: Style = AS_USUAL
    motion: Motion | None = None
    sound: Path | None = None
    lead: float = 0.0
    tail: float = 0.0
    seconds: float | None = None
    inputs: tuple[Path, ...] = ()


class Take:
    """A performance to be: ask for its motion, sound, words or pictures, stream it or save it.

    Sound, words and motion are on one clock and are computed once; pictures are never kept.
    """

    def __init__(self, source: Source) -> None:
        self._from = source
        self._stop = Stop()

    @property
    def rate(self) -> Fraction:
        """Frames per second."""
        return self._from.rate

    @cached_property
    def renderer(self) -> Renderer:
        """What draws the pictures; a portrait is fitted when this is first asked for."""
        return self._from.renderer()

    @property
    def notes(self) -> list[str]:
        """What the user should know about the pictures: "3 faces found, the largest is used"."""
        return list(getattr(self.renderer, "notes", ()))

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """What is said when, laid on the clock."""
        if self._from.speeches is None:
            raise WrongUse("this take is made of motion alone: there are no words in it")
        plans = tuple(self._fresh_plans())
        if not plans:
            raise BadInput("no speech came: what speak() gives is read once; list(mien.speak(…)) can be used again")
        return plans

    def _fresh_plans(self) -> Iterator[Plan]:
        assert self._from.speeches is not None
        timeline = Timeline(rate=self.rate, tick=TICK, lead=self._from.lead, tail=self._from.tail)
        timeline.say(self._from.speeches())
        timeline.close()
        return timeline.plans()

    @cached_property
    def motion(self) -> Motion:
        """Everything the face does, in the full rig."""
        if self._from.motion is not None:
            return self._from.motion
        return Motion.join(stylize(mix(self.plans, self._from.generators()), self._from.style))

    @cached_property
    def audio(self) -> Audio:
        """The sound, mono."""
        if self._from.sound is not None:
            from mien.media import read_audio

            return read_audio(self._from.sound, rate=SOUND_RATE)
        if self._from.speeches is None:
            raise WrongUse("this take is made of motion alone: there is no sound in it")
        return Audio.join(plan.audio for plan in self.plans)

    @property
    def words(self) -> tuple[Span[str], ...]:
        """What is said when, seconds."""
        return tuple(span for plan in self.plans for span in plan.words)

    @property
    def phones(self) -> tuple[Span[Phone], ...]:
        """Which speech sound comes when, seconds."""
        return tuple(span for plan in self.plans for span in plan.phones)

    def stream(self) -> Iterator[Segment]:
        """Finished segments with pictures, as they are made, in constant memory."""
        segments = self._segments()
        if self._from.sound is not None:
            from mien.media import stream_audio

            segments = sounded(segments, stream_audio(self._from.sound, SOUND_RATE))
        return segments

    def _segments(self) -> Iterator[Segment]:
        stop = Stop()
        if self._from.motion is not None:
            return in_thread(
                drawn(segments_from_motion(self._from.motion, round(TICK * self.rate)), self.renderer), stop=stop
            )
        # the voice starts in its thread before the portrait is fitted in this one
        plans = iter(self.__dict__["plans"]) if "plans" in self.__dict__ else self._fresh_plans()
        return perform(plans, self._from.generators(), self.renderer, style=self._from.style, stop=stop)

    def save(self, path: str | Path, *, progress: Progress | None = None) -> Path:
        """Write what the suffix asks for, and compute only that.

        .mp4 .webm; .gif .webp (silent); .png (the middle frame); frames/, with the slash: a folder of PNG files; .wav;
        .npz .json .csv; .srt .vtt. An existing file is replaced, as a whole, when the new one is complete.
        Errors: WrongUse for an unknown suffix or an output that is also an input.
        """
        self.check_output(path)
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix == PICTURE:
            from mien.media import write_png

            write_png(path, self._middle().image)
        elif suffix in PICTURED:
            self._save_pictures(path, progress)
        elif suffix in MOTION_SUFFIXES:
            save_motion(self.motion, path)
        elif suffix == ".wav":
            from mien.media import write_wav

            write_wav(path, self.audio)
        else:
            from mien.media import write_subtitles

            write_subtitles(path, self.words)
        return path

    def check_output(self, path: str | Path) -> None:
        """Refuse an output that could not be written, or a key that cannot sign it, before anything is computed."""
        slash, path = str(path).endswith("/"), Path(path)
        folder = path.suffix == FOLDER and (slash or path.is_dir())
        if not folder and path.suffix.lower() not in SUFFIXES:
            kinds = f"{' '.join(SUFFIXES)}; frames/ for a folder of pictures"
            raise WrongUse(f"cannot write {path.name!r}: the suffix says what is made: {kinds}")
        if folder and path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise OutputExists(f"{path} is there already; give the name of a new folder for the pictures")
        if not path.parent.is_dir():
            raise BadInput(f"cannot write {path}: there is no folder {path.parent}; make it first")
        if any(path.exists() and given.exists() and path.samefile(given) for given in self._from.inputs):
            raise WrongUse(f"{path} is an input of this take: give another output")
        if path.suffix.lower() in PICTURED:
            from mien.media.provenance import check_own_key

            check_own_key()

    def _save_pictures(self, path: Path, progress: Progress | None) -> None:
        from mien.media import VideoWriter, write_animation, write_sequence

        segments = self._told(progress)
        if path.suffix.lower() in VIDEO:
            with VideoWriter(path, rate=self.rate) as writer:
                for segment in segments:
                    writer.write(segment)
            return
        frames = (frame for segment in segments for frame in segment.frames)
        if path.suffix == FOLDER:
            write_sequence(path, frames)
        else:
            write_animation(path, frames, self.rate)

    def _told(self, progress: Progress | None) -> Iterator[Segment]:
        """The stream; somebody is told how far it is."""
        from mien.media import stated_seconds

        seconds = self._from.seconds
        if seconds is None and self._from.sound is not None:
            seconds = stated_seconds(self._from.sound)
        for segment in self.stream():
            yield segment
            if progress is not None:
                progress(float(segment.stop / segment.rate), seconds)

    def _middle(self) -> Frame:
        """One picture, of the middle of the take."""
        motion = self.motion
        if not len(motion):
            raise BadInput("the take has no frame to make a picture of")
        at = motion.start + len(motion) // 2
        return next(iter(self.renderer.render([retargeted(motion.cut(at, at + 1), self.renderer.rig)])))

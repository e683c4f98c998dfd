"""The only joiner: plans, motion, sound and pictures of the same frames, stage beside stage."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from mien.core.copies import copies
from mien.core.frame import Segment
from mien.core.mix import mix
from mien.core.plan import Plan
from mien.core.protocols import Generator, Renderer
from mien.core.retarget import retargeted
from mien.core.rig import Motion
from mien.core.style import AS_USUAL, Style
from mien.core.styled import stylize
from mien.core.track import Audio, sample_at
from mien.performance.threads import Stop, in_thread


def perform(
    plans: Iterable[Plan],
    generators: Sequence[Generator],
    renderer: Renderer | None = None,
    *,
    style: Style | Callable[[], Style] = AS_USUAL,
    workers: int = 2,
    stop: Stop | None = None,
) -> Iterator[Segment]:
    """Plans to finished performance; each stage runs in a thread of its own.

    style : whose amounts are laid on the motion; a function is asked anew for every chunk, as a live session wants it
    Every segment holds the sound of exactly its own frames, so the skew is 0 at any length and rate.
    """
    stop = stop or Stop()
    segments = moved(in_thread(plans, stop=stop), generators, style)
    if renderer is not None:
        segments = drawn(in_thread(segments, stop=stop), renderer, workers=workers)
    return in_thread(segments, stop=stop)


def moved(
    plans: Iterable[Plan], generators: Sequence[Generator], style: Style | Callable[[], Style] = AS_USUAL
) -> Iterator[Segment]:
    """Plans to segments with motion and sound, in the frames that the motion comes in."""
    for_motion, for_sound = copies(plans, 2)
    waiting: deque[Plan] = deque()
    for motion in stylize(mix(for_motion, generators), style):
        while not waiting or waiting[-1].stop < motion.stop:
            waiting.append(next(for_sound))
        while waiting[0].stop <= motion.start:
            waiting.popleft()
        rate = waiting[0].audio.rate
        start, stop = (sample_at(f, motion.rate, rate) for f in (motion.start, motion.stop))
        audio = Audio.join(part for p in waiting if len(part := p.audio.cut(start, stop)) or p.audio.start == start)
        yield Segment(motion.start, motion.stop, motion.rate, audio, motion)


def drawn(segments: Iterable[Segment], renderer: Renderer, *, workers: int = 2) -> Iterator[Segment]:
    """Segments with their pictures."""
    for_pictures, for_rest = copies(segments, 2)
    frames = renderer.render((retargeted(s.motion, renderer.rig) for s in for_pictures), workers=workers)
    for segment in for_rest:
        yield replace(segment, frames=tuple(itertools.islice(frames, len(segment.motion))))


def sounded(segments: Iterable[Segment], sound: Iterable[Audio]) -> Iterator[Segment]:
    """Segments with other sound laid under them, from its beginning; silence where it has ended."""
    chunks = iter(sound)
    held: Audio | None = next(chunks, None)
    for segment in segments:
        if held is None:
            yield segment
            continue
        start, stop = (sample_at(f, segment.rate, held.rate) for f in (segment.start, segment.stop))
        while held.stop < stop and (chunk := next(chunks, None)) is not None:
            held = Audio.join([held.cut(start, held.stop), chunk])
        part = held.cut(start, stop)
        missing = stop - start - len(part)
        if missing:
            part = (
                Audio.join([part, Audio.silence(missing, part.rate, part.stop)])
                if len(part)
                else Audio.silence(missing, held.rate, start)
            )
        yield replace(segment, audio=part)


def segments_from_motion(motion: Motion, size: int) -> Iterator[Segment]:
    """Ready motion as silent segments of ``size`` frames, from session time 0."""
    rate = 48000
    for chunk in motion.at(0).split(size):
        start, stop = (sample_at(f, chunk.rate, rate) for f in (chunk.start, chunk.stop))
        yield Segment(chunk.start, chunk.stop, chunk.rate, Audio.silence(stop - start, rate, start), chunk)

"""Plans for the generators' tests: a made-up talk, or silence."""

from fractions import Fraction

from mien.core.emotion import EMOTIONS, Emotion
from mien.core.plan import Cue, Phone, Plan, Span, no_prosody
from mien.core.track import Audio


def scene(
    seconds: float,
    *,
    rate: Fraction | int = 25,
    emotions: tuple[tuple[float, float, str], ...] = (),
    phones: tuple[tuple[float, float], ...] = (),
    cues: tuple[tuple[float, float, str], ...] = (),
    tick: int | None = None,
) -> list[Plan]:
    """One plan, or plans of ``tick`` frames: emotions (start, stop, text), vowels (start, stop), cues."""
    rate = Fraction(rate)
    frames = int(seconds * rate)
    plans = []
    for start in range(0, frames, tick or frames):
        first = start == 0
        plans.append(
            Plan(
                start,
                min(start + (tick or frames), frames),
                rate,
                Audio.silence(0, 16000),
                emotion=tuple(Span(a, b, Emotion.parse(e)) for a, b, e in emotions) if first else (),
                phones=tuple(Span(a, b, Phone("ɑ", 1)) for a, b in phones) if first else (),
                cues=tuple(Span(a, b, Cue(name)) for a, b, name in cues) if first else (),
                prosody=no_prosody(0),
                horizon=float("inf"),
            )
        )
    return plans


def talk(seconds: float, *, phrase: float = 2.6, pause: float = 0.5) -> tuple[tuple[float, float], ...]:
    """Vowels of 0.12 s one after the other, in phrases."""
    out = []
    at = 0.5
    while at + phrase < seconds:
        out += [(at + 0.12 * i, at + 0.12 * (i + 1)) for i in range(int(phrase / 0.12))]
        at += phrase + pause
    return tuple(out)


MOODS = tuple((1.7 * i, 1.7 * i + 1.5, f"{name}:0.9") for i, name in enumerate(EMOTIONS))
"""Every emotion in turn, quicker than anyone feels."""

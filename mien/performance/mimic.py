"""Speaking as somebody else moves: a clip's style code, and the amounts found by rehearsing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from mien.core.errors import BadInput, WrongUse
from mien.core.formats import MOTION_SUFFIXES, load, load_speech
from mien.core.mix import mix
from mien.core.plan import Plan
from mien.core.rig import Motion
from mien.core.style import AS_USUAL, Style
from mien.core.styled import styled
from mien.core.track import Audio
from mien.performance.capture import capture
from mien.style import code as style_code
from mien.style.code import Code, blended_codes, code_from_motion, load_code
from mien.style.steer import nearer

TALK = Path(style_code.__file__).with_name("talk.speech.json")
"""Half a minute and more of speech, of which only words and prosody are kept (tools/build_talk.py)."""

REHEARSALS = 5
"""Times the talk is moved to and the amounts corrected; more change nothing."""


def style_from(clips: str | Path | Code, *, seed: int = 0) -> Style:
    """The amounts that make our own motion move as in these clips.

    clips : one, or several with weights as ``a.mp4:0.3,b.mp4:0.7``. Each is a video, a ready motion file or a saved
            style code (.toml).
    seed  : of the performance: another has another temperament of its own, to be corrected from
    Errors: BadInput for what cannot be read; WrongUse for weights that are none.
    """
    return rehearsed(clips if isinstance(clips, Code) else code_from(clips), seed=seed)


def code_from(clips: str | Path) -> Code:
    """The style code of one or more clips; see style_from()."""
    parts = weighted(str(clips))
    return blended_codes([(code_of(path), weight) for path, weight in parts])


def weighted(text: str) -> list[tuple[Path, float]]:
    """Files and their weights, 1 where none is given.

    >>> weighted("a.mp4:0.3, b.npz")
    [(PosixPath('a.mp4'), 0.3), (PosixPath('b.npz'), 1.0)]
    """
    if Path(text).exists():  # a name may hold commas and colons
        return [(Path(text), 1.0)]
    out = []
    for part in text.split(","):
        name, colon, number = part.strip().rpartition(":")
        try:
            weight = float(number) if colon else 1.0
        except ValueError:
            colon, weight = "", 1.0  # a colon in a name
        if (colon and not name) or not 0 <= weight < float("inf"):
            raise WrongUse(f"a style comes from files, each with a weight from 0 on: a.mp4:0.3,b.mp4:0.7, not {part!r}")
        out.append((Path(name if colon else part.strip()), weight))
    return out


def code_of(path: Path) -> Code:
    """The style code of one file. Errors: BadInput."""
    if not path.exists():
        raise BadInput(f"there is no clip {path} to take a style from")
    suffix = path.suffix.lower()
    if suffix == ".toml":
        return load_code(path)
    return code_from_motion(load(path) if suffix in MOTION_SUFFIXES else capture(path))


def rehearsed(goal: Code, *, seed: int = 0) -> Style:
    """The amounts with which our own motion, to a talk that mien brings along, shows this code most nearly."""
    style = AS_USUAL
    for _ in range(REHEARSALS):
        style = nearer(style, code_from_motion(styled(performed(habits(style), seed), style)), goal)
    return style


def habits(style: Style) -> Style:
    """What of a style the generators are told."""
    from mien.core.style import AMOUNTS

    return replace(AS_USUAL, **{n: getattr(style, n) for n, a in AMOUNTS.items() if a.habit})


@lru_cache(maxsize=8)
def performed(style: Style, seed: int = 0) -> Motion:
    """The talk, moved to with these habits, no other amounts laid on it."""
    from mien.performance.verbs import default_generators

    return Motion.join(mix(talk(), default_generators(seed, style=style)))


@cache
def talk() -> tuple[Plan, ...]:
    """The talk, laid on the clock."""
    import json

    from mien.performance.timeline import Timeline

    seconds = json.loads(TALK.read_bytes())["seconds"]
    timeline = Timeline(rate=style_code.RATE)
    timeline.say([load_speech(TALK, Audio.silence(round(seconds * 1000), 1000))])
    timeline.close()
    return tuple(timeline.plans())

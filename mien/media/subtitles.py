"""Subtitles from words and their times: .srt and .vtt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from mien.core.errors import WrongUse
from mien.core.files import atomic_output
from mien.core.plan import Span

LINE = 42
"""Characters a line, as broadcasters set them (BBC and Netflix guidelines)."""

LINES = 2

PAUSE = 0.7
"""Seconds of silence at which a new subtitle begins."""

LONGEST = 6.0
"""Seconds a subtitle stays at most."""

SHORTEST = 1.0
"""Seconds it stays at least, unless the next one comes."""

SENTENCE_END = (".", "!", "?", "…", '."', '!"', '?"', ".”", "!”", "?”")
CLAUSE_END = (",", ";", ":", "–", "—")


def write_subtitles(path: str | Path, words: Iterable[Span[str]]) -> None:
    """Words with their times, grouped into readable subtitles. Errors: WrongUse, OutputFailed."""
    path = Path(path)
    writers = {".srt": srt, ".vtt": vtt}
    if path.suffix.lower() not in writers:
        raise WrongUse(f"cannot write subtitles to {path.name!r}: the name must end in .srt or .vtt")
    text = writers[path.suffix.lower()](subtitles(words))
    with atomic_output(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def srt(spans: Iterable[Span[str]]) -> str:
    """SubRip."""
    cues = [
        f"{number}\n{_clock(span.start, ',')} --> {_clock(span.stop, ',')}\n{span.value}\n"
        for number, span in enumerate(spans, 1)
    ]
    return "\n".join(cues)


def vtt(spans: Iterable[Span[str]]) -> str:
    """WebVTT."""
    escaped = [(span, span.value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")) for span in spans]
    cues = [f"{_clock(span.start, '.')} --> {_clock(span.stop, '.')}\n{text}\n" for span, text in escaped]
    return "\n".join(["WEBVTT\n", *cues])


def _clock(seconds: float, mark: str) -> str:
    """
    >>> _clock(3725.5, ",")
    '01:02:05,500'
    """
    ms = round(seconds * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"


def subtitles(words: Iterable[Span[str]]) -> list[Span[str]]:
    """One span each, of at most two lines; cut at pauses and sentence ends, and within sentences where they are full.

    >>> [s.value for s in subtitles([Span(0.0, 0.4, "Hello,"), Span(0.5, 0.9, "world."), Span(1.0, 1.3, "Hm.")])]
    ['Hello, world.', 'Hm.']
    """
    groups: list[list[Span[str]]] = []
    for word in words:
        if not groups or _ends(groups[-1], word):
            groups.append([])
        groups[-1].append(word)
        if len(fit := _full(groups[-1])) < len(groups[-1]):
            groups[-1:] = [fit, groups[-1][len(fit) :]]
    return _timed([group for group in groups if group])


def _ends(group: Sequence[Span[str]], following: Span[str]) -> bool:
    last = group[-1]
    return last.value.endswith(SENTENCE_END) or following.start - last.stop > PAUSE


def _full(group: list[Span[str]]) -> list[Span[str]]:
    """The part that fits, up to its last comma when it has one in its second half."""
    if len(group) == 1 or (_fits(group) and group[-1].stop - group[0].start <= LONGEST):
        return group
    fit = group[:-1]
    for count in range(len(fit), len(fit) // 2, -1):
        if fit[count - 1].value.endswith(CLAUSE_END):
            return fit[:count]
    return fit


def _fits(group: Sequence[Span[str]]) -> bool:
    return len(_greedy([word.value for word in group])) <= LINES


def _greedy(words: Sequence[str]) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _balanced(words: Sequence[str]) -> str:
    """One line, or two of nearly the same length, the cut rather after a comma."""
    text = " ".join(words)
    if len(text) <= LINE or len(words) == 1:
        return text

    def unevenness(cut: int) -> tuple[bool, float]:
        first, second = " ".join(words[:cut]), " ".join(words[cut:])
        comma = 16 if words[cut - 1].endswith(CLAUSE_END) else 0
        return max(len(first), len(second)) > LINE, abs(len(first) - len(second)) - comma

    cut = min(range(1, len(words)), key=unevenness)
    return f"{' '.join(words[:cut])}\n{' '.join(words[cut:])}"


def _timed(groups: Sequence[Sequence[Span[str]]]) -> list[Span[str]]:
    """Each from its first word to its last, a short one longer where there is room."""
    out = []
    for i, group in enumerate(groups):
        until = groups[i + 1][0].start if i + 1 < len(groups) else float("inf")
        stop = min(max(group[-1].stop, group[0].start + SHORTEST), max(until, group[-1].stop))
        out.append(Span(group[0].start, stop, _balanced([word.value for word in group])))
    return out

"""Commands by text: "nods twice, then turns left at the end" as cues in time.

The grammar is ``commands.lark``. ``commands`` reads a text; ``placed`` lays what was read on a performance,
whose words and length are known only then.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mien.core.cues import CUES, MOST, POINT
from mien.core.errors import BadInput, WrongUse
from mien.core.plan import Cue, Span

if TYPE_CHECKING:
    from lark import Lark, Tree

DEGREES = {"slightly": 0.5, "deeply": 1.4}
NUMBERS = {n: i for i, n in enumerate("one two three four five six seven eight nine ten".split(), 1)}
COUNTS = {"once": 1, "twice": 2, "thrice": 3}
MANY = 50
"""Times, at most."""

LONGEST = 2000
"""Characters of commands, at most."""

KEPT = ("turn", "tilt", "lean", "look", "smile", "close eyes", "frown")
"""Beginnings of the names of what is kept up to the end when it is done there."""

ENDED = {"turn": "turn back", "tilt": "turn back", "lean": "turn back", "look": "look camera"}
"""Beginning of a cue's name -> the cue that ends it, where that comes later: what is held until then."""

SETTLED = 0.9
"""Seconds before the end at which a pose that is to be kept there begins."""

BEYOND = 1.5
"""Seconds after the end for which it is kept: to the last frame."""

WORDS = (
    "nods shakes tilts turns back lowers lifts bows leans looks glances winks blinks closes eyes widens squints raises "
    "brows frowns smiles sighs laughs breathes shrugs shoulders swallows purses presses lips puffs cheeks wrinkles "
    "nose drops jaw stays head chin left right up down away camera in forward once twice three times slightly deeply "
    "for seconds then and while at the beginning middle end after throughout"
).split()
"""What there is to say, for guesses at what was meant."""


@dataclass(frozen=True, slots=True)
class Place:
    """When. where : "beginning", "middle", "end", "second", "word", "then" (after what came before), "with" it"""

    where: str
    seconds: float = 0.0
    word: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """name : of a cue; seconds : for how long, 0 for as long as it usually takes; stays : to the end"""

    name: str
    place: Place
    amount: float = 1.0
    count: int = 1
    seconds: float = 0.0
    stays: bool = False

    @property
    def step(self) -> float:
        """Seconds from one to the next where it is done several times."""
        return CUES[self.name].seconds + CUES[self.name].rest

    @property
    def length(self) -> float:
        """Seconds in all."""
        return self.seconds or self.count * self.step


def commands(text: str) -> tuple[Command, ...]:
    """What a text tells a face to do, in order.

    Errors: WrongUse for what cannot be read, with the place, the nearest words and what would fit.

    >>> [(c.name, c.count, c.place.where) for c in commands("nods twice, then turns left at the end")]
    [('nod', 2, 'beginning'), ('turn left', 1, 'end')]
    """
    if len(text) > LONGEST:
        raise WrongUse(f"commands may have {LONGEST} characters, got {len(text)}")
    tree = _parsed(text)
    found: list[Command] = []
    link = ""
    for part in tree.children:
        if part.data in ("then", "together"):
            link = "with" if part.data == "together" else "then"
        elif part.data == "stays":
            if not found:
                raise WrongUse("nothing is held yet: say what first, as in: turns left and stays")
            kept = next((_seconds(c) for c in part.find_data("lasting")), 0.0)
            found[-1] = replace(found[-1], seconds=kept, stays=not kept)
        else:
            one = _command(part, Place(link or "beginning"))
            if one.name == "turn back" and found and found[-1].name.startswith("look"):
                one = replace(one, name="look camera")
            found.append(one)
    return tuple(found)


def placed(told: Sequence[Command], words: Sequence[Span[str]], seconds: float) -> tuple[Span[Cue], ...]:
    """The cues of a performance.

    words   : of all that is said, seconds; () where nothing is
    seconds : how long it is
    Errors: BadInput for a word that is not said (it names near ones).
    """
    out: list[Span[Cue]] = []
    begin = done = words[0].start if words else 0.0
    for i, command in enumerate(told):
        begin = _begin(command, words, seconds, begin, done)
        until = _until(command, told[i + 1 :], begin, seconds)
        again = range(command.count) if until is None else range(1)
        for k in again:
            at = begin + k * command.step
            out.append(Span(at, at if until is None else until, Cue(command.name, command.amount)))
        done = begin + command.length
    return _ended(out)


def length(told: Sequence[Command]) -> float:
    """Seconds that the commands take when nothing is said."""
    ends = [s.stop + CUES[s.value.name].seconds for s in placed([_unended(c) for c in told], (), 0.0)]
    return max(ends, default=0.0)


def _unended(command: Command) -> Command:
    """Without what refers to an end that is not known yet: there it comes after all before it."""
    where = {"end": "then", "middle": "then", "throughout": "then"}.get(command.place.where, command.place.where)
    return replace(command, place=replace(command.place, where=where), stays=False)


def _begin(command: Command, words: Sequence[Span[str]], seconds: float, before: float, done: float) -> float:
    match command.place.where:
        case "end":
            lasts = SETTLED if command.name.startswith(KEPT) and not command.seconds else command.length
            return max(0.0, seconds - lasts)
        case "middle":
            starts = [word.start for word in words] or [seconds / 2]
            return min(starts, key=lambda start: abs(start - seconds / 2))
        case "second":
            return command.place.seconds
        case "after":
            return done + command.place.seconds
        case "word":
            return _said(command.place, words)
        case "then":
            return done
        case "with":
            return before
    return words[0].start if words else 0.0


def _until(command: Command, later: Sequence[Command], begin: float, seconds: float) -> float | None:
    """When what is held ends; None for what takes its usual time."""
    if command.seconds:
        return begin + max(command.seconds, POINT)
    if command.stays or command.place.where == "throughout":
        return max(seconds, begin) + BEYOND
    if command.place.where == "end" and command.name.startswith(KEPT):
        return max(seconds, begin) + BEYOND
    end = ENDED.get(command.name.split()[0])
    if end not in (None, command.name) and any(c.name == end for c in later):
        return max(seconds, begin) + BEYOND  # cut when that comes
    return None


def _ended(spans: Sequence[Span[Cue]]) -> tuple[Span[Cue], ...]:
    """What is held ends where the head or the eyes are told to come back."""
    out = []
    for span in spans:
        end = ENDED.get(span.value.name.split()[0])
        stops = [s.start for s in spans if s.value.name == end and span.start < s.start < span.stop]
        out.append(replace(span, stop=min(stops, default=span.stop)))
    return tuple(sorted(out, key=lambda span: span.start))


def _said(place: Place, words: Sequence[Span[str]]) -> float:
    """When a word, or the first of several, is said for the first time."""
    wanted = [_plain(w) for w in place.word.split()]
    said = [_plain(w.value) for w in words]
    for i in range(len(said) - len(wanted) + 1):
        if wanted and said[i : i + len(wanted)] == wanted:
            return words[i].start
    near = difflib.get_close_matches(" ".join(wanted), sorted(set(said)), n=3)
    guess = f": did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise BadInput(f"the word {place.word!r} of the commands is not said{guess}")


def _plain(word: str) -> str:
    return re.sub(r"[^\w']", "", word).strip("'").lower()


def _command(clause: Any, place: Place) -> Command:
    name, amount, count, seconds = "", 1.0, 1, 0.0
    for part in clause.children:
        match part.data:
            case "slightly" | "deeply":
                amount = DEGREES[part.data]
            case "once" | "twice" | "thrice":
                count = COUNTS[part.data]
            case "times":
                count = _times(part)
            case "lasting":
                seconds = _seconds(part)
            case "beginning" | "middle" | "end" | "after" | "at_second" | "at_word" | "throughout":
                place = _place(part, place)
            case _:
                name = _name(part)
    return Command(name, place, min(amount, MOST), count, seconds)


def _times(part: Any) -> int:
    number = _number(part.children[0])
    if number != int(number) or not 1 <= number <= MANY:
        raise WrongUse(f"how many times must be a whole number in 1..{MANY}, got {part.children[0]}")
    return int(number)


def _place(part: Any, link: Place) -> Place:
    match part.data:
        case "after":
            seconds = _seconds(part)
            return Place("after" if link.where in ("then", "with") else "second", seconds)
        case "at_second":
            return Place("second", _seconds(part))
        case "at_word":
            return Place("word", word=str(part.children[-1]).strip("\"'“”‘’"))
    return Place(part.data)


def _seconds(part: Any) -> float:
    return _number(next(token for token in part.children if token.type == "NUMBER"))


def _number(token: str) -> float:
    word = str(token)
    if word.startswith("half"):
        return 0.5
    return float(NUMBERS[word]) if word in NUMBERS else float(word.replace(",", "."))


def _name(part: Any) -> str:
    """The cue that an act stands for."""
    kind = str(part.data)
    sides = [str(child.data) for child in part.find_pred(lambda node: node.data in ("left", "right", "up", "down"))]
    match kind:
        case "nod" | "shake":
            return kind
        case "tilt" | "turn" | "wink":
            return " ".join([kind, *sides])
        case "lift" | "lower":
            return {"lift": "turn up", "lower": "turn down"}[kind]
        case "back":
            return "turn back"
        case "look":
            kinds = {token.type for token in part.children if not hasattr(token, "data")}
            where = sides or [w for t, w in LOOKED.items() if t in kinds]
            return f"look {where[0]}"
    return kind.replace("_", " ")


LOOKED = {"UP": "up", "DOWN": "down", "AWAY": "away", "CAMERA": "camera"}


@cache
def _grammar() -> Lark:
    from lark import Lark

    text = (files("mien.language") / "commands.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False)


def _parsed(text: str) -> Tree[Any]:
    from lark.exceptions import UnexpectedEOF, UnexpectedInput, UnexpectedToken

    low = text.lower()
    try:
        return _grammar().parse(low)
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END")
        at = len(low.rstrip()) if ended else error.pos_in_stream or 0
        fits: Any = getattr(error, "accepts", None) or getattr(error, "expected", None) or error.__dict__.get("allowed")
        raise WrongUse(_explained(text, at, sorted(fits or ()), ended)) from None


def _explained(text: str, at: int, fits: Sequence[str], ended: bool) -> str:
    """Where reading stopped, at what, what was perhaps meant and what would fit there."""
    could = ", ".join(_terminals(fits))
    there = f"; there could be: {could}" if could else ""
    if not text.strip():
        return "there are no commands: say what the face does, as in: nods twice, then turns left at the end"
    if ended:
        return f"the commands stop too soon, after {text.strip()[-24:]!r}{there}"
    word = re.match(r"\w[\w'-]*|\S", text[at:])
    what = word[0] if word else text[at : at + 1]
    near = difflib.get_close_matches(what.lower(), WORDS, n=3, cutoff=0.6)
    guess = f": did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"the commands cannot be read at {what!r} (character {at + 1}){guess}{there}"


def _terminals(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name not in ("IGNORED", "$END", "_STOP", "_COMMA", "BACK_AGAIN", "WORD", "STRING") and not name.startswith(
            "__"
        ):
            yield name.lower().strip("_")

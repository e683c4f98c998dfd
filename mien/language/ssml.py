"""What the elements of W3C SSML say (Speech Synthesis Markup Language 1.1, W3C Recommendation 2010).

The subset: speak, p, s, break, emphasis, prosody, say-as, sub, phoneme, mark, and mstts:express-as with its
styles (Azure's name for "say it cheerfully").
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from mien.core.emotion import Emotion
from mien.core.errors import BadInput, unknown
from mien.core.plan import Cue, Delivery, Reading
from mien.language.readings import WAYS
from mien.language.tags import LONGEST_PAUSE, Meaning

BREAKS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2}
"""strength -> seconds."""

EMPHASIS = {"strong": 1.0, "moderate": 0.5, "none": 0.0, "reduced": -0.6}

RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
PITCHES = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0}
RANGES = {"x-low": 0.4, "low": 0.7, "medium": 1.0, "default": 1.0, "high": 1.4, "x-high": 1.8}
VOLUMES = {"silent": -60.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0}

STYLES: Mapping[str, tuple[Mapping[str, float], Delivery | None]] = {
    "cheerful": ({"happy": 0.8}, None), "excited": ({"happy": 0.8, "surprise": 0.3}, None),
    "friendly": ({"happy": 0.4}, None), "hopeful": ({"happy": 0.35}, None), "affectionate": ({"happy": 0.4}, None),
    "assistant": ({"happy": 0.2}, None), "chat": ({"happy": 0.25}, None), "customerservice": ({"happy": 0.3}, None),
    "lyrical": ({"sad": 0.2}, None), "poetry-reading": ({"sad": 0.2}, None), "empathetic": ({"sad": 0.35}, None),
    "gentle": ({"happy": 0.2}, Delivery(volume=-3.0, tempo=0.93)),
    "calm": ({}, Delivery(tempo=0.93, range=0.85)), "serious": ({"angry": 0.15}, Delivery(range=0.85)),
    "narration-professional": ({}, None), "newscast": ({}, None), "newscast-casual": ({}, None),
    "newscast-formal": ({}, Delivery(range=0.85)), "documentary-narration": ({}, Delivery(tempo=0.93)),
    "sad": ({"sad": 0.8}, None), "depressed": ({"sad": 0.9}, Delivery(tempo=0.92)),
    "disgruntled": ({"contempt": 0.5, "angry": 0.3}, None), "unfriendly": ({"contempt": 0.6}, None),
    "embarrassed": ({"fear": 0.3, "sad": 0.25}, None), "envious": ({"contempt": 0.5}, None),
    "angry": ({"angry": 0.8}, None), "fearful": ({"fear": 0.8}, None), "terrified": ({"fear": 1.0}, None),
    "disgusted": ({"disgust": 0.8}, None), "surprised": ({"surprise": 0.8}, None),
    "shouting": ({"angry": 0.4}, Delivery(volume=7.0, pitch=2.0)), "whispering": ({}, Delivery(whisper=True)),
}  # fmt: skip
"""express-as style -> feelings and delivery at styledegree 1; the degree (0.01..2) is a factor."""

SILENT_ATTRIBUTES = ("xml:", "xmlns", "version", "xsi:", "role")
"""Attributes whose names begin so say nothing that could be heard."""


def meaning_of_element(name: str, attributes: Mapping[str, str]) -> Meaning:
    """Errors: WrongUse for an element, attribute or value there is not; BadInput for a number out of range."""
    if name not in _MEANINGS:
        raise unknown("element", name, _MEANINGS)
    known, make = _MEANINGS[name]
    for attribute in attributes:
        if attribute not in known and not attribute.startswith(SILENT_ATTRIBUTES):
            raise unknown(f"attribute of <{name}>", attribute, known)
    return make(attributes)


def _break(attributes: Mapping[str, str]) -> Meaning:
    if "time" in attributes:
        seconds = _time(attributes["time"])
    else:
        seconds = _named("strength", attributes.get("strength", "medium"), BREAKS)
    return Meaning(cue=Cue("pause", seconds))


def _emphasis(attributes: Mapping[str, str]) -> Meaning:
    amount = _named("level", attributes.get("level", "moderate"), EMPHASIS)
    return Meaning(delivery=Delivery(emphasis=amount), must_close=True)


def _prosody(attributes: Mapping[str, str]) -> Meaning:
    tempo = _factor("rate", attributes.get("rate", "medium"), RATES, 0.3, 3.0)
    spread = _factor("range", attributes.get("range", "medium"), RANGES, 0.0, 3.0)
    delivery = Delivery(
        tempo=tempo,
        pitch=_semitones(attributes.get("pitch", "medium")),
        range=spread,
        volume=_decibels(attributes.get("volume", "medium")),
    )
    return Meaning(delivery=delivery, must_close=True)


def _say_as(attributes: Mapping[str, str]) -> Meaning:
    way = attributes.get("interpret-as", "")
    if way not in WAYS:
        raise unknown("interpret-as", way, WAYS)
    return Meaning(reading=Reading(way, attributes.get("format", "")), must_close=True)


def _sub(attributes: Mapping[str, str]) -> Meaning:
    if not attributes.get("alias", "").strip():
        raise BadInput('<sub> needs an alias: <sub alias="what is said">what is written</sub>')
    return Meaning(reading=Reading("words", attributes["alias"]), must_close=True)


def _phoneme(attributes: Mapping[str, str]) -> Meaning:
    alphabet = attributes.get("alphabet", "ipa")
    if alphabet != "ipa":
        raise unknown("alphabet", alphabet, ["ipa"])
    if not attributes.get("ph", "").strip():
        raise BadInput('<phoneme> needs the sounds: <phoneme ph="təˈmɑːtəʊ">tomato</phoneme>')
    return Meaning(reading=Reading("phones", attributes["ph"]), must_close=True)


def _mark(attributes: Mapping[str, str]) -> Meaning:
    if not attributes.get("name", "").strip():
        raise BadInput('<mark> needs a name: <mark name="here"/>')
    return Meaning(cue=Cue(f"mark {attributes['name'].strip()}"))


def _express_as(attributes: Mapping[str, str]) -> Meaning:
    style = attributes.get("style", "").lower()
    if style not in STYLES:
        raise unknown("style", style, STYLES)
    degree = _number("styledegree", attributes.get("styledegree", "1"), 0.01, 2.0)
    weights, delivery = STYLES[style]
    return Meaning(emotion=Emotion(weights).scaled(degree), delivery=delivery, must_close=True)


_MEANINGS: Mapping[str, tuple[tuple[str, ...], Callable[[Mapping[str, str]], Meaning]]] = {
    "speak": ((), lambda _: Meaning(must_close=True)),
    "p": ((), lambda _: Meaning(must_close=True, boundary="p")),
    "s": ((), lambda _: Meaning(must_close=True, boundary="s")),
    "break": (("time", "strength"), _break),
    "emphasis": (("level",), _emphasis),
    "prosody": (("rate", "pitch", "range", "volume"), _prosody),
    "say-as": (("interpret-as", "format", "detail"), _say_as),
    "sub": (("alias",), _sub),
    "phoneme": (("alphabet", "ph"), _phoneme),
    "mark": (("name",), _mark),
    "mstts:express-as": (("style", "styledegree"), _express_as),
}


# ------------------------------------------------------------------------------------------------ values


def _named(attribute: str, value: str, table: Mapping[str, float]) -> float:
    if value.strip() not in table:
        raise unknown(attribute, value.strip(), table)
    return table[value.strip()]


def _time(text: str) -> float:
    """500ms, 0.5s

    >>> _time("500ms"), _time("+1.5s")
    (0.5, 1.5)
    """
    found = re.fullmatch(r"\+?(\d+(?:\.\d*)?|\.\d+)(ms|s)", text.strip())
    if not found:
        raise BadInput(f"a time is written as 500ms or 0.5s, found {text.strip()!r}")
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1)
    if seconds > LONGEST_PAUSE:
        raise BadInput(f"a break must be at most {LONGEST_PAUSE:g} s, found {text.strip()}")
    return seconds


def _number(attribute: str, text: str, low: float, high: float) -> float:
    found = re.fullmatch(r"[+-]?(?:\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})", text.strip())
    if not found or not low <= float(found[0]) <= high:
        raise BadInput(f"{attribute} must be a number in {low:g}..{high:g}, found {text.strip()!r}")
    return float(found[0])


def _factor(attribute: str, text: str, table: Mapping[str, float], low: float, high: float) -> float:
    """A name, a factor, a percentage of the usual, or one more or less of it.

    >>> _factor("rate", "fast", RATES, 0.3, 3), _factor("rate", "80%", RATES, 0.3, 3)
    (1.25, 0.8)
    >>> _factor("rate", "-20%", RATES, 0.3, 3), _factor("rate", "1.5", RATES, 0.3, 3)
    (0.8, 1.5)
    """
    text = text.strip()
    if text in table:
        return table[text]
    if not text or text[0].isalpha():
        raise unknown(attribute, text, table)
    if text.endswith("%"):
        percent = _number(attribute, text[:-1], -100, 1000) / 100
        value = 1 + percent if text[0] in "+-" else percent
    else:
        value = _number(attribute, text, low, high)
    if not low <= value <= high:
        raise BadInput(f"{attribute} must be {low:g}..{high:g} times the usual, found {text!r}")
    return value


def _semitones(text: str) -> float:
    """
    >>> _semitones("high"), _semitones("+2st"), round(_semitones("+12%"), 2)
    (3.0, 2.0, 1.96)
    """
    text = text.strip()
    if text in PITCHES:
        return PITCHES[text]
    if text.endswith("st"):
        return _number("pitch", text[:-2], -12, 12)
    if text.endswith("%") and text[0] in "+-":
        return 12 * math.log2(1 + _number("pitch", text[:-1], -50, 100) / 100)
    if text.lower().endswith("hz"):
        raise BadInput("pitch in Hz would be another voice's: say it in semitones (+2st) or percent (+10%)")
    raise BadInput(f"pitch is one of {', '.join(PITCHES)}, semitones (+2st) or percent (+10%), found {text!r}")


def _decibels(text: str) -> float:
    """
    >>> _decibels("soft"), _decibels("+3dB"), round(_decibels("-50%"), 1)
    (-6.0, 3.0, -6.0)
    """
    text = text.strip()
    if text in VOLUMES:
        return VOLUMES[text]
    if text.lower().endswith("db"):
        return _number("volume", text[:-2], -60, 12)
    if text.endswith("%") and text[0] in "+-":
        return 20 * math.log10(1 + _number("volume", text[:-1], -99, 300) / 100)
    raise BadInput(f"volume is one of {', '.join(VOLUMES)}, decibels (+3dB) or percent (-20%), found {text!r}")

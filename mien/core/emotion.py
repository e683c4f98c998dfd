"""What is felt: named emotions with an intensity, for the whole face or region by region.

Valence, arousal and dominance are another way to say it: ``Emotion.vad``, ``Emotion.from_vad``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType

from mien.core.errors import WrongUse, unknown

EMOTIONS = ("happy", "sad", "angry", "fear", "disgust", "surprise", "contempt")
REGIONS = ("brows", "eyes", "cheeks", "mouth", "head", "voice")
DEFAULT_INTENSITY = 0.7

_WORDS = {
    "neutral": "neutral calm none",
    "happy": "happiness joy joyful glad cheerful smile smiling",
    "sad": "sadness sorrow sorrowful unhappy grief",
    "angry": "anger furious fury mad rage",
    "fear": "fearful afraid scared frightened fright terrified",
    "disgust": "disgusted revolted revulsion",
    "surprise": "surprised astonished astonishment amazed",
    "contempt": "contemptuous scorn scornful disdain disdainful",
}
SYNONYMS = {word: name for name, words in _WORDS.items() for word in (name, *words.split())}
"""Every accepted word -> the emotion it means."""

VAD = {  # valence, arousal, dominance in -1..1; after Russell & Mehrabian (1977), rounded
    "neutral": (0.0, 0.0, 0.0),
    "happy": (0.81, 0.51, 0.46),
    "sad": (-0.63, -0.27, -0.33),
    "angry": (-0.51, 0.59, 0.25),
    "fear": (-0.64, 0.60, -0.43),
    "disgust": (-0.60, 0.35, 0.11),
    "surprise": (0.40, 0.67, -0.13),
    "contempt": (-0.23, 0.31, 0.18),
}

DIMENSIONS = ("valence", "arousal", "dominance")

FEWER, WEAKER = 0.004, 0.001
"""What each emotion of a mixture costs, and a weight of 1, against a squared distance: of mixtures that come about
equally near the plainest is taken."""

MOST_MIXED = 3
"""Emotions in a mixture that is looked for: three dimensions need no more."""


def _frozen(weights: Mapping[str, float]) -> Mapping[str, float]:
    for name, value in weights.items():
        if name not in EMOTIONS:
            raise unknown("emotion", name, (*EMOTIONS, "neutral"))
        if not 0 <= value <= 1:
            raise WrongUse(f"emotion intensity must be in 0..1, got {name}:{value:g}")
    return MappingProxyType({n: float(v) for n, v in weights.items() if v > 0})


@dataclass(frozen=True)
class Emotion:
    """Named weights, 0..1. ``weights`` hold everywhere, ``regions`` override them in their region.

    >>> Emotion.parse("joy:0.8, sad:0.1").weights["happy"]
    0.8
    >>> Emotion.parse("brows=sad:0.8,mouth=happy").at("mouth")
    mappingproxy({'happy': 0.7})
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    regions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for region in self.regions:
            if region not in REGIONS:
                raise unknown("face region", region, REGIONS)
        object.__setattr__(self, "weights", _frozen(self.weights))
        regions = {r: _frozen(w) for r, w in self.regions.items()}
        object.__setattr__(self, "regions", MappingProxyType(regions))

    def at(self, region: str) -> Mapping[str, float]:
        """The weights felt in one region of the face."""
        return self.regions.get(region, self.weights)

    def scaled(self, factor: float) -> Emotion:
        """The same mixture, weaker or stronger, each weight kept within 0..1."""
        return Emotion(
            {n: min(1.0, v * factor) for n, v in self.weights.items()},
            {r: {n: min(1.0, v * factor) for n, v in w.items()} for r, w in self.regions.items()},
        )

    @property
    def vad(self) -> tuple[float, float, float]:
        """Valence, arousal, dominance in -1..1, by the table above."""
        v, a, d = (sum(VAD[n][i] * w for n, w in self.weights.items()) for i in range(3))
        return max(-1.0, min(1.0, v)), max(-1.0, min(1.0, a)), max(-1.0, min(1.0, d))

    def __str__(self) -> str:
        parts = [f"{n}:{v:g}" for n, v in self.weights.items()]
        parts += [f"{r}={n}:{v:g}" for r, w in self.regions.items() for n, v in w.items()]
        return ",".join(parts) or "neutral"

    @classmethod
    def parse(cls, text: str | Emotion | None) -> Emotion:
        """From ``NAME[:INTENSITY][,...]``, adjectives and nouns alike, each optionally ``region=``.

        Or from ``valence=NUMBER,arousal=NUMBER,dominance=NUMBER``, what is left out being free.
        Errors: WrongUse for an unknown name (the near ones are named) or a number outside its range.
        """
        if isinstance(text, Emotion):
            return text
        weights: dict[str, float] = {}
        regions: dict[str, dict[str, float]] = {}
        sought: dict[str, float] = {}
        for part in (text or "neutral").split(","):
            region, _, feeling = part.rpartition("=")
            if (dimension := region.strip().lower()) in DIMENSIONS:
                sought[dimension] = _number(feeling, part, dimension, -1.0)
                continue
            word, colon, number = feeling.strip().partition(":")
            name = SYNONYMS.get(word.strip().lower())
            if name is None:
                raise unknown("emotion", word.strip(), SYNONYMS if len(word) > 2 else (*EMOTIONS, "neutral"))
            intensity = _number(number, part, "emotion intensity", 0.0) if colon else DEFAULT_INTENSITY
            target = regions.setdefault(region.strip(), {}) if region else weights
            if name != "neutral":
                target[name] = intensity
        if sought and weights:
            raise WrongUse("say what is felt by names or by valence, arousal and dominance, not by both at once")
        return cls(weights_from_vad(**sought) if sought else weights, regions)

    @classmethod
    def from_vad(
        cls, valence: float | None = None, arousal: float | None = None, dominance: float | None = None
    ) -> Emotion:
        """The mixture whose ``vad`` comes nearest; see ``weights_from_vad``.

        >>> str(Emotion.from_vad(valence=0.6, arousal=0.4))
        'happy:0.75'
        """
        return cls(weights_from_vad(valence, arousal, dominance))


def _number(number: str, part: str, what: str, low: float) -> float:
    try:
        value = float(number)
    except ValueError:
        raise WrongUse(f"{what} must be a number in {low:g}..1, got {part.strip()!r}") from None
    if not low <= value <= 1:  # also refuses nan
        raise WrongUse(f"{what} must be in {low:g}..1, got {part.strip()!r}")
    return value


def weights_from_vad(
    valence: float | None = None, arousal: float | None = None, dominance: float | None = None
) -> dict[str, float]:
    """Weights, 0..1, whose sum over the table VAD comes nearest to what is given (least squares), of few emotions.

    The inverse of ``Emotion.vad`` where the point can be reached; a calm contentment, for one, cannot: no emotion here
    has it. Dimensions that are None are free. To a hundredth. Errors: WrongUse for a number outside -1..1.
    """
    import numpy as np

    given = {i: value for i, value in enumerate((valence, arousal, dominance)) if value is not None}
    for i, value in given.items():
        if not -1 <= value <= 1:
            raise WrongUse(f"{DIMENSIONS[i]} must be in -1..1, got {value:g}")
    goal = np.array([*given.values()])
    best, least = {}, float(goal @ goal)
    for count in range(1, MOST_MIXED + 1):
        for names in combinations(EMOTIONS, count):
            axes = np.array([[VAD[name][i] for name in names] for i in given])
            found = np.minimum(np.linalg.lstsq(axes, goal, rcond=None)[0], 1.0)
            miss = axes @ found - goal
            cost = float(miss @ miss) + FEWER * count + WEAKER * float(found.sum())
            if found.min() >= 0 and cost < least:
                best, least = dict(zip(names, found.tolist(), strict=True)), cost
    return {name: round(weight, 2) for name, weight in best.items() if round(weight, 2) > 0}


NEUTRAL = Emotion()

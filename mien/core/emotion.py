"""What is felt: named emotions with an intensity, for the whole face or region by region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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

        Errors: WrongUse for an unknown name (the near ones are named) or an intensity outside 0..1.
        """
        if isinstance(text, Emotion):
            return text
        weights: dict[str, float] = {}
        regions: dict[str, dict[str, float]] = {}
        for part in (text or "neutral").split(","):
            region, _, feeling = part.rpartition("=")
            word, colon, number = feeling.strip().partition(":")
            name = SYNONYMS.get(word.strip().lower())
            if name is None:
                raise unknown("emotion", word.strip(), SYNONYMS if len(word) > 2 else (*EMOTIONS, "neutral"))
            intensity = _intensity(number, part) if colon else DEFAULT_INTENSITY
            target = regions.setdefault(region.strip(), {}) if region else weights
            if name != "neutral":
                target[name] = intensity
        return cls(weights, regions)


def _intensity(number: str, part: str) -> float:
    try:
        value = float(number)
    except ValueError:
        raise WrongUse(f"emotion intensity must be a number in 0..1, got {part.strip()!r}") from None
    if not 0 <= value <= 1:  # also refuses nan
        raise WrongUse(f"emotion intensity must be in 0..1, got {part.strip()!r}")
    return value


NEUTRAL = Emotion()

"""Contract checks for whoever writes a voice, a generator or a renderer: each raises AssertionError.

from mien.testing import check_renderer
def test_mine_keeps_the_contract():
    check_renderer(Mine())
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from mien.core.emotion import Emotion
from mien.core.phones import PHONES
from mien.core.plan import PROSODY_RATE, SELF, Cue, Phone, Plan, Prosody, Span, Speech, Utterance
from mien.core.protocols import Agent, Aligner, Generator, Renderer, Voice
from mien.core.rig import FULL, Motion
from mien.core.track import Audio, frame_at, sample_at

RATES = (Fraction(10), Fraction(25), Fraction(30000, 1001), Fraction(60))
_SAMPLE_RATE = 16000


def example_plans(
    ticks: Sequence[int], *, rate: Fraction = Fraction(25), seed: int = 0, emotion: str = "happy:0.8"
) -> list[Plan]:
    """A made-up talk, cut into plans of ``ticks`` frames; the same talk however it is cut.

    Words of two to four phones, pauses, loudness and pitch with the phones, one emotion per phrase.
    Everything is announced with the first plan, as a voice announces a clause.
    """
    frames = sum(ticks)
    end = float(frames / rate)
    chance = np.random.default_rng(seed)
    symbols = ["b", "ɑ", "t", "m", "i", "s", "u", "f", "ə", "l", "p", "oʊ", "k", "æ", "w", "ʃ", "θ", "n"]
    phones: list[Span[Phone]] = []
    words: list[Span[str]] = []
    emotions: list[Span[Emotion]] = []
    at = 0.4
    while at < end - 1:
        phrase = at
        for _ in range(int(chance.integers(3, 7))):
            word = at
            for i in range(int(chance.integers(2, 5))):
                length = float(chance.uniform(0.05, 0.16))
                symbol = symbols[int(chance.integers(len(symbols)))]
                phones.append(Span(at, at + length, Phone(symbol, 1 if i == 1 else 0)))
                at += length
            words.append(Span(word, at, f"word{len(words)}"))
        emotions.append(Span(phrase, at, Emotion.parse(emotion)))
        at += float(chance.uniform(0.3, 1.2))
    prosody = np.zeros((frame_at(end, PROSODY_RATE), 3), np.float32)
    for phone in phones:
        a, b = frame_at(phone.start, PROSODY_RATE), frame_at(phone.stop, PROSODY_RATE)
        prosody[a:b] = chance.uniform([0.4, -3, 0.8], [0.9, 5, 1.0])
    cues = (Span(0.05, 0.4, Cue("breath")),)
    plans = []
    start = 0
    for tick in ticks:
        a, b = (sample_at(f, rate, _SAMPLE_RATE) for f in (start, start + tick))
        first = start == 0
        plans.append(
            Plan(
                start,
                start + tick,
                rate,
                Audio.silence(b - a, _SAMPLE_RATE, a),
                words=tuple(words) if first else (),
                phones=tuple(phones) if first else (),
                prosody=Prosody(prosody, PROSODY_RATE) if first else Prosody(prosody[:0], PROSODY_RATE),
                emotion=tuple(emotions) if first else (),
                cues=cues if first else (),
                horizon=float("inf"),
            )
        )
        start += tick
    return plans


def animated(generator: Generator, plans: Sequence[Plan]) -> Motion:
    """All of a generator's motion for these plans."""
    return Motion.join(list(generator.animate(iter(plans))))


def check_generator(generator: Generator, *, seconds: float = 12.0) -> None:
    """Right frames, right rig, finite, within range, and bit-identical for every chunking and run."""
    assert generator.ahead >= 0, f"ahead must be seconds >= 0, got {generator.ahead}"
    for channel in generator.rig.channels:
        assert channel.name in FULL, f"{channel.name} is no channel of the full rig: {FULL.names}"
    for rate in RATES:
        frames = int(seconds * rate)
        whole = animated(generator, example_plans([frames], rate=rate))
        assert (whole.start, whole.stop, whole.rate) == (0, frames, rate), "motion must tile the plans' frames"
        assert whole.rig.names == generator.rig.names, "motion must be in the generator's own rig"
        assert np.isfinite(whole.values).all(), "motion must be finite"
        assert (whole.values >= whole.rig.low - 1e-6).all(), f"below its range: {_worst(whole)}"
        assert (whole.values <= whole.rig.high + 1e-6).all(), f"above its range: {_worst(whole)}"
        for seed in range(3):
            cut = animated(generator, example_plans(random_ticks(frames, seed), rate=rate))
            where = np.argwhere(cut.values != whole.values)
            assert not len(where), (
                f"motion depends on how the stream was cut: {generator.rig.names[where[0][1]]} "
                f"in frame {where[0][0]} at {rate} fps"
            )
    chunks = list(generator.animate(iter(example_plans([25] * 4))))
    assert [c.start for c in chunks[1:]] == [c.stop for c in chunks[:-1]], "chunks must follow each other"


def random_ticks(frames: int, seed: int) -> list[int]:
    """Random plan lengths that add up to ``frames``."""
    chance = np.random.default_rng(seed)
    ticks: list[int] = []
    while sum(ticks) < frames:
        ticks.append(min(int(chance.integers(1, 40)), frames - sum(ticks)))
    return ticks


def _worst(motion: Motion) -> str:
    over = np.maximum(motion.values - motion.rig.high, motion.rig.low - motion.values).max(axis=0)
    return motion.rig.names[int(over.argmax())]


def check_voice(voice: Voice, *, text: str = "Hello there. My name is mien, and I speak.") -> None:
    """Speech with sound, ordered words and phones inside it, known phones, and the same every time."""
    speeches = list(voice.speak([Utterance(text)]))
    assert speeches, "a voice must say something"
    for speech in speeches:
        check_speech(speech)
        assert speech.phones and speech.words, "a voice must hand on words and phones"
    again = list(voice.speak([Utterance(text)]))
    assert all(np.array_equal(a.audio.values, b.audio.values) for a, b in zip(speeches, again, strict=True)), (
        "the same text must give the same sound"
    )


def check_aligner(aligner: Aligner, sound: Audio, text: str | None = None) -> None:
    """The sound comes back whole, with ordered words and phones inside it."""
    speeches = list(aligner.align(iter([sound]), text))
    for speech in speeches:
        check_speech(speech)
    assert sum(len(s.audio) for s in speeches) == len(sound), "an aligner must hand on all of the sound"


def check_speech(speech: Speech) -> None:
    """What every Speech must be."""
    audio = speech.audio
    assert audio.values.ndim == 1 and np.isfinite(audio.values).all() and np.abs(audio.values).max(initial=0) <= 1
    both: tuple[tuple[Span[Any], ...], ...] = (speech.words, speech.phones)
    for spans in both:
        for span in spans:
            assert -1e-6 <= span.start < span.stop <= speech.seconds + 1e-3, f"{span} outside 0..{speech.seconds:.3f} s"
        for before, after in itertools.pairwise(spans):
            assert after.start >= before.stop - 1e-6, f"{before} and {after} overlap"
    for span in speech.phones:
        assert span.value.symbol in PHONES, f"{span.value.symbol!r} is not in core/phones.py"
    assert speech.prosody.rate == PROSODY_RATE
    assert abs(len(speech.prosody) - speech.seconds * 100) <= 2, "prosody must cover the sound, 100 values a second"


def check_renderer(renderer: Renderer, *, frames: int = 12) -> None:
    """One picture a frame, in order, the same with one worker and two, for rest and for any motion in range."""
    chance = np.random.default_rng(0)
    steps = chance.uniform(renderer.rig.low, renderer.rig.high, (frames, len(renderer.rig))) * 0.5
    motion = Motion(np.concatenate([np.tile(renderer.rig.rest, (1, 1)), steps]), Fraction(25), 7, renderer.rig)

    def chunks() -> Iterator[Motion]:
        return motion.split(5)

    one = list(renderer.render(chunks()))
    two = list(renderer.render(chunks(), workers=2))
    assert [f.index for f in one] == list(range(7, 7 + frames + 1)), "one picture a frame, in order"
    shape = one[0].image.shape
    for a, b in zip(one, two, strict=True):
        assert a.image.dtype == np.uint8 and a.image.shape == shape and shape[2] in (3, 4)
        assert a.rate == motion.rate
        assert b.index == a.index and np.array_equal(a.image, b.image), "two workers must draw what one draws"
    assert any(not np.array_equal(one[0].image, f.image) for f in one[1:]), "motion must be visible"


def check_agent(agent: Agent, *, text: str = "Hello, who are you?") -> None:
    """An answer in words, one that keeps nothing between replies and can be left in the middle."""
    heard = [Utterance(text, "user")]
    first = list(agent.reply(iter(heard)))
    assert first, "an agent must answer"
    for utterance in first:
        assert utterance.text.strip(), "an utterance must have words"
        assert utterance.speaker in ("", SELF), f"an agent speaks for itself alone, got {utterance.speaker!r}"
        both: tuple[tuple[Span[Any], ...], ...] = (utterance.emotions, utterance.cues)
        for span in itertools.chain(*both):
            assert 0 <= span.start <= span.stop <= len(utterance.text), f"{span} is outside the text"
    left = iter(agent.reply([*heard, Utterance(first[0].text[:5], SELF), Utterance("Stop. Again, please.", "user")]))
    assert next(left, None) is not None, "an agent must answer after an interruption"
    if hasattr(left, "close"):
        left.close()
    assert [u.text for u in agent.reply(iter(heard))][:1] == [first[0].text] or not _is_repeatable(agent), (
        "an agent must keep nothing between replies"
    )


def _is_repeatable(agent: Agent) -> bool:
    """Whether it says of itself that the same words get the same answer; a language model does not."""
    return bool(getattr(agent, "repeatable", False))

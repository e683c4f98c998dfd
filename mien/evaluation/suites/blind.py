"""The perception test that anyone can run on friends: pairs of clips in random order, and emotions to name."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from mien.core.emotion import EMOTIONS
from mien.core.rig import Motion
from mien.evaluation.curves import RATE
from mien.evaluation.data import Clip
from mien.evaluation.page import document
from mien.evaluation.peers.all import systems
from mien.evaluation.peers.system import CannotRun
from mien.evaluation.rows import Finding, Layout, Page, Picture, Skipped
from mien.evaluation.study import Study

SUITE = "blind"
LAYOUT = Layout(
    SUITE, "Blind test", "For people: which of two mouths fits what is said, and which emotion is this?", ()
)

SENTENCE = "Bob and my mother met by the pond. Nobody knew how warm the water would be."
FEELING = "I went to the market this morning, and I met somebody I had not seen for years."

OURS = "mien+text"
AGAINST = ("openfacefx+text", "nearest+text", "energy", "shuffled")
FAST_AGAINST = ("shuffled",)
FAST_EMOTIONS = ("happy", "sad")
INTENSITY = 0.8
SIZE = 256


def measure(study: Study) -> Iterator[Finding]:
    """ab.html, complete with its clips; nothing is scored until people have answered."""
    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        made, skipped = mouths(Path(folder), FAST_AGAINST if study.fast else AGAINST)
        yield from skipped
        felt = feelings(Path(folder), FAST_EMOTIONS if study.fast else EMOTIONS)
    questions = shuffled_questions(made, felt, study.seed)
    yield Page(SUITE, "ab.html", blind_page(questions, study.seed))
    text = f"{len(questions)} questions, about {round(len(questions) * 0.3)} minutes."
    yield Picture(SUITE, "ab.html", f'<p><a href="ab.html">Take the test</a>: {text}</p>')


def mouths(folder: Path, against: Sequence[str]) -> tuple[dict[str, bytes], list[Skipped]]:
    """System -> video of it saying the sentence; whoever cannot run is skipped."""
    from mien.media import write_wav
    from mien.performance.verbs import animate, joined, speak

    wav = folder / "sentence.wav"
    speech = joined(speak(SENTENCE))
    write_wav(wav, speech.audio)
    clip = Clip("voice/sentence", "voice", "kokoro", wav, wav, text=SENTENCE)
    rest_of_face = animate(clip.speech or (), fps=RATE)
    found: dict[str, bytes] = {}
    skipped = []
    every = systems()
    for name in (OURS, *against):
        try:
            found[name] = video(folder, with_mouth(rest_of_face, every[name].animate(clip)), wav)
        except CannotRun as error:
            skipped.append(Skipped(SUITE, name, str(error)))
    return found, skipped


def with_mouth(face: Motion, lips: Motion) -> Motion:
    """One motion's jaw, mouth, tongue and contacts on another's face: only the lips are compared."""
    n = min(len(face), len(lips))
    moves = [c for c in face.rig.names if c.startswith(("jaw", "mouth", "lip", "tongue"))]
    values = face.values[:n].copy()
    for name in moves:
        values[:, face.rig.find(name)] = lips[name][:n]
    return face.with_values(values)


def feelings(folder: Path, emotions: Sequence[str]) -> dict[str, bytes]:
    """Emotion -> video of the same words, said and shown so."""
    from mien.performance.verbs import say

    found = {}
    for emotion in emotions:
        path = folder / f"{emotion}.mp4"
        say(FEELING, emotion=f"{emotion}:{INTENSITY}", size=SIZE, fps=RATE).save(path)
        found[emotion] = path.read_bytes()
    return found


def video(folder: Path, motion: Motion, sound: Path) -> bytes:
    from mien.performance.verbs import render

    path = folder / "one.mp4"
    render(motion, audio=sound, size=SIZE).save(path)
    return path.read_bytes()


def shuffled_questions(made: dict[str, bytes], felt: dict[str, bytes], seed: int) -> list[dict[str, Any]]:
    """Pairs of ours and another's, sides and order drawn; then emotions. answer : the key, not shown"""
    chance = np.random.default_rng(seed)
    pairs = []
    for other in (name for name in made if name != OURS):
        order = [OURS, other] if chance.random() < 0.5 else [other, OURS]
        pairs.append({"kind": "pair", "shown": order, "videos": [made[name] for name in order]})
    names = [{"kind": "emotion", "shown": [emotion], "videos": [clip]} for emotion, clip in felt.items()]
    return [group[i] for group in (pairs, names) for i in chance.permutation(len(group))]


def blind_page(questions: Sequence[dict[str, Any]], seed: int) -> str:
    """The test. The key travels with the answers, so that they can be scored by themselves."""
    key = [{"kind": q["kind"], "shown": q["shown"]} for q in questions]
    data = {
        "seed": seed,
        "key": base64.b64encode(json.dumps(key).encode()).decode(),
        "choices": [*EMOTIONS, "neutral"],
        "questions": [
            {"kind": q["kind"], "videos": [base64.b64encode(v).decode() for v in q["videos"]]} for q in questions
        ],
    }
    script = files("mien.evaluation").joinpath("blind.js").read_text(encoding="utf-8")
    body = (
        '<h1>What do you see?</h1><p id="task">Sound on, please. There is no wrong answer; play each clip as often as '
        "you like.</p><main></main>"
        f'<script type="application/json" id="data">{json.dumps(data)}</script>'
    )
    return document("What do you see?", body, script)

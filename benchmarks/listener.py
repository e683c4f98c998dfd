"""A face that is spoken to: how often it nods, and whether it does so where phrases end. On people who talk.

How far nods are apart and how many are let pass (rapport.py) was chosen on these very clips: that the rate is in range
is no test of it, but that nods fall on ends more than by chance is less affected.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from benchmarks.report import Row, at_least, at_most
from mien.core.errors import BadInput
from mien.core.track import Floats
from mien.evaluation.data import Data
from mien.server.ear import silero
from mien.server.rapport import Rapport
from mien.server.turns import SECONDS, SPEECH, WINDOW, Turns

TITLE = "Listening: nods, smiles and brows of a face that hears people talk (StyleTalk, on which the rate was set)"

SEEDS = 12

ENDS, BEFORE, AFTER = 0.16, 0.1, 0.8
"""Seconds of silence that end a phrase; a nod that begins so long before to so long after that belongs to its end."""


@dataclass
class Heard:
    """What one talk was answered with. at_ends : of the nods; by_chance : share of time that belongs to ends"""

    spoken: float = 0.0
    signs: Counter[str] = field(default_factory=Counter)
    at_ends: int = 0
    by_chance: float = 0.0
    cost: float = 0.0


def heard(sound: Floats, seed: int) -> Heard:
    """sound : (n,) at 16 kHz"""
    likely, turns, rapport, out = silero(), Turns(), Rapport(seed), Heard()
    voices, nods = [], []
    for i in range(len(sound) // WINDOW):
        window = sound[i * WINDOW : (i + 1) * WINDOW].copy()  # the detector wants to be allowed to write
        probability = likely(window)
        voices.append(probability >= SPEECH)
        event = turns.step(probability)
        began = time.thread_time()
        cues = rapport.step(window, voice=voices[-1], event=event)
        out.cost += time.thread_time() - began
        out.signs.update(cue.name for cue in cues)
        nods += [i for cue in cues if cue.name == "backchannel"]
    near, silent = np.zeros(len(voices), bool), round(ENDS / SECONDS)
    for i, (now, then) in enumerate(pairwise(voices)):
        if now and not then and not any(voices[i + 1 : i + 1 + silent]):
            near[max(i + 1 - round(BEFORE / SECONDS), 0) : i + 1 + round(AFTER / SECONDS)] = True
    out.spoken, out.by_chance, out.at_ends = sum(voices) * SECONDS, float(near.mean()), int(near[nods].sum())
    out.cost /= len(voices) * SECONDS
    return out


def rows() -> list[Row]:
    try:
        clips = Data().found["styletalk"].clips
    except BadInput as error:
        return [Row(str(error), "not measured")]
    found = [heard(clip.audio.values, seed) for clip in clips for seed in range(SEEDS)]
    minutes = sum(one.spoken for one in found) / 60
    signs = sum((one.signs for one in found), Counter[str]())
    nods, cost = signs["backchannel"], 1000 * float(np.median([one.cost for one in found]))
    return [
        at_least("nods a minute of speech", nods / minutes, 4, digits=1),
        at_most("the same", nods / minutes, 12, "", 1),
        Row("raises of the brows a minute", f"{signs['mirror brows'] / minutes:.1f}"),
        Row("smiles a minute, beside the one that stays", f"{signs['mirror smile'] / minutes:.1f}"),
        Row("nods at the end of a phrase", f"{sum(one.at_ends for one in found) / nods:.2f}"),
        Row("the same by chance", f"{np.mean([one.by_chance for one in found]):.2f}"),
        at_most("CPU of a second of listening, without voice activity and words", cost, 10, "ms", 1),
    ]

"""The suite style: amount by amount, in the motion and in finished video."""

from dataclasses import replace

import numpy as np

from mien.core.rig import FULL, Motion
from mien.evaluation.suites.style import followed, watched
from mien.renderers.portrait import PHOTO
from mien.style.code import NAMES, Code
from mien.style.steer import STATISTICS


def codes(count: int) -> list[Code]:
    chance = np.random.default_rng(0)
    return [Code(dict(zip(NAMES, chance.uniform(0.02, 0.4, len(NAMES)), strict=True)), 4.0) for _ in range(count)]


def test_the_clips_own_codes_follow_themselves_in_every_amount_and_nobody_s_follow_none() -> None:
    goals = codes(6)
    rows = list(followed(goals, goals, "follows"))
    assert [row.system for row in rows] == list(STATISTICS) and all(row.value > 0.999 for row in rows)
    assert not list(followed(goals, [], "follows"))


def test_what_goes_the_other_way_follows_by_less_than_nothing() -> None:
    goals = codes(6)
    away = [replace(code, numbers={**code.numbers, "reach.jaw": 1 - code["reach.jaw"]}) for code in goals]
    jaw = next(row for row in followed(goals, away, "follows") if row.system == "jaw")
    assert jaw.value < -0.999


def test_a_smile_that_is_worn_all_the_time_is_seen_in_video() -> None:
    values = np.tile(FULL.rest, (40, 1))
    values[:, [FULL.find("mouthSmileLeft"), FULL.find("mouthSmileRight")]] = 0.5
    smiling = watched(Motion(values, 25, 0, FULL), PHOTO)
    plain = watched(Motion.at_rest(40, rate=25), PHOTO)
    assert len(smiling) == 40
    assert smiling["mouthSmileLeft"].min() > 0.25 and plain["mouthSmileLeft"].max() < 0.05

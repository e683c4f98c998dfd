"""Style codes: read, saved, blended, and moved towards."""

from fractions import Fraction

import numpy as np
import pytest

from mien.core.errors import BadInput, WrongUse
from mien.core.rig import CAPTURE, Motion
from mien.core.style import AS_USUAL, Style
from mien.core.styled import styled
from mien.performance.mimic import code_from, performed, rehearsed, weighted
from mien.style.code import (
    MOVEMENTS,
    Code,
    blended_codes,
    code_from_motion,
    distance,
    load_code,
    measured,
    seen_in_addition,
)
from mien.style.steer import STATISTICS, closed


@pytest.fixture(scope="module")
def usual() -> Code:
    return code_from_motion(performed(AS_USUAL))


def test_a_code_saved_and_loaded_is_the_same_to_six_digits(usual: Code, tmp_path) -> None:
    usual.save(tmp_path / "a.toml")
    again = load_code(tmp_path / "a.toml")
    assert all(again[n] == pytest.approx(v, rel=1e-5, abs=1e-9) for n, v in usual.numbers.items())
    assert distance(usual, again) < 1e-3


def test_a_damaged_code_is_refused(usual: Code, tmp_path) -> None:
    usual.save(tmp_path / "a.toml")
    text = (tmp_path / "a.toml").read_text()
    for broken in (
        text.replace("jaw = ", "jow = "),
        text.replace("[skew]", "[skews]"),
        text.replace("code/2", "code/9"),
    ):
        (tmp_path / "b.toml").write_text(broken)
        with pytest.raises(BadInput, match=r"b\.toml"):
            load_code(tmp_path / "b.toml")


def test_what_moves_more_has_a_higher_reach_and_what_is_raised_a_higher_rest(usual: Code) -> None:
    more = code_from_motion(styled(performed(AS_USUAL), Style(jaw=1.5, head=0.5, smile=0.5, asymmetry=0.5)))
    assert more["reach.jaw"] > 1.25 * usual["reach.jaw"]
    assert more["reach.headYaw"] < 0.7 * usual["reach.headYaw"]
    assert more["rest.smile"] > usual["rest.smile"] + 0.1
    assert more["skew.lower_lip"] > usual["skew.lower_lip"] + 0.01


def test_a_code_does_not_depend_on_the_frame_rate(usual: Code) -> None:
    fine = performed(AS_USUAL).resample(50)
    assert distance(code_from_motion(fine), usual) < 0.5


def test_frames_without_a_face_are_left_out_and_too_few_are_refused() -> None:
    values = np.random.default_rng(0).uniform(0, 0.3, (60, len(CAPTURE))).astype(np.float32)
    values[:, CAPTURE.find("confidence")] = np.arange(60) < 40
    values[40:, CAPTURE.find("jawOpen")] = 1
    motion = Motion(values, Fraction(25), 0, CAPTURE)
    assert code_from_motion(motion)["rest.jaw"] < 0.3
    with pytest.raises(BadInput, match="a style is read from 0.8 s"):
        code_from_motion(motion.cut(30, 60))


def test_what_a_tracker_adds_to_a_face_at_rest_is_taken_off_captured_motion_alone() -> None:
    chance, more = np.random.default_rng(0), seen_in_addition()
    values = np.zeros((500, len(CAPTURE)), np.float32)
    values[:, CAPTURE.find("confidence")] = 1
    for name, channels in MOVEMENTS.items():
        trembling = np.abs(chance.normal(0, 0.9 * more[f"reach.{name}"] + 1e-6, 500))
        for channel in channels:
            values[:, CAPTURE.find(channel)] = np.minimum(trembling, 2 * max(more[f"rest.{name}"], 0))
    values[:, CAPTURE.find("jawOpen")] = np.clip(chance.normal(0.4, 0.3, 500), 0, 1)
    captured = Motion(values, Fraction(25), 0, CAPTURE)
    drawn = captured.only([name for name in CAPTURE.names if name != "confidence"])
    seen, made = code_from_motion(captured), code_from_motion(drawn)
    for name in ("cheeks", "wide", "squint", "brows_up"):
        assert seen[f"reach.{name}"] == 0 < made[f"reach.{name}"] and seen[f"rest.{name}"] < made[f"rest.{name}"]
    assert seen["reach.jaw"] > 0.1 and min(v for n, v in seen.numbers.items() if n.startswith("rest.")) >= 0
    assert made.numbers == measured(captured).numbers


def test_amounts_that_made_a_motion_are_found_again_from_it(usual: Code) -> None:
    """What the rehearsal finds brings its own motion to the code, whatever the amounts are called."""
    made = Style(jaw=1.6, lips=0.7, rounding=1.4, smile=0.4, brows=1.7, head=0.6, blinks=2, asymmetry=0.2, lids=-0.3)
    goal = code_from_motion(styled(performed(Style(blinks=2)), made))
    found = rehearsed(goal)
    for name in ("jaw", "lips", "rounding", "brows", "head"):
        assert getattr(found, name) == pytest.approx(getattr(made, name), rel=0.15), name
    for name in ("smile", "asymmetry", "lids"):
        assert getattr(found, name) == pytest.approx(getattr(made, name), abs=0.1), name
    again = code_from_motion(styled(performed(Style(blinks=found.blinks, pace=found.pace)), found))
    assert np.mean([*closed(usual, again, goal).values()]) > 0.8


def test_our_own_usual_motion_asks_for_nothing(usual: Code) -> None:
    assert not rehearsed(usual).changes


def test_a_blend_lies_between_its_codes(usual: Code) -> None:
    other = code_from_motion(styled(performed(AS_USUAL), Style(jaw=2, head=0.3, smile=0.6)))
    middle = blended_codes([(usual, 0.5), (other, 0.5)])
    assert distance(middle, usual) < distance(usual, other) > distance(middle, other)
    assert distance(blended_codes([(usual, 1.0), (other, 0.0)]), usual) < 1e-3
    for statistic in STATISTICS.values():
        low, high = sorted((statistic(usual), statistic(other)))
        assert low - 0.05 <= statistic(middle) <= high + 0.05


@pytest.mark.parametrize("text", ["a.mp4:-1", "a.mp4:nan", ":0.5"])
def test_weights_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(WrongUse, match="weight"):
        weighted(text)


def test_a_clip_that_is_not_there_is_said() -> None:
    with pytest.raises(BadInput, match="there is no clip nowhere.mp4"):
        code_from("nowhere.mp4")


def test_motion_files_and_saved_codes_blend_as_clips_do(usual: Code, tmp_path) -> None:
    usual.save(tmp_path / "a.toml")
    performed(AS_USUAL).save(tmp_path / "b.npz")
    mixed = code_from(f"{tmp_path / 'a.toml'}:0.3,{tmp_path / 'b.npz'}:0.7")
    assert distance(mixed, usual) < 1e-3

"""Amounts of style: their grammar, and what they do to ready motion."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.core.errors import WrongUse
from mien.core.mix import combine
from mien.core.retarget import OPENERS, retargeted
from mien.core.rig import ARKIT, CAPTURE, FACE, FULL, Motion
from mien.core.style import AMOUNTS, AS_USUAL, Style, blended
from mien.core.styled import GAINS, LEVELS, UNEVEN, styled, stylize

REGIONS = {"mouth": ("mouth", "jaw"), "brows": ("brow",), "eyes": ("eye", "gaze"), "cheeks": ("cheek",),
           "head": ("head", "torso")}  # fmt: skip
ON_MOTION = [name for name, amount in AMOUNTS.items() if not amount.habit]


def drawn(seed: int, rig=FULL, frames: int = 6) -> Motion:
    return Motion(np.random.default_rng(seed).uniform(rig.low, rig.high, (frames, len(rig))), Fraction(25), 0, rig)


styles = st.builds(
    lambda shares: Style(
        **{n: a.low + (a.high - a.low) * s for (n, a), s in zip(AMOUNTS.items(), shares, strict=True)}
    ),
    st.lists(st.floats(0, 1), min_size=len(AMOUNTS), max_size=len(AMOUNTS)),
)


@given(styles)
def test_a_style_written_out_reads_back_as_itself(style: Style) -> None:
    again = Style.parse(str(style)) if style.changes else AS_USUAL
    for name in AMOUNTS:
        assert getattr(again, name) == pytest.approx(getattr(style, name), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jow=1.2", "unknown style amount 'jow': did you mean 'jaw'?"),
        ("jaw=9", "style jaw must be in 0..3, got 9"),
        ("smile=nan", "style smile must be in -1..1, got nan"),
        ("jaw=wide", "style jaw must be a number, got 'wide'"),
    ],
)
def test_amounts_that_there_are_not_are_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said.replace(".", r"\.").replace("?", r"\?")):
        Style.parse(text)


@settings(max_examples=60)
@given(styles, st.integers(0, 10**6))
def test_whatever_the_style_seal_1_means_closed(style: Style, seed: int) -> None:
    values = combine([drawn(seed)]).values.copy()
    values[:, FULL.find("lipSeal")] = 1
    made = styled(Motion(values, Fraction(25), 0, FULL), style)
    assert np.array_equal(made["lipSeal"], np.ones(6))
    plain = retargeted(made, ARKIT)
    assert np.array_equal(plain["mouthClose"], plain["jawOpen"])
    for name in OPENERS:
        assert not plain[name].any()


@settings(max_examples=40)
@given(styles, st.integers(0, 10**6), st.integers(1, 5))
def test_styled_motion_is_within_its_ranges_and_the_same_however_it_was_cut(style: Style, seed: int, size: int) -> None:
    motion = drawn(seed)
    whole = styled(motion, style)
    assert (whole.values >= FULL.low).all() and (whole.values <= FULL.high).all()
    cut = Motion.join(stylize(motion.split(size), style))
    assert np.array_equal(cut.values, whole.values)


def test_as_usual_changes_nothing_at_all() -> None:
    motion = drawn(1)
    assert styled(motion, AS_USUAL) is motion


@pytest.mark.parametrize("name", ON_MOTION)
@pytest.mark.parametrize("end", ["low", "high"])
def test_an_amount_moves_its_own_region_and_no_other(name: str, end: str) -> None:
    amount = AMOUNTS[name]
    motion = combine([drawn(3)])
    made = styled(motion, Style(**{name: getattr(amount, end)}))
    moved = [c for c in FULL.names if not np.array_equal(made[c], motion[c])]
    assert moved
    assert all(c.startswith(REGIONS[amount.region]) for c in moved), moved


@pytest.mark.parametrize("gain", [1.2, 2.0, 3.0])
def test_a_gain_keeps_rest_and_full_and_rises_in_between(gain: float) -> None:
    steps = np.linspace(0, 1, 101)[:, None]
    made = styled(Motion(steps, Fraction(25), 0, FACE.only(["jawOpen"])), Style(jaw=gain))["jawOpen"]
    assert made[0] == 0 and made[-1] == pytest.approx(1)
    assert (np.diff(made) > -1e-6).all()
    assert made[5] == pytest.approx(0.05 * gain, rel=0.05)


def test_a_smaller_amount_scales_exactly() -> None:
    motion = drawn(2)
    assert np.allclose(styled(motion, Style(head=0.5))["headYaw"], 0.5 * motion["headYaw"], atol=1e-6)


def test_hanging_lids_still_shut_in_a_blink_and_wide_ones_too() -> None:
    rig = FACE.only(["eyeBlinkLeft", "eyeWideLeft"])
    blink = Motion(np.array([[0, 0], [1, 0]], np.float32), Fraction(25), 0, rig)
    hanging, wide = styled(blink, Style(lids=-1)), styled(blink, Style(lids=1))
    assert 0.3 < hanging["eyeBlinkLeft"][0] < 0.6 and hanging["eyeBlinkLeft"][1] == 1
    assert wide["eyeWideLeft"].tolist() == pytest.approx([0.6, 0])


def test_captured_motion_takes_a_style_and_keeps_its_confidence() -> None:
    motion = drawn(4, CAPTURE)
    made = styled(motion, Style(jaw=0.5, brows=2, smile=0.5))
    assert np.allclose(made["jawOpen"], motion["jawOpen"] / 2)
    assert np.array_equal(made["confidence"], motion["confidence"])


def test_a_style_that_changes_between_chunks_is_eased_in_and_then_holds() -> None:
    motion = Motion(np.full((20, 1), 0.5, np.float32), Fraction(25), 0, FACE.only(["jawOpen"]))
    given = iter([AS_USUAL, Style(jaw=0.5), Style(jaw=0.5)])
    made = Motion.join(stylize([motion.cut(0, 8), motion.cut(8, 16), motion.cut(16, 20)], lambda: next(given)))[
        "jawOpen"
    ]
    assert (made[:8] == 0.5).all() and (made[16:] == 0.25).all()
    assert np.abs(np.diff(made)).max() < 0.05


def test_a_blend_lies_between_and_with_all_weight_on_one_is_that_one() -> None:
    one, other = Style(jaw=2, smile=-0.5), Style(jaw=0.5, smile=0.5)
    assert blended([(one, 1), (other, 0)]) == one
    assert blended([(one, 1), (other, 1)]) == AS_USUAL
    with pytest.raises(WrongUse):
        blended([(one, 0)])


def test_every_amount_does_something() -> None:
    assert {*GAINS, *UNEVEN, *LEVELS, "chin"} == set(ON_MOTION)

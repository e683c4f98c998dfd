"""A photo's verdict: what spoils a picture makes it worse, and what does not matter changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import mien
from mien.core.errors import BadInput, MissingWeights
from mien.core.frame import Image
from mien.core.weights import weights
from mien.face.advice import RULES, VERDICTS, Advice, Rule, advise
from mien.face.check import FURTHEST_TURN, OUTSIDE, SMALLEST
from mien.face.exposure import burnt, lightest, uneven
from mien.face.landmarks import Face, find_faces
from mien.face.sharpness import edge_spread, spread_from_ratio
from mien.media.picture import read_picture
from mien.renderers.portrait.portrait import PHOTO

NAMES = (
    "cartoon_boy", "man_beard", "man_smiling", "old_man_glasses", "woman_neutral", "woman_side_light",
    "woman_smiling", "young_man",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def landmarker() -> None:
    try:
        weights("face-landmarker")
    except MissingWeights as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def photo() -> Image:
    return read_picture(PHOTO)


@pytest.fixture(scope="module")
def face(photo: Image) -> Face:
    return find_faces(photo)[0]


def value(advice: Advice, aspect: str) -> float:
    return next(finding.value for finding in advice.findings if finding.aspect == aspect)


def worst(advice: Advice) -> set[str]:
    return {finding.aspect for finding in advice.findings if finding.verdict == "poor"}


def blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma) if sigma else image, np.uint8)


def scaled(image: Image, factor: float) -> Image:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def exposed(image: Image, stops: float) -> Image:
    return np.rint(255 * np.clip((image / 255) ** 2.2 * 2**stops, 0, 1) ** (1 / 2.2)).astype(np.uint8)


def lit_from_left(image: Image, face: Face, stops: float) -> Image:
    """``stops`` less light on the right of the face than on its left."""
    x0, _, x1, _ = face.box
    fall = 2 ** (-stops * np.clip((np.arange(image.shape[1]) - x0) / (x1 - x0), 0, 1))
    return (255 * ((image / 255) ** 2.2 * fall[None, :, None]) ** (1 / 2.2)).astype(np.uint8)


@pytest.mark.parametrize("name", [*NAMES, "grace_hopper"])
def test_every_unspoilt_portrait_is_good_or_usable(shared: Path, name: str) -> None:
    path = PHOTO if name == "grace_hopper" else shared / "portraits" / f"{name}.png"
    advice = mien.check(path)
    assert advice.verdict in ("good", "usable") and advice.notes == []
    assert value(advice, "blur") < 0.95


@pytest.mark.parametrize(("name", "aspect"), [("woman_smiling", "smile"), ("man_smiling", "eyes")])
def test_an_expression_is_usable_and_named(shared: Path, name: str, aspect: str) -> None:
    advice = mien.check(shared / "portraits" / f"{name}.png")
    assert aspect in {finding.aspect for finding in advice.findings if finding.verdict == "usable"}


@pytest.mark.parametrize("name", ["cartoon_boy", "young_man", "woman_neutral"])
def test_more_blur_never_gives_a_better_verdict(shared: Path, name: str) -> None:
    image = read_picture(shared / "portraits" / f"{name}.png")
    found = find_faces(image)[0]
    steps = [advise(blurred(image, share * found.size), found) for share in (0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05)]
    values = [value(step, "blur") for step in steps]
    assert np.all(np.diff(values) > 0)
    ranks = [VERDICTS.index(step.verdict) for step in steps]
    assert ranks == sorted(ranks) and ranks[0] < 2 and ranks[-3:] == [2, 2, 2]


SPOILT: dict[str, Callable[[Image, Face], Image]] = {
    "blur": lambda image, face: blurred(image, 0.03 * face.size),
    "size": lambda image, face: scaled(image, 70 / face.size),
    "light": lambda image, face: exposed(image, -5),
    "glare": lambda image, face: exposed(image, 3),
    "side light": lambda image, face: lit_from_left(image, face, 6),
    "border": lambda image, face: np.ascontiguousarray(image[int(face.box[1] + 0.1 * face.size) :]),
}


@pytest.mark.parametrize("aspect", SPOILT)
def test_a_spoilt_photo_is_poor_for_that_reason_and_no_other(photo: Image, face: Face, aspect: str) -> None:
    advice = mien.check(SPOILT[aspect](photo, face))
    assert advice.verdict == "poor"
    assert worst(advice) == {aspect}
    rule = next(rule for rule in RULES if rule.aspect == aspect)
    assert len(advice.notes) == 1 and advice.notes[0].startswith(rule.trouble) and rule.advice in advice.notes[0]


def test_a_face_turned_out_of_the_upright_is_poor(photo: Image, face: Face) -> None:
    middle = face.points[:, :2].mean(0).tolist()
    turn = cv2.getRotationMatrix2D(middle, 40, 1)
    turned = cv2.warpAffine(photo, turn, photo.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    advice = mien.check(np.asarray(turned, np.uint8))
    assert worst(advice) == {"roll"}
    assert value(advice, "roll") == pytest.approx(40, abs=5)


def nodded(face: Face, angle: float) -> Face:
    c, s, middle = np.cos(angle), np.sin(angle), face.points.mean(0)
    turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    return replace(face, points=((face.points - middle) @ turn.T + middle).astype(np.float32))


@pytest.mark.parametrize("degrees", [-30, 30])
def test_pitch_is_the_angle_by_which_a_head_nods(photo: Image, face: Face, degrees: float) -> None:
    advice = advise(photo, nodded(face, np.radians(degrees)))
    assert value(advice, "pitch") == pytest.approx(30, abs=4) and "pitch" in worst(advice)


def test_where_the_face_is_and_how_many_pixels_it_has_beyond_need_change_nothing(photo: Image, face: Face) -> None:
    moved = cv2.copyMakeBorder(photo, 37, 11, 90, 3, cv2.BORDER_REPLICATE)
    at = replace(face, points=face.points + np.array([90, 37, 0], np.float32))
    double = replace(face, points=2 * face.points)
    plain, there = advise(photo, face), advise(np.asarray(moved, np.uint8), at)
    larger = advise(scaled(photo, 2), double)
    for rule in RULES:
        if rule.aspect not in ("size", "border"):
            assert value(there, rule.aspect) == pytest.approx(value(plain, rule.aspect), abs=0.1), rule.aspect
            assert value(larger, rule.aspect) == pytest.approx(value(plain, rule.aspect), abs=0.4), rule.aspect
    assert value(larger, "size") == pytest.approx(2 * value(plain, "size"), rel=1e-5)


def test_blur_depends_neither_on_contrast_nor_on_which_way_round_the_photo_is(photo: Image, face: Face) -> None:
    plain = edge_spread(photo, face.points)
    faint = (photo * 0.25 + 90).astype(np.uint8)
    assert edge_spread(faint, face.points) == pytest.approx(plain, rel=0.1)
    mirrored = face.points * [-1, 1, 1] + [photo.shape[1], 0, 0]
    assert edge_spread(photo[:, ::-1].copy(), mirrored.astype(np.float32)) == pytest.approx(plain, rel=0.05)


@pytest.mark.parametrize("sigma", [2.0, 4.0, 8.0])
def test_the_spread_of_a_straight_edge_is_what_it_was_blurred_by(sigma: float) -> None:
    near, far = 1.0, 3.0
    assert spread_from_ratio(np.sqrt((sigma**2 + far**2) / (sigma**2 + near**2))) == pytest.approx(
        np.sqrt(sigma**2 - 1), rel=1e-6
    )


def test_a_photo_of_one_colour_is_as_blurred_as_can_be(face: Face) -> None:
    assert edge_spread(np.full((600, 512, 3), 90, np.uint8), face.points) == 1.0


def test_more_light_is_never_darker_nor_less_burnt(photo: Image, face: Face) -> None:
    steps = [exposed(photo, stops) for stops in range(-5, 5)]
    for measure in (lightest, burnt):
        values = [measure(step, face.points) for step in steps]
        assert values == sorted(values) and values[0] < values[-1]


def test_side_light_is_told_in_stops(photo: Image, face: Face) -> None:
    grey = np.full_like(photo, 120)
    assert uneven(grey, face.points) == 0
    middle = int(face.points[:, 0].mean())
    grey[:, middle:] = exposed(grey, -2)[:, middle:]
    assert uneven(grey, face.points) == pytest.approx(2, abs=0.05)


def test_a_flash_in_one_lens_of_glasses_is_glare(photo: Image, face: Face) -> None:
    flash = photo.copy()
    cv2.circle(flash, np.rint(face.points[159, :2]).astype(int).tolist(), 16, (255, 255, 255), -1)
    assert value(advise(photo, face), "glare") < 1 < 8 < value(advise(flash, face), "glare")


def test_another_face_is_usable_and_told(photo: Image) -> None:
    both = np.full((600, 1100, 3), 128, np.uint8)
    both[:, :512] = photo
    both[60:540, 600:1010] = scaled(photo, 0.8)[:480, :410]
    advice = mien.check(both)
    assert len(advice.others) == 1 and value(advice, "others") == 1
    assert advice.verdict == "usable" and advice.face.size > advice.others[0].size


def test_whatever_choose_face_refuses_is_poor() -> None:
    at = {"size": SMALLEST - 0.1, "yaw": np.degrees(FURTHEST_TURN) + 0.1, "border": -100 * OUTSIDE - 0.1}
    rules = {rule.aspect: rule for rule in RULES}
    assert all(rules[aspect].verdict(worst) == "poor" for aspect, worst in at.items())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.aspect)
def test_each_rule_goes_from_good_through_usable_to_poor(rule: Rule) -> None:
    step = rule.poor - rule.usable if np.isfinite(rule.poor) else rule.usable
    assert rule.verdict(rule.usable - step / 2) == "good"
    assert rule.verdict(rule.usable) == rule.verdict(rule.usable + step / 2) == "usable"
    assert rule.verdict(rule.poor) == "poor"


@pytest.mark.parametrize("colour", [0, 128, 255])
def test_a_picture_without_a_face_says_what_to_use_instead(colour: int) -> None:
    with pytest.raises(BadInput, match="^no face was found in the picture; use a photo of one person"):
        mien.check(np.full((200, 300, 3), colour, np.uint8))

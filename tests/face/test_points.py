"""A face that was pointed out: the landmarks lie where they were put, and what is no face is refused in words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.core.errors import BadInput
from mien.face.landmarks import find_faces
from mien.face.points import NEEDED, OPTIONAL, Points, checked, face_from_points, guessed, read_points
from mien.media.picture import read_picture
from mien.renderers.portrait import PHOTO, Portrait

SHAPE = (400, 600, 3)


def good() -> dict[str, Any]:
    return {"size": [600, 400], "points": {name: list(at) for name, at in guessed(SHAPE).items()}}


def test_every_point_is_where_it_was_put() -> None:
    points = guessed(SHAPE)
    points["noseTip"] = (points["noseTip"][0] + 20, points["noseTip"][1] - 9)
    face = face_from_points(points)
    assert face.points.shape == (478, 3)
    for name, place in points.items():
        assert face.points[(NEEDED | OPTIONAL)[name], :2] == pytest.approx(place, abs=0.5)


def test_a_dozen_points_of_a_found_face_give_its_other_landmarks_back() -> None:
    image = read_picture(PHOTO)
    found = find_faces(image)[0]
    face = face_from_points({name: at for name, at in guessed(image.shape, found).items() if name in NEEDED})
    off = np.linalg.norm(face.points[:, :2] - found.points[:, :2], axis=1) / found.size
    assert off.mean() < 0.025
    assert np.corrcoef(face.points[:468, 2], found.points[:468, 2])[0, 1] > 0.85


@settings(max_examples=25, deadline=None)
@given(st.floats(0.4, 3), st.floats(-0.5, 0.5), st.floats(-200, 200), st.floats(-200, 200))
def test_landmarks_turn_grow_and_move_with_the_points(scale: float, turn: float, x: float, y: float) -> None:
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    before = guessed(SHAPE)
    after: Points = {name: tuple(matrix @ at + [x, y]) for name, at in before.items()}
    wanted = face_from_points(before).points[:, :2] @ matrix.T + [x, y]
    assert face_from_points(after).points[:, :2] == pytest.approx(wanted, abs=0.02 * scale * 200)


def test_a_file_may_speak_of_the_picture_in_another_size(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(good()))
    small, large = read_points(path, SHAPE), read_points(path, (800, 1200, 3))
    assert large["chin"] == pytest.approx(np.array(small["chin"]) * 2)


def changed(**points: Any) -> dict[str, Any]:
    found = good()
    found["points"] |= points
    return found


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([], 'the landmarks must be {"points": {"chin": [x, y], …}}'),
        ({"points": []}, 'the landmarks must be {"points": {"chin": [x, y], …}}'),
        ({"points": {"chin": [1, 2]}}, "these points are missing: rightEyeOuter, rightEyeInner, leftEyeInner"),
        (changed(tail=[1, 2]), "there is no point 'tail' (there are: rightEyeOuter"),
        (changed(chin=[1, 2, 3]), "the point chin must be two numbers, x and y, got [1, 2, 3]"),
        (changed(chin=["1", None]), 'the point chin must be two numbers, x and y, got ["1", null]'),
        (changed(chin=[float("nan"), 1]), "the point chin must be two numbers"),
        (changed(chin=[300, 401]), "the point chin lies outside the picture: 300, 401"),
        (changed(chin=[-1, 40]), "the point chin lies outside the picture: -1, 40"),
        (good() | {"size": [600, 0]}, "the size must be two numbers, width and height, got [600, 0]"),
        (good() | {"size": "large"}, 'the size must be two numbers, width and height, got "large"'),
        (changed(**{name: [300, 200] for name in NEEDED}), "the points lie too close together"),
        (changed(chin=[300, 5]), "left and right are the character's own"),
        (changed(mouthLeft=good()["points"]["mouthRight"]), "mouthRight must lie beside mouthLeft"),
    ],
)
def test_what_is_no_face_is_refused_with_what_is_wrong(found: Any, message: str) -> None:
    with pytest.raises(BadInput) as error:
        checked(found, SHAPE)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"points": 1e999}', b"null"])
def test_a_file_that_is_damaged_is_refused_in_one_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(BadInput) as error:
        read_points(path, SHAPE)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


@settings(max_examples=200, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["points", "size", *NEEDED]) | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_whatever_a_file_holds_it_is_points_or_refused(found: Any) -> None:
    try:
        assert set(checked(found, SHAPE)) >= set(NEEDED)
    except BadInput as error:
        assert str(error)


def test_a_drawing_that_was_pointed_out_blinks_where_its_eyes_are(tmp_path: Path) -> None:
    """An owl of discs; lids are drawn over the discs that were called eyes."""
    import cv2

    drawing = np.full((400, 600, 3), (150, 190, 170), np.uint8)
    cv2.ellipse(drawing, (300, 220), (130, 165), 0, 0, 360, (120, 85, 60), -1)
    eyes = {"right": (245, 170), "left": (355, 170)}
    for x, y in eyes.values():
        cv2.circle(drawing, (x, y), 34, (250, 240, 200), -1)
        cv2.circle(drawing, (x, y), 14, (20, 20, 20), -1)
    cv2.ellipse(drawing, (300, 290), (34, 12), 0, 0, 360, (225, 160, 60), -1)
    points = {
        "rightBrow": (245, 115), "leftBrow": (355, 115), "noseTip": (300, 235), "mouthRight": (266, 290),
        "mouthLeft": (334, 290), "upperLip": (300, 281), "lowerLip": (300, 300), "chin": (300, 360),
    } | {
        f"{side}Eye{place}": (x + dx, y + dy)
        for side, (x, y) in eyes.items()
        for place, dx, dy in (
            ("Outer", -34 if side == "right" else 34, 0), ("Inner", 34 if side == "right" else -34, 0),
            ("Top", 0, -33), ("Bottom", 0, 33),
        )
    }  # fmt: skip
    path = tmp_path / "owl.json"
    path.write_text(json.dumps({"points": points}))
    portrait = Portrait(drawing, landmarks=path, framing="photo")
    values = np.tile(portrait.rig.rest, (2, 1))
    for side in ("Left", "Right"):
        values[1, portrait.rig.find(f"eyeBlink{side}")] = 1
    from mien.core.rig import Motion

    rest, shut = (frame.image.astype(int) for frame in portrait.render([Motion(values, 25, 0, portrait.rig)]))
    assert np.array_equal(rest, drawing)
    for x, y in eyes.values():
        pupil = (slice(y - 8, y + 8), slice(x - 8, x + 8))
        assert rest[pupil].mean() < 60 and shut[pupil].mean() > 75

"""Face landmarks against MediaPipe's own output, and what a reader of pictures relies on.

mediapipe.npz: mediapipe 0.10.21, FaceLandmarker, video mode, the same picture twelve times.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.core.errors import BadInput, MissingWeights
from mien.core.frame import Image
from mien.core.weights import weights
from mien.face.check import choose_face
from mien.face.landmarks import SCORES, Face, crop_from_points, find_faces, track

REFERENCE = Path(__file__).with_name("mediapipe.npz")
NAMES = ("man_beard", "woman_side_light", "young_man", "woman_neutral")


@pytest.fixture(scope="session", autouse=True)
def landmarker() -> None:
    try:
        weights("face-landmarker")
    except MissingWeights as missing:
        pytest.skip(str(missing))


def portrait(shared: Path, name: str) -> Image:
    return cv2.imread(str(shared / "portraits" / f"{name}.png"))[..., ::-1].copy()


def settled(image: Image) -> Face:
    """What tracking a still picture comes to."""
    return [face for face in track([image] * 8) if face][-1]


@pytest.mark.parametrize("name", NAMES)
def test_points_are_mediapipes_but_for_its_half_pixel(shared: Path, name: str) -> None:
    face = settled(portrait(shared, name))
    theirs = np.load(REFERENCE)[name]
    # MediaPipe samples a crop by pixel centres but scales its points by corners
    half_pixel = 0.5 * crop_from_points(theirs).side / 256 - 0.5
    apart = np.linalg.norm(face.points[:, :2] + half_pixel - theirs[:, :2], axis=1)
    assert apart.mean() < 0.0015 * face.size
    assert apart.max() < 0.006 * face.size
    assert np.abs(face.points[:, 2] - theirs[:, 2]).mean() < 0.003 * face.size


@pytest.mark.parametrize("name", NAMES)
def test_scores_are_mediapipes(shared: Path, name: str) -> None:
    face = settled(portrait(shared, name))
    theirs = np.load(REFERENCE)[f"{name}_scores"]
    ours = [face.scores[score] for score in sorted(SCORES)]
    np.testing.assert_allclose(ours, theirs, atol=0.05)


def test_mirroring_the_picture_mirrors_the_face(shared: Path) -> None:
    image = portrait(shared, "young_man")
    face, mirrored = settled(image), settled(image[:, ::-1].copy())
    assert mirrored.points[:, 0].mean() == pytest.approx(image.shape[1] - face.points[:, 0].mean(), abs=0.4)
    assert mirrored.yaw == pytest.approx(-face.yaw, abs=np.radians(3))


def test_a_larger_picture_has_the_same_face_larger(shared: Path) -> None:
    image = portrait(shared, "woman_neutral")
    face, double = settled(image), settled(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    assert np.abs(double.points / 2 - face.points)[:, :2].mean() < 0.003 * face.size


def test_yaw_is_positive_to_the_pictures_right(shared: Path) -> None:
    assert find_faces(portrait(shared, "woman_side_light"))[0].yaw > np.radians(15)
    assert find_faces(portrait(shared, "man_beard"))[0].yaw < -np.radians(10)


def pasted(picture: Image, face: Face, height: float, canvas: Image, x: int, y: int) -> Image:
    """The picture, scaled so that its face is ``height`` pixels, on a canvas."""
    small = cv2.resize(picture, None, fx=height / face.size, fy=height / face.size, interpolation=cv2.INTER_AREA)
    canvas = canvas.copy()
    canvas[y : y + len(small), x : x + small.shape[1]] = small[: len(canvas) - y, : canvas.shape[1] - x]
    return canvas


def test_a_face_of_64_pixels_is_found_in_a_picture_of_4000(shared: Path) -> None:
    picture = portrait(shared, "young_man")
    wanted = find_faces(picture)[0]
    blobs = np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    canvas = cv2.resize(blobs, (4000, 3000), interpolation=cv2.INTER_CUBIC)
    faces = find_faces(pasted(picture, wanted, 64, canvas, 3100, 1700))
    assert len(faces) == 1
    scale = 64 / wanted.size
    assert faces[0].box[0] == pytest.approx(wanted.box[0] * scale + 3100, abs=3)
    assert faces[0].box[1] == pytest.approx(wanted.box[1] * scale + 1700, abs=3)


def test_track_says_where_there_is_no_face_and_finds_it_again(shared: Path) -> None:
    image = portrait(shared, "young_man")
    faces = list(track([image, np.zeros_like(image), image]))
    assert [face is None for face in faces] == [False, True, False]


def test_one_face_gives_no_note(shared: Path) -> None:
    face, notes = choose_face(portrait(shared, "woman_neutral"))
    assert face.size > 250 and notes == []


def test_of_several_faces_the_largest_is_used_and_said(shared: Path) -> None:
    picture = portrait(shared, "young_man")
    face = find_faces(picture)[0]
    both = np.concatenate([picture, pasted(picture, face, 0.6 * face.size, np.zeros_like(picture), 100, 100)], axis=1)
    chosen, notes = choose_face(both)
    assert chosen.box[2] < picture.shape[1]
    assert notes == ["there are 2 faces in the picture: the largest is used (--face takes another)"]


def bad_pictures(shared: Path) -> dict[str, Image]:
    picture = portrait(shared, "young_man")
    face = find_faces(picture)[0]
    left, right, bottom = int(face.box[0]) - 60, int(face.box[2]) + 60, int(face.box[3]) - 25
    return {
        "nobody": np.full((300, 300, 3), 128, np.uint8),
        "small": pasted(picture, face, 40, np.zeros((400, 400, 3), np.uint8), 0, 0),
        "cut": picture[:bottom, left:right],
    }


WANTED = "; use a photo of one person, facing the camera, with the whole face in it"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("nobody", "no face was found in the picture"),
        ("small", "the face is only 40 pixels high; at least 64 are needed"),
        ("cut", "the face is cut off at the bottom of the picture"),
    ],
)
def test_each_unusable_face_is_refused_with_its_reason(shared: Path, kind: str, message: str) -> None:
    with pytest.raises(BadInput) as error:
        choose_face(bad_pictures(shared)[kind])
    assert str(error.value) == message + WANTED


def test_a_face_turned_away_is_refused(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = portrait(shared, "young_man")
    face = find_faces(picture)[0]
    c, s, middle = np.cos(0.8), np.sin(0.8), face.points.mean(0)
    turned = (face.points - middle) @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) + middle
    monkeypatch.setattr("mien.face.check.find_faces", lambda image: [Face(turned.astype(np.float32), 1.0)])
    with pytest.raises(BadInput, match=r"^the face is turned 4\d degrees away; at most 35 will do; use a photo"):
        choose_face(picture)

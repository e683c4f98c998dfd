"""The photo at rest, lips that close, threads that agree: read back from the pixels where it can be."""

import time

import numpy as np
import pytest

from mien.core.errors import BadInput, WrongUse
from mien.core.rig import FACE, Motion
from mien.face.landmarks import find_faces
from mien.renderers.portrait import PHOTO, Portrait
from mien.renderers.portrait.portrait import write_label
from mien.testing import check_renderer

INNER_UPPER, INNER_LOWER, TOP, CHIN = 13, 14, 10, 152
LIDS = ((386, 374), (159, 145))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portraits")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mien.renderers.portrait.portrait.cache_folder", lambda: folder)
        yield


@pytest.fixture(scope="module")
def portrait(cache):
    return Portrait()


@pytest.fixture(scope="module")
def smiling(cache, shared):
    """A toothy smile, the hardest case for lips that must close."""
    return Portrait(shared / "portraits" / "woman_smiling.png")


def frames(portrait, *poses):
    motion = Motion.at_rest(len(poses), rate=25)
    values = motion.values.copy()
    for row, pose in zip(values, poses, strict=True):
        for name, value in pose.items():
            row[motion.rig.find(name)] = value
    return [frame.image for frame in portrait.render([motion.with_values(values)])]


def gap(image, upper=INNER_UPPER, lower=INNER_LOWER):
    """Distance of two landmarks over the face's height."""
    points = find_faces(image)[0].points[:, :2]
    return np.linalg.norm(points[upper] - points[lower]) / np.linalg.norm(points[TOP] - points[CHIN])


def test_portrait_keeps_the_contract_of_a_renderer(portrait):
    check_renderer(portrait)


def test_rest_is_the_photo_bit_for_bit(portrait):
    (rest,) = frames(portrait, {})
    assert np.array_equal(rest, portrait.scene.photo)


def test_leaving_rest_does_not_pop(portrait, smiling):
    for subject in (portrait, smiling):
        for channel in ("jawOpen", "headYaw", "gazeYaw", "eyeBlinkLeft", "mouthSmileLeft", "speaking", "breath"):
            rest, barely = frames(subject, {}, {channel: 1e-4})
            assert np.abs(rest.astype(int) - barely).max() <= 8, channel


def test_sealed_lips_are_shut_in_the_pixels_whatever_else_is_driven(portrait, smiling):
    chance = np.random.default_rng(3)
    mouth = [n for n in FACE.names if n.startswith(("mouth", "jaw")) and n != "mouthClose"]
    for subject in (portrait, smiling):
        poses = [{"jawOpen": 0.6, "lipSeal": 1.0}] + [
            dict(zip(mouth, chance.random(len(mouth)) * (chance.random(len(mouth)) < 0.3), strict=True))
            | {"lipSeal": 1.0}
            for _ in range(5)
        ]
        assert max(gap(image) for image in frames(subject, *poses)) < 0.02


def test_an_open_jaw_opens_the_mouth_the_wider_the_more(portrait, smiling):
    for subject in (portrait, smiling):
        gaps = [gap(image) for image in frames(subject, *({"jawOpen": jaw} for jaw in (0.1, 0.3, 0.6, 0.9)))]
        assert gaps == sorted(gaps) and gaps[-1] > 0.12


def test_a_blink_shuts_the_eyes(smiling):
    both = {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}
    rest, shut = frames(smiling, {}, both)
    for upper, lower in LIDS:
        assert gap(shut, upper, lower) < 0.45 * gap(rest, upper, lower)


def test_the_head_turns_the_way_the_motion_says(portrait):
    def tip(image):
        return find_faces(image)[0].points[1, :2]

    left, right, down, up = frames(
        portrait, {"headYaw": 0.15}, {"headYaw": -0.15}, {"headPitch": 0.12}, {"headPitch": -0.12}
    )
    assert tip(left)[0] > tip(right)[0] + 10, "positive yaw turns to the character's left, the picture's right"
    assert tip(down)[1] > tip(up)[1] + 10, "positive pitch looks down"


def iris_place(image):
    """Where the left eye's iris stands between its corners, 0 at the nose to 1 at the temple."""
    points = find_faces(image)[0].points[:, :2]
    inner, outer = points[362], points[263]
    return (points[473] - inner) @ (outer - inner) / ((outer - inner) @ (outer - inner))


def test_the_eyes_look_where_the_gaze_says_and_stay_there_when_the_head_turns(smiling):
    left, rest, right, turned = map(
        iris_place, frames(smiling, {"gazeYaw": 0.35}, {}, {"gazeYaw": -0.35}, {"headYaw": 0.2, "gazeYaw": 0.0})
    )
    assert left > rest + 0.05 and right < rest - 0.05, "positive yaw looks to the character's left"
    assert turned < rest - 0.02, "at gaze 0 the eyes turn back in a head that turns left"


def test_brows_that_lower_crease_the_skin_between_them(smiling):
    marks = find_faces(smiling.scene.photo)[0].points
    rest, frown = frames(smiling, {}, {"browDownLeft": 1.0, "browDownRight": 1.0})
    x, y = marks[8, :2].astype(int)
    between = np.s_[y - 14 : y + 6, x - 12 : x + 12]
    assert frown[between].astype(float).std() > rest[between].astype(float).std()


def test_a_known_photo_starts_at_once(portrait):
    begin = time.process_time()
    again = Portrait()
    assert time.process_time() - begin < 1.0
    assert np.array_equal(again.scene.texture, portrait.scene.texture)


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr("mien.renderers.portrait.portrait.cache_folder", lambda: blocked / "portraits")
    assert Portrait(size=256).scene.size == 256


def test_a_label_changes_the_corner_only(portrait):
    motion = Motion.at_rest(1, rate=25)
    plain = next(portrait.render([motion])).image
    labelled = next(Portrait(label="synthetic").render([motion])).image
    changed = np.argwhere((plain != labelled).any(2))
    assert len(changed) and changed[:, 0].min() > 450 and changed[:, 1].max() < 256


@pytest.mark.parametrize("shade", [0, 128, 255])
@pytest.mark.parametrize("size", [256, 512, 1024])
def test_a_label_can_be_read_on_any_ground(shade, size):
    image = np.full((size, size, 3), shade, np.uint8)
    write_label(image, "synthetic")
    strip = image[-size // 16 :].astype(int)
    assert np.ptp(strip) > 150
    assert (image[: -size // 16] == shade).all()


@pytest.mark.parametrize("wrong", [{"size": 255}, {"size": 2048}, {"keep": 1.5}])
def test_a_wrong_option_is_refused(wrong):
    with pytest.raises(WrongUse):
        Portrait(**wrong)


def test_a_picture_without_a_face_is_refused(cache):
    with pytest.raises(BadInput, match="no face"):
        Portrait(np.full((300, 300, 3), 127, np.uint8))


def test_the_packaged_photo_is_there():
    assert PHOTO.is_file()


def test_the_light_in_an_eye_stays_nearly_where_it_is_when_the_eye_turns():
    """A drawn eye: dark iris, one white reflection. The iris plate has none, and the reflection is known for itself."""
    import cv2

    from mien.renderers.portrait.eyes import glint_mask, iris_plate

    cut = np.full((40, 60, 3), 220, np.uint8)
    cv2.circle(cut, (30, 20), 11, (60, 45, 40), -1)
    cv2.circle(cut, (34, 16), 2, (250, 250, 250), -1)
    opening, centre = np.ones((40, 60), np.float32), np.array([30.0, 20.0])
    glint = glint_mask(cut, opening, centre, 11.0)
    assert glint[16, 34] > 0.9 and glint[24, 26] == 0
    assert iris_plate(cut, opening, centre, 11.0)[16, 34, :3].max() < 120
    assert not glint_mask(np.roll(cut, 30, axis=1), opening, centre, 11.0).any()  # no iris there: no reflection in one

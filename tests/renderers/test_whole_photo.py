"""A whole photo in which one face moves: what does not move is the photo, whoever is asked for is who speaks."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.cli import main
from mien.core.errors import BadInput, WrongUse
from mien.core.frame import Image
from mien.core.rig import Motion
from mien.media import read_video, write_png
from mien.media.picture import read_picture
from mien.renderers.portrait import PHOTO, Portrait

MOVED = {"jawOpen": 0.5, "headRoll": 0.25, "headYaw": 0.2, "breath": 1.0}


@pytest.fixture(scope="module")
def group() -> Image:
    """(301, 483, 3) a large face on the left and a small, mirrored one on the right, before plain grey."""
    face = cv2.resize(read_picture(PHOTO), (320, 400), interpolation=cv2.INTER_AREA)[:301]
    small = cv2.resize(face, (163, 153), interpolation=cv2.INTER_AREA)[:, ::-1]
    image = np.full((301, 483, 3), 128, np.uint8)
    image[:, :320], image[148:, 320:] = face, small
    return image


def drawn(portrait: Portrait, **pose: float) -> Image:
    values = Motion.at_rest(1, rate=25).values.copy()
    for name, value in pose.items():
        values[0, Motion.at_rest(1, rate=25).rig.find(name)] = value
    return next(iter(portrait.render([Motion.at_rest(1, rate=25).with_values(values)]))).image


def changed(image: Image, photo: Image) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of what differs."""
    return np.nonzero((image != photo).any(axis=2))


def test_at_rest_a_whole_photo_of_odd_sides_is_the_photo_pixel_for_pixel(group: Image) -> None:
    assert np.array_equal(drawn(Portrait(group, framing="photo")), group)


@pytest.mark.parametrize(("face", "sees"), [(None, 0), (1, 0), (2, 1), ((420.0, 200.0), 1), ((10.0, 10.0), 0)])
def test_the_face_that_is_asked_for_moves_and_the_other_stays(group: Image, face: object, sees: int) -> None:
    portrait = Portrait(group, framing="photo", face=face)  # type: ignore[arg-type]
    _, columns = changed(drawn(portrait, jawOpen=0.5, eyeBlinkLeft=1.0), group)
    assert len(columns) > 50
    assert (columns >= 320).all() if sees else (columns < 320).all()


def test_where_the_photo_goes_on_beyond_what_moves_nothing_jumps(group: Image) -> None:
    """A border of grey all round: everything that moves comes to rest before the square ends."""
    photo = cv2.copyMakeBorder(group, 150, 200, 200, 200, cv2.BORDER_REPLICATE)
    portrait = Portrait(photo, framing="photo")
    image = drawn(portrait, **MOVED)
    rows, columns = changed(image, photo)
    (x, y), side = portrait.scene.corner, portrait.scene.size
    assert x < columns.min() and columns.max() < x + side - 1
    assert y < rows.min() and rows.max() < y + side - 1
    edge = np.abs(image[y - 1 : y + 4].astype(int) - photo[y - 1 : y + 4])
    assert edge.max() <= 2


def test_a_face_asked_for_is_cut_out_as_well(group: Image) -> None:
    left, right = Portrait(group, size=256), Portrait(group, size=256, face=2)
    assert any("2 faces" in note for note in left.notes) and not any("2 faces" in note for note in right.notes)
    assert np.abs(left.scene.photo.astype(int) - right.scene.photo).mean() > 10


def test_a_size_is_the_longer_side_of_a_whole_photo(group: Image) -> None:
    image = drawn(Portrait(group, framing="photo", size=300), jawOpen=0.3)
    assert image.shape == (186, 300, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"face": 3}, "face 3 was asked for, but only 2 faces can be seen in the picture"),
        ({"framing": "foto"}, "unknown framing 'foto': did you mean 'photo'? (there are: face, photo)"),
        ({"framing": "photo", "background": "blur"},
         "another background needs the framing face: a whole photo keeps its own"),
        ({"framing": "photo", "size": 5000}, "size must be an even number in 256..4096, got 5000"),
        ({"size": 5000}, "size must be an even number in 256..1024, got 5000"),
    ],
)  # fmt: skip
def test_each_misuse_is_one_sentence(group: Image, options: dict[str, object], message: str) -> None:
    with pytest.raises((WrongUse, BadInput)) as error:
        Portrait(group, **options)  # type: ignore[arg-type]
    assert str(error.value) == message


@pytest.mark.parametrize("face", ["0", "-1", "1.5", "left", "1,2,3", "1,nan", ""])
def test_a_face_that_is_no_number_and_no_place_is_refused(
    face: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    motion = tmp_path / "rest.npz"
    Motion.at_rest(2, rate=25).save(motion)
    assert main(["render", str(motion), "--face", face, "-o", str(tmp_path / "a.png")]) == 2
    said = capsys.readouterr().err
    assert said == f"mien: a face is a number from 1 (the largest) or a place in the picture as x,y; got {face!r}\n"


def test_a_folder_of_pictures_of_rest_is_the_photo_and_a_video_loses_no_more_than_an_odd_line(
    group: Image, tmp_path: Path
) -> None:
    photo, motion = tmp_path / "group.png", tmp_path / "rest.npz"
    write_png(photo, group)
    Motion.at_rest(2, rate=25).save(motion)
    given = ["render", str(motion), "--portrait", str(photo), "--framing", "photo", "--face", "2", "--quiet", "-o"]
    assert main([*given, str(tmp_path / "frames") + "/"]) == 0
    for picture in sorted((tmp_path / "frames").iterdir()):
        assert np.array_equal(read_picture(picture), group)
    assert main([*given, str(tmp_path / "a.mp4")]) == 0
    frames = [frame.image for frame in read_video(tmp_path / "a.mp4")[1]]
    assert [frame.shape for frame in frames] == [(300, 482, 3)] * 2
    assert np.abs(frames[0].astype(int) - group[:300, :482]).mean() < 3

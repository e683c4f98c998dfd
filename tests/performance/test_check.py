"""``mien check``: what it says, writes and returns, and that the same is said when a photo is drawn."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

import mien
from mien.cli import main
from mien.core.errors import MissingWeights
from mien.core.weights import weights
from mien.performance.found import LONGEST, found_picture
from mien.renderers.portrait import portrait
from mien.renderers.portrait.portrait import PHOTO, Portrait


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    try:
        weights("face-landmarker")
    except MissingWeights as missing:
        pytest.skip(str(missing))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def photo() -> Pillow.Image:
    return Pillow.open(PHOTO).convert("RGB")


def small() -> Pillow.Image:
    return photo().resize((205, 240), Pillow.Resampling.BOX)


def test_a_good_photo_is_good_with_a_line_for_each_aspect(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(PHOTO)]) == 0
    said = capsys.readouterr()
    first, *lines = said.out.splitlines()
    assert first == f"{PHOTO}: good" and said.err == ""
    assert len(lines) == len(mien.check(PHOTO).findings)
    assert lines[0].split() == ["good", "size", "202", "pixels", "high"]


def test_a_poor_photo_ends_with_code_1_and_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    small().save("small.png")
    assert main(["check", "small.png"]) == 1
    said = capsys.readouterr()
    sentence = "the face is small (81 pixels high): use a larger photo, or one taken from nearer"
    assert said.err == f"mien: small.png is poor: {sentence}\n"
    assert said.out.startswith("small.png: poor\n  poor    size        81 pixels high\n")


def test_json_is_one_object_that_agrees_with_python(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(PHOTO), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"photo": str(PHOTO)} | mien.check(PHOTO).as_json()
    assert said.err == ""


def test_quiet_says_nothing_of_a_good_photo(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(PHOTO), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


KINDS: dict[str, tuple[Callable[[], Pillow.Image], str]] = {
    "grey": (lambda: photo().convert("L"), "png"),
    "see-through": (lambda: photo().convert("RGBA"), "png"),
    "four inks": (lambda: photo().convert("CMYK"), "jpg"),
    "a palette": (lambda: photo().quantize(256), "png"),
    "thirty million pixels": (lambda: photo().resize((5060, 5930)), "jpg"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_picture_of_a_good_photo_is_good(kind: str) -> None:
    make, suffix = KINDS[kind]
    make().save(f"photo.{suffix}")
    assert mien.check(f"photo.{suffix}").verdict == "good"


UNREADABLE: dict[str, tuple[Callable[[], object], str]] = {
    "missing": (lambda: None, "there is no file photo.png"),
    "empty": (lambda: Path("photo.png").write_bytes(b""), "photo.png is empty"),
    "a text": (lambda: Path("photo.png").write_text("hello"), "photo.png is a text file, not a picture"),
    "cut short": (lambda: Path("photo.png").write_bytes(PHOTO.read_bytes()[:900]), "photo.png is damaged"),
    "one pixel": (lambda: Pillow.new("RGB", (1, 1)).save("photo.png"), "photo.png has 1 x 1 pixels"),
    "huge": (lambda: Pillow.new("1", (20000, 20000)).save("photo.png"), "photo.png has more than 100 million pixels"),
    "nobody": (lambda: Pillow.new("RGB", (300, 300)).save("photo.png"), "no face was found in the picture; use"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_checked_is_a_sentence_and_no_picture(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    make, sentence = UNREADABLE[kind]
    make()
    assert main(["check", "photo.png", "-o", "found.png"]) == 1
    said = capsys.readouterr()
    assert sentence in said.err and said.err.startswith("mien: ") and said.err.count("\n") == 1
    assert said.out == "" and not Path("found.png").exists()


def test_found_is_written_without_a_trace_of_the_photos_metadata_nor_a_claim_to_be_synthetic() -> None:
    exif = photo().getexif()
    exif[0x010E] = "her kitchen"
    exif.get_ifd(0x8825)[1] = "N"
    photo().save("photo.jpg", exif=exif, comment=b"secret")
    assert main(["check", "photo.jpg", "-o", "found.png", "--quiet"]) == 0
    data = Path("found.png").read_bytes()
    assert not any(word in data for word in (b"kitchen", b"secret", b"eXIf", b"iTXt", b"tEXt", b"Synthetic"))
    with Pillow.open("found.png") as found:
        assert found.info == {} and not found.getexif()


def test_found_is_written_for_a_poor_photo_too_but_never_over_the_photo(capsys: pytest.CaptureFixture[str]) -> None:
    small().save("small.png")
    before = Path("small.png").read_bytes()
    assert main(["check", "small.png", "-o", "small.png", "-y"]) == 2
    assert "small.png is an input of this command" in capsys.readouterr().err
    assert Path("small.png").read_bytes() == before
    assert main(["check", "small.png", "-o", "found.png"]) == 1 and Path("found.png").is_file()
    assert main(["check", "small.png", "-o", "found.jpg"]) == 2


@pytest.mark.parametrize("shape", [(600, 512), (60, 2000), (2400, 130)])
def test_found_shows_photo_and_lines_at_a_legible_size_whatever_the_photos_shape(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 60, np.uint8)
    advice = mien.check(PHOTO)  # the lines go where the landmarks are, whatever the picture
    place = np.array([shape[1] / 2, shape[0] / 2, 0], np.float32)
    points = (advice.face.points - advice.face.points.mean(0)) * 0.2 + place
    at = type(advice)(advice.findings, type(advice.face)(points.astype(np.float32), 1.0))
    sheet = found_picture(image, at)
    assert sheet.dtype == np.uint8 and max(sheet.shape[:2]) < 2 * LONGEST
    untouched = (sheet == 60).all(2) | (sheet == int(60 * 0.62)).all(2)
    assert untouched.sum() > 2000
    assert (sheet == (255, 255, 255)).all(2).any()


def test_the_words_of_found_stay_within_its_panel() -> None:
    both = np.full((600, 1100, 3), 128, np.uint8)
    both[:, :512] = np.asarray(photo())
    both[60:540, 600:1010] = cv2.resize(np.asarray(photo()), None, fx=0.8, fy=0.8)[:480, :410]
    advice = mien.check(both)
    assert len(advice.others) == 1
    sheet = found_picture(both, advice)
    paper = sheet[-1, -1]
    assert (sheet[:, -16:] == paper).all() and (sheet[-16:] == paper).all()


def test_what_is_poor_is_noted_when_the_photo_is_drawn_and_again_from_the_cache(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portrait, "cache_folder", lambda: here / "cache")
    image = np.asarray(small())
    wanted = mien.check(image).notes
    assert len(wanted) == 1
    assert Portrait(image, size=256).notes == wanted
    assert len(list((here / "cache").glob("*.npz"))) == 1
    assert Portrait(image, size=256).notes == wanted


def test_nothing_is_noted_of_a_good_photo() -> None:
    assert Portrait(size=256).notes == []

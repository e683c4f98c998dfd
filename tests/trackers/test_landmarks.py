"""Our own portrait performs known motion; the tracker has to return it."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from mien.core.errors import BadInput, WrongUse
from mien.core.frame import Frame, Image
from mien.core.rig import FULL, Motion
from mien.renderers.portrait import Portrait
from mien.trackers.landmarks import Landmarks

RATE = Fraction(25)
N = 64


def performed() -> Motion:
    """Rest, then jaw, smile, brows, a blink, and a head that turns."""
    values = np.tile(FULL.rest, (N, 1))
    t = np.clip(np.arange(N) - 8, 0, None) / 25
    values[:, FULL.find("jawOpen")] = 0.25 * (1 - np.cos(2 * np.pi * 1.3 * t))
    for side in ("Left", "Right"):
        values[:, FULL.find(f"mouthSmile{side}")] = 0.3 * (1 - np.cos(2 * np.pi * 0.5 * t))
        values[40:43, FULL.find(f"eyeBlink{side}")] = 1
    values[:, FULL.find("headYaw")] = 0.12 * np.sin(2 * np.pi * 0.6 * t)
    values[:, FULL.find("headRoll")] = 0.08 * np.sin(2 * np.pi * 0.4 * t)
    return Motion(values, RATE, 0, FULL)


@pytest.fixture(scope="module")
def images() -> list[Image]:
    return [frame.image for frame in Portrait(size=384).render([performed()])]


@pytest.fixture(scope="module")
def back(images: list[Image]) -> Motion:
    return tracked(images, neutral=2)


def frames(images: list[Image]) -> Iterator[Frame]:
    return (Frame(image, i, RATE) for i, image in enumerate(images))


def tracked(images: list[Image], **options: int) -> Motion:
    return next(Landmarks(**options).track(frames(images)))


def r(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


@pytest.mark.parametrize("name", ["jawOpen", "mouthSmileLeft", "mouthSmileRight", "headYaw", "headRoll"])
def test_what_was_drawn_comes_back(back: Motion, name: str) -> None:
    drawn = performed()
    assert (len(back), back.rate, back.start) == (N, RATE, 0)
    assert r(drawn[name], back[name]) > 0.9
    assert 0.5 < back[name].std() / drawn[name].std() < 1.5


def test_it_comes_back_at_its_own_time(back: Motion) -> None:
    jaw = performed()["jawOpen"]
    assert max((-1, 0, 1), key=lambda lag: r(np.roll(jaw, lag)[9:-2], back["jawOpen"][9:-2])) == 0


def test_a_drawn_rest_is_read_as_rest(images: list[Image]) -> None:
    still = tracked([images[0]] * 12)
    weights = [name for name in still.rig.names if name != "confidence"]
    assert np.abs(still.only(weights).values).max() < 0.05
    assert (still["confidence"] > 0.9).all()


def test_motion_is_within_its_ranges_and_gaze_agrees_with_the_looks(back: Motion) -> None:
    assert np.isfinite(back.values).all()
    assert (back.values >= back.rig.low - 1e-6).all() and (back.values <= back.rig.high + 1e-6).all()
    assert (back["mouthClose"] <= back["jawOpen"] + 1e-6).all()


def test_a_gap_is_marked_and_bridged(images: list[Image]) -> None:
    hidden = [np.full_like(im, 90) if 20 <= i < 32 else im for i, im in enumerate(images)]
    tracker = Landmarks()
    motion = next(tracker.track(frames(hidden)))
    assert (motion["confidence"][20:32] == 0).all() and (motion["confidence"][:20] > 0.5).all()
    assert (motion["confidence"][40:] > 0.5).all(), "it is found again"
    assert np.abs(np.diff(motion["headYaw"][18:34])).max() < 0.06
    assert "bridged" in tracker.notes[-1]


def test_two_people_are_kept_apart(images: list[Image]) -> None:
    other = images[:9] + images[:8:-1]  # the same talk backwards, beside and smaller
    small = [im[::2, ::2] for im in other]
    both = [np.concatenate([a, np.pad(b, ((0, a.shape[0] - b.shape[0]), (0, 0), (0, 0)))], 1)
            for a, b in zip(images, small, strict=True)]  # fmt: skip
    tracker = Landmarks(person=1)
    first = next(tracker.track(frames(both)))
    assert any("2 people" in note for note in tracker.notes)
    second = tracked(both, person=2)
    yaw = performed()["headYaw"]
    assert r(first["headYaw"], yaw) > 0.9
    assert r(second["headYaw"][9:], yaw[:8:-1]) > 0.9
    with pytest.raises(BadInput, match="person 3 was asked for, but only 2 people are seen"):
        tracked(both, person=3)


def test_pictures_without_a_face_are_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8)
    with pytest.raises(BadInput, match="no face was seen in any of the 6 pictures"):
        tracked([noise] * 6)
    with pytest.raises(BadInput, match="no pictures"):
        tracked([])


def test_a_face_for_three_frames_is_refused(images: list[Image]) -> None:
    grey = np.full_like(images[0], 90)
    with pytest.raises(BadInput, match="only 3 of 20 pictures"):
        tracked([*images[:3], *[grey] * 17])


def test_a_neutral_frame_must_show_the_face(images: list[Image]) -> None:
    with pytest.raises(BadInput, match="frame 99 cannot be the neutral one: there are only 8 frames"):
        tracked(images[:8], neutral=99)
    with pytest.raises(WrongUse, match="counted from 1"):
        Landmarks(person=0)


def test_whoever_is_found_late_is_followed_back_to_where_they_came_in(images: list[Image]) -> None:
    """A search is made in every fifth picture where nobody is seen: here in the first, which is blank, and the sixth."""
    blank = np.zeros_like(images[0])
    motion = tracked([blank, *images[:20]])
    assert (motion["confidence"] > 0).tolist() == [False] + [True] * 20


def test_somebody_new_beside_somebody_known_is_followed_back(images: list[Image]) -> None:
    """While anybody is seen, a search is made in every 25th picture."""
    side = np.zeros_like(images[0])
    alone = [np.concatenate([image, side], axis=1) for image in images[:3]]
    both = [np.concatenate([image, other], axis=1) for image, other in zip(images[3:40], images[20:57], strict=True)]
    second = tracked([*alone, *both], person=2)
    assert (second["confidence"] > 0).tolist() == [False] * 3 + [True] * 37

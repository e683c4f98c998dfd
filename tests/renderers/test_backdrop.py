"""Another background: the person stays, their edges take no old colour along, and nothing shows through them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from mien.core.errors import BadInput, WrongUse
from mien.core.frame import Frame, Image, Segment
from mien.core.rig import Motion
from mien.core.track import Audio
from mien.media import VideoWriter, write_animation, write_png
from mien.renderers.portrait import Portrait
from mien.renderers.portrait.backdrop import cut_out

SIZE = 256


def drawn(background: str, **channels: float) -> Image:
    portrait = Portrait(size=SIZE, background=background)
    motion = Motion.at_rest(1, rate=25)
    values = motion.values.copy()
    for name, value in channels.items():
        values[:, motion.rig.find(name)] = value
    from mien.core.retarget import retargeted

    return next(iter(portrait.render([retargeted(motion.with_values(values), portrait.rig)]))).image


@pytest.fixture(scope="module")
def alpha() -> Image:
    """Of the person at rest."""
    return drawn("none")[..., 3]


@pytest.mark.parametrize("channels", [{}, {"headYaw": 0.1, "jawOpen": 0.4}])
def test_a_colour_is_that_colour_wherever_nobody_is(channels: dict[str, float]) -> None:
    image, see_through = drawn("#30a060", **channels), drawn("none", **channels)
    nobody = see_through[..., 3] == 0
    assert nobody.mean() > 0.2
    assert (image[nobody] == (0x30, 0xA0, 0x60)).all()


def test_the_person_is_the_same_before_every_background(alpha: Image) -> None:
    sure = alpha == 255
    assert sure.mean() > 0.2
    plain = drawn("keep")[sure].astype(int)
    for background in ("blur", "#ff00ff"):
        difference = np.abs(drawn(background)[sure].astype(int) - plain)
        assert np.percentile(difference, 99) <= 2


def test_a_picture_shows_its_middle(tmp_path: Path, alpha: Image) -> None:
    wide = np.zeros((100, 300, 3), np.uint8)
    wide[:, 100:200] = (200, 30, 90)
    write_png(tmp_path / "wall.png", wide)
    image = drawn(str(tmp_path / "wall.png"))
    assert np.abs(image[alpha == 0].astype(int) - (200, 30, 90)).max() <= 1


@pytest.mark.parametrize("wrong", ["", "red", "#12345", "#gggggg"])
def test_what_is_no_background_is_refused_with_what_is(wrong: str) -> None:
    with pytest.raises(WrongUse, match="keep, blur, none"):
        Portrait(size=SIZE, background=wrong)


def test_a_picture_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match=r"nowhere\.png"):
        Portrait(size=SIZE, background="nowhere.png")


def test_two_drawings_of_a_known_layer_give_it_back() -> None:
    chance = np.random.default_rng(0)
    colour, share = chance.integers(0, 256, (20, 20, 3)), chance.integers(40, 256, (20, 20, 1)) / 255
    black, white = (np.rint(colour * share + (1 - share) * ground).astype(np.uint8) for ground in (0, 255))
    found = cut_out(black, white)
    assert np.abs(found[..., 3:] / 255 - share).max() < 0.01
    assert np.abs(found[..., :3].astype(int) - colour).max() <= 8


def test_a_webm_stays_see_through_and_an_mp4_or_gif_is_refused(tmp_path: Path) -> None:
    image = np.zeros((64, 64, 4), np.uint8)
    image[16:48, 16:48] = 255
    frame = Frame(image, 0, Fraction(25))
    segment = Segment(0, 1, Fraction(25), Audio.silence(0, 24000), Motion.at_rest(0, rate=25), [frame])
    with VideoWriter(tmp_path / "a.webm", rate=25) as writer:
        writer.write(segment)
    with av.open(str(tmp_path / "a.webm")) as container:
        decoder = av.CodecContext.create("libvpx-vp9", "r")
        shown = [f for p in container.demux(video=0) for f in decoder.decode(p)]
    seen = shown[0].to_ndarray(format="rgba")[..., 3]
    assert seen[32, 32] > 240
    assert seen[4, 4] < 15
    with pytest.raises(WrongUse, match="see-through"), VideoWriter(tmp_path / "a.mp4", rate=25) as writer:
        writer.write(segment)
    with pytest.raises(WrongUse, match="see-through"):
        write_animation(tmp_path / "a.gif", [frame], Fraction(25))
    assert [p.name for p in tmp_path.iterdir()] == ["a.webm"]

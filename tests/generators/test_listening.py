import itertools

import numpy as np

from mien.generators.gaze import ON_CAMERA, Gaze
from mien.generators.listening import CHANGE, MANNERS, NOD, REACH, RIG, Listening
from mien.testing import animated, check_generator
from tests.generators.scenes import scene


def pieces(name: str, start: float, stop: float, size: float = 0.08) -> list[tuple[float, float, str]]:
    edges = [*np.arange(start, stop - 1e-9, size), stop]
    return [(float(a), float(b), name) for a, b in itertools.pairwise(edges)]


def test_it_keeps_the_contract() -> None:
    check_generator(Listening())


def test_a_manner_that_comes_in_pieces_is_one_manner() -> None:
    whole = animated(Listening(), scene(6, cues=[(1.0, 4.0, "think")]))
    cut = animated(Listening(), scene(6, tick=2, cues=pieces("think", 1.0, 4.0)))
    assert np.allclose(whole.values, cut.values, atol=1e-6)
    held = whole["browDownLeft"][int((1 + CHANGE) * 25) + 1 : 100]
    assert np.allclose(held, MANNERS["think"]["browDownLeft"], atol=1e-6)
    assert not whole["browDownLeft"][:25].any() and not whole["browDownLeft"][int((4 + CHANGE) * 25) + 1 :].any()


def test_changes_of_manner_never_jump() -> None:
    cues = [*pieces("listen", 0.5, 2.0), *pieces("think", 2.0, 2.3), *pieces("listen", 2.3, 4.0)]
    values = animated(Listening(), scene(6, cues=cues)).values / np.maximum(np.abs(RIG.high), 1e-9)
    assert np.abs(np.diff(values, axis=0)).max() < 0.06


def test_a_backchannel_is_a_nod_that_ends_where_it_began() -> None:
    pitch = animated(Listening(), scene(4, cues=[(1.0, 1.6, "backchannel")]))["headPitch"]
    assert 0.8 * NOD < pitch.max() <= NOD + 1e-6 and 1.0 < pitch.argmax() / 25 < 1.3
    assert not pitch[:25].any() and not pitch[60:].any()


def test_who_thinks_looks_away_and_who_listens_hardly_ever_does() -> None:
    def share_away(cues) -> float:
        away = [animated(Gaze(seed=s), scene(20, cues=cues)).values for s in range(6)]
        return float(np.mean([np.abs(v).max(axis=1) > ON_CAMERA for v in away]))

    assert share_away(pieces("listen", 0, 20)) < 0.6 * share_away([])
    wondering = [animated(Gaze(seed=s), scene(4, tick=2, cues=pieces("think", 2.0, 3.0))).values for s in range(10)]
    left = [bool((np.abs(gaze[50:60]).max(axis=1) > ON_CAMERA).any()) for gaze in wondering]
    assert sum(left) >= 8  # the eyes had just moved in the others


def test_who_listens_is_told_from_who_idles_and_not_for_a_puppet() -> None:
    held = animated(Listening(), scene(4, cues=pieces("listen", 0.5, 4)))
    assert np.degrees(held["headRoll"].max()) > 4 and held["headZ"].max() > 0.01  # aslant, and nearer
    assert held["browInnerUp"].max() > 0.2 and held["mouthSmileLeft"].max() > 0.1
    assert (
        np.degrees(held["headRoll"].max()) < 8 and held["browInnerUp"].max() < 0.5 and held["eyeWideLeft"].max() < 0.2
    )


def test_nods_differ_in_depth_in_number_and_in_what_goes_with_them() -> None:
    pitches, warm = [], 0
    for seed in range(40):
        motion = animated(Listening(seed=seed), scene(5, cues=[(1.0, 1.6, "backchannel")]))
        pitch = motion["headPitch"]
        pitches.append(int(np.sum(np.diff(np.sign(np.diff(pitch))) < 0)))
        warm += bool(motion["mouthSmileLeft"].any())
        assert not pitch[:25].any() and not motion.values[25 + round(REACH * 25) :].any()
    assert {1, 2, 3} == set(pitches) and 8 <= warm <= 24  # of 40


def test_a_mirrored_smile_and_brows_come_softly_and_go() -> None:
    for name, channel, least in (("mirror smile", "mouthSmileLeft", 0.4), ("mirror brows", "browOuterUpLeft", 0.2)):
        curve = animated(Listening(), scene(5, cues=[(1.0, 3.2, name)]))[channel]
        assert least < curve.max() < 0.5 and not curve[:25].any() and not curve[25 + round(REACH * 25) :].any()
        assert np.abs(np.diff(curve)).max() < 0.12

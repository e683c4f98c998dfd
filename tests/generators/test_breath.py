import numpy as np

from mien.generators.breath import Breath
from mien.testing import animated, check_generator
from tests.generators.scenes import MOODS, scene, talk


def chest(seconds: float, *, rate: int = 50, seed: int = 0, **what: object) -> np.ndarray:
    return animated(Breath(seed=seed), scene(seconds, rate=rate, **what))["breath"]  # type: ignore[arg-type]


def breaths_per_second(full: np.ndarray, rate: float = 50) -> float:
    rising = np.diff(full) > 1e-6
    return float((rising[1:] & ~rising[:-1]).sum() / (len(full) / rate))


def test_it_keeps_the_contract():
    check_generator(Breath())


def test_motion_is_the_same_however_quick_moods_and_talk_are_cut():
    what = {"emotions": MOODS, "phones": talk(14), "cues": ((0.1, 0.45, "breath"), (6.9, 7.2, "breath"))}
    whole = animated(Breath(), scene(14, **what))
    for tick in (1, 7, 40):
        assert np.array_equal(animated(Breath(), scene(14, tick=tick, **what)).values, whole.values)


def test_a_silent_chest_breathes_every_four_seconds():
    assert 0.2 <= breaths_per_second(chest(300)) <= 0.3


def test_breath_is_drawn_at_a_cue_and_let_go_while_speaking():
    full = chest(4, phones=tuple((1.0 + 0.1 * i, 1.1 + 0.1 * i) for i in range(25)), cues=((0.5, 0.9, "breath"),))
    assert full[int(0.95 * 50)] > 0.9
    assert full[int(0.45 * 50)] < 0.6
    assert (np.diff(full[50:170]) <= 0).all() and full[170] < 0.7


def test_nobody_breathes_in_while_speaking():
    spoken = talk(60, phrase=3.5, pause=0.6)
    full = chest(60, phones=spoken)
    times = (np.arange(len(full)) + 0.5) / 50
    inside = np.any([(times > a + 0.1) & (times < b - 0.02) for a, b in _phrases(spoken)], axis=0)
    assert not (np.diff(full)[inside[1:]] > 1e-6).any()
    assert full.max() > 0.75


def _phrases(spoken: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    edges = [i for i in range(1, len(spoken)) if spoken[i][0] - spoken[i - 1][1] > 0.2]
    first, last = [0, *edges], [*(i - 1 for i in edges), len(spoken) - 1]
    return [(spoken[a][0], spoken[b][1]) for a, b in zip(first, last, strict=True)]


def test_fear_breathes_fast_and_shallow_and_sadness_slowly():
    fear, neutral, sad = (chest(200, emotions=((0, 200, e),)) for e in ("fear:1", "neutral", "sad:1"))
    assert breaths_per_second(fear) > 1.4 * breaths_per_second(neutral) > 1.5 * breaths_per_second(sad)
    assert np.ptp(fear[500:]) < np.ptp(neutral[500:])


def test_breath_lifts_shoulders_and_head_by_little():
    motion = animated(Breath(), scene(60))
    assert 0.0005 < np.ptp(motion["headY"]) < 0.003
    assert 0.02 < np.ptp(motion["shoulderUpLeft"]) < 0.2
    assert np.array_equal(motion["shoulderUpLeft"], motion["shoulderUpRight"])

"""The sync scorer: it finds what it is fed late, is silent about what does not move, and must earn the name of a judge."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mien.core.errors import BadInput
from mien.core.track import Audio
from mien.evaluation.data import Clip
from mien.evaluation.metrics.rank import rank_correlation, rank_interval
from mien.evaluation.suites import sync as suite
from mien.evaluation.sync import (
    FEWEST,
    MOUTH_WIDTH,
    REACH,
    SOUND_WIDTH,
    Maps,
    Verdict,
    agreement,
    mouth_rows,
    scorer,
    shifted,
    sound_rows,
    verdict,
)
from mien.training.model import folds_of, save
from mien.training.sync import Example, fitted

FRAMES = 150


def world(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Mixes of the same hidden movements on either side: what a voice and its mouth have in common."""
    chance = np.random.default_rng(seed)
    return chance.normal(size=(20, SOUND_WIDTH)), chance.normal(size=(20, MOUTH_WIDTH))


def example(seed: int, name: str = "own") -> Example:
    chance = np.random.default_rng(seed)
    hidden = np.apply_along_axis(np.convolve, 0, chance.normal(size=(FRAMES + 4, 20)), np.hanning(7)[1:-1], "valid")
    to_sound, to_mouth = world()
    noise = chance.normal(size=(len(hidden), SOUND_WIDTH)), chance.normal(size=(len(hidden), MOUTH_WIDTH))
    return Example(f"{name}/{seed}", f"{seed}", hidden @ to_sound + noise[0], hidden @ to_mouth + noise[1])


@pytest.fixture(scope="module")
def maps() -> Maps:
    return fitted([example(seed) for seed in range(1, 9)])


@pytest.mark.parametrize("late", [-7, -1, 0, 3, 12])
def test_a_mouth_that_is_late_is_found_late_by_as_much(maps: Maps, late: int) -> None:
    sound, mouth = shifted(*(np.asarray(v) for v in (example(99).sound, example(99).mouth)), -late)
    assert verdict(maps, sound, mouth).offset == late


def test_another_voices_mouth_agrees_less_than_ones_own(maps: Maps) -> None:
    mine, other = example(99), example(77)
    assert verdict(maps, mine.sound, other.mouth).confidence < 0.5 * verdict(maps, mine.sound, mine.mouth).confidence


def test_a_face_that_does_not_move_agrees_with_nothing(maps: Maps) -> None:
    still = verdict(maps, example(99).sound, np.zeros((FRAMES, MOUTH_WIDTH)))
    assert (still.offset, still.confidence) == (0, 0.0)


def test_a_clip_too_short_for_an_offset_is_refused(maps: Maps) -> None:
    short = example(99)
    with pytest.raises(BadInput, match=f"{FEWEST} frames"):
        agreement(maps, short.sound[: FEWEST - 1], short.mouth[: FEWEST - 1])


def test_points_that_are_not_numbers_are_refused() -> None:
    points = np.random.default_rng(0).random((30, 478, 2))
    points[3, 5] = np.nan
    with pytest.raises(BadInput, match="finite"):
        mouth_rows(points)
    with pytest.raises(BadInput, match="too short"):
        sound_rows(Audio(np.zeros(100), 16000))


def test_rows_have_the_widths_that_a_model_expects() -> None:
    sound = sound_rows(Audio(np.random.default_rng(0).normal(size=32000) * 0.1, 16000))
    mouth = mouth_rows(np.random.default_rng(0).random((50, 478, 3)))
    assert sound.shape == (50, SOUND_WIDTH)
    assert mouth.shape == (50, MOUTH_WIDTH)


def test_how_loud_a_recording_is_does_not_matter() -> None:
    samples = np.random.default_rng(0).normal(size=32000) * 0.1
    np.testing.assert_allclose(sound_rows(Audio(samples, 16000)), sound_rows(Audio(samples / 50, 16000)), atol=1e-3)


def test_a_group_is_never_on_both_sides_of_a_fold() -> None:
    groups = [str(i // 3) for i in range(60)]
    fold = dict(zip(groups, folds_of(groups, 4), strict=True))
    assert folds_of(groups, 4) == [fold[g] for g in groups]
    assert len(set(fold.values())) == 6


def test_the_shipped_scorer_knows_which_clips_it_saw() -> None:
    shipped = scorer()
    assert len(shipped.folds) == 6
    clip, fold = next(iter(shipped.card["folds"].items()))
    assert shipped.for_clip(clip) is shipped.folds[fold]
    assert shipped.for_clip("somebody/else") is shipped.whole
    assert shipped.card["data"]


@pytest.mark.parametrize("damage", [b"", b"\x00" * 100, b"{}"])
def test_a_damaged_model_is_refused_with_what_to_do(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "sync.safetensors"
    path.write_bytes(damage)
    path.with_suffix(".json").write_text(json.dumps({"kind": "mien.sync/1", "fold_count": 1, "folds": {}}))
    with pytest.raises(BadInput, match="mien train sync"):
        scorer(path)


def test_a_model_of_other_shapes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sync.safetensors"
    small = {f"whole.{k}": np.ones((2, 2), np.float32) for k in ("sound", "mouth")}
    save(path, small | {"whole.agree": np.ones(2, np.float32)}, {"kind": "mien.sync/1", "fold_count": 0, "folds": {}})
    with pytest.raises(BadInput, match="shapes"):
        scorer(path)


def asked(offset: int, confidence: float, theirs: float) -> suite.Asked:
    clip = Clip("mocha/a/1", "mocha", "g", Path("a.mp4"), Path("a.wav"), confidence=theirs)
    return suite.Asked(clip, Verdict(offset, confidence))


def test_a_scorer_that_finds_offsets_and_ranks_is_a_judge() -> None:
    rows, why_not = suite.judged([asked(0, i / 10, 5 + i / 9) for i in range(30)], 0)
    assert why_not == ""
    assert rows[0].value == pytest.approx(1)


def test_a_scorer_that_misses_offsets_or_ranks_at_random_is_not_a_judge() -> None:
    late = [asked(REACH, i / 10, 5 + i / 9) for i in range(30)]
    chance = np.random.default_rng(1)
    random = [asked(0, c, 5 + i / 9) for i, c in enumerate(chance.random(30))]
    assert "finds the offset" in suite.judged(late, 0)[1]
    assert "order" in suite.judged(random, 0)[1]
    assert "at least" in suite.judged(late[:3], 0)[1]


def test_ranks_agree_whatever_the_scale_and_refuse_what_is_no_number() -> None:
    values = np.random.default_rng(0).random(40)
    assert rank_correlation(values, np.exp(9 * values)) == 1
    assert rank_correlation(values, -values) == -1
    assert rank_correlation([1, 1, 1], [1, 2, 3]) == 0
    low, high = rank_interval(values, np.random.default_rng(1).random(40))
    assert low < 0 < high
    with pytest.raises(BadInput):
        rank_correlation([1, 2, np.nan], [1, 2, 3])


def test_a_still_face_is_not_in_time_and_has_no_offset() -> None:
    assert {r.metric: r.value for r in suite.rows_of("static", "c/1", [Verdict(0, 0.0)])} == {
        "in time": 0.0,
        "confidence": 0.0,
    }
    assert {r.metric: r.value for r in suite.rows_of("late", "c/1", [Verdict(-3, 0.2)])}["offset"] == 3

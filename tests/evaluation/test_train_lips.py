"""mien train lips: gradients are those of the loss, and something that can be learned is learned."""

from pathlib import Path

import numpy as np
import pytest

from mien.core.trained import read_trained
from mien.generators.heard_net import AT_LEISURE, AT_ONCE, Hearing
from mien.training import lips
from mien.training.model import save

HEARINGS = pytest.mark.parametrize("hearing", [AT_LEISURE, AT_ONCE], ids=["at leisure", "at once"])


@HEARINGS
def test_gradients_are_those_of_the_loss(monkeypatch: pytest.MonkeyPatch, hearing: Hearing) -> None:
    monkeypatch.setattr(lips, "DROPPED", 0.0)
    chance = np.random.default_rng(0)
    tensors = {k: v.astype(np.float64) for k, v in lips.started(12, 3, chance).items()}
    x, wanted, known = chance.normal(size=(40, 12)), chance.normal(size=(40, 3)), np.ones(40)
    known[:5] = 0  # nor does the change there from nothing to something count
    weight = np.array([1.0, 2.0, 0.5])

    def unlike(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return 1 - (a * b).sum(0) / np.sqrt((a**2).sum(0) * (b**2).sum(0))

    def loss(values: dict[str, np.ndarray]) -> float:
        made, true = lips.forward(values, x, hearing)[0][5:], wanted[5:]
        error = made - true
        each = (error**2).sum(0) / 35 + (np.diff(error, axis=0) ** 2).sum(0) / 35
        each += 0.5 * unlike(made - made.mean(0), true - true.mean(0))
        each += lips.CHANGING * unlike(np.diff(made, axis=0), np.diff(true, axis=0))
        return float((each * weight).sum())

    made, kept = lips.forward(tensors, x, hearing)
    found = lips.backward(tensors, lips.loss_slope(made, wanted, known, weight), kept, hearing)
    for name, values in tensors.items():
        at = tuple(int(chance.integers(n)) for n in values.shape)
        up, down = ({**tensors, name: values.copy()} for _ in range(2))
        up[name][at] += 1e-5
        down[name][at] -= 1e-5
        assert found[name][at] == pytest.approx((loss(up) - loss(down)) / 2e-5, rel=1e-3, abs=1e-5)


def test_what_is_not_known_pulls_at_nothing() -> None:
    chance = np.random.default_rng(0)
    made, wanted, known = chance.normal(size=(40, 3)), chance.normal(size=(40, 3)), np.ones(40)
    known[:4] = 0
    slope = lips.loss_slope(made, wanted, known, np.ones(3))
    assert not slope[:4].any() and slope[4:].all()
    other = wanted.copy()
    other[:4] = 9
    assert np.array_equal(lips.loss_slope(made, other, known, np.ones(3)), slope)


@HEARINGS
def test_what_follows_from_the_sound_is_learned(monkeypatch: pytest.MonkeyPatch, hearing: Hearing) -> None:
    chance = np.random.default_rng(1)
    clips = []
    for _ in range(8):
        x = chance.normal(size=(60, 12)).astype(np.float32)
        wanted = np.stack([x[:, 0], np.roll(x[:, 1], 2), -x[:, 2]], axis=1)
        clips.append([(x, wanted.astype(np.float32), np.ones(60, np.float32))])
    monkeypatch.setattr(lips, "NAMES", ("a", "b", "c"))
    tensors = lips.descended(clips, 40, hearing, chance)
    x, wanted, _ = clips[0][0]
    made = lips.forward(tensors, x, hearing)[0]
    assert min(np.corrcoef(made[4:, k], wanted[4:, k])[0, 1] for k in range(3)) > 0.6


def test_a_model_is_read_as_it_was_whatever_way_its_matrices_lay_in_memory(tmp_path: Path) -> None:
    values = np.arange(12, dtype=np.float32).reshape(3, 4).T
    card: dict[str, object] = {"kind": "mien.lips/1", "fold_count": 1, "folds": {"grid/a": 0}}
    path = save(tmp_path / "a.safetensors", {"whole.a": values, "fold0.a": values[::-1]}, card)
    found = read_trained(path, "mien.lips/1", "lips", lambda tensors: tensors["a"])
    assert np.array_equal(found.whole, values)
    assert np.array_equal(found.for_clip("grid/a"), values[::-1]) and found.for_clip("grid/b") is found.whole

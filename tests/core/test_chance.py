import numpy as np

from mien.core.chance import bells, rng, uniforms, wander


def test_an_event_draws_the_same_alone_and_among_others():
    together = uniforms(3, "nod", np.arange(-5, 50), 4)
    for i, event in enumerate(range(-5, 50)):
        assert np.array_equal(uniforms(3, "nod", event, 4)[0], together[i])
    assert rng(3, "nod", -5).random() == rng(3, "nod", -5).random()


def test_seeds_generators_and_events_draw_differently():
    base = uniforms(0, "nod", 1, 8)
    for other in (uniforms(1, "nod", 1, 8), uniforms(0, "brow", 1, 8), uniforms(0, "nod", 2, 8)):
        assert not np.isin(other, base).any()


def test_uniforms_fill_their_range_evenly_and_are_not_correlated():
    draws = uniforms(0, "test", np.arange(50_000), 2)
    assert draws.min() >= 0 and draws.max() < 1
    assert np.abs(np.histogram(draws, 20, (0, 1))[0] / draws.size - 0.05).max() < 0.002
    assert abs(np.corrcoef(draws[1:, 0], draws[:-1, 0])[0, 1]) < 0.02
    assert abs(np.corrcoef(draws.T)[0, 1]) < 0.02


def test_bells_have_mean_0_and_deviation_1_and_no_outliers():
    draws = bells(0, "test", np.arange(50_000), 1)
    assert abs(draws.mean()) < 0.02 and abs(draws.std() - 1) < 0.02 and np.abs(draws).max() < 3.5


def test_wander_is_one_smooth_curve_however_it_is_sampled():
    times = np.arange(0, 400, 0.04)
    whole = wander(1, "test", times, 1.3, 3)
    assert np.array_equal(wander(1, "test", times[777:1200], 1.3, 3), whole[777:1200])
    assert np.array_equal(wander(1, "test", times[::7], 1.3, 3), whole[::7])
    assert np.abs(whole.std(0) - 1).max() < 0.1
    assert np.abs(np.diff(whole, n=2, axis=0)).max() < 0.04 * np.abs(whole).max()

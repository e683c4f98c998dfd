from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from mien.core.plan import PROSODY_RATE, Phone, Plan, Prosody, Span
from mien.core.track import Audio
from mien.core.windows import windows
from mien.testing import example_plans, random_ticks


def plan(start: int, stop: int, horizon: float, *phones: tuple[float, float], epoch: int = 0) -> Plan:
    spans = tuple(Span(a, b, Phone("m")) for a, b in phones)
    prosody = Prosody(np.full(((stop - start) * 4, 3), 0.5), PROSODY_RATE, start * 4)
    return Plan(start, stop, Fraction(25), Audio.silence(1, 25, start), phones=spans, prosody=prosody,
                horizon=horizon, epoch=epoch)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_frame_sees_the_same_surroundings_however_the_plans_were_cut(seed: int) -> None:
    def seen(ticks: list[int]) -> list[set[Span[Phone]]]:
        out = []
        for window in windows(example_plans(ticks), ahead=0.3, behind=0.5):
            for frame in range(window.start, window.stop):
                a, b = frame / 25 - 0.5, (frame + 1) / 25 + 0.3
                out.append({s for s in window.phones if s.stop > a and s.start < b})
        return out

    assert seen(random_ticks(120, seed)) == seen([120])


def test_a_window_knows_no_more_future_than_it_may() -> None:
    for window in windows(example_plans(random_ticks(200, 1)), ahead=0.1):
        assert all(span.start < window.end + 0.1 for span in window.phones)
        assert window.prosody.stop == pytest.approx((window.end + 0.1) * 100, abs=1)


def test_a_plan_waits_until_its_horizon_reaches_far_enough() -> None:
    seen = []

    def live():
        for i in range(4):
            seen.append(i)
            yield plan(i * 5, i * 5 + 5, horizon=(i + 1) * 0.2)

    first = next(windows(live(), ahead=0.3))
    assert (first.start, first.stop) == (0, 5)
    assert seen == [0, 1, 2]  # 0.2 + 0.3 s is known with the third plan


def test_the_end_of_the_stream_flushes_what_waits() -> None:
    assert [w.start for w in windows([plan(0, 5, 0.2), plan(5, 10, 0.4)], ahead=9)] == [0, 5]


def test_an_interruption_takes_back_what_was_announced() -> None:
    plans = [plan(0, 5, 9.0, (0.1, 0.15), (0.18, 0.5), (1.0, 1.2)), plan(5, 10, 9.0, epoch=1)]
    last = list(windows(plans, ahead=2))[-1]
    assert [(s.start, s.stop) for s in last.phones] == [(0.1, 0.15), (0.18, 0.2)]


def test_silence_surrounds_what_is_known() -> None:
    window = next(windows([plan(0, 5, 0.2)], ahead=0.1, behind=0.1))
    assert len(window.prosody) == 40
    assert not window.prosody.loudness[:10].any() and not window.prosody.loudness[-10:].any()
    assert window.prosody.loudness[10:30].all()


def test_old_spans_are_forgotten() -> None:
    plans = [replace(p, horizon=p.end + 1) for p in example_plans([25] * 40)]
    *_, last = windows(plans, ahead=0.2, behind=1.0)
    assert all(s.stop > last.begin - 1 for s in last.phones)

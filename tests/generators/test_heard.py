"""Lips that are heard: the same however the sound came in, moved by it, shut where phones ask for it, still in silence."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mien.core.errors import BadInput, WrongUse
from mien.core.plan import PROSODY_RATE, Phone, Plan, Prosody, Span
from mien.core.rig import Motion
from mien.core.track import Audio, sample_at
from mien.generators.heard import Ear, HeardAtOnce, HeardLips
from mien.generators.heard_net import (
    AT_LEISURE,
    AT_ONCE,
    KIND,
    MODEL,
    MODEL_AT_ONCE,
    OPENS,
    OUTPUTS,
    PAST,
    SAMPLES,
    WIDENS,
    Hearing,
    features,
    learned,
    put_right,
)  # fmt: skip
from mien.generators.lips import Lips, mouth_of
from mien.generators.lips_table import CHANNELS
from mien.language.whisper import HEARD_AT, states
from mien.testing import check_generator, example_plans, random_ticks

SOUND_RATE = 24000

OPENERS = [i for i, name in enumerate(CHANNELS) if name.startswith(("jawOpen", "mouthLowerDown", "mouthUpperUp"))]


def voice(seconds: float = 8.0, rate: int = SOUND_RATE) -> np.ndarray:
    """Something like speech: buzzes with formants that wander, syllable by syllable, and a pause."""
    chance = np.random.default_rng(0)
    t = np.arange(round(seconds * rate)) / rate
    out = np.zeros(len(t))
    for start in np.arange(0.4, seconds - 0.4, 0.22):
        if 3.0 < start < 4.2:
            continue
        here = (t >= start) & (t < start + 0.18)
        f0, formants = chance.uniform(100, 180), chance.uniform([300, 900], [800, 2400])
        for k in range(1, 30):
            gain = sum(np.exp(-(((k * f0 - f) / 150) ** 2)) for f in formants)
            out[here] += gain * np.sin(2 * np.pi * k * f0 * t[here]) * np.hanning(here.sum())
    return (0.1 * out / np.abs(out).max()).astype(np.float32)


def sounding(ticks: list[int], sound: np.ndarray, rate: int = SOUND_RATE) -> list[Plan]:
    """Plans of so many frames each, with their share of a sound."""
    plans = example_plans(ticks)
    out = []
    for plan in plans:
        a, b = (sample_at(f, plan.rate, Fraction(rate)) for f in (plan.start, plan.stop))
        piece = np.zeros(b - a, np.float32)
        piece[: max(0, min(b, len(sound)) - a)] = sound[a:b]
        out.append(replace(plan, audio=Audio(piece, Fraction(rate), a)))
    return out


def heard(plans: list[Plan], kind: type[HeardLips] = HeardLips) -> Motion:
    return Motion.join(kind().animate(iter(plans)))


@pytest.mark.parametrize("kind", [HeardLips, HeardAtOnce])
def test_heard_lips_keep_the_contract_of_a_generator(kind: type[HeardLips]) -> None:
    check_generator(kind())


def test_live_sound_is_heard_at_once_and_much_as_it_is_at_leisure() -> None:
    assert HeardAtOnce().ahead <= 0.12 < HeardLips().ahead
    plans = sounding([5] * 100, voice(20.0))
    soon, late = (Motion.join(kind().animate(iter(plans)))["jawOpen"] for kind in (HeardAtOnce, HeardLips))
    assert np.corrcoef(soon, late)[0, 1] > 0.6


def test_what_is_heard_at_once_depends_on_no_sound_further_ahead_than_it_says() -> None:
    sound = voice()
    changed = sound.copy()
    changed[4 * SOUND_RATE :] = 0.1 * np.random.default_rng(2).standard_normal(len(sound) - 4 * SOUND_RATE)
    a, b = (
        Motion.join(HeardAtOnce().animate(iter(sounding([200], s))))["jawOpen"] for s in (sound, changed)
    )  # the phones are the same
    until = round((4 - HeardAtOnce().ahead) * 25)
    assert np.array_equal(a[:until], b[:until]) and not np.array_equal(a[until + 5 :], b[until + 5 :])


def test_without_any_sound_they_are_what_the_phones_say() -> None:
    plans = example_plans([200])
    by_phones = Motion.join(Lips().animate(iter(plans)))
    assert np.abs(heard(plans).values - by_phones.values).max() < 1e-6


@pytest.mark.parametrize("ticks", [random_ticks(625, 0), random_ticks(625, 1), [300, 300, 25], [1] * 25 + [600]])
@pytest.mark.parametrize("kind", [HeardLips, HeardAtOnce])
def test_they_are_the_same_to_the_bit_however_sound_and_plans_were_cut(ticks: list[int], kind: type[HeardLips]) -> None:
    """Plans of many seconds among them: their sound is kept for as long as they wait."""
    sound = voice(25.0)
    whole = heard(sounding([625], sound), kind)
    assert np.array_equal(heard(sounding(ticks, sound), kind).values, whole.values)
    assert min(whole["jawOpen"][at : at + 100].std() for at in (20, 200, 400)) > 0.02


def test_no_more_sound_is_kept_than_is_needed() -> None:
    ear = Ear(learned().whole)
    most = 0.0
    for plan in ear.listening(sounding([15] * 80, voice(48.0))):
        ear.at(plan.times)
        most = max(most, ear._sound.seconds)
    assert most < 9 and most == pytest.approx(ear._sound.seconds, abs=1)


def test_they_are_nearly_the_same_at_another_sample_rate() -> None:
    from scipy.signal import resample_poly

    sound = voice()
    low = resample_poly(sound, 2, 3).astype(np.float32)
    a, b = heard(sounding([200], sound)), heard(sounding([200], low, 16000))
    assert np.abs(a["jawOpen"] - b["jawOpen"]).mean() < 0.02


@pytest.mark.parametrize("kind", [HeardLips, HeardAtOnce])
def test_lips_are_sealed_wherever_phones_ask_for_it(kind: type[HeardLips]) -> None:
    plans = sounding([200], voice())
    by_phones = Motion.join(Lips().animate(iter(plans)))
    made = heard(plans, kind)
    seals = [p for p in plans[0].phones if p.value.symbol in "pbm"]
    assert len(seals) > 3
    for span in seals:
        assert made["lipSeal"][round((span.start - 0.06) * 25 - 0.5) : round((span.stop + 0.06) * 25 + 0.5)].max() == 1
    for contact in ("lipTeeth", "tongueTip"):
        assert np.array_equal(made[contact], by_phones[contact])


@pytest.mark.parametrize("rate", [25, 60])
def test_lips_seal_for_a_frame_where_they_were_heard_to_part_least(rate: int) -> None:
    times = (np.arange(2 * rate) + 0.5) / rate
    silence = Prosody(np.zeros((200, 3), np.float32), PROSODY_RATE)
    plan = Plan(0, len(times), Fraction(rate), Audio.silence(0, Fraction(SOUND_RATE)), prosody=silence)
    still = np.zeros((len(times), len(OUTPUTS))), np.ones(len(times))
    for said, least in ((Span(0.9, 1.0, Phone("p")), 1.02), (Span(0.9, 1.5, Phone("m")), 0.94)):
        asked: list[float] = []

        def opening(moments: np.ndarray, at: float = least, asked: list[float] = asked) -> np.ndarray:
            asked += moments.tolist()
            return 0.01 + np.abs(moments - at)

        seal = mouth_of(replace(plan, phones=(said,)), still, opening=opening)[:, Lips.rig.names.index("lipSeal")]
        assert abs(times[seal == 1].mean() - least) <= 0.5 / rate + 1e-9
        assert 0 < (seal == 1).sum() <= 0.04 * rate + 1
        assert min(asked) >= said.start - 0.04 and max(asked) <= min(said.stop, said.start + 0.2) + 0.04


def test_corners_draw_in_where_lips_seal_and_rounding_stays_as_it_was_heard() -> None:
    plan = sounding([200], voice())[0]
    shapes, sure = np.full((200, len(OUTPUTS)), 0.4), np.ones(200)
    sealed, open_ = (
        Motion(mouth_of(replace(plan, phones=phones), (shapes, sure)), plan.rate, 0, Lips.rig)
        for phones in ((Span(3.0, 3.3, Phone("m")),), (Span(3.0, 3.3, Phone("ɑ")),))
    )
    middle = round(3.15 * 25)
    assert sealed["lipSeal"][middle] == 1
    assert sealed["mouthStretchLeft"][middle] < 0.6 * open_["mouthStretchLeft"][middle]
    assert np.array_equal(sealed["mouthPucker"], open_["mouthPucker"])


def test_lips_part_before_speech_and_are_shut_a_third_of_a_second_before_it() -> None:
    plan = replace(
        sounding([200], voice())[0],
        phones=(Span(3.0, 3.3, Phone("ɑ")),), prosody=Prosody(np.zeros((800, 3), np.float32), PROSODY_RATE), cues=(),
    )  # fmt: skip
    for ahead, parted in ((1.0, 0.2), (0.12, 0.05)):
        made = mouth_of(plan, (np.full((200, len(OUTPUTS)), 0.4), np.ones(200)), ahead=ahead)
        jaw = Motion(made, plan.rate, 0, Lips.rig)["jawOpen"]
        assert jaw[round((3 - parted) * 25)] > 0.2 and jaw[: int(2.69 * 25)].max() == 0


@pytest.mark.parametrize(("pause", "ahead", "parted"), [(1.0, 2.5, True), (2.2, 2.5, False), (1.0, 0.12, False)])
def test_lips_stay_parted_in_a_pause_for_a_breath_and_shut_in_a_longer_one_or_where_it_cannot_be_known(
    pause: float, ahead: float, parted: bool
) -> None:
    said = tuple(Span(start, start + 0.3, Phone("ɑ")) for start in (2.0, 2.3 + pause))
    silence = Prosody(np.zeros((800, 3), np.float32), PROSODY_RATE)
    plan = replace(sounding([200], voice())[0], phones=said, prosody=silence, cues=())
    made = mouth_of(plan, (np.full((200, len(OUTPUTS)), 0.4), np.ones(200)), ahead=ahead)
    jaw = Motion(made, plan.rate, 0, Lips.rig)["jawOpen"]
    between = jaw[round(2.3 * 25) : round((2.3 + pause) * 25)]
    assert (between.min() > 0.35) == parted and jaw[: int(1.6 * 25)].max() == 0 and jaw[-50:].max() == 0


@pytest.mark.parametrize("kind", [HeardLips, HeardAtOnce])
def test_the_mouth_is_shut_and_still_half_a_second_after_speech_whatever_sounds_on(kind: type[HeardLips]) -> None:
    silence = Prosody(np.zeros((800, 3), np.float32), PROSODY_RATE)
    plans = [
        replace(plan, phones=tuple(p for p in plan.phones if p.stop < 2.5), prosody=silence, cues=(), emotion=())
        for plan in sounding([200], voice())
    ]
    ended = max(p.stop for p in plans[0].phones)
    made = heard(plans, kind)
    assert made["jawOpen"][: int(ended * 25)].max() > 0.05
    assert np.abs(made.values[int((ended + 0.5) * 25) :, : len(CHANNELS)])[:, OPENERS].max() == 0


def test_a_plan_waits_no_longer_than_it_has_to() -> None:
    """Once so much sound is there as the generator asks for, a plan comes out."""
    generator = HeardLips()
    came = 0

    def plans() -> Iterator[Plan]:
        nonlocal came
        for plan in sounding([5] * 40, voice()):
            came += 1
            yield plan

    first = next(iter(generator.animate(plans())))
    assert first.start == 0 and came * 0.2 <= 0.2 + generator.ahead + 0.2 + 1e-9


def test_what_is_put_right_parts_and_widens_as_was_heard() -> None:
    chance = np.random.default_rng(1)
    shapes = chance.uniform(0.05, 0.4, (50, len(OUTPUTS))).astype(np.float32)
    aperture, width = chance.uniform(0, 0.1, 50), chance.uniform(-0.03, 0.03, 50)
    made = put_right(shapes, aperture.astype(np.float32), width.astype(np.float32))
    opened = sum(size * made[:, OUTPUTS.index(name)] for name, size in OPENS.items())
    assert opened == pytest.approx(aperture, abs=0.004)
    moved = {name: np.abs((made - shapes)[:, OUTPUTS.index(name)]).mean() for name in ("spread", "pucker")}
    assert 0 < moved["pucker"] < 0.4 * moved["spread"]
    before = sum(size * shapes[:, OUTPUTS.index(name)] for name, size in WIDENS.items())
    after = sum(size * made[:, OUTPUTS.index(name)] for name, size in WIDENS.items())
    assert np.abs(after - width).mean() < np.abs(before - width).mean()
    assert (made >= 0).all() and (made <= 1).all()


@pytest.mark.parametrize("path", [MODEL, MODEL_AT_ONCE])
def test_a_frame_depends_on_nothing_but_its_past_and_a_little_future(path: Path) -> None:
    net, chance = learned(path).whole, np.random.default_rng(2)
    reach = net.hearing.reach
    x = chance.normal(size=(80, len(net.tensors["in.middle"]))).astype(np.float32)
    changed = x.copy()
    changed[60:] += 1
    same = np.abs(net(changed) - net(x)).max(axis=1)
    assert same[: 60 - reach].max() == 0 and same[60 - reach :].max() > 0
    assert reach <= net.hearing.block * net.hearing.following + net.hearing.told <= PAST
    assert np.abs(net(x[20:])[PAST:] - net(x)[20 + PAST :]).max() < 1e-5


@pytest.mark.parametrize(("path", "how"), [(MODEL, AT_LEISURE), (MODEL_AT_ONCE, AT_ONCE)])
def test_silence_and_noise_are_heard_without_a_nan(path: Path, how: Hearing) -> None:
    net = learned(path).whole
    assert net.hearing == how
    for sound in (np.zeros(how.length * SAMPLES), np.random.default_rng(0).normal(0, 1, how.length * SAMPLES)):
        made = net(features(sound.astype(np.float32), how.layers))
        assert np.isfinite(made).all() and made.shape == (how.length, len(OUTPUTS))


def test_whisper_gives_two_states_for_a_frame_and_refuses_what_is_too_long() -> None:
    assert states(np.zeros(0, np.float32)).shape == (0, 2 * 384)
    assert states(voice(2.0, HEARD_AT)).shape == (100, 2 * 384)
    assert np.array_equal(states(voice(2.0, HEARD_AT), 1), states(voice(2.0, HEARD_AT))[:, :384])
    with pytest.raises(WrongUse, match="30 s at a time"):
        states(np.zeros(31 * HEARD_AT, np.float32))


@pytest.mark.parametrize("damage", ["truncated", "another kind", "missing"])
def test_a_model_that_is_damaged_is_refused_in_one_sentence(damage: str, tmp_path) -> None:
    path = tmp_path / "heard.safetensors"
    path.write_bytes(MODEL.read_bytes()[: 1000 if damage == "truncated" else None])
    card = MODEL.with_suffix(".json").read_text()
    path.with_suffix(".json").write_text(card.replace(KIND, "mien.sync/1") if "kind" in damage else card)
    if damage == "missing":
        path.unlink()
    with pytest.raises(BadInput, match="does not hold lips"):
        learned.__wrapped__(path)

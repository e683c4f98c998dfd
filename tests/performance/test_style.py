"""Styles in performance: one line, one region; habits; cues."""

from dataclasses import replace

import numpy as np
import pytest

import mien
from mien.core.manner import Manner
from mien.core.mix import mix
from mien.core.plan import Cue, Speech
from mien.core.rig import FULL, Motion
from mien.core.style import AMOUNTS, AS_USUAL, Style
from mien.core.track import Audio
from mien.generators.blinks import Blinks
from mien.generators.gaze import Gaze
from mien.generators.head import Head
from mien.generators.heard import HeardLips
from mien.generators.lips import Lips
from mien.performance.manners import manner_of
from mien.performance.verbs import default_generators
from mien.style.sheet import sheet
from mien.testing import animated, check_generator, example_plans

LOW_AND_HIGH = {"mumbled": Style(articulation=0.4, loudness=2), "crisp": Style(articulation=1.8, loudness=0)}
REGIONS = {"mouth": ("mouth", "jaw"), "cheeks": ("cheek", "nose"), "brows": ("brow",), "eyes": ("eye", "gaze"),
           "head": ("head", "torso", "shoulder", "breath")}  # fmt: skip


@pytest.mark.parametrize("style", LOW_AND_HIGH.values(), ids=LOW_AND_HIGH)
@pytest.mark.parametrize("make", [Lips, HeardLips])
def test_articulated_lips_keep_the_contract(make, style: Style) -> None:
    check_generator(make(style=style), seconds=4.0)


@pytest.mark.parametrize("make", [Gaze, Blinks, Head])
def test_habits_keep_the_contract(make) -> None:
    check_generator(make(seed=3, style=Style(blinks=3, away=2.5, nods=3, pace=2)), seconds=6.0)


def test_whoever_mumbles_opens_less_moves_slower_and_still_seals() -> None:
    plans = example_plans([500])
    mumbled, usual, crisp = (
        animated(Lips(style=s), plans) for s in (*list(LOW_AND_HIGH.values())[:1], AS_USUAL, Style(articulation=1.8))
    )
    for name in ("jawOpen", "mouthPucker", "mouthStretchLeft"):
        assert mumbled[name].std() < 0.85 * usual[name].std() < 0.95 * crisp[name].std(), name
    speed = [np.abs(np.diff(m["jawOpen"])).mean() for m in (mumbled, usual, crisp)]
    assert speed[0] < speed[1] < speed[2]
    assert np.array_equal(mumbled["lipSeal"], usual["lipSeal"]) and usual["lipSeal"].max() == 1


def test_opening_follows_loudness_as_far_as_the_style_says() -> None:
    plan = example_plans([500])[0]
    loud = plan.prosody.values.copy()
    loud[:, 0] = np.where(np.arange(len(loud)) < len(loud) // 2, 0.3, 0.95)
    plan = replace(plan, prosody=plan.prosody.with_values(loud))
    ratio = {}
    for amount in (0.0, 1.0, 2.0):
        jaw = animated(Lips(style=Style(loudness=amount)), [plan])["jawOpen"]
        ratio[amount] = jaw[250:].mean() / jaw[:250].mean()
    assert ratio[0.0] < 0.8 * ratio[1.0] < 0.6 * ratio[2.0]


def test_habits_are_as_frequent_as_asked() -> None:
    from mien.style.code import blinks_in

    plans = example_plans([25 * 60], emotion="neutral")
    counts = {}
    for often in (0.0, 0.5, 1.0, 2.0):
        lids = animated(Blinks(seed=1, style=Style(blinks=often)), plans)["eyeBlinkLeft"].astype(np.float64)
        counts[often] = blinks_in(lids)
    assert counts[0.0] == 0 < counts[0.5] < counts[1.0] < counts[2.0]
    away = [np.abs(animated(Gaze(seed=1, style=Style(away=a)), plans)["gazeYaw"]).mean() for a in (0, 1, 2)]
    assert away[0] < away[1] < away[2]
    pitch = [np.abs(np.diff(animated(Head(seed=1, style=Style(nods=n)), plans)["headPitch"])).mean() for n in (0, 1, 3)]
    assert pitch[0] < pitch[1] < pitch[2]


def of(manner: Manner) -> Motion:
    from mien.core.emotion import Emotion
    from mien.core.manner import beside
    from mien.core.plan import Span
    from mien.core.styled import styled

    felt = beside(Emotion(), manner.emotion)
    plan = example_plans([25 * 20], emotion="neutral")[0]
    plan = replace(plan, emotion=tuple(Span(e.start, e.stop, felt) for e in plan.emotion))
    return styled(Motion.join(mix([plan], default_generators(1, style=manner.style))), manner.style)


LINES = [line for line in sheet(Manner(), whole=True).split("\n") if line.startswith("# ")]


@pytest.mark.parametrize("line", LINES, ids=[line.split()[1] for line in LINES])
def test_editing_one_line_of_a_sheet_changes_one_region(line: str, tmp_path) -> None:
    name = line.split()[1]
    amount = AMOUNTS[name]
    base = sheet(manner_of("tired, sarcastic, nods a lot"))
    (tmp_path / "a.toml").write_text(base)
    before = manner_of(tmp_path / "a.toml")
    value = amount.high if getattr(before.style, name) < (amount.low + amount.high) / 2 else amount.low
    edited = [f"{name} = {value}" if line.lstrip("# ").startswith(f"{name} =") else line for line in base.split("\n")]
    (tmp_path / "b.toml").write_text("\n".join(edited))
    one, other = of(before), of(manner_of(tmp_path / "b.toml"))
    energy = {c: float(((other[c] - one[c]).astype(np.float64) ** 2).sum()) for c in FULL.names}
    own = sum(e for c, e in energy.items() if c.startswith(REGIONS[amount.region]))
    # nodding with the eyes, the head goes a sixth of the way along a look: docs/style.md
    assert own > 0 and sum(energy.values()) - own <= 0.05 * own, {c: e for c, e in energy.items() if e}


def test_editing_the_feeling_of_one_region_leaves_the_others(tmp_path) -> None:
    base = sheet(manner_of("sarcastic"))
    (tmp_path / "a.toml").write_text(base)
    (tmp_path / "b.toml").write_text(base.replace('emotion = "contempt:0.3"', 'emotion = "happy:0.9"'))
    one, other = of(manner_of(tmp_path / "a.toml")), of(manner_of(tmp_path / "b.toml"))
    moved = [c for c in FULL.names if np.abs(other[c] - one[c]).max() > 1e-6]
    assert moved and all(c.startswith(("cheek", "nose")) for c in moved), moved


def test_a_take_in_a_style_is_the_motion_that_is_saved_and_streamed() -> None:
    take = mien.say("Mama may remember.", voice="tone", style="jaw=1.5,head=0.3,blinks=2", renderer="sketch")
    streamed = Motion.join(segment.motion for segment in take.stream())
    assert np.array_equal(streamed.values, take.motion.values)
    usual = mien.say("Mama may remember.", voice="tone").motion
    assert take.motion["jawOpen"].max() > 1.2 * usual["jawOpen"].max()
    assert np.array_equal(take.motion["lipSeal"], usual["lipSeal"])


def test_feelings_of_a_style_are_felt_beside_those_asked_for() -> None:
    take = mien.say("Well well.", voice="tone", emotion="sad:0.6", style="sarcastic")
    (emotion, *_) = [span.value for plan in take.plans for span in plan.emotion]
    assert emotion.at("brows") == {"sad": 0.6} and emotion.at("mouth").keys() == {"sad", "contempt"}


def test_a_feeling_of_a_style_goes_on_where_a_tag_has_another_and_in_ready_speech() -> None:
    take = mien.say("Well [happy 0.8]hello[/happy] there.", voice="tone", style="sarcastic")
    felt = [span.value for plan in take.plans for span in plan.emotion]
    assert any("happy" in e.at("mouth") for e in felt) and all("contempt" in e.at("mouth") for e in felt)
    speech = next(iter(mien.speak("Hello.", voice="tone", emotion="sad:0.5")))
    plain, styled = (mien.animate(speech, style=style) for style in (None, "sarcastic, jaw=1"))
    assert styled["mouthSmileLeft"].max() > plain["mouthSmileLeft"].max() + 0.1
    assert styled["mouthFrownLeft"].max() > 0.5 * plain["mouthFrownLeft"].max() > 0


def test_cues_come_with_the_first_and_after_the_last_words() -> None:
    from mien.core.manner import with_cues

    speeches = [Speech(Audio.silence(16000, 16000)) for _ in range(3)]
    made = list(with_cues(iter(speeches), (Cue("sigh"),), (Cue("wink"),)))
    assert [[c.value.name for c in s.cues] for s in made] == [["sigh"], [], ["wink"]]


def test_render_styles_ready_motion() -> None:
    motion = mien.say("Hello.", voice="tone").motion
    calm = mien.render(motion, style="head=0.2", renderer="sketch").motion
    assert np.allclose(calm["headYaw"], 0.2 * motion["headYaw"], atol=1e-6)

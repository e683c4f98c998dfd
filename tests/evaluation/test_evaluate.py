"""The harness: one ruler for all, honest about what is missing, a page that stands alone."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import mien
from mien.core.errors import BadInput, WrongUse
from mien.core.plan import Phone, Span
from mien.core.rig import FULL, Motion
from mien.core.track import Audio
from mien.evaluation.curves import RATE, Mouth, mouth_of_clip, mouth_of_motion
from mien.evaluation.data import Clip, Data
from mien.evaluation.harness import SUITES
from mien.evaluation.peers.all import FLOORS, chosen, systems
from mien.evaluation.peers.energy import Energy
from mien.evaluation.peers.floors import Shuffled, Static
from mien.evaluation.peers.nearest import pose
from mien.evaluation.peers.openfacefx import OpenFaceFX
from mien.evaluation.peers.system import CannotRun, System
from mien.evaluation.report import Report
from mien.evaluation.rows import Column, Layout, Page, Picture, Row, Skipped
from mien.evaluation.score import score
from mien.evaluation.study import pooled
from mien.evaluation.suites.blind import blind_page, shuffled_questions
from mien.evaluation.suites.lips import figures
from mien.media import write_wav


def driven(frames: int = 100, **channels: Sequence[float] | float) -> Motion:
    values = np.tile(FULL.rest, (frames, 1))
    for name, curve in channels.items():
        values[:, FULL.find(name)] = curve
    return Motion(values, RATE)


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    """Four seconds: a loud hum in the third, an m at its beginning."""
    times = np.arange(64000) / 16000
    sound = Audio(0.5 * np.sin(2 * np.pi * 150 * times) * ((times > 2) & (times < 3)), Fraction(16000))
    path = tmp_path / "hum.wav"
    write_wav(path, sound)
    labels = (Span(2.0, 2.12, Phone("m")), Span(2.12, 3.0, Phone("ɑ")))
    return Clip("own/hum", "own", "nobody", path, path, labels=labels)


def talking() -> Mouth:
    jaw = np.convolve(np.random.default_rng(0).random(108), np.hanning(9) / 5, "valid")
    return mouth_of_motion(driven(jawOpen=0.5 * jaw, mouthPucker=jaw[::-1] * 0.3, mouthSmileLeft=0.2 * jaw))


def test_the_ruler_reads_more_where_the_jaw_opens_more_and_nothing_where_lips_are_sealed() -> None:
    jaw = np.linspace(0, 0.6, 100)
    opening = mouth_of_motion(driven(jawOpen=jaw)).aperture
    assert (np.diff(opening) >= 0).all() and opening[-1] > 0.1
    assert mouth_of_motion(driven(jawOpen=jaw, lipSeal=1.0)).aperture.max() < 0.02
    assert np.abs(mouth_of_motion(driven()).lips).max() < 1e-12


def test_the_truth_made_by_a_system_scores_perfect_in_every_figure(clip: Clip) -> None:
    truth = talking()
    found = figures(truth, truth, clip)
    for name in ("aperture", "width", "pucker", "aperture lag 0", "aperture best lag", "aperture velocity"):
        assert found[name] == pytest.approx(1), name
    assert found["aperture spread"] == pytest.approx(1)
    assert found["lmd"] == found["lve"] == 0


def test_loudness_opens_the_energy_mouth_and_nothing_opens_the_static_one(clip: Clip) -> None:
    jaw = Energy().animate(clip)["jawOpen"]
    assert len(jaw) == 100 and jaw[:50].max() < 0.01 and jaw[55:74].min() > 0.3
    assert np.ptp(Static().animate(clip).values, axis=0).max() == 0


def test_a_shuffled_motion_has_the_same_frames_at_other_times(clip: Clip) -> None:
    shuffled = Shuffled(Energy())
    plain = Energy().animate(clip)["jawOpen"]
    for take in range(shuffled.takes):
        jaw = shuffled.animate(clip, take)["jawOpen"]
        assert np.array_equal(np.sort(jaw), np.sort(plain)) and not np.array_equal(jaw, plain)


def test_the_nearest_viseme_of_an_m_is_sealed_and_of_an_open_vowel_open() -> None:
    assert pose("m")["lipSeal"] == 1 and pose("ɑ")["jawOpen"] > 0.3 and pose("!") == {}


def test_every_system_keeps_the_protocol_and_the_floors_always_come_along() -> None:
    assert all(isinstance(system, System) for system in systems().values())
    assert [s.name for s in chosen(["energy"])] == ["energy", *FLOORS]
    with pytest.raises(WrongUse, match="did you mean 'energy'"):
        chosen(["enrgy"])


@pytest.mark.parametrize("with_text", [False, True])
def test_a_peer_that_is_not_installed_says_how_to_get_it(
    clip: Clip, with_text: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openfacefx", None)
    with pytest.raises(CannotRun, match="pip install"):
        OpenFaceFX(with_text=with_text).animate(clip)


def test_openfacefx_opens_the_jaw_in_speech(clip: Clip) -> None:
    pytest.importorskip("openfacefx")
    jaw = OpenFaceFX(with_text=False).animate(clip)["jawOpen"]
    assert jaw[:45].max() < 0.05 < jaw[60:70].min()


def test_a_missing_folder_or_a_half_one_is_said_and_nothing_else_fails(tmp_path: Path) -> None:
    gone = mien.evaluate("lips", systems=["energy"], data=tmp_path / "gone")
    assert not gone.rows and "no data folder" in gone.skipped[0].why
    (tmp_path / "grid").mkdir()
    (tmp_path / "grid" / "bbaf2n.mpg").write_text("not a video")
    half = mien.evaluate("lips", systems=["energy"], data=tmp_path)
    whys = " ".join(skip.why for skip in half.skipped)
    assert not half.rows and "text file" in whys and "no styletalk clips" in whys
    assert "no styletalk clips" in half.table()


def test_unknown_suites_are_refused_with_the_near_ones() -> None:
    with pytest.raises(WrongUse, match="did you mean 'lips'"):
        mien.evaluate("lip")


def test_no_two_columns_of_a_suite_have_one_name() -> None:
    for suite in SUITES:
        layout = import_module(f"mien.evaluation.suites.{suite}").LAYOUT
        for names in ([c.title for c in layout.columns], [c.metric for c in layout.columns]):
            assert len(set(names)) == len(names), suite


def test_offsets_that_are_not_a_table_are_refused(tmp_path: Path) -> None:
    (tmp_path / "offsets.tsv").write_text("clip\toffset\tspeaker\ngrid/a\tlate\tme\n")
    with pytest.raises(BadInput, match="three columns"):
        Data(tmp_path).offsets  # noqa: B018


def rows() -> list[Row]:
    by_clip = [
        Row("lips", system, f"grid/{clip}", "r", value + clip / 10)
        for system, value in (("mien", 0.6), ("energy", 0.3), ("static", 0.0))
        for clip in range(3)
    ]
    return [*by_clip, *pooled(by_clip)]


def report(**more: Sequence[Page]) -> Report:
    layout = Layout("lips", "Lips", "Do they move?", (Column("r", "r", "correlation", "high"),))
    about = {"date": "2026-01-01", "machine": "m", "commit": "c", "data": "d", "fast": True, "seed": 0}
    skipped = [Skipped("lips", "openfacefx", "not installed <here>")]
    return Report(rows(), skipped, [Picture("lips", "curves", "<svg></svg>", b"jpeg")], [layout], about, **more)


def test_a_mean_over_clips_has_an_interval_and_a_single_figure_has_none() -> None:
    mine = [r for r in rows() if r.system == "mien"]
    assert [r.interval for r in mine if not r.pooled] == [None] * 3
    (whole,) = (r for r in mine if r.pooled)
    assert whole.value == pytest.approx(0.7) and whole.interval is not None
    assert whole.interval[0] < whole.value < whole.interval[1]


def test_what_was_skipped_is_in_the_table_the_file_and_the_page(tmp_path: Path) -> None:
    folder = report().save(tmp_path / "deep" / "report")
    data = json.loads((folder / "report.json").read_text())
    assert data["skipped"] == [{"suite": "lips", "system": "openfacefx", "why": "not installed <here>"}]
    assert {tuple(row) for row in data["rows"]} == {("suite", "system", "clip", "metric", "value", "interval")}
    page = (folder / "index.html").read_text()
    assert "not installed &lt;here&gt;" in page and "skipped" in report().table()
    assert re.search(r"openfacefx\s+skipped", report().table())


def test_the_page_fetches_nothing_and_marks_the_best_system_that_is_no_floor(tmp_path: Path) -> None:
    page = (report(pages=[Page("blind", "ab.html", "<p>")]).save(tmp_path) / "index.html").read_text()
    assert not re.search(r"(src|href)=[\"']?(https?:)?//|@import|url\(", page)
    assert page.count("class=best") == 1 and "<td class=best>0.70" in page
    assert (tmp_path / "ab.html").read_text() == "<p>"


def test_contact_sheets_are_written_as_files_when_asked_for(tmp_path: Path) -> None:
    report().save_sheets(tmp_path / "sheets")
    assert (tmp_path / "sheets" / "lips-curves.jpg").read_bytes() == b"jpeg"


def answered(path: Path, right: bool) -> Path:
    """The blind test as somebody who sees everything, or nothing, answers it."""
    made = {"mien+text": b"1", "energy": b"2", "shuffled": b"3"}
    page = blind_page(shuffled_questions(made, {"happy": b"4", "sad": b"5"}, seed=3), 3)
    found = re.search(r'id="data">(.*?)</script>', page)
    assert found is not None
    data = json.loads(found[1])
    key = json.loads(base64.b64decode(data["key"]))
    answers = [
        (q["shown"].index("mien+text") ^ (not right)) if q["kind"] == "pair" else q["shown"][0] if right else "angry"
        for q in key
    ]
    path.write_text(json.dumps({"kind": "mien.answers/1", "key": data["key"], "answers": answers}))
    return path


@pytest.mark.parametrize("right", [True, False])
def test_answers_are_scored_by_the_key_they_carry(tmp_path: Path, right: bool) -> None:
    found = {row.metric: row.value for row in score(answered(tmp_path / "a.json", right))}
    assert found == dict.fromkeys(("chosen over energy", "chosen over shuffled", "emotion named"), float(right))
    other = answered(tmp_path / "b.json", not right)
    assert all(row.value == 0.5 for row in score(tmp_path / "a.json", other))


def test_the_blind_page_does_not_name_who_is_who() -> None:
    page = blind_page(shuffled_questions({"mien+text": b"1", "energy": b"2"}, {}, seed=0), 0)
    page = page.split("</style>")[1]
    assert "mien+text" not in page and "energy" not in page


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"kind": "mien.answers/1", "key": "W10=", "answers": [1]}', '{"key": 3}', "nonsense"]
)
def test_a_file_that_holds_no_answers_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(BadInput, match="answers"):
        score(path)
    with pytest.raises(BadInput, match="no such file"):
        score(tmp_path / "none.json")


def test_a_real_face_is_read_by_the_same_ruler(shared: Path) -> None:
    data = Data(shared)
    clip = data.clips["grid"][0]
    truth = mouth_of_clip(clip.path)
    assert len(truth.aperture) == 75 and 0 <= truth.aperture.min() < 0.02 < truth.aperture.max() < 0.3
    assert clip.text == "bin blue at F two now"
    labelled = data.clips["styletalk"][3]
    assert 50 < len(labelled.labels) < 200 and labelled.offset == 0

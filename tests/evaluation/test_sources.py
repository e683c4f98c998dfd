"""Where clips come from: no two share a name, what is missing or broken is said, intervals draw speakers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import mien
from mien.core.track import Audio
from mien.evaluation.bootstrap import interval
from mien.evaluation.clip import Clip
from mien.evaluation.curves import MOST_TURNED, Mouth, turned
from mien.evaluation.data import Data
from mien.evaluation.peers.all import systems
from mien.evaluation.peers.energy import Energy
from mien.evaluation.peers.rendered import Rendered
from mien.evaluation.peers.system import CannotRun, NoWords
from mien.evaluation.report import Report
from mien.evaluation.rows import ALL, Column, Layout, Row, Skipped
from mien.evaluation.sources import named
from mien.evaluation.study import Study, overall, pooled, spread_out
from mien.evaluation.suites import lips
from mien.media import write_wav


def touched(*paths: Path, text: str = "not a video") -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def mocha(folder: Path, scores: str = "1p,a,7,8\n1p,b,4.9,8\n2p,a,5,8\n") -> Path:
    root = folder / "mocha"
    touched(root / "1p" / "a.mp4", root / "1p" / "b.mp4", root / "2p" / "a.mp4", root / "2p" / "c.mp4")
    touched(root / "sync_scores.csv", text=f"category,clip,syncnet_confidence,syncnet_distance\n{scores}")
    touched(root / "sound_groups.tsv", text="# shared\nclip\tgroup\n1p_a\t3\n2p_a\t3\n")
    touched(folder / "offsets.tsv", text="clip\toffset\tspeaker\nmocha/*\t-1\t-\n")
    return root


def one_clip(name: str = "own/a", speaker: str = "ann") -> Clip:
    return Clip(name, name.split("/")[0], speaker, Path(name), Path(name))


def said(study: Study | Report) -> str:
    if isinstance(study, Report):
        return " | ".join(skip.why for skip in study.skipped)
    return " | ".join(f.why for f in study.clips("lips", ("mocha", "vocaset", "grid")) if isinstance(f, Skipped))


@pytest.mark.parametrize(
    "names",
    [
        ["a.mpg", "a.mp4"],
        ["a.mpg", "a.mp4", "a.mpg.mp4"],
        ["one/a.mp4", "two/a.mp4", "a.mp4", "a.MP4"],
        ["a.mpg", "b.mpg", "notes.txt"],
    ],
)
def test_every_film_of_a_source_has_an_id_of_its_own(tmp_path: Path, names: Sequence[str]) -> None:
    touched(*(tmp_path / name for name in names))
    films = [name for name in names if not name.endswith("txt")]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in named("own", tmp_path).values()) == sorted(films)


def test_a_film_whose_name_is_its_own_is_called_without_the_suffix(tmp_path: Path) -> None:
    touched(tmp_path / "grid" / "a.mpg", tmp_path / "grid" / "a.mp4", tmp_path / "grid" / "b.mpg")
    assert [clip.id for clip in Data(tmp_path).clips["grid"]] == ["grid/a.mp4", "grid/a.mpg", "grid/b"]


def test_only_generated_clips_that_are_in_sync_are_taken_and_the_others_are_said(tmp_path: Path) -> None:
    mocha(tmp_path)
    found = Data(tmp_path).found["mocha"]
    assert [(c.id, c.offset, c.text) for c in found.clips] == [("mocha/1p/a", -1, None), ("mocha/2p/a", -1, None)]
    assert len({c.speaker for c in found.clips}) == 1  # they share a sound
    assert "2 clips of SyncNet confidence below 5 left out: b, c" in said(Study([], str(tmp_path)))


@pytest.mark.parametrize(
    ("broken", "text", "words"),
    [
        ("sync_scores.csv", None, "nobody knows which"),
        ("sync_scores.csv", "", "must have columns"),
        ("sync_scores.csv", "category,clip,syncnet_confidence\n1p,a,much\n", "must have columns"),
        ("sync_scores.csv", "category,clip,syncnet_confidence\n1p\n", "must have columns"),
        ("sound_groups.tsv", None, "intervals are too narrow"),
        ("sound_groups.tsv", "", ""),
        ("../offsets.tsv", None, "2 clips not in offsets.tsv taken to be in time"),
    ],
)
def test_a_table_that_is_broken_or_gone_is_said_and_costs_no_other_source(
    tmp_path: Path, broken: str, text: str | None, words: str
) -> None:
    path = mocha(tmp_path) / broken
    path.unlink() if text is None else path.write_text(text)
    touched(tmp_path / "grid" / "bbaf2n.mpg")
    found = list(Study([], str(tmp_path)).clips("lips", ("mocha", "grid")))
    assert "grid/bbaf2n" in [f.id for f in found if isinstance(f, Clip)]
    assert words in said(Study([], str(tmp_path)))


def test_tables_that_are_no_text_are_said(tmp_path: Path) -> None:
    (mocha(tmp_path) / "sync_scores.csv").write_bytes(b"\xff\xfe\x00")
    assert "no table that can be read" in said(Study([], str(tmp_path)))
    (tmp_path / "offsets.tsv").write_bytes(b"\xff")
    assert "no table that can be read" in said(mien.evaluate("lips", systems=["energy"], data=tmp_path))


def test_phone_labels_that_are_broken_are_said_and_the_clip_is_kept(tmp_path: Path) -> None:
    root = tmp_path / "styletalk"
    touched(root / "video" / "a.mp4", root / "phindex.json", root / "phoneme" / "a_seq.json", text="{")
    found = Data(tmp_path).found["styletalk"]
    assert [clip.labels for clip in found.clips] == [()] and "aligned instead" in " ".join(found.said)


def test_films_that_cannot_be_read_are_skipped_one_by_one_in_a_sentence(tmp_path: Path) -> None:
    mocha(tmp_path)
    touched(tmp_path / "vocaset-peers" / "GT" / "x.mp4", tmp_path / "grid" / "bbaf2n.mpg", text="")
    report = mien.evaluate("lips", systems=["energy", "voca"], data=tmp_path)
    assert not report.rows
    for name in ("mocha/1p/a", "mocha/2p/a", "vocaset/x", "grid/bbaf2n", "no styletalk clips"):
        assert name in said(report)
    assert "Traceback" not in report.table()


def test_a_speaker_counts_once_however_many_clips_there_are_of_it() -> None:
    values = list(np.random.default_rng(0).normal(size=6))
    copied = interval([v for v in values for _ in range(5)], [i for i in range(6) for _ in range(5)])
    assert copied == pytest.approx(interval(values))
    assert interval(values, ["ann"] * 6) == pytest.approx((np.mean(values),) * 2)
    assert interval(values) == pytest.approx(interval(values, range(6)))


def rows(system: str, figures: dict[str, float], metric: str = "r") -> list[Row]:
    return [Row("lips", system, clip, metric, value) for clip, value in figures.items()]


def test_pooled_intervals_draw_speakers_where_they_are_known() -> None:
    mine = rows("mien", {"a/1": 0.0, "a/2": 1.0, "a/3": 0.0, "a/4": 1.0})
    (alone,), (together,) = pooled(mine), pooled(mine, 0, {"a/1": "x", "a/2": "x", "a/3": "y", "a/4": "y"})
    assert alone.value == together.value == 0.5
    assert alone.interval != (0.5, 0.5) == together.interval


def test_over_all_sources_stand_only_systems_that_met_all_of_them() -> None:
    mine = [*rows("mien", {"a/1": 0.2, "a/2": 0.4, "b/1": 0.9}), *rows("told", {"a/1": 1.0, "a/2": 1.0})]
    (whole,) = overall(mine)
    assert (whole.system, whole.clip, whole.value) == ("mien", f"{ALL}/*", pytest.approx(0.5))
    assert not list(overall(rows("mien", {"a/1": 0.2, "a/2": 0.4})))


def test_what_was_missed_in_one_source_is_no_line_in_the_table_of_another() -> None:
    layout = Layout("lips", "Lips", "", (Column("r", "r", "", "high"),))
    figures = list(pooled([*rows("mien", {"a/1": 0.2}), *rows("mien", {"b/1": 0.2})]))
    skipped = [Skipped("lips", "voca", "gone", ("b",)), Skipped("lips", "energy", "gone")]
    report = Report(figures, skipped, [], [layout], {})
    assert [line[0] for line in report.cells(layout, "a")[1]] == ["mien", "energy"]
    assert [line[0] for line in report.cells(layout, "b")[1]] == ["mien", "voca", "energy"]


def test_a_system_of_which_there_are_only_films_is_asked_for_its_own_source_alone(tmp_path: Path) -> None:
    study = Study(list(systems().values()))
    films = {"faceformer", "codetalker", "voca", "meshtalk", "said"}
    assert {s.name for s in study.running("vocaset")} - {s.name for s in study.running("grid")} == films
    touched(tmp_path / "VOCA" / "x-0.mp4", tmp_path / "GT" / "x.mp4")
    clip = Clip("vocaset/x", "vocaset", "x", tmp_path / "GT" / "x.mp4", tmp_path / "GT" / "x.mp4")
    assert Rendered("voca").film(clip) == tmp_path / "VOCA" / "x-0.mp4"
    with pytest.raises(CannotRun, match="no film of x"):
        Rendered("said").film(clip)
    with pytest.raises(CannotRun, match="only its pictures"):
        Rendered("said").animate(clip)


def test_unknown_words_are_said_once_a_source_and_no_system_is_called_skipped_for_them() -> None:
    missed = lips.Missed()
    told, deaf = Rendered("told"), Rendered("deaf")
    for clip in (one_clip("mocha/a"), one_clip("mocha/b")):
        missed.note(told, clip, NoWords("the text is not known"))
        missed.note(deaf, clip, CannotRun("not installed"))
    missed.note(deaf, one_clip("grid/a"), CannotRun("not installed"))
    words, system = missed.said()
    assert words.system == "" and "2 clips is not known" in words.why
    assert (system.system, system.why, system.sources) == ("deaf", "not installed", ("mocha", "grid"))


def mouth(seed: int, frames: int = 100) -> Mouth:
    aperture = 0.05 + 0.02 * np.convolve(np.random.default_rng(seed).normal(size=frames + 8), np.hanning(9), "valid")
    return Mouth(aperture, aperture, aperture, np.repeat(aperture, 80).reshape(frames, 40, 2))


def test_a_film_as_early_as_the_captured_one_scores_perfect_and_its_phones_are_found_where_its_sound_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = tmp_path / "GT" / "x.wav"
    touched(tmp_path / "GT" / "x.mp4", tmp_path / "VOCA" / "x.mp4")
    write_wav(sound, Audio(np.random.default_rng(0).normal(size=64000).clip(-1, 1) * 0.1, 16000))
    clip = Clip("vocaset/x", "vocaset", "x", tmp_path / "GT" / "x.mp4", sound, offset=-2)
    truth = mouth(0)
    monkeypatch.setattr(lips, "mouth_of_clip", lambda path: truth)
    monkeypatch.setattr(Study, "clips", lambda *_: iter([clip]))
    monkeypatch.setattr(Clip, "phones", ())
    found = list(lips.measure(Study([Rendered("voca"), Energy()])))
    scores = {r.metric: r.value for r in found if isinstance(r, Row) and r.system == "voca" and not r.pooled}
    assert scores["aperture"] == scores["aperture lag 0"] == pytest.approx(1) and scores["lmd"] == 0
    assert {r.system for r in found if isinstance(r, Row)} == {"voca", "energy"}


def test_speakers_are_met_before_any_is_met_twice() -> None:
    clips = [one_clip(f"own/{i}", speaker) for i, speaker in enumerate("aaabbcd")]
    for most in range(1, 8):
        kept = spread_out(clips, most)
        assert len(kept) == most == len({c.id for c in kept}) and kept == sorted(kept, key=clips.index)
        assert len({c.speaker for c in kept}) == min(most, 4)
    assert spread_out(clips, None) == clips


@pytest.mark.parametrize("degrees", [-60.0, 0.0, 20.0, 60.0])
def test_a_face_is_found_to_be_turned_as_far_as_it_is(degrees: float) -> None:
    points = np.random.default_rng(0).normal(size=(478, 3))
    points[234], points[454] = (-1, 0, 0), (1, 0, 0)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    seen = np.tile(points @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]), (3, 1, 1))
    assert turned(seen) == pytest.approx(abs(degrees))


def test_a_face_seen_from_the_side_is_refused_in_a_sentence(shared: Path) -> None:
    from mien.core.errors import BadInput
    from mien.evaluation.curves import mouth_of_clip

    path = shared / "mocha" / "1p_protrait" / "20_woman_tennis.mp4"
    if not path.is_file():
        pytest.skip("no mocha/ in ../shared/data: this test needs a clip of somebody in profile")
    with pytest.raises(BadInput, match=f"{MOST_TURNED:.0f}° at most"):
        mouth_of_clip(path)

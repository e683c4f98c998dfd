"""A recording, feeling and doing what the tags of its text say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mien
from mien.cli import main
from mien.core.emotion import Emotion
from mien.core.errors import BadInput
from mien.core.plan import Cue, Span, Speech
from mien.core.track import Audio
from mien.language.tagged import utterance_from_text
from mien.media import write_wav
from mien.performance.moods import felt_in_sound
from mien.performance.recorded import with_tags
from mien.voices.kokoro import Kokoro

TEXT = "I saw the boat. [happy 0.8]It was [nod] very big[/happy] and red."


def heard() -> list[Speech]:
    """As an aligner hands it on: two stretches of four and six words, half a second each."""
    words = "I saw the boat. | It was very big and red.".split(" | ")
    return [
        Speech(
            Audio.silence(16000 * 4, 16000),
            words=tuple(Span(0.5 * i + 0.1, 0.5 * i + 0.5, w) for i, w in enumerate(part.split())),
        )
        for part in words
    ]


def test_feelings_and_things_to_do_lie_at_their_words() -> None:
    first, second = with_tags(felt_in_sound(heard(), Emotion.parse("sad:0.3")), utterance_from_text(TEXT))
    assert first.emotion == (Span(0.0, 4.0, Emotion.parse("sad:0.3")),)
    assert [(s.start, s.stop, str(s.value)) for s in second.emotion] == [(0.0, 2.1, "happy:0.8"), (2.1, 4.0, "sad:0.3")]
    assert second.cues == (Span(1.1, 1.1, Cue("nod")),)
    assert not first.cues


def test_a_stretch_without_words_feels_as_the_whole_does() -> None:
    silent = Speech(Audio.silence(16000, 16000))
    first, *_ = with_tags(felt_in_sound([silent, *heard()], Emotion.parse("sad")), utterance_from_text(TEXT))
    assert first.emotion == (Span(0.0, 1.0, Emotion.parse("sad")),)


def test_a_recording_smiles_where_its_text_says_so(tmp_path: Path) -> None:
    untagged = "I saw the boat yesterday, and my brother bought it."
    (speech,) = Kokoro("af_heart").speak([utterance_from_text(untagged)])
    write_wav(tmp_path / "said.wav", speech.audio)
    tagged = "I saw the boat yesterday, [happy 0.9]and my brother bought it.[/happy]"
    motion, plain = (mien.animate(tmp_path / "said.wav", text=t) for t in (tagged, untagged))
    begins = next(w.start for w in speech.words if w.value == "and")
    smile, at = motion["mouthSmileLeft"] - plain["mouthSmileLeft"], round(begins * 25)
    assert np.abs(smile[: at - 8]).max() < 0.05 < 0.3 < smile[at + 15 :].max()


def test_tags_are_checked_before_anything_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput, match="line 1, column 7"):
        mien.say("Hello [hapy]you[/hapy]")
    assert main(["say", "Hello [hapy]you[/hapy]", "-o", str(tmp_path / "a.wav")]) == 1
    assert "did you mean [happy]" in capsys.readouterr().err and not list(tmp_path.iterdir())
    assert main(["say", "Hello [hapy]you", "--voice", "tone", "--lenient", "-o", str(tmp_path / "a.srt")]) == 0
    assert "hapy" in (tmp_path / "a.srt").read_text()


def test_subtitles_show_the_text_without_its_tags(tmp_path: Path) -> None:
    mien.say("[sad]Hello,[/] *dear* [nod] you.", voice="tone").save(tmp_path / "a.srt")
    assert "Hello, dear you." in (tmp_path / "a.srt").read_text()

"""Many minutes: does memory grow, do sound and picture stay together? Takes about a quarter of an hour."""

from __future__ import annotations

from benchmarks.report import Row, at_most
from benchmarks.run import MIEN, cost, scratch
from benchmarks.story import PARAGRAPH

TITLE = "Long: many minutes in constant memory"


def rows() -> list[Row]:
    from mien.media import read_video, stream_audio

    with scratch() as folder:
        story, out = folder / "story.txt", folder / "long.mp4"
        story.write_text((PARAGRAPH + "\n\n") * 26)
        taken = cost(MIEN, "say", "--text-file", str(story), "-o", str(out), "--quiet")
        rate, frames = read_video(out)
        pictures = sum(1 for _ in frames) / float(rate)
        sound = sum(chunk.seconds for chunk in stream_audio(out, 16000))
    return [
        Row("length", f"{pictures / 60:.1f} minutes"),
        at_most("peak memory", taken.memory / 1e6, 1200, "MB", 0),
        at_most("sound against pictures at the end", abs(sound - pictures) * 1000, 40, "ms", 1),
        Row("took", f"{taken.wall:.0f} s wall, {taken.cpu:.0f} s CPU: {taken.wall / pictures:.2f} s a second"),
    ]

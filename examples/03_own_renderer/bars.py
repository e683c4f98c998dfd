"""A renderer of one's own: the mouth as a bar. Run: python examples/03_own_renderer/bars.py [OUTPUT.mp4]"""

import sys
from collections.abc import Iterable, Iterator

import numpy as np

import mien
from mien.core.frame import Frame, Segment
from mien.core.rig import FACE, Motion
from mien.media import VideoWriter
from mien.performance.perform import drawn, segments_from_motion
from mien.testing import check_renderer


class Bars:
    """A bar as high as the mouth is open."""

    rig = FACE.only(["jawOpen"])

    def render(self, motions: Iterable[Motion], *, workers: int = 1) -> Iterator[Frame]:
        for motion in motions:
            for i, jaw in enumerate(motion["jawOpen"]):
                image = np.zeros((128, 128, 3), np.uint8)
                image[: round(float(jaw) * 128)] = 255
                yield Frame(image, motion.start + i, motion.rate)


check_renderer(Bars())

output = sys.argv[1] if len(sys.argv) > 1 else "bars.mp4"
motion = mien.animate(mien.speak("A bar can talk, too.", voice="tone"))
segments: Iterator[Segment] = drawn(segments_from_motion(motion, 5), Bars())
with VideoWriter(output, rate=motion.rate) as writer:
    for segment in segments:
        writer.write(segment)
print(f"{motion.seconds:.1f} s of bars in {output}")

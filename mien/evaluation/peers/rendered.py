"""Published systems of which there are only their pictures of VOCASET's sentences, rendered by SAiD's authors.

They are read as the captured face is, by the landmarker on the pictures. One renderer drew them all, captured scans
included, so nothing lies between them: the best lag of eight of the ten films against their captured ones is 0 or -1
frame, of MeshTalk's two +1. Against the sound they are therefore taken to be as early as the captured ones.
"""

from __future__ import annotations

from pathlib import Path

from mien.core.rig import Motion
from mien.evaluation.clip import Clip
from mien.evaluation.peers.system import CannotRun

FOLDERS = {  # name in the report -> folder beside GT/, whose films begin with the captured film's name
    "faceformer": "FaceFormer",  # Fan et al. 2022
    "codetalker": "CodeTalker",  # Xing et al. 2023
    "voca": "VOCA",  # Cudeiro et al. 2019
    "meshtalk": "MeshTalk",  # Richard et al. 2021
    "said": "SAiD",  # Park & Cho 2023
}


class Rendered:
    """System: films that others made."""

    takes, sources = 1, frozenset({"vocaset"})

    def __init__(self, name: str) -> None:
        self.name = name

    def animate(self, clip: Clip, take: int = 0) -> Motion:
        raise CannotRun(f"of {self.name} there are only its pictures of VOCASET's sentences")

    def film(self, clip: Clip) -> Path:
        """The film of the same sentence. Errors: CannotRun where there is none."""
        folder = clip.path.parents[1] / FOLDERS[self.name]
        films = sorted(folder.glob(f"{clip.path.stem}*.mp4"))
        if not films:
            raise CannotRun(f"{folder} has no film of {clip.path.stem}")
        return films[0]


def every() -> list[Rendered]:
    return [Rendered(name) for name in FOLDERS]

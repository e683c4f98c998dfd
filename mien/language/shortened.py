"""Whisper in CTranslate2's format without the last layers of its encoder, made in memory from the whole one.

CTranslate2 hands out what the last layer says and nothing before, so an encoder that ends sooner is a model of its own.
Of the decoder, which is never asked, there is as much as CTranslate2 wants to load.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mien.core.errors import BadInput

VERSION = 6
"""Of the format (CTranslate2's specs/model_spec.py says how it is written)."""

TOKENS = 8
"""Of the vocabulary that is left."""

WORDS = "decoder/embeddings/weight"


class Variable(NamedTuple):
    """name; shape; kind : number of its type; data : its bytes"""

    name: bytes
    shape: tuple[int, ...]
    kind: int
    data: memoryview


def shortened(folder: Path, layers: int) -> dict[str, bytes]:
    """The files of a model whose encoder ends after so many layers, by name, as ctranslate2.models.Whisper takes them.

    folder : of the whole one. Errors: BadInput for a model of another format.
    """
    data = (folder / "model.bin").read_bytes()
    words = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()[:TOKENS]
    try:
        model = _written(data, layers)
    except (struct.error, IndexError, ValueError) as error:
        raise BadInput(f"{folder.name}/model.bin is not a Whisper of CTranslate2's format {VERSION}: {error}") from None
    return {
        "model.bin": model,
        "config.json": (folder / "config.json").read_bytes(),
        "vocabulary.txt": "\n".join(words).encode(),
    }


def _written(data: bytes, layers: int) -> bytes:
    at = _Reader(data)
    if (version := at.number("I")) != VERSION:
        raise ValueError(f"it is of format {version}")
    spec, revision = at.text(), at.number("I")
    found = list(at.variables())
    aliases = bytes(at.data[at.at :])
    kept = [_fewer(v) for v in found if _stays(v.name.decode(), layers)]
    if not any(v.name == f"encoder/layer_{layers - 1}/ffn/linear_1/weight".encode() for v in kept):
        raise ValueError(f"it has fewer than {layers} layers")
    head = struct.pack("<I", VERSION) + _text(spec) + struct.pack("<II", revision, len(kept))
    return head + b"".join(map(_variable, kept)) + aliases


def _stays(name: str, layers: int) -> bool:
    """Whether a shorter model needs it: the first layers of the encoder, the first one of the decoder, all outside."""
    found = re.match(r"(encoder|decoder)/layer_(\d+)/", name)
    return found is None or int(found[2]) < (layers if found[1] == "encoder" else 1)


def _fewer(variable: Variable) -> Variable:
    """Words are cut to the first."""
    if variable.name.decode() != WORDS:
        return variable
    rows, width = variable.shape
    return variable._replace(shape=(TOKENS, width), data=variable.data[: len(variable.data) // rows * TOKENS])


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = memoryview(data), 0

    def number(self, kind: str) -> int:
        (value,) = struct.unpack_from(f"<{kind}", self.data, self.at)
        self.at += struct.calcsize(kind)
        return int(value)

    def take(self, count: int) -> memoryview:
        if self.at + count > len(self.data):
            raise ValueError("it ends too soon")
        self.at += count
        return self.data[self.at - count : self.at]

    def text(self) -> bytes:
        """A string, its length before and a zero after it."""
        return bytes(self.take(self.number("H")))[:-1]

    def variables(self) -> Iterator[Variable]:
        for _ in range(self.number("I")):
            name, rank = self.text(), self.number("B")
            shape = tuple(self.number("I") for _ in range(rank))
            kind = self.number("B")
            yield Variable(name, shape, kind, self.take(self.number("I")))


def _text(text: bytes) -> bytes:
    return struct.pack("<H", len(text) + 1) + text + b"\0"


def _variable(v: Variable) -> bytes:
    shape = struct.pack(f"<B{len(v.shape)}I", len(v.shape), *v.shape)
    return _text(v.name) + shape + struct.pack("<BI", v.kind, len(v.data)) + v.data

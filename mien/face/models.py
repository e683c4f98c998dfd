"""TensorFlow Lite models by name, one interpreter a thread: an interpreter must not be shared."""

from __future__ import annotations

import os
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.core.weights import weights

Floats = npt.NDArray[np.float32]

MODELS = {  # name: (entry of core/weights.toml, member of that file when it is a zip)
    "detector": ("face-landmarker", "face_detector.tflite"),
    "landmarks": ("face-landmarker", "face_landmarks_detector.tflite"),
    "blendshapes": ("face-landmarker", "face_blendshapes.tflite"),
    "person": ("selfie-segmentation", None),
}

_here = threading.local()
_loading = threading.Lock()


class Model:
    """A network with one input. Runs on one thread: frames are shared out between threads instead."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._net = Interpreter(model_content=content, num_threads=1)
        self._net.allocate_tensors()
        self._input = self._net.get_input_details()[0]["index"]
        self._outputs = {d["name"]: d["index"] for d in self._net.get_output_details()}

    def __call__(self, values: Floats) -> dict[str, Floats]:
        """Every output by its name, for one input."""
        self._net.set_tensor(self._input, values)
        self._net.invoke()
        return {name: self._net.get_tensor(index) for name, index in self._outputs.items()}


def model(name: str) -> Model:
    """This thread's interpreter of one of MODELS. Errors: MissingWeights."""
    mine: dict[str, Model] = _here.__dict__.setdefault("models", {})
    if name not in mine:
        content = _content(name)
        with _loading, _quiet():
            mine[name] = Model(content)
    return mine[name]


@cache
def _content(name: str) -> bytes:
    entry, member = MODELS[name]
    path: Path = weights(entry)
    if member is None:
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)


@contextmanager
def _quiet() -> Iterator[None]:
    """TensorFlow Lite greets every interpreter on stderr, past Python and with no setting against it."""
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

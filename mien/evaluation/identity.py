"""Is it still the same person? dlib's face descriptor (King 2017), where it is installed.

The model file comes with the package face_recognition_models and is public domain; the package is not imported. The
face is laid straight by our own landmarks: dlib's five points miss a face with glasses and a hat by a fifth of its
breadth, and its box moved by 4 pixels of 512 then changes who it is by 0.3; by ours by less than 0.1.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.core.errors import MissingExtra
from mien.core.frame import Image
from mien.face.landmarks import Face

MODEL = "dlib_face_recognition_resnet_model_v1.dat"

CORNERS = (263, 362, 33, 133, 2)
"""Landmarks of dlib's five points: corners of the eyes on the picture's right, then left, outer ones first; the nose's
base."""


@cache
def _models() -> tuple[Any, Any]:
    try:
        import dlib
    except ImportError:
        raise MissingExtra("identity needs dlib: pip install 'mien[evaluate]'") from None
    spec = find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra("identity needs the model files of face_recognition_models: pip install 'mien[evaluate]'")
    return dlib, dlib.face_recognition_model_v1(str(Path(spec.submodule_search_locations[0]) / "models" / MODEL))


def descriptor(image: Image, face: Face) -> npt.NDArray[np.float64]:
    """(128,) of a face. Errors: MissingExtra."""
    dlib, network = _models()
    places = [dlib.point(*map(round, face.points[i, :2])) for i in CORNERS]
    points = dlib.full_object_detection(dlib.rectangle(*map(round, face.box)), places)
    return np.asarray(network.compute_face_descriptor(np.ascontiguousarray(image), points), np.float64)


def identity_distance(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    """L2; the same person is below 0.6 by the model's author."""
    return float(np.linalg.norm(a - b))

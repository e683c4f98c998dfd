"""Is it still the same person? dlib's face descriptor (King 2017), where it is installed.

The model files come with the package face_recognition_models and are public domain; of its files only the 5-point
landmarks and the descriptor are read, and the package is not imported.
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

FILES = ("shape_predictor_5_face_landmarks.dat", "dlib_face_recognition_resnet_model_v1.dat")


@cache
def _models() -> tuple[Any, Any, Any]:
    try:
        import dlib
    except ImportError:
        raise MissingExtra("identity needs dlib: pip install 'mien[evaluate]'") from None
    spec = find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra("identity needs the model files of face_recognition_models: pip install 'mien[evaluate]'")
    folder = Path(spec.submodule_search_locations[0]) / "models"
    shape, descriptor = (str(folder / name) for name in FILES)
    return dlib, dlib.shape_predictor(shape), dlib.face_recognition_model_v1(descriptor)


def descriptor(image: Image, face: Face) -> npt.NDArray[np.float64]:
    """(128,) of a face. Errors: MissingExtra."""
    dlib, shape, network = _models()
    x0, y0, x1, y1 = (round(v) for v in face.box)
    points = shape(np.ascontiguousarray(image), dlib.rectangle(x0, y0, x1, y1))
    return np.asarray(network.compute_face_descriptor(np.ascontiguousarray(image), points), np.float64)


def identity_distance(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    """L2; the same person is below 0.6 by the model's author."""
    return float(np.linalg.norm(a - b))

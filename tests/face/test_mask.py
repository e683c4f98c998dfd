"""The person mask on portraits."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.core.errors import MissingWeights
from mien.face.landmarks import find_faces
from mien.face.mask import person_mask


@pytest.mark.parametrize("name", ["man_beard", "woman_side_light", "young_man"])
def test_the_face_is_person_and_the_far_corner_is_not(shared: Path, name: str) -> None:
    image = cv2.imread(str(shared / "portraits" / f"{name}.png"))[..., ::-1].copy()
    try:
        mask = person_mask(image)
        x0, y0, x1, y1 = map(int, find_faces(image)[0].box)
    except MissingWeights as missing:
        pytest.skip(str(missing))
    assert mask.shape == image.shape[:2] and mask.dtype == np.float32
    assert mask.min() >= 0 and mask.max() <= 1
    assert mask[y0:y1, x0:x1].mean() > 0.9
    assert min(mask[:40, :40].mean(), mask[:40, -40:].mean()) < 0.1

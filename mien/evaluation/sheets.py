"""Contact sheets."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

from mien.core.errors import OutputFailed
from mien.core.frame import Image
from mien.evaluation.rows import Picture
from mien.face.landmarks import Face

SIDE = 220
"""Pixels of one picture on a sheet, each way."""

QUALITY = 85


def sheet(suite: str, title: str, images: Sequence[tuple[str, Image]], across: int = 5) -> Picture:
    """Named pictures side by side, ``across`` to a line, as one JPEG. images : (h, w, 3) RGB each"""
    import cv2

    tiles = [labelled(cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA), name) for name, image in images]
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % across)
    lines = [np.concatenate(tiles[i : i + across], axis=1) for i in range(0, len(tiles), across)]
    whole = np.concatenate(lines)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(whole, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise OutputFailed(f"the contact sheet {title!r} could not be encoded")
    jpeg = data.tobytes()
    size = f'width="{whole.shape[1]}" height="{whole.shape[0]}"'
    source = base64.b64encode(jpeg).decode()
    return Picture(suite, title, f'<img {size} alt="{title}" src="data:image/jpeg;base64,{source}">', jpeg)


def face_alone(image: Image, face: Face) -> Image:
    """A square around the face."""
    x0, y0, x1, y1 = face.box
    half = min(0.7 * face.size, min(image.shape[:2]) / 2)
    x = int(np.clip((x0 + x1) / 2 - half, 0, image.shape[1] - 2 * half))
    y = int(np.clip((y0 + y1) / 2 - half, 0, image.shape[0] - 2 * half))
    return image[y : y + int(2 * half), x : x + int(2 * half)]


def labelled(image: Image, text: str) -> Image:
    """A name in the upper left corner, on a copy."""
    import cv2

    out = image.copy()
    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(out, text, (5, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, thick, cv2.LINE_AA)
    return out

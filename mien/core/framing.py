"""How much of a photo is shown, and how large."""

from __future__ import annotations

from mien.core.errors import WrongUse, unknown

FACE, PHOTO = "face", "photo"
FRAMINGS = (FACE, PHOTO)
"""A square round the head; or the whole photo in its own shape, of which a part moves."""

SMALLEST = 256
LARGEST = {FACE: 1024, PHOTO: 4096}
"""Pixels of a face's side, and of a whole photo's longer side."""

SIZE = 512
"""Pixels of a face's side where nobody says."""


def checked_size(size: int | None, framing: str) -> int | None:
    """The size to draw at, None being a whole photo's own.

    Errors: WrongUse for a framing that there is not, and for a size that encoders do not take.

    >>> checked_size(None, "face"), checked_size(None, "photo"), checked_size(300, "photo")
    (512, None, 300)
    """
    if framing not in FRAMINGS:
        raise unknown("framing", framing, FRAMINGS)
    if size is None:
        return SIZE if framing == FACE else None
    if not SMALLEST <= size <= LARGEST[framing] or size % 2:
        raise WrongUse(f"size must be an even number in {SMALLEST}..{LARGEST[framing]}, got {size}")
    return size

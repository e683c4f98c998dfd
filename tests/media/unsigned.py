"""A video as it was before it was signed: signatures are salted, so no two files are the same to the last byte."""

from collections.abc import Iterator
from pathlib import Path

C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The uuid of the box with the manifest (C2PA 2.2, A.5)."""


def boxes(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each box of an .mp4 begins and ends."""
    at = 0
    while at < len(data):
        stop = at + int.from_bytes(data[at : at + 4])
        assert at + 8 <= stop <= len(data)
        yield at, stop
        at = stop


def unsigned(path: Path) -> bytes:
    """An .mp4 without its manifest."""
    data = path.read_bytes()
    kept = [data[start:stop] for start, stop in boxes(data) if data[start + 8 : start + 24] != C2PA]
    assert sum(map(len, kept)) < len(data), "there is no manifest in it"
    return b"".join(kept)

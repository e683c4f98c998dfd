"""A session's motion as it is streamed: a line of JSON a frame, or a MessagePack map a frame."""

from __future__ import annotations

import json
import struct
from fractions import Fraction

import numpy as np

from mien.core.retarget import retargeted
from mien.core.rig import ARKIT
from mien.core.rig import Motion as Track
from mien.server.wire import MotionHead, text_from

JSON, MSGPACK = "application/x-ndjson", "application/msgpack"
"""Kinds of the stream, as Accept asks for them."""

HEAD = MotionHead(list(ARKIT.names), "25")


def head(kind: str) -> bytes:
    """What comes first."""
    if kind == JSON:
        return text_from(HEAD).encode() + b"\n"
    names = b"\xdc" + struct.pack(">H", len(HEAD.channels)) + b"".join(map(_text, HEAD.channels))
    return b"\x83" + _text("type") + _text("motionhead") + _text("channels") + names + _text("rate") + _text(HEAD.rate)


def frames(motion: Track, epoch: int, kind: str) -> bytes:
    """The frames of a stretch, as wire.Motion has them."""
    made, rate = retargeted(motion, ARKIT), Fraction(motion.rate)
    moments = [(i, round(float(i / rate), 4)) for i in range(made.start, made.stop)]
    if kind == JSON:
        rows = np.round(made.values.astype(np.float64), 5).tolist()
        return "".join(
            f'{{"type": "motion", "index": {i}, "at": {at}, "epoch": {epoch}, "values": {json.dumps(row)}}}\n'
            for (i, at), row in zip(moments, rows, strict=True)
        ).encode()
    values = np.empty((*made.values.shape, 5), np.uint8)
    values[..., 0] = 0xCA  # float32, big-endian
    values[..., 1:] = made.values.astype(">f4").view(np.uint8).reshape(*made.values.shape, 4)
    count = _VALUES + struct.pack(">H", made.values.shape[1])
    return b"".join(
        _INDEX
        + struct.pack(">I", i)
        + _AT
        + struct.pack(">d", at)
        + _EPOCH
        + struct.pack(">I", epoch)
        + count
        + bytes(row)
        for (i, at), row in zip(moments, values.reshape(len(moments), -1), strict=True)
    )


def _text(text: str) -> bytes:
    """MessagePack's string of less than 32 bytes."""
    return bytes([0xA0 | len(text)]) + text.encode()


_INDEX = b"\x85" + _text("type") + _text("motion") + _text("index") + b"\xce"
_AT, _EPOCH, _VALUES = _text("at") + b"\xcb", _text("epoch") + b"\xce", _text("values") + b"\xdc"

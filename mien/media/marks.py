"""What every output says about itself: that it is synthetic, in the words of the IPTC, and nothing else."""

from __future__ import annotations

import struct
from typing import Any

COMMENT = "Synthetic media made with mien"
"""The only words: whoever looks is told."""

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
"""IPTC digital source type of a photo that a machine moved: a composite with synthetic elements."""

XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">'
    f"{COMMENT}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="r"?>'
).encode()
"""An XMP packet (ISO 16684-1) with the IPTC's video and photo metadata property."""

MP4_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The uuid of an XMP box in an ISO base media file (XMP specification, part 3)."""


def mp4_box() -> bytes:
    """XMP as a box that goes at the end of an .mp4; players pass over it.

    >>> len(mp4_box()) == int.from_bytes(mp4_box()[:4])
    True
    """
    return struct.pack(">I4s", 8 + len(MP4_XMP) + len(XMP), b"uuid") + MP4_XMP + XMP


def marked_gif(data: bytes) -> bytes:
    """A GIF with XMP as an application extension before its first picture (XMP specification, part 3).

    The packet lies there bare: a reader that takes its bytes for lengths of blocks lands in the tail, which counts down
    to the end of the extension.
    """
    flags = data[10]
    head = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)  # the header, and the palette where there is one
    extension = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
    return data[:head] + extension + data[head:]


def png_notes() -> Any:
    """For Pillow's ``pnginfo``."""
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return notes

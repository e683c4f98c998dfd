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


def png_notes() -> Any:
    """For Pillow's ``pnginfo``."""
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return notes

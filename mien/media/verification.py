"""What a file says about where it comes from, and whether that holds: ``mien verify``."""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.core.errors import BadInput
from mien.media.authority import AUTHORITY
from mien.media.opening import check_readable, is_text
from mien.media.provenance import apart, settings

IN_XMP = re.compile(rb"DigitalSourceType[^<]{1,40}?(https?://cv\.iptc\.org/[\w/]{1,80})")
"""The IPTC's mark. (The manifest writes its own with a small d.)"""

IN_WEBM = re.compile(rb"DIGITAL_SOURCE_TYPE\x44\x87([\x80-\xfe])")
"""The tag's name, and the head of its value with the length (RFC 9559, 5.1.8.1.2)."""

MANIFEST = b"jumdc2pa"
"""What a manifest store begins with (ISO 19566-5, C2PA 2.2, 11.1)."""

OF_THE_SIGNER = ("signingCredential.untrusted", "signingCredential.expired")
"""Failures that say something of the signer and nothing of the file."""


@dataclass(frozen=True)
class Verification:
    """What was found in a file.

    manifest    : whether there is a C2PA manifest
    intact      : whether the file is as it was signed; without a manifest nobody can tell
    signer      : the name in the signer's certificate. It proves nothing unless ``trusted``
    authority   : the organisation in it
    trusted     : whether the given trust list vouches for the signer
    generator   : the program that made the manifest, by its own word
    source_type : IPTC digital source type, in the manifest
    iptc        : IPTC digital source type, as metadata that anybody can change
    problems    : what does not hold, in the library's words
    """

    manifest: bool = False
    intact: bool = False
    signer: str | None = None
    authority: str | None = None
    trusted: bool = False
    generator: str | None = None
    source_type: str | None = None
    iptc: str | None = None
    problems: tuple[str, ...] = ()


def verify(path: str | Path, *, trust: str | Path | None = None) -> Verification:
    """Read a file's marks back. trust : certificates of those to trust, a PEM file

    Errors: BadInput for a file that is missing, empty, no media file or too damaged to tell, and for a ``trust``
    without certificates.
    """
    path = Path(path)
    anchors = "" if trust is None else _anchors(Path(trust))
    check_readable(path)
    return apart(lambda: _verified(path, anchors))


def _anchors(path: Path) -> str:
    from cryptography.x509 import load_pem_x509_certificates

    check_readable(path)
    try:
        data = path.read_bytes()
        load_pem_x509_certificates(data)
        return data.decode()
    except ValueError:
        raise BadInput(f"{path} is not a list of certificates in PEM") from None


def _verified(path: Path, anchors: str) -> Verification:
    import c2pa

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        iptc = _iptc(data)
        try:
            with (
                c2pa.Context.from_dict(settings(anchors)) as context,
                c2pa.Reader("", file, context=context) as reader,  # what it is, its bytes tell, not its name
            ):
                return read_back(json.loads(reader.json()), iptc)
        except c2pa.C2paError.ManifestNotFound:
            return Verification(iptc=iptc)
        except c2pa.C2paError.NotSupported:
            if is_text(path) or not _is_media(path):
                raise BadInput(f"{path} is not a picture, sound or video file") from None
            return Verification(iptc=iptc)
        except c2pa.C2paError as error:
            reason = re.sub(r"^\w+: ", "", str(error))
            if data.find(MANIFEST) < 0:
                raise BadInput(f"{path} is damaged: nothing can be told from it ({reason})") from None
            return Verification(manifest=True, iptc=iptc, problems=(reason,))


def _iptc(data: mmap.mmap) -> str | None:
    """The IPTC digital source type in a file's metadata."""
    if found := IN_XMP.search(data):
        return found[1].decode()
    if found := IN_WEBM.search(data):
        return data[found.end() : found.end() + found[1][0] - 0x80].decode("ascii", "replace")
    return None


def _is_media(path: Path) -> bool:
    import av

    try:
        with av.open(str(path)) as container:
            return len(container.streams) > 0
    except (av.FFmpegError, OSError, ValueError):
        return False


def read_back(report: Mapping[str, Any], iptc: str | None) -> Verification:
    """A report of the library's as what was found. report : as of ``c2pa.Reader.json``"""
    active = report["manifests"][report["active_manifest"]]
    results = report.get("validation_results", {}).get("activeManifest", {})
    failures = [item for item in results.get("failure", ()) if item["code"] not in OF_THE_SIGNER[:1]]
    holds = {item["code"] for item in results.get("success", ())}
    signature = active.get("signature_info") or {}
    return Verification(
        manifest=True,
        intact="claimSignature.validated" in holds and all(item["code"] in OF_THE_SIGNER for item in failures),
        signer=signature.get("common_name"),
        authority=signature.get("issuer"),
        trusted="signingCredential.trusted" in holds,
        generator=_generator(active),
        source_type=next(_source_types(active.get("assertions", ())), None),
        iptc=iptc,
        problems=tuple(item.get("explanation") or item["code"] for item in failures),
    )


def _generator(active: Mapping[str, Any]) -> str | None:
    for info in active.get("claim_generator_info") or ():
        return " ".join(filter(None, (info.get("name"), info.get("version"))))
    generator: str | None = active.get("claim_generator")
    return generator


def _source_types(assertions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for assertion in assertions:
        if assertion["label"].startswith("c2pa.actions"):
            for action in assertion["data"].get("actions", ()):
                if kind := action.get("digitalSourceType"):
                    yield kind


# ------------------------------------------------------------------------------------------------ in words


def verdict(found: Verification) -> str:
    """The one thing that matters most."""
    if not found.manifest:
        return "no manifest, so nobody can tell who made it or whether it was altered"
    return "as it was signed" if found.intact else "ALTERED since it was signed, or damaged"


def lines(found: Verification) -> list[str]:
    """For people, one thing a line."""
    told = {"content": verdict(found)}
    if found.manifest:
        told["problems"] = "; ".join(found.problems)
        told["manifest"] = f"C2PA, made with {found.generator or 'a program it does not name'}"
        told["signed by"] = ", ".join(filter(None, (found.signer, found.authority))) or "not said"
        told["trust"] = _trust(found)
        told["source type"] = _short(found.source_type)
    told["IPTC mark"] = _short(found.iptc)
    return [f"{name:11}  {what}" for name, what in told.items() if what]


def _trust(found: Verification) -> str:
    if found.trusted:
        return "the given trust list knows the signer"
    if found.authority == AUTHORITY:
        return "not on any trust list: made by a local authority, and anybody can make one"
    return "not on any trust list: whether the name is true, nobody here can tell"


def _short(source_type: str | None) -> str:
    """The last part of an IPTC address, which is the word for it."""
    return "none" if source_type is None else source_type.rstrip("/").rpartition("/")[2]

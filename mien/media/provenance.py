"""A C2PA manifest in every finished file that can carry one: made by mien, synthetic, and signed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar

import mien
from mien.core.errors import BadInput, MienError
from mien.core.files import atomic_output
from mien.media.authority import CERTIFICATE, Credentials, credentials, own_credentials
from mien.media.marks import SOURCE_TYPE

log = logging.getLogger(__name__)

FORMATS = {".mp4": "video/mp4", ".png": "image/png", ".webp": "image/webp", ".gif": "image/gif"}
"""Suffix -> media type of what is signed. C2PA has no place for a manifest in WebM."""

PURPOSES = (
    "1.3.6.1.5.5.7.3.4",  # mail protection: what every reader takes
    "1.3.6.1.5.5.7.3.36",  # signing of documents (RFC 9336)
    "1.3.6.1.4.1.62558.2.1",  # C2PA's own: signing of claims
)
"""Extended key usages, one of which a signer's certificate must have (C2PA 2.2, 14.5)."""

T = TypeVar("T")


def settings(trust: str = "") -> dict[str, Any]:
    """For the library: nothing goes over the network, no thumbnail. trust : certificates to trust, PEM"""
    return {
        "builder": {"thumbnail": {"enabled": False}},
        "trust": {"trust_config": "\n".join(PURPOSES)} | ({"user_anchors": trust} if trust else {}),
        "verify": {"verify_trust": bool(trust), "remote_manifest_fetch": False, "ocsp_fetch": False},
    }


def manifest() -> Mapping[str, Any]:
    """What is signed, besides the hash of the file: who made it, and that it is synthetic. No word about people."""
    program = {"name": "mien", "version": mien.__version__}
    created = {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE, "softwareAgent": program}
    return {
        "claim_version": 2,
        "claim_generator_info": [program],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
    }


def sign(path: Path) -> None:
    """Sign a finished file where it lies. A file that cannot be signed stays as it is, and the log says why.

    The suffix tells what it is; what C2PA knows no place in is passed over. The file is whole at every moment.
    """
    if path.suffix.lower() not in FORMATS:
        return
    try:
        who = credentials()
        with atomic_output(path) as signed:
            apart(lambda: _copy_signed(path, signed, who))
    except Exception as error:  # whatever it is: nobody loses a film over a signature
        log.debug("not signed", exc_info=True)
        _warn_once(_reason(error))


def check_own_key() -> None:
    """Try the user's own key, where there is one, before anything is computed.

    Errors: WrongUse, BadInput when it cannot sign.
    """
    who = own_credentials()
    if who is None:
        return
    try:
        import c2pa
    except Exception:  # the file will be written all the same, and a warning will say this
        return
    from PIL import Image as Pillow

    picture = BytesIO()
    Pillow.new("L", (1, 1)).save(picture, "PNG")
    try:
        apart(lambda: _write_signed(FORMATS[".png"], picture, BytesIO(), who))
    except c2pa.C2paError as error:
        raise BadInput(
            f"{CERTIFICATE}: C2PA does not take this certificate ({error}); it must be for digital signatures, and "
            "for mail protection, signing of documents or C2PA claims"
        ) from None


def apart(work: Callable[[], T]) -> T:
    """The result of some work, done in another thread.

    The library calls back for every byte it wants. Python raises an interrupt in the main thread only: there it would
    fall into such a callback, and be lost.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def _copy_signed(path: Path, signed: Path, who: Credentials) -> None:
    with path.open("rb") as source, signed.open("w+b") as out:
        _write_signed(FORMATS[path.suffix.lower()], source, out, who)


def _write_signed(kind: str, source: IO[bytes], out: IO[bytes], who: Credentials) -> None:
    import c2pa

    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(who.algorithm, who.chain, who.key, None))
    with c2pa.Context.from_dict(settings(), signer) as context:
        c2pa.Builder(json.dumps(manifest()), context).sign(kind, source, out)


def _reason(error: Exception) -> str:
    if isinstance(error, MienError):
        return str(error)
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return f"{(error.strerror or str(error)).lower()}{where}"
    return f"{type(error).__name__}: {error}"


@cache
def _warn_once(reason: str) -> None:
    """A folder of pictures fails a thousand times for one reason."""
    log.warning("written without a signature, only the IPTC's mark is in it: %s", reason)
